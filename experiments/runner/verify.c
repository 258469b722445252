// SPDX-License-Identifier: GPL-3.0-or-later
/* The solver's error for this very set-up: each child lives the same days with a tight reference,
 * with the experiment's solver, and with rk4 at several steps, under the same doses (scheduled
 * basal and carbs/CR at announced meals: open loop, so that nothing but the solver differs). */
#include "lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REFERENCE_RTOL 1e-12

static titr_status reference_solver(titr_slot *slot, titr_error *err)
{
    const titr_solver_type *type = titr_solver_find("cvode");
    TITR_TRY(titr_slot_init(slot, type, err));
    *(double *)titr_slot_field(*slot, "rtol") = REFERENCE_RTOL;
    return TITR_OK;
}

/* rk4's settings that are tried, cheapest first. */
static const struct {
    double step_min;
    int64_t steps_while_eating;
} ladder[TITR_VERIFY_STEPS] = {{1.0, 1}, {1.0, 2}, {1.0, 4}, {0.5, 1}, {0.5, 4}, {0.25, 4}};

static titr_status ladder_solver(size_t k, titr_slot *slot, titr_error *err)
{
    const titr_solver_type *type = titr_solver_find("rk4");
    TITR_TRY(titr_slot_init(slot, type, err));
    *(double *)titr_slot_field(*slot, "step_min") = ladder[k].step_min;
    *(int64_t *)titr_slot_field(*slot, "steps_while_eating") = ladder[k].steps_while_eating;
    return TITR_OK;
}

/* A child's days under one solver. */
typedef struct life {
    double *glucose_mg_dl; /* [minutes] */
    size_t lived;          /* minutes, up to a fault */
    char fault[96];
} life;

static titr_status step_through(titr_env *env, const titr_therapy *therapy, const titr_watch *watch,
                                life *out, titr_error *err)
{
    const titr_env_view *v = titr_env_look(env);
    while (v->end[0] == TITR_END_NONE) {
        if (titri_stopped(watch)) {
            return titr_fail(err, TITR_ERR_STOPPED, "stopped; nothing written");
        }
        const double carbs_g = v->record.col[TITR_OBS_CARBS_ANNOUNCED][0];
        const size_t hour = titr_therapy_hour(v->record.col[TITR_OBS_TIME_OF_DAY][0]);
        const titr_dose dose = {therapy->basal_u_per_h[hour], carbs_g / therapy->cr_g_per_u[hour]};
        TITR_TRY(titr_env_step(env, &dose, err));
        memcpy(out->glucose_mg_dl + out->lived, v->minute_glucose_mg_dl,
               v->n_minutes[0] * sizeof *out->glucose_mg_dl);
        out->lived += v->n_minutes[0];
    }
    if (v->end[0] == TITR_END_FAULT) {
        (void)snprintf(out->fault, sizeof out->fault, "%s at %g min",
                       titr_fault_name(v->fault[0].code), v->fault[0].time_min);
    }
    return TITR_OK;
}

static titr_status live(const titri_lab *lab, titr_slot solver, double days, size_t child,
                        life *out, titr_error *err)
{
    titr_env_def def = lab->env;
    def.solver = solver;
    def.horizon_min = titri_whole_intervals_min(&def, days);
    def.ends_at_limits = 0; /* the numbers are compared, not the therapy */
    def.keep_minutes = 1;
    const titr_child *who = &lab->cohort.child[child];
    const titr_lane_start start = {0, who, &who->published, lab->e->seed,
                                   (uint32_t)lab->e->split.seeds_test_from};
    titr_env *env = NULL;
    *out = (life){.glucose_mg_dl = calloc((size_t)def.horizon_min, sizeof *out->glucose_mg_dl)};
    titr_status st = out->glucose_mg_dl != NULL
                         ? titr_env_create(&def, 1, &env, err)
                         : titr_fail(err, TITR_ERR_NOMEM, "no memory for %g days", days);
    st = st == TITR_OK ? titr_env_reset(env, &start, 1, err) : st;
    st = st == TITR_OK ? step_through(env, &who->published, lab->watch, out, err) : st;
    titr_env_destroy(env);
    return st;
}

static void compare(const life *ours, const life *reference, const char *patient,
                    titr_verify_row *row)
{
    *row = (titr_verify_row){.worst_mg_dl = 0.0};
    (void)snprintf(row->patient, sizeof row->patient, "%s", patient);
    for (size_t k = 0; k < ours->lived && k < reference->lived; k++) {
        const double off = fabs(ours->glucose_mg_dl[k] - reference->glucose_mg_dl[k]);
        if (off > row->worst_mg_dl) {
            row->worst_mg_dl = off;
            row->at_min = (double)(k + 1);
        }
    }
    (void)snprintf(row->fault, sizeof row->fault, "%s",
                   ours->fault[0] != '\0' ? ours->fault : reference->fault);
}

/* The rows of one child: the experiment's own solver, then the ladder. */
static titr_status verify_child(const titri_lab *lab, double days, size_t child,
                                titr_verify_row row[1 + TITR_VERIFY_STEPS], titr_error *err)
{
    const char *id = lab->cohort.child[child].patient.id;
    titr_slot solver = {0};
    life tight = {0};
    titr_status st = reference_solver(&solver, err);
    st = st == TITR_OK ? live(lab, solver, days, child, &tight, err) : st;
    titr_slot_fini(&solver);
    for (size_t k = 0; k <= TITR_VERIFY_STEPS && st == TITR_OK; k++) {
        life ours = {0};
        titr_slot rung = {0};
        st = k > 0 ? ladder_solver(k - 1, &rung, err) : TITR_OK;
        st =
            st == TITR_OK ? live(lab, k > 0 ? rung : lab->env.solver, days, child, &ours, err) : st;
        if (st == TITR_OK) {
            compare(&ours, &tight, id, &row[k]);
        }
        free(ours.glucose_mg_dl);
        titr_slot_fini(&rung);
    }
    free(tight.glucose_mg_dl);
    return st;
}

/* @param[out] row [children][1 + TITR_VERIFY_STEPS]. */
static titr_status verify_all(const titri_lab *lab, double days, titr_verify_row *row,
                              titr_error *err)
{
    titr_status worst = TITR_OK;
    size_t done = 0;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < lab->cohort.n; c++) {
        titr_error own = {0};
        const titr_status st = verify_child(lab, days, c, &row[c * (1 + TITR_VERIFY_STEPS)], &own);
#pragma omp critical(titri_error)
        {
            titri_progress(lab->watch, "verifying, children", ++done, lab->cohort.n);
            if (st != TITR_OK) {
                worst = st;
                if (err != NULL) {
                    *err = own;
                }
            }
        }
    }
    return worst;
}

/* Worst of all children for each rung, and the first rung within the bound. */
static void judge(const titr_verify_row *row, double within_mg_dl, titr_verification *v)
{
    v->recommended = TITR_VERIFY_STEPS;
    for (size_t k = TITR_VERIFY_STEPS; k-- > 0;) {
        titr_verify_step *step = &v->step[k];
        *step = (titr_verify_step){.step_min = ladder[k].step_min,
                                   .steps_while_eating = ladder[k].steps_while_eating};
        for (size_t c = 0; c < v->n; c++) {
            const titr_verify_row *r = &row[c * (1 + TITR_VERIFY_STEPS) + 1 + k];
            step->faults += r->fault[0] != '\0';
            if (c == 0 || r->worst_mg_dl > step->worst_mg_dl) {
                step->worst_mg_dl = r->worst_mg_dl;
                (void)snprintf(step->patient, sizeof step->patient, "%s", r->patient);
            }
        }
        if (step->faults == 0 && step->worst_mg_dl <= within_mg_dl) {
            v->recommended = k;
        }
    }
}

static titr_status verify_lab(const titri_lab *lab, double days, double within_mg_dl,
                              titr_verification *out, titr_error *err)
{
    const size_t n = lab->cohort.n;
    titr_verification v = {.row = calloc(n, sizeof *v.row), .n = n};
    titr_verify_row *all = calloc(n * (1 + TITR_VERIFY_STEPS), sizeof *all);
    if (v.row == NULL || all == NULL) {
        free(v.row);
        free(all);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu children", n);
    }
    const titr_status st = verify_all(lab, days, all, err);
    if (st == TITR_OK) {
        for (size_t c = 0; c < n; c++) {
            v.row[c] = all[c * (1 + TITR_VERIFY_STEPS)];
        }
        judge(all, within_mg_dl, &v);
        *out = v;
    } else {
        titr_verification_fini(&v);
    }
    free(all);
    return st;
}

titr_status titr_verify(const titr_experiment *e, double days, double within_mg_dl,
                        const titr_watch *watch, titr_verification *out, titr_error *err)
{
    titri_lab *lab = NULL;
    if (e->task.type != NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "task \"%s\" has no solver to verify",
                         titr_slot_part(e->task)->name);
    }
    TITR_TRY(titri_lab_create(e, watch, &lab, err));
    const titr_status st = verify_lab(lab, days, within_mg_dl, out, err);
    titri_lab_destroy(lab);
    return st;
}

void titr_verification_fini(titr_verification *v)
{
    free(v->row);
    *v = (titr_verification){.row = NULL};
}
