// SPDX-License-Identifier: GPL-3.0-or-later
/* Continuous glucose monitor with the error model of Breton and Kovatchev [breton2008].
 *
 *   e_0 = v_0,  e_n = pacf (e_{n-1} + v_n),  v ~ N(0, 1)             every 15 min      (1)
 *   eps_n = xi + lambda sinh((e_n - gamma) / delta)                  Johnson SU, mg/dL (2)
 *   eps(t) = cubic spline through eps_n, blocks of 10 intervals      [simglucose]      (3)
 *   reading = glucose + eps(t), within [min, max]                    every sample time (4)
 *
 * (3): neighbouring blocks share a knot and nothing else; each spline has "not-a-knot" ends.
 * v_n is drawn at index n of the lane's stream, so the noise at a time does not depend on when or
 * how often the sensor was read.
 * Oracle: published SD, autocorrelation and quantiles, closed-form moments of (1) and (2), and
 * scipy's spline weights, tests/sim/env/sensors/test_cgm_breton_2008.c.
 */
#include "titrate/base/math.h"
#include "titrate/env/sensor.h"

#include <math.h>
#include <stddef.h>

#define KNOT_MIN 15.0
enum { INTERVALS = 10, KNOTS = INTERVALS + 1 };

typedef struct sensor_def {
    double sample_time_min, pacf, gamma, lambda_mg_dl, delta, xi_mg_dl, min_mg_dl, max_mg_dl;
} sensor_def;

typedef struct lane_state {
    double knot_mg_dl[KNOTS]; /* eps at the block's knots                                   */
    double curvature[KNOTS];  /* of the spline at its knots, mg/dL per (knot interval)^2    */
    double e;                 /* of equation (1) at the block's last knot                   */
    double block, sample;     /* numbers of the block held and of the last sample; -1: none */
    double reading_mg_dl;     /* at the last sample                                         */
} lane_state;

static const titr_option options[] = {
    {.name = "sample_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 5.0,
     .lo = 1.0,
     .hi = 60.0,
     .doc = "time between readings; 3 for the published environments' Dexcom",
     .source = "simglucose",
     .offset = offsetof(sensor_def, sample_time_min)},
    {.name = "pacf",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.7,
     .lo = 0.0,
     .hi = 0.99,
     .doc = "partial autocorrelation of the 15-min error series at lag 1",
     .source = "breton2008",
     .offset = offsetof(sensor_def, pacf)},
    {.name = "gamma",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = -0.5444,
     .lo = -10.0,
     .hi = 10.0,
     .doc = "Johnson SU shape: skewness",
     .source = "breton2008",
     .offset = offsetof(sensor_def, gamma)},
    {.name = "delta",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.6898,
     .lo = 0.5,
     .hi = 100.0,
     .doc = "Johnson SU shape: weight of the tails",
     .source = "breton2008",
     .offset = offsetof(sensor_def, delta)},
    {.name = "lambda_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 15.9574,
     .lo = 0.0,
     .hi = 100.0,
     .doc = "Johnson SU scale; 0 leaves the offset xi alone",
     .source = "simglucose",
     .offset = offsetof(sensor_def, lambda_mg_dl)},
    {.name = "xi_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = -5.47,
     .lo = -100.0,
     .hi = 100.0,
     .doc = "Johnson SU location",
     .source = "simglucose",
     .offset = offsetof(sensor_def, xi_mg_dl)},
    {.name = "min_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 39.0,
     .lo = 0.0,
     .hi = 100.0,
     .doc = "lowest reading that the device shows",
     .source = "simglucose",
     .offset = offsetof(sensor_def, min_mg_dl)},
    {.name = "max_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 600.0,
     .lo = 200.0,
     .hi = 2000.0,
     .doc = "highest reading that the device shows",
     .source = "simglucose",
     .offset = offsetof(sensor_def, max_mg_dl)},
};

/* Curvatures m of the not-a-knot spline through 11 equally spaced knots. With the second
 * differences d_i, the spline's equations m_{i-1} + 4 m_i + m_{i+1} = 6 d_i and the end conditions
 * m_0 = 2 m_1 - m_2 give m_1 = d_1 outright (and m_9 = d_9 likewise), so that a tridiagonal system
 * for m_2..m_8 remains. */
static void spline_curvature(const double *y, double *m)
{
    double slope[INTERVALS] = {0}; /* forward elimination: m_i = level_i - slope_i m_{i+1} */
    for (size_t i = 1; i < INTERVALS; i++) {
        m[i] = y[i - 1] - 2.0 * y[i] + y[i + 1];
    }
    for (size_t i = 2; i < INTERVALS - 1; i++) {
        const double pivot = 4.0 - slope[i - 1];
        slope[i] = 1.0 / pivot;
        m[i] = (6.0 * m[i] - m[i - 1]) / pivot;
    }
    for (size_t i = INTERVALS - 2; i > 1; i--) {
        m[i] -= slope[i] * m[i + 1];
    }
    m[0] = 2.0 * m[1] - m[2];
    m[INTERVALS] = 2.0 * m[INTERVALS - 1] - m[INTERVALS - 2];
}

/* Equation (2). */
static double johnson(const sensor_def *d, double e)
{
    return d->xi_mg_dl + d->lambda_mg_dl * titr_sinh((e - d->gamma) / d->delta);
}

/* Equations (1) and (2) for the block after the one held. */
static void next_block(const sensor_def *d, titr_rng_key key, lane_state *s)
{
    s->block += 1.0;
    const uint32_t first = INTERVALS * (uint32_t)s->block;
    if (first == 0) {
        s->e = titr_rng_normal(key, 0);
        s->knot_mg_dl[0] = johnson(d, s->e);
    } else {
        s->knot_mg_dl[0] = s->knot_mg_dl[INTERVALS];
    }
    for (uint32_t k = 1; k < KNOTS; k++) {
        s->e = d->pacf * (s->e + titr_rng_normal(key, first + k));
        s->knot_mg_dl[k] = johnson(d, s->e);
    }
    spline_curvature(s->knot_mg_dl, s->curvature);
}

/* Equation (3). */
static double noise_mg_dl(const sensor_def *d, titr_rng_key key, lane_state *s, double time_min)
{
    const double knot = floor(time_min / KNOT_MIN);
    const double block = floor(knot / INTERVALS);
    while (s->block < block) {
        next_block(d, key, s);
    }
    const size_t i = (size_t)(knot - INTERVALS * block);
    const double b = time_min / KNOT_MIN - knot, a = 1.0 - b;
    return a * s->knot_mg_dl[i] + b * s->knot_mg_dl[i + 1] +
           ((a * a * a - a) * s->curvature[i] + (b * b * b - b) * s->curvature[i + 1]) / 6.0;
}

static void start(const void *def, titr_rng_key key, void *state)
{
    (void)def;
    (void)key;
    *(lane_state *)state = (lane_state){.block = -1.0, .sample = -1.0};
}

/* Equation (4). */
static double read_sensor(const void *def, titr_rng_key key, void *state, double time_min,
                          double glucose_mg_dl)
{
    const sensor_def *d = def;
    lane_state *s = state;
    const double sample = floor(time_min / d->sample_time_min);
    if (sample > s->sample) {
        const double shown = glucose_mg_dl + noise_mg_dl(d, key, s, sample * d->sample_time_min);
        /* written so that a NaN stays one */
        s->reading_mg_dl =
            shown < d->min_mg_dl ? d->min_mg_dl : (shown > d->max_mg_dl ? d->max_mg_dl : shown);
        s->sample = sample;
    }
    return s->reading_mg_dl;
}

const titr_sensor_type titr_sensor_cgm_breton_2008 = {
    .part = {.name = "cgm_breton_2008",
             .doc = "CGM with autocorrelated, skewed noise of SD 11 mg/dL",
             .source = "breton2008",
             TITR_OPTIONS(options, sensor_def)},
    .state_size = sizeof(lane_state),
    .start = start,
    .read = read_sensor,
};
