// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/cohort/clinic.h
 * @brief What clinics have found of children, and how far virtual ones are from it.
 *
 * One row per figure. Where sources differ by more than 10 % the figure is their range.
 *   fitted    need.h was made with it
 *   of need   never fitted; follows from the need of a child, its size and its food, whatever the
 *             body: CR x TDD is carbohydrate / (1 - basal share), TDD in U/d is U/kg times weight
 *   of body   never fitted; what the body does, its insulin being the one needed
 *   mean      fitted: within 10 % of the figure or of its range; else within 20 %
 *   SD        within 25 % of the figure's, where it has one
 */
#ifndef TITR_COHORT_CLINIC_H
#define TITR_COHORT_CLINIC_H

#include "titrate/cohort/cohort.h"
#include "titrate/cohort/in_silico.h"

/** What is compared. */
typedef enum titr_clinic_quantity {
    TITR_CLINIC_TDD_U_PER_KG,
    TITR_CLINIC_TDD_U,
    TITR_CLINIC_BASAL_PERCENT,
    TITR_CLINIC_FASTING_MG_DL,
    TITR_CLINIC_CR_TDD_G,
    TITR_CLINIC_ISF_TDD_MMOL_L,
    TITR_CLINIC_ACTION_H,
    TITR_N_CLINIC
} titr_clinic_quantity;

/** Name with unit, e.g. "TDD, U/kg/d". @return static string. */
const char *titr_clinic_name(titr_clinic_quantity quantity);
/** A child's own. @param[in] is measured of it. */
double titr_clinic_value(titr_clinic_quantity quantity, const titr_patient *patient,
                         const titr_measured *is);

/** What a figure judges, see above. */
typedef enum titr_clinic_basis {
    TITR_CLINIC_FITTED,
    TITR_CLINIC_OF_NEED,
    TITR_CLINIC_OF_BODY
} titr_clinic_basis;
/** "fitted", "of need" or "of body". @return static string. */
const char *titr_clinic_basis_name(titr_clinic_basis basis);

/** One figure. */
typedef struct titr_clinic_figure {
    titr_clinic_quantity quantity;
    double age_years[2]; /* from, to, of the children it is about    */
    double mean[2];      /* range of the sources; one figure = twice it */
    double sd[2];        /* likewise; NaN = not published             */
    titr_clinic_basis basis;
    const char *source; /* bib keys */
} titr_clinic_figure;

/** Whether an age belongs to [from, to) years; who is 18 belongs to a band that ends there. */
int titr_clinic_is_aged(double age_years, const double *band_years);
/** @return static array of *n figures. */
const titr_clinic_figure *titr_clinic_figures(size_t *n);

/** A figure beside a cohort. */
typedef struct titr_clinic_match {
    size_t n;                 /* children of its age                    */
    double mean, sd;          /* theirs; NaN where there are too few      */
    int mean_holds, sd_holds; /* 1 also where there is nothing to hold */
} titr_clinic_match;
/** @param[in] is [cohort->n] measured; a child whose cr_g_per_u is NaN was not and does not count.
 */
titr_clinic_match titr_clinic_compare(const titr_clinic_figure *figure, const titr_cohort *cohort,
                                      const titr_measured *is);

/** Measure all children of 2 to 18 years, on all threads; members of the others, and of those whom
 * a test has no answer for, are NaN.
 *  @param[out] is [cohort->n]. */
titr_status titr_cohort_measure(const titr_cohort *cohort, const titr_model_type *model,
                                titr_measured *is, titr_error *err) TITR_NODISCARD;

#endif
