// SPDX-License-Identifier: GPL-3.0-or-later
/* Exploration: frequencies of draws against the probabilities told, and those by hand. */
#include "titrate/agents/explore.h"
#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>

enum { N = 5, DRAWS = 200000 };

static const titr_rng_key key = {.seed = 8, .purpose = TITR_PURPOSE_TEST};
static const double q[N] = {1.0, 4.0, -2.0, 4.0, 9.0};
static const unsigned char all[N] = {1, 1, 1, 1, 1}, some[N] = {1, 1, 0, 1, 0}, one[N] = {0, 0, 1};

Test(explore, schedules_fall_linearly_and_stay)
{
    const titr_schedule s = {.from = 0.8, .to = 0.2, .steps = 3};
    static const double want[] = {0.8, 0.6, 0.4, 0.2, 0.2};
    for (int i = 0; i < 5; i++) {
        cr_assert_float_eq(titr_schedule_at(&s, i), want[i], 1e-15, "after %d", i);
    }
    cr_assert_eq(titr_schedule_at(&s, INT64_MAX), 0.2);
    const titr_schedule rising = {.from = 0.0, .to = 10.0, .steps = 4};
    cr_assert_float_eq(titr_schedule_at(&rising, 1), 2.5, 1e-15);
}

/* Draws of a choice against its probabilities: five standard deviations. */
static void expect_frequencies(const unsigned char *mask, double epsilon, double temperature,
                               const double *want)
{
    int seen[N] = {0};
    double told[N];
    if (temperature > 0.0) {
        titr_boltzmann_probabilities(mask, N, q, temperature, told);
    } else {
        titr_epsilon_probabilities(mask, N, q, epsilon, told);
    }
    for (uint32_t i = 0; i < DRAWS; i++) {
        uint32_t word[4];
        titr_rng_words(key, i, word);
        const titr_choice c = temperature > 0.0
                                  ? titr_choose_boltzmann(mask, N, q, temperature, word)
                                  : titr_choose_epsilon(mask, N, q, epsilon, word);
        cr_assert(c.level < N && mask[c.level]);
        cr_assert_float_eq(c.propensity, want[c.level], 1e-14);
        seen[c.level]++;
    }
    for (int a = 0; a < N; a++) {
        const double sd = sqrt(DRAWS * want[a] * (1.0 - want[a]));
        cr_assert_float_eq(told[a], want[a], 1e-14, "level %d", a);
        cr_assert(fabs(seen[a] - DRAWS * want[a]) <= 5.0 * sd + 1e-6, "level %d: %d", a, seen[a]);
    }
}

Test(explore, epsilon_greedy_is_as_probable_as_it_tells)
{
    expect_frequencies(all, 0.25, 0.0, (double[N]){0.05, 0.05, 0.05, 0.05, 0.8});
    /* of equal values the lowest level is the best */
    expect_frequencies(some, 0.3, 0.0, (double[N]){0.1, 0.8, 0.0, 0.1, 0.0});
    expect_frequencies(some, 0.0, 0.0, (double[N]){0.0, 1.0, 0.0, 0.0, 0.0});
    expect_frequencies(some, 1.0, 0.0, (double[N]){1.0 / 3.0, 1.0 / 3.0, 0.0, 1.0 / 3.0, 0.0});
    expect_frequencies(one, 0.5, 0.0, (double[N]){0.0, 0.0, 1.0, 0.0, 0.0});
}

Test(explore, boltzmann_is_as_probable_as_it_tells)
{
    const double a = exp(1.0 / 3.0), b = exp(4.0 / 3.0), sum = a + 2.0 * b;
    expect_frequencies(some, 0.0, 3.0, (double[N]){a / sum, b / sum, 0.0, b / sum, 0.0});
    expect_frequencies(one, 0.0, 1.0, (double[N]){0.0, 0.0, 1.0, 0.0, 0.0});
}

Test(explore, boltzmann_bears_any_scale)
{
    const double large[N] = {1e6, -1e6, 1e6 - 1.0, 0.0, 1e6};
    double p[N];
    titr_boltzmann_probabilities(all, N, large, 1e-3, p);
    cr_assert(p[0] == 0.5 && p[4] == 0.5 && p[1] == 0.0 && p[2] == 0.0 && p[3] == 0.0);
    titr_boltzmann_probabilities(all, N, large, 1e12, p);
    for (int k = 0; k < N; k++) {
        cr_assert_float_eq(p[k], 0.2, 1e-5);
    }
    const uint32_t last = UINT32_MAX;
    cr_assert_eq(titr_choose_boltzmann(all, N, large, 1e-3, &last).level, 4);
}
