// SPDX-License-Identifier: GPL-3.0-or-later
/* A sensor without error of its own: true glucose at its sample times. Bias and losses: faults.h.
 * Oracle: what it is given, tests/sim/env/sensors/test_cgm_perfect.c. */
#include "faults.h"

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
    double sample[TITR_LANES], sampled_min[TITR_LANES];
    titr_flag due[TITR_LANES], lost[TITR_LANES];
    TITR_FOR_LANES(l)
    {
        sample[l] = floor(time_min[l] / d->sample_time_min);
        sampled_min[l] = sample[l] * d->sample_time_min;
        due[l] = sample[l] > TITR_AT(state, SAMPLE, l);
    }
    titri_samples_lost(&d->faults, key, sampled_min, due, lost);
    TITR_FOR_LANES(l)
    {
        const double shown = (1.0 + d->faults.bias_fraction) * glucose_mg_dl[l];
        const double reading = titr_pick(lost[l], (double)NAN, shown);
        const double held = TITR_AT(state, READING, l);
        TITR_AT(state, SAMPLE, l) = titr_pick(due[l], sample[l], TITR_AT(state, SAMPLE, l));
        TITR_AT(state, READING, l) = reading_mg_dl[l] = titr_pick(due[l], reading, held);
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
