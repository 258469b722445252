// SPDX-License-Identifier: GPL-3.0-or-later
/* CliffWalking-v1: along a cliff from the lower left corner of 4 x 12 cells to the lower right one
 * [sutton2018, example 6.6], as in [gymnasium]. Reward -1 for every step; a step over the edge
 * costs 100 and leads back to the start. The goal terminates. On slippery ground a move goes where
 * it should with probability 1/3 and to either side of that with 1/3 each. Gymnasium sets no limit;
 * an untrained greedy policy can go in circles for ever, so there is one here. Oracle: value
 * iteration against published tables, tests/sim/env/tasks/test_cliff_walking.c. */
#include "tabular.h"

enum { UP, RIGHT, DOWN, LEFT, N_LEVELS };
enum { ROWS = 4, COLUMNS = 12, CELLS = ROWS * COLUMNS };
enum { START = (ROWS - 1) * COLUMNS, GOAL = CELLS - 1 };

typedef struct cliff_walking_def {
    int slippery, random_start;
    int64_t steps_max;
} cliff_walking_def;

static const titr_option options[] = {
    {.name = "slippery",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .hi = 1.0,
     .doc = "true = a move goes to either side of where it should with probability 1/3 each",
     .source = "gymnasium",
     .offset = offsetof(cliff_walking_def, slippery)},
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 1000.0,
     .lo = 1.0,
     .hi = 1e9,
     .doc = "an episode is truncated after so many steps; Gymnasium has no limit",
     .source = "choice",
     .offset = offsetof(cliff_walking_def, steps_max)},
    {.name = "random_start",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .hi = 1.0,
     .doc = "true = an episode starts in any state from which it goes on: exploring starts",
     .source = "sutton2018",
     .offset = offsetof(cliff_walking_def, random_start)},
};
static const char *const label[] = {"up", "right", "down", "left"};

static void shape(const void *def, titr_task_shape *s)
{
    s->n_states = CELLS;
    s->n_obs = s->n_state = 1;
    s->obs[0] = titri_tabular_observable(CELLS, "cell, row * 12 + column from the top left");
    s->n_levels = N_LEVELS;
    s->label = label;
    s->steps_max = ((const cliff_walking_def *)def)->steps_max;
}

static titr_task_successor moved(double probability, size_t state, size_t direction)
{
    size_t row = state / COLUMNS, column = state % COLUMNS;
    row -= direction == UP && row > 0;
    row += direction == DOWN && row + 1 < ROWS;
    column -= direction == LEFT && column > 0;
    column += direction == RIGHT && column + 1 < COLUMNS;
    const size_t next = row * COLUMNS + column;
    if (next > START && next < GOAL) {
        return (titr_task_successor){probability, START, -100.0, 0};
    }
    return (titr_task_successor){probability, next, -1.0, next == GOAL};
}

static size_t successors(const void *def, size_t state, size_t level, titr_task_successor *out)
{
    if (!((const cliff_walking_def *)def)->slippery) {
        out[0] = moved(1.0, state, level);
        return 1;
    }
    for (size_t i = 0; i < 3; i++) { /* the level before, the level itself, the one after */
        out[i] = moved(1.0 / 3.0, state, (level + N_LEVELS - 1 + i) % N_LEVELS);
    }
    return 3;
}

static double start_probability(const void *def, size_t state)
{
    if (((const cliff_walking_def *)def)->random_start) {
        return titri_tabular_random_probability(successors, def, CELLS, state);
    }
    return state == START ? 1.0 : 0.0;
}

static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    (void)stride;
    if (((const cliff_walking_def *)def)->random_start) {
        state[0] = titri_tabular_random_start(successors, def, CELLS, key);
        return;
    }
    state[0] = START;
}

static void step(const void *def, const titr_task_lanes *lanes)
{
    titri_tabular_step(successors, def, lanes);
}

const titr_task_type titr_task_cliff_walking = {
    .part = {.name = "cliff_walking",
             .doc =
                 "CliffWalking-v1: to the goal along a cliff, reward -1 per step, -100 for a fall",
             .source = "sutton2018",
             TITR_OPTIONS(options, cliff_walking_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = titri_tabular_observe,
    .successors = successors,
    .start_probability = start_probability,
};
