// SPDX-License-Identifier: GPL-3.0-or-later
/* One agent stepped through one environment, all lanes together, one decision at a time:
 *
 *   start lanes -> [ observe -> act -> dose -> step -> rows, transitions ] -> ...
 */
#ifndef TITRI_ROLLER_H
#define TITRI_ROLLER_H

#include "titrate/agents/agent.h"
#include "titrate/agents/shield.h"
#include "titrate/store/trajectory.h"

typedef struct titri_roller {
    titr_env *env;     /* owned */
    titr_agent *agent; /* borrowed */
    const titr_observer *observer;
    titr_slot actions;
    const titr_env_view *view;
    size_t n, n_obs, n_levels;
    double interval_min;                            /* regular time between decisions */
    double *obs, *next_obs;                         /* [n][n_obs]    */
    unsigned char *mask;                            /* [n][n_levels] at the decision */
    unsigned char *first, *running, *acted, *valid; /* [n] */
    int *level, *level_proposed;                    /* [n] given, and chosen by the agent */
    double *propensity;                             /* [n] of the level */
    titr_rng_key *key;                              /* [n] */
    uint64_t seed;           /* of the agent's draws; 0: that of the episodes */
    uint32_t *index;         /* [n] number of the decision in its episode */
    titr_decision *decision; /* [n] */
    titr_dose *dose;         /* [n] */
    titr_step *row;          /* [n] rows of the last step, valid where acted */
    titr_shield *shield;     /* owned; NULL: doses are given as proposed */
    int learns_proposed;     /* 1 = transitions are about the level proposed */
} titri_roller;

titr_status titri_roller_create(const titr_env_def *def, const titr_observer *observer,
                                titr_agent *agent, size_t n, titri_roller **out,
                                titr_error *err) TITR_NODISCARD;
void titri_roller_destroy(titri_roller *r);
titr_status titri_roller_start(titri_roller *r, const titr_lane_start *start, size_t n,
                               titr_error *err) TITR_NODISCARD;
/** Decide and advance every running lane; afterwards acted[], row[] tell what happened. */
titr_status titri_roller_step(titri_roller *r, titr_act_mode mode, titr_error *err) TITR_NODISCARD;
/** Transitions of the last step. @return borrowed arrays. */
titr_transitions titri_roller_transitions(const titri_roller *r);
/** Lanes still running. */
size_t titri_roller_running(const titri_roller *r);
/** Save or load: environment and counters, for checkpoints between steps. */
titr_status titri_roller_visit(titri_roller *r, titr_visitor *v, const titr_lane_start *start,
                               titr_error *err) TITR_NODISCARD;

#endif
