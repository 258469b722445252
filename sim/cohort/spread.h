// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file sim/cohort/spread.h
 * @brief Quantities that differ between children, drawn together.
 *
 *   y = mean + sd (L z), drawn again until all are within two sd of their means               (1)
 *   quantity = exp(y) or 1 / (1 + exp(-y)), times (W / W_ref)^exponent                       (2)
 *
 * z independent standard normal, L the Cholesky factor of the correlations, W body weight: rates
 * go with the power -1/4 of it [anderson2008]. From subjects, the means are theirs, sd and
 * correlations pooled within their groups; correlations r are shrunk to (1 - lambda) r with the
 * lambda of [schaefer2005], for there are few subjects.
 */
#ifndef TITR_SIM_COHORT_SPREAD_H
#define TITR_SIM_COHORT_SPREAD_H

#include "titrate/base/rng.h"
#include "titrate/base/status.h"

#include <stddef.h>

/** Quantities of any spread. */
#define TITRI_SPREAD_MAX 32

/** On what scale a quantity is normal. */
typedef enum titri_scale { TITRI_SCALE_LOG, TITRI_SCALE_LOGIT } titri_scale;

/** One quantity. */
typedef struct titri_spread_row {
    const char *name;
    titri_scale scale;
    double exponent; /* of body weight */
} titri_spread_row;

/** A filled spread: plain data. */
typedef struct titri_spread {
    const titri_spread_row *row; /* static, [n] */
    size_t n;
    double reference_kg;
    double mean[TITRI_SPREAD_MAX], sd[TITRI_SPREAD_MAX]; /* on the row's scale */
    double chol[TITRI_SPREAD_MAX][TITRI_SPREAD_MAX];     /* L, lower            */
    double shrinkage;                                    /* lambda; 1 = drawn independently */
} titri_spread;

/** Onto a row's scale. */
double titri_to_scale(titri_scale scale, double value);

/** Of subjects in groups. @param[in] y [n_subjects][row count] on their scales. @param[in] group
 *  [n_subjects], 0 to n_groups - 1. @param[in] central [n_subjects] 1 = counts for the mean. */
titr_status titri_spread_of(titri_spread *spread, const double *y, const int *group,
                            const int *central, size_t n_subjects, int n_groups,
                            titr_error *err) TITR_NODISCARD;
/** Independent ones: mean and sd are given. */
void titri_spread_apart(titri_spread *spread);
/** Draws (1, 2) from index `first` of the stream on. @param[out] value [n]. */
void titri_spread_draw(const titri_spread *spread, titr_rng_key key, uint32_t first,
                       double weight_kg, double *value);
/** A standard normal number within `most` either way, as often as outside of the cut. */
double titri_normal_within(titr_rng_key key, uint32_t index, double most);

#endif
