// SPDX-License-Identifier: GPL-3.0-or-later
/* What may be wrong with any sensor beyond its own error: a gain that is off, and readings that are
 * lost.
 *
 *   reading = (1 + bias) x what the sensor would show, then within its limits               (1)
 *   a loss begins in every of n minutes of each day, drawn evenly from that day's 1,440; a   (2)
 *   sample in [beginning, beginning + length) shows nothing: NaN
 *
 * Losses are a function of their own stream and of time, so they are the same for every policy and
 * leave the sensor's noise as it was. The episode's first sample is never lost: whoever doses has
 * had a reading. Days are counted from the episode's start. */
#ifndef SIM_ENV_SENSORS_FAULTS_H
#define SIM_ENV_SENSORS_FAULTS_H

#include "titrate/base/lanes.h"
#include "titrate/base/option.h"
#include "titrate/base/rng.h"
#include "titrate/base/units.h"

#include <math.h>

#define TITRI_LOSSES_MAX 48 /* a day */

typedef struct titri_sensor_faults {
    double bias_fraction, loss_min;
    int64_t losses_per_day;
} titri_sensor_faults;

/* Option rows for a def that begins with its faults. */
#define TITRI_SENSOR_FAULT_ROWS                                                                    \
    {.name = "bias_fraction",                                                                      \
     .kind = TITR_OPTION_REAL,                                                                     \
     .unit = "1",                                                                                  \
     .init = 0.0,                                                                                  \
     .lo = -0.5,                                                                                   \
     .hi = 0.5,                                                                                    \
     .doc = "every reading is off by this fraction of itself: 0.1 shows 110 for 100",              \
     .source = "choice",                                                                           \
     .offset = offsetof(titri_sensor_faults, bias_fraction)},                                      \
        {.name = "losses_per_day",                                                                 \
         .kind = TITR_OPTION_INT,                                                                  \
         .unit = "1",                                                                              \
         .init = 0.0,                                                                              \
         .lo = 0.0,                                                                                \
         .hi = TITRI_LOSSES_MAX,                                                                   \
         .doc = "times a day that the sensor shows nothing for loss_min, each from a random "      \
                "minute on; 0 = never",                                                            \
         .source = "choice",                                                                       \
         .offset = offsetof(titri_sensor_faults, losses_per_day)},                                 \
    {                                                                                              \
        .name = "loss_min", .kind = TITR_OPTION_REAL, .unit = "min", .init = 30.0, .lo = 1.0,      \
        .hi = TITR_MIN_PER_DAY, .doc = "length of each of these losses", .source = "choice",       \
        .offset = offsetof(titri_sensor_faults, loss_min)                                          \
    }

/* Equation (2) for a sample at time_min. @param[in] key of the sensor's stream. */
static inline int titri_sample_lost(const titri_sensor_faults *f, titr_rng_key key, double time_min)
{
    const uint32_t today = (uint32_t)(time_min / TITR_MIN_PER_DAY);
    key.purpose += 1U << TITR_PURPOSE_PART_SHIFT;
    for (uint32_t day = today > 0 ? today - 1 : 0; time_min > 0.0 && day <= today; day++) {
        for (uint32_t k = 0; k < f->losses_per_day; k++) {
            const uint32_t index = day * TITRI_LOSSES_MAX + k;
            const double minute = floor(TITR_MIN_PER_DAY * titr_rng_uniform(key, index));
            const double since = time_min - (TITR_MIN_PER_DAY * (double)day + minute);
            if (since >= 0.0 && since < f->loss_min) {
                return 1;
            }
        }
    }
    return 0;
}

/* The same of a block. @param[in] time_min [L] of the samples due. @param[out] lost [L]. */
static inline void titri_samples_lost(const titri_sensor_faults *f, const titr_rng_key *key,
                                      const double *time_min, const titr_flag *due, titr_flag *lost)
{
    for (size_t l = 0; l < TITR_LANES; l++) {
        lost[l] = f->losses_per_day > 0 && due[l] && titri_sample_lost(f, key[l], time_min[l]);
    }
}

#endif
