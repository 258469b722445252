// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shield.h"

static guarded g;
static titr_slot rule;

static void begin(void)
{
    guarded_init(&g);
    rule = guarded_add(&g, "low_suspend");
    guarded_start(&g);
    test_set(&g.r, TITR_OBS_IOB, 0.0);
}

static int suspends(double cgm_mg_dl)
{
    test_set(&g.r, TITR_OBS_CGM, cgm_mg_dl);
    const titr_dose dose = guarded_dose(&g, 0.4, 0.3);
    cr_assert(dose.basal_u_per_h == 0.4 || dose.bolus_u == 0.0);
    return dose.basal_u_per_h == 0.0;
}

/* Targets of 90, 100, 110 and 130 mg/dL: 65, 70, 75 and 85 mg/dL. */
Test(shield_low_suspend, threshold_by_target, .init = begin)
{
    static const double target[] = {90.0, 100.0, 110.0, 130.0}, below[] = {65.0, 70.0, 75.0, 85.0};
    for (size_t i = 0; i < 4; i++) {
        test_set(&g.r, TITR_OBS_TARGET, target[i]);
        cr_assert(!suspends(below[i]) && suspends(nextafter(below[i], 0.0)) && suspends(40.0));
    }
    guarded_fini(&g);
}

Test(shield_low_suspend, own_threshold_and_hysteresis, .init = begin)
{
    test_set_real(rule, "below_mg_dl", 70.0);
    test_set_real(rule, "hysteresis_mg_dl", 10.0);
    cr_assert(!suspends(70.0) && suspends(69.9) && suspends(79.9) && !suspends(80.0));
    cr_assert(!suspends(79.9), "it has come back");
    cr_assert(suspends(69.0));
    g.first[TEST_LANE] = 1;
    cr_assert(!suspends(75.0), "another episode");
    guarded_fini(&g);
}

/* 20 min of 0.4 U/h are 0.1333 U: with less insulin than that below the schedule, and rising. */
Test(shield_low_suspend, comes_back_when_insulin_lacks_and_glucose_rises, .init = begin)
{
    test_set_real(rule, "below_mg_dl", 70.0);
    test_set(&g.r, TITR_OBS_CGM_RATE, 0.1);
    test_set(&g.r, TITR_OBS_IOB, -0.13);
    cr_assert(suspends(60.0));
    test_set(&g.r, TITR_OBS_IOB, -0.14);
    cr_assert(!suspends(60.0));
    test_set(&g.r, TITR_OBS_CGM_RATE, 0.0);
    cr_assert(suspends(60.0));
    test_set(&g.r, TITR_OBS_CGM_RATE, 0.1);
    test_set_real(rule, "release_min", 0.0);
    cr_assert(suspends(60.0));
    guarded_fini(&g);
}

/* 40 g at 20 g/U are 2 U; from 60 to 120 mg/dL at 80 mg/dL/U 0.75 U less. */
Test(shield_low_suspend, a_meal, .init = begin)
{
    test_set(&g.r, TITR_OBS_CGM, 60.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    guarded_expect(guarded_dose(&g, 0.4, 2.0), 0.0, 1.25);
    guarded_expect(guarded_dose(&g, 0.4, 1.0), 0.0, 1.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 10.0);
    guarded_expect(guarded_dose(&g, 0.4, 0.5), 0.0, 0.0);
    test_set_flag(rule, "meal_bolus", 1);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    guarded_expect(guarded_dose(&g, 0.4, 2.0), 0.0, 0.0);
    guarded_fini(&g);
}

/* Above the target although low: a target of 60 mg/dL adds nothing to the bolus. */
Test(shield_low_suspend, never_adds, .init = begin)
{
    test_set_real(rule, "below_mg_dl", 70.0);
    test_set(&g.r, TITR_OBS_TARGET, 60.0);
    test_set(&g.r, TITR_OBS_CGM, 65.0);
    test_set(&g.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    guarded_expect(guarded_dose(&g, 0.4, 3.0), 0.0, 2.0);
    test_set(&g.r, TITR_OBS_CGM, (double)NAN);
    guarded_expect(guarded_dose(&g, 0.4, 3.0), 0.4, 3.0);
    guarded_fini(&g);
}
