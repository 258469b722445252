// SPDX-License-Identifier: GPL-3.0-or-later
/* Magni risk: values of the published formula worked out independently. */
#include "support/one_lane.h"

#include <criterion/criterion.h>
#include <math.h>

Test(magni_risk, is_minus_the_published_risk_at_the_interval_s_end)
{
    const titr_reward_type *type = titr_reward_find("magni_risk");
    /* least at 138.9 mg/dL */
    cr_assert_float_eq(reward_step(type, NULL, 40.0, 138.9), 0.0, 1e-4);
    for (double g = 10.0; g < 1000.0; g += 9.0) {
        const double f = 3.5506 * (pow(log(g), 0.8353) - 3.7932);
        cr_assert_float_eq(reward_step(type, NULL, 100.0, g), -10.0 * f * f, 1e-11);
    }
}

Test(magni_risk, low_weighs_more_than_high)
{
    const titr_reward_type *type = titr_reward_find("magni_risk");
    cr_assert_lt(reward_step(type, NULL, 100.0, 138.9 - 60.0),
                 reward_step(type, NULL, 100.0, 138.9 + 60.0));
    cr_assert_eq(type->worst(NULL, 40.0, 600.0), -reward_step(type, NULL, 100.0, 600.0));
}
