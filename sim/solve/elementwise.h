// SPDX-License-Identifier: GPL-3.0-or-later
/* Sums of small vectors, element by element: compiled once per variant (titrate/base/variant.h),
 * the same bits with wider vectors. CVODE takes more instructions for these than for right-hand
 * sides. */
#ifndef SIM_SOLVE_ELEMENTWISE_H
#define SIM_SOLVE_ELEMENTWISE_H

#include "titrate/base/variant.h"

typedef struct titri_elementwise {
    /* z = a x + b y; z is neither x nor y. */
    void (*sum)(size_t n, double a, const double *x, double b, const double *y, double *z);
    /* z = a x + b z; z is not x. */
    void (*blend)(size_t n, double a, const double *x, double b, double *z);
    /* z = c x; z may be x. */
    void (*scale)(size_t n, double c, const double *x, double *z);
} titri_elementwise;

#define X(id, suffix, lanes, bits) extern const titri_elementwise titri_elementwise_##suffix;
TITR_VARIANT_MAP(X)
#undef X

#endif
