// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/safe_runs.h
 * @brief Random insulin and meals, far beyond reason, on every published subject in safe mode.
 */
#ifndef TITR_TESTS_SUPPORT_SAFE_RUNS_H
#define TITR_TESTS_SUPPORT_SAFE_RUNS_H

#include "titrate/base/option.h"

#include <stddef.h>

typedef struct safe_result {
    size_t runs, faults;
    double lowest;         /* lowest mass of all runs, over the tolerance of no state            */
    char lowest_state[32]; /* which state, in which run                                         */
    size_t lowest_run;
    double glucose_lo_mg_dl, glucose_hi_mg_dl; /* range that was visited */
    char fault[160];                           /* the first fault, as text */
} safe_result;

/** Run k of 12 h: subject k mod 30; basal redrawn every 30 to 120 min in [0, 20] times the child's
 *  own; up to 4 boluses of up to 1 U/kg; up to 4 meals of up to 150 g. Masses are looked at every
 *  minute. @param[in] solver borrowed. */
titr_status safe_runs(titr_slot solver, size_t first, size_t n, safe_result *out,
                      titr_error *err) TITR_NODISCARD;

#endif
