// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/math.h
 * @brief Elementary functions with the same bits on every machine and vector width.
 *
 * Nothing that reaches a trajectory may call libm (its results differ between versions and CPUs);
 * these use only + - * /, sqrt and integer operations on the bits, compiled without contraction.
 * sqrt, fabs, floor, ceil, trunc and comparisons are exact in IEEE 754 and may be used as they are.
 *
 * Accuracy (tests/sim/base/test_math.c, against quadruple precision): each bound is documented at
 * the function, in units in the last place over the stated range.
 */
#ifndef TITR_BASE_MATH_H
#define TITR_BASE_MATH_H

/* titr_exp and titr_tanh are static inline (branch-free, vectorisable), the others are functions.
 */
#include "titrate/base/math_inline.h"

/** Natural logarithm, x > 0, within 1 ulp (measured 0.80); NaN for x < 0, -inf for 0. */
double titr_log(double x);
/** x^y = exp(y log x) for x > 0: relative error below 1e-14 for |y log x| <= 28, growing with
 *  |y log x| (2e-16 each); 0 for x = 0 and y > 0, 1 for y = 0, NaN for x < 0. */
double titr_pow(double x, double y);
/** Hyperbolic sine, relative error below 5e-16; +-inf beyond |x| = 710.47. */
double titr_sinh(double x);
/** Sine of an angle in radians, |x| <= 1e5, absolute error below 2e-16; NaN beyond. */
double titr_sin(double x);
/** Quantile of the standard normal distribution [wichura1988, AS 241], p in (0, 1); error below
 *  1e-15 max(1, |x|). */
double titr_normal_quantile(double p);
/** Distribution function of the standard normal [west2005]; absolute error below 5e-16,
 *  relative error below 5e-8 for -36 <= x <= 0. */
double titr_normal_cdf(double x);

#endif
