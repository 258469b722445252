// SPDX-License-Identifier: GPL-3.0-or-later
/* A sensor without error of its own: true glucose at its sample times. Bias and losses: faults.h.
 * Oracle: what it is given, tests/sim/env/sensors/test_cgm_perfect.c. */
#include "samples.h"

#include "titrate/env/sensor.h"

#include <math.h>
#include <stddef.h>

typedef struct sensor_def {
    titri_sensor_faults faults; /* first: TITRI_SENSOR_FAULT_ROWS */
    double sample_time_min;
} sensor_def;

enum { SAMPLE /* number of the last sample; -1: none */, READING, N_STATE };

static const titr_option options[] = {
    {.name = "sample_time_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 5.0,
     .lo = 1.0,
     .hi = 60.0,
     .doc = "time between readings",
     .source = "choice",
     .offset = offsetof(sensor_def, sample_time_min)},
    TITRI_SENSOR_FAULT_ROWS,
};

static void start(const void *def, titr_rng_key key, size_t lane, double *state)
{
    (void)def, (void)key;
    TITR_AT(state, SAMPLE, lane) = -1.0;
    TITR_AT(state, READING, lane) = 0.0;
}

static void read_sensor(const void *def, const titr_rng_key *key, const double *time_min,
                        const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    const sensor_def *d = def;
    const titri_limits none = {-HUGE_VAL, HUGE_VAL};
    double *reading = &TITR_AT(state, READING, 0), *taken = &TITR_AT(state, SAMPLE, 0);
    titri_samples s;
    if (titri_samples_due(d->sample_time_min, time_min, taken, &s)) {
        titri_samples_show(&d->faults, none, key, &s, glucose_mg_dl, reading, taken);
    }
    TITR_FOR_LANES(l)
    {
        reading_mg_dl[l] = reading[l];
    }
}

const titr_sensor_type TITR_SYMBOL(titr_sensor_cgm_perfect) = {
    .part = {.name = "cgm_perfect",
             .doc = "true glucose at its sample times, no error of its own",
             .source = "titrate",
             TITR_OPTIONS(options, sensor_def)},
    .n_state = N_STATE,
    .start = start,
    .read = read_sensor,
};
