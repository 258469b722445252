// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/math_inline.h
 * @brief exp and tanh without branches, table or libm, so that loops over lanes vectorise.
 *
 *   exp:  k = round(x / ln 2), r = x - k ln 2, exp(x) = 2^k exp(r), |r| <= ln(2) / 2
 *   tanh: (1 - e) / (1 + e) with e = exp(-2 |x|), sign put back
 *
 * k is never cast to an integer (SSE2 has no such vector instruction): adding 1.5 * 2^52 leaves it
 * in the low bits of the sum. The polynomial interpolates at Chebyshev nodes (relative error of the
 * exact polynomial 1e-18). Included by titrate/base/math.h.
 */
#ifndef TITR_BASE_MATH_INLINE_H
#define TITR_BASE_MATH_INLINE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/** 1.5 * 2^52: added and taken away again, it rounds to a whole number. */
#define TITRI_MAGIC 0x1.8p52

/* 2^k from z = k + 1.5 * 2^52, -1022 <= k <= 1023. */
static inline double titri_pow2(double z)
{
    uint64_t bits;
    memcpy(&bits, &z, sizeof bits);
    bits = (bits + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale;
}

/* exp(x - k ln 2) for k the integer nearest to x / ln 2. */
static inline double titri_exp_reduced(double x, double k)
{
    /* ln 2 in two parts; k times the first is exact */
    const double hi = x - k * 0x1.62e42fefa4p-1;
    const double lo = k * -0x1.8432a1b0e2634p-43;
    const double r = hi - lo;
    const double tail = (hi - r) - lo;
    const double r2 = r * r;
    const double r4 = r2 * r2;
    /* (exp(r) - 1 - r - r^2 / 2) / r^3 */
    const double q01 = 0x1.5555555555556p-3 + r * 0x1.5555555555555p-5;
    const double q23 = 0x1.11111111109adp-7 + r * 0x1.6c16c16c167dep-10;
    const double q45 = 0x1.a01a01a7c8d47p-13 + r * 0x1.a01a01a47db6fp-16;
    const double q67 = 0x1.71de0d9c145dp-19 + r * 0x1.27e4e1ea0f53ap-22;
    const double q89 = 0x1.af38d53857513p-26 + r * 0x1.1f66f85dfa20ap-29;
    const double q = (q01 + r2 * q23) + r4 * ((q45 + r2 * q67) + r4 * q89);
    return 1.0 + (r + ((0.5 * r2 + r * r2 * q) + tail));
}

/** e^x, any x: at most 1 ulp (measured 0.84) while the result is normal, 1 ulp of 2^-1022 below;
 *  +inf from 709.783 on, 0 below -745.14; NaN stays NaN. */
static inline double titr_exp(double x)
{
    /* this order of the comparisons keeps NaN */
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    const double k = (x * 0x1.71547652b82fep+0 + TITRI_MAGIC) - TITRI_MAGIC;
    /* 2^k in two factors: k reaches beyond the exponents of a double at both ends */
    const double half = k * 0.5 + TITRI_MAGIC;
    const double rest = (k - (half - TITRI_MAGIC)) + TITRI_MAGIC;
    return titri_exp_reduced(x, k) * titri_pow2(half) * titri_pow2(rest);
}

/** Hyperbolic tangent, any x: absolute error at most 2.3e-16; exactly odd, exactly 1 from |x| = 20
 *  on; NaN stays NaN. */
static inline double titr_tanh(double x)
{
    const double a = fabs(x);
    const double y = a > 20.0 ? -40.0 : -2.0 * a;
    const double z = y * 0x1.71547652b82fep+0 + TITRI_MAGIC;
    const double e = titri_exp_reduced(y, z - TITRI_MAGIC) * titri_pow2(z);
    const double t = (1.0 - e) / (1.0 + e);
    return x < 0.0 ? -t : t;
}

#endif
