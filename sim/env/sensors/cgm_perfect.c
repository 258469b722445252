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

static void feel(const void *def, const titr_rng_key *key, const titri_samples *s,
                 /* NOLINTNEXTLINE(readability-non-const-parameter): one type for all sensors */
                 const double *glucose_mg_dl, double *state, double *felt_mg_dl)
{
    (void)def, (void)key, (void)s, (void)state;
    memcpy(felt_mg_dl, glucose_mg_dl, TITR_LANES * sizeof *felt_mg_dl);
}

static void read_sensor(const void *def, const titr_rng_key *key, const double *time_min,
                        const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    const sensor_def *d = def;
    const titri_device device = {
        &d->faults, {-HUGE_VAL, HUGE_VAL}, d->sample_time_min, SAMPLE, READING};
    titri_device_read(device, feel, def, key, time_min, glucose_mg_dl, state, reading_mg_dl);
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
