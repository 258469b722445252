// SPDX-License-Identifier: GPL-3.0-or-later
/* Readings of a sensor, and their moments. */
#ifndef TESTS_SENSORS_NOISE_H
#define TESTS_SENSORS_NOISE_H

#include "support/one_lane.h"

#include "support/part.h"

#include <criterion/criterion.h>
#include <math.h>

#define SENSOR_STATE_MAX 64 /* doubles */

/* What a sensor reads of steady glucose at k * step_min, less that glucose. */
static inline void sensor_errors(titr_slot slot, titr_rng_key key, double step_min,
                                 double glucose_mg_dl, double *error_mg_dl, size_t n)
{
    const titr_sensor_type *type = slot.type;
    double state[SENSOR_STATE_MAX];
    cr_assert(type->n_state <= SENSOR_STATE_MAX);
    type->start(slot.def, key, 0, state);
    for (size_t k = 0; k < n; k++) {
        error_mg_dl[k] =
            sensor_read(type, slot.def, key, state, step_min * (double)k, glucose_mg_dl) -
            glucose_mg_dl;
    }
}

typedef struct moments {
    double mean, sd, lag1, lag2; /* correlations with one and two samples before */
} moments;

static inline moments moments_of(const double *x, size_t n)
{
    double sum = 0.0, square = 0.0, one = 0.0, two = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    const double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        square += (x[i] - mean) * (x[i] - mean);
        one += i >= 1 ? (x[i] - mean) * (x[i - 1] - mean) : 0.0;
        two += i >= 2 ? (x[i] - mean) * (x[i - 2] - mean) : 0.0;
    }
    return (moments){mean, sqrt(square / (double)n), one / square, two / square};
}

/* Closed form of x_n = a1 x_{n-1} + a2 x_{n-2} + w, w of variance v: SD [box1970]. */
static inline double ar2_variance(double a1, double a2, double v)
{
    return v * (1.0 - a2) / ((1.0 + a2) * ((1.0 - a2) * (1.0 - a2) - a1 * a1));
}

/* Of one sensor that never is calibrated again: how often it is read changes nothing, between
 * samples its reading holds, and nothing but the device's range is shown. */
static inline void sensor_contract(const char *name)
{
    const titr_sensor_type *type = titr_sensor_find(name);
    const titr_rng_key key = {.seed = 4, .purpose = TITR_PURPOSE_SENSOR, .patient = 2, 7};
    titr_slot slot = test_slot(type);
    static double every[2001];
    double state[SENSOR_STATE_MAX];
    sensor_errors(slot, key, 5.0, 150.0, every, 2001);
    type->start(slot.def, key, 0, state);
    for (size_t i = 7; i <= 2000; i += 7) {
        cr_assert_eq(sensor_read(type, slot.def, key, state, 5.0 * (double)i, 150.0) - 150.0,
                     every[i], "%s, sample %zu", name, i);
    }
    type->start(slot.def, key, 0, state);
    double last = 0.0;
    for (int minute = 0; minute <= 30; minute++) {
        const double got = sensor_read(type, slot.def, key, state, minute, 100.0 + minute);
        cr_assert(minute % 5 == 0 ? got != last : got == last, "%s, minute %d", name, minute);
        last = got;
    }
    cr_assert_eq(sensor_read(type, slot.def, key, state, 35.0, 900.0), 400.0);
    cr_assert_eq(sensor_read(type, slot.def, key, state, 40.0, 1.0), 40.0);
    cr_assert(isnan(sensor_read(type, slot.def, key, state, 45.0, (double)NAN)));
    titr_slot_fini(&slot);
}

#endif
