// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

static double most(guarded *g)
{
    return guarded_dose(g, 0.4, 60.0).bolus_u;
}

/* 5, 10 and 17 U below 12, from 12 and from 18 years on. */
Test(shield_max_bolus, age_bands)
{
    static const double age_years[] = {2.0, 11.99, 12.0, 17.99, 18.0};
    static const double expected[] = {5.0, 5.0, 10.0, 10.0, 17.0};
    guarded g;
    guarded_init(&g);
    test_set_flag(guarded_add(&g, "max_bolus"), "by", 0);
    guarded_start(&g);
    for (size_t i = 0; i < 5; i++) {
        test_set(&g.r, TITR_OBS_AGE, age_years[i]);
        cr_assert_eq(most(&g), expected[i], "at %g years", age_years[i]);
    }
    guarded_expect(guarded_dose(&g, 9.0, 17.0), 9.0, 17.0);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), 0);
    guarded_fini(&g);
}

/* 0.3 U/kg: 9 U at 30 kg, 3.6 U at 12 kg. */
Test(shield_max_bolus, weight_fixed_and_both)
{
    static const double expected[] = {5.0, 3.6, 1.5, 3.6};
    for (int by = 0; by < 4; by++) {
        guarded g;
        guarded_init(&g);
        test_set(&g.r, TITR_OBS_WEIGHT, 12.0);
        const titr_slot slot = guarded_add(&g, "max_bolus");
        test_set_flag(slot, "by", by);
        test_set_real(slot, "fixed_u", 1.5);
        guarded_start(&g);
        cr_assert_float_eq(most(&g), expected[by], 1e-12);
        guarded_fini(&g);
    }
}

/* A child who needs 1 U for 7 g eats 80 g: 80/7 U are given, and no more. Of 200 g, which may be a
 * slip, 99 g count; of 14 g (2 U) the limit of 5 U stands. */
Test(shield_max_bolus, an_ordinary_meal_is_spared)
{
    static const double carbs_g[] = {80.0, 99.0, 200.0, 14.0, 0.0};
    static const double expected[] = {80.0 / 7.0, 99.0 / 7.0, 99.0 / 7.0, 5.0, 5.0};
    guarded g;
    guarded_init(&g);
    const titr_slot slot = guarded_add(&g, "max_bolus");
    guarded_start(&g);
    test_set(&g.r, TITR_OBS_CR, 7.0);
    for (size_t i = 0; i < 5; i++) {
        test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, carbs_g[i]);
        cr_assert_float_eq(most(&g), expected[i], 1e-12, "%g g", carbs_g[i]);
    }
    test_set_real(slot, "spared_meal_g", 0.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 80.0);
    cr_assert_eq(most(&g), 5.0, "AndroidAPS's rule");
    guarded_fini(&g);
}
