// SPDX-License-Identifier: GPL-3.0-or-later
#include "columns.h"

#include "titrate/base/option.h"

#include <stdlib.h>
#include <string.h>

titr_status titri_column_require(const titr_csv *csv, const char *name, size_t *column,
                                 titr_error *err)
{
    *column = titr_csv_column(csv, name);
    if (*column < csv->n_columns) {
        return TITR_OK;
    }
    const char *near = titr_nearest(name, (const char *const *)csv->cell, csv->n_columns);
    return titr_fail(
        err, TITR_ERR_CONFIG,
        "%s:%zu: column '%s' is missing%s%.60s%s, expected a table of virtual patients", csv->path,
        csv->line[0], name, near != NULL ? "; nearest is '" : "", near != NULL ? near : "",
        near != NULL ? "'" : "");
}

titr_status titri_column_id(const titr_csv *csv, size_t row, size_t column, char *id,
                            titr_error *err)
{
    const char *text = titr_csv_text(csv, row, column);
    const size_t length = strlen(text);
    if (length == 0 || length >= TITR_ID_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s:%zu: column Name: '%.60s', expected 1 to %d characters", csv->path,
                         csv->line[row + 1], text, TITR_ID_MAX - 1);
    }
    memcpy(id, text, length + 1);
    return TITR_OK;
}

titr_status titri_column_sex(const titr_csv *csv, size_t row, size_t column, titr_sex *sex,
                             titr_error *err)
{
    const char *text = column < csv->n_columns ? titr_csv_text(csv, row, column) : "";
    *sex = strcmp(text, "male") == 0     ? TITR_SEX_MALE
           : strcmp(text, "female") == 0 ? TITR_SEX_FEMALE
                                         : TITR_SEX_UNKNOWN;
    if (*sex == TITR_SEX_UNKNOWN && *text != '\0') {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s:%zu: column Sex: '%.60s', expected male, female or nothing", csv->path,
                         csv->line[row + 1], text);
    }
    return TITR_OK;
}

typedef struct name {
    const char *id;
    size_t line;
} name;

static int by_id(const void *a, const void *b)
{
    const name *left = a, *right = b;
    const int order = strcmp(left->id, right->id);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

titr_status titri_column_unique(const titr_csv *csv, size_t column, titr_error *err)
{
    titr_status status = TITR_OK;
    name *names = calloc(csv->n_rows + 1, sizeof *names);
    if (names == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for its names", csv->path);
    }
    for (size_t i = 0; i < csv->n_rows; i++) {
        names[i] = (name){titr_csv_text(csv, i, column), csv->line[i + 1]};
    }
    qsort(names, csv->n_rows, sizeof *names, by_id);
    for (size_t i = 1; i < csv->n_rows && status == TITR_OK; i++) {
        if (strcmp(names[i - 1].id, names[i].id) == 0) {
            status = titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: subject '%s' is in line %zu already",
                               csv->path, names[i].line, names[i].id, names[i - 1].line);
        }
    }
    free(names);
    return status;
}
