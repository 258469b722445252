// SPDX-License-Identifier: GPL-3.0-or-later
/* MountainCar-v0: a car too weak for the hill has to swing itself up [moore1990], with the
 * constants of [gymnasium].
 *
 *   v += 0.001 (level - 1) - 0.0025 cos 3x, within +-0.07                                     (1)
 *   x += v, within [-1.2, 0.6]; at the left wall v < 0 becomes 0                              (2)
 *
 * Terminated at x >= 0.5 (with v >= 0); reward -1 for every step.
 * Oracle: Gymnasium's own trajectories, and energy without the engine,
 * tests/sim/env/tasks/test_mountain_car.c. */
#include "titrate/base/math.h"
#include "titrate/env/task.h"

#define X_LO (-1.2)
#define X_HI 0.6
#define V_MAX 0.07
#define GOAL 0.5
#define ENGINE 0.001
#define GRAVITY 0.0025

enum { X, V, N_STATE };

typedef struct mountain_car_def {
    int64_t steps_max;
} mountain_car_def;

static const titr_option options[] = {
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 200.0,
     .lo = 1.0,
     .hi = 1e9,
     .doc = "an episode is truncated after so many steps",
     .source = "gymnasium",
     .offset = offsetof(mountain_car_def, steps_max)},
};

static const titr_task_observable observable[N_STATE] = {
    [X] = {"position", "1", X_LO, X_HI, "place along the valley; its bottom is at -0.52", 0, 20},
    [V] = {"velocity", "1", -V_MAX, V_MAX, "change of position per step", 0, 20},
};
static const char *const label[] = {"push left", "no push", "push right"};

static void shape(const void *def, titr_task_shape *s)
{
    s->n_obs = s->n_state = N_STATE;
    s->obs[X] = observable[X];
    s->obs[V] = observable[V];
    s->n_levels = sizeof label / sizeof label[0];
    s->label = label;
    s->steps_max = ((const mountain_car_def *)def)->steps_max;
}

static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    (void)def;
    state[X * stride] = -0.6 + 0.2 * titr_rng_uniform(key, 0);
    state[V * stride] = 0.0;
}

static double within(double x, double lo, double hi)
{
    const double above = x < lo ? lo : x;
    return above > hi ? hi : above;
}

static void step(const void *def, const titr_task_lanes *t)
{
    (void)def;
    double *const xs = t->state + X * t->n, *const vs = t->state + V * t->n;
    for (size_t l = 0; l < t->n; l++) {
        if (!t->runs[l]) {
            continue;
        }
        const double pushed = vs[l] + ((double)t->level[l] - 1.0) * ENGINE;
        const double v = within(pushed - GRAVITY * titr_cos(3.0 * xs[l]), -V_MAX, V_MAX);
        const double x = within(xs[l] + v, X_LO, X_HI);
        xs[l] = x;
        vs[l] = x == X_LO && v < 0.0 ? 0.0 : v;
        t->reward[l] = -1.0;
        t->terminated[l] = x >= GOAL && vs[l] >= 0.0;
    }
}

static void observe(const void *def, size_t n, const double *state, size_t first, size_t count,
                    double *const *col)
{
    (void)def;
    memcpy(col[X] + first, state + X * n + first, count * sizeof *state);
    memcpy(col[V] + first, state + V * n + first, count * sizeof *state);
}

const titr_task_type titr_task_mountain_car = {
    .part = {.name = "mountain_car",
             .doc = "MountainCar-v0: swing a weak car up a hill, reward -1 per step",
             .source = "moore1990",
             TITR_OPTIONS(options, mountain_car_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = observe,
};
