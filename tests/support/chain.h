// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/chain.h
 * @brief A linear chain with a closed form, on which solvers are tried:
 *        dA/dt = u - a A, dB/dt = a A - b B.
 */
#ifndef TITR_TESTS_SUPPORT_CHAIN_H
#define TITR_TESTS_SUPPORT_CHAIN_H

#include "titrate/solve/solver.h"

enum { CHAIN_RATE_A, CHAIN_RATE_B, CHAIN_N_THETA };

/** States a_mg, b_mg. Mode 0 has its Jacobian and masses that stay positive, mode 1 neither. */
extern const titr_model_type chain;
extern size_t chain_calls; /* of its right-hand side: what the solver had to do */

/** One span of the chain; fails the test unless the solver answers TITR_OK.
 *  @param[in] minutes NULL, or n_minutes rows of two values. @return its fault. */
titr_fault chain_run(titr_solver *solver, double from, double to, double *x, const double *u,
                     const double *theta, double *minutes, size_t n_minutes);

/** B at t without input from (a0, 0): a0 a/(b - a) (e^{-at} - e^{-bt}). */
double chain_exact_b(double a0, double a, double b, double t);

#endif
