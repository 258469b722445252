// SPDX-License-Identifier: GPL-3.0-or-later
/* Time in range: the consensus counts 70 and 180 mg/dL themselves as within. */
#include "support/one_lane.h"

#include <criterion/criterion.h>
#include <math.h>

Test(time_in_range, the_range_is_closed)
{
    const titr_reward_type *type = titr_reward_find("time_in_range");
    static const double table[][2] = {
        {40.0, 0.0}, {70.0, 1.0}, {120.0, 1.0}, {180.0, 1.0}, {600.0, 0.0}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        cr_assert_eq(reward_step(type, NULL, 100.0, table[i][0]), table[i][1], "%g", table[i][0]);
    }
    cr_assert_eq(reward_step(type, NULL, 100.0, nextafter(70.0, 0.0)), 0.0);
    cr_assert_eq(reward_step(type, NULL, 100.0, nextafter(180.0, 999.0)), 0.0);
}

/* Limits that enclose the range need no penalty; others one that takes back a deadly interval's 1.
 */
Test(time_in_range, dying_never_earns)
{
    const titr_slot slot = {titr_reward_find("time_in_range"), NULL};
    cr_assert_eq(titr_terminal_penalty_min(slot, 40.0, 600.0, 180.0, 5.0), 0.0);
    cr_assert_eq(titr_terminal_penalty_min(slot, 70.0, 180.0, 180.0, 5.0), 0.0);
    cr_assert_geq(titr_terminal_penalty_min(slot, 80.0, 600.0, 180.0, 5.0), 1.0);
    cr_assert_geq(titr_terminal_penalty_min(slot, 40.0, 170.0, 180.0, 5.0), 1.0);
}
