// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/math_inline.h
 * @brief Functions without branches, tables or libm, so that loops over lanes vectorise.
 *
 *   exp:  k = round(x / ln 2), r = x - k ln 2, exp(x) = 2^k exp(r), |r| <= ln(2) / 2
 *   tanh: (1 - e) / (1 + e) with e = exp(-2 |x|), sign put back
 *   tanh x - tanh y: 2 (p - q) / ((1 + p) (1 + q)) with p = e^2x, q = e^2y as powers of 2
 *   log:  x = 2^k m, m = 1 + f in [sqrt(1/2), sqrt(2)], s = f / (2 + f), R from a polynomial in
 * s^2: log((1 + s) / (1 - s)) = 2 s + s R,  log m = f - (f^2 / 2 - s (f^2 / 2 + R))
 *
 * k is never cast to or from an integer (SSE2 has no such vector instruction): adding 1.5 * 2^52
 * leaves it in the low bits of the sum. Cases are told apart by selects at the end. Polynomials
 * interpolate at Chebyshev nodes (relative error of the exact polynomials below 1e-17, of
 * titri_exp2's 6e-16). Included by titrate/base/math.h.
 */
#ifndef TITR_BASE_MATH_INLINE_H
#define TITR_BASE_MATH_INLINE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** 1.5 * 2^52: added and taken away again, it rounds to a whole number. */
#define TITRI_MAGIC 0x1.8p52

/** The bits of a double. */
static inline uint64_t titri_to_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/** The double of these bits. */
static inline double titri_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* c[0] + c[1] x + ... + c[7] x^7, without a loop: a loop inside a loop over lanes would have to be
 * unrolled before that one can become vectors. */
static inline double titri_polynomial(const double c[8], double x)
{
    const double upper = ((c[7] * x + c[6]) * x + c[5]) * x + c[4];
    return (((upper * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];
}

/* 2^k from z = k + 1.5 * 2^52, -1022 <= k <= 1023. */
static inline double titri_pow2(double z)
{
    return titri_from_bits((titri_to_bits(z) + 1023) << 52);
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
    const double doubled = -2.0 * fabs(x);
    const double y = doubled < -40.0 ? -40.0 : doubled;
    const double z = y * 0x1.71547652b82fep+0 + TITRI_MAGIC;
    const double e = titri_exp_reduced(y, z - TITRI_MAGIC) * titri_pow2(z);
    return copysign((1.0 - e) / (1.0 + e), x);
}

/** 2 / ln 2: from an argument of tanh to that of titr_tanh_difference. */
#define TITR_TANH_SCALE 0x1.71547652b82fep+1
/** And back: ln 2 / 2. */
#define TITR_TANH_UNIT 0x1.62e42fefa39efp-2

/* 2^x for |x| <= 60, relative error below 1e-15; NaN stays NaN. In this unit nothing has to be
 * taken off x but a whole number, which is exact. */
static inline double titri_exp2(double x)
{
    const double z = x + TITRI_MAGIC;
    const double f = x - (z - TITRI_MAGIC);
    const double f2 = f * f;
    const double f4 = f2 * f2;
    /* 2^f, |f| <= 1/2 */
    const double p01 = 1.0 + f * 0x1.62e42fefa39f7p-1;
    const double p23 = 0x1.ebfbdff82c590p-3 + f * 0x1.c6b08d7044119p-5;
    const double p45 = 0x1.3b2ab6fba385fp-7 + f * 0x1.5d87fe908f88ap-10;
    const double p67 = 0x1.4309130378460p-13 + f * 0x1.ffcb76789860fp-17;
    const double p89 = 0x1.62bfe46117445p-20 + f * 0x1.b6571de2f2351p-24;
    const double upper = (p45 + f2 * p67) + f4 * (p89 + f2 * 0x1.e5e9f548e5725p-28);
    return ((p01 + f2 * p23) + f4 * upper) * titri_pow2(z);
}

/** tanh(u / s) - tanh(v / s) with s = TITR_TANH_SCALE, any u and v: absolute error at most 1e-15;
 *  NaN stays NaN. One division instead of two, and what multiplies the arguments is the caller's to
 *  fold into its own constants. */
static inline double titr_tanh_difference(double u, double v)
{
    /* beyond 60 tanh is 1 to the last bit; this order of the comparisons keeps NaN */
    u = u > 60.0 ? 60.0 : u;
    v = v > 60.0 ? 60.0 : v;
    const double p = titri_exp2(u < -60.0 ? -60.0 : u);
    const double q = titri_exp2(v < -60.0 ? -60.0 : v);
    return 2.0 * (p - q) / ((1.0 + p) * (1.0 + q));
}

/** Natural logarithm, x > 0, within 1 ulp (measured 0.80); NaN for x < 0, -inf for 0. */
static inline double titr_log(double x)
{
    static const double r_over_z[8] = {
        0x1.5555555555558p-1, 0x1.9999999995273p-2, 0x1.2492492dfd879p-2, 0x1.c71c62d5e43dfp-3,
        0x1.7462b91bd6c45p-3, 0x1.39fdcce1da1aep-3, 0x1.2b5f6919aa514p-3,
    };
    const int subnormal = x < 0x1p-1022;
    const double normal = subnormal ? x * 0x1p54 : x;
    /* m = x / 2^k: add what carries into the exponent from sqrt(2) on */
    const uint64_t sqrt2_fraction = UINT64_C(0x6a09e667f3bcd);
    const uint64_t carried = titri_to_bits(normal) + (UINT64_C(0x10000000000000) - sqrt2_fraction);
    const uint64_t exponent = carried >> 52;
    /* the exponent as a double: put below the leading bit of 2^52 */
    const double k = titri_from_bits(exponent | UINT64_C(0x4330000000000000)) -
                     (subnormal ? 0x1p52 + 1077.0 : 0x1p52 + 1023.0);
    const double m = titri_from_bits(titri_to_bits(normal) - ((exponent - 1023) << 52));
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double half_sq = 0.5 * f * f;
    const double r = s * s * titri_polynomial(r_over_z, s * s);
    const double ln2_hi = 0x1.62e42fefa4p-1; /* k times it is exact */
    const double ln2_lo = -0x1.8432a1b0e2634p-43;
    double y = k * ln2_hi - ((half_sq - (s * (half_sq + r) + k * ln2_lo)) - f);
    y = x < HUGE_VAL ? y : x; /* and NaN */
    y = x == 0.0 ? -HUGE_VAL : y;
    return x < 0.0 ? (double)NAN : y;
}

/** x^y = exp(y log x) for x > 0: relative error below 1e-14 for |y log x| <= 28, growing with
 *  |y log x| (2e-16 each); 0 for x = 0 and y > 0, 1 for y = 0, NaN for x < 0. */
static inline double titr_pow(double x, double y)
{
    const double power = titr_exp(y * titr_log(x));
    return y == 0.0 ? 1.0 : power;
}

/* sin and cos of r in [-pi/4, pi/4]. */
static inline double titri_sine_kernel(double r)
{
    const double z = r * r;
    const double upper =
        (0x1.5e098556d302ep-33 * z + -0x1.ae60069e53ef1p-26) * z + 0x1.71de379252004p-19;
    const double p = ((upper * z + -0x1.a01a019e80693p-13) * z + 0x1.1111111110ba5p-7) * z +
                     -0x1.5555555555555p-3;
    return r + r * z * p;
}

static inline double titri_cosine_kernel(double r)
{
    const double z = r * r;
    const double upper =
        (-0x1.907c0e63adbb6p-37 * z + 0x1.1eeb66b683028p-29) * z + -0x1.27e4fa15bd814p-22;
    const double p = ((upper * z + 0x1.a01a019f4d0edp-16) * z + -0x1.6c16c16c16960p-10) * z +
                     0x1.5555555555555p-5;
    const double rounded = 1.0 - 0.5 * z;
    const double lost = (1.0 - rounded) - 0.5 * z;
    return rounded + (lost + z * z * p);
}

/** Sine and cosine of an angle in radians, |x| <= 1e5, absolute errors below 2e-16; NaN beyond. */
static inline void titr_sincos(double x, double *sine, double *cosine)
{
    /* pi/2 in parts of 33 bits: k times the first two is exact for |k| < 2^20 */
    const double z = x * 0x1.45f306dc9c883p-1 + TITRI_MAGIC;
    const double k = z - TITRI_MAGIC;
    const double r = ((x - k * 0x1.921fb544p+0) - k * 0x1.0b4611a6p-34) - k * 0x1.3198a2e037073p-69;
    const double s = titri_sine_kernel(r), c = titri_cosine_kernel(r);
    /* the quadrant: its first bit swaps the two, its second is the sign of the sine, and the sum of
     * both that of the cosine */
    const uint64_t quadrant = titri_to_bits(z);
    const uint64_t swap = UINT64_C(0) - (quadrant & 1U);
    const uint64_t s_bits = titri_to_bits(s), c_bits = titri_to_bits(c);
    const uint64_t s_sign = (quadrant & 2U) << 62, c_sign = ((quadrant + 1U) & 2U) << 62;
    const double y = titri_from_bits(((c_bits & swap) | (s_bits & ~swap)) ^ s_sign);
    const double w = titri_from_bits(((s_bits & swap) | (c_bits & ~swap)) ^ c_sign);
    const int fits = fabs(x) <= 1e5;
    *sine = fits ? y : (double)NAN;
    *cosine = fits ? w : (double)NAN;
}

/** Hyperbolic sine, relative error below 5e-16; +-inf beyond |x| = 710.47. */
static inline double titr_sinh(double x)
{
    static const double p[8] = {
        0x1.5555555555555p-3,  0x1.1111111111111p-7,  0x1.a01a01a01a001p-13, 0x1.71de3a556f96cp-19,
        0x1.ae6456792a77fp-26, 0x1.612467ccb2260p-33, 0x1.ae777c36fd5b6p-41, 0x1.99f0806c2628dp-49,
    };
    const double a = fabs(x), z = x * x;
    const double near = x + x * z * titri_polynomial(p, z);
    /* exp overflows before sinh does: its root from 700 on */
    const double e = titr_exp(a > 700.0 ? 0.5 * a : a);
    const double far = copysign(a > 700.0 ? 0.5 * e * e : 0.5 * (e - 1.0 / e), x);
    return a <= 1.0 ? near : far;
}

/* Ratio of polynomials of degree 7, den[0] = 1. */
static inline double titri_ratio(const double num[8], const double den[8], double x)
{
    return titri_polynomial(num, x) / titri_polynomial(den, x);
}

/** Quantile of the standard normal distribution [wichura1988, AS 241: PPND16 and its coefficients],
 *  p in (0, 1); error below 1e-15 max(1, |x|). */
static inline double titr_normal_quantile(double p)
{
    static const double a[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[8] = {1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
    static const double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                5.76949722146069140550e0,  3.64784832476320460504e0,
                                1.27045825245236838258e0,  2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    const double q = p - 0.5;
    const double middle = q * titri_ratio(a, b, 0.180625 - q * q);
    const double r = sqrt(-titr_log(q < 0.0 ? p : 1.0 - p));
    const double tail = r <= 5.0 ? titri_ratio(c, d, r - 1.6) : titri_ratio(e, f, r - 5.0);
    return fabs(q) <= 0.425 ? middle : copysign(tail, q);
}

#endif
