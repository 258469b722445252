// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns that every file of children has: who they are. Errors name file, line and column. */
#ifndef TITR_SIM_COHORT_COLUMNS_H
#define TITR_SIM_COHORT_COLUMNS_H

#include "titrate/base/csv.h"
#include "titrate/models/patient.h"

/* Column `name`, which must be there. */
titr_status titri_column_require(const titr_csv *csv, const char *name, size_t *column,
                                 titr_error *err) TITR_NODISCARD;
/* @param[out] id [TITR_ID_MAX]. */
titr_status titri_column_id(const titr_csv *csv, size_t row, size_t column, char *id,
                            titr_error *err) TITR_NODISCARD;
/* male, female or nothing; no such column (n_columns) is nothing. */
titr_status titri_column_sex(const titr_csv *csv, size_t row, size_t column, titr_sex *sex,
                             titr_error *err) TITR_NODISCARD;
/* No two rows have the same name. */
titr_status titri_column_unique(const titr_csv *csv, size_t column, titr_error *err) TITR_NODISCARD;

#endif
