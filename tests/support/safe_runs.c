// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/safe_runs.h"

#include "support/body.h"
#include "titrate/base/rng.h"
#include "titrate/cohort/cohort.h"

#include <math.h>
#include <stdio.h>

#define RUN_MIN 720
#define HAPPENINGS_MAX 4

/* What one run is made of, drawn before it starts. */
typedef struct plan {
    int meal_min[HAPPENINGS_MAX], bolus_min[HAPPENINGS_MAX];
    double meal_g[HAPPENINGS_MAX], bolus_u_per_kg[HAPPENINGS_MAX];
} plan;

static plan draw_plan(titr_rng_key key)
{
    plan p;
    for (uint32_t k = 0; k < HAPPENINGS_MAX; k++) {
        p.meal_min[k] = (int)titr_rng_below(key, 4 * k, RUN_MIN);
        p.meal_g[k] = 150.0 * titr_rng_uniform(key, 4 * k + 1);
        p.bolus_min[k] = (int)titr_rng_below(key, 4 * k + 2, RUN_MIN);
        p.bolus_u_per_kg[k] = titr_rng_uniform(key, 4 * k + 3);
    }
    return p;
}

static void look(const body *b, size_t run, safe_result *out)
{
    for (size_t i = 0; i < b->model->states.n; i++) {
        const double above = b->x[i] - b->model->states.row[i].lo;
        if (above < out->lowest) {
            out->lowest = above;
            out->lowest_run = run;
            (void)snprintf(out->lowest_state, sizeof out->lowest_state, "%s",
                           b->model->states.row[i].name);
        }
    }
    const double glucose = body_output(b, "glucose_mg_dl");
    out->glucose_lo_mg_dl = fmin(out->glucose_lo_mg_dl, glucose);
    out->glucose_hi_mg_dl = fmax(out->glucose_hi_mg_dl, glucose);
}

static titr_status run_one(body *b, const titr_child *child, size_t run, safe_result *out,
                           titr_error *err)
{
    const titr_rng_key key = {7, TITR_PURPOSE_TEST, child->patient.key, (uint32_t)run};
    const plan p = draw_plan(key);
    const double basal = b->u[titr_table_find(b->model->inputs, "insulin_u_per_min")];
    double factor = 1.0;
    uint32_t next_basal = 0, draw = 1000;
    for (uint32_t t = 0; t < RUN_MIN && b->fault.code == TITR_FAULT_NONE; t++) {
        if (t == next_basal) {
            const double level = titr_rng_uniform(key, draw++);
            factor = 20.0 * level * level * level * level;
            next_basal += 30 + titr_rng_below(key, draw++, 91);
        }
        double carbs_g = 0.0, insulin = basal * factor;
        for (size_t k = 0; k < HAPPENINGS_MAX; k++) {
            carbs_g += p.meal_min[k] == (int)t ? p.meal_g[k] : 0.0;
            insulin +=
                p.bolus_min[k] == (int)t ? p.bolus_u_per_kg[k] * child->patient.weight_kg : 0.0;
        }
        TITR_TRY(body_minute(b, carbs_g, insulin, err));
        look(b, run, out);
    }
    if (b->fault.code != TITR_FAULT_NONE && out->faults++ == 0) {
        (void)snprintf(out->fault, sizeof out->fault, "run %zu, %s: %s %s %s = %g at %g min", run,
                       child->patient.id, titr_fault_name(b->fault.code), b->fault.flag,
                       b->fault.state, b->fault.value, b->fault.time_min);
    }
    return TITR_OK;
}

titr_status safe_runs(titr_slot solver, size_t first, size_t n, safe_result *out, titr_error *err)
{
    titr_cohort cohort = {0};
    titr_status status =
        titr_cohort_load(&(titr_cohort_request){.source = "s2008-published", .subjects = "all"},
                         titr_model_find("glucose_s2008"), &cohort, err);
    *out = (safe_result){
        .runs = n, .lowest = HUGE_VAL, .glucose_lo_mg_dl = HUGE_VAL, .glucose_hi_mg_dl = -HUGE_VAL};
    for (size_t run = first; run < first + n && status == TITR_OK; run++) {
        body b = {0};
        const titr_child *child = &cohort.child[run % cohort.n];
        status = body_init(&b, &child->patient, "safe", solver, err);
        if (status == TITR_OK) {
            status = run_one(&b, child, run, out, err);
        }
        body_fini(&b);
    }
    titr_cohort_fini(&cohort);
    return status;
}
