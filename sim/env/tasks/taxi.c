// SPDX-License-Identifier: GPL-3.0-or-later
/* Taxi-v4: fetch a passenger at one of four places of a 5 x 5 town and take him to another
 * [dietterich2000], as in [gymnasium].
 *
 *   state = ((row * 5 + column) * 5 + passenger) * 4 + destination
 *
 * with passenger 0 to 3 at a place, 4 in the taxi. Reward -1 for every step, -10 for picking up or
 * dropping where that is not possible, 20 for the arrival, which terminates. An episode starts in
 * any of the 300 states where the passenger waits elsewhere than at his destination.
 * Oracle: value iteration against published tables, tests/sim/env/tasks/test_taxi.c. */
#include "tabular.h"

enum { SOUTH, NORTH, EAST, WEST, PICK_UP, DROP, N_LEVELS };
enum { SIDE = 5, PLACES = 4, IN_TAXI = PLACES, N_STATES = SIDE * SIDE * (PLACES + 1) * PLACES };
enum { STARTS = SIDE * SIDE * PLACES * (PLACES - 1) };

typedef struct taxi_def {
    int masked, random_start;
    int64_t steps_max;
} taxi_def;

static const titr_option options[] = {
    {.name = "masked",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .hi = 1.0,
     .doc = "true = levels that change nothing are not allowed: Gymnasium's action_mask",
     .source = "gymnasium",
     .offset = offsetof(taxi_def, masked)},
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 200.0,
     .lo = 1.0,
     .hi = 1e9,
     .doc = "an episode is truncated after so many steps",
     .source = "gymnasium",
     .offset = offsetof(taxi_def, steps_max)},
    {.name = "random_start",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .hi = 1.0,
     .doc = "true = an episode starts in any state from which it goes on: exploring starts",
     .source = "sutton2018",
     .offset = offsetof(taxi_def, random_start)},
};
static const char *const label[] = {"south", "north", "east", "west", "pick up", "drop off"};

/* Cells of the four places: red, green, yellow, blue. */
static const size_t place[PLACES] = {0, 4, 20, 23};
/* 1: a wall stands to the right of the cell. */
static const unsigned char wall[SIDE][SIDE] = {
    {0, 1, 0, 0, 1}, {0, 1, 0, 0, 1}, {0, 0, 0, 0, 1}, {1, 0, 1, 0, 1}, {1, 0, 1, 0, 1}};

typedef struct town {
    size_t cell, passenger, destination;
} town;

static town decode(size_t state)
{
    return (town){state / ((PLACES + 1) * PLACES), state / PLACES % (PLACES + 1), state % PLACES};
}

static size_t encode(town t)
{
    return (t.cell * (PLACES + 1) + t.passenger) * PLACES + t.destination;
}

static void shape(const void *def, titr_task_shape *s)
{
    s->n_states = N_STATES;
    s->n_obs = s->n_state = 1;
    s->obs[0] = titri_tabular_observable(
        N_STATES,
        "((row * 5 + column) * 5 + passenger) * 4 + destination; passenger 4: in the taxi");
    s->n_levels = N_LEVELS;
    s->label = label;
    s->steps_max = ((const taxi_def *)def)->steps_max;
}

/* Place at the taxi's cell. @return PLACES when there is none. */
static size_t place_here(size_t cell)
{
    size_t k = 0;
    while (k < PLACES && place[k] != cell) {
        k++;
    }
    return k;
}

/* The cell that a drive leads to; where the way is blocked, the same. */
static size_t driven(size_t cell, size_t level)
{
    const size_t row = cell / SIDE, column = cell % SIDE;
    switch (level) {
    case SOUTH:
        return row + 1 < SIDE ? cell + SIDE : cell;
    case NORTH:
        return row > 0 ? cell - SIDE : cell;
    case EAST:
        return wall[row][column] ? cell : cell + 1;
    default:
        return column == 0 || wall[row][column - 1] ? cell : cell - 1;
    }
}

static titr_task_successor pick_up(town t)
{
    if (t.passenger == IN_TAXI || place[t.passenger] != t.cell) {
        return (titr_task_successor){1.0, encode(t), -10.0, 0};
    }
    t.passenger = IN_TAXI;
    return (titr_task_successor){1.0, encode(t), -1.0, 0};
}

static titr_task_successor drop(town t)
{
    const size_t here = place_here(t.cell);
    if (t.passenger != IN_TAXI || here == PLACES) {
        return (titr_task_successor){1.0, encode(t), -10.0, 0};
    }
    const int arrived = here == t.destination;
    t.passenger = here;
    return (titr_task_successor){1.0, encode(t), arrived ? 20.0 : -1.0, arrived};
}

static size_t successors(const void *def, size_t state, size_t level, titr_task_successor *out)
{
    (void)def;
    town t = decode(state);
    if (level == PICK_UP) {
        out[0] = pick_up(t);
    } else if (level == DROP) {
        out[0] = drop(t);
    } else {
        t.cell = driven(t.cell, level);
        out[0] = (titr_task_successor){1.0, encode(t), -1.0, 0};
    }
    return 1;
}

static void mask(const void *def, const double *state, size_t stride, unsigned char *allowed)
{
    (void)stride;
    const town t = decode((size_t)state[0]);
    memset(allowed, 1, N_LEVELS);
    if (!((const taxi_def *)def)->masked) {
        return;
    }
    for (size_t level = SOUTH; level <= WEST; level++) {
        allowed[level] = driven(t.cell, level) != t.cell;
    }
    allowed[PICK_UP] = t.passenger != IN_TAXI && place[t.passenger] == t.cell;
    allowed[DROP] = t.passenger == IN_TAXI && place_here(t.cell) < PLACES;
}

static double start_probability(const void *def, size_t state)
{
    if (((const taxi_def *)def)->random_start) {
        return titri_tabular_random_probability(successors, def, N_STATES, state);
    }
    const town t = decode(state);
    return t.passenger != IN_TAXI && t.passenger != t.destination ? 1.0 / STARTS : 0.0;
}

static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    (void)stride;
    if (((const taxi_def *)def)->random_start) {
        state[0] = titri_tabular_random_start(successors, def, N_STATES, key);
        return;
    }
    const size_t k = titr_rng_below(key, 0, STARTS);
    town t = {.cell = k / (PLACES * (PLACES - 1)), .passenger = k / (PLACES - 1) % PLACES};
    t.destination = k % (PLACES - 1);
    t.destination += t.destination >= t.passenger; /* any place but the passenger's */
    state[0] = (double)encode(t);
}

static void step(const void *def, const titr_task_lanes *lanes)
{
    titri_tabular_step(successors, def, lanes);
}

const titr_task_type titr_task_taxi = {
    .part = {.name = "taxi",
             .doc = "Taxi-v4: fetch a passenger and take him to his destination, reward 20 there",
             .source = "dietterich2000",
             TITR_OPTIONS(options, taxi_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = titri_tabular_observe,
    .mask = mask,
    .successors = successors,
    .start_probability = start_probability,
};
