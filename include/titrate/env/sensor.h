// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/sensor.h
 * @brief Glucose sensors: from true glucose to the reading the clinic sees.
 *
 * A sensor's noise is a function of its key and of time; its lane state is plain memory of
 * `state_size` bytes so that the environment can hold, copy and save it.
 */
#ifndef TITR_ENV_SENSOR_H
#define TITR_ENV_SENSOR_H

#include "titrate/base/option.h"
#include "titrate/base/rng.h"
#include "titrate/base/visit.h"

/** A registered sensor: a constant table of functions. */
typedef struct titr_sensor_type {
    titr_part part;    /* name, doc, source, options */
    size_t state_size; /* bytes per lane, a multiple of 8, doubles only */
    /** Start of an episode. @param[in] key purpose = TITR_PURPOSE_SENSOR. */
    void (*start)(const void *def, titr_rng_key key, void *state);
    /** Reading at time_min (a whole minute, never earlier than the last call's).
     *  Between samples the last reading holds. */
    double (*read)(const void *def, titr_rng_key key, void *state, double time_min,
                   double glucose_mg_dl);
} titr_sensor_type;

/** Registered sensor by name. @return static object, NULL if unknown. */
const titr_sensor_type *titr_sensor_find(const char *name);
/** Registered sensors in list order. @return static array of *n entries. */
const titr_sensor_type *const *titr_sensor_all(size_t *n);

#endif
