// SPDX-License-Identifier: GPL-3.0-or-later
/* CartPole-v1: a pole on a cart that is pushed left or right [barto1983], with the constants, the
 * explicit Euler step and the limits of [gymnasium].
 *
 *   temp    = (F + m_p l w^2 sin a) / M                                       M = m_c + m_p   (1)
 *   dw/dt   = (g sin a - cos a temp) / (l (4/3 - m_p cos^2 a / M))                            (2)
 *   dv/dt   = temp - m_p l dw/dt cos a / M                                                    (3)
 *   x += tau v;  v += tau dv/dt;  a += tau w;  w += tau dw/dt     (old v and w on the right)  (4)
 *
 * Terminated when |x| > 2.4 m or |a| > 12 degrees; reward 1 for every step, the last included.
 * Oracle: Gymnasium's own trajectories and the equations re-derived,
 * tests/sim/env/tasks/test_cartpole.c. */
#include "titrate/base/math.h"
#include "titrate/env/task.h"

#define GRAVITY 9.8
#define MASS_POLE 0.1
#define MASS 1.1 /* of cart and pole */
#define HALF_LENGTH 0.5
#define FORCE 10.0
#define TAU 0.02
#define X_LIMIT 2.4
#define ANGLE_LIMIT (12.0 * 2.0 * 0x1.921fb54442d18p+1 / 360.0)
#define START 0.05

enum { X, V, ANGLE, RATE, N_STATE };

typedef struct cartpole_def {
    int64_t steps_max;
} cartpole_def;

static const titr_option options[] = {
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 500.0,
     .lo = 1.0,
     .hi = 1e9,
     .doc = "an episode is truncated after so many steps",
     .source = "gymnasium",
     .offset = offsetof(cartpole_def, steps_max)},
};

/* Speeds have no limits of their own: the plausible ranges are those of pushing one way from the
 * middle to the end of the track, or from upright until the pole has fallen. */
static const titr_task_observable observable[N_STATE] = {
    [X] = {"position_m", "m", -X_LIMIT, X_LIMIT, "the cart's position", 0, 3},
    [V] = {"velocity_m_per_s", "m/s", -3.0, 3.0, "the cart's velocity", 0, 3},
    [ANGLE] = {"angle_rad", "rad", -ANGLE_LIMIT, ANGLE_LIMIT, "the pole's angle from upright", 0,
               8},
    [RATE] = {"rate_rad_per_s", "rad/s", -3.5, 3.5, "the pole's angular velocity", 0, 8},
};
static const char *const label[] = {"push left", "push right"};

static void shape(const void *def, titr_task_shape *s)
{
    s->n_obs = s->n_state = N_STATE;
    for (size_t i = 0; i < N_STATE; i++) {
        s->obs[i] = observable[i];
    }
    s->n_levels = sizeof label / sizeof label[0];
    s->label = label;
    s->steps_max = ((const cartpole_def *)def)->steps_max;
}

static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    (void)def;
    uint32_t word[4];
    titr_rng_words(key, 0, word);
    for (size_t i = 0; i < N_STATE; i++) {
        state[i * stride] = START * (2.0 * (((double)word[i] + 0.5) * 0x1p-32) - 1.0);
    }
}

/* Without branches: ended lanes are computed, too, and keep what they have. */
static void step(const void *def, const titr_task_lanes *t)
{
    (void)def;
    const size_t n = t->n;
    double *restrict const xs = t->state + X * n, *restrict const vs = t->state + V * n;
    double *restrict const angles = t->state + ANGLE * n, *restrict const rates =
                                                              t->state + RATE * n;
    double *restrict const reward = t->reward;
    titr_flag *restrict const terminated = t->terminated;
    const titr_flag *restrict const runs = t->runs;
    const int *restrict const level = t->level;
    for (size_t l = 0; l < n; l++) {
        const double x = xs[l], v = vs[l], angle = angles[l], rate = rates[l];
        const double force = FORCE * (2.0 * (double)level[l] - 1.0);
        double sine, cosine;
        titr_sincos(angle, &sine, &cosine);
        const double temp = (force + MASS_POLE * HALF_LENGTH * (rate * rate) * sine) / MASS;
        const double spin = (GRAVITY * sine - cosine * temp) /
                            (HALF_LENGTH * (4.0 / 3.0 - MASS_POLE * (cosine * cosine) / MASS));
        const double push = temp - MASS_POLE * HALF_LENGTH * spin * cosine / MASS;
        const double next_x = x + TAU * v, next_angle = angle + TAU * rate;
        xs[l] = titr_pick(runs[l], next_x, x);
        vs[l] = titr_pick(runs[l], v + TAU * push, v);
        angles[l] = titr_pick(runs[l], next_angle, angle);
        rates[l] = titr_pick(runs[l], rate + TAU * spin, rate);
        reward[l] = titr_pick(runs[l], 1.0, reward[l]);
        terminated[l] = runs[l] & ((titr_flag)(fabs(next_x) > X_LIMIT) |
                                   (titr_flag)(fabs(next_angle) > ANGLE_LIMIT));
    }
}

static void observe(const void *def, size_t n, const double *state, size_t first, size_t count,
                    double *const *col)
{
    (void)def;
    for (size_t i = 0; i < N_STATE; i++) {
        memcpy(col[i] + first, state + i * n + first, count * sizeof *state);
    }
}

const titr_task_type titr_task_cartpole = {
    .part = {.name = "cartpole",
             .doc = "CartPole-v1: keep a pole upright on a cart, reward 1 per step",
             .source = "barto1983",
             TITR_OPTIONS(options, cartpole_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = observe,
};
