// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/school.h
 * @brief An agent that trains on, or plays, a benchmark task, without the runner: a few lanes, each
 *        started afresh when its episode has ended.
 */
#ifndef TITR_TESTS_SUPPORT_SCHOOL_H
#define TITR_TESTS_SUPPORT_SCHOOL_H

#include "titrate/agents/agent.h"
#include "titrate/env/task.h"

#define SCHOOL_LANES_MAX 8

typedef struct school {
    titr_task_shape shape;
    titr_child child;
    titr_observer observer; /* every observable of the task */
    titr_env *env;
    const titr_env_view *view;
    titr_agent *agent;
    size_t lanes;
    uint64_t seed;
    uint32_t episodes; /* started so far */
    titr_lane_start start[SCHOOL_LANES_MAX];
    uint32_t index[SCHOOL_LANES_MAX];
    unsigned char first[SCHOOL_LANES_MAX], valid[SCHOOL_LANES_MAX];
    titr_rng_key key[SCHOOL_LANES_MAX];
    titr_decision decision[SCHOOL_LANES_MAX];
    int level[SCHOOL_LANES_MAX];
    double propensity[SCHOOL_LANES_MAX];
    unsigned char mask[SCHOOL_LANES_MAX * TITR_LEVELS_MAX];
    double obs[SCHOOL_LANES_MAX * TITR_TASK_OBS_MAX],
        next_obs[SCHOOL_LANES_MAX * TITR_TASK_OBS_MAX];
    double returns;     /* of all lanes' rewards so far */
    uint64_t decisions; /* of all lanes */
} school;

/** @param[in] task, agent borrowed. @param[in] seed of task and agent. school_close afterwards, on
 *  failure too. */
titr_status school_open(school *s, titr_slot task, titr_slot agent, size_t lanes, uint64_t seed,
                        titr_error *err) TITR_NODISCARD;
void school_close(school *s);
/** One decision of every lane; the agent learns from it if it explores. */
titr_status school_step(school *s, titr_act_mode mode, titr_error *err) TITR_NODISCARD;
/** Everything that going on needs. */
titr_status school_visit(school *s, titr_visitor *v, titr_error *err) TITR_NODISCARD;
/** Values of all levels in a state of a tabular task whose only observable is the state.
 *  @param[out] q [n_levels] */
titr_status school_values(school *s, size_t state, double *q, titr_error *err) TITR_NODISCARD;

#endif
