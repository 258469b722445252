// SPDX-License-Identifier: GPL-3.0-or-later
/* The ideal pump gives what is asked for, minute by minute. */
#include "support/one_lane.h"

#include <criterion/criterion.h>

Test(pump_ideal, delivers_exactly_what_is_requested)
{
    const titr_pump_type *type = titr_pump_find("pump_ideal");
    cr_assert_not_null(type);
    double state[TITR_PUMP_ROWS] = {0};
    pump_request(type, NULL, state, 0.37, 1.234);
    cr_assert_float_eq(state[TITR_PUMP_PROGRAMMED], 0.37, 0.0);
    cr_assert_float_eq(pump_minute(type, NULL, state), 0.37 / 60.0 + 1.234, 0.0);
    for (int minute = 1; minute < 5; minute++) {
        cr_assert_float_eq(pump_minute(type, NULL, state), 0.37 / 60.0, 0.0);
    }
    cr_assert_float_eq(state[TITR_PUMP_REMAINDER], 0.0, 0.0);
}

Test(pump_ideal, takes_nothing_back)
{
    const titr_pump_type *type = titr_pump_find("pump_ideal");
    double state[TITR_PUMP_ROWS] = {0};
    pump_request(type, NULL, state, -2.0, -3.0);
    cr_assert_float_eq(pump_minute(type, NULL, state), 0.0, 0.0);
}
