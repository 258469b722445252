// SPDX-License-Identifier: GPL-3.0-or-later
/* The interquartile mean and its stratified bootstrap against figures of another implementation. */
#include "titrate/stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Greedy CartPole returns of eleven and of ten trainings. Their interquartile means are those of
 * scipy's trim_mean(0.25), as rliable defines it; the interval of x is of 50,000 resamples. */
static const double x[] = {500.0, 500.0, 500.0, 147.0, 173.5, 497.6,
                           500.0, 500.0, 429.1, 500.0, 476.3};
static const double y[] = {151.9, 133.5, 401.1, 500.0, 100.3, 118.9, 500.0, 379.4, 134.4, 336.4};
enum { N_X = sizeof x / sizeof x[0], N_Y = sizeof y / sizeof y[0], DRAWS = 20000 };

static titr_interval iqm_of(const double *score, size_t runs, size_t tasks, uint64_t seed)
{
    titr_interval i;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_interval_iqm(score, runs, tasks, 0.95, DRAWS, seed, &i, &err), TITR_OK, "%s",
                 err.what);
    return i;
}

Test(iqm, published_figures)
{
    const titr_interval a = iqm_of(x, N_X, 1, 1), b = iqm_of(y, N_Y, 1, 1);
    cr_assert_float_eq(a.estimate, 486.14285714285717, 1e-10);
    cr_assert_float_eq(b.estimate, 256.1166666666666, 1e-10);
    cr_assert_float_eq(a.lo, 352.157, 3.0, "%g", a.lo);
    cr_assert_float_eq(a.hi, 500.0, 3.0, "%g", a.hi);
}

/* floor(n / 4) at each end. */
Test(iqm, cuts_a_quarter_at_each_end)
{
    const double sorted[] = {0.0, 1.0, 2.0, 3.0, 10.0, 20.0, 30.0, 1000.0};
    cr_assert_float_eq(titr_iqm_sorted(sorted, 1), 0.0, 0.0);
    cr_assert_float_eq(titr_iqm_sorted(sorted, 3), 1.0, 1e-15);
    cr_assert_float_eq(titr_iqm_sorted(sorted, 4), 1.5, 1e-15);
    cr_assert_float_eq(titr_iqm_sorted(sorted, 7), (1.0 + 2.0 + 3.0 + 10.0 + 20.0) / 5.0, 1e-12);
    cr_assert_float_eq(titr_iqm_sorted(sorted, 8), (2.0 + 3.0 + 10.0 + 20.0) / 4.0, 1e-12);
    cr_assert(isnan(titr_iqm_sorted(sorted, 0)));
}

/* Runs are drawn within each task: runs that agree in every task leave no doubt, however much the
 * tasks differ. */
Test(iqm, is_stratified_by_task)
{
    const double alike[] = {1.0, 50.0, 900.0, 1.0, 50.0, 900.0, 1.0, 50.0, 900.0};
    const titr_interval i = iqm_of(alike, 3, 3, 1);
    cr_assert(i.lo == i.estimate && i.hi == i.estimate, "[%g, %g]", i.lo, i.hi);
    /* nine values less two at each end: 1, 50, 50, 50, 900 */
    cr_assert_float_eq(i.estimate, (1.0 + 50.0 + 50.0 + 50.0 + 900.0) / 5.0, 1e-12);
    const titr_interval mixed = iqm_of(alike, 9, 1, 1);
    cr_assert(mixed.lo < mixed.estimate && mixed.hi > mixed.estimate);
}

Test(iqm, depends_on_its_seed_alone)
{
    const titr_interval a = iqm_of(y, N_Y, 1, 7), b = iqm_of(y, N_Y, 1, 7);
    cr_assert_eq(memcmp(&a, &b, sizeof a), 0);
    const titr_interval other = iqm_of(y, N_Y, 1, 8);
    cr_assert(other.lo != a.lo || other.hi != a.hi);
}

Test(iqm, refuses_what_cannot_be_resampled)
{
    const double bad[] = {1.0, (double)NAN};
    titr_interval i;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_interval_iqm(x, 0, 1, 0.95, DRAWS, 1, &i, &err), TITR_ERR_ARG);
    cr_assert_eq(titr_interval_iqm(x, N_X, 1, 0.95, 0, 1, &i, &err), TITR_ERR_ARG);
    cr_assert_eq(titr_interval_iqm(x, N_X, 1, 1.0, DRAWS, 1, &i, &err), TITR_ERR_RANGE);
    cr_assert_eq(titr_interval_iqm(bad, 2, 1, 0.95, DRAWS, 1, &i, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "score 1"), "%s", err.what);
}
