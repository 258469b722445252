// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/school.h"

#include <string.h>

static void observe_all(school *s)
{
    s->observer.n = s->shape.n_obs;
    for (size_t k = 0; k < s->shape.n_obs; k++) {
        const titr_task_observable *o = &s->shape.obs[k];
        titr_observe *entry = &s->observer.entry[k];
        *entry = (titr_observe){
            .what = TITR_OBS_N + k, .discrete = o->discrete, .lo = o->lo, .hi = o->hi};
        entry->edges.n = o->discrete > 0 ? 0 : o->bins - 1;
        for (size_t i = 0; i < entry->edges.n; i++) {
            entry->edges.v[i] = o->lo + (o->hi - o->lo) * (double)(i + 1) / o->bins;
        }
    }
}

titr_status school_open(school *s, titr_slot task, titr_slot agent, size_t lanes, uint64_t seed,
                        titr_error *err)
{
    *s = (school){.shape = titr_task_shape_of(task), .lanes = lanes, .seed = seed};
    titr_task_child(task, &s->child);
    observe_all(s);
    TITR_TRY(titr_task_env_create(task, lanes, NULL, &s->env, err));
    s->view = titr_env_look(s->env);
    const titr_agent_context context = {.n_lanes = lanes,
                                        .n_levels = s->shape.n_levels,
                                        .n_obs = s->shape.n_obs,
                                        .observer = &s->observer,
                                        .decision_interval_min = 1.0,
                                        .seed = seed};
    return titr_agent_create(agent, &context, &s->agent, err);
}

void school_close(school *s)
{
    titr_env_destroy(s->env);
    titr_agent_destroy(s->agent);
}

static titr_status start_ended(school *s, titr_error *err)
{
    for (size_t l = 0; l < s->lanes; l++) {
        if (s->episodes >= s->lanes && s->view->end[l] == TITR_END_NONE) {
            continue;
        }
        const uint32_t episode = s->episodes++;
        s->start[l] =
            (titr_lane_start){.lane = l, .child = &s->child, .seed = s->seed, .episode = episode};
        TITR_TRY(titr_env_reset(s->env, &s->start[l], 1, err));
        s->first[l] = 1;
        s->index[l] = 0;
        s->key[l] =
            (titr_rng_key){.seed = s->seed, .patient = s->child.patient.key, .episode = episode};
    }
    return TITR_OK;
}

static titr_status decide(school *s, titr_act_mode mode, titr_error *err)
{
    static const unsigned char running[SCHOOL_LANES_MAX] = {1, 1, 1, 1, 1, 1, 1, 1};
    const titr_batch batch = {.n = s->lanes,
                              .record = &s->view->record,
                              .obs = s->obs,
                              .mask = s->mask,
                              .first = s->first,
                              .running = running,
                              .key = s->key,
                              .index = s->index};
    TITR_TRY(s->agent->type->act(s->agent->self, &batch, mode, s->decision, err));
    for (size_t l = 0; l < s->lanes; l++) {
        s->level[l] = s->decision[l].level;
        s->propensity[l] = s->decision[l].propensity;
        s->first[l] = 0;
        s->index[l]++;
    }
    return TITR_OK;
}

static titr_status learn(school *s, titr_error *err)
{
    const titr_transitions t = {.n = s->lanes,
                                .valid = s->valid,
                                .obs = s->obs,
                                .next_obs = s->next_obs,
                                .mask = s->mask,
                                .next_mask = s->view->mask,
                                .level = s->level,
                                .propensity = s->propensity,
                                .reward = s->view->reward,
                                .elapsed_min = s->view->elapsed_min,
                                .end = s->view->end};
    return s->agent->type->learn(s->agent->self, &t, err);
}

titr_status school_step(school *s, titr_act_mode mode, titr_error *err)
{
    TITR_TRY(start_ended(s, err));
    titr_observer_fill(&s->observer, &s->view->record, s->obs);
    memcpy(s->mask, s->view->mask, s->lanes * s->shape.n_levels);
    TITR_TRY(decide(s, mode, err));
    TITR_TRY(titr_env_step_levels(s->env, s->level, err));
    titr_observer_fill(&s->observer, &s->view->record, s->next_obs);
    for (size_t l = 0; l < s->lanes; l++) {
        s->valid[l] = s->view->end[l] != TITR_END_FAULT;
        s->returns += s->view->reward[l];
    }
    s->decisions += s->lanes;
    return mode == TITR_ACT_EXPLORE ? learn(s, err) : TITR_OK;
}

titr_status school_visit(school *s, titr_visitor *v, titr_error *err)
{
    const titr_agent_type *type = s->agent->type;
    TITR_TRY(titr_visit_vector(v, "episodes", TITR_U32, 1, &s->episodes, err));
    TITR_TRY(titr_visit_vector(v, "index", TITR_U32, s->lanes, s->index, err));
    TITR_TRY(titr_visit_vector(v, "first", TITR_U8, s->lanes, s->first, err));
    for (size_t l = 0; l < s->lanes; l++) {
        TITR_TRY(titr_visit_vector(v, "episode", TITR_U32, 1, &s->start[l].episode, err));
        s->start[l] = (titr_lane_start){
            .lane = l, .child = &s->child, .seed = s->seed, .episode = s->start[l].episode};
        s->key[l] = (titr_rng_key){
            .seed = s->seed, .patient = s->child.patient.key, .episode = s->start[l].episode};
    }
    TITR_TRY(type->visit(s->agent->self, v, err));
    if (type->visit_training != NULL) {
        TITR_TRY(type->visit_training(s->agent->self, v, err));
    }
    TITR_TRY(type->visit_lanes(s->agent->self, v, err));
    return titr_env_visit(s->env, v, s->start, err);
}

titr_status school_values(school *s, size_t state, double *q, titr_error *err)
{
    const double obs = (double)state;
    const titr_batch batch = {.n = 1, .obs = &obs};
    return s->agent->type->values(s->agent->self, &batch, q, err);
}
