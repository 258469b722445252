// SPDX-License-Identifier: GPL-3.0-or-later
/* The scheduled rate, whatever the glucose and the meal. */
#include "support/clinic.h"

Test(constant_basal, gives_the_scheduled_rate_and_no_bolus)
{
    clinic c;
    clinic_init(&c);
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("constant_basal")), NULL), TITR_OK);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 40.0);
    for (int cgm = 40; cgm < 400; cgm += 50) {
        test_set(&c.r, TITR_OBS_CGM, cgm);
        test_set(&c.r, TITR_OBS_BASAL, 0.001 * cgm);
        const titr_dose dose = clinic_dose(&c);
        cr_assert_eq(dose.basal_u_per_h, 0.001 * cgm);
        cr_assert_eq(dose.bolus_u, 0.0);
    }
    titr_agent_destroy(c.agent);
}
