// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/glucose_reference.h"

#include "support/body.h"
#include "support/temp_file.h"
#include "titrate/base/csv.h"
#include "titrate/base/units.h"
#include "titrate/cohort/cohort.h"

#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define N_X 13
enum { U_CARBS, U_INSULIN };
#define NAME_MAX_BYTES 256
#define PATH_MAX_BYTES 4096

/* One file to compare, and what is known of it. */
typedef struct item {
    char file[NAME_MAX_BYTES], patient[TITR_ID_MAX];
    double up_to_t; /* compare_only_up_to_t; HUGE_VAL = to the end */
} item;

typedef struct list {
    item *at;
    size_t n, capacity;
} list;

/* How one case went. */
typedef struct outcome {
    double glucose, state; /* largest differences */
    size_t worst_state, rows;
    char problem[256]; /* empty = compared */
} outcome;

static item *append(list *l)
{
    if (l->n == l->capacity) {
        const size_t larger = l->capacity == 0 ? 64 : 2 * l->capacity;
        item *at = realloc(l->at, larger * sizeof *at);
        if (at == NULL) {
            return NULL;
        }
        l->at = at;
        l->capacity = larger;
    }
    l->at[l->n] = (item){.up_to_t = HUGE_VAL};
    return &l->at[l->n++];
}

static item *find(const list *l, const char *file)
{
    for (size_t i = 0; i < l->n; i++) {
        if (strcmp(l->at[i].file, file) == 0) {
            return &l->at[i];
        }
    }
    return NULL;
}

static int by_file(const void *a, const void *b)
{
    return strcmp(((const item *)a)->file, ((const item *)b)->file);
}

/* "child_001_b.csv.gz" is of child#001; the patient stays empty for any other pattern. */
static void patient_of_name(const char *file, char patient[TITR_ID_MAX])
{
    const size_t group = strcspn(file, "_");
    const char *number = file + group + (file[group] == '_');
    const size_t digits = strspn(number, "0123456789");
    if (digits > 0 && number[digits] == '_') {
        (void)snprintf(patient, TITR_ID_MAX, "%.*s#%.*s", (int)group, file, (int)digits, number);
    }
}

static int is_data(const char *file)
{
    const char *gz = strstr(file, ".csv");
    return gz != NULL && (strcmp(gz, ".csv.gz") == 0 || strcmp(gz, ".csv") == 0);
}

/* What the manifest lists, whether or not it is there. */
static void read_manifest(const char *folder, list *l)
{
    char path[PATH_MAX_BYTES];
    (void)snprintf(path, sizeof path, "%s/manifest.json", folder);
    json_t *manifest = json_load_file(path, 0, NULL);
    size_t i = 0;
    const json_t *entry = NULL;
    json_array_foreach(json_object_get(manifest, "files"), i, entry)
    {
        const char *file = json_string_value(json_object_get(entry, "file"));
        const char *patient = json_string_value(json_object_get(entry, "patient"));
        const json_t *up_to = json_object_get(entry, "compare_only_up_to_t");
        item *new = file != NULL &&find(l, file) == NULL ? append(l) : NULL;
        if (new == NULL) {
            continue;
        }
        (void)snprintf(new->file, sizeof new->file, "%s", file);
        patient_of_name(file, new->patient);
        if (patient != NULL) {
            (void)snprintf(new->patient, sizeof new->patient, "%s", patient);
        }
        if (json_is_number(up_to)) {
            new->up_to_t = json_number_value(up_to);
        }
    }
    json_decref(manifest);
}

/* Adds the files that are there and not listed. @return 0 when there is no such folder. */
static int read_folder(const char *folder, list *l)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return 0;
    }
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        item *new = is_data(e->d_name) && find(l, e->d_name) == NULL ? append(l) : NULL;
        if (new != NULL) {
            (void)snprintf(new->file, sizeof new->file, "%s", e->d_name);
            patient_of_name(e->d_name, new->patient);
        }
    }
    (void)closedir(dir);
    return 1;
}

/* ---- one case ---- */

/* Whole text of a gzip or plain file. @return NULL when it cannot be read to its end. */
static char *inflate_file(const char *path, size_t *n)
{
    gzFile file = gzopen(path, "rb");
    size_t capacity = 1U << 20;
    char *text = malloc(capacity);
    int got = 1;
    *n = 0;
    while (file != NULL && text != NULL && got > 0) {
        if (*n == capacity) {
            capacity *= 2;
            char *larger = realloc(text, capacity);
            if (larger == NULL) {
                break;
            }
            text = larger;
        }
        got = gzread(file, text + *n, (unsigned)(capacity - *n));
        *n += got > 0 ? (size_t)got : 0;
    }
    const int whole = file != NULL && got == 0;
    if (file == NULL || gzclose(file) != Z_OK || !whole) {
        free(text);
        return NULL;
    }
    return text;
}

static titr_status read_table(const char *path, titr_csv *csv, titr_error *err)
{
    size_t n = 0;
    char plain[TEMP_PATH_MAX];
    char *text = inflate_file(path, &n);
    if (text == NULL) {
        return titr_fail(err, TITR_ERR_IO, "missing, or not a whole gzip file");
    }
    const int written = temp_file(plain, text, n);
    free(text);
    const titr_status status =
        written ? titr_csv_read(plain, csv, err) : titr_fail(err, TITR_ERR_IO, "no temporary file");
    temp_remove(plain);
    return status;
}

enum { C_T, C_GLUCOSE, C_CARBS, C_INSULIN, C_X1, N_C = C_X1 + N_X };

static titr_status find_columns(const titr_csv *csv, size_t column[N_C], titr_error *err)
{
    static const char *const names[N_C] = {"t",
                                           "BG_mgdl",
                                           "CHO_announced_g",
                                           "insulin_U_per_min",
                                           "x1",
                                           "x2",
                                           "x3",
                                           "x4",
                                           "x5",
                                           "x6",
                                           "x7",
                                           "x8",
                                           "x9",
                                           "x10",
                                           "x11",
                                           "x12",
                                           "x13"};
    for (size_t k = 0; k < N_C; k++) {
        column[k] = titr_csv_column(csv, names[k]);
        if (column[k] == csv->n_columns) {
            return titr_fail(err, TITR_ERR_CONFIG, "no column %s", names[k]);
        }
    }
    return csv->n_rows > 0 ? TITR_OK : titr_fail(err, TITR_ERR_CONFIG, "no rows");
}

/* Cells of one row. The last row has no inputs. */
typedef struct minute {
    double t, glucose_mg_dl, carbs_g, insulin_u_per_min, x[N_X];
} minute;

static titr_status read_minutes(const titr_csv *csv, minute *m, titr_error *err)
{
    size_t column[N_C];
    TITR_TRY(find_columns(csv, column, err));
    for (size_t row = 0; row < csv->n_rows; row++) {
        double *const to[] = {&m[row].t, &m[row].glucose_mg_dl, &m[row].carbs_g,
                              &m[row].insulin_u_per_min};
        const int last = row + 1 == csv->n_rows;
        for (size_t k = 0; k < (last ? C_CARBS : C_X1); k++) {
            TITR_TRY(titr_csv_real(csv, row, column[k], to[k], err));
        }
        for (size_t i = 0; i < N_X; i++) {
            TITR_TRY(titr_csv_real(csv, row, column[C_X1 + i], &m[row].x[i], err));
        }
        if (m[row].t != (double)row) {
            return titr_fail(err, TITR_ERR_CONFIG, "row %zu: t = %g, expected %zu", row + 1,
                             m[row].t, row);
        }
    }
    return TITR_OK;
}

static void compare_minute(const body *b, const double *x, const minute *want, outcome *o)
{
    double y[TITR_OUTPUTS_MAX];
    for (size_t i = 0; i < N_X; i++) {
        const double off = fabs(x[i] - want->x[i]) / fmax(fabs(want->x[i]), 1e-3);
        if (!(off <= o->state)) { /* NaN counts as worst */
            o->state = isnan(off) ? HUGE_VAL : off;
            o->worst_state = i;
        }
    }
    b->model->output(x, b->theta, y);
    const double off = fabs(y[0] - want->glucose_mg_dl);
    o->glucose = off <= o->glucose ? o->glucose : off;
    o->rows++;
}

/* Minutes from `row` on in which nothing happens that was not so before: one span of the solver. */
static size_t quiet_minutes(const body *b, const minute *m, size_t row, size_t end)
{
    size_t n = 1;
    if (b->u[U_CARBS] != 0.0 || b->mouth.planned_g > 0.0) {
        return n;
    }
    while (row + n < end && m[row + n].carbs_g == 0.0 &&
           m[row + n].insulin_u_per_min == m[row].insulin_u_per_min) {
        n++;
    }
    return n;
}

/* Compare rows 0 to n - 1, the states of `rows` being scratch space for n of them. */
static titr_status follow(body *b, const minute *m, size_t n, double *rows, outcome *o,
                          titr_error *err)
{
    compare_minute(b, b->x, &m[0], o);
    for (size_t row = 0; row + 1 < n;) {
        const double bite_g = titr_mouth_bite(&b->mouth, m[row].carbs_g);
        body_rate(b, U_CARBS, bite_g * TITR_MG_PER_G, 1.0);
        body_rate(b, U_INSULIN, m[row].insulin_u_per_min, 1.0);
        const size_t quiet = quiet_minutes(b, m, row, n - 1);
        TITR_TRY(body_advance(b, (double)quiet, rows, err));
        if (b->fault.code != TITR_FAULT_NONE) {
            return titr_fail(err, TITR_ERR_SOLVER, "fault %s at %g min",
                             titr_fault_name(b->fault.code), b->fault.time_min);
        }
        for (size_t k = 0; k < quiet; k++) {
            compare_minute(b, rows + k * N_X, &m[row + k + 1], o);
        }
        row += quiet;
    }
    return TITR_OK;
}

static titr_status compare_table(body *b, const titr_csv *csv, double up_to_t, outcome *o,
                                 titr_error *err)
{
    titr_status status = TITR_OK;
    minute *m = calloc(csv->n_rows + 1, sizeof *m);
    double *rows = calloc((csv->n_rows + 1) * N_X, sizeof *rows);
    if (m == NULL || rows == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "no memory");
    }
    status = status != TITR_OK ? status : read_minutes(csv, m, err);
    if (status == TITR_OK) {
        const double n = fmin((double)csv->n_rows, floor(up_to_t) + 1.0);
        status = follow(b, m, (size_t)n, rows, o, err);
    }
    free(rows);
    free(m);
    return status;
}

static titr_status start(const item *it, double rtol, body *b, titr_error *err)
{
    titr_slot slot = {0};
    titr_cohort cohort = {0};
    const char *mode = strstr(it->file, "_legacyDbar") != NULL ? "legacy_dbar" : "faithful";
    titr_status status = titr_cohort_load("s2008-published", NULL, it->patient,
                                          titr_model_find("glucose_s2008"), &cohort, err);
    status = status != TITR_OK ? status : titr_slot_init(&slot, titr_solver_find("cvode"), err);
    if (status == TITR_OK) {
        (void)slot_set(slot, "rtol", rtol);
        status = body_init(b, &cohort.child[0].patient, mode, slot, err);
    }
    titr_slot_fini(&slot);
    titr_cohort_fini(&cohort);
    return status;
}

static void compare_one(const char *folder, const item *it, double rtol, outcome *o)
{
    char path[PATH_MAX_BYTES];
    titr_error err = {0};
    titr_csv csv = {0};
    body b = {0};
    *o = (outcome){0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, it->file);
    titr_status status = it->patient[0] != '\0'
                             ? read_table(path, &csv, &err)
                             : titr_fail(&err, TITR_ERR_CONFIG, "names no patient");
    status = status != TITR_OK ? status : start(it, rtol, &b, &err);
    status = status != TITR_OK ? status : compare_table(&b, &csv, it->up_to_t, o, &err);
    if (status != TITR_OK) {
        (void)snprintf(o->problem, sizeof o->problem, "%.200s", err.what);
    }
    body_fini(&b);
    titr_csv_fini(&csv);
}

/* @return why a case has no model to compare; NULL if it has one. */
static const char *why_skip(const item *it)
{
    const int hovorka = strncmp(it->file, "hovorka", 7) == 0;
    return hovorka && titr_model_find("glucose_hovorka") == NULL ? "no Hovorka model yet" : NULL;
}

static void judge(const item *it, const outcome *o, FILE *out, reference_result *r)
{
    if (o->problem[0] != '\0') {
        r->failed++;
        if (out != NULL) {
            (void)fprintf(out, "%s: NOT COMPARED: %s\n", it->file, o->problem);
        }
        return;
    }
    const double worst =
        fmax(o->glucose / REFERENCE_GLUCOSE_BOUND, o->state / REFERENCE_STATE_BOUND);
    r->compared++;
    r->glucose = fmax(r->glucose, o->glucose);
    r->state = fmax(r->state, o->state);
    r->ok += worst <= 1.0;
    if (worst > r->worst || r->worst_file[0] == '\0') {
        r->worst = worst;
        (void)snprintf(r->worst_file, sizeof r->worst_file, "%s", it->file);
    }
    if (out != NULL) {
        (void)fprintf(out, "%s: %zu minutes, glucose %.1e mg/dL, states %.1e (x%zu) %s\n", it->file,
                      o->rows, o->glucose, o->state, o->worst_state + 1,
                      worst <= 1.0 ? "ok" : "FALLS SHORT");
    }
}

int reference_compare(const char *folder, double rtol, FILE *out, reference_result *result)
{
    list l = {0};
    reference_result r = {0};
    read_manifest(folder, &l);
    const int there = read_folder(folder, &l);
    if (l.n > 0) {
        qsort(l.at, l.n, sizeof *l.at, by_file);
    }
    for (size_t i = 0; i < l.n; i++) {
        const char *why = why_skip(&l.at[i]);
        if (why != NULL) {
            r.skipped++;
            (void)snprintf(r.why_skipped, sizeof r.why_skipped, "%s", why);
            continue;
        }
        outcome o;
        compare_one(folder, &l.at[i], rtol, &o);
        judge(&l.at[i], &o, out, &r);
    }
    r.n_files = l.n;
    free(l.at);
    *result = r;
    return there;
}

int reference_holds(const reference_result *r)
{
    return r->compared > 0 && r->ok == r->compared && r->failed == 0;
}
