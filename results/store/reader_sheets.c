// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns of a run's sheets, as numbers or texts. */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Open "/group/column". @param[out] kind TITRI_F64 for any number, TITRI_TEXT. */
static titr_status open_sheet_column(titr_reader *r, const char *group, const char *column,
                                     titri_kind kind, hid_t *dataset, size_t *rows, size_t *width,
                                     titr_error *err)
{
    char name[TITRI_PATH_MAX];
    hid_t opened = H5I_INVALID_HID;
    (void)snprintf(name, sizeof name, "/%s/%s", group, column);
    if (!titri_h5_has(r->file, name)) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "%s has no %s", r->path, name);
    }
    TITR_TRY(titri_h5_open_column(r->file, r->path, name, &opened, rows, err));
    const hid_t type = H5Dget_type(opened);
    const H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    const int is_text = class == H5T_STRING && H5Tis_variable_str(type) == 0;
    const int is_number = class == H5T_INTEGER || class == H5T_FLOAT;
    *width = type < 0 ? 0 : H5Tget_size(type);
    titri_h5_close(type);
    if (kind == TITRI_TEXT ? !is_text : !is_number) {
        titri_h5_close(opened);
        return titr_fail(err, TITR_ERR_CONFIG, "%s: %s does not hold %s", r->path, name,
                         kind == TITRI_TEXT ? "texts" : "numbers");
    }
    *dataset = opened;
    return TITR_OK;
}

titr_status titr_reader_sheet_numbers(titr_reader *r, const char *group, const char *column,
                                      double **values, size_t *rows, titr_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    size_t n = 0;
    size_t width = 0;
    TITR_TRY(open_sheet_column(r, group, column, TITRI_F64, &dataset, &n, &width, err));
    titr_status status = TITR_OK;
    double *read = malloc((n + 1) * sizeof *read);
    if (read == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu rows", r->path, n);
    } else if (n > 0 && titri_h5_read_rows(dataset, H5T_NATIVE_DOUBLE, 0, n, read) < 0) {
        status =
            TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: /%s/%s is damaged", r->path, group, column);
    }
    titri_h5_close(dataset);
    if (status != TITR_OK) {
        free(read);
        return status;
    }
    *values = read;
    *rows = n;
    return TITR_OK;
}

/* Pointers first, then `width` bytes per text and a zero. */
static titr_status read_texts(hid_t dataset, size_t n, size_t width, char **texts)
{
    char *bytes = (char *)(texts + n);
    const hid_t type = titri_h5_type(TITRI_TEXT, width + 1);
    const herr_t done = n == 0 ? 0 : titri_h5_read_rows(dataset, type, 0, n, bytes);
    titri_h5_close(type);
    for (size_t i = 0; i < n; i++) {
        texts[i] = bytes + i * (width + 1);
    }
    return done < 0 ? TITR_ERR_CONFIG : TITR_OK;
}

titr_status titr_reader_sheet_texts(titr_reader *r, const char *group, const char *column,
                                    char ***texts, size_t *rows, titr_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    size_t n = 0;
    size_t width = 0;
    TITR_TRY(open_sheet_column(r, group, column, TITRI_TEXT, &dataset, &n, &width, err));
    titr_status status = TITR_OK;
    char **read = calloc(n + 1, sizeof *read + width + 1);
    if (read == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu texts", r->path, n);
    } else if (read_texts(dataset, n, width, read) != TITR_OK) {
        status =
            TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: /%s/%s is damaged", r->path, group, column);
    }
    titri_h5_close(dataset);
    if (status != TITR_OK) {
        free(read);
        return status;
    }
    *texts = read;
    *rows = n;
    return TITR_OK;
}

titri_kind titri_reader_kind(titr_reader *r, const char *group, const char *column)
{
    char name[TITRI_PATH_MAX];
    (void)snprintf(name, sizeof name, "/%s/%s", group, column);
    const hid_t dataset = H5Dopen2(r->file, name, H5P_DEFAULT);
    const hid_t type = dataset < 0 ? -1 : H5Dget_type(dataset);
    const H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    const int is_single = class == H5T_FLOAT && H5Tget_size(type) == sizeof(float);
    titri_h5_close(type);
    titri_h5_close(dataset);
    return class == H5T_STRING ? TITRI_TEXT : is_single ? TITRI_F32 : TITRI_F64;
}
