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
#include "titrate/base/variant.h"

/** Rows of a block's state: [TITR_PUMP_ROWS][L] doubles. */
enum {
    TITR_PUMP_REMAINDER,  /* requested and not yet delivered, U, [0, pulse)                  */
    TITR_PUMP_BASAL,      /* accepted basal request of the current interval, U/h             */
    TITR_PUMP_PROGRAMMED, /* what the pump's display shows: basal rounded to its step, U/h   */
    TITR_PUMP_BOLUS,      /* accepted bolus, U, delivered in the interval's first minute     */
    TITR_PUMP_ROWS        /* number of rows */
};

/** A registered pump: a constant table of functions. */
typedef struct titr_pump_type {
    titr_part part; /* name, doc, source, options */
    /** Accept a request for the coming interval: limits are applied here.
     *  @param[in] basal_u_per_h, bolus_u [L] finite; negative requests are limited to 0. */
    void (*request)(const void *def, double *state, const double *basal_u_per_h,
                    const double *bolus_u);
    /** Insulin delivered in the next minute, U [L]; the bolus goes out in the first one. */
    void (*minute)(const void *def, double *state, double *delivered_u);
} titr_pump_type;

/** Registered pump by name. @return static object, NULL if unknown. */
const titr_pump_type *titr_pump_find(const char *name);
/** The same pump as another variant. */
const titr_pump_type *titr_pump_variant(const titr_pump_type *type, titr_variant variant);
/** Registered pumps in list order. @return static array of *n entries. */
const titr_pump_type *const *titr_pump_all(size_t *n);

#endif
