// SPDX-License-Identifier: GPL-3.0-or-later
/* A sensor without error: true glucose at its sample times.
 * Oracle: what it is given, tests/sim/env/sensors/test_cgm_perfect.c. */
#include "titrate/env/sensor.h"

#include <math.h>
#include <stddef.h>

typedef struct sensor_def {
    double sample_time_min;
} sensor_def;

typedef struct lane_state {
    double sample; /* number of the last sample; -1: none */
    double reading_mg_dl;
} lane_state;

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

static void start(const void *def, titr_rng_key key, void *state)
{
    (void)def;
    (void)key;
    *(lane_state *)state = (lane_state){.sample = -1.0};
}

static double read_sensor(const void *def, titr_rng_key key, void *state, double time_min,
                          double glucose_mg_dl)
{
    (void)key;
    lane_state *s = state;
    const double sample = floor(time_min / ((const sensor_def *)def)->sample_time_min);
    if (sample > s->sample) {
        *s = (lane_state){sample, glucose_mg_dl};
    }
    return s->reading_mg_dl;
}

const titr_sensor_type titr_sensor_cgm_perfect = {
    .part = {.name = "cgm_perfect",
             .doc = "true glucose at its sample times, no error",
             .source = "titrate",
             TITR_OPTIONS(options, sensor_def)},
    .state_size = sizeof(lane_state),
    .start = start,
    .read = read_sensor,
};
