// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/puberty.h
 * @brief Pubertal stage by sex and age.
 *
 * Ages at which Tanner's stages begin are normal: of breasts in girls [marshall1969], of genitals
 * in boys [marshall1970].
 *
 *   stage      2              3              4              5
 *   girls  11.15 (1.10)  12.15 (1.09)  13.11 (1.15)  15.33 (1.74)  years, mean (SD)
 *   boys   11.64 (1.07)  12.85 (1.04)  13.77 (1.02)  14.92 (1.10)
 *
 * British children born about 1950, quoted from memory of the papers' tables (of girls' only the
 * SDs of about a year and the range of stage 5 were seen again): assumed to hold here. Girls begin
 * about a year earlier today.
 *
 * A child is early or late in all stages alike: one `tempo`, a standard normal number. Assumed; in
 * the papers the correlation is below one.
 *
 * Errors  none: TITR_SEX_UNKNOWN counts as the mean of both sexes
 */
#ifndef TITR_MODELS_PUBERTY_H
#define TITR_MODELS_PUBERTY_H

#include "titrate/models/patient.h"

/** Tanner's stages, 1 = prepubertal to 5 = adult. */
#define TITR_TANNER_STAGES 5

/** Mean age at which a stage begins, years. @param[in] stage 2 to 5. */
double titr_tanner_mean_years(titr_sex sex, int stage);
/** Its standard deviation, years. @param[in] stage 2 to 5. */
double titr_tanner_sd_years(titr_sex sex, int stage);
/** Stage of a child. @param[in] tempo standard deviations by which it is late. @return 1 to 5. */
int titr_tanner_stage(titr_sex sex, double age_years, double tempo);
/** How far through puberty: 0 at the beginning of stage 2, 1 at that of stage 5, between on
 * straight lines from stage to stage. @return 0 to 1. */
double titr_puberty_progress(titr_sex sex, double age_years, double tempo);

#endif
