// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

static guarded g;

static void begin(void)
{
    guarded_init(&g);
    (void)guarded_add(&g, "sudden_rise");
    guarded_start(&g);
}

/* From 100 to 125 is 20 % of 125; to 126 is more. The schedule and a meal's bolus (2 U) remain. */
Test(shield_sudden_rise, of_the_latest_reading, .init = begin)
{
    guarded_read(&g, 100.0);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 1.0);
    guarded_read(&g, 125.0);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 1.0);
    guarded_read(&g, 125.0 / 0.8 + 0.01);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 0.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    guarded_expect(guarded_dose(&g, 0.9, 2.5), 0.9, 2.0);
    guarded_fini(&g);
}

/* 5 mg/dL/min in 5 min are 25 mg/dL: 20 % of 125. */
Test(shield_sudden_rise, of_the_slope, .init = begin)
{
    guarded_read(&g, 125.0);
    test_set(&g.r, TITR_OBS_CGM_RATE, 5.0);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 1.0);
    test_set(&g.r, TITR_OBS_CGM_RATE, 5.01);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 0.0);
    test_set_real(g.def.rule[0], "rise_percent", 30.0);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 1.0);
    guarded_fini(&g);
}

/* What stood in the record before the episode is no reading of it. */
Test(shield_sudden_rise, first_decision, .init = begin)
{
    g.r.history[0][TEST_LANE] = 300.0;
    test_set(&g.r, TITR_OBS_CGM, 300.0);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 1.0);
    guarded_expect(guarded_dose(&g, 0.9, 1.0), 0.9, 0.0);
    guarded_fini(&g);
}
