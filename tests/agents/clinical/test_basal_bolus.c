// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses computed by hand for the child of support/record.h: CGM 200, target 120, CF 80, CR 20,
 * 0.25 U on board, basal 0.4 U/h. */
#include "support/clinic.h"

static void hire(clinic *c, titr_slot slot)
{
    clinic_init(c);
    cr_assert_eq(clinic_hire(c, slot, NULL), TITR_OK);
}

static void expect_bolus(clinic *c, double cgm, double carbs_g, double bolus_u)
{
    test_set(&c->r, TITR_OBS_CGM, cgm);
    test_set(&c->r, TITR_OBS_CARBS_ANNOUNCED, carbs_g);
    const titr_dose dose = clinic_dose(c);
    cr_assert_float_eq(dose.bolus_u, bolus_u, 1e-12, "CGM %g, %g g: %g U, expected %g", cgm,
                       carbs_g, dose.bolus_u, bolus_u);
    cr_assert_eq(dose.basal_u_per_h, 0.4);
}

Test(basal_bolus, a_clinic_subtracts_insulin_on_board_from_the_correction)
{
    clinic c;
    hire(&c, test_slot(titr_agent_find("basal_bolus")));
    expect_bolus(&c, 200.0, 30.0, 1.5 + 1.0 - 0.25);
    expect_bolus(&c, 130.0, 30.0, 1.5); /* 0.125 U needed, 0.25 U on board: the meal's dose stays */
    expect_bolus(&c, 80.0, 30.0, 1.5);
    expect_bolus(&c, 300.0, 0.0, 0.0); /* no correction without a meal */
    titr_agent_destroy(c.agent);
}

Test(basal_bolus, as_published_corrects_above_150_without_insulin_on_board)
{
    clinic c;
    const titr_slot slot = test_slot(titr_agent_find("basal_bolus"));
    test_set_flag(slot, "use_iob", 0);
    test_set_real(slot, "correction_above_mg_dl", 150.0);
    hire(&c, slot);
    test_set(&c.r, TITR_OBS_TARGET, 140.0);
    expect_bolus(&c, 220.0, 30.0, 1.5 + 1.0);
    expect_bolus(&c, 151.0, 30.0, 1.5 + 11.0 / 80.0);
    expect_bolus(&c, 150.0, 30.0, 1.5);
    expect_bolus(&c, 100.0, 30.0, 1.5);
    titr_agent_destroy(c.agent);
}

Test(basal_bolus, corrections_between_meals_wait_for_the_lockout)
{
    clinic c;
    const titr_slot slot = test_slot(titr_agent_find("basal_bolus"));
    test_set_flag(slot, "correct_between_meals", 1);
    test_set_real(slot, "lockout_min", 60.0);
    hire(&c, slot);
    expect_bolus(&c, 100.0, 0.0, 0.0); /* nothing to correct: no lock-out starts */
    test_set(&c.r, TITR_OBS_TIME, 5.0);
    expect_bolus(&c, 200.0, 0.0, 0.75);
    test_set(&c.r, TITR_OBS_TIME, 60.0);
    expect_bolus(&c, 200.0, 0.0, 0.0);
    expect_bolus(&c, 200.0, 20.0, 1.75); /* a meal is never locked out, and locks */
    test_set(&c.r, TITR_OBS_TIME, 119.0);
    expect_bolus(&c, 200.0, 0.0, 0.0);
    test_set(&c.r, TITR_OBS_TIME, 120.0);
    expect_bolus(&c, 200.0, 0.0, 0.75);
    test_set(&c.r, TITR_OBS_TIME, 0.0);
    c.first[TEST_LANE] = 1; /* a new episode forgets */
    expect_bolus(&c, 200.0, 0.0, 0.75);
    titr_agent_destroy(c.agent);
}
