// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/world.h
 * @brief An environment of published children for tests: exact sensor and pump unless told
 *        otherwise, so that what comes out can be worked out by hand.
 */
#ifndef TITR_TESTS_SUPPORT_WORLD_H
#define TITR_TESTS_SUPPORT_WORLD_H

#include "titrate/env/env.h"

#define WORLD_LANES_MAX 16
#define WORLD_SNAPSHOT_MAX 256

typedef struct world {
    titr_cohort cohort; /* the ten published children */
    titr_env_def def;
    titr_env *env;
    titr_lane_start start[WORLD_LANES_MAX];
    size_t n; /* lanes */
} world;

/** cohort and def: model glucose_s2008 in mode "safe", cvode, cgm_perfect, pump_ideal, actions
 *  relative_basal, reward magni_risk, no meals, no terminal penalty, one day. */
void world_init(world *w);
/** Replace a slot by another part, with its defaults. @param[in] type e.g. titr_pump_find("pump")
 */
void world_use(titr_slot *slot, const void *type);
void world_mode(world *w, const char *mode);
/** Add the same meals on each day. */
void world_meals(world *w, const double *time_of_day_min, const double *carbs_g, size_t n);
/** Add meals by energy need, random. */
void world_random_meals(world *w);
/** Create the environment and start lane i with child i % 10, seed 1, episode 1001, published
 *  settings. */
void world_open(world *w, size_t n_lanes);
/** Start lane `lane` again, as w->start says. */
void world_restart(world *w, size_t lane);
/** One step with the same dose relative to each child's own basal: level * basal, and a bolus. */
void world_step(world *w, double level, double bolus_u);
/** Scheduled basal of a lane's child, U/h. */
double world_basal_u_per_h(const world *w, size_t lane);
const titr_env_view *world_look(const world *w);
/** Everything that the view shows of a lane, to be compared bit by bit.
 *  @param[out] out [WORLD_SNAPSHOT_MAX]. @return how many are filled. */
size_t world_snapshot(const world *w, size_t lane, double *out);
void world_fini(world *w);

#endif
