// SPDX-License-Identifier: GPL-3.0-or-later
/* Elementary functions of + - * /, sqrt and operations on the bits. Polynomials interpolate at
 * Chebyshev nodes; the error of each exact polynomial is below 1e-17 relative. */
#include "titrate/base/math.h"

static uint64_t to_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* c[0] + c[1] x + ... + c[n-1] x^(n-1) */
static double polynomial(const double *c, size_t n, double x)
{
    double sum = c[n - 1];
    for (size_t i = n - 1; i-- > 0;) {
        sum = sum * x + c[i];
    }
    return sum;
}
#define POLYNOMIAL(c, x) polynomial((c), sizeof(c) / sizeof(c)[0], (x))

/* log(m) for m = 1 + f in [sqrt(1/2), sqrt(2)], s = f / (2 + f):
 *   log((1 + s) / (1 - s)) = 2 s + s R(s^2),  log m = f - (f^2 / 2 - s (f^2 / 2 + R)) */
double titr_log(double x)
{
    static const double r_over_z[] = {
        0x1.5555555555558p-1, 0x1.9999999995273p-2, 0x1.2492492dfd879p-2, 0x1.c71c62d5e43dfp-3,
        0x1.7462b91bd6c45p-3, 0x1.39fdcce1da1aep-3, 0x1.2b5f6919aa514p-3,
    };
    if (!(x > 0.0 && x < HUGE_VAL)) {
        return x == 0.0 ? -HUGE_VAL : x < 0.0 ? (double)NAN : x;
    }
    double k = 0.0;
    if (x < 0x1p-1022) { /* subnormal */
        x *= 0x1p54;
        k = -54.0;
    }
    /* m = x / 2^k: add what carries into the exponent from sqrt(2) on */
    const uint64_t sqrt2_fraction = UINT64_C(0x6a09e667f3bcd);
    const uint64_t bits = to_bits(x) + (UINT64_C(0x10000000000000) - sqrt2_fraction);
    const uint64_t exponent = bits >> 52;
    const uint64_t fraction = to_bits(x) & UINT64_C(0xfffffffffffff);
    k += (double)(int)exponent - 1023.0;
    const double m = from_bits(
        fraction | (fraction < sqrt2_fraction ? UINT64_C(0x3ff) << 52 : UINT64_C(0x3fe) << 52));
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double half_sq = 0.5 * f * f;
    const double r = s * s * POLYNOMIAL(r_over_z, s * s);
    const double ln2_hi = 0x1.62e42fefa4p-1; /* k times it is exact */
    const double ln2_lo = -0x1.8432a1b0e2634p-43;
    return k * ln2_hi - ((half_sq - (s * (half_sq + r) + k * ln2_lo)) - f);
}

double titr_pow(double x, double y)
{
    return y == 0.0 ? 1.0 : titr_exp(y * titr_log(x));
}

double titr_sinh(double x)
{
    static const double p[] = {
        0x1.5555555555555p-3,  0x1.1111111111111p-7,  0x1.a01a01a01a001p-13, 0x1.71de3a556f96cp-19,
        0x1.ae6456792a77fp-26, 0x1.612467ccb2260p-33, 0x1.ae777c36fd5b6p-41, 0x1.99f0806c2628dp-49,
    };
    const double a = fabs(x);
    if (a <= 1.0) {
        const double z = x * x;
        return x + x * z * POLYNOMIAL(p, z);
    }
    if (a > 700.0) { /* exp overflows before sinh does */
        const double half = titr_exp(0.5 * a);
        return copysign(0.5 * half * half, x);
    }
    const double e = titr_exp(a);
    return copysign(0.5 * (e - 1.0 / e), x);
}

/* sin and cos of r in [-pi/4, pi/4]. */
static double sine_kernel(double r)
{
    static const double p[] = {
        -0x1.5555555555555p-3, 0x1.1111111110ba5p-7,   -0x1.a01a019e80693p-13,
        0x1.71de379252004p-19, -0x1.ae60069e53ef1p-26, 0x1.5e098556d302ep-33,
    };
    const double z = r * r;
    return r + r * z * POLYNOMIAL(p, z);
}

static double cosine_kernel(double r)
{
    static const double p[] = {
        0x1.5555555555555p-5,   -0x1.6c16c16c16960p-10, 0x1.a01a019f4d0edp-16,
        -0x1.27e4fa15bd814p-22, 0x1.1eeb66b683028p-29,  -0x1.907c0e63adbb6p-37,
    };
    const double z = r * r;
    const double rounded = 1.0 - 0.5 * z;
    const double lost = (1.0 - rounded) - 0.5 * z;
    return rounded + (lost + z * z * POLYNOMIAL(p, z));
}

double titr_sin(double x)
{
    if (!(fabs(x) <= 1e5)) {
        return (double)NAN;
    }
    /* pi/2 in parts of 33 bits: k times the first two is exact for |k| < 2^20 */
    const double z = x * 0x1.45f306dc9c883p-1 + TITRI_MAGIC;
    const double k = z - TITRI_MAGIC;
    const double r = ((x - k * 0x1.921fb544p+0) - k * 0x1.0b4611a6p-34) - k * 0x1.3198a2e037073p-69;
    const unsigned quadrant = (unsigned)(to_bits(z) & 3U);
    const double y = (quadrant & 1U) != 0 ? cosine_kernel(r) : sine_kernel(r);
    return (quadrant & 2U) != 0 ? -y : y;
}

/* Ratio of polynomials of degree 7, den[0] = 1. */
static double ratio(const double num[8], const double den[8], double x)
{
    return polynomial(num, 8, x) / polynomial(den, 8, x);
}

/* Coefficients of algorithm PPND16 [wichura1988]. */
double titr_normal_quantile(double p)
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
    if (fabs(q) <= 0.425) {
        return q * ratio(a, b, 0.180625 - q * q);
    }
    const double r = sqrt(-titr_log(q < 0.0 ? p : 1.0 - p));
    const double x = r <= 5.0 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5.0);
    return copysign(x, q);
}

/* Rational form of Hart and, in the far tail, a continued fraction, as given by [west2005]. */
double titr_normal_cdf(double x)
{
    static const double num[] = {220.206867912376,  221.213596169931, 112.079291497871,
                                 33.912866078383,   6.37396220353165, 0.700383064443688,
                                 0.0352624965998911};
    static const double den[] = {440.413735824752, 793.826512519948,  637.333633378831,
                                 296.564248779674, 86.7807322029461,  16.064177579207,
                                 1.75566716318264, 0.0883883476483184};
    const double a = fabs(x);
    double tail = 0.0;
    if (a < 7.07106781186547) {
        tail = titr_exp(-0.5 * a * a) * POLYNOMIAL(num, a) / POLYNOMIAL(den, a);
    } else if (a < 37.0) {
        const double fraction = a + 1.0 / (a + 2.0 / (a + 3.0 / (a + 4.0 / (a + 0.65))));
        tail = titr_exp(-0.5 * a * a) / (fraction * 2.506628274631);
    }
    return x > 0.0 ? 1.0 - tail : tail;
}
