// SPDX-License-Identifier: GPL-3.0-or-later
/* FrozenLake-v1: from the start to the goal over ice with holes [gymnasium]. On slippery ice a move
 * goes where it should with probability 1/3 and to either side of that with 1/3 each; into a wall
 * it goes nowhere. Reward 1 on reaching the goal; the goal and the holes terminate.
 * Oracle: value iteration against published tables, tests/sim/env/tasks/test_frozen_lake.c. */
#include "tabular.h"

enum { LEFT, DOWN, RIGHT, UP, N_LEVELS };

typedef struct frozen_lake_def {
    int map, slippery, random_start;
    int64_t steps_max;
} frozen_lake_def;

static const char *const map_names[] = {"4x4", "8x8", NULL};
static const titr_option options[] = {
    {.name = "map",
     .kind = TITR_OPTION_CHOICE,
     .unit = "",
     .choices = map_names,
     .doc = "which of the two lakes",
     .source = "gymnasium",
     .offset = offsetof(frozen_lake_def, map)},
    {.name = "slippery",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 1.0,
     .hi = 1.0,
     .doc = "false = every move goes where it should",
     .source = "gymnasium",
     .offset = offsetof(frozen_lake_def, slippery)},
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .lo = 0.0,
     .hi = 1e9,
     .doc = "an episode is truncated after so many steps; 0 = 100 on the small lake, 200 on the "
            "large one",
     .source = "gymnasium",
     .offset = offsetof(frozen_lake_def, steps_max)},
    {.name = "random_start",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .hi = 1.0,
     .doc = "true = an episode starts in any state from which it goes on: exploring starts",
     .source = "sutton2018",
     .offset = offsetof(frozen_lake_def, random_start)},
};

/* Start, Frozen, Hole, Goal, row by row. */
static const struct lake {
    size_t width;
    int64_t steps_max;
    const char *cell;
} lakes[] = {
    {4, 100, "SFFFFHFHFFFHHFFG"},
    {8, 200, "SFFFFFFFFFFFFFFFFFFHFFFFFFFFFHFFFFFHFFFFFHHFFFHFFHFFHFHFFFFHFFFG"},
};
static const char *const label[] = {"left", "down", "right", "up"};

static const struct lake *lake_of(const void *def)
{
    return &lakes[((const frozen_lake_def *)def)->map];
}

static void shape(const void *def, titr_task_shape *s)
{
    const struct lake *lake = lake_of(def);
    const int64_t steps_max = ((const frozen_lake_def *)def)->steps_max;
    s->n_states = lake->width * lake->width;
    s->n_obs = s->n_state = 1;
    s->obs[0] = titri_tabular_observable(s->n_states, "cell, row * width + column from the top");
    s->n_levels = N_LEVELS;
    s->label = label;
    s->steps_max = steps_max > 0 ? steps_max : lake->steps_max;
}

static size_t moved(const struct lake *lake, size_t state, size_t direction)
{
    const size_t width = lake->width, column = state % width;
    switch (direction) {
    case LEFT:
        return column > 0 ? state - 1 : state;
    case RIGHT:
        return column + 1 < width ? state + 1 : state;
    case DOWN:
        return state + width < width * width ? state + width : state;
    default:
        return state >= width ? state - width : state;
    }
}

static titr_task_successor arrival(const struct lake *lake, double probability, size_t state)
{
    const char cell = lake->cell[state];
    return (titr_task_successor){probability, state, cell == 'G' ? 1.0 : 0.0,
                                 cell == 'G' || cell == 'H'};
}

static size_t successors(const void *def, size_t state, size_t level, titr_task_successor *out)
{
    const struct lake *lake = lake_of(def);
    if (lake->cell[state] == 'G' || lake->cell[state] == 'H') {
        out[0] = (titr_task_successor){1.0, state, 0.0, 1};
        return 1;
    }
    if (!((const frozen_lake_def *)def)->slippery) {
        out[0] = arrival(lake, 1.0, moved(lake, state, level));
        return 1;
    }
    for (size_t i = 0; i < 3; i++) { /* the level before, the level itself, the one after */
        const size_t direction = (level + N_LEVELS - 1 + i) % N_LEVELS;
        out[i] = arrival(lake, 1.0 / 3.0, moved(lake, state, direction));
    }
    return 3;
}

static double start_probability(const void *def, size_t state)
{
    if (((const frozen_lake_def *)def)->random_start) {
        return titri_tabular_random_probability(successors, def,
                                                lake_of(def)->width * lake_of(def)->width, state);
    }
    return state == 0 ? 1.0 : 0.0;
}

static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    (void)stride;
    if (((const frozen_lake_def *)def)->random_start) {
        state[0] = titri_tabular_random_start(successors, def,
                                              lake_of(def)->width * lake_of(def)->width, key);
        return;
    }
    state[0] = 0.0;
}

static void step(const void *def, const titr_task_lanes *lanes)
{
    titri_tabular_step(successors, def, lanes);
}

const titr_task_type titr_task_frozen_lake = {
    .part = {.name = "frozen_lake",
             .doc = "FrozenLake-v1: cross the ice to the goal, reward 1 there",
             .source = "gymnasium",
             TITR_OPTIONS(options, frozen_lake_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = titri_tabular_observe,
    .successors = successors,
    .start_probability = start_probability,
};
