// SPDX-License-Identifier: GPL-3.0-or-later
/* The tolerances of the solvers that control their error, so that the same numbers mean the same:
 *
 *   error of one step in state i  <=  rtol |x_i| + atol_i
 *   atol_i = rtol * atol_factor * 1e-9 of the state's range
 *
 * Absolute tolerances are small against what matters clinically, so that masses near zero stay
 * accurate, and above zero, so that an empty stomach does not stop the solver. */
#ifndef SIM_SOLVE_TOLERANCE_H
#define SIM_SOLVE_TOLERANCE_H

#include "titrate/models/model.h"

/* The part of a solver's def that a config sets. */
typedef struct titri_tolerance_def {
    double rtol, atol_factor;
} titri_tolerance_def;

typedef struct titri_tolerance {
    double rtol, atol[TITR_STATES_MAX];
} titri_tolerance;

/* Option rows of the titri_tolerance_def at byte `at` of the solver's def. */
#define TITRI_OPTION_RTOL(rtol_init, at)                                                           \
    {                                                                                              \
        .name = "rtol", .kind = TITR_OPTION_REAL, .unit = "1", .init = (rtol_init), .lo = 1e-13,   \
        .hi = 1e-3, .doc = "relative tolerance of one step", .source = "choice",                   \
        .offset = (at) + offsetof(titri_tolerance_def, rtol)                                       \
    }
#define TITRI_OPTION_ATOL_FACTOR(at)                                                               \
    {                                                                                              \
        .name = "atol_factor", .kind = TITR_OPTION_REAL, .unit = "1", .init = 1.0, .lo = 1e-6,     \
        .hi = 1e6,                                                                                 \
        .doc = "absolute tolerance of a state = rtol * atol_factor * scale; scale = 1e-9 of the "  \
               "state's range",                                                                    \
        .source = "choice", .offset = (at) + offsetof(titri_tolerance_def, atol_factor)            \
    }

void titri_tolerance_init(titri_tolerance *out, titr_table states, titri_tolerance_def def);

/* How far below zero a mass may be [n]: 1e-9, or what the tolerances cannot tell from zero when
 * they are looser than cvode's default (docs/decisions.md, D18). */
void titri_tolerance_slack(const titri_tolerance *tolerance, size_t n, double *slack);

#endif
