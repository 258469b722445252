// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

static guarded g;
static titr_slot rule;

static void begin(void)
{
    guarded_init(&g);
    rule = guarded_add(&g, "predicted_low");
    guarded_start(&g);
}

/* Target 120: below 80 mg/dL. 110 - 30 x 1 = 80. */
Test(shield_predicted_low, by_the_slope, .init = begin)
{
    test_set(&g.r, TITR_OBS_CGM, 110.0);
    test_set(&g.r, TITR_OBS_CGM_RATE, -1.0);
    guarded_expect(guarded_dose(&g, 0.8, 0.5), 0.8, 0.5);
    test_set(&g.r, TITR_OBS_CGM_RATE, -1.001);
    guarded_expect(guarded_dose(&g, 0.8, 0.5), 0.0, 0.0);
    test_set_real(rule, "horizon_min", 20.0);
    guarded_expect(guarded_dose(&g, 0.8, 0.5), 0.8, 0.5);
    test_set_real(rule, "below_mg_dl", 95.0);
    guarded_expect(guarded_dose(&g, 0.8, 0.5), 0.0, 0.0);
    test_set_real(rule, "horizon_min", 0.0);
    guarded_expect(guarded_dose(&g, 0.8, 0.5), 0.8, 0.5);
    guarded_fini(&g);
}

/* 40 g at 20 g/U: the meal's own 2 U are given, a correction is not. */
Test(shield_predicted_low, a_meal_has_its_bolus, .init = begin)
{
    test_set(&g.r, TITR_OBS_CGM, 100.0);
    test_set(&g.r, TITR_OBS_CGM_RATE, -2.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    guarded_expect(guarded_dose(&g, 0.8, 2.7), 0.0, 2.0);
    guarded_expect(guarded_dose(&g, 0.8, 1.5), 0.0, 1.5);
    guarded_fini(&g);
}
