// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/sensor.h
 * @brief Glucose sensors: from true glucose to the reading the clinic sees.
 *
 * A sensor's noise is a function of its key and of time; its state is plain numbers so that the
 * environment can hold, copy and save it.
 *
 * Lanes   as in titrate/models/model.h: compiled once per variant, L = TITR_LANES.
 */
#ifndef TITR_ENV_SENSOR_H
#define TITR_ENV_SENSOR_H

#include "titrate/base/option.h"
#include "titrate/base/rng.h"
#include "titrate/base/variant.h"

/** A registered sensor: a constant table of functions. */
typedef struct titr_sensor_type {
    titr_part part; /* name, doc, source, options */
    size_t n_state; /* rows of a block's state: [n_state][L] doubles */
    /** Start of an episode in one lane. @param[in] key purpose = TITR_PURPOSE_SENSOR. */
    void (*start)(const void *def, titr_rng_key key, size_t lane, double *state);
    /** Readings of a block at time_min (whole minutes, in each lane never earlier than the last
     *  call's). Between samples the last reading holds, so a lane whose time stands still keeps it.
     *  @param[in] key, time_min, glucose_mg_dl [L]. @param[out] reading_mg_dl [L]; NaN while the
     *  sensor shows none, never at time 0. */
    void (*read)(const void *def, const titr_rng_key *key, const double *time_min,
                 const double *glucose_mg_dl, double *state, double *reading_mg_dl);
} titr_sensor_type;

/** Registered sensor by name. @return static object, NULL if unknown. */
const titr_sensor_type *titr_sensor_find(const char *name);
/** The same sensor as another variant. */
const titr_sensor_type *titr_sensor_variant(const titr_sensor_type *type, titr_variant variant);
/** Registered sensors in list order. @return static array of *n entries. */
const titr_sensor_type *const *titr_sensor_all(size_t *n);

#endif
