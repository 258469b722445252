// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

static guarded g;

static void begin(void)
{
    guarded_init(&g);
    test_set_flag(guarded_add(&g, "max_iob"), "by", 0);
    guarded_start(&g);
    test_set(&g.r, TITR_OBS_BOLUS_IOB, 0.0);
    test_set(&g.r, TITR_OBS_CGM, 120.0);
}

/* Limit 7 U, 5.5 U on board: 1.5 U are left, as a bolus, or as 3 U/h for half an hour above the
 * schedule of 0.4, or as both. */
Test(shield_max_iob, room_is_shared, .init = begin)
{
    test_set(&g.r, TITR_OBS_IOB, 5.5);
    guarded_expect(guarded_dose(&g, 0.4, 9.0), 0.4, 1.5);
    guarded_expect(guarded_dose(&g, 9.0, 0.0), 3.4, 0.0);
    guarded_expect(guarded_dose(&g, 9.0, 1.0), 1.4, 1.0);
    guarded_expect(guarded_dose(&g, 1.4, 1.0), 1.4, 1.0);
    cr_assert_eq(titr_shield_rule(g.shield, TEST_LANE), 0, "at the limit nothing is changed");
    guarded_fini(&g);
}

/* Beyond the limit the schedule still runs, and a rate below it. */
Test(shield_max_iob, the_schedule_is_never_withheld, .init = begin)
{
    test_set(&g.r, TITR_OBS_IOB, 7.0);
    guarded_expect(guarded_dose(&g, 2.0, 1.0), 0.4, 0.0);
    test_set(&g.r, TITR_OBS_IOB, 20.0);
    guarded_expect(guarded_dose(&g, 2.0, 1.0), 0.4, 0.0);
    guarded_expect(guarded_dose(&g, 0.1, 0.0), 0.1, 0.0);
    guarded_fini(&g);
}

/* 80 g at 20 g/U are 4 U, and the correction of 80 mg/dL at 80 mg/dL/U is 1 U: both are the
 * calculator's, and given with 20 U on board; what the policy adds is not. With 1 U on board 1 U of
 * room is left. */
Test(shield_max_iob, a_meal_has_its_bolus, .init = begin)
{
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 80.0);
    test_set(&g.r, TITR_OBS_CGM, 200.0);
    test_set(&g.r, TITR_OBS_IOB, 20.0);
    guarded_expect(guarded_dose(&g, 0.8, 5.0), 0.4, 5.0);
    guarded_expect(guarded_dose(&g, 0.4, 7.5), 0.4, 5.0);
    test_set(&g.r, TITR_OBS_IOB, 1.0);
    guarded_expect(guarded_dose(&g, 0.4, 7.5), 0.4, 6.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    test_set(&g.r, TITR_OBS_IOB, 20.0);
    guarded_expect(guarded_dose(&g, 0.4, 1.0), 0.4, 0.0);
    guarded_fini(&g);
}

/* 7, 13 and 22 U; 0.2 U/kg. */
Test(shield_max_iob, age_bands_and_weight, .init = begin)
{
    static const double age_years[] = {11.9, 12.0, 17.9, 18.0};
    static const double expected[] = {7.0, 13.0, 13.0, 22.0};
    test_set(&g.r, TITR_OBS_IOB, 0.0);
    for (size_t i = 0; i < 4; i++) {
        test_set(&g.r, TITR_OBS_AGE, age_years[i]);
        guarded_expect(guarded_dose(&g, 0.4, 50.0), 0.4, expected[i]);
    }
    test_set_flag(g.def.rule[0], "by", 1);
    guarded_expect(guarded_dose(&g, 0.4, 50.0), 0.4, 6.0);
    test_set_flag(g.def.rule[0], "by", 3);
    test_set(&g.r, TITR_OBS_WEIGHT, 200.0);
    guarded_expect(guarded_dose(&g, 0.4, 50.0), 0.4, 22.0);
    guarded_fini(&g);
}

/* An hour between decisions: what a rate gives in it counts. */
Test(shield_max_iob, long_intervals)
{
    guarded_init(&g);
    g.interval_min = 60.0;
    (void)guarded_add(&g, "max_iob");
    guarded_start(&g);
    test_set(&g.r, TITR_OBS_IOB, 5.0);
    guarded_expect(guarded_dose(&g, 9.0, 0.0), 0.4 + 1.0, 0.0);
    guarded_fini(&g);
}
