// SPDX-License-Identifier: GPL-3.0-or-later
/* The solver's error for this very set-up: each child lives the same days twice, once with the
 * experiment's solver and once with a tight reference, under the same doses (scheduled basal and
 * carbs/CR at announced meals: open loop, so that nothing but the solver differs). */
#include "lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define REFERENCE_RTOL 1e-12

static titr_status reference_solver(titr_slot *slot, titr_error *err)
{
    const titr_solver_type *type = titr_solver_find("cvode");
    TITR_TRY(titr_slot_init(slot, type, err));
    const titr_option *rtol = titr_option_find(type->part.options, type->part.n_options, "rtol");
    *(double *)((char *)slot->def + rtol->offset) = REFERENCE_RTOL;
    return TITR_OK;
}

/* Step both environments together and keep the worst difference. */
static titr_status compare(titr_env *ours, titr_env *reference, const titr_therapy *therapy,
                           const titr_watch *watch, titr_verify_row *row, titr_error *err)
{
    const titr_env_view *a = titr_env_look(ours), *b = titr_env_look(reference);
    while (a->end[0] == TITR_END_NONE && b->end[0] == TITR_END_NONE) {
        if (titri_stopped(watch)) {
            return titr_fail(err, TITR_ERR_STOPPED, "stopped; nothing written");
        }
        const double carbs_g = a->record.col[TITR_OBS_CARBS_ANNOUNCED][0];
        const size_t hour = titr_therapy_hour(a->record.col[TITR_OBS_TIME_OF_DAY][0]);
        const titr_dose dose = {therapy->basal_u_per_h[hour], carbs_g / therapy->cr_g_per_u[hour]};
        TITR_TRY(titr_env_step(ours, &dose, err));
        TITR_TRY(titr_env_step(reference, &dose, err));
        for (size_t k = 0; k < a->n_minutes[0] && k < b->n_minutes[0]; k++) {
            const double off = fabs(a->minute_glucose_mg_dl[k] - b->minute_glucose_mg_dl[k]);
            if (off > row->worst_mg_dl) {
                row->worst_mg_dl = off;
                row->at_min = a->time_min[0] - a->elapsed_min[0] + (double)k + 1.0;
            }
        }
    }
    const titr_fault *fault = a->end[0] == TITR_END_FAULT ? a->fault : b->fault;
    if (a->end[0] == TITR_END_FAULT || b->end[0] == TITR_END_FAULT) {
        (void)snprintf(row->fault, sizeof row->fault, "%s at %g min", titr_fault_name(fault->code),
                       fault->time_min);
    }
    return TITR_OK;
}

static titr_status verify_child(const titri_lab *lab, titr_slot reference, double days,
                                size_t child, titr_verify_row *row, titr_error *err)
{
    titr_env_def def = lab->env;
    def.horizon_min = titri_whole_intervals_min(&def, days);
    def.ends_at_limits = 0; /* the numbers are compared, not the therapy */
    def.keep_minutes = 1;
    titr_env *ours = NULL, *tight = NULL;
    titr_status st = titr_env_create(&def, 1, &ours, err);
    if (st == TITR_OK) {
        def.solver = reference;
        st = titr_env_create(&def, 1, &tight, err);
    }
    const titr_child *who = &lab->cohort.child[child];
    const titr_lane_start start = {0, who, &who->published, lab->e->seed,
                                   (uint32_t)lab->e->split.seeds_test_from};
    st = st == TITR_OK ? titr_env_reset(ours, &start, 1, err) : st;
    st = st == TITR_OK ? titr_env_reset(tight, &start, 1, err) : st;
    *row = (titr_verify_row){.worst_mg_dl = 0.0};
    (void)snprintf(row->patient, sizeof row->patient, "%s", who->patient.id);
    st = st == TITR_OK ? compare(ours, tight, &who->published, lab->watch, row, err) : st;
    titr_env_destroy(ours);
    titr_env_destroy(tight);
    return st;
}

static titr_status verify_all(const titri_lab *lab, titr_slot reference, double days,
                              titr_verify_row *row, titr_error *err)
{
    titr_status worst = TITR_OK;
    size_t done = 0;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < lab->cohort.n; c++) {
        titr_error own = {0};
        const titr_status st = verify_child(lab, reference, days, c, &row[c], &own);
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

titr_status titr_verify(const titr_experiment *e, double days, const titr_watch *watch,
                        titr_verify_row **row, size_t *n, titr_error *err)
{
    titri_lab *lab = NULL;
    titr_slot reference = {0};
    titr_verify_row *rows = NULL;
    titr_status st = titri_lab_create(e, watch, &lab, err);
    if (st == TITR_OK) {
        st = reference_solver(&reference, err);
    }
    if (st == TITR_OK) {
        rows = calloc(lab->cohort.n, sizeof *rows);
        st = rows ? verify_all(lab, reference, days, rows, err)
                  : titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu children", lab->cohort.n);
    }
    if (st == TITR_OK) {
        *row = rows;
        *n = lab->cohort.n;
    } else {
        free(rows);
    }
    titr_slot_fini(&reference);
    titri_lab_destroy(lab);
    return st;
}
