// SPDX-License-Identifier: GPL-3.0-or-later
/* Projected Newton for (1), (2) of zone_qp.h.
 * Oracle: every active set tried in turn, tests/agents/clinical/test_zone_qp.c. */
#include "zone_qp.h"

#include <math.h>

enum { N = TITRI_QP_MOVES };

#define HALVINGS 30  /* of a step in the line search */
#define DESCENT 1e-4 /* share of the promised descent that a step must bring */

static double clip(double x, double lower, double upper)
{
    return x < lower ? lower : x > upper ? upper : x;
}

/* Predictions (2), into y [n_y]. */
static void predict(const titri_zone_qp *p, const double *v, double *y)
{
    for (size_t k = 0; k < p->n_y; k++) {
        const double *a = &p->a[k * N];
        double sum = p->free[k];
        for (size_t j = 0; j < N; j++) {
            sum -= a[j] * v[j];
        }
        y[k] = sum;
    }
}

/* Weight of a penalty at y: 0 inside of the zone. @param[out] beyond distance to the zone, signed
 */
static double weight_at(const titri_zone_qp *p, size_t k, double y, double *beyond)
{
    const int high = y > p->hi, low = y < p->lo;
    *beyond = high ? y - p->hi : low ? y - p->lo : 0.0;
    return high ? p->w[k] : low ? p->low_weight * p->w[k] : 0.0;
}

/* (1) when the predictions are y. */
static double cost_at(const titri_zone_qp *p, const double *v, const double *y)
{
    double cost = 0.0;
    for (size_t k = 0; k < p->n_y; k++) {
        double beyond = 0.0;
        const double weight = weight_at(p, k, y[k], &beyond);
        cost += 0.5 * weight * beyond * beyond;
    }
    for (size_t j = 0; j < N; j++) {
        cost += 0.5 * p->r[j] * v[j] * v[j];
    }
    return cost;
}

double titri_zone_qp_cost(const titri_zone_qp *p, const double *v)
{
    double y[TITRI_QP_PREDICTIONS];
    predict(p, v, y);
    return cost_at(p, v, y);
}

/* Gradient and Hessian when the predictions are y. */
static void derive(const titri_zone_qp *p, const double *v, const double *y, double *gradient,
                   double hessian[N][N])
{
    for (size_t j = 0; j < N; j++) {
        gradient[j] = p->r[j] * v[j];
        for (size_t i = 0; i < N; i++) {
            hessian[j][i] = i == j ? p->r[j] : 0.0;
        }
    }
    for (size_t k = 0; k < p->n_y; k++) {
        const double *a = &p->a[k * N];
        double beyond = 0.0;
        const double weight = weight_at(p, k, y[k], &beyond);
        if (weight == 0.0) {
            continue;
        }
        for (size_t j = 0; j < N; j++) {
            const double row = weight * a[j];
            gradient[j] -= row * beyond;
            for (size_t i = 0; i < N; i++) {
                hessian[j][i] += row * a[i];
            }
        }
    }
}

void titri_zone_qp_gradient(const titri_zone_qp *p, const double *v, double *gradient)
{
    double y[TITRI_QP_PREDICTIONS], hessian[N][N];
    predict(p, v, y);
    derive(p, v, y, gradient, hessian);
}

/* What is left of the j-th derivative once the bound that v_j stands at has taken its share. */
static double violation(const titri_zone_qp *p, const double *v, const double *gradient, size_t j)
{
    const double g = gradient[j];
    if ((v[j] <= p->lower[j] && g > 0.0) || (v[j] >= p->upper[j] && g < 0.0)) {
        return 0.0;
    }
    return fabs(g);
}

static double worst_violation(const titri_zone_qp *p, const double *v, const double *gradient)
{
    double worst = 0.0;
    for (size_t j = 0; j < N; j++) {
        worst = fmax(worst, violation(p, v, gradient, j));
    }
    return worst;
}

double titri_zone_qp_residual(const titri_zone_qp *p, const double *v)
{
    double gradient[N];
    titri_zone_qp_gradient(p, v, gradient);
    return worst_violation(p, v, gradient);
}

/* Solve h d = -g by Cholesky; h is positive definite, its lower triangle is overwritten. */
static void newton_step(size_t n, double h[N][N], const double *g, double *d)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i <= j; i++) {
            double sum = h[j][i];
            for (size_t m = 0; m < i; m++) {
                sum -= h[j][m] * h[i][m];
            }
            h[j][i] = i == j ? sqrt(sum) : sum / h[i][i];
        }
    }
    for (size_t j = 0; j < n; j++) {
        double sum = -g[j];
        for (size_t m = 0; m < j; m++) {
            sum -= h[j][m] * d[m];
        }
        d[j] = sum / h[j][j];
    }
    for (size_t j = n; j-- > 0;) {
        double sum = d[j];
        for (size_t m = j + 1; m < n; m++) {
            sum -= h[m][j] * d[m];
        }
        d[j] = sum / h[j][j];
    }
}

/* Newton's direction among the n open moves, 0 for the others. @param[in] h lower triangle. */
static void direction(const double *gradient, double h[N][N], const size_t *open, size_t n,
                      double *d)
{
    double g[N], step[N], part[N][N];
    for (size_t j = 0; j < n; j++) {
        g[j] = gradient[open[j]];
        for (size_t i = 0; i <= j; i++) {
            part[j][i] = h[open[j]][open[i]];
        }
    }
    newton_step(n, part, g, step);
    for (size_t j = 0; j < N; j++) {
        d[j] = 0.0;
    }
    for (size_t j = 0; j < n; j++) {
        d[open[j]] = step[j];
    }
}

/* The moves that may go: those that no bound holds, without those that the direction itself would
 * push through the bound they stand at. What is left of the direction still descends. */
static void open_direction(const titri_zone_qp *p, const double *v, const double *gradient,
                           double h[N][N], double *d)
{
    size_t open[N], n = 0, kept = 0;
    for (size_t j = 0; j < N; j++) {
        if (violation(p, v, gradient, j) > 0.0) {
            open[kept++] = j;
        }
    }
    while (kept != n) {
        n = kept;
        kept = 0;
        direction(gradient, h, open, n, d);
        for (size_t i = 0; i < n; i++) {
            const size_t j = open[i];
            const int out =
                (v[j] <= p->lower[j] && d[j] < 0.0) || (v[j] >= p->upper[j] && d[j] > 0.0);
            open[kept] = j;
            kept += !out;
        }
    }
}

/* Go along d, bent at the bounds, as far as (1) falls enough. @param[in,out] y the predictions.
 * @return 0 when it falls nowhere. */
static int descend(const titri_zone_qp *p, const double *gradient, const double *d, double *v,
                   double *y)
{
    const double before = cost_at(p, v, y);
    double t = 1.0;
    for (int halved = 0; halved < HALVINGS; halved++, t *= 0.5) {
        double next[N], promised = 0.0;
        for (size_t j = 0; j < N; j++) {
            next[j] = clip(v[j] + t * d[j], p->lower[j], p->upper[j]);
            promised += gradient[j] * (next[j] - v[j]);
        }
        predict(p, next, y);
        if (cost_at(p, next, y) <= before + DESCENT * promised && promised < 0.0) {
            for (size_t j = 0; j < N; j++) {
                v[j] = next[j];
            }
            return 1;
        }
    }
    return 0;
}

size_t titri_zone_qp_solve(const titri_zone_qp *p, double *v)
{
    double y[TITRI_QP_PREDICTIONS];
    const double small = 1e-10 * (1.0 + fabs(p->hi));
    for (size_t j = 0; j < N; j++) {
        v[j] = clip(v[j], p->lower[j], p->upper[j]);
    }
    predict(p, v, y);
    for (size_t step = 0; step < TITRI_QP_STEPS; step++) {
        double gradient[N], d[N] = {0.0}, h[N][N];
        derive(p, v, y, gradient, h);
        if (worst_violation(p, v, gradient) <= small) {
            return step;
        }
        open_direction(p, v, gradient, h, d);
        if (!descend(p, gradient, d, v, y)) {
            return step;
        }
    }
    return TITRI_QP_STEPS;
}
