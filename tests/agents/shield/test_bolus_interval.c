// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

/* A bolus at 0 min, none again before 20 min; a meal's own 2 U at 10 min, which begins anew. */
Test(shield_bolus_interval, between_boluses)
{
    guarded g;
    guarded_init(&g);
    test_set_real(guarded_add(&g, "bolus_interval"), "interval_min", 20.0);
    guarded_start(&g);
    guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.9, 0.5);
    guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.9, 0.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    guarded_expect(guarded_dose(&g, 0.9, 2.5), 0.9, 2.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    for (int minute = 15; minute < 30; minute += 5) {
        guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.9, 0.0);
    }
    guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.9, 0.5);
    guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.9, 0.0);
    g.first[TEST_LANE] = 1;
    guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.9, 0.5);
    guarded_fini(&g);
}

/* What another rule took away was no bolus. */
Test(shield_bolus_interval, counts_what_was_given)
{
    guarded g;
    guarded_init(&g);
    test_set_real(guarded_add(&g, "bolus_interval"), "interval_min", 20.0);
    (void)guarded_add(&g, "low_suspend");
    guarded_start(&g);
    test_set(&g.r, TITR_OBS_CGM, 50.0);
    guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.0, 0.0);
    test_set(&g.r, TITR_OBS_CGM, 150.0);
    guarded_expect(guarded_dose(&g, 0.9, 0.5), 0.9, 0.5);
    guarded_fini(&g);
}
