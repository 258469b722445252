// SPDX-License-Identifier: GPL-3.0-or-later
/* A convex piecewise quadratic program in a box, for zone model predictive control:
 *
 *   minimise  1/2 sum_k w_k [ max(0, y_k - hi)^2 + low_weight max(0, lo - y_k)^2 ]
 *             + 1/2 sum_j r_j v_j^2                                                           (1)
 *   over      lower_j <= v_j <= upper_j,   y_k = free_k - sum_j a_kj v_j                      (2)
 *
 * The penalties of (1) are squares of hinges: once it is known on which side of the zone each y_k
 * lies and which bounds are active, what is left is a linear system. Projected Newton
 * [bertsekas1982] guesses both from the point it stands at and ends, after finitely many steps, at
 * the minimum itself. All r_j > 0 makes it the only one.
 *
 * The number of moves is fixed, which lets the compiler unroll; one that is not wanted has a column
 * of zeros, r_j = 1 and both bounds 0.
 *
 * Shapes    a [n_y][TITRI_QP_MOVES]; free, w [n_y]; the rest [TITRI_QP_MOVES] */
#ifndef AGENTS_CLINICAL_ZONE_QP_H
#define AGENTS_CLINICAL_ZONE_QP_H

#include <stddef.h>

enum {
    TITRI_QP_MOVES = 8,
    TITRI_QP_PREDICTIONS = 120, /* n_y at most */
    TITRI_QP_STEPS = 50         /* Newton steps at most; about 4 are needed */
};

typedef struct titri_zone_qp {
    size_t n_y;
    const double *a, *free, *w, *r, *lower, *upper; /* borrowed */
    double lo, hi, low_weight;
} titri_zone_qp;

/* Value of (1). */
double titri_zone_qp_cost(const titri_zone_qp *p, const double *v);
/* Derivative of (1) by v, into gradient. */
void titri_zone_qp_gradient(const titri_zone_qp *p, const double *v, double *gradient);
/* Largest violation of the optimality conditions: of |gradient| where v is free, of its wrong sign
 * where v is at a bound. */
double titri_zone_qp_residual(const titri_zone_qp *p, const double *v);
/* @param[in,out] v where to begin (moved into the box first); the minimum. @return Newton steps. */
size_t titri_zone_qp_solve(const titri_zone_qp *p, double *v);

#endif
