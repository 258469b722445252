// SPDX-License-Identifier: GPL-3.0-or-later
/* Intervals against tabulated values, the bootstrap against its own theory. */
#include "titrate/stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>

static void assert_interval(titr_interval got, double lo, double hi, double tolerance)
{
    cr_assert_float_eq(got.lo, lo, tolerance, "lower %.8g, want %.8g", got.lo, lo);
    cr_assert_float_eq(got.hi, hi, tolerance, "upper %.8g, want %.8g", got.hi, hi);
}

/* Closed forms at the ends: 1 - (a/2)^(1/n); binom.test of R for the rest. */
Test(stats, clopper_pearson)
{
    assert_interval(titr_interval_proportion(0, 100, 0.95), 0.0, 1.0 - pow(0.025, 0.01), 1e-12);
    cr_assert_float_eq(titr_interval_proportion(0, 100, 0.95).hi, 0.0362, 5e-5);
    assert_interval(titr_interval_proportion(100, 100, 0.95), pow(0.025, 0.01), 1.0, 1e-12);
    assert_interval(titr_interval_proportion(5, 10, 0.95), 0.1870860, 0.8129140, 1e-7);
    assert_interval(titr_interval_proportion(682, 925, 0.95), 0.7076683, 0.7654066, 1e-7);
    cr_assert_float_eq(titr_interval_proportion(5, 10, 0.95).estimate, 0.5, 0.0);
}

/* Factors of the 95 % interval of a Poisson count [garwood1936], as tabulated everywhere. */
Test(stats, garwood)
{
    static const double row[][3] = {{0, 0.0, 3.689},     {1, 0.0253, 5.572}, {2, 0.242, 7.225},
                                    {3, 0.619, 8.767},   {5, 1.623, 11.668}, {10, 4.795, 18.390},
                                    {20, 12.217, 30.888}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const titr_interval count = titr_interval_rate((size_t)row[i][0], 1.0, 0.95);
        assert_interval(count, row[i][1], row[i][2], 6e-4);
        const titr_interval rate = titr_interval_rate((size_t)row[i][0], 14.0, 0.95);
        assert_interval(rate, count.lo / 14.0, count.hi / 14.0, 1e-12);
        cr_assert_float_eq(rate.estimate, row[i][0] / 14.0, 1e-15);
    }
}

Test(stats, undefined_arguments_give_nan)
{
    cr_assert(isnan(titr_interval_proportion(2, 1, 0.95).hi));
    cr_assert(isnan(titr_interval_proportion(0, 1, 1.0).hi));
    cr_assert(isnan(titr_interval_proportion(0, 1, (double)NAN).hi));
    cr_assert(isnan(titr_interval_rate(0, 0.0, 0.95).hi));
    cr_assert(isnan(titr_interval_rate(0, (double)NAN, 0.95).hi));
    cr_assert(isnan(titr_interval_rate(0, 1.0, 0.0).hi));
    const titr_interval nothing = titr_interval_proportion(0, 0, 0.95);
    cr_assert(isnan(nothing.estimate));
    assert_interval(nothing, 0.0, 1.0, 0.0);
}

Test(stats, means_and_quantiles)
{
    /* scores of two learners, mean and median found by another program */
    static const double x[] = {147.0, 173.5, 429.1, 476.3, 497.6, 500, 500, 500, 500, 500, 500};
    static const double y[] = {100.3, 118.9, 133.5, 134.4, 151.9, 336.4, 379.4, 401.1, 500, 500};
    cr_assert_float_eq(titr_mean(x, 11), 429.40909090909093, 1e-12);
    cr_assert_float_eq(titr_mean(y, 10), 275.59000000000003, 1e-12);
    cr_assert_float_eq(titr_quantile_sorted(x, 11, 0.5), 500.0, 0.0);
    cr_assert_float_eq(titr_quantile_sorted(y, 10, 0.5), 244.14999999999998, 1e-12);
    cr_assert_float_eq(titr_quantile_sorted(y, 10, 0.0), 100.3, 0.0);
    cr_assert_float_eq(titr_quantile_sorted(y, 10, 1.0), 500.0, 0.0);
    cr_assert_float_eq(titr_quantile_sorted(y, 10, 0.25), 133.725, 1e-12); /* R type 7 */
    cr_assert(isnan(titr_quantile_sorted(y, 0, 0.5)));
    cr_assert(isnan(titr_quantile_sorted(y, 10, 1.5)));
    cr_assert(isnan(titr_mean(y, 0)));
    const double value[] = {1, 3, 10, (double)NAN, (double)NAN};
    const size_t group[] = {0, 0, 1, 1, 2};
    double mean[3];
    size_t members[3];
    titr_group_means(value, group, 5, 3, mean, members);
    cr_assert_float_eq(mean[0], 2.0, 0.0);
    cr_assert_float_eq(mean[1], 10.0, 0.0);
    cr_assert(isnan(mean[2]));
    cr_assert_eq(members[0] + 10 * members[1] + 100 * members[2], 12);
    cr_assert_float_eq(titr_mean_known(mean, 3), 6.0, 0.0);
    cr_assert(isnan(titr_mean_known(mean + 2, 1)));
}

/* With one member per group the interval is that of a plain mean: +-1.96 s / sqrt(n). */
Test(stats, bootstrap_width_follows_theory)
{
    enum { N = 200 };
    double value[N];
    size_t group[N];
    double ss = 0.0;
    for (size_t i = 0; i < N; i++) {
        value[i] = (double)i;
        group[i] = i;
    }
    for (size_t i = 0; i < N; i++) {
        ss += (value[i] - 99.5) * (value[i] - 99.5);
    }
    titr_interval got;
    titr_error err = {0};
    cr_assert_eq(titr_interval_bootstrap(value, group, N, N, 0.95, 4000, 7, &got, &err), TITR_OK);
    const double half = 1.959964 * sqrt(ss / N) / sqrt((double)N);
    cr_assert_float_eq(got.estimate, 99.5, 1e-12);
    cr_assert_float_eq(got.hi - got.estimate, half, 0.06 * half);
    cr_assert_float_eq(got.estimate - got.lo, half, 0.06 * half);
}

/* Two levels: Var = between / groups + within / (groups members), resampling's own moments. */
Test(stats, bootstrap_two_levels)
{
    enum { GROUPS = 40, MEMBERS = 10, N = GROUPS * MEMBERS };
    double value[N];
    size_t group[N];
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t m = 0; m < MEMBERS; m++) {
            const size_t i = m * GROUPS + g; /* not sorted by group */
            group[i] = g;
            value[i] = (g % 2 ? 3.0 : -3.0) + (m % 2 ? 1.0 : -1.0);
        }
    }
    titr_interval a, b, c;
    cr_assert_eq(titr_interval_bootstrap(value, group, N, GROUPS, 0.95, 4000, 1, &a, NULL),
                 TITR_OK);
    const double half = 1.959964 * sqrt(9.0 / GROUPS + 1.0 / N);
    cr_assert_float_eq(a.hi, half, 0.07 * half);
    cr_assert_float_eq(a.lo, -half, 0.07 * half);
    cr_assert_eq(titr_interval_bootstrap(value, group, N, GROUPS, 0.95, 4000, 1, &b, NULL),
                 TITR_OK);
    cr_assert(a.lo == b.lo && a.hi == b.hi); /* same seed, same interval */
    cr_assert_eq(titr_interval_bootstrap(value, group, N, GROUPS, 0.95, 4000, 2, &c, NULL),
                 TITR_OK);
    cr_assert(a.lo != c.lo || a.hi != c.hi);
}

Test(stats, bootstrap_refuses)
{
    double value[] = {1.0, 2.0};
    size_t group[] = {0, 1};
    titr_interval out;
    titr_error err = {0};
    cr_assert_eq(titr_interval_bootstrap(value, group, 0, 2, 0.95, 10, 1, &out, &err),
                 TITR_ERR_ARG);
    cr_assert_eq(titr_interval_bootstrap(value, group, 2, 3, 0.95, 10, 1, &out, &err),
                 TITR_ERR_ARG);
    cr_assert_str_eq(err.what, "bootstrap group 2 of 3 is empty");
    cr_assert_eq(titr_interval_bootstrap(value, group, 2, 2, 1.5, 10, 1, &out, &err),
                 TITR_ERR_RANGE);
    cr_assert_eq(titr_interval_bootstrap(value, group, 2, 1, 0.95, 10, 1, &out, &err),
                 TITR_ERR_RANGE);
    value[1] = (double)NAN;
    cr_assert_eq(titr_interval_bootstrap(value, group, 2, 2, 0.95, 10, 1, &out, &err),
                 TITR_ERR_RANGE);
}

Test(stats, rank_correlation_by_hand)
{
    static const double x[5] = {1.0, 2.0, 3.0, 4.0, 5.0}, y[5] = {20.0, 10.0, 40.0, 30.0, 99.0};
    static const double tied[4] = {1.0, 2.0, 2.0, 3.0}, same[4] = {7.0, 7.0, 7.0, 7.0};
    cr_expect_float_eq(titr_spearman(x, y, 5), 1.0 - 6.0 * 4.0 / (5.0 * 24.0), 1e-12);
    cr_expect_float_eq(titr_spearman(tied, x, 4), 4.5 / sqrt(4.5 * 5.0), 1e-12);
    cr_expect(isnan(titr_spearman(same, x, 4)));
    cr_expect(isnan(titr_spearman(x, y, 1)));
}
