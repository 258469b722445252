// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns of a table, checked against what the table should be. */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The stored type is the column's; a text may be narrower than ours. */
static int type_fits(hid_t stored, hid_t expected, const titri_column *column)
{
    if (column->kind != TITRI_TEXT) {
        return H5Tequal(stored, expected) > 0;
    }
    return H5Tget_class(stored) == H5T_STRING && H5Tis_variable_str(stored) == 0 &&
           H5Tget_size(stored) <= column->size;
}

static titr_status open_one(titri_input *in, hid_t file, const char *path, const char *group,
                            const titri_column *column, size_t c, titr_error *err)
{
    char name[TITRI_PATH_MAX];
    size_t rows = 0;
    (void)snprintf(name, sizeof name, "/%s/%s", group, column->name);
    TITR_TRY(titri_h5_open_column(file, path, name, &in->dataset[c], &rows, err));
    in->type[c] = titri_h5_type(column->kind, column->size);
    const hid_t stored = H5Dget_type(in->dataset[c]);
    const int fits = stored >= 0 && in->type[c] >= 0 && type_fits(stored, in->type[c], column);
    titri_h5_close(stored);
    if (!fits) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: %s has a type other than schema %d gives it",
                         path, name, TITR_SCHEMA_VERSION);
    }
    if (c > 0 && rows != in->rows) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: %s has %zu rows, expected %zu", path, name,
                         rows, in->rows);
    }
    in->rows = rows;
    return TITR_OK;
}

titr_status titri_input_open(titri_input *in, hid_t file, const char *path, const char *group,
                             const titri_column *column, size_t n_columns, titr_error *err)
{
    in->rows = 0;
    in->n_columns = n_columns;
    in->dataset = malloc(n_columns * sizeof *in->dataset);
    in->type = malloc(n_columns * sizeof *in->type);
    if (in->dataset == NULL || in->type == NULL) {
        in->n_columns = 0;
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for /%s", path, group);
    }
    for (size_t c = 0; c < n_columns; c++) {
        in->dataset[c] = H5I_INVALID_HID;
        in->type[c] = H5I_INVALID_HID;
    }
    for (size_t c = 0; c < n_columns; c++) {
        TITR_TRY(open_one(in, file, path, group, &column[c], c, err));
    }
    return TITR_OK;
}

void titri_input_close(titri_input *in)
{
    for (size_t c = 0; c < in->n_columns; c++) {
        titri_h5_close(in->dataset[c]);
        titri_h5_close(in->type[c]);
    }
    free(in->dataset);
    free(in->type);
    *in = (titri_input){.n_columns = 0};
}

titr_status titri_input_read(const titri_input *in, const char *path, const char *group,
                             const titri_column *column, size_t c, size_t first, size_t rows,
                             void *values, titr_error *err)
{
    if (rows > 0 && titri_h5_read_rows(in->dataset[c], in->type[c], first, rows, values) < 0) {
        return TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: /%s/%s is damaged", path, group,
                             column->name);
    }
    return TITR_OK;
}
