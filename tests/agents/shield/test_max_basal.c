// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

/* Every limit but one out of the way. */
static titr_slot only(guarded *g, int by, double times_current, double times_highest)
{
    const titr_slot slot = guarded_add(g, "max_basal");
    test_set_flag(slot, "by", by);
    test_set_real(slot, "times_current", times_current);
    test_set_real(slot, "times_highest", times_highest);
    guarded_start(g);
    return slot;
}

static double most(guarded *g)
{
    return guarded_dose(g, 30.0, 0.0).basal_u_per_h;
}

/* 2, 5 and 10 U/h below 12, from 12 and from 18 years on. */
Test(shield_max_basal, age_bands)
{
    static const double age_years[] = {1.0, 11.99, 12.0, 17.99, 18.0, 60.0};
    static const double expected[] = {2.0, 2.0, 5.0, 5.0, 10.0, 10.0};
    guarded g;
    guarded_init(&g);
    (void)only(&g, 0, 50.0, 50.0);
    for (size_t i = 0; i < 6; i++) {
        test_set(&g.r, TITR_OBS_AGE, age_years[i]);
        cr_assert_eq(most(&g), expected[i], "at %g years", age_years[i]);
    }
    test_set(&g.r, TITR_OBS_AGE, (double)NAN);
    cr_assert_eq(most(&g), 2.0, "an unknown age is a child's");
    guarded_expect(guarded_dose(&g, 2.0, 1.0), 2.0, 1.0);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), 0, "at the limit nothing is changed");
    guarded_fini(&g);
}

/* 30 kg: 0.08 U/h/kg are 2.4 U/h; the tighter wins with both. */
Test(shield_max_basal, weight_fixed_and_both)
{
    static const double expected[] = {2.0, 2.4, 0.7, 2.0};
    for (int by = 0; by < 4; by++) {
        guarded g;
        guarded_init(&g);
        test_set_real(only(&g, by, 50.0, 50.0), "fixed_u_per_h", 0.7);
        cr_assert_float_eq(most(&g), expected[by], 1e-12, "by = %d: %g", by, most(&g));
        guarded_fini(&g);
    }
    guarded g;
    guarded_init(&g);
    (void)only(&g, 3, 50.0, 50.0);
    test_set(&g.r, TITR_OBS_WEIGHT, 12.0);
    cr_assert_float_eq(most(&g), 0.96, 1e-12);
    test_set(&g.r, TITR_OBS_WEIGHT, (double)NAN);
    cr_assert_eq(most(&g), 2.0, "an unknown weight leaves the age band");
    guarded_fini(&g);
}

/* Scheduled 0.4 U/h: 4 times are 1.6; the highest rate so far is kept until the episode ends. */
Test(shield_max_basal, multiples_of_the_schedule)
{
    guarded g;
    guarded_init(&g);
    (void)only(&g, 0, 4.0, 50.0);
    cr_assert_float_eq(most(&g), 1.6, 1e-12);
    guarded_fini(&g);
    guarded_init(&g);
    (void)only(&g, 0, 50.0, 3.0);
    cr_assert_float_eq(most(&g), 1.2, 1e-12);
    test_set(&g.r, TITR_OBS_BASAL, 0.6);
    cr_assert_float_eq(most(&g), 1.8, 1e-12);
    test_set(&g.r, TITR_OBS_BASAL, 0.1);
    cr_assert_float_eq(most(&g), 1.8, 1e-12);
    g.first[TEST_LANE] = 1;
    cr_assert_float_eq(most(&g), 0.3, 1e-12);
    guarded_fini(&g);
}
