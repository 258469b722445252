// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/cohort/in_silico.h"

#include "children.h"

#include "titrate/base/units.h"
#include "titrate/solve/solver.h"

#include <math.h>
#include <stdlib.h>

#define MEALS_PER_DAY 4.0 /* a meal is a quarter of the day's carbohydrate */
#define MEAL_TEST_MIN 240.0
#define HIGH_MG_DL (14.0 * TITR_MG_DL_PER_MMOL_L)
#define HUNDRED_RULE_MG_DL (100.0 * TITR_MG_DL_PER_MMOL_L)
#define ACTION_MIN 156.0 /* 2.6 h */
#define SMALL_BOLUS_U_PER_KG 0.02
enum { EATING_MIN = 15, LONGEST_MIN = 720 };

struct titr_in_silico {
    const titr_model_type *model;
    const titr_model_mode *mode;
    const titri_children *children;
    titr_slot slot;
    titr_solver *solver;
    size_t u_carbs, u_insulin, y_plasma;
    /* the child on the bench */
    const titr_patient *patient;
    double time_min, basal_u_per_min;
    double x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX], theta[TITR_THETA_MAX];
    double minutes[LONGEST_MIN * TITR_STATES_MAX];
};

titr_status titr_in_silico_create(const titr_model_type *model, titr_in_silico **out,
                                  titr_error *err)
{
    titr_in_silico *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "tests of virtual children: no memory");
    }
    b->model = model;
    b->children = titri_children_find(model->part.name);
    b->u_carbs = titr_table_find(model->inputs, "carbs_mg_per_min");
    b->u_insulin = titr_table_find(model->inputs, "insulin_u_per_min");
    b->y_plasma = titr_table_find(model->outputs, "plasma_glucose_mg_dl");
    const size_t safe = titr_model_mode_find(model, "safe");
    b->mode = &model->modes[safe < model->n_modes ? safe : 0];
    titr_status status =
        b->children != NULL
            ? titr_slot_init(&b->slot, titr_solver_find("rk4"), err)
            : titr_fail(err, TITR_ERR_NOT_FOUND, "no virtual children are made of model %s",
                        model->part.name);
    if (status == TITR_OK) {
        status = titr_solver_create(b->slot, model, b->mode, &b->solver, err);
    }
    if (status != TITR_OK) {
        titr_in_silico_destroy(b);
        return status;
    }
    *out = b;
    return TITR_OK;
}

void titr_in_silico_destroy(titr_in_silico *b)
{
    if (b != NULL) {
        titr_solver_destroy(b->solver);
        titr_slot_fini(&b->slot);
        free(b);
    }
}

/* ---- a child on the bench ---- */

static titr_status seat(titr_in_silico *b, const titr_patient *patient, titr_error *err)
{
    b->patient = patient;
    b->time_min = 0.0;
    TITR_TRY(b->model->individualise(patient, 0, b->theta, err));
    b->model->initial(patient, 0, b->x, b->u, b->held);
    b->basal_u_per_min = b->u[b->u_insulin];
    return TITR_OK;
}

static double plasma_mg_dl(const titr_in_silico *b, const double *x)
{
    double y[TITR_OUTPUTS_MAX];
    b->model->output(x, b->theta, y);
    return y[b->y_plasma];
}

static void set_rate(titr_in_silico *b, size_t input, double amount, double duration_min)
{
    const titr_event event = {b->time_min, TITR_EVENT_RATE, input, amount, duration_min};
    b->mode->at_event(&event, 0, b->x, b->u, b->held, b->theta);
}

/* @param[out] rows state at each minute's end, or NULL. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the solver writes rows through the span */
static titr_status wait(titr_in_silico *b, double minutes, double *rows, titr_error *err)
{
    const double to = b->time_min + minutes;
    const titr_flag active = 1;
    titr_flag failed = 0;
    titr_fault fault = {.code = TITR_FAULT_NONE};
    const titr_span span = {.from_min = &b->time_min,
                            .to_min = &to,
                            .active = &active,
                            .x = b->x,
                            .u = b->u,
                            .held = b->held,
                            .theta = b->theta,
                            .minutes = rows,
                            .n_minutes = (size_t)minutes,
                            .failed = &failed,
                            .fault = &fault};
    TITR_TRY(titr_solver_advance(b->solver, &span, err));
    if (failed) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: %s at %g min of a test: %s", b->patient->id,
                         titr_fault_name(fault.code), fault.time_min, fault.state);
    }
    b->time_min = to;
    return TITR_OK;
}

/* A bolus over the first minute, as a pump gives it, then basal insulin. */
static titr_status give(titr_in_silico *b, double bolus_u, double *rows, titr_error *err)
{
    set_rate(b, b->u_insulin, b->basal_u_per_min + bolus_u, 1.0);
    TITR_TRY(wait(b, 1.0, rows, err));
    set_rate(b, b->u_insulin, b->basal_u_per_min, 1.0);
    return TITR_OK;
}

/* ---- the tests ---- */

titr_status titr_in_silico_meal(titr_in_silico *b, const titr_patient *patient, double carbs_g,
                                double bolus_u, double *rise_mg_dl, titr_error *err)
{
    TITR_TRY(seat(b, patient, err));
    const double before_mg_dl = plasma_mg_dl(b, b->x);
    const double bite_mg = carbs_g * TITR_MG_PER_G / EATING_MIN;
    for (int t = 0; t < EATING_MIN; t++) {
        set_rate(b, b->u_carbs, bite_mg, 1.0);
        TITR_TRY(t == 0 ? give(b, bolus_u, NULL, err) : wait(b, 1.0, NULL, err));
    }
    set_rate(b, b->u_carbs, 0.0, 1.0);
    TITR_TRY(wait(b, MEAL_TEST_MIN - EATING_MIN, NULL, err));
    *rise_mg_dl = plasma_mg_dl(b, b->x) - before_mg_dl;
    return TITR_OK;
}

enum { STEPS_MOST = 40 };
#define CR_CLOSE 1e-5 /* relative */

/* CR: the bolus is doubled from a quarter of the day's basal insulin until it is too much, or
 * halved until it is too little, and then halved between, for more insulin lowers glucose. */
static titr_status measure_cr(titr_in_silico *b, const titr_patient *patient, double carbs_g,
                              double *cr_g_per_u, titr_error *err)
{
    double lo_u = 0.0, hi_u = 0.0, rise_mg_dl;
    double bolus_u = b->basal_u_per_min * TITR_MIN_PER_DAY / MEALS_PER_DAY;
    for (int i = 0; i < STEPS_MOST && (hi_u == 0.0 || hi_u - lo_u > CR_CLOSE * hi_u); i++) {
        TITR_TRY(titr_in_silico_meal(b, patient, carbs_g, bolus_u, &rise_mg_dl, err));
        *(rise_mg_dl > 0.0 ? &lo_u : &hi_u) = bolus_u;
        bolus_u = hi_u == 0.0 ? 2.0 * bolus_u : 0.5 * (lo_u + hi_u);
    }
    if (!(lo_u > 0.0 && hi_u > 0.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: no bolus fits a meal of %.3g g", patient->id,
                         carbs_g);
    }
    *cr_g_per_u = carbs_g / (0.5 * (lo_u + hi_u));
    return TITR_OK;
}

static titr_status measure_isf(titr_in_silico *b, const titr_patient *patient, double tdd_u,
                               double *isf_mg_dl_per_u, titr_error *err)
{
    TITR_TRY(seat(b, patient, err));
    const double bolus_u = (HIGH_MG_DL - plasma_mg_dl(b, b->x)) * tdd_u / HUNDRED_RULE_MG_DL;
    if (!(bolus_u > 0.0)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "%s: %g mg/dL at rest, expected less than the %.0f of the correction test",
                         patient->id, plasma_mg_dl(b, b->x), HIGH_MG_DL);
    }
    b->children->raise(patient, HIGH_MG_DL, b->x);
    const double high_mg_dl = plasma_mg_dl(b, b->x);
    TITR_TRY(give(b, bolus_u, NULL, err));
    TITR_TRY(wait(b, ACTION_MIN - 1.0, NULL, err));
    *isf_mg_dl_per_u = (high_mg_dl - plasma_mg_dl(b, b->x)) / bolus_u;
    return TITR_OK;
}

/* When glucose is lowest. */
static titr_status measure_action(titr_in_silico *b, const titr_patient *patient, double *action_h,
                                  titr_error *err)
{
    const size_t n = b->model->states.n;
    TITR_TRY(seat(b, patient, err));
    double lowest_mg_dl = plasma_mg_dl(b, b->x);
    TITR_TRY(give(b, SMALL_BOLUS_U_PER_KG * patient->weight_kg, b->minutes, err));
    TITR_TRY(wait(b, LONGEST_MIN - 1.0, b->minutes + n, err));
    *action_h = 0.0;
    for (size_t m = 0; m < LONGEST_MIN; m++) {
        const double now_mg_dl = plasma_mg_dl(b, b->minutes + m * n);
        if (now_mg_dl < lowest_mg_dl) {
            lowest_mg_dl = now_mg_dl;
            *action_h = (double)(m + 1) / TITR_MIN_PER_HOUR;
        }
    }
    return TITR_OK;
}

static titr_status measure_untreated(titr_in_silico *b, const titr_patient *patient, double *mg_dl,
                                     titr_error *err)
{
    TITR_TRY(seat(b, patient, err));
    set_rate(b, b->u_insulin, 0.0, 1.0);
    TITR_TRY(wait(b, 12.0 * TITR_MIN_PER_HOUR, NULL, err));
    *mg_dl = plasma_mg_dl(b, b->x);
    return TITR_OK;
}

titr_status titr_in_silico_measure(titr_in_silico *b, const titr_patient *patient, double carbs_g,
                                   titr_measured *out, titr_error *err)
{
    titr_measured m = {0};
    TITR_TRY(seat(b, patient, err));
    m.basal_u_per_h = b->basal_u_per_min * TITR_MIN_PER_HOUR;
    m.fasting_mg_dl = plasma_mg_dl(b, b->x);
    TITR_TRY(measure_cr(b, patient, carbs_g / MEALS_PER_DAY, &m.cr_g_per_u, err));
    m.tdd_u_per_d = 24.0 * m.basal_u_per_h + carbs_g / m.cr_g_per_u;
    TITR_TRY(measure_isf(b, patient, m.tdd_u_per_d, &m.isf_mg_dl_per_u, err));
    TITR_TRY(measure_action(b, patient, &m.action_h, err));
    TITR_TRY(measure_untreated(b, patient, &m.untreated_12h_mg_dl, err));
    *out = m;
    return TITR_OK;
}

/* ---- many children ---- */

/* What the threads share. */
typedef struct queue {
    size_t n, next, failed; /* failed: the lowest that did; n = none */
    titr_status status;
    titr_error *err;
} queue;

/* Children are taken in order, so that all below one that failed are done. */
static size_t take(queue *q)
{
    size_t i;
#pragma omp atomic capture
    i = q->next++;
    return i;
}

static void note_failure(queue *q, size_t i, titr_status status, const titr_error *why)
{
#pragma omp critical(titr_in_silico_each)
    if (i < q->n && i <= q->failed) {
        q->failed = i;
        q->status = titr_fail(q->err, status, "%s", why->what);
    }
#pragma omp atomic write
    q->next = q->n;
}

static void visit_some(queue *q, const titr_model_type *model, titr_in_silico_visit *visit,
                       void *context)
{
    titr_in_silico *bench = NULL;
    titr_error why = {.what = ""};
    size_t i = take(q);
    titr_status status = titr_in_silico_create(model, &bench, &why);
    while (status == TITR_OK && i < q->n) {
        status = visit(context, bench, i, &why);
        i = status == TITR_OK ? take(q) : i;
    }
    titr_in_silico_destroy(bench);
    if (status != TITR_OK) {
        note_failure(q, i, status, &why);
    }
}

titr_status titr_in_silico_each(const titr_model_type *model, size_t n, titr_in_silico_visit *visit,
                                void *context, titr_error *err)
{
    queue q = {.n = n, .failed = n, .err = err};
    const titr_model_type *one = titr_model_find(model->part.name);
#pragma omp parallel
    visit_some(&q, one, visit, context);
    return q.status;
}
