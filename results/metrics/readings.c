// SPDX-License-Identifier: GPL-3.0-or-later
/* CSV of a real sensor -> one series per id. */
#include "titrate/metrics/readings.h"

#include "titrate/base/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_BYTES 8192
#define FIELDS_MAX 128
#define GLUCOSE_LO_MG_DL (-1.0) /* a simulated series may end in a rounding error below zero */
#define GLUCOSE_HI_MG_DL 3000.0

/* One reading as it stands in the file. */
typedef struct reading {
    size_t of; /* index of its id */
    size_t line;
    double time_min, glucose_mg_dl;
} reading;

/* What is being read, and what was found so far. */
typedef struct scan {
    const char *path;
    FILE *file;
    size_t line;
    char text[LINE_MAX_BYTES];
    char *field[FIELDS_MAX];
    size_t n_fields;
    /* columns; FIELDS_MAX = none */
    size_t time, glucose, id;
    int clock_time, mmol;
    char glucose_name[TITR_NAME_MAX], time_name[TITR_NAME_MAX];
    reading *row;
    size_t n, capacity;
    char (*ids)[TITR_NAME_MAX];
    size_t n_ids, ids_capacity;
} scan;

/* Split scan->text at commas, in place; a quoted field may hold commas and "" for a quote. */
static titr_status split(scan *s, titr_error *err)
{
    char *from = s->text;
    s->n_fields = 0;
    for (int more = 1; more;) {
        if (s->n_fields == FIELDS_MAX) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: more than %d columns", s->path, s->line,
                             FIELDS_MAX);
        }
        char *to = from;
        s->field[s->n_fields++] = from;
        int quoted = *from == '"';
        from += quoted;
        while (*from != '\0' && (quoted || *from != ',')) {
            if (quoted && *from == '"') {
                from++;
                quoted = *from == '"';
                if (!quoted) {
                    continue;
                }
            }
            *to++ = *from++;
        }
        if (quoted) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: a quoted field has no closing quote",
                             s->path, s->line);
        }
        more = *from == ',';
        from += more;
        *to = '\0';
    }
    return TITR_OK;
}

/* Control characters do not occur in text: another kind of file. */
static int is_text(const char *line)
{
    for (; *line != '\0'; line++) {
        if (((unsigned char)*line < 0x20 && *line != '\t') || *line == 0x7f) {
            return 0;
        }
    }
    return 1;
}

/* Next line that is not blank, split. @return TITR_OK with n_fields = 0 at the end. */
static titr_status next_row(scan *s, titr_error *err)
{
    s->n_fields = 0;
    while (fgets(s->text, sizeof s->text, s->file) != NULL) {
        s->line++;
        const size_t length = strcspn(s->text, "\r\n");
        if (s->text[length] == '\0' && !feof(s->file)) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s:%zu: line longer than %d bytes or not text: expected a CSV file",
                             s->path, s->line, LINE_MAX_BYTES - 2);
        }
        s->text[length] = '\0';
        if (!is_text(s->text)) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: not text: expected a CSV file", s->path,
                             s->line);
        }
        if (s->line == 1 && strncmp(s->text, "\xEF\xBB\xBF", 3) == 0) {
            memmove(s->text, s->text + 3, length - 2);
        }
        if (s->text[0] != '\0') {
            return split(s, err);
        }
    }
    if (ferror(s->file)) {
        return titr_fail(err, TITR_ERR_IO, "%s: %s", s->path, strerror(errno));
    }
    return TITR_OK;
}

static size_t column_of(const scan *s, const char *const *names, size_t n_names, const char **name)
{
    for (size_t i = 0; i < n_names; i++) {
        for (size_t c = 0; c < s->n_fields; c++) {
            if (strcasecmp(s->field[c], names[i]) == 0) {
                *name = names[i];
                return c;
            }
        }
    }
    return FIELDS_MAX;
}

static const char *const time_names[] = {"time_min", "time", "timestamp"};
static const char *const glucose_names[] = {"glucose_mg_dl", "cgm_mg_dl", "gl",
                                            "cgm",           "bg",        "glucose_mmol_l"};
#define N_TIME_NAMES (sizeof time_names / sizeof time_names[0])
#define N_GLUCOSE_NAMES (sizeof glucose_names / sizeof glucose_names[0])

static titr_status find_glucose(scan *s, const char *column, titr_error *err)
{
    const char *name = NULL, *other = NULL;
    if (column != NULL) {
        s->glucose = column_of(s, &column, 1, &name);
        if (s->glucose == FIELDS_MAX) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: no column '%s'", s->path, s->line,
                             column);
        }
    } else {
        s->glucose = column_of(s, glucose_names, N_GLUCOSE_NAMES, &name);
        if (s->glucose == FIELDS_MAX) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s:%zu: no glucose column: expected glucose_mg_dl, glucose_mmol_l, "
                             "cgm_mg_dl, gl, cgm or bg in the first line, found '%s', ...",
                             s->path, s->line, s->field[0]);
        }
        for (size_t i = 0; i < N_GLUCOSE_NAMES; i++) {
            if (column_of(s, &glucose_names[i], 1, &other) != FIELDS_MAX && other != name) {
                return titr_fail(err, TITR_ERR_CONFIG,
                                 "%s:%zu: columns '%s' and '%s' both hold glucose: name the one to "
                                 "use (--column)",
                                 s->path, s->line, name, other);
            }
        }
    }
    (void)snprintf(s->glucose_name, sizeof s->glucose_name, "%s", name);
    const size_t length = strlen(name);
    s->mmol = length >= 6 && strcasecmp(name + length - 6, "mmol_l") == 0;
    return TITR_OK;
}

static titr_status read_header(scan *s, const char *column, titr_error *err)
{
    static const char *const id_name = "id";
    const char *name = NULL;
    TITR_TRY(next_row(s, err));
    if (s->n_fields == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: empty file: expected a CSV with a header line",
                         s->path);
    }
    for (size_t a = 0; a < s->n_fields; a++) {
        for (size_t b = 0; b < a; b++) {
            if (s->field[a][0] != '\0' && strcasecmp(s->field[a], s->field[b]) == 0) {
                return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: column '%s' stands twice", s->path,
                                 s->line, s->field[a]);
            }
        }
    }
    s->time = column_of(s, time_names, N_TIME_NAMES, &name);
    if (s->time == FIELDS_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s:%zu: no time column: expected time_min, time or timestamp in the "
                         "first line, found '%s', ...",
                         s->path, s->line, s->field[0]);
    }
    s->clock_time = name != time_names[0];
    (void)snprintf(s->time_name, sizeof s->time_name, "%s", name);
    s->id = column_of(s, &id_name, 1, &name);
    return find_glucose(s, column, err);
}

/* Days from 1970-01-01 in the Gregorian calendar. @return 0 when there is no such date. */
static int days_of_date(int year, int month, int day, int *days)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    if (year < 1 || month < 1 || month > 12 || day < 1) {
        return 0;
    }
    const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > before[month] - before[month - 1] + (month == 2 && leap)) {
        return 0;
    }
    const int past = year - 1;
    *days = 365 * past + past / 4 - past / 100 + past / 400 + before[month - 1] +
            (month > 2 && leap) + day - 1 - 719162;
    return 1;
}

/* Digits of a fixed width. @return -1 when there is another character. */
static int digits(const char *text, int width)
{
    int value = 0;
    for (int i = 0; i < width; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

/* Nothing, "Z", "+01", "+01:00" or "-0500". */
static int is_zone(const char *text)
{
    if (*text == '\0' || strcmp(text, "Z") == 0) {
        return 1;
    }
    if ((*text != '+' && *text != '-') || digits(text + 1, 2) < 0) {
        return 0;
    }
    text += 3;
    text += *text == ':';
    return *text == '\0' || (digits(text, 2) >= 0 && text[2] == '\0');
}

/* ":27" or ":27.5". @return 0 when it is something else; nothing is 0 seconds. */
static int parse_seconds(const char **text, double *second)
{
    *second = 0.0;
    if (**text != ':') {
        return 1;
    }
    const int whole = digits(*text + 1, 2);
    if (whole < 0 || whole > 60) {
        return 0;
    }
    *second = whole;
    *text += 3;
    if (**text == '.') {
        double place = 0.1;
        while (*++*text >= '0' && **text <= '9') {
            *second += place * (**text - '0');
            place /= 10.0;
        }
    }
    return 1;
}

/* "2015-06-06T16:50[:27[.5]][zone]" to minutes since 1970-01-01 by the clock. @return 1 if so. */
static int parse_clock_time(const char *text, double *time_min)
{
    if (strlen(text) < 16 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != ' ') || text[13] != ':') {
        return 0;
    }
    int days = 0;
    double second = 0.0;
    const int hour = digits(text + 11, 2), minute = digits(text + 14, 2);
    if (!days_of_date(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2), &days) ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return 0;
    }
    const char *rest = text + 16;
    if (!parse_seconds(&rest, &second) || !is_zone(rest)) {
        return 0;
    }
    *time_min = days * TITR_MIN_PER_DAY + hour * TITR_MIN_PER_HOUR + minute + second / 60.0;
    return 1;
}

static int parse_number(const char *text, double *value)
{
    char *end = NULL;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

static titr_status id_of_row(scan *s, size_t *of, titr_error *err)
{
    const char *id = s->id == FIELDS_MAX ? "" : s->field[s->id];
    if (strlen(id) >= TITR_NAME_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: id '%.20s...' is longer than %d bytes",
                         s->path, s->line, id, TITR_NAME_MAX - 1);
    }
    for (size_t i = s->n_ids; i-- > 0;) { /* rows of one id mostly follow each other */
        if (strcmp(s->ids[i], id) == 0) {
            *of = i;
            return TITR_OK;
        }
    }
    if (s->n_ids == s->ids_capacity) {
        const size_t capacity = s->ids_capacity > 0 ? 2 * s->ids_capacity : 8;
        void *grown = realloc(s->ids, capacity * sizeof *s->ids);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu ids", s->path, capacity);
        }
        s->ids = grown;
        s->ids_capacity = capacity;
    }
    *of = s->n_ids++;
    (void)snprintf(s->ids[*of], TITR_NAME_MAX, "%s", id);
    return TITR_OK;
}

static titr_status add_reading(scan *s, double time_min, double glucose_mg_dl, titr_error *err)
{
    if (s->n == s->capacity) {
        const size_t capacity = s->capacity > 0 ? 2 * s->capacity : 1024;
        void *grown = realloc(s->row, capacity * sizeof *s->row);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu readings", s->path,
                             capacity);
        }
        s->row = grown;
        s->capacity = capacity;
    }
    size_t of = 0;
    TITR_TRY(id_of_row(s, &of, err));
    s->row[s->n++] = (reading){of, s->line, time_min, glucose_mg_dl};
    return TITR_OK;
}

static int is_missing(const char *text)
{
    return text[strspn(text, " ")] == '\0' || strcasecmp(text, "na") == 0 ||
           strcasecmp(text, "nan") == 0;
}

static titr_status read_row(scan *s, size_t n_columns, titr_error *err)
{
    if (s->n_fields != n_columns) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: %zu fields, the header has %zu", s->path,
                         s->line, s->n_fields, n_columns);
    }
    const char *time_text = s->field[s->time], *glucose_text = s->field[s->glucose];
    double time_min = 0.0, glucose = 0.0;
    const int timed =
        s->clock_time ? parse_clock_time(time_text, &time_min) : parse_number(time_text, &time_min);
    if (!timed) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: %s = '%.40s', expected %s", s->path,
                         s->line, s->time_name, time_text,
                         s->clock_time ? "a date and time like 2015-06-06T16:50:27"
                                       : "a number of minutes");
    }
    if (is_missing(glucose_text)) {
        return TITR_OK;
    }
    const char *unit = s->mmol ? "mmol/L" : "mg/dL";
    if (!parse_number(glucose_text, &glucose)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s:%zu: %s = '%.40s', expected a number in %s, or nothing for a missing "
                         "reading",
                         s->path, s->line, s->glucose_name, glucose_text, unit);
    }
    const double glucose_mg_dl = s->mmol ? glucose * TITR_MG_DL_PER_MMOL_L : glucose;
    if (glucose_mg_dl < GLUCOSE_LO_MG_DL || glucose_mg_dl > GLUCOSE_HI_MG_DL) {
        const double scale = s->mmol ? TITR_MG_DL_PER_MMOL_L : 1.0;
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: %s = %.10g %s, allowed [%.3g, %.4g]",
                         s->path, s->line, s->glucose_name, glucose, unit, GLUCOSE_LO_MG_DL / scale,
                         GLUCOSE_HI_MG_DL / scale);
    }
    return add_reading(s, time_min, glucose_mg_dl, err);
}

static int by_id_and_time(const void *a, const void *b)
{
    const reading *x = a, *y = b;
    if (x->of != y->of) {
        return x->of > y->of ? 1 : -1;
    }
    if (x->time_min != y->time_min) {
        return x->time_min > y->time_min ? 1 : -1;
    }
    return (x->line > y->line) - (x->line < y->line);
}

/* Readings row[0 .. n), all of one id, to a series. */
static titr_status make_series(const scan *s, const reading *row, size_t n, titr_series *out,
                               titr_error *err)
{
    double *time_min = malloc(n * sizeof *time_min);
    double *glucose_mg_dl = malloc(n * sizeof *glucose_mg_dl);
    if (time_min == NULL || glucose_mg_dl == NULL) {
        free(time_min);
        free(glucose_mg_dl);
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu readings", s->path, n);
    }
    const double midnight =
        s->clock_time ? floor(row[0].time_min / TITR_MIN_PER_DAY) * TITR_MIN_PER_DAY : 0.0;
    for (size_t i = 0; i < n; i++) {
        time_min[i] = row[i].time_min - midnight;
        glucose_mg_dl[i] = row[i].glucose_mg_dl;
    }
    *out = (titr_series){
        .n = n,
        .time_min = time_min,
        .glucose_mg_dl = glucose_mg_dl,
        .insulin_u = (double)NAN,
        .basal_insulin_u = (double)NAN,
        .carbs_g = (double)NAN,
        .duration_min = (double)NAN,
        .horizon_min = (double)NAN,
        .end_min = (double)NAN,
        .final_glucose_mg_dl = (double)NAN,
    };
    return TITR_OK;
}

/* mmol/L under a header that says mg/dL is the commonest mistake: every reading is below 34. The
 * other way round, none is. */
static titr_status check_unit(const scan *s, titr_error *err)
{
    double highest = 0.0, lowest = (double)INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        highest = fmax(highest, s->row[i].glucose_mg_dl);
        lowest = fmin(lowest, s->row[i].glucose_mg_dl);
    }
    lowest /= TITR_MG_DL_PER_MMOL_L;
    if (s->mmol && s->n >= 12 && lowest > 34.0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: the lowest of %zu readings is %g, too high for mmol/L: name the "
                         "column glucose_mg_dl if it is mg/dL",
                         s->path, s->n, lowest);
    }
    if (!s->mmol && s->n >= 12 && highest < 34.0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: the highest of %zu readings is %g, too low for mg/dL: name the "
                         "column glucose_mmol_l if it is mmol/L",
                         s->path, s->n, highest);
    }
    return TITR_OK;
}

static titr_status group_by_id(scan *s, titr_readings *out, titr_error *err)
{
    titr_readings readings = {.of = calloc(s->n_ids, sizeof *readings.of)};
    if (readings.of == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu series", s->path, s->n_ids);
    }
    qsort(s->row, s->n, sizeof *s->row, by_id_and_time);
    for (size_t from = 0, to = 0; from < s->n; from = to) {
        while (to < s->n && s->row[to].of == s->row[from].of) {
            to++;
        }
        struct titr_readings_of *one = &readings.of[readings.n++];
        (void)snprintf(one->id, sizeof one->id, "%s", s->ids[s->row[from].of]);
        const titr_status status = make_series(s, &s->row[from], to - from, &one->series, err);
        if (status != TITR_OK) {
            titr_readings_fini(&readings);
            return status;
        }
    }
    *out = readings;
    return TITR_OK;
}

static titr_status read_all(scan *s, const char *column, titr_readings *out, titr_error *err)
{
    TITR_TRY(read_header(s, column, err));
    const size_t n_columns = s->n_fields;
    for (;;) {
        TITR_TRY(next_row(s, err));
        if (s->n_fields == 0) {
            break;
        }
        TITR_TRY(read_row(s, n_columns, err));
    }
    if (s->n == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: no reading in column '%s'", s->path,
                         s->glucose_name);
    }
    TITR_TRY(check_unit(s, err));
    return group_by_id(s, out, err);
}

titr_status titr_readings_read_csv(const char *path, const char *column, titr_readings *out,
                                   titr_error *err)
{
    titr_status status = TITR_OK;
    scan *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory to read it", path);
    }
    s->path = path;
    s->file = fopen(path, "r");
    if (s->file == NULL) {
        status = titr_fail(err, TITR_ERR_IO, "%s: %s", path, strerror(errno));
        goto done;
    }
    status = read_all(s, column, out, err);
    (void)fclose(s->file);
done:
    free(s->row);
    free(s->ids);
    free(s);
    return status;
}

const titr_series *titr_readings_pick(const titr_readings *readings, const char *id,
                                      titr_error *err)
{
    for (size_t i = 0; i < readings->n; i++) {
        if (id == NULL ? readings->n == 1 : strcmp(readings->of[i].id, id) == 0) {
            return &readings->of[i].series;
        }
    }
    if (id == NULL) {
        (void)titr_fail(err, TITR_ERR_ARG, "%zu ids in the file ('%s', '%s', ...): name one",
                        readings->n, readings->n > 0 ? readings->of[0].id : "",
                        readings->n > 1 ? readings->of[1].id : "");
        return NULL;
    }
    const char **names = calloc(readings->n + 1, sizeof *names);
    const char *near = NULL;
    for (size_t i = 0; names != NULL && i < readings->n; i++) {
        names[i] = readings->of[i].id;
    }
    if (names != NULL) {
        near = titr_nearest(id, names, readings->n);
    }
    (void)titr_fail(err, TITR_ERR_NOT_FOUND, "no id '%s' in the file%s%s%s", id,
                    near != NULL ? ", nearest is '" : "", near != NULL ? near : "",
                    near != NULL ? "'" : "");
    free((void *)names);
    return NULL;
}

void titr_readings_fini(titr_readings *readings)
{
    for (size_t i = 0; i < readings->n; i++) {
        titr_series_fini(&readings->of[i].series);
    }
    free(readings->of);
    *readings = (titr_readings){0};
}
