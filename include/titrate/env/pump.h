// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/pump.h
 * @brief Insulin pumps: from the requested dose to what is delivered, minute by minute.
 *
 * Units   basal in U/h, bolus in U. The undelivered remainder of a request (rate rounding, part of
 * a pulse) is carried over, so over any window delivered = requested (after limits) within one
 *         pulse.
 */
#ifndef TITR_ENV_PUMP_H
#define TITR_ENV_PUMP_H

#include "titrate/base/option.h"

/** Lane state: doubles only. */
typedef struct titr_pump_state {
    double remainder_u;        /* requested and not yet delivered, [0, pulse)          */
    double basal_u_per_h;      /* accepted basal request of the current interval       */
    double programmed_u_per_h; /* what the pump's display shows: rounded to its step   */
    double bolus_u;            /* accepted bolus, delivered in the interval's first minute */
} titr_pump_state;

/** A registered pump: a constant table of functions. */
typedef struct titr_pump_type {
    titr_part part; /* name, doc, source, options */
    /** Accept a request for the coming interval: limits are applied here.
     *  @param[in] basal_u_per_h, bolus_u finite; negative requests are limited to 0. */
    void (*request)(const void *def, titr_pump_state *state, double basal_u_per_h, double bolus_u);
    /** Insulin delivered in the next minute, U; the bolus goes out in the first one. */
    double (*minute)(const void *def, titr_pump_state *state);
} titr_pump_type;

/** Registered pump by name. @return static object, NULL if unknown. */
const titr_pump_type *titr_pump_find(const char *name);
/** Registered pumps in list order. @return static array of *n entries. */
const titr_pump_type *const *titr_pump_all(size_t *n);

#endif
