// SPDX-License-Identifier: GPL-3.0-or-later
/* T-maze: a cue at the start tells which way to turn at the end of a corridor [bakker2002].
 *
 *   cue -> . -> . -> ... -> junction: left or right          length steps from cue to junction
 *
 * The cue is seen in the first observation and never again, and places in the corridor look all
 * alike. Stepping ahead costs nothing, standing still 0.1; the turn that the cue told pays 4, the
 * other costs 0.1, and either terminates.
 *
 * A policy that sees the last k observations, k <= length, sees at the junction the same for either
 * cue: it is right half of the time, and its mean return is at most (4 - 0.1) / 2 = 1.95. One that
 * remembers the cue gets 4. `frames` shows that many observations side by side, latest first.
 * Oracle: these returns, tests/sim/env/tasks/test_t_maze.c. */
#include "tabular.h"

enum { AHEAD, TURN_LEFT, TURN_RIGHT, N_LEVELS };
enum { CUE, AT_JUNCTION, N_FRAME };
enum { FRAMES_MAX = TITR_TASK_OBS_MAX / N_FRAME };
#define RIGHT_TURN 4.0
#define COST (-0.1)

typedef struct t_maze_def {
    int64_t length, steps_max, frames;
} t_maze_def;

static const titr_option options[] = {
    {.name = "length",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 10.0,
     .lo = 1.0,
     .hi = 10000.0,
     .doc = "steps from the cue to the junction: a stack of so many frames does not see the cue",
     .source = "bakker2002",
     .offset = offsetof(t_maze_def, length)},
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .lo = 0.0,
     .hi = 1e9,
     .doc = "an episode is truncated after so many steps; 0 = 10 (length + 1)",
     .source = "choice",
     .offset = offsetof(t_maze_def, steps_max)},
    {.name = "frames",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 1.0,
     .lo = 1.0,
     .hi = FRAMES_MAX,
     .doc = "observations shown side by side, the latest first; before the start, the first",
     .source = "mnih2015",
     .offset = offsetof(t_maze_def, frames)},
};
static const char *const label[] = {"ahead", "left", "right"};

static const char *const cue_name[FRAMES_MAX] = {"cue",       "cue_1_ago", "cue_2_ago",
                                                 "cue_3_ago", "cue_4_ago", "cue_5_ago",
                                                 "cue_6_ago", "cue_7_ago"};
static const char *const junction_name[FRAMES_MAX] = {
    "at_junction",       "at_junction_1_ago", "at_junction_2_ago", "at_junction_3_ago",
    "at_junction_4_ago", "at_junction_5_ago", "at_junction_6_ago", "at_junction_7_ago"};

static size_t frames(const void *def)
{
    return (size_t)((const t_maze_def *)def)->frames;
}

/* Places of one maze: the start, the corridor, the junction. State = cue * places + place; with
 * several frames the states before follow. */
static size_t places(const void *def)
{
    return (size_t)((const t_maze_def *)def)->length + 1;
}

static void shape(const void *def, titr_task_shape *s)
{
    const int64_t steps_max = ((const t_maze_def *)def)->steps_max;
    s->n_state = frames(def);
    s->n_states = 2 * places(def);
    s->n_obs = N_FRAME * s->n_state;
    for (size_t ago = 0; ago < s->n_state; ago++) {
        titr_task_observable *obs = &s->obs[N_FRAME * ago];
        obs[CUE] = (titr_task_observable){.name = cue_name[ago],
                                          .unit = "1",
                                          .lo = -1.0,
                                          .hi = 1.0,
                                          .doc = "-1 left, 1 right, seen at the start only; then 0",
                                          .bins = 3};
        obs[AT_JUNCTION] = (titr_task_observable){.name = junction_name[ago],
                                                  .unit = "1",
                                                  .lo = 0.0,
                                                  .hi = 1.0,
                                                  .doc = "1 at the junction, else 0",
                                                  .discrete = 2};
    }
    s->n_levels = N_LEVELS;
    s->label = label;
    s->steps_max = steps_max > 0 ? steps_max : 10 * (int64_t)places(def);
}

static size_t successors(const void *def, size_t state, size_t level, titr_task_successor *out)
{
    const size_t n = places(def), place = state % n, wanted = state < n ? TURN_LEFT : TURN_RIGHT;
    if (place + 1 < n) {
        out[0] = level == AHEAD ? (titr_task_successor){1.0, state + 1, 0.0, 0}
                                : (titr_task_successor){1.0, state, COST, 0};
    } else {
        out[0] =
            (titr_task_successor){1.0, state, level == wanted ? RIGHT_TURN : COST, level != AHEAD};
    }
    return 1;
}

static double start_probability(const void *def, size_t state)
{
    return state % places(def) == 0 ? 0.5 : 0.0;
}

static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    const double first = (double)(titr_rng_below(key, 0, 2) * places(def));
    for (size_t ago = 0; ago < frames(def); ago++) {
        state[ago * stride] = first;
    }
}

static void step(const void *def, const titr_task_lanes *lanes)
{
    for (size_t ago = frames(def) - 1; ago > 0; ago--) {
        const double *newer = lanes->state + (ago - 1) * lanes->n;
        double *older = lanes->state + ago * lanes->n;
        for (size_t l = 0; l < lanes->n; l++) {
            older[l] = lanes->runs[l] ? newer[l] : older[l];
        }
    }
    titri_tabular_step(successors, def, lanes);
}

static void observe(const void *def, size_t n, const double *state, size_t first, size_t count,
                    double *const *col)
{
    const size_t length = places(def);
    for (size_t ago = 0; ago < frames(def); ago++) {
        double *const *shown = col + N_FRAME * ago;
        for (size_t l = first; l < first + count; l++) {
            const size_t s = (size_t)state[ago * n + l], place = s % length;
            const double cue = s < length ? -1.0 : 1.0;
            shown[CUE][l] = place == 0 ? cue : 0.0;
            shown[AT_JUNCTION][l] = place + 1 == length ? 1.0 : 0.0;
        }
    }
}

const titr_task_type titr_task_t_maze = {
    .part = {.name = "t_maze",
             .doc =
                 "T-maze: remember a cue along a corridor; return 4, without memory at most 1.95",
             .source = "bakker2002",
             TITR_OPTIONS(options, t_maze_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = observe,
    .successors = successors,
    .start_probability = start_probability,
};
