// SPDX-License-Identifier: GPL-3.0-or-later
/* Real children of whom only covariates are known: a CSV with Name, Age (a, 2 to 18), Sex (male or
 * female), BW (kg) and, if it is known, Height (cm); without it stature follows from age, sex and
 * weight (titrate/models/growth.h). */
#ifndef TITR_SIM_COHORT_COVARIATES_H
#define TITR_SIM_COHORT_COVARIATES_H

#include "titrate/base/status.h"
#include "titrate/models/patient.h"

#include <stddef.h>

/* @param[out] patient [*n] owned by the caller: free; ids and covariates, no parameters.
 * @param[out] n_heights how many had no height. */
titr_status titri_covariates_read(const char *path, titr_patient **patient, size_t *n,
                                  size_t *n_heights, titr_error *err) TITR_NODISCARD;

#endif
