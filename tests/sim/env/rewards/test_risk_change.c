// SPDX-License-Identifier: GPL-3.0-or-later
/* Risk change: the sum over an episode depends on its two ends alone. */
#include "support/one_lane.h"

#include <criterion/criterion.h>
#include <math.h>

static double risk(double glucose_mg_dl)
{
    const double f = 1.509 * (pow(log(glucose_mg_dl), 1.084) - 5.381);
    return 10.0 * f * f;
}

Test(risk_change, telescopes)
{
    const titr_reward_type *type = titr_reward_find("risk_change");
    static const double way_mg_dl[] = {100.0, 45.0, 300.0, 80.0, 590.0, 150.0};
    const size_t n = sizeof way_mg_dl / sizeof way_mg_dl[0];
    double sum = 0.0;
    for (size_t k = 1; k < n; k++) {
        sum += reward_step(type, NULL, way_mg_dl[k - 1], way_mg_dl[k]);
    }
    cr_assert_float_eq(sum, risk(way_mg_dl[0]) - risk(way_mg_dl[n - 1]), 1e-10);
}

Test(risk_change, the_worst_goes_from_the_lowest_risk_to_the_highest)
{
    const titr_reward_type *type = titr_reward_find("risk_change");
    cr_assert_float_eq(type->worst(NULL, 40.0, 600.0), risk(600.0), 1e-10);
    cr_assert_float_eq(type->worst(NULL, 60.0, 100.0), risk(60.0) - risk(100.0), 1e-10);
    cr_assert_float_eq(type->worst(NULL, 150.0, 300.0), risk(300.0) - risk(150.0), 1e-10);
}
