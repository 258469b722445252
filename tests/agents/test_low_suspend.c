// SPDX-License-Identifier: GPL-3.0-or-later
/* When insulin stops and when it comes back, for hand-set CGM values and slopes. */
#include "support/clinic.h"

static void hire(clinic *c, double hysteresis_mg_dl, double horizon_min)
{
    clinic_init(c);
    cr_assert_eq(clinic_hire(c, test_slot(titr_agent_find("constant_basal")), NULL), TITR_OK);
    c->context.inner = c->agent;
    const titr_slot slot = test_slot(titr_agent_find("low_suspend"));
    test_set_real(slot, "hysteresis_mg_dl", hysteresis_mg_dl);
    test_set_real(slot, "horizon_min", horizon_min);
    cr_assert_eq(clinic_hire(c, slot, NULL), TITR_OK);
}

static void expect(clinic *c, double cgm, double slope, double basal)
{
    test_set(&c->r, TITR_OBS_CGM, cgm);
    test_set(&c->r, TITR_OBS_CGM_RATE, slope);
    const titr_dose dose = clinic_dose(c);
    cr_assert_eq(dose.basal_u_per_h, basal, "CGM %g, slope %g", cgm, slope);
    cr_assert_eq(dose.bolus_u, 0.0);
}

Test(low_suspend, suspends_below_the_threshold_alone)
{
    clinic c;
    hire(&c, 0.0, 0.0);
    expect(&c, 70.0, -5.0, 0.4);
    expect(&c, 69.9, 5.0, 0.0);
    expect(&c, 70.1, 0.0, 0.4);
    titr_agent_destroy(c.agent);
}

Test(low_suspend, hysteresis_holds_until_the_child_has_recovered)
{
    clinic c;
    hire(&c, 10.0, 0.0);
    expect(&c, 75.0, 0.0, 0.4);
    expect(&c, 69.0, 0.0, 0.0);
    expect(&c, 79.9, 0.0, 0.0);
    expect(&c, 80.0, 0.0, 0.4);
    expect(&c, 75.0, 0.0, 0.4);
    expect(&c, 60.0, 0.0, 0.0);
    c.first[TEST_LANE] = 1; /* a new episode forgets */
    expect(&c, 75.0, 0.0, 0.4);
    titr_agent_destroy(c.agent);
}

Test(low_suspend, a_falling_slope_is_followed_over_the_horizon)
{
    clinic c;
    hire(&c, 0.0, 30.0);
    expect(&c, 100.0, -1.0, 0.4);  /* 70 in 30 min */
    expect(&c, 100.0, -1.01, 0.0); /* below */
    expect(&c, 69.0, 2.0, 0.0);    /* a rise does not excuse a low */
    titr_agent_destroy(c.agent);
}

Test(low_suspend, a_level_of_the_inner_policy_passes_or_is_replaced)
{
    clinic c;
    clinic_init(&c);
    const titr_slot inner = test_slot(titr_agent_find("constant_level"));
    *(int64_t *)test_option(inner, "level") = 2;
    cr_assert_eq(clinic_hire(&c, inner, NULL), TITR_OK);
    c.context.inner = c.agent;
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("low_suspend")), NULL), TITR_OK);
    cr_assert_eq(clinic_decide(&c).level, 2);
    test_set(&c.r, TITR_OBS_CGM, 50.0);
    const titr_decision d = clinic_decide(&c);
    cr_assert_eq(d.level, -1);
    cr_assert_eq(d.dose.basal_u_per_h, 0.0);
    titr_agent_destroy(c.agent);
}
