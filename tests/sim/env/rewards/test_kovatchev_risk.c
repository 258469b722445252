// SPDX-License-Identifier: GPL-3.0-or-later
/* Kovatchev risk: its published scale runs from 0 at 112.5 to 100 at 20 and at 600 mg/dL. */
#include "support/one_lane.h"

#include <criterion/criterion.h>
#include <math.h>

Test(kovatchev_risk, has_the_published_scale)
{
    const titr_reward_type *type = titr_reward_find("kovatchev_risk");
    cr_assert_float_eq(reward_step(type, NULL, 40.0, 112.517), 0.0, 1e-6);
    cr_assert_float_eq(reward_step(type, NULL, 100.0, 20.0), -100.0, 0.5);
    cr_assert_float_eq(reward_step(type, NULL, 100.0, 600.0), -100.0, 0.5);
    for (double g = 10.0; g < 1000.0; g += 9.0) {
        const double f = 1.509 * (pow(log(g), 1.084) - 5.381);
        cr_assert_float_eq(reward_step(type, NULL, 100.0, g), -10.0 * f * f, 1e-11);
    }
}
