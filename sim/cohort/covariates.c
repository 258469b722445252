// SPDX-License-Identifier: GPL-3.0-or-later
#include "covariates.h"

#include "columns.h"

#include "titrate/base/option.h"
#include "titrate/models/growth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { C_NAME, C_AGE, C_SEX, C_BW, C_HEIGHT, N_C };
static const char *const names[N_C] = {"Name", "Age", "Sex", "BW", "Height"};

static titr_status find_columns(const titr_csv *csv, size_t *column, titr_error *err)
{
    for (size_t k = 0; k < C_HEIGHT; k++) {
        TITR_TRY(titri_column_require(csv, names[k], &column[k], err));
    }
    column[C_HEIGHT] = titr_csv_column(csv, names[C_HEIGHT]);
    for (size_t k = 0; k < csv->n_columns; k++) {
        const char *name = titr_csv_name(csv, k);
        const char *near = titr_nearest(name, names, N_C);
        size_t known = 0;
        while (known < N_C && strcmp(names[known], name) != 0) {
            known++;
        }
        if (known == N_C) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s:%zu: unknown column %zu '%.60s', nearest is '%s'", csv->path,
                             csv->line[0], k + 1, name, near != NULL ? near : names[C_HEIGHT]);
        }
    }
    return TITR_OK;
}

/* A number within a range. */
static titr_status read_within(const titr_csv *csv, size_t row, size_t column, double lo, double hi,
                               double *value, titr_error *err)
{
    TITR_TRY(titr_csv_real(csv, row, column, value, err));
    return *value >= lo && *value <= hi
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: column %s: %g, expected %g to %g",
                           csv->path, csv->line[row + 1], titr_csv_name(csv, column), *value, lo,
                           hi);
}

/* The stature that goes with an age and a weight. */
static titr_status expect_height(titr_patient *p, titr_error *err)
{
    titr_lms weight = {0};
    double kg = 0.0;
    TITR_TRY(titr_growth_lms(TITR_GROWTH_WEIGHT_KG, p->sex, p->age_years, &weight, err));
    const double z = titr_lms_z(weight, p->weight_kg);
    return titr_growth_child(p->sex, p->age_years,
                             fmin(fmax(z, -TITR_GROWTH_Z_MAX), TITR_GROWTH_Z_MAX), 0.0, &kg,
                             &p->height_cm, err);
}

static titr_status read_row(const titr_csv *csv, size_t row, const size_t *column, titr_patient *p,
                            size_t *n_heights, titr_error *err)
{
    TITR_TRY(titri_column_id(csv, row, column[C_NAME], p->id, err));
    TITR_TRY(read_within(csv, row, column[C_AGE], 2.0, 18.0, &p->age_years, err));
    TITR_TRY(titri_column_sex(csv, row, column[C_SEX], &p->sex, err));
    TITR_TRY(read_within(csv, row, column[C_BW], 5.0, 200.0, &p->weight_kg, err));
    if (p->sex == TITR_SEX_UNKNOWN) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s:%zu: column Sex: nothing, expected male or female", csv->path,
                         csv->line[row + 1]);
    }
    if (column[C_HEIGHT] < csv->n_columns) {
        return read_within(csv, row, column[C_HEIGHT], 50.0, 220.0, &p->height_cm, err);
    }
    *n_heights += 1;
    return expect_height(p, err);
}

titr_status titri_covariates_read(const char *path, titr_patient **patient, size_t *n,
                                  size_t *n_heights, titr_error *err)
{
    titr_csv csv = {0};
    size_t column[N_C] = {0};
    TITR_TRY(titr_csv_read(path, &csv, err));
    titr_patient *read = calloc(csv.n_rows + 1, sizeof *read);
    if (read == NULL) {
        titr_csv_fini(&csv);
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory", path);
    }
    titr_status status = find_columns(&csv, column, err);
    *n_heights = 0;
    for (size_t row = 0; row < csv.n_rows && status == TITR_OK; row++) {
        status = read_row(&csv, row, column, &read[row], n_heights, err);
    }
    if (status == TITR_OK && csv.n_rows == 0) {
        status = titr_fail(err, TITR_ERR_CONFIG, "%s: no children below the header", path);
    }
    status = status == TITR_OK ? titri_column_unique(&csv, column[C_NAME], err) : status;
    *n = csv.n_rows;
    titr_csv_fini(&csv);
    if (status != TITR_OK) {
        free(read);
        return status;
    }
    *patient = read;
    return TITR_OK;
}
