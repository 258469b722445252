// SPDX-License-Identifier: GPL-3.0-or-later
/* Which lanes take a sample now, and what a device then shows: within its limits, or nothing, and
 * until the next sample the same. */
#ifndef SIM_ENV_SENSORS_SAMPLES_H
#define SIM_ENV_SENSORS_SAMPLES_H

#include "faults.h"

/* What is shown of one block. */
typedef struct titri_samples {
    double number[TITR_LANES];   /* of the sample, the first being 0 */
    double time_min[TITR_LANES]; /* when it is taken                 */
    titr_flag due[TITR_LANES];   /* a sample is taken now            */
} titri_samples;

/* @param[in] taken [L] number of each lane's last sample, -1: none. @return 1 if any is due. */
static inline titr_flag titri_samples_due(double sample_time_min, const double *time_min,
                                          const double *taken, titri_samples *s)
{
    titr_flag some = 0;
    TITR_OR_LANES(l, some)
    {
        s->number[l] = floor(time_min[l] / sample_time_min);
        s->time_min[l] = s->number[l] * sample_time_min;
        s->due[l] = s->number[l] > taken[l];
        some |= s->due[l];
    }
    return some;
}

typedef struct titri_limits {
    double min_mg_dl, max_mg_dl;
} titri_limits;

/* The samples that are due, of glucose as the sensor feels it. @param[in,out] reading_mg_dl, taken
 * [L] rows of the sensor's state. */
static inline void titri_samples_show(const titri_sensor_faults *f, titri_limits limits,
                                      const titr_rng_key *key, const titri_samples *s,
                                      const double *felt_mg_dl, double *reading_mg_dl,
                                      double *taken)
{
    titr_flag lost[TITR_LANES];
    titri_samples_lost(f, key, s->time_min, s->due, lost);
    TITR_FOR_LANES(l)
    {
        const double shown = (1.0 + f->bias_fraction) * felt_mg_dl[l];
        /* written so that a NaN stays one */
        const double at_most = shown > limits.max_mg_dl ? limits.max_mg_dl : shown;
        const double within = shown < limits.min_mg_dl ? limits.min_mg_dl : at_most;
        const double reading = titr_pick(lost[l], (double)NAN, within);
        reading_mg_dl[l] = titr_pick(s->due[l], reading, reading_mg_dl[l]);
        taken[l] = titr_pick(s->due[l], s->number[l], taken[l]);
    }
}

/* What makes a reading of any sensor: its faults, its device and its rows of the state. */
typedef struct titri_device {
    const titri_sensor_faults *faults;
    titri_limits limits;
    double sample_time_min;
    size_t sample, reading; /* rows: number of the last sample (-1: none), its reading */
} titri_device;

/* What the sensor feels of a block whose samples s are due; [L], lanes that are not due are free.
 */
typedef void titri_feel_fn(const void *def, const titr_rng_key *key, const titri_samples *s,
                           const double *glucose_mg_dl, double *state, double *felt_mg_dl);

/* A sensor's `read`. */
TITR_INLINE void titri_device_read(titri_device device, titri_feel_fn *feel, const void *def,
                                   const titr_rng_key *key, const double *time_min,
                                   const double *glucose_mg_dl, double *state,
                                   double *reading_mg_dl)
{
    double *reading = &TITR_AT(state, device.reading, 0);
    double *taken = &TITR_AT(state, device.sample, 0);
    titri_samples s;
    if (titri_samples_due(device.sample_time_min, time_min, taken, &s)) {
        double felt_mg_dl[TITR_LANES];
        feel(def, key, &s, glucose_mg_dl, state, felt_mg_dl);
        titri_samples_show(device.faults, device.limits, key, &s, felt_mg_dl, reading, taken);
    }
    TITR_FOR_LANES(l)
    {
        reading_mg_dl[l] = reading[l];
    }
}

#endif
