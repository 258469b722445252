// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/workload.h"

#include "support/body.h"
#include "support/timing.h"
#include "titrate/base/rng.h"
#include "titrate/base/units.h"

#include <math.h>
#include <stdlib.h>

static double meal_g(int t)
{
    static const struct {
        int t;
        double g;
    } meals[] = {{420, 45.0}, {720, 60.0}, {900, 20.0}, {1110, 70.0}};
    for (size_t k = 0; k < sizeof meals / sizeof meals[0]; k++) {
        if (meals[k].t == t) {
            return meals[k].g;
        }
    }
    return 0.0;
}

/* What child i eats and is given, minute by minute. */
static void plan_day(workload *w, size_t i)
{
    const titr_child *child = &w->cohort.child[i];
    const titr_rng_key key = {5, TITR_PURPOSE_TEST, child->patient.key, 0};
    const double basal = child->published.basal_u_per_h[0] / TITR_MIN_PER_HOUR;
    for (int t = 0; t < WORKLOAD_DAY_MIN; t++) {
        const size_t at = i * WORKLOAD_DAY_MIN + (size_t)t;
        const double factor = 0.5 * titr_rng_below(key, (uint32_t)t, 5);
        w->carbs_g[at] = meal_g(t);
        w->insulin_u[at] = basal * factor + w->carbs_g[at] / child->published.cr_g_per_u[0];
    }
}

/* @param[out] glucose_mg_dl NULL or one value per minute. */
static titr_status run_day(const workload *w, size_t i, titr_slot solver, double *glucose_mg_dl,
                           titr_error *err)
{
    const titr_child *child = &w->cohort.child[i];
    body b = {0};
    titr_status status = body_init(&b, &child->patient, "safe", solver, err);
    for (size_t t = 0; t < WORKLOAD_DAY_MIN && status == TITR_OK; t++) {
        const size_t at = i * WORKLOAD_DAY_MIN + t;
        status = body_minute(&b, w->carbs_g[at], w->insulin_u[at], err);
        if (status == TITR_OK && b.fault.code != TITR_FAULT_NONE) {
            status = titr_fail(err, TITR_ERR_SOLVER, "%s: %s at %g min", child->patient.id,
                               titr_fault_name(b.fault.code), b.fault.time_min);
        }
        if (glucose_mg_dl != NULL) {
            glucose_mg_dl[t] = body_output(&b, "glucose_mg_dl");
        }
    }
    body_fini(&b);
    return status;
}

titr_status workload_init(workload *out, titr_error *err)
{
    *out = (workload){.n_minutes = 0};
    TITR_TRY(titr_cohort_load(
        &(titr_cohort_request){.source = "s2008-published", .subjects = "children"},
        titr_model_find("glucose_s2008"), &out->cohort, err));
    out->n_minutes = out->cohort.n * WORKLOAD_DAY_MIN;
    out->carbs_g = calloc(out->n_minutes, sizeof *out->carbs_g);
    out->insulin_u = calloc(out->n_minutes, sizeof *out->insulin_u);
    if (out->carbs_g == NULL || out->insulin_u == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the days");
    }
    for (size_t i = 0; i < out->cohort.n; i++) {
        plan_day(out, i);
    }
    return TITR_OK;
}

void workload_fini(workload *w)
{
    titr_cohort_fini(&w->cohort);
    free(w->carbs_g);
    free(w->insulin_u);
}

titr_status workload_run(const workload *w, titr_slot solver, double *glucose_mg_dl,
                         titr_error *err)
{
    for (size_t i = 0; i < w->cohort.n; i++) {
        double *day = glucose_mg_dl != NULL ? glucose_mg_dl + i * WORKLOAD_DAY_MIN : NULL;
        TITR_TRY(run_day(w, i, solver, day, err));
    }
    return TITR_OK;
}

titr_status workload_speed(const workload *w, titr_slot solver, double *patient_min_per_s,
                           titr_error *err)
{
    const double before = timing_cpu_s();
    TITR_TRY(workload_run(w, solver, NULL, err));
    *patient_min_per_s = (double)w->n_minutes / (timing_cpu_s() - before);
    return TITR_OK;
}

double workload_difference(const workload *w, const double *a, const double *b)
{
    double most = 0.0;
    for (size_t k = 0; k < w->n_minutes; k++) {
        const double off = fabs(a[k] - b[k]);
        if (!isfinite(off)) {
            return HUGE_VAL;
        }
        most = off > most ? off : most;
    }
    return most;
}
