// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/growth.h
 * @brief How large a child is: weight, length or stature, and body mass index by sex and age.
 *
 * LMS curves of the CDC growth charts 2000 [kuczmarski2002], birth to 20 years: of a child at z
 * standard deviations the measure is
 *
 *   X = M (1 + L S z)^(1/L)                                                                   (1)
 *
 * [cole1990], with L, M and S of the month of age, in between on straight lines.
 *
 * Shapes  scalars
 * Units   years, kg, cm, kg/m2; z without unit
 * Errors  TITR_ERR_RANGE for an age outside of a table, an unknown sex, a z for which (1) has no
 *         value
 */
#ifndef TITR_MODELS_GROWTH_H
#define TITR_MODELS_GROWTH_H

#include "titrate/base/status.h"
#include "titrate/models/patient.h"

/** What is measured. */
typedef enum titr_growth_measure {
    TITR_GROWTH_WEIGHT_KG,  /* birth to 20 years                 */
    TITR_GROWTH_LENGTH_CM,  /* lying; birth to 35.5 months       */
    TITR_GROWTH_STATURE_CM, /* standing; 2 to 20 years           */
    TITR_GROWTH_BMI_KG_M2,  /* 2 to 20 years                     */
    TITR_N_GROWTH
} titr_growth_measure;

/** Box-Cox power, median, coefficient of variation of a measure at an age. */
typedef struct titr_lms {
    double l, m, s;
} titr_lms;

/** Length below two years, stature from then on. */
titr_growth_measure titr_growth_height(double age_years);
/** @param[in] age_years within the measure's table. */
titr_status titr_growth_lms(titr_growth_measure measure, titr_sex sex, double age_years,
                            titr_lms *out, titr_error *err) TITR_NODISCARD;
/** (1). @return NAN where 1 + L S z is not above 0: BMI of women of 20 years above z = 2.785. */
double titr_lms_value(titr_lms lms, double z);
/** The other way round. @param[in] value > 0. */
double titr_lms_z(titr_lms lms, double value);

/** Draws are kept within this many standard deviations, which (1) has values for in every table of
 *  weight, length and stature: the 0.6th to the 99.4th percentile. */
#define TITR_GROWTH_Z_MAX 2.5

/** Correlation of the z of weight and of height at an age: that with which CDC's weights and
 *  statures give its body mass indices as wide as they are from the 5th to the 95th percentile.
 *  Derived, tests/models/growth/test_growth.c; below two years, where there is no BMI, that of two
 *  years is assumed. @param[in] sex male or female. */
double titr_growth_correlation(titr_sex sex, double age_years);

/** Weight and height of a child.
 *  @param[in] weight_z of its weight, at most TITR_GROWTH_Z_MAX either way. @param[in] other_z
 *  standard normal: what is not explained by weight; brought inside where height would be outside.
 *  @param[out] weight_kg, height_cm written on TITR_OK. */
titr_status titr_growth_child(titr_sex sex, double age_years, double weight_z, double other_z,
                              double *weight_kg, double *height_cm, titr_error *err) TITR_NODISCARD;

#endif
