// SPDX-License-Identifier: GPL-3.0-or-later
/* Creating agents: options are checked, wrappers need another policy and own it. */
#include "support/clinic.h"

Test(agent, options_are_checked_before_creation)
{
    clinic c;
    clinic_init(&c);
    titr_slot slot = test_slot(titr_agent_find("pid"));
    test_set_real(slot, "setpoint_mg_dl", 20.0);
    titr_error err = {0};
    cr_assert_eq(clinic_hire(&c, slot, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "setpoint_mg_dl = 20 mg/dL, allowed [80, 200]");
    cr_assert_null(c.agent);
}

Test(agent, a_wrapper_needs_a_policy_and_others_take_none)
{
    clinic c;
    clinic_init(&c);
    titr_error err = {0};
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("low_suspend")), &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "`of`"), "%s", err.what);
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("constant_basal")), &err), TITR_OK);
    c.context.inner = c.agent; /* taken over, and destroyed on failure */
    c.agent = NULL;
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("pid")), &err), TITR_ERR_ARG);
    cr_assert_null(c.agent);
}

Test(agent, nothing_is_destroyed_twice)
{
    titr_agent_destroy(NULL);
}
