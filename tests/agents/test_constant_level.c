// SPDX-License-Identifier: GPL-3.0-or-later
/* A constant level, and what it does where it is not allowed. */
#include "support/clinic.h"

static titr_slot level_slot(int64_t level)
{
    const titr_slot slot = test_slot(titr_agent_find("constant_level"));
    *(int64_t *)test_option(slot, "level") = level;
    return slot;
}

Test(constant_level, gives_its_level_or_the_nearest_allowed)
{
    clinic c;
    clinic_init(&c);
    cr_assert_eq(clinic_hire(&c, level_slot(3), NULL), TITR_OK);
    const titr_decision d = clinic_decide(&c);
    cr_assert_eq(d.level, 3);
    cr_assert_eq(d.propensity, 1.0);
    c.mask[CLINIC_LEVELS + 3] = 0;
    cr_assert_eq(clinic_decide(&c).level, 2);
    c.mask[CLINIC_LEVELS + 2] = 0;
    cr_assert_eq(clinic_decide(&c).level, 4);
    titr_agent_destroy(c.agent);
}

Test(constant_level, refuses_a_level_that_the_action_set_has_not)
{
    clinic c;
    clinic_init(&c);
    titr_error err = {0};
    cr_assert_eq(clinic_hire(&c, level_slot(CLINIC_LEVELS), &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "level = 5, the action set has levels 0 to 4");
}
