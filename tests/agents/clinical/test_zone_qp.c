// SPDX-License-Identifier: GPL-3.0-or-later
/* The solver against every combination of active bounds and sides of the zone, tried in turn, and
 * against the conditions that a minimum fulfils. */
#include "clinical/zone_qp.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>

enum { MOST_Y = 72, SMALL_V = 3, SMALL_Y = 4, ROUNDS = 300 };

/* A random problem; its arrays. */
typedef struct problem {
    titri_zone_qp qp;
    double a[MOST_Y * TITRI_QP_MOVES], free[MOST_Y], w[MOST_Y], r[TITRI_QP_MOVES];
    double lower[TITRI_QP_MOVES], upper[TITRI_QP_MOVES];
} problem;

static double draw(uint32_t *at, double lo, double hi)
{
    static const titr_rng_key key = {.seed = 17, .purpose = TITR_PURPOSE_TEST};
    return lo + (hi - lo) * titr_rng_uniform(key, (*at)++);
}

static void make(problem *p, size_t n_y, size_t n_v, uint32_t *at)
{
    p->qp = (titri_zone_qp){.n_y = n_y,
                            .a = p->a,
                            .free = p->free,
                            .w = p->w,
                            .r = p->r,
                            .lower = p->lower,
                            .upper = p->upper,
                            .lo = 90.0,
                            .hi = 120.0,
                            .low_weight = draw(at, 1.0, 50.0)};
    for (size_t k = 0; k < n_y; k++) {
        p->free[k] = draw(at, 50.0, 250.0);
        p->w[k] = draw(at, 0.1, 2.0);
        for (size_t j = 0; j < TITRI_QP_MOVES; j++) {
            p->a[k * TITRI_QP_MOVES + j] = j < n_v ? draw(at, 0.0, 1.0) : 0.0;
        }
    }
    for (size_t j = 0; j < TITRI_QP_MOVES; j++) {
        p->r[j] = j < n_v ? draw(at, 0.01, 1.0) : 1.0;
        p->lower[j] = j < n_v ? draw(at, -30.0, 0.0) : 0.0;
        p->upper[j] = j < n_v ? draw(at, 0.0, 60.0) : 0.0;
    }
}

/* Solve the n x n system by Gauss-Jordan with pivoting. @return 0 when it is singular. */
static int solve(size_t n, double m[SMALL_V][SMALL_V + 1])
{
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t i = c + 1; i < n; i++) {
            pivot = fabs(m[i][c]) > fabs(m[pivot][c]) ? i : pivot;
        }
        for (size_t j = 0; j <= n; j++) {
            const double swap = m[c][j];
            m[c][j] = m[pivot][j];
            m[pivot][j] = swap;
        }
        if (fabs(m[c][c]) < 1e-12) {
            return 0;
        }
        for (size_t i = 0; i < n; i++) {
            const double factor = i == c ? 0.0 : m[i][c] / m[c][c];
            for (size_t j = 0; j <= n; j++) {
                m[i][j] -= factor * m[c][j];
            }
        }
    }
    return 1;
}

/* The stationary point if move j is at its lower bound (0), free (1) or at its upper bound (2), and
 * prediction k below (0), within (1) or above (2) the zone. */
static int stationary(const problem *p, const int *bound, const int *side, double *v)
{
    const titri_zone_qp *q = &p->qp;
    double m[SMALL_V][SMALL_V + 1] = {{0.0}};
    for (size_t j = 0; j < SMALL_V; j++) {
        if (bound[j] != 1) {
            m[j][j] = 1.0;
            m[j][SMALL_V] = bound[j] == 0 ? p->lower[j] : p->upper[j];
            continue;
        }
        m[j][j] = p->r[j];
        for (size_t k = 0; k < q->n_y; k++) {
            const double *a = &p->a[k * TITRI_QP_MOVES];
            const double weight = side[k] == 1   ? 0.0
                                  : side[k] == 2 ? p->w[k]
                                                 : p->w[k] * q->low_weight;
            for (size_t i = 0; i < SMALL_V; i++) {
                m[j][i] += weight * a[j] * a[i];
            }
            m[j][SMALL_V] += weight * a[j] * (p->free[k] - (side[k] == 2 ? q->hi : q->lo));
        }
    }
    if (!solve(SMALL_V, m)) {
        return 0;
    }
    for (size_t j = 0; j < SMALL_V; j++) {
        v[j] = m[j][SMALL_V] / m[j][j];
        if (v[j] < p->lower[j] - 1e-9 || v[j] > p->upper[j] + 1e-9) {
            return 0;
        }
    }
    return 1;
}

/* Lowest cost of all stationary points in the box. */
static double brute_force(const problem *p)
{
    double best = HUGE_VAL;
    for (int code = 0; code < 27 * 81; code++) {
        int bound[SMALL_V], side[SMALL_Y], rest = code;
        for (size_t j = 0; j < SMALL_V; j++, rest /= 3) {
            bound[j] = rest % 3;
        }
        for (size_t k = 0; k < SMALL_Y; k++, rest /= 3) {
            side[k] = rest % 3;
        }
        double v[TITRI_QP_MOVES] = {0.0};
        if (stationary(p, bound, side, v)) {
            best = fmin(best, titri_zone_qp_cost(&p->qp, v));
        }
    }
    return best;
}

Test(zone_qp, the_minimum_is_that_of_all_active_sets)
{
    uint32_t at = 0;
    static problem p;
    for (int round = 0; round < ROUNDS; round++) {
        make(&p, SMALL_Y, SMALL_V, &at);
        double v[TITRI_QP_MOVES] = {0.0};
        (void)titri_zone_qp_solve(&p.qp, v);
        const double got = titri_zone_qp_cost(&p.qp, v), expected = brute_force(&p);
        cr_assert_float_eq(got, expected, 1e-9 * (1.0 + expected),
                           "round %d: %.15g, expected %.15g", round, got, expected);
    }
}

static double worst_inside(const problem *p, const double *v)
{
    double worst = 0.0;
    for (size_t j = 0; j < TITRI_QP_MOVES; j++) {
        worst = fmax(worst, fmax(p->lower[j] - v[j], v[j] - p->upper[j]));
    }
    return worst;
}

Test(zone_qp, large_problems_end_at_a_point_that_fulfils_the_conditions)
{
    uint32_t at = 0;
    size_t steps = 0, most = 0;
    static problem p;
    for (int round = 0; round < 20 * ROUNDS; round++) {
        make(&p, MOST_Y, 2 + (size_t)(round % (TITRI_QP_MOVES - 1)), &at);
        double v[TITRI_QP_MOVES] = {0.0};
        const size_t used = titri_zone_qp_solve(&p.qp, v);
        steps += used;
        most = used > most ? used : most;
        cr_assert_leq(worst_inside(&p, v), 0.0, "round %d", round);
        cr_assert_lt(titri_zone_qp_residual(&p.qp, v), 1e-6, "round %d", round);
    }
    cr_assert_lt(most, TITRI_QP_STEPS, "%zu steps", most);
    cr_assert_lt(steps, 20U * ROUNDS * 10U);
}

Test(zone_qp, the_gradient_is_that_of_the_cost)
{
    uint32_t at = 0;
    static problem p;
    make(&p, MOST_Y, TITRI_QP_MOVES, &at);
    double v[TITRI_QP_MOVES], gradient[TITRI_QP_MOVES];
    for (size_t j = 0; j < TITRI_QP_MOVES; j++) {
        v[j] = draw(&at, -20.0, 20.0);
    }
    titri_zone_qp_gradient(&p.qp, v, gradient);
    for (size_t j = 0; j < TITRI_QP_MOVES; j++) {
        const double h = 1e-4, here = v[j];
        v[j] = here + h;
        const double up = titri_zone_qp_cost(&p.qp, v);
        v[j] = here - h;
        const double down = titri_zone_qp_cost(&p.qp, v);
        v[j] = here;
        cr_assert_float_eq(gradient[j], (up - down) / (2.0 * h), 1e-4 * (1.0 + fabs(gradient[j])));
    }
}

Test(zone_qp, within_the_zone_nothing_is_moved)
{
    uint32_t at = 0;
    static problem p;
    make(&p, MOST_Y, TITRI_QP_MOVES, &at);
    for (size_t k = 0; k < MOST_Y; k++) {
        p.free[k] = 100.0;
    }
    double v[TITRI_QP_MOVES] = {5.0, -3.0};
    (void)titri_zone_qp_solve(&p.qp, v);
    for (size_t j = 0; j < TITRI_QP_MOVES; j++) {
        cr_assert_float_eq(v[j], 0.0, 1e-9);
    }
}
