// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/rk.h
 * @brief A plain Runge-Kutta solver of one-minute steps in two widths, for tests of what stands on
 *        solvers. It gives up on a lane that was long without insulin once RK_GIVES_UP_MIN has
 * passed.
 */
#ifndef TITR_TESTS_SUPPORT_RK_H
#define TITR_TESTS_SUPPORT_RK_H

#include "titrate/solve/solver.h"

#define RK_GIVES_UP_MIN 612.5

extern const titr_solver_type rk_narrow; /* one lane    */
extern const titr_solver_type rk_wide;   /* eight lanes */

#endif
