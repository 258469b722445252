// SPDX-License-Identifier: GPL-3.0-or-later
/* The test episodes of one policy and some children, children and seeds side by side in lanes. */
#include "episodes.h"

#include "panels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static titr_status begin_rows(const titri_lab *lab, const titri_ward *ward, titr_trajectory *t,
                              titr_error *err)
{
    for (size_t l = 0; l < ward->n_children * ward->n_seeds; l++) {
        const size_t child = ward->first_child + l / ward->n_seeds;
        titr_trajectory_clear(&t[l]);
        titri_variant_name(lab->e, lab->policy[ward->policy].def, ward->variant, t[l].policy);
        (void)snprintf(t[l].patient, sizeof t[l].patient, "%s",
                       lab->cohort.child[child].patient.id);
        t[l].seed = lab->e->seed;
        t[l].episode = titri_ward_episode(lab, ward, l);
        t[l].horizon_min = lab->env.horizon_min;
    }
    return titri_panels_begin(lab, t, ward->n_children * ward->n_seeds, err);
}

static titr_status append_minutes(const titr_env_view *v, size_t l, titr_trajectory *t,
                                  titr_error *err)
{
    const size_t first = l * v->minutes_max;
    const double begin_min = v->time_min[l] - v->elapsed_min[l];
    for (size_t k = 0; k < v->n_minutes[l]; k++) {
        const titr_minute row = {
            .time_min = (float)(begin_min + (double)k + 1.0),
            .glucose_mg_dl = (float)v->minute_glucose_mg_dl[first + k],
            .insulin_u = (float)v->minute_insulin_u[first + k],
            .carbs_g = (float)v->minute_carbs_g[first + k],
        };
        TITR_TRY(titr_trajectory_append_minute(t, &row, err));
    }
    return TITR_OK;
}

void titri_end_episode(const titr_env_view *v, size_t l, titr_trajectory *t)
{
    t->end = (int)v->end[l];
    t->end_min = v->time_min[l];
    if (v->takes_levels) {
        return; /* no glucose */
    }
    t->final_glucose_mg_dl = (float)v->glucose_mg_dl[l];
    t->final_cgm_mg_dl = (float)v->record.col[TITR_OBS_CGM][l];
    if (v->end[l] == TITR_END_FAULT) {
        t->final_glucose_mg_dl = t->final_cgm_mg_dl = (float)NAN; /* not those at end_min */
        const titr_fault *f = &v->fault[l];
        (void)snprintf(t->fault, sizeof t->fault, "%s%s%s at %g min: %s = %.17g",
                       titr_fault_name(f->code), f->flag[0] ? " " : "", f->flag, f->time_min,
                       f->state[0] ? f->state : "no state", f->value);
    }
}

static titr_status record_step(const titri_lab *lab, const titri_roller *r, titr_trajectory *t,
                               titr_error *err)
{
    const titr_env_view *v = r->view;
    for (size_t l = 0; l < r->n; l++) {
        if (!r->acted[l]) {
            continue;
        }
        TITR_TRY(titr_trajectory_append(&t[l], &r->row[l], err));
        titri_panels_fill(r->env, l, &t[l]);
        titri_guard_record(r, l, &t[l]);
        if (lab->e->record.what == TITR_RECORD_MINUTES) {
            TITR_TRY(append_minutes(v, l, &t[l], err));
        }
        if (v->end[l] != TITR_END_NONE) {
            titri_end_episode(v, l, &t[l]);
        }
    }
    return TITR_OK;
}

/* Play all lanes to their end, unless asked to stop. */
static titr_status play(const titri_lab *lab, titri_roller *roller, const titr_lane_start *start,
                        titr_trajectory *t, titr_error *err)
{
    TITR_TRY(titri_roller_start(roller, start, roller->n, err));
    for (size_t l = 0; l < roller->n; l++) {
        titri_panels_fill(roller->env, l, &t[l]);
    }
    while (titri_roller_running(roller) > 0) {
        if (titri_stopped(lab->watch)) {
            return TITR_ERR_STOPPED; /* the text is the caller's: it knows what was saved */
        }
        TITR_TRY(titri_roller_step(roller, TITR_ACT_GREEDY, err));
        TITR_TRY(record_step(lab, roller, t, err));
    }
    return TITR_OK;
}

uint32_t titri_ward_episode(const titri_lab *lab, const titri_ward *ward, size_t lane)
{
    return (uint32_t)(lab->e->split.seeds_test_from + (int64_t)(lane % ward->n_seeds));
}

/* Who plays in each lane, and the settings in force for each child of the ward. */
typedef struct starts {
    titr_lane_start *lane; /* [children][seeds] */
    titr_therapy *therapy; /* [children]        */
} starts;

static void free_starts(starts *s)
{
    free(s->lane);
    free(s->therapy);
}

static titr_status starts_of(const titri_lab *lab, const titri_ward *ward, starts *out,
                             titr_error *err)
{
    const size_t n = ward->n_children * ward->n_seeds;
    starts s = {calloc(n, sizeof *s.lane), calloc(ward->n_children, sizeof *s.therapy)};
    if (s.lane == NULL || s.therapy == NULL) {
        free_starts(&s);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the episodes");
    }
    for (size_t c = 0; c < ward->n_children; c++) {
        s.therapy[c] = titri_lab_evaluated(lab, ward->policy, ward->first_child + c);
    }
    for (size_t l = 0; l < n; l++) {
        const size_t c = l / ward->n_seeds;
        s.lane[l] = (titr_lane_start){l, &lab->cohort.child[ward->first_child + c], &s.therapy[c],
                                      lab->e->seed, titri_ward_episode(lab, ward, l)};
    }
    *out = s;
    return TITR_OK;
}

titr_status titri_episodes(const titri_lab *lab, const titri_ward *ward, titr_trajectory *t,
                           titr_error *err)
{
    const size_t n = ward->n_children * ward->n_seeds;
    titr_env_def def = titri_lab_env(lab, ward->policy, 0);
    def.keep_minutes = lab->e->record.what == TITR_RECORD_MINUTES;
    titr_agent *agent = NULL;
    titri_roller *roller = NULL;
    starts start = {0};
    TITR_TRY(starts_of(lab, ward, &start, err));
    titr_status st = titri_lab_agent(lab, ward->policy, ward->first_child, n, &agent, err);
    if (st == TITR_OK) {
        const titr_observer *observer = &lab->policy[ward->policy].def->observe;
        st = titri_roller_create(&def, observer, agent, n, &roller, err);
    }
    if (st == TITR_OK && ward->variant == TITRI_SHIELDED) {
        st = titri_guard(roller, &lab->e->shield, err);
    }
    if (st == TITR_OK) {
        st = begin_rows(lab, ward, t, err);
    }
    if (st == TITR_OK) {
        st = play(lab, roller, start.lane, t, err);
    }
    titri_roller_destroy(roller);
    titr_agent_destroy(agent);
    free_starts(&start);
    return st;
}
