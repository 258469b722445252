// SPDX-License-Identifier: GPL-3.0-or-later
/* The consensus's boundaries, and costs worked out by hand. */
#include "support/one_lane.h"
#include "support/part.h"

#include <math.h>

static double score(titr_slot slot, double after_mg_dl)
{
    return reward_step(slot.type, slot.def, 100.0, after_mg_dl);
}

Test(range_score, each_range_has_its_value_up_to_its_very_bound)
{
    titr_slot slot = test_slot(titr_reward_find("range_score"));
    test_set_real(slot, "low_cost", 3.0);
    test_set_real(slot, "very_low_cost", 7.0);
    test_set_real(slot, "very_high_cost", 0.25);
    static const double table[][2] = {{40.0, -7.0}, {54.0, -3.0},   {69.0, -3.0},
                                      {70.0, 1.0},  {180.0, 1.0},   {181.0, 0.0},
                                      {250.0, 0.0}, {251.0, -0.25}, {600.0, -0.25}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        cr_assert_eq(score(slot, table[i][0]), table[i][1], "%g", table[i][0]);
    }
    cr_assert_eq(score(slot, nextafter(54.0, 0.0)), -7.0);
    cr_assert_eq(score(slot, nextafter(70.0, 0.0)), -3.0);
    cr_assert_eq(score(slot, nextafter(180.0, 999.0)), 0.0);
    cr_assert_eq(score(slot, nextafter(250.0, 999.0)), -0.25);
    titr_slot_fini(&slot);
}

/* worst / (1 - gamma) at a half life of 180 min and 5 min: gamma = 0.5^(1/36). */
Test(range_score, the_penalty_covers_the_worst_that_the_limits_allow)
{
    titr_slot slot = test_slot(titr_reward_find("range_score"));
    const double per_cost = 1.0 / (1.0 - pow(0.5, 5.0 / 180.0));
    cr_assert_float_eq(titr_terminal_penalty_min(slot, 40.0, 600.0, 180.0, 5.0), 5.0 * per_cost,
                       1e-9);
    cr_assert_float_eq(titr_terminal_penalty_min(slot, 60.0, 600.0, 180.0, 5.0), 2.0 * per_cost,
                       1e-9);
    cr_assert_float_eq(titr_terminal_penalty_min(slot, 70.0, 600.0, 180.0, 5.0), 0.5 * per_cost,
                       1e-9);
    cr_assert_eq(titr_terminal_penalty_min(slot, 70.0, 180.0, 180.0, 5.0), 0.0);
    cr_assert_float_eq(titr_terminal_penalty_min(slot, 80.0, 200.0, 180.0, 5.0), per_cost, 1e-9);
    titr_slot_fini(&slot);
}

/* Magni risk of 400 mg/dL: 10 (3.5506 (ln(400)^0.8353 - 3.7932))^2. */
Test(range_score, the_risk_is_taken_off)
{
    titr_slot slot = test_slot(titr_reward_find("range_score"));
    const double risk = 10.0 * pow(3.5506 * (pow(log(400.0), 0.8353) - 3.7932), 2.0);
    test_set_real(slot, "risk_cost", 0.1);
    cr_assert_float_eq(score(slot, 400.0), -0.5 - 0.1 * risk, 1e-9);
    cr_assert_float_eq(score(slot, 138.88), 1.0, 1e-3);
    titr_slot_fini(&slot);
}
