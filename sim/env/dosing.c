// SPDX-License-Identifier: GPL-3.0-or-later
/* Dosing records: a strict reader of one CSV layout. */
#include "titrate/env/dosing.h"

#include "titrate/base/option.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define LAYOUT "time_min,carbs_g,insulin_u[,basal_u_per_h]"

enum { COL_TIME, COL_CARBS, COL_INSULIN, COL_BASAL, N_COLS };

static const char *const names[N_COLS] = {"time_min", "carbs_g", "insulin_u", "basal_u_per_h"};

typedef struct column {
    const char *unit;
    double hi; /* values lie in [0, hi] */
    size_t offset;
} column;

/* Upper ends: 19 years; above any meal; above any pen or pump; the largest pump's [simglucose]. */
static const column columns[N_COLS] = {
    [COL_TIME] = {"min", 1e7, offsetof(titr_dosing_row, time_min)},
    [COL_CARBS] = {"g", 500.0, offsetof(titr_dosing_row, carbs_g)},
    [COL_INSULIN] = {"U", 100.0, offsetof(titr_dosing_row, insulin_u)},
    [COL_BASAL] = {"U/h", 35.0, offsetof(titr_dosing_row, basal_u_per_h)},
};

/* A file being read, line by line. */
typedef struct reader {
    FILE *file;
    const char *path;
    char *line;
    size_t line_capacity, line_number;
    size_t order[N_COLS]; /* order[k] = our column of the file's column k */
    size_t n_columns;     /* columns of the file                           */
} reader;

static titr_status wrong(const reader *r, titr_error *err, const char *what, const char *value,
                         const char *expected)
{
    return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: %s '%.60s', expected %s", r->path,
                     r->line_number, what, value, expected);
}

/* Text only: no control characters but the tab, nothing beyond ASCII. */
static int is_text(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)line[i];
        if ((c < 0x20 && c != '\t') || c >= 0x7f) {
            return 0;
        }
    }
    return 1;
}

/* Next line that is not empty, without its line end. @param[out] text NULL at the end of file. */
static titr_status next_line(reader *r, char **text, titr_error *err)
{
    *text = NULL;
    for (;;) {
        errno = 0;
        const ssize_t got = getline(&r->line, &r->line_capacity, r->file);
        if (got < 0 && !feof(r->file)) {
            return titr_fail(err, TITR_ERR_IO, "%s: cannot be read: %s", r->path, strerror(errno));
        }
        if (got < 0) {
            return TITR_OK;
        }
        r->line_number++;
        char *start = r->line;
        size_t length = (size_t)got;
        if (r->line_number == 1 && length >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
            start += 3; /* byte order mark */
            length -= 3;
        }
        while (length > 0 && (start[length - 1] == '\n' || start[length - 1] == '\r')) {
            start[--length] = '\0';
        }
        if (!is_text(start, length)) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: not plain text, expected CSV with %s",
                             r->path, r->line_number, LAYOUT);
        }
        if (length > strspn(start, " \t")) {
            *text = start;
            return TITR_OK;
        }
    }
}

/* Cut the next field off `cursor`: blanks and one pair of quotes around it are removed.
 * @return NULL when no field is left. */
static char *next_field(char **cursor)
{
    char *field = *cursor;
    if (field == NULL) {
        return NULL;
    }
    char *end = field + strcspn(field, ",");
    *cursor = *end == ',' ? end + 1 : NULL;
    field += strspn(field, " \t");
    while (end > field && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    if (end - field >= 2 && *field == '"' && end[-1] == '"') {
        field++;
        end--;
    }
    *end = '\0';
    return field;
}

static titr_status add_column(reader *r, const char *name, titr_error *err)
{
    size_t k = 0;
    while (k < N_COLS && strcmp(names[k], name) != 0) {
        k++;
    }
    if (k == N_COLS) {
        const char *near = titr_nearest(name, names, N_COLS);
        return wrong(r, err, "unknown column", name, near != NULL ? near : LAYOUT);
    }
    for (size_t i = 0; i < r->n_columns; i++) {
        if (r->order[i] == k) {
            return wrong(r, err, "repeated column", name, "each column once");
        }
    }
    r->order[r->n_columns++] = k;
    return TITR_OK;
}

static titr_status read_header(reader *r, int *has_basal, titr_error *err)
{
    char *cursor = NULL;
    TITR_TRY(next_line(r, &cursor, err));
    if (cursor == NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: the file is empty, expected a header %s",
                         r->path, LAYOUT);
    }
    for (const char *name = next_field(&cursor); name != NULL; name = next_field(&cursor)) {
        TITR_TRY(add_column(r, name, err));
    }
    unsigned seen = 0;
    for (size_t i = 0; i < r->n_columns; i++) {
        seen |= 1u << r->order[i];
    }
    for (size_t k = 0; k < COL_BASAL; k++) {
        if ((seen & 1u << k) == 0) {
            return wrong(r, err, "missing column", names[k], "the header " LAYOUT);
        }
    }
    *has_basal = (seen & 1u << COL_BASAL) != 0;
    return TITR_OK;
}

/* A decimal number in the range of column k; hexadecimal, nan and inf are no numbers here. */
static titr_status read_value(const reader *r, const char *text, size_t k, double *value,
                              titr_error *err)
{
    char *end = NULL;
    *value = strtod(text, &end);
    const int whole = end != text && *end == '\0' && text[strspn(text, "0123456789+-.eE")] == '\0';
    if (!whole || !(*value >= 0.0 && *value <= columns[k].hi)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s:%zu: column %s: '%.60s', expected a number in [0, %.10g] %s", r->path,
                         r->line_number, names[k], text, columns[k].hi, columns[k].unit);
    }
    return TITR_OK;
}

static titr_status read_row(const reader *r, char *cursor, titr_dosing_row *row, titr_error *err)
{
    *row = (titr_dosing_row){.line = r->line_number};
    size_t n = 0;
    for (const char *text = next_field(&cursor); text != NULL; text = next_field(&cursor), n++) {
        if (n < r->n_columns) {
            const size_t k = r->order[n];
            void *field = (char *)row + columns[k].offset;
            TITR_TRY(read_value(r, text, k, field, err));
        }
    }
    if (n != r->n_columns) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: %zu values, expected %zu as in the header",
                         r->path, r->line_number, n, r->n_columns);
    }
    return TITR_OK;
}

static titr_status append(titr_dosing *dosing, size_t *capacity, const titr_dosing_row *row,
                          titr_error *err)
{
    if (dosing->n == *capacity) {
        const size_t larger = *capacity == 0 ? 64 : 2 * *capacity;
        titr_dosing_row *rows = realloc(dosing->rows, larger * sizeof *rows);
        if (rows == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu rows of a dosing record",
                             larger);
        }
        dosing->rows = rows;
        *capacity = larger;
    }
    dosing->rows[dosing->n++] = *row;
    return TITR_OK;
}

static titr_status read_rows(reader *r, titr_dosing *dosing, titr_error *err)
{
    size_t capacity = 0;
    char *text = NULL;
    for (;;) {
        TITR_TRY(next_line(r, &text, err));
        if (text == NULL) {
            break;
        }
        titr_dosing_row row;
        TITR_TRY(read_row(r, text, &row, err));
        if (dosing->n > 0 && !(row.time_min > dosing->rows[dosing->n - 1].time_min)) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s:%zu: column time_min: %.10g, expected a time after %.10g min, the "
                             "row before",
                             r->path, r->line_number, row.time_min,
                             dosing->rows[dosing->n - 1].time_min);
        }
        TITR_TRY(append(dosing, &capacity, &row, err));
    }
    if (dosing->n == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: a header without rows, expected at least one",
                         r->path);
    }
    return TITR_OK;
}

titr_status titr_dosing_read(const char *path, titr_dosing *out, titr_error *err)
{
    titr_dosing dosing = {0};
    reader r = {.path = path, .file = fopen(path, "r")};
    if (r.file == NULL) {
        return titr_fail(err, TITR_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    }
    titr_status status = read_header(&r, &dosing.has_basal, err);
    if (status == TITR_OK) {
        status = read_rows(&r, &dosing, err);
    }
    if (status == TITR_OK) {
        *out = dosing;
    } else {
        titr_dosing_fini(&dosing);
    }
    free(r.line);
    (void)fclose(r.file);
    return status;
}

void titr_dosing_fini(titr_dosing *dosing)
{
    free(dosing->rows);
    *dosing = (titr_dosing){0};
}

size_t titr_dosing_find(const titr_dosing *dosing, double time_min)
{
    size_t lo = 0, hi = dosing->n;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (dosing->rows[middle].time_min < time_min) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    return lo;
}
