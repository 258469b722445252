// SPDX-License-Identifier: GPL-3.0-or-later
#include "elementwise.h"

#include "titrate/base/lanes.h"

static void sum(size_t n, double a, const double *restrict x, double b, const double *restrict y,
                double *restrict z)
{
    for (size_t i = 0; i < n; i++) {
        z[i] = a * x[i] + b * y[i];
    }
}

static void blend(size_t n, double a, const double *restrict x, double b, double *restrict z)
{
    for (size_t i = 0; i < n; i++) {
        z[i] = a * x[i] + b * z[i];
    }
}

static void scale(size_t n, double c, const double *x, double *z)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        z[i] = c * x[i];
    }
}

const titri_elementwise TITR_SYMBOL(titri_elementwise) = {sum, blend, scale};
