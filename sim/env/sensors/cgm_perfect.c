// SPDX-License-Identifier: GPL-3.0-or-later
/* A sensor without error: true glucose at its sample times.
 * Oracle: what it is given, tests/sim/env/sensors/test_cgm_perfect.c. */
#include "titrate/base/lanes.h"
#include "titrate/env/sensor.h"

#include <math.h>
#include <stddef.h>

typedef struct sensor_def {
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
    (void)key;
    const double sample_time_min = ((const sensor_def *)def)->sample_time_min;
    TITR_FOR_LANES(l)
    {
        const double sample = floor(time_min[l] / sample_time_min);
        const titr_flag due = sample > TITR_AT(state, SAMPLE, l);
        const double held = TITR_AT(state, READING, l);
        TITR_AT(state, SAMPLE, l) = titr_pick(due, sample, TITR_AT(state, SAMPLE, l));
        TITR_AT(state, READING, l) = reading_mg_dl[l] = titr_pick(due, glucose_mg_dl[l], held);
    }
}

const titr_sensor_type TITR_SYMBOL(titr_sensor_cgm_perfect) = {
    .part = {.name = "cgm_perfect",
             .doc = "true glucose at its sample times, no error",
             .source = "titrate",
             TITR_OPTIONS(options, sensor_def)},
    .n_state = N_STATE,
    .start = start,
    .read = read_sensor,
};
