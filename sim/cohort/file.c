// SPDX-License-Identifier: GPL-3.0-or-later
/* Cohort from a CSV file with the published column names, one row per subject.
 *
 *   Name, BW and every parameter of the model are required. Age, Height, CR, CF and TDI are
 *   optional: a published subject of the same name gives what is missing; else Height is assumed
 *   from weight, TDI = 2 basal, CR = 500/TDI, CF = 1800/TDI [walsh2006], and Age is required.
 *   So are Sex (male, female or empty), Basal (U/h; else that of the steady state) and Target
 *   (mg/dL; else the peer's 140).
 *   The other published columns may be there. x0_1 to x0_13 must be the steady state that titrate
 *   computes, for that is where it starts.
 */
#include "columns.h"

#include "titrate/base/units.h"
#include "titrate/cohort/source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEADY_TOLERANCE 1e-4 /* relative, and per minute for the residual */

enum { C_NAME, C_BW, C_AGE, C_SEX, C_HEIGHT, C_CR, C_CF, C_TDI, C_BASAL, C_TARGET, N_C };
static const char *const own_columns[N_C] = {"Name", "BW", "Age", "Sex",   "Height",
                                             "CR",   "CF", "TDI", "Basal", "Target"};
/* published, and of no use to the model: derived from others, constant or undocumented */
static const char *const unused_columns[] = {
    "i",    "EGPb",   "Gb",     "m5",        "CL",
    "HEb",  "Ipb",    "Ilb",    "Gtb",       "Rdb",
    "PCRb", "isc1ss", "isc2ss", "dosekempt", "patient_history",
};
#define N_UNUSED (sizeof unused_columns / sizeof unused_columns[0])

typedef struct table {
    titr_csv csv;
    const titr_model_type *model; /* one lane */
    size_t own[N_C];              /* columns; csv.n_columns = not there */
    size_t param[TITR_PARAMS_MAX];
    size_t x0[TITR_STATES_MAX];
    size_t n_published, n_derived, n_heights; /* subjects whose settings, heights were filled in */
} table;

/* "x0_4" as written, and "x0_ 4" as published. */
static size_t find_x0(const titr_csv *csv, size_t number)
{
    char name[32];
    (void)snprintf(name, sizeof name, "x0_%2zu", number);
    const size_t k = titr_csv_column(csv, name);
    (void)snprintf(name, sizeof name, "x0_%zu", number);
    return k < csv->n_columns ? k : titr_csv_column(csv, name);
}

static int is_used(const table *t, size_t column)
{
    int used = 0;
    for (size_t k = 0; k < N_C; k++) {
        used |= t->own[k] == column;
    }
    for (size_t p = 0; p < t->model->params.n; p++) {
        used |= t->param[p] == column;
    }
    for (size_t i = 0; i < t->model->states.n; i++) {
        used |= t->x0[i] == column;
    }
    for (size_t k = 0; k < N_UNUSED; k++) {
        used |= strcmp(titr_csv_name(&t->csv, column), unused_columns[k]) == 0;
    }
    return used;
}

static titr_status refuse_column(const table *t, size_t column, titr_error *err)
{
    const char *names[N_C + TITR_PARAMS_MAX];
    size_t n = 0;
    for (size_t k = 0; k < N_C; k++) {
        names[n++] = own_columns[k];
    }
    for (size_t p = 0; p < t->model->params.n; p++) {
        names[n++] = t->model->params.row[p].name;
    }
    const char *name = titr_csv_name(&t->csv, column);
    const char *near = titr_nearest(name, names, n);
    return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: unknown column %zu '%.60s', nearest is '%s'",
                     t->csv.path, t->csv.line[0], column + 1, name,
                     near != NULL ? near : own_columns[C_NAME]);
}

static titr_status match_columns(table *t, titr_error *err)
{
    for (size_t k = 0; k < N_C; k++) {
        t->own[k] = titr_csv_column(&t->csv, own_columns[k]);
    }
    TITR_TRY(titri_column_require(&t->csv, own_columns[C_NAME], &t->own[C_NAME], err));
    TITR_TRY(titri_column_require(&t->csv, own_columns[C_BW], &t->own[C_BW], err));
    for (size_t p = 0; p < t->model->params.n; p++) {
        TITR_TRY(titri_column_require(&t->csv, t->model->params.row[p].name, &t->param[p], err));
    }
    for (size_t i = 0; i < t->model->states.n; i++) {
        t->x0[i] = find_x0(&t->csv, i + 1);
    }
    for (size_t k = 0; k < t->csv.n_columns; k++) {
        if (!is_used(t, k)) {
            return refuse_column(t, k, err);
        }
    }
    return TITR_OK;
}

/* Optional number. @param[in,out] value unchanged when there is no such column.
 * @return in `*given` whether there was. */
static titr_status optional(const table *t, size_t row, int which, double *value, int *given,
                            titr_error *err)
{
    *given = t->own[which] < t->csv.n_columns;
    return *given ? titr_csv_real(&t->csv, row, t->own[which], value, err) : TITR_OK;
}

typedef struct settings {
    double cr, cf, tdi;
} settings;

static titr_status read_settings(table *t, size_t row, const titr_patient *patient, settings *s,
                                 titr_error *err)
{
    const titr_published *known = titr_published_find(patient->id);
    int has_cr = 0, has_cf = 0, has_tdi = 0;
    TITR_TRY(optional(t, row, C_TDI, &s->tdi, &has_tdi, err));
    TITR_TRY(optional(t, row, C_CR, &s->cr, &has_cr, err));
    TITR_TRY(optional(t, row, C_CF, &s->cf, &has_cf, err));
    if (!has_tdi) {
        const double basal_u_per_day = titr_basal_u_per_h(patient, t->model) * 24.0;
        s->tdi = known != NULL ? known->tdi_u_per_day : 2.0 * basal_u_per_day;
    }
    if (!has_cr) {
        s->cr = known != NULL ? known->cr_g_per_u : 500.0 / s->tdi;
    }
    if (!has_cf) {
        s->cf = known != NULL ? known->cf_mg_dl_per_u : 1800.0 / s->tdi;
    }
    if (!(has_cr && has_cf && has_tdi)) {
        *(known != NULL ? &t->n_published : &t->n_derived) += 1;
    }
    return TITR_OK;
}

static titr_status read_covariates(table *t, size_t row, titr_patient *patient, titr_error *err)
{
    const titr_published *known = titr_published_find(patient->id);
    int has_age = 0, has_height = 0;
    TITR_TRY(titr_csv_real(&t->csv, row, t->own[C_BW], &patient->weight_kg, err));
    TITR_TRY(optional(t, row, C_AGE, &patient->age_years, &has_age, err));
    if (!has_age && known == NULL) {
        return titr_fail(
            err, TITR_ERR_CONFIG,
            "%s:%zu: column 'Age' (years) is missing, and '%s' is no published subject",
            t->csv.path, t->csv.line[0], patient->id);
    }
    if (!has_age) {
        patient->age_years = known->age_years;
    }
    TITR_TRY(titri_column_sex(&t->csv, row, t->own[C_SEX], &patient->sex, err));
    TITR_TRY(optional(t, row, C_HEIGHT, &patient->height_cm, &has_height, err));
    if (!has_height) {
        patient->height_cm = titr_height_assumed_cm(patient->age_years, patient->weight_kg);
        t->n_heights++;
    }
    return TITR_OK;
}

/* The parameters must describe one steady state: published parameter sets do, a slip of one number
 * does not. */
static titr_status check_steady(const table *t, size_t row, const titr_patient *patient,
                                titr_error *err)
{
    const titr_model_type *m = t->model;
    double x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX], theta[TITR_THETA_MAX];
    double dxdt[TITR_STATES_MAX];
    const double time_min = 0.0;
    TITR_TRY(m->individualise(patient, 0, theta, err));
    m->initial(patient, 0, x, u, held);
    m->modes[0].rhs(&time_min, x, u, held, theta, dxdt);
    for (size_t i = 0; i < m->states.n; i++) {
        const double scale = fmax(fabs(x[i]), 1.0);
        if (!(fabs(dxdt[i]) <= STEADY_TOLERANCE * scale)) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s: not in balance at basal insulin: %s changes by %g %s per min, "
                             "expected 0; one of the parameters does not belong to the others",
                             patient->id, m->states.row[i].name, dxdt[i], m->states.row[i].unit);
        }
        double x0 = x[i];
        if (t->x0[i] < t->csv.n_columns) {
            TITR_TRY(titr_csv_real(&t->csv, row, t->x0[i], &x0, err));
        }
        if (!(fabs(x0 - x[i]) <= STEADY_TOLERANCE * scale)) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s: column %s: %.10g %s, expected the basal steady state %.10g",
                             patient->id, titr_csv_name(&t->csv, t->x0[i]), x0,
                             m->states.row[i].unit, x[i]);
        }
    }
    return TITR_OK;
}

/* An optional setting within its range. @param[in,out] value unchanged without the column. */
static titr_status read_within(const table *t, size_t row, int which, double lo, double hi,
                               double *value, titr_error *err)
{
    int given = 0;
    TITR_TRY(optional(t, row, which, value, &given, err));
    return !given || (*value >= lo && *value <= hi)
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: column %s: %g, expected %g to %g",
                           t->csv.path, t->csv.line[row + 1], own_columns[which], *value, lo, hi);
}

/* Basal rate and target of the clinic, if the file has them. */
static titr_status read_rates(const table *t, size_t row, titr_child *child, titr_error *err)
{
    titr_therapy *has = &child->published;
    double basal_u_per_h = has->basal_u_per_h[0], target_mg_dl = has->target_mg_dl[0];
    TITR_TRY(read_within(t, row, C_BASAL, 0.0, 35.0, &basal_u_per_h, err));
    TITR_TRY(read_within(t, row, C_TARGET, 60.0, 250.0, &target_mg_dl, err));
    titr_therapy_flat(has, basal_u_per_h, has->cr_g_per_u[0], has->cf_mg_dl_per_u[0], target_mg_dl,
                      has->tdi_u_per_day);
    return TITR_OK;
}

static titr_status read_child(table *t, size_t row, titr_cohort *cohort, titr_error *err)
{
    titr_child *child = &cohort->child[row];
    titr_patient *patient = &child->patient;
    double theta[TITR_THETA_MAX];
    settings s = {0.0, 0.0, 0.0};
    TITR_TRY(titri_column_id(&t->csv, row, t->own[C_NAME], patient->id, err));
    TITR_TRY(read_covariates(t, row, patient, err));
    for (size_t p = 0; p < t->model->params.n; p++) {
        TITR_TRY(titr_csv_real(&t->csv, row, t->param[p], &patient->params[p], err));
    }
    titr_error why = {0};
    titr_status status = t->model->individualise(patient, 0, theta, &why);
    if (status == TITR_OK) {
        TITR_TRY(read_settings(t, row, patient, &s, err));
        status = titr_child_finish(child, t->model, s.cr, s.cf, s.tdi, &why);
    }
    if (status == TITR_OK) {
        status = check_steady(t, row, patient, &why);
    }
    if (status != TITR_OK) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s:%zu: %.400s", t->csv.path, t->csv.line[row + 1],
                         why.what);
    }
    return read_rates(t, row, child, err);
}

static void write_note(const table *t, titr_cohort *cohort)
{
    const size_t n = sizeof cohort->note;
    size_t used = 0;
    if (t->n_published > 0) {
        used += (size_t)snprintf(cohort->note, n, "published CR, CF, TDI for %zu subjects; ",
                                 t->n_published);
    }
    if (t->n_derived > 0) {
        used += (size_t)snprintf(cohort->note + used, n - used,
                                 "missing settings of %zu subjects derived: TDI = 2 x basal, CR = "
                                 "500/TDI, CF = 1800/TDI; ",
                                 t->n_derived);
    }
    if (t->n_heights > 0) {
        used += (size_t)snprintf(cohort->note + used, n - used,
                                 "heights of %zu subjects assumed from weight; ", t->n_heights);
    }
    if (used >= 2) {
        cohort->note[used - 2] = '\0';
    }
}

static titr_status read_children(table *t, titr_cohort *cohort, titr_error *err)
{
    TITR_TRY(match_columns(t, err));
    if (t->csv.n_rows == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: no subjects below the header", t->csv.path);
    }
    cohort->n = t->csv.n_rows;
    cohort->child = calloc(cohort->n, sizeof *cohort->child);
    if (cohort->child == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for %zu subjects", t->csv.path,
                         cohort->n);
    }
    for (size_t row = 0; row < cohort->n; row++) {
        TITR_TRY(read_child(t, row, cohort, err));
    }
    write_note(t, cohort);
    return titri_column_unique(&t->csv, t->own[C_NAME], err);
}

titr_status titr_cohort_load_file(const titr_cohort_request *want, const titr_model_type *model,
                                  titr_cohort *out, titr_error *err)
{
    if (want->path == NULL || *want->path == '\0') {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "cohort source 'file' needs a path, expected a CSV of virtual patients");
    }
    table t = {.model = titr_model_find(model->part.name)};
    titr_cohort cohort = {0};
    TITR_TRY(titr_csv_read(want->path, &t.csv, err));
    const titr_status status = read_children(&t, &cohort, err);
    titr_csv_fini(&t.csv);
    if (status != TITR_OK) {
        titr_cohort_fini(&cohort);
        return status;
    }
    *out = cohort;
    return TITR_OK;
}
