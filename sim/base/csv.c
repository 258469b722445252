// SPDX-License-Identifier: GPL-3.0-or-later
/* CSV: the file is read whole, then cut in place; cells point into the text. */
#include "titrate/base/csv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANK " \t\r"

/* @return zero-terminated text owned by the caller; NULL with `status` and `err` filled. */
static char *read_whole(FILE *file, const char *path, size_t *n, titr_status *status,
                        titr_error *err)
{
    size_t capacity = 1U << 16;
    char *bytes = malloc(capacity);
    *n = 0;
    while (bytes != NULL) {
        *n += fread(bytes + *n, 1, capacity - *n - 1, file);
        if (*n < capacity - 1) {
            break;
        }
        capacity *= 2;
        char *larger = realloc(bytes, capacity);
        if (larger == NULL) {
            free(bytes);
        }
        bytes = larger;
    }
    if (bytes == NULL) {
        *status = titr_fail(err, TITR_ERR_NOMEM, "%s: no memory to read it", path);
        return NULL;
    }
    bytes[*n] = '\0';
    if (ferror(file) != 0) {
        *status = titr_fail(err, TITR_ERR_IO, "%s: cannot be read", path);
        free(bytes);
        return NULL;
    }
    return bytes;
}

static size_t count(const char *text, char c)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += *text == c;
    }
    return n;
}

/* Control characters do not occur in text: another kind of file. */
static titr_status check_text(const titr_csv *csv, size_t n, titr_error *err)
{
    size_t line = 1;
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)csv->text[i];
        if (c < 0x20 && c != 0x09 && c != 0x0a && c != 0x0d) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s:%zu: byte 0x%02x, expected a CSV file of plain text", csv->path,
                             line, c);
        }
        line += c == '\n';
    }
    return TITR_OK;
}

/* Blanks and one pair of quotes around [begin, end) are dropped. @return the cell. */
static char *trim(char *begin, char *end)
{
    while (begin < end && strchr(BLANK, *begin) != NULL) {
        begin++;
    }
    while (end > begin && strchr(BLANK, end[-1]) != NULL) {
        end--;
    }
    if (end - begin >= 2 && *begin == '"' && end[-1] == '"') {
        begin++;
        end--;
    }
    *end = '\0';
    return begin;
}

/* Cut one line into cells of the next row; the first row decides how many there are. */
static titr_status cut_row(titr_csv *csv, size_t row, char *line, titr_error *err)
{
    const size_t n = count(line, ',') + 1;
    if (row > 0 && n != csv->n_columns) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: %zu values, expected %zu as in the header",
                         csv->path, csv->line[row], n, csv->n_columns);
    }
    for (size_t k = 0; k < n; k++) {
        char *end = line + strcspn(line, ",");
        char *next = *end == ',' ? end + 1 : end;
        csv->cell[row * n + k] = trim(line, end);
        line = next;
    }
    return TITR_OK;
}

static titr_status cut_rows(titr_csv *csv, titr_error *err)
{
    char *line = csv->text;
    if (strncmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3; /* byte order mark */
    }
    size_t number = 0, row = 0;
    for (char *next = line; next != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        number++;
        if (line[strspn(line, BLANK)] == '\0') {
            continue;
        }
        csv->line[row] = number;
        if (row == 0) {
            csv->n_columns = count(line, ',') + 1;
        }
        TITR_TRY(cut_row(csv, row, line, err));
        row++;
    }
    if (row == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: the file is empty, expected a header line",
                         csv->path);
    }
    csv->n_rows = row - 1;
    return TITR_OK;
}

static titr_status check_header(const titr_csv *csv, titr_error *err)
{
    for (size_t k = 0; k < csv->n_columns; k++) {
        const char *name = titr_csv_name(csv, k);
        if (*name == '\0') {
            return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: column %zu has no name", csv->path,
                             csv->line[0], k + 1);
        }
        const size_t first = titr_csv_column(csv, name);
        if (first < k) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: columns %zu and %zu are both '%.60s'",
                             csv->path, csv->line[0], first + 1, k + 1, name);
        }
    }
    return TITR_OK;
}

/* Room for every line to be a row as wide as the first. */
static titr_status make_room(titr_csv *csv, titr_error *err)
{
    const size_t lines = count(csv->text, '\n') + 1;
    const size_t commas = count(csv->text, ',');
    csv->line = calloc(lines, sizeof *csv->line);
    csv->cell = calloc(commas + lines, sizeof *csv->cell);
    if (csv->line == NULL || csv->cell == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for its cells", csv->path);
    }
    return TITR_OK;
}

titr_status titr_csv_read(const char *path, titr_csv *out, titr_error *err)
{
    titr_csv csv = {0};
    size_t n = 0;
    titr_status status = TITR_OK;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: cannot be opened: %s", path, strerror(errno));
    }
    csv.text = read_whole(file, path, &n, &status, err);
    (void)fclose(file);
    if (csv.text == NULL) {
        return status;
    }
    csv.path = strdup(path);
    if (csv.path == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for its name", path);
    }
    status = status != TITR_OK ? status : check_text(&csv, n, err);
    status = status != TITR_OK ? status : make_room(&csv, err);
    status = status != TITR_OK ? status : cut_rows(&csv, err);
    status = status != TITR_OK ? status : check_header(&csv, err);
    if (status != TITR_OK) {
        titr_csv_fini(&csv);
        return status;
    }
    *out = csv;
    return TITR_OK;
}

void titr_csv_fini(titr_csv *csv)
{
    free(csv->path);
    free(csv->text);
    free(csv->cell);
    free(csv->line);
    *csv = (titr_csv){0};
}

const char *titr_csv_name(const titr_csv *csv, size_t column)
{
    return csv->cell[column];
}

size_t titr_csv_column(const titr_csv *csv, const char *name)
{
    size_t k = 0;
    while (k < csv->n_columns && strcmp(csv->cell[k], name) != 0) {
        k++;
    }
    return k;
}

const char *titr_csv_text(const titr_csv *csv, size_t row, size_t column)
{
    return csv->cell[(row + 1) * csv->n_columns + column];
}

titr_status titr_csv_real(const titr_csv *csv, size_t row, size_t column, double *value,
                          titr_error *err)
{
    const char *text = titr_csv_text(csv, row, column);
    char *end = NULL;
    const double v = strtod(text, &end);
    /* the set of characters excludes nan, inf and hexadecimal */
    const int decimal = end != text && *end == '\0' && text[strspn(text, "0123456789+-.eE")] == 0;
    if (!decimal || !isfinite(v)) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: column %s: '%.60s', expected a number",
                         csv->path, csv->line[row + 1], titr_csv_name(csv, column), text);
    }
    *value = v;
    return TITR_OK;
}
