// SPDX-License-Identifier: GPL-3.0-or-later
/* A day's plan: order, the episode's start, capacity. */
#include "titrate/env/scenario.h"

#include <criterion/criterion.h>

static titr_meal at(double time_min)
{
    return (titr_meal){time_min, 10.0, 10.0};
}

Test(day_plan, meals_stand_in_order_of_time)
{
    titr_day_plan plan = {.n = 0};
    static const double added[] = {700.0, 400.0, 1000.0, 0.0, 700.0};
    static const double want[] = {0.0, 400.0, 700.0, 700.0, 1000.0};
    for (size_t k = 0; k < 5; k++) {
        cr_assert_eq(titr_day_plan_add(&plan, at(added[k]), NULL), TITR_OK);
    }
    cr_assert_eq(plan.n, 5);
    for (size_t k = 0; k < 5; k++) {
        cr_assert_float_eq(plan.meal[k].time_min, want[k], 0.0);
    }
}

Test(day_plan, nothing_is_eaten_before_the_episode)
{
    titr_day_plan plan = {.n = 0};
    cr_assert_eq(titr_day_plan_add(&plan, at(-1.0), NULL), TITR_OK);
    cr_assert_eq(plan.n, 0);
}

Test(day_plan, a_full_day_is_an_error)
{
    titr_error err;
    titr_day_plan plan = {.n = 0};
    for (int k = 0; k < TITR_MEALS_PER_DAY_MAX; k++) {
        cr_assert_eq(titr_day_plan_add(&plan, at(k), NULL), TITR_OK);
    }
    cr_assert_eq(titr_day_plan_add(&plan, at(99.0), &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "more than 48 meals in one day (the meal of 10 g at 99 min)");
}
