// SPDX-License-Identifier: GPL-3.0-or-later
/* Acrobot-v1: two links in a chain, of which only the joint between them is driven, swing the tip
 * up [sutton1996], with the constants and the "book" equations of [gymnasium]: m = l = I = 1,
 * centres of mass at 1/2, g = 9.8; a, b the angles (0 = hanging, b relative to a), w, u their
 * rates, tau the torque, -1, 0 or 1:
 *
 *   d1   = 1/4 + (1 + 1/4 + cos b) + 2                                                        (1)
 *   d2   = 1/4 + cos b / 2 + 1                                                                (2)
 *   phi2 = g sin(a + b) / 2                                                                   (3)
 *   phi1 = -u^2 sin b / 2 - u w sin b + (3/2) g sin a + phi2                                  (4)
 *   du/dt = (tau + phi1 d2 / d1 - w^2 sin b / 2 - phi2) / (1/4 + 1 - d2^2 / d1)               (5)
 *   dw/dt = -(d2 du/dt + phi1) / d1                                                           (6)
 *
 * One classical Runge-Kutta step of 0.2 s; then angles are wrapped to [-pi, pi] and rates held
 * within 4 pi and 9 pi. Terminated when -cos a - cos(a + b) > 1; reward -1, or 0 for the last step.
 * Oracle: Lagrange's equations in another form, tests/sim/env/tasks/test_acrobot.c. */
#include "titrate/base/math.h"
#include "titrate/env/task.h"

#define PI 0x1.921fb54442d18p+1
#define GRAVITY 9.8
#define STEP_S 0.2
#define START 0.1

enum { A, B, W, U, N_STATE };
enum { COS_A, SIN_A, COS_B, SIN_B, RATE_A, RATE_B, N_OBS };
#define RATE_A_MAX (4.0 * PI)
#define RATE_B_MAX (9.0 * PI)

typedef struct acrobot_def {
    int64_t steps_max;
} acrobot_def;

static const titr_option options[] = {
    {.name = "steps_max",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 500.0,
     .lo = 1.0,
     .hi = 1e9,
     .doc = "an episode is truncated after so many steps",
     .source = "gymnasium",
     .offset = offsetof(acrobot_def, steps_max)},
};

static const titr_task_observable observable[N_OBS] = {
    [COS_A] = {"cos_angle_1", "1", -1.0, 1.0, "of the first link, 0 = hanging", 0, 4},
    [SIN_A] = {"sin_angle_1", "1", -1.0, 1.0, "of the first link", 0, 4},
    [COS_B] = {"cos_angle_2", "1", -1.0, 1.0, "of the second link against the first", 0, 4},
    [SIN_B] = {"sin_angle_2", "1", -1.0, 1.0, "of the second link against the first", 0, 4},
    [RATE_A] = {"rate_1_rad_per_s", "rad/s", -RATE_A_MAX, RATE_A_MAX, "of the first angle", 0, 6},
    [RATE_B] = {"rate_2_rad_per_s", "rad/s", -RATE_B_MAX, RATE_B_MAX, "of the second angle", 0, 6},
};
static const char *const label[] = {"torque -1", "torque 0", "torque +1"};

static void shape(const void *def, titr_task_shape *s)
{
    s->n_obs = N_OBS;
    s->n_state = N_STATE;
    memcpy(s->obs, observable, sizeof observable);
    s->n_levels = sizeof label / sizeof label[0];
    s->label = label;
    s->steps_max = ((const acrobot_def *)def)->steps_max;
}

/* Rounded to single precision, as the published starts are. */
static void start(const void *def, titr_rng_key key, double *state, size_t stride)
{
    (void)def;
    uint32_t word[4];
    titr_rng_words(key, 0, word);
    for (size_t i = 0; i < N_STATE; i++) {
        const double uniform = ((double)word[i] + 0.5) * 0x1p-32;
        state[i * stride] = (double)(float)(START * (2.0 * uniform - 1.0));
    }
}

/* Equations (1) to (6). */
static void slope(const double *x, double torque, double *dxdt)
{
    double sin_b, cos_b;
    titr_sincos(x[B], &sin_b, &cos_b);
    const double d1 = 0.25 + (1.0 + 0.25 + cos_b) + 2.0;
    const double d2 = 0.25 + 0.5 * cos_b + 1.0;
    const double phi2 = 0.5 * GRAVITY * titr_sin(x[A] + x[B]);
    const double phi1 =
        -0.5 * x[U] * x[U] * sin_b - x[U] * x[W] * sin_b + 1.5 * GRAVITY * titr_sin(x[A]) + phi2;
    const double spin =
        (torque + d2 / d1 * phi1 - 0.5 * x[W] * x[W] * sin_b - phi2) / (1.25 - d2 * d2 / d1);
    dxdt[A] = x[W];
    dxdt[B] = x[U];
    dxdt[W] = -(d2 * spin + phi1) / d1;
    dxdt[U] = spin;
}

static void runge_kutta(double *x, double torque)
{
    static const double weight[] = {1.0, 2.0, 2.0, 1.0};
    static const double ahead[] = {0.0, 0.5, 0.5, 1.0};
    double k[N_STATE] = {0.0}, sum[N_STATE] = {0.0};
    for (size_t stage = 0; stage < 4; stage++) {
        double at[N_STATE];
        for (size_t i = 0; i < N_STATE; i++) {
            at[i] = x[i] + STEP_S * ahead[stage] * k[i];
        }
        slope(at, torque, k);
        for (size_t i = 0; i < N_STATE; i++) {
            sum[i] += weight[stage] * k[i];
        }
    }
    for (size_t i = 0; i < N_STATE; i++) {
        x[i] += STEP_S / 6.0 * sum[i];
    }
}

/* A step turns no angle by more than a few circles. */
static double wrap(double angle)
{
    for (int turn = 0; turn < 16 && angle > PI; turn++) {
        angle -= 2.0 * PI;
    }
    for (int turn = 0; turn < 16 && angle < -PI; turn++) {
        angle += 2.0 * PI;
    }
    return angle;
}

static double within(double x, double most)
{
    const double above = x < -most ? -most : x;
    return above > most ? most : above;
}

static void step(const void *def, const titr_task_lanes *t)
{
    (void)def;
    for (size_t l = 0; l < t->n; l++) {
        if (!t->runs[l]) {
            continue;
        }
        double x[N_STATE];
        for (size_t i = 0; i < N_STATE; i++) {
            x[i] = t->state[i * t->n + l];
        }
        runge_kutta(x, (double)t->level[l] - 1.0);
        x[A] = wrap(x[A]);
        x[B] = wrap(x[B]);
        x[W] = within(x[W], RATE_A_MAX);
        x[U] = within(x[U], RATE_B_MAX);
        for (size_t i = 0; i < N_STATE; i++) {
            t->state[i * t->n + l] = x[i];
        }
        t->terminated[l] = -titr_cos(x[A]) - titr_cos(x[B] + x[A]) > 1.0;
        t->reward[l] = t->terminated[l] ? 0.0 : -1.0;
    }
}

static void observe(const void *def, size_t n, const double *state, size_t first, size_t count,
                    double *const *col)
{
    (void)def;
    for (size_t l = first; l < first + count; l++) {
        titr_sincos(state[A * n + l], &col[SIN_A][l], &col[COS_A][l]);
        titr_sincos(state[B * n + l], &col[SIN_B][l], &col[COS_B][l]);
        col[RATE_A][l] = state[W * n + l];
        col[RATE_B][l] = state[U * n + l];
    }
}

const titr_task_type titr_task_acrobot = {
    .part = {.name = "acrobot",
             .doc = "Acrobot-v1: swing a two-link chain above a line, reward -1 per step",
             .source = "sutton1996",
             TITR_OPTIONS(options, acrobot_def)},
    .shape = shape,
    .start = start,
    .step = step,
    .observe = observe,
};
