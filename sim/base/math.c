// SPDX-License-Identifier: GPL-3.0-or-later
/* The functions that no vector loop calls. Polynomials interpolate at Chebyshev nodes; the error of
 * each exact polynomial is below 1e-17 relative. */
#include "titrate/base/math.h"

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
    const unsigned quadrant = (unsigned)(titri_to_bits(z) & 3U);
    const double y = (quadrant & 1U) != 0 ? cosine_kernel(r) : sine_kernel(r);
    return (quadrant & 2U) != 0 ? -y : y;
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
