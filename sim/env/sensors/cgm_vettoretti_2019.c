// SPDX-License-Identifier: GPL-3.0-or-later
/* Factory-calibrated CGM of ten days, Dexcom G6 [vettoretti2019sensors]: no two sensors alike.
 *
 *   felt(t) = (a0 + a1 d + a2 d^2) G(t) + b0 + v_n                      d days of the sensor  (1)
 *   v_n = alpha1 v_{n-1} + alpha2 v_{n-2} + sigma w_n,  w ~ N(0, 1)           every 5 min     (2)
 *   (a0, a1, a2, b0, alpha1, alpha2, sigma) ~ N(mean, spread covariance)    for each sensor   (3)
 *
 * As the program that its authors' group gives away draws it [replaybg]: spread = 0.9, and a draw
 * is thrown away if (2) is not stable by 0.02 or its SD is above 10 mg/dL. mean and covariance are
 * that program's, rounded to six digits. A new sensor goes in every life_days.
 * Oracle: moments of that rejection sampling (numpy),
 * tests/sim/env/sensors/test_cgm_vettoretti_2019.c.
 */
#include "drift.h"

#include "titrate/env/sensor.h"

#include <stddef.h>

enum { A0, A1, A2, B0, ALPHA1, ALPHA2, SIGMA, N_DRAWN };

static const double mean[N_DRAWN] = {0.942288, 0.00493988, -0.000584875, 6.38260,
                                     1.26041,  -0.402223,  3.25164};

/* Lower triangle L of covariance = L L^T: what correlates normal numbers. */
static const double factor[N_DRAWN][N_DRAWN] = {
    {0.115091},
    {-0.0343321, 0.0259635},
    {0.00271758, -0.00240735, 0.000751943},
    {1.36570, -2.15659, -1.10976, 4.61067},
    {0.0233525, -0.0226661, 0.00362037, 0.0102647, 0.140057},
    {-0.0251147, 0.0114370, -0.00616724, -0.0108046, -0.124607, 0.0475133},
    {-0.0276319, -0.141628, -0.205538, 0.0227644, -0.126922, -0.00816326, 0.802376},
};

typedef struct sensor_def {
    titri_sensor_faults faults; /* first: TITRI_SENSOR_FAULT_ROWS */
    double sample_time_min, life_days, spread, most_noise_mg_dl;
    titri_limits limits;
} sensor_def;

static const titr_option options[] = {
    TITRI_DRIFT_DEVICE_ROWS(sensor_def),
    {.name = "life_days",
     .kind = TITR_OPTION_REAL,
     .unit = "d",
     .init = 10.0,
     .lo = 0.1,
     .hi = 30.0,
     .doc = "days until the next sensor, whose error is drawn afresh",
     .source = "vettoretti2019sensors",
     .offset = offsetof(sensor_def, life_days)},
    {.name = "spread",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.9,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "share of the covariance with which sensors differ; 0 = all are the mean one",
     .source = "replaybg",
     .offset = offsetof(sensor_def, spread)},
    {.name = "most_noise_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 10.0,
     .lo = 8.0,
     .hi = 100.0,
     .doc = "sensors whose noise has a larger SD are drawn again",
     .source = "replaybg",
     .offset = offsetof(sensor_def, most_noise_mg_dl)},
    TITRI_SENSOR_FAULT_ROWS,
};

/* Rows of the state: the sensor's own numbers, then these. */
enum { NOW = N_DRAWN, BEFORE, STEP, DEVICE /* its number; -1: none */, SAMPLE, READING, N_STATE };

static titri_ar2 noise_of(const double *state, size_t lane)
{
    return (titri_ar2){TITR_AT(state, ALPHA1, lane), TITR_AT(state, ALPHA2, lane),
                       TITR_AT(state, SIGMA, lane)};
}

/* Whether a draw is kept. */
static int usable(const sensor_def *d, titri_ar2 noise)
{
    const int stable = noise.alpha2 >= -1.0 && noise.alpha2 <= 1.0 - fabs(noise.alpha1) - 0.02;
    const double variance = stable ? titri_ar2_variance(noise) : -1.0;
    return variance > 0.0 && variance <= d->most_noise_mg_dl * d->most_noise_mg_dl;
}

/* One draw of (3). @param[in] place of its first number in the stream. */
static void draw(const sensor_def *d, titr_rng_key key, uint32_t place, size_t lane, double *state)
{
    double z[N_DRAWN];
    for (uint32_t k = 0; k < N_DRAWN; k++) {
        z[k] = titr_rng_normal(key, place + k);
    }
    for (size_t i = 0; i < N_DRAWN; i++) {
        double sum = 0.0;
        for (size_t k = 0; k <= i; k++) {
            sum += factor[i][k] * z[k];
        }
        TITR_AT(state, i, lane) = mean[i] + sqrt(d->spread) * sum;
    }
}

enum { ATTEMPTS = 64 }; /* three of four draws are kept: 64 in vain are less likely than 1e-36 */

/* The sensor's numbers; its noise goes on from where the last one's was. */
static void put_in(const sensor_def *d, titr_rng_key key, double number, size_t lane, double *state)
{
    const titr_rng_key stream = titri_sensor_stream(key, TITRI_STREAM_DEVICE);
    uint32_t attempt = 0;
    do {
        const uint32_t place = ((uint32_t)number * ATTEMPTS + attempt) * N_DRAWN;
        draw(d, stream, place, lane, state);
    } while (!usable(d, noise_of(state, lane)) && ++attempt < ATTEMPTS);
    TITR_AT(state, DEVICE, lane) = number;
}

static void start(const void *def, titr_rng_key key, size_t lane, double *state)
{
    put_in(def, key, 0.0, lane, state);
    titri_ar2_start(noise_of(state, lane), key, &TITR_AT(state, NOW, lane),
                    &TITR_AT(state, BEFORE, lane));
    TITR_AT(state, STEP, lane) = TITR_AT(state, READING, lane) = 0.0;
    TITR_AT(state, SAMPLE, lane) = -1.0;
}

/* (1) of one lane at its sample. */
static double feel_lane(const sensor_def *d, titr_rng_key key, double time_min,
                        double glucose_mg_dl, size_t lane, double *state)
{
    const double life_min = d->life_days * TITR_MIN_PER_DAY;
    double *n = &TITR_AT(state, STEP, lane), *now = &TITR_AT(state, NOW, lane);
    while ((*n + 1.0) * TITRI_NOISE_STEP_MIN <= time_min) {
        *n += 1.0;
        const double number = floor(*n * TITRI_NOISE_STEP_MIN / life_min);
        if (number > TITR_AT(state, DEVICE, lane)) {
            put_in(d, key, number, lane, state);
        }
        titri_ar2_step(noise_of(state, lane), key, (uint32_t)*n, now,
                       &TITR_AT(state, BEFORE, lane));
    }
    const double days = (time_min - TITR_AT(state, DEVICE, lane) * life_min) / TITR_MIN_PER_DAY;
    const double a[3] = {TITR_AT(state, A0, lane), TITR_AT(state, A1, lane),
                         TITR_AT(state, A2, lane)};
    return titri_drift(a, days) * glucose_mg_dl + TITR_AT(state, B0, lane) + *now;
}

static void feel(const void *def, const titr_rng_key *key, const titri_samples *s,
                 const double *glucose_mg_dl, double *state, double *felt_mg_dl)
{
    for (size_t l = 0; l < TITR_LANES; l++) {
        felt_mg_dl[l] =
            s->due[l] ? feel_lane(def, key[l], s->time_min[l], glucose_mg_dl[l], l, state) : 0.0;
    }
}

static void read_sensor(const void *def, const titr_rng_key *key, const double *time_min,
                        const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    const sensor_def *d = def;
    const titri_device device = {&d->faults, d->limits, d->sample_time_min, SAMPLE, READING};
    titri_device_read(device, feel, def, key, time_min, glucose_mg_dl, state, reading_mg_dl);
}

const titr_sensor_type TITR_SYMBOL(titr_sensor_cgm_vettoretti_2019) = {
    .part = {.name = "cgm_vettoretti_2019",
             .doc = "CGM of ten days, every sensor with a drift and a noise of its own (G6)",
             .source = "vettoretti2019sensors",
             TITR_OPTIONS(options, sensor_def)},
    .n_state = N_STATE,
    .start = start,
    .read = read_sensor,
};
