// SPDX-License-Identifier: GPL-3.0-or-later
/* Steps computed by hand for the child of support/record.h (CF 80, basal 0.4 U/h), gain 0.2 /h,
 * integral time 400 min, derivative time 60 min, setpoint 120 mg/dL, at most 5 x basal = 2 U/h. */
#include "support/clinic.h"

static void hire(clinic *c)
{
    clinic_init(c);
    const titr_slot slot = test_slot(titr_agent_find("pid"));
    test_set_real(slot, "gain_per_h", 0.2);
    test_set_real(slot, "integral_time_min", 400.0);
    test_set_real(slot, "derivative_time_min", 60.0);
    test_set_flag(slot, "meal_bolus", 1);
    cr_assert_eq(clinic_hire(c, slot, NULL), TITR_OK);
}

static void expect_basal(clinic *c, double cgm, double slope, double basal)
{
    test_set(&c->r, TITR_OBS_CGM, cgm);
    test_set(&c->r, TITR_OBS_CGM_RATE, slope);
    const titr_dose dose = clinic_dose(c);
    cr_assert_float_eq(dose.basal_u_per_h, basal, 1e-12, "CGM %g, slope %g: %.15g, expected %.15g",
                       cgm, slope, dose.basal_u_per_h, basal);
}

Test(pid, proportional_integral_and_derivative_parts_add_up)
{
    clinic c;
    hire(&c);
    expect_basal(&c, 200.0, 3.0, 0.4 + 0.2 * 80.0 / 80.0); /* no kick at the start */
    expect_basal(&c, 200.0, 1.0, 0.4 + 0.2 * (80.0 + 400.0 / 400.0 + 60.0) / 80.0);
    expect_basal(&c, 120.0, 0.0, 0.4 + 0.2 * (0.0 + 800.0 / 400.0) / 80.0);
    expect_basal(&c, 100.0, 0.0, 0.4 + 0.2 * (-20.0 + 2.0) / 80.0);
    titr_agent_destroy(c.agent);
}

Test(pid, a_meal_gets_its_bolus_on_request)
{
    clinic c;
    hire(&c);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    cr_assert_eq(clinic_dose(&c).bolus_u, 1.5);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    cr_assert_eq(clinic_dose(&c).bolus_u, 0.0);
    titr_agent_destroy(c.agent);
}

Test(pid, the_integral_does_not_wind_up_at_either_limit)
{
    clinic c;
    hire(&c);
    expect_basal(&c, 120.0, 0.0, 0.4);
    for (int i = 0; i < 1000; i++) {
        expect_basal(&c, 600.0, 4.0, 2.0);
    }
    /* a wound-up integral would hold the rate at 2 U/h for days */
    expect_basal(&c, 120.0, 0.0, 0.4);
    for (int i = 0; i < 1000; i++) {
        expect_basal(&c, 50.0, -4.0, 0.0);
    }
    expect_basal(&c, 120.0, 0.0, 0.4);
    titr_agent_destroy(c.agent);
}

Test(pid, at_its_limit_the_integral_still_unwinds)
{
    clinic c;
    hire(&c);
    for (int i = 0; i < 100; i++) {
        expect_basal(&c, 200.0, 0.0, 0.6 + 0.2 * i / 80.0); /* 1 mg/dL more each time */
    }
    expect_basal(&c, 40.0, 15.0, 2.0); /* at the upper limit with an error of -80: one step back */
    expect_basal(&c, 120.0, 0.0, 0.4 + 0.2 * 99.0 / 80.0);
    titr_agent_destroy(c.agent);
}

Test(pid, a_new_episode_starts_without_a_past)
{
    clinic c;
    hire(&c);
    for (int i = 0; i < 100; i++) {
        (void)clinic_dose(&c);
    }
    c.first[TEST_LANE] = 1;
    expect_basal(&c, 200.0, 2.0, 0.6);
    expect_basal(&c, 120.0, 0.0, 0.4 + 0.2 * 1.0 / 80.0);
    titr_agent_destroy(c.agent);
}
