// SPDX-License-Identifier: GPL-3.0-or-later
/* Sensors whose error is a line of calibration that drifts and noise that remembers two steps
 * [facchinetti2014]:
 *
 *   felt(t) = a(d) G(t) + b(d) + v_n + c_n                                                  (1)
 *   a(d) = a0 + a1 d + a2 d^2,  b(d) = b0 + b1 d + b2 d^2,  d days since the calibration    (2)
 *   v_n = alpha1 v_{n-1} + alpha2 v_{n-2} + sigma w_n,  w ~ N(0, 1), n every 5 min          (3)
 *
 * c_n, what all sensors of a person have in common, is another process like (3). Both begin in
 * their stationary distribution. Draws are at index n of a stream of their own, so noise does not
 * depend on when or how often the sensor was read. That n counts 5 min is [vettoretti2019sensors]
 * for that model and assumed for the others, of which a peer takes a step every minute. */
#ifndef SIM_ENV_SENSORS_DRIFT_H
#define SIM_ENV_SENSORS_DRIFT_H

#include "samples.h"

#include "titrate/env/sensor.h"

#include <stddef.h>

#define TITRI_NOISE_STEP_MIN 5.0
enum { TITRI_STREAM_OWN = 0, TITRI_STREAM_LOSSES = 1, TITRI_STREAM_COMMON, TITRI_STREAM_DEVICE };

/* (3): its numbers, and where it is. */
typedef struct titri_ar2 {
    double alpha1, alpha2, sigma_mg_dl;
} titri_ar2;

/* A stream beside the sensor's own one. */
static inline titr_rng_key titri_sensor_stream(titr_rng_key key, uint32_t stream)
{
    key.purpose += stream << TITR_PURPOSE_PART_SHIFT;
    return key;
}

/* Variance of (3) once it has forgotten its beginning, (mg/dL)^2; not above 0: it never does. */
static inline double titri_ar2_variance(titri_ar2 p)
{
    const double near = p.alpha1 / (1.0 - p.alpha2); /* correlation of neighbours */
    return p.sigma_mg_dl * p.sigma_mg_dl /
           (1.0 - p.alpha1 * near - p.alpha2 * (p.alpha1 * near + p.alpha2));
}

/* v_0 and v_{-1}. */
static inline void titri_ar2_start(titri_ar2 p, titr_rng_key key, double *now, double *before)
{
    const double sd = sqrt(titri_ar2_variance(p)), near = p.alpha1 / (1.0 - p.alpha2);
    *before = sd * titr_rng_normal(key, 0);
    *now = near * *before + sd * sqrt(1.0 - near * near) * titr_rng_normal(key, 1);
}

/* From v_{n-1} to v_n. */
static inline void titri_ar2_step(titri_ar2 p, titr_rng_key key, uint32_t n, double *now,
                                  double *before)
{
    const double next =
        p.alpha1 * *now + p.alpha2 * *before + p.sigma_mg_dl * titr_rng_normal(key, n + 1);
    *before = *now;
    *now = next;
}

/* (2) for one of its two lines. */
static inline double titri_drift(const double c[3], double days)
{
    return c[0] + days * (c[1] + days * c[2]);
}

/* ---- sensors with the same numbers for everyone: their def, their options, their state ---- */

typedef struct titri_drift_def {
    titri_sensor_faults faults; /* first: TITRI_SENSOR_FAULT_ROWS */
    double sample_time_min, calibrate_every_days, noise;
    double a[3], b[3];
    titri_limits limits;
} titri_drift_def;

/* A model's noise: the sensor's own, and what all of a person's sensors share (sigma 0: none). */
typedef struct titri_drift_noise {
    titri_ar2 own, common;
} titri_drift_noise;

/* NOLINTBEGIN(bugprone-macro-parentheses): members of an initialiser take bare values */
#define TITRI_DRIFT_REAL(key, u, value, low, high, text, from, field)                              \
    {                                                                                              \
        .name = key, .kind = TITR_OPTION_REAL, .unit = u, .init = value, .lo = low, .hi = high,    \
        .doc = text, .source = from, .offset = offsetof(titri_drift_def, field)                    \
    }
/* What every device has. */
#define TITRI_DRIFT_DEVICE_ROWS(type)                                                              \
    {.name = "sample_time_min",                                                                    \
     .kind = TITR_OPTION_REAL,                                                                     \
     .unit = "min",                                                                                \
     .init = 5.0,                                                                                  \
     .lo = 1.0,                                                                                    \
     .hi = 60.0,                                                                                   \
     .doc = "time between readings",                                                               \
     .source = "vettoretti2019sensors",                                                            \
     .offset = offsetof(type, sample_time_min)},                                                   \
        {.name = "min_mg_dl",                                                                      \
         .kind = TITR_OPTION_REAL,                                                                 \
         .unit = "mg/dL",                                                                          \
         .init = 40.0,                                                                             \
         .lo = 0.0,                                                                                \
         .hi = 100.0,                                                                              \
         .doc = "lowest reading that the device shows",                                            \
         .source = "replaybg",                                                                     \
         .offset = offsetof(type, limits.min_mg_dl)},                                              \
    {                                                                                              \
        .name = "max_mg_dl", .kind = TITR_OPTION_REAL, .unit = "mg/dL", .init = 400.0,             \
        .lo = 200.0, .hi = 2000.0, .doc = "highest reading that the device shows",                 \
        .source = "replaybg", .offset = offsetof(type, limits.max_mg_dl)                           \
    }
/* All rows of a titri_drift_def: the calibration line as published in `from`. */
#define TITRI_DRIFT_ROWS(from, a0, a1, a2, b0, b1, b2)                                             \
    TITRI_DRIFT_DEVICE_ROWS(titri_drift_def),                                                      \
        TITRI_DRIFT_REAL("calibrate_every_days", "d", 0.5, 0.01, 30.0,                             \
                         "days from one calibration to the next, where drift begins again",        \
                         "assumed", calibrate_every_days),                                         \
        TITRI_DRIFT_REAL("a0", "1", a0, -2.0, 2.0,                                                 \
                         "gain of the calibration line, power 0 of the days since", from, a[0]),   \
        TITRI_DRIFT_REAL("a1_per_d", "/d", a1, -2.0, 2.0,                                          \
                         "gain of the calibration line, power 1 of the days since", from, a[1]),   \
        TITRI_DRIFT_REAL("a2_per_d2", "/d2", a2, -2.0, 2.0,                                        \
                         "gain of the calibration line, power 2 of the days since", from, a[2]),   \
        TITRI_DRIFT_REAL("b0_mg_dl", "mg/dL", b0, -100.0, 100.0,                                   \
                         "offset of the calibration line, power 0 of the days since", from, b[0]), \
        TITRI_DRIFT_REAL("b1_mg_dl_per_d", "mg/dL/d", b1, -100.0, 100.0,                           \
                         "offset of the calibration line, power 1 of the days since", from, b[1]), \
        TITRI_DRIFT_REAL("b2_mg_dl_per_d2", "mg/dL/d2", b2, -100.0, 100.0,                         \
                         "offset of the calibration line, power 2 of the days since", from, b[2]), \
        TITRI_DRIFT_REAL("noise", "1", 1.0, 0.0, 5.0, "times the published noise", from, noise),   \
        TITRI_SENSOR_FAULT_ROWS
/* NOLINTEND(bugprone-macro-parentheses) */

enum {
    TITRI_DRIFT_NOW,    /* v_n, mg/dL                        */
    TITRI_DRIFT_BEFORE, /* v_{n-1}                           */
    TITRI_DRIFT_COMMON, /* c_n                               */
    TITRI_DRIFT_COMMON_BEFORE,
    TITRI_DRIFT_STEP,   /* n */
    TITRI_DRIFT_SAMPLE, /* number of the last sample; -1: none */
    TITRI_DRIFT_READING,
    TITRI_DRIFT_STATES
};

static inline void titri_drift_start(const titri_drift_noise *noise, titr_rng_key key, size_t lane,
                                     double *state)
{
    for (size_t i = 0; i < TITRI_DRIFT_STATES; i++) {
        TITR_AT(state, i, lane) = 0.0;
    }
    titri_ar2_start(noise->own, key, &TITR_AT(state, TITRI_DRIFT_NOW, lane),
                    &TITR_AT(state, TITRI_DRIFT_BEFORE, lane));
    titri_ar2_start(noise->common, titri_sensor_stream(key, TITRI_STREAM_COMMON),
                    &TITR_AT(state, TITRI_DRIFT_COMMON, lane),
                    &TITR_AT(state, TITRI_DRIFT_COMMON_BEFORE, lane));
    TITR_AT(state, TITRI_DRIFT_SAMPLE, lane) = -1.0;
}

/* Noise of one lane at its sample. */
static inline double titri_drift_noise_at(const titri_drift_noise *noise, titr_rng_key key,
                                          double time_min, size_t lane, double *state)
{
    double *n = &TITR_AT(state, TITRI_DRIFT_STEP, lane);
    double *now = &TITR_AT(state, TITRI_DRIFT_NOW, lane);
    double *common = &TITR_AT(state, TITRI_DRIFT_COMMON, lane);
    const titr_rng_key other = titri_sensor_stream(key, TITRI_STREAM_COMMON);
    while ((*n + 1.0) * TITRI_NOISE_STEP_MIN <= time_min) {
        *n += 1.0;
        titri_ar2_step(noise->own, key, (uint32_t)*n, now,
                       &TITR_AT(state, TITRI_DRIFT_BEFORE, lane));
        if (noise->common.sigma_mg_dl > 0.0) {
            titri_ar2_step(noise->common, other, (uint32_t)*n, common,
                           &TITR_AT(state, TITRI_DRIFT_COMMON_BEFORE, lane));
        }
    }
    return *now + *common;
}

/* (1) of a block. */
static inline void titri_drift_feel(const titri_drift_def *d, const titri_drift_noise *noise,
                                    const titr_rng_key *key, const titri_samples *s,
                                    const double *glucose_mg_dl, double *state, double *felt_mg_dl)
{
    for (size_t l = 0; l < TITR_LANES; l++) {
        const double days = fmod(s->time_min[l] / TITR_MIN_PER_DAY, d->calibrate_every_days);
        const double noise_mg_dl =
            s->due[l] ? d->noise * titri_drift_noise_at(noise, key[l], s->time_min[l], l, state)
                      : 0.0;
        felt_mg_dl[l] =
            titri_drift(d->a, days) * glucose_mg_dl[l] + titri_drift(d->b, days) + noise_mg_dl;
    }
}

/* The part `sensor`, of figures as its parameters say, with the rows `options` of a titri_drift_def
 * and the noise `noise` of its file. */
/* NOLINTBEGIN(bugprone-macro-parentheses): initialisers and names are no expressions */
#define TITRI_DRIFT_SENSOR(sensor, about, from)                                                    \
    static void start(const void *def, titr_rng_key key, size_t lane, double *state)               \
    {                                                                                              \
        (void)def;                                                                                 \
        titri_drift_start(&noise, key, lane, state);                                               \
    }                                                                                              \
    static void feel(const void *def, const titr_rng_key *key, const titri_samples *s,             \
                     const double *glucose_mg_dl, double *state, double *felt_mg_dl)               \
    {                                                                                              \
        titri_drift_feel(def, &noise, key, s, glucose_mg_dl, state, felt_mg_dl);                   \
    }                                                                                              \
    static void read_sensor(const void *def, const titr_rng_key *key, const double *time_min,      \
                            const double *glucose_mg_dl, double *state, double *reading_mg_dl)     \
    {                                                                                              \
        const titri_drift_def *d = def;                                                            \
        const titri_device device = {&d->faults, d->limits, d->sample_time_min,                    \
                                     TITRI_DRIFT_SAMPLE, TITRI_DRIFT_READING};                     \
        titri_device_read(device, feel, def, key, time_min, glucose_mg_dl, state, reading_mg_dl);  \
    }                                                                                              \
    const titr_sensor_type TITR_SYMBOL(titr_sensor_##sensor) = {                                   \
        .part = {.name = #sensor,                                                                  \
                 .doc = about,                                                                     \
                 .source = from,                                                                   \
                 TITR_OPTIONS(options, titri_drift_def)},                                          \
        .n_state = TITRI_DRIFT_STATES,                                                             \
        .start = start,                                                                            \
        .read = read_sensor,                                                                       \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
