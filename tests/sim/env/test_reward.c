// SPDX-License-Identifier: GPL-3.0-or-later
/* Discount and the terminal penalty against their closed forms. */
#include "support/one_lane.h"

#include <criterion/criterion.h>
#include <math.h>

Test(reward, gamma_halves_at_the_half_life)
{
    cr_assert_float_eq(titr_gamma(180.0, 180.0), 0.5, 1e-15);
    cr_assert_float_eq(titr_gamma(180.0, 360.0), 0.25, 1e-15);
    cr_assert_eq(titr_gamma(180.0, 0.0), 1.0);
    /* 5-minute steps, half-life 3 h: 2^(-1/36) */
    cr_assert_float_eq(titr_gamma(180.0, 5.0), 0.98093, 5e-6);
}

/* What living at the worst forever costs, summed interval by interval. */
static double worst_of_living(const titr_reward_type *type, double half_life_min,
                              double interval_min)
{
    const double worst =
        fmax(-reward_step(type, NULL, 40.0, 40.0), -reward_step(type, NULL, 600.0, 600.0));
    double sum = 0.0, weight = 1.0;
    for (int k = 0; k < 100000; k++) {
        sum += weight * fmax(worst, 0.0);
        weight *= pow(0.5, interval_min / half_life_min);
    }
    return sum;
}

Test(reward, the_terminal_penalty_is_the_discounted_worst_of_living)
{
    static const char *const names[] = {"magni_risk", "kovatchev_risk", "time_in_range"};
    static const double half_lives_min[] = {30.0, 180.0, 1440.0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const titr_reward_type *type = titr_reward_find(names[i]);
        for (size_t k = 0; k < sizeof half_lives_min / sizeof half_lives_min[0]; k++) {
            const double want = worst_of_living(type, half_lives_min[k], 5.0);
            const double got = titr_terminal_penalty_min((titr_slot){type, NULL}, 40.0, 600.0,
                                                         half_lives_min[k], 5.0);
            cr_assert_float_eq(got, want, 1e-9 * want, "%s: %.17g, expected %.17g", names[i], got,
                               want);
        }
    }
}

/* worst() over a range: no glucose within costs more, and one costs as much. */
Test(reward, worst_is_exact_over_any_range)
{
    static const double ranges[][2] = {
        {40.0, 600.0}, {10.0, 1000.0}, {60.0, 100.0}, {150.0, 300.0}, {70.0, 180.0}};
    static const char *const names[] = {"magni_risk", "kovatchev_risk"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const titr_reward_type *type = titr_reward_find(names[i]);
        for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
            const double lo = ranges[r][0], hi = ranges[r][1];
            double most = 0.0;
            for (int k = 0; k <= 1000; k++) {
                most = fmax(most, -reward_step(type, NULL, lo, lo + (hi - lo) * k / 1000.0));
            }
            cr_assert_float_eq(type->worst(NULL, lo, hi), most, 1e-12, "%s", names[i]);
        }
    }
}

Test(reward, only_the_telescoping_one_is_for_the_literature)
{
    size_t n = 0;
    const titr_reward_type *const *all = titr_reward_all(&n);
    for (size_t i = 0; i < n; i++) {
        const int telescopes = all[i] == titr_reward_find("risk_change");
        cr_assert_eq(all[i]->literature_only, telescopes, "%s", all[i]->part.name);
    }
}
