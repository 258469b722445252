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

#define NAME_MAX_BYTES 256
#define PATH_MAX_BYTES 4096

enum { U_CARBS, U_INSULIN };
enum { C_T, C_GLUCOSE, C_CARBS, C_INSULIN, C_X1 };
#define PEER_P 15 /* figures of the manifest's P */

typedef struct format format;

/* One file to compare, and what is known of it. */
typedef struct item {
    char file[NAME_MAX_BYTES], patient[TITR_ID_MAX];
    const format *format;
    double up_to_t;   /* compare_only_up_to_t; HUGE_VAL = to the end */
    double weight_kg; /* hovorka2004: 0 = not told                   */
    double p[PEER_P]; /* hovorka2004: the manifest's P               */
    size_t n_p;       /* 0 = not told: the model's defaults          */
} item;

/* One row. The last row of a file has no inputs. */
typedef struct minute {
    double t, glucose_mg_dl;
    double food; /* g announced, or mg/min */
    double insulin_u_per_min, x[TITR_STATES_MAX];
} minute;

/* What files of one kind hold. */
struct format {
    const char *prefix, *model; /* of their names; whose trajectories they are */
    const char *glucose;        /* the output that they show                   */
    int announced;              /* food is announced, and eaten bite by bite   */
    double per_column[C_X1];    /* our units in one of the column's            */
    size_t n_columns;           /* C_X1 and the states                         */
    const char *column[C_X1 + TITR_STATES_MAX];
    titr_status (*patient)(const item *it, const minute *first, titr_patient *out, titr_error *err);
};

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

static titr_status published_patient(const item *it, const minute *first, titr_patient *out,
                                     titr_error *err)
{
    (void)first;
    titr_cohort cohort = {0};
    if (it->patient[0] == '\0') {
        return titr_fail(err, TITR_ERR_CONFIG, "names no patient");
    }
    TITR_TRY(titr_cohort_load(
        &(titr_cohort_request){.source = "s2008-published", .subjects = it->patient},
        titr_model_find("glucose_s2008"), &cohort, err));
    *out = cohort.child[0].patient;
    titr_cohort_fini(&cohort);
    return TITR_OK;
}

/* The peer's P: times of absorption as they are, kb = SI ka, volumes and flows of the whole body.
 */
static void individual_of_p(const double p[PEER_P], double weight_kg, titr_patient *out)
{
    const titr_table params = titr_model_find("glucose_hovorka")->params;
    const struct {
        const char *name;
        double value;
    } told[] = {
        {"tmaxG", p[0]},
        {"tmaxI", p[1]},
        {"AG", p[2]},
        {"k12", p[3]},
        {"ka1", p[4]},
        {"SIT", p[5] / p[4]},
        {"ka2", p[6]},
        {"SID", p[7] / p[6]},
        {"ka3", p[8]},
        {"SIE", p[9] / p[8]},
        {"ke", p[10]},
        {"VI", p[11] / weight_kg},
        {"VG", p[12] / weight_kg},
        {"F01", p[13] / weight_kg},
        {"EGP0", p[14] / weight_kg},
    };
    for (size_t k = 0; k < PEER_P; k++) {
        out->params[titr_table_find(params, told[k].name)] = told[k].value;
    }
}

/* A case begins in the basal steady state of the glucose that its first row shows. */
static titr_status mean_patient(const item *it, const minute *first, titr_patient *out,
                                titr_error *err)
{
    const titr_table params = titr_model_find("glucose_hovorka")->params;
    if (!(it->weight_kg > 0.0)) {
        return titr_fail(err, TITR_ERR_CONFIG, "names no weight");
    }
    if (it->n_p != 0 && it->n_p != PEER_P) {
        return titr_fail(err, TITR_ERR_CONFIG, "P has %zu figures, expected %d", it->n_p, PEER_P);
    }
    *out = (titr_patient){.id = "hovorka2004", .weight_kg = it->weight_kg};
    for (size_t k = 0; k < params.n; k++) {
        out->params[k] = params.row[k].init;
    }
    if (it->n_p == PEER_P) {
        individual_of_p(it->p, it->weight_kg, out);
    }
    out->params[titr_table_find(params, "Gb")] = first->glucose_mg_dl / TITR_MG_DL_PER_MMOL_L;
    return TITR_OK;
}

static const format hovorka2004 = {
    "hovorka",
    "glucose_hovorka",
    "plasma_glucose_mg_dl",
    0,
    {1.0, TITR_MG_DL_PER_MMOL_L, TITR_MG_PER_MMOL, 1e-3},
    C_X1 + 11,
    {"t", "G_mmolL", "D_mmol_min", "u_mU_min", "D1", "D2", "S1", "S2", "Q1", "Q2", "I", "x1", "x2",
     "x3", "C"},
    mean_patient,
};
static const format s2008 = {
    "",
    "glucose_s2008",
    "glucose_mg_dl",
    1,
    {1.0, 1.0, 1.0, 1.0},
    C_X1 + 13,
    {"t", "BG_mgdl", "CHO_announced_g", "insulin_U_per_min", "x1", "x2", "x3", "x4", "x5", "x6",
     "x7", "x8", "x9", "x10", "x11", "x12", "x13"},
    published_patient,
};

static const format *format_of(const char *file)
{
    const int theirs = strncmp(file, hovorka2004.prefix, strlen(hovorka2004.prefix)) == 0;
    return theirs ? &hovorka2004 : &s2008;
}

/* "child_001_b.csv.gz" is of child#001, "hovorka2004_BW35_basal.csv.gz" of 35 kg; both stay empty
 * for any other pattern. */
static void patient_of_name(item *it)
{
    const char *file = it->file, *weight = strstr(file, "_BW");
    const size_t group = strcspn(file, "_");
    const char *number = file + group + (file[group] == '_');
    const size_t digits = strspn(number, "0123456789");
    if (digits > 0 && number[digits] == '_') {
        (void)snprintf(it->patient, TITR_ID_MAX, "%.*s#%.*s", (int)group, file, (int)digits,
                       number);
    }
    it->weight_kg = weight != NULL ? strtod(weight + 3, NULL) : 0.0;
}

static item *append(list *l, const char *file)
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
    item *new = &l->at[l->n++];
    *new = (item){.format = format_of(file), .up_to_t = HUGE_VAL};
    (void)snprintf(new->file, sizeof new->file, "%s", file);
    patient_of_name(new);
    return new;
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

static int is_data(const char *file)
{
    const char *gz = strstr(file, ".csv");
    return gz != NULL && (strcmp(gz, ".csv.gz") == 0 || strcmp(gz, ".csv") == 0);
}

static void read_entry(const json_t *entry, item *it)
{
    const char *patient = json_string_value(json_object_get(entry, "patient"));
    const json_t *up_to = json_object_get(entry, "compare_only_up_to_t");
    const json_t *weight = json_object_get(entry, "BW"), *p = json_object_get(entry, "P");
    if (patient != NULL) {
        (void)snprintf(it->patient, sizeof it->patient, "%s", patient);
    }
    if (json_is_number(up_to)) {
        it->up_to_t = json_number_value(up_to);
    }
    if (json_is_number(weight)) {
        it->weight_kg = json_number_value(weight);
    }
    it->n_p = json_array_size(p);
    for (size_t k = 0; k < it->n_p && k < PEER_P; k++) {
        it->p[k] = json_number_value(json_array_get(p, k));
    }
}

/* What the manifest lists, whether or not it is there. */
static void read_manifest(const char *folder, list *l)
{
    char path[PATH_MAX_BYTES];
    (void)snprintf(path, sizeof path, "%s/manifest.json", folder);
    json_t *manifest = json_load_file(path, 0, NULL);
    const json_t *hovorka = json_object_get(manifest, "hovorka2004_files");
    const json_t *const lists[] = {json_object_get(manifest, "files"),
                                   json_object_get(hovorka, "files")};
    for (size_t k = 0; k < 2; k++) {
        size_t i = 0;
        const json_t *entry = NULL;
        json_array_foreach(lists[k], i, entry)
        {
            const char *file = json_string_value(json_object_get(entry, "file"));
            item *new = file != NULL &&find(l, file) == NULL ? append(l, file) : NULL;
            if (new != NULL) {
                read_entry(entry, new);
            }
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
        if (is_data(e->d_name) && find(l, e->d_name) == NULL) {
            (void)append(l, e->d_name);
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

static titr_status find_columns(const titr_csv *csv, const format *f, size_t *column,
                                titr_error *err)
{
    for (size_t k = 0; k < f->n_columns; k++) {
        column[k] = titr_csv_column(csv, f->column[k]);
        if (column[k] == csv->n_columns) {
            return titr_fail(err, TITR_ERR_CONFIG, "no column %s", f->column[k]);
        }
    }
    return csv->n_rows > 0 ? TITR_OK : titr_fail(err, TITR_ERR_CONFIG, "no rows");
}

static titr_status read_minutes(const titr_csv *csv, const format *f, minute *m, titr_error *err)
{
    size_t column[C_X1 + TITR_STATES_MAX];
    TITR_TRY(find_columns(csv, f, column, err));
    for (size_t row = 0; row < csv->n_rows; row++, m++) {
        double *const to[] = {&m->t, &m->glucose_mg_dl, &m->food, &m->insulin_u_per_min};
        const int last = row + 1 == csv->n_rows;
        for (size_t k = 0; k < (last ? C_CARBS : C_X1); k++) {
            TITR_TRY(titr_csv_real(csv, row, column[k], to[k], err));
            *to[k] *= f->per_column[k];
        }
        for (size_t k = C_X1; k < f->n_columns; k++) {
            TITR_TRY(titr_csv_real(csv, row, column[k], &m->x[k - C_X1], err));
        }
        if (m->t != (double)row) {
            return titr_fail(err, TITR_ERR_CONFIG, "row %zu: t = %g, expected %zu", row + 1, m->t,
                             row);
        }
    }
    return TITR_OK;
}

static void compare_minute(body *b, const char *glucose, const double *x, const minute *want,
                           outcome *o)
{
    for (size_t i = 0; i < b->model->states.n; i++) {
        const double off = fabs(x[i] - want->x[i]) / fmax(fabs(want->x[i]), 1e-3);
        if (!(off <= o->state)) { /* NaN counts as worst */
            o->state = isnan(off) ? HUGE_VAL : off;
            o->worst_state = i;
        }
    }
    double y[TITR_OUTPUTS_MAX];
    b->model->output(x, b->theta, y);
    const double off = fabs(y[titr_table_find(b->model->outputs, glucose)] - want->glucose_mg_dl);
    o->glucose = off <= o->glucose ? o->glucose : off;
    o->rows++;
}

/* Minutes from `row` on in which nothing happens that was not so before: one span of the solver. */
static size_t quiet_minutes(const body *b, const format *f, const minute *m, size_t row, size_t end)
{
    size_t n = 1;
    if (f->announced && (b->u[U_CARBS] != 0.0 || b->mouth.planned_g > 0.0)) {
        return n;
    }
    while (row + n < end && m[row + n].food == m[row].food &&
           m[row + n].insulin_u_per_min == m[row].insulin_u_per_min) {
        n++;
    }
    return n;
}

/* Compare rows 0 to n - 1, the states of `rows` being scratch space for n of them. */
static titr_status follow(body *b, const format *f, const minute *m, size_t n, double *rows,
                          outcome *o, titr_error *err)
{
    compare_minute(b, f->glucose, b->x, &m[0], o);
    for (size_t row = 0; row + 1 < n;) {
        const double food = m[row].food;
        body_rate(b, U_CARBS,
                  f->announced ? titr_mouth_bite(&b->mouth, food) * TITR_MG_PER_G : food, 1.0);
        body_rate(b, U_INSULIN, m[row].insulin_u_per_min, 1.0);
        const size_t quiet = quiet_minutes(b, f, m, row, n - 1);
        TITR_TRY(body_advance(b, (double)quiet, rows, err));
        if (b->fault.code != TITR_FAULT_NONE) {
            return titr_fail(err, TITR_ERR_SOLVER, "fault %s at %g min",
                             titr_fault_name(b->fault.code), b->fault.time_min);
        }
        for (size_t k = 0; k < quiet; k++) {
            compare_minute(b, f->glucose, rows + k * b->model->states.n, &m[row + k + 1], o);
        }
        row += quiet;
    }
    return TITR_OK;
}

static titr_status start(const item *it, const minute *first, double rtol, body *b, titr_error *err)
{
    titr_slot slot = {0};
    titr_patient patient;
    const char *mode = strstr(it->file, "_legacyDbar") != NULL ? "legacy_dbar" : "faithful";
    TITR_TRY(it->format->patient(it, first, &patient, err));
    titr_status status = titr_slot_init(&slot, titr_solver_find("cvode"), err);
    if (status == TITR_OK) {
        (void)slot_set(slot, "rtol", rtol);
        status = body_init_of(titr_model_find(it->format->model), b, &patient, mode, slot, err);
    }
    titr_slot_fini(&slot);
    return status;
}

static titr_status compare_table(const item *it, const titr_csv *csv, double rtol, outcome *o,
                                 titr_error *err)
{
    body b = {0};
    minute *m = calloc(csv->n_rows + 1, sizeof *m);
    double *rows = calloc((csv->n_rows + 1) * TITR_STATES_MAX, sizeof *rows);
    titr_status status = m != NULL && rows != NULL ? read_minutes(csv, it->format, m, err)
                                                   : titr_fail(err, TITR_ERR_NOMEM, "no memory");
    status = status != TITR_OK ? status : start(it, m, rtol, &b, err);
    if (status == TITR_OK) {
        const double n = fmin((double)csv->n_rows, floor(it->up_to_t) + 1.0);
        status = follow(&b, it->format, m, (size_t)n, rows, o, err);
    }
    body_fini(&b);
    free(rows);
    free(m);
    return status;
}

static void compare_one(const char *folder, const item *it, double rtol, outcome *o)
{
    char path[PATH_MAX_BYTES];
    titr_error err = {0};
    titr_csv csv = {0};
    *o = (outcome){0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, it->file);
    titr_status status = read_table(path, &csv, &err);
    status = status != TITR_OK ? status : compare_table(it, &csv, rtol, o, &err);
    if (status != TITR_OK) {
        (void)snprintf(o->problem, sizeof o->problem, "%.200s", err.what);
    }
    titr_csv_fini(&csv);
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
        (void)fprintf(out, "%s: %zu minutes, glucose %.1e mg/dL, states %.1e (%s) %s\n", it->file,
                      o->rows, o->glucose, o->state, it->format->column[C_X1 + o->worst_state],
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
