// SPDX-License-Identifier: GPL-3.0-or-later
/* The loop that every verb shares. Rows are filled in two halves: what was seen and decided before
 * the step, what followed after it. */
#include "roller.h"

#include "guard.h"

#include <stdlib.h>
#include <string.h>

static int allocate(titri_roller *r)
{
    const size_t n = r->n, obs = n * (r->n_obs + 1), mask = n * (r->n_levels + 1);
    r->obs = calloc(obs, sizeof *r->obs);
    r->next_obs = calloc(obs, sizeof *r->next_obs);
    r->mask = calloc(mask, 1);
    r->first = calloc(4 * n, 1);
    r->level = calloc(2 * n, sizeof *r->level);
    r->propensity = calloc(n, sizeof *r->propensity);
    r->key = calloc(n, sizeof *r->key);
    r->index = calloc(n, sizeof *r->index);
    r->decision = calloc(n, sizeof *r->decision);
    r->dose = calloc(n, sizeof *r->dose);
    r->row = calloc(n, sizeof *r->row);
    if (!r->obs || !r->next_obs || !r->mask || !r->first || !r->level || !r->propensity ||
        !r->key || !r->index || !r->decision || !r->dose || !r->row) {
        return 0;
    }
    r->level_proposed = r->level + n;
    r->running = r->first + n;
    r->acted = r->first + 2 * n;
    r->valid = r->first + 3 * n;
    return 1;
}

titr_status titri_roller_create(const titr_env_def *def, const titr_observer *observer,
                                titr_agent *agent, size_t n, titri_roller **out, titr_error *err)
{
    titri_roller *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an environment of %zu lanes", n);
    }
    titr_status st = titr_env_create(def, n, &r->env, err);
    if (st == TITR_OK) {
        r->view = titr_env_look(r->env);
        r->agent = agent;
        r->observer = observer;
        r->actions = def->actions;
        r->interval_min = def->decision_interval_min;
        r->n = n;
        r->n_obs = titr_observer_size(observer);
        r->n_levels = r->view->n_levels;
        if (!allocate(r)) {
            st = titr_fail(err, TITR_ERR_NOMEM, "no memory for an environment of %zu lanes", n);
        }
    }
    if (st != TITR_OK) {
        titri_roller_destroy(r);
        return st;
    }
    *out = r;
    return TITR_OK;
}

void titri_roller_destroy(titri_roller *r)
{
    if (r == NULL) {
        return;
    }
    titr_shield_destroy(r->shield);
    titr_env_destroy(r->env);
    free(r->obs);
    free(r->next_obs);
    free(r->mask);
    free(r->first);
    free(r->level);
    free(r->propensity);
    free(r->key);
    free(r->index);
    free(r->decision);
    free(r->dose);
    free(r->row);
    free(r);
}

static void set_key(titri_roller *r, const titr_lane_start *s)
{
    r->key[s->lane] = (titr_rng_key){.seed = r->seed != 0 ? r->seed : s->seed,
                                     .patient = s->child->patient.key,
                                     .episode = s->episode};
}

titr_status titri_roller_start(titri_roller *r, const titr_lane_start *start, size_t n,
                               titr_error *err)
{
    TITR_TRY(titr_env_reset(r->env, start, n, err));
    for (size_t i = 0; i < n; i++) {
        const size_t l = start[i].lane;
        r->running[l] = r->view->end[l] == TITR_END_NONE;
        r->first[l] = 1;
        r->index[l] = 0;
        set_key(r, &start[i]);
    }
    titr_observer_fill(r->observer, &r->view->record, r->obs);
    return TITR_OK;
}

/* First half of a row: seen and decided. */
static void row_before(titri_roller *r, size_t l)
{
    const titr_env_view *v = r->view;
    const titr_dose dose = r->dose[l];
    if (v->takes_levels) {
        r->row[l] = (titr_step){.time_min = (float)v->time_min[l],
                                .action_level = (int16_t)r->decision[l].level,
                                .propensity = (float)r->decision[l].propensity};
        return;
    }
    r->row[l] = (titr_step){
        .time_min = (float)v->time_min[l],
        .glucose_mg_dl = (float)v->glucose_mg_dl[l],
        .plasma_glucose_mg_dl = (float)v->plasma_glucose_mg_dl[l],
        .cgm_mg_dl = (float)v->record.col[TITR_OBS_CGM][l],
        .iob_u = (float)v->iob_u[l],
        .carbs_announced_g = (float)v->record.col[TITR_OBS_CARBS_ANNOUNCED][l],
        .action_level = (int16_t)r->decision[l].level,
        .dose_proposed_basal_u_per_h = (float)dose.basal_u_per_h,
        .dose_proposed_bolus_u = (float)dose.bolus_u,
        .dose_given_basal_u_per_h = (float)dose.basal_u_per_h,
        .dose_given_bolus_u = (float)dose.bolus_u,
        .propensity = (float)r->decision[l].propensity,
    };
}

/* Second half: what followed. */
static void row_after(titri_roller *r, size_t l)
{
    const titr_env_view *v = r->view;
    titr_step *row = &r->row[l];
    row->elapsed_min = (float)v->elapsed_min[l];
    row->reward = (float)v->reward[l];
    if (v->takes_levels) {
        return;
    }
    row->carbs_g = (float)v->carbs_g[l];
    row->insulin_u = (float)v->insulin_u[l];
    row->basal_insulin_u = (float)v->basal_u[l];
    row->programmed_basal_u_per_h = (float)v->programmed_u_per_h[l];
}

static titr_status decide(titri_roller *r, titr_act_mode mode, titr_error *err)
{
    const titr_actions_type *actions = r->actions.type;
    const titr_batch batch = {r->n,     &r->view->record, r->obs, r->mask,
                              r->first, r->acted,         r->key, r->index};
    TITR_TRY(r->agent->type->act(r->agent->self, &batch, mode, r->decision, err));
    for (size_t l = 0; l < r->n; l++) {
        if (!r->acted[l]) {
            r->dose[l] = (titr_dose){0.0, 0.0};
            continue;
        }
        r->level[l] = r->level_proposed[l] = r->decision[l].level;
        r->propensity[l] = r->decision[l].propensity;
        if (r->level[l] >= 0 && !r->view->takes_levels) {
            r->decision[l].dose =
                actions->dose(r->actions.def, &r->view->record, l, (size_t)r->level[l]);
        }
        r->dose[l] = r->decision[l].dose;
        row_before(r, l);
    }
    if (r->shield != NULL) {
        titri_guard_doses(r);
    }
    return TITR_OK;
}

titr_status titri_roller_step(titri_roller *r, titr_act_mode mode, titr_error *err)
{
    memcpy(r->acted, r->running, r->n);
    memcpy(r->mask, r->view->mask, r->n * r->n_levels);
    TITR_TRY(decide(r, mode, err));
    TITR_TRY(r->view->takes_levels ? titr_env_step_levels(r->env, r->level, err)
                                   : titr_env_step(r->env, r->dose, err));
    titr_observer_fill(r->observer, &r->view->record, r->next_obs);
    for (size_t l = 0; l < r->n; l++) {
        if (r->acted[l]) {
            row_after(r, l);
            r->running[l] = r->view->end[l] == TITR_END_NONE;
            r->valid[l] = r->view->end[l] != TITR_END_FAULT && r->level[l] >= 0;
            r->first[l] = 0;
            r->index[l]++;
        } else {
            r->valid[l] = 0;
        }
    }
    double *swap = r->obs;
    r->obs = r->next_obs;
    r->next_obs = swap;
    return TITR_OK;
}

titr_transitions titri_roller_transitions(const titri_roller *r)
{
    /* after the step's swap, next_obs holds what was seen before it and obs what was seen after */
    return (titr_transitions){
        .n = r->n,
        .valid = r->valid,
        .obs = r->next_obs,
        .next_obs = r->obs,
        .mask = r->mask,
        .next_mask = r->view->mask,
        .level = r->learns_proposed ? r->level_proposed : r->level,
        .level_proposed = r->level_proposed,
        .propensity = r->propensity,
        .reward = r->view->reward,
        .elapsed_min = r->view->elapsed_min,
        .end = r->view->end,
    };
}

size_t titri_roller_running(const titri_roller *r)
{
    size_t n = 0;
    for (size_t l = 0; l < r->n; l++) {
        n += r->running[l];
    }
    return n;
}

titr_status titri_roller_visit(titri_roller *r, titr_visitor *v, const titr_lane_start *start,
                               titr_error *err)
{
    TITR_TRY(titr_env_visit(r->env, v, start, err));
    TITR_TRY(titr_visit_vector(v, "running", TITR_U8, r->n, r->running, err));
    TITR_TRY(titr_visit_vector(v, "first", TITR_U8, r->n, r->first, err));
    TITR_TRY(titr_visit_vector(v, "index", TITR_U32, r->n, r->index, err));
    if (r->shield != NULL) {
        TITR_TRY(titr_shield_visit(r->shield, v, err));
    }
    if (v->loading) {
        for (size_t l = 0; l < r->n; l++) {
            set_key(r, &start[l]);
        }
        titr_observer_fill(r->observer, &r->view->record, r->obs);
    }
    return TITR_OK;
}
