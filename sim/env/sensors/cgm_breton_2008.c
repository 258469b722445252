// SPDX-License-Identifier: GPL-3.0-or-later
/* Continuous glucose monitor with the error model of Breton and Kovatchev [breton2008].
 *
 *   e_0 = v_0,  e_n = pacf (e_{n-1} + v_n),  v ~ N(0, 1)             every 15 min      (1)
 *   eps_n = xi + lambda sinh((e_n - gamma) / delta)                  Johnson SU, mg/dL (2)
 *   eps(t) = cubic spline through eps_n, blocks of 10 intervals      [simglucose]      (3)
 *   reading = (1 + bias) (glucose + eps(t)), within [min, max]       every sample time (4)
 *
 * (3): neighbouring blocks share a knot and nothing else; each spline has "not-a-knot" ends.
 * v_n is drawn at index n of the lane's stream, so the noise at a time does not depend on when or
 * how often the sensor was read. Bias and losses: faults.h.
 * Oracle: published SD, autocorrelation and quantiles, closed-form moments of (1) and (2), and
 * scipy's spline weights, tests/sim/env/sensors/test_cgm_breton_2008.c.
 */
#include "samples.h"

#include "titrate/base/math.h"
#include "titrate/env/sensor.h"

#include <math.h>
#include <stddef.h>

#define KNOT_MIN 15.0
/* Draws of a block: one for each knot, and what fills the last vector. */
enum { INTERVALS = 10, KNOTS = INTERVALS + 1, DRAWS = 12 };

typedef struct sensor_def {
    titri_sensor_faults faults; /* first: TITRI_SENSOR_FAULT_ROWS */
    double sample_time_min, pacf, gamma, lambda_mg_dl, delta, xi_mg_dl, min_mg_dl, max_mg_dl;
} sensor_def;

/* Rows of the state. */
enum {
    KNOT,                      /* eps at the block's knots, mg/dL                           */
    CURVATURE = KNOT + KNOTS,  /* of the spline at its knots, mg/dL per (knot interval)^2   */
    ERROR = CURVATURE + KNOTS, /* e of equation (1) at the block's last knot                */
    BLOCK,                     /* number of the block held; -1: none                        */
    SAMPLE,                    /* number of the last sample; -1: none                       */
    READING,                   /* at the last sample, mg/dL                                 */
    N_STATE
};

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
    TITRI_SENSOR_FAULT_ROWS,
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

/* Equations (1) and (2) for the knots first .. first + 10 of one stream. @param[in,out] e of (1),
 * at knot `first` on entry unless that is 0. @param[out] knot_mg_dl [DRAWS], valid from 1 on, and
 * at 0 if first is 0. */
static void draw_knots(const sensor_def *d, titr_rng_key key, uint32_t first, double *e,
                       double *knot_mg_dl)
{
    double v[DRAWS], error[DRAWS] = {0.0};
    for (uint32_t k = 0; k < DRAWS; k++) {
        v[k] = titr_rng_normal(key, first + k);
    }
    error[0] = first == 0 ? v[0] : *e;
    for (size_t k = 1; k < KNOTS; k++) {
        error[k] = d->pacf * (error[k - 1] + v[k]);
    }
    *e = error[INTERVALS];
    for (size_t k = 0; k < DRAWS; k++) {
        knot_mg_dl[k] = d->xi_mg_dl + d->lambda_mg_dl * titr_sinh((error[k] - d->gamma) / d->delta);
    }
}

/* The block after the one that a lane holds. */
static void next_block(const sensor_def *d, titr_rng_key key, size_t lane, double *state)
{
    const double block = TITR_AT(state, BLOCK, lane) + 1.0;
    double knot_mg_dl[DRAWS], curvature[KNOTS];
    draw_knots(d, key, INTERVALS * (uint32_t)block, &TITR_AT(state, ERROR, lane), knot_mg_dl);
    if (block > 0.0) {
        knot_mg_dl[0] = TITR_AT(state, KNOT + INTERVALS, lane);
    }
    spline_curvature(knot_mg_dl, curvature);
    for (size_t k = 0; k < KNOTS; k++) {
        TITR_AT(state, KNOT + k, lane) = knot_mg_dl[k];
        TITR_AT(state, CURVATURE + k, lane) = curvature[k];
    }
    TITR_AT(state, BLOCK, lane) = block;
}

/* A time's place among the knots, and what the spline needs there. */
typedef struct place {
    double block[TITR_LANES], knot[TITR_LANES]; /* number of its block; of its knot in that */
    double b[TITR_LANES];                       /* how far it is from that knot to the next, 0-1 */
    double y0[TITR_LANES], y1[TITR_LANES], m0[TITR_LANES], m1[TITR_LANES];
} place;

/* Lanes that are not due stay at a knot that is there. */
static void find_place(const double *time_min, const titr_flag *due, place *p)
{
    TITR_FOR_LANES(l)
    {
        const double knots = time_min[l] / KNOT_MIN, knot = floor(knots);
        p->block[l] = floor(knot / INTERVALS);
        p->knot[l] = titr_pick(due[l], knot - INTERVALS * p->block[l], 0.0);
        p->b[l] = knots - knot;
    }
}

static void look_up(const sensor_def *d, const titr_rng_key *key, const titr_flag *due,
                    double *state, place *p)
{
    for (size_t l = 0; l < TITR_LANES; l++) {
        while (due[l] && TITR_AT(state, BLOCK, l) < p->block[l]) {
            next_block(d, key[l], l, state);
        }
        const size_t i = (size_t)p->knot[l];
        p->y0[l] = TITR_AT(state, KNOT + i, l);
        p->y1[l] = TITR_AT(state, KNOT + i + 1, l);
        p->m0[l] = TITR_AT(state, CURVATURE + i, l);
        p->m1[l] = TITR_AT(state, CURVATURE + i + 1, l);
    }
}

static void start(const void *def, titr_rng_key key, size_t lane, double *state)
{
    (void)def, (void)key;
    for (size_t i = 0; i < N_STATE; i++) {
        TITR_AT(state, i, lane) = 0.0;
    }
    TITR_AT(state, BLOCK, lane) = TITR_AT(state, SAMPLE, lane) = -1.0;
}

/* Equation (3), added. */
static void feel(const void *def, const titr_rng_key *key, const titri_samples *s,
                 const double *glucose_mg_dl, double *state, double *felt_mg_dl)
{
    place p;
    find_place(s->time_min, s->due, &p);
    look_up(def, key, s->due, state, &p);
    TITR_FOR_LANES(l)
    {
        const double b = p.b[l], a = 1.0 - b;
        const double noise_mg_dl = a * p.y0[l] + b * p.y1[l] +
                                   ((a * a * a - a) * p.m0[l] + (b * b * b - b) * p.m1[l]) / 6.0;
        felt_mg_dl[l] = glucose_mg_dl[l] + noise_mg_dl;
    }
}

static void read_sensor(const void *def, const titr_rng_key *key, const double *time_min,
                        const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    const sensor_def *d = def;
    const titri_device device = {
        &d->faults, {d->min_mg_dl, d->max_mg_dl}, d->sample_time_min, SAMPLE, READING};
    titri_device_read(device, feel, def, key, time_min, glucose_mg_dl, state, reading_mg_dl);
}

const titr_sensor_type TITR_SYMBOL(titr_sensor_cgm_breton_2008) = {
    .part = {.name = "cgm_breton_2008",
             .doc = "CGM with autocorrelated, skewed noise of SD 11 mg/dL",
             .source = "breton2008",
             TITR_OPTIONS(options, sensor_def)},
    .n_state = N_STATE,
    .start = start,
    .read = read_sensor,
};
