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

double titr_sin(double x)
{
    double sine, cosine;
    titr_sincos(x, &sine, &cosine);
    return sine;
}

double titr_cos(double x)
{
    double sine, cosine;
    titr_sincos(x, &sine, &cosine);
    return cosine;
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
