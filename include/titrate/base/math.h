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

/* titr_exp, titr_tanh, titr_tanh_difference, titr_log, titr_pow, titr_sinh, titr_sincos and
 * titr_normal_quantile: */
#include "titrate/base/math_inline.h"

/** Sine of an angle in radians, |x| <= 1e5, absolute error below 2e-16; NaN beyond. */
double titr_sin(double x);
/** Cosine, likewise. */
double titr_cos(double x);
/** Distribution function of the standard normal [west2005]; absolute error below 5e-16,
 *  relative error below 5e-8 for -36 <= x <= 0. */
double titr_normal_cdf(double x);

#endif
