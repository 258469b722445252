// SPDX-License-Identifier: GPL-3.0-or-later
/* Toll road: a task that is solved only when the maximum in the bootstrap target is taken over the
 * levels that the next mask allows.
 *
 *   fork --road (+5)--> 1 -> 2 -> ... -> length --(-10)--> end      on the road `road` alone is
 *     |                                                             allowed
 *     +---lane (0)--> lane --(+2, any level)--> end                 `leave` is masked at the fork
 *
 * Truth, with discount g per step: Q(fork, road) = 5 - 10 g^length, Q(fork, lane) = 2 g. For
 * g^length > 0.7 the lane is right (return 2, against -5).
 *
 * A target that ignores the next mask takes its maximum on the road over levels that are never
 * tried there. In a table their entries keep their initial value q0 for ever. The last place of the
 * road is worth -10, every other one g max(Q(next, road), q0), which is g q0 or nearer to 0; so
 * Q(fork, road) converges to at least 5 + min(g^length q0, 0) while Q(fork, lane) = 2 g: with any
 * q0 > -3 the greedy policy takes the road for ever. More data do not help: the entries in question
 * are never updated. In a network they are what its outputs for `lane` and `leave` extend to from
 * where they were trained, and every target that those two ever see is 2 or 2 g, far above -3.
 * Masks in the exploration or in the greedy choice alone change nothing of that. (An agent that
 * uses no masks at all tries the masked levels, too: they cost 1 and lead nowhere, and it finds the
 * truth.)
 * Oracle: the values above, and both kinds of backup by value iteration,
 * tests/sim/env/tasks/test_toll_road.c. */
#include "tabular.h"

enum { ROAD, LANE, LEAVE, N_LEVELS };
enum { AT_FORK, IN_LANE, ON_ROAD }; /* ON_ROAD + k: place k of the road */
#define BAIT 5.0
#define TOLL (-10.0)
#define PAY 2.0
#define NOTHING (-1.0) /* a masked level: costs and leads nowhere */

typedef struct toll_road_def {
    int64_t length, steps_max;
} toll_road_def;

static const titr_option options[] = {
    {.name = "length",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 5.0,
     .lo = 1.0,
     .hi = 1000.0,
     .doc = "steps along the road before the toll: n-step targets with a larger n see it without "
            "bootstrapping",
     .source = "choice",
     .offset = offsetof(toll_road_def, length)},
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 2000.0,
     .lo = 1.0,
     .hi = 1e9,
     .doc =
         "an episode is truncated after so many steps; with masks none is longer than length + 1",
     .source = "choice",
     .offset = offsetof(toll_road_def, steps_max)},
};
static const char *const label[] = {"road", "lane", "leave"};

static size_t n_states(const void *def)
{
    return ON_ROAD + (size_t)((const toll_road_def *)def)->length;
}

static void shape(const void *def, titr_task_shape *s)
{
    s->n_states = n_states(def);
    s->n_obs = s->n_state = 1;
    s->obs[0] = titri_tabular_observable(s->n_states, "0 the fork, 1 the lane, from 2 on the road");
    s->n_levels = N_LEVELS;
    s->label = label;
    s->steps_max = ((const toll_road_def *)def)->steps_max;
}

static int allowed(size_t state, size_t level)
{
    return state == IN_LANE || (state == AT_FORK ? level != LEAVE : level == ROAD);
}

static void mask(const void *def, const double *state, size_t stride, unsigned char *out)
{
    (void)def, (void)stride;
    for (size_t level = 0; level < N_LEVELS; level++) {
        out[level] = (unsigned char)allowed((size_t)state[0], level);
    }
}

static size_t successors(const void *def, size_t state, size_t level, titr_task_successor *out)
{
    if (!allowed(state, level)) {
        out[0] = (titr_task_successor){1.0, state, NOTHING, 0};
    } else if (state == IN_LANE) {
        out[0] = (titr_task_successor){1.0, state, PAY, 1};
    } else if (state == AT_FORK) {
        out[0] = level == ROAD ? (titr_task_successor){1.0, ON_ROAD, BAIT, 0}
                               : (titr_task_successor){1.0, IN_LANE, 0.0, 0};
    } else if (state + 1 == n_states(def)) {
        out[0] = (titr_task_successor){1.0, state, TOLL, 1};
    } else {
        out[0] = (titr_task_successor){1.0, state + 1, 0.0, 0};
    }
    return 1;
}

static double start_probability(const void *def, size_t state)
{
    (void)def;
    return state == AT_FORK ? 1.0 : 0.0;
}

static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    (void)def, (void)key, (void)stride;
    state[0] = AT_FORK;
}

static void step(const void *def, const titr_task_lanes *lanes)
{
    titri_tabular_step(successors, def, lanes);
}

const titr_task_type titr_task_toll_road = {
    .part = {.name = "toll_road",
             .doc = "only a bootstrap target that respects the next mask finds the way: return 2, "
                    "else -5",
             .source = "titrate",
             TITR_OPTIONS(options, toll_road_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = titri_tabular_observe,
    .mask = mask,
    .successors = successors,
    .start_probability = start_probability,
};
