// SPDX-License-Identifier: GPL-3.0-or-later
/* Fixed meals: what the lists say, on every day, and the lists' own errors. */
#include "titrate/env/scenario.h"

#include "support/part.h"

#include <criterion/criterion.h>
#include <string.h>

static titr_reals *list(titr_slot slot, const char *name)
{
    return test_option(slot, name);
}

static titr_slot fixed(void)
{
    titr_slot slot = test_slot(titr_scenario_find("meals_fixed"));
    /* the fourth values stand behind the lists' ends and must never be read */
    *list(slot, "time_of_day_min") = (titr_reals){.v = {1140.0, 480.0, 0.0, 0.5}, .n = 3};
    *list(slot, "carbs_g") = (titr_reals){.v = {50.0, 30.0, 12.5, 99.0}, .n = 3};
    return slot;
}

Test(meals_fixed, the_same_every_day)
{
    titr_slot slot = fixed();
    const titr_scenario_type *type = slot.type;
    cr_assert_eq(type->prepare(slot.def, NULL), TITR_OK);
    for (unsigned day = 0; day < 3; day++) {
        titr_day_plan plan = {.n = 0};
        const titr_patient child = {0};
        const titr_rng_key key = {0};
        cr_assert_eq(type->plan_day(slot.def, &child, key, 0.0, day, &plan, NULL), TITR_OK);
        cr_assert_eq(plan.n, 3);
        cr_assert_float_eq(plan.meal[0].time_min, 1440.0 * day, 0.0);
        cr_assert_float_eq(plan.meal[0].carbs_g, 12.5, 0.0);
        cr_assert_float_eq(plan.meal[1].time_min, 1440.0 * day + 480.0, 0.0);
        cr_assert_float_eq(plan.meal[2].time_min, 1440.0 * day + 1140.0, 0.0);
        cr_assert_float_eq(plan.meal[2].carbs_announced_g, 50.0, 0.0);
    }
    titr_slot_fini(&slot);
}

Test(meals_fixed, times_are_of_the_day_whenever_the_episode_starts)
{
    titr_slot slot = fixed();
    const titr_scenario_type *type = slot.type;
    const titr_patient child = {0};
    const titr_rng_key key = {0};
    titr_day_plan plan = {.n = 0};
    cr_assert_eq(type->plan_day(slot.def, &child, key, 600.0, 0, &plan, NULL), TITR_OK);
    cr_assert_eq(plan.n, 1, "midnight's and breakfast are over at 10:00");
    cr_assert_float_eq(plan.meal[0].time_min, 540.0, 0.0);
    plan.n = 0;
    cr_assert_eq(type->plan_day(slot.def, &child, key, 600.0, 1, &plan, NULL), TITR_OK);
    cr_assert_eq(plan.n, 3);
    cr_assert_float_eq(plan.meal[0].time_min, 840.0, 0.0);
    titr_slot_fini(&slot);
}

Test(meals_fixed, lists_must_fit)
{
    titr_error err;
    titr_slot slot = fixed();
    const titr_scenario_type *type = slot.type;
    list(slot, "carbs_g")->n = 2;
    cr_assert_eq(type->prepare(slot.def, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "meals_fixed: 3 values of time_of_day_min and 2 of carbs_g, "
                               "expected one of each per meal, at most 48");
    list(slot, "carbs_g")->n = 3;
    list(slot, "time_of_day_min")->v[1] = 480.5;
    cr_assert_eq(type->prepare(slot.def, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what,
                     "meals_fixed: time_of_day_min[1] = 480.5 min, expected whole minutes");
    titr_slot_fini(&slot);
}

Test(meals_fixed, none_to_48_meals)
{
    titr_slot slot = fixed();
    const titr_scenario_type *type = slot.type;
    static const size_t n[] = {0, 48, 49};
    for (size_t i = 0; i < 3; i++) {
        *list(slot, "time_of_day_min") = (titr_reals){.n = n[i]};
        *list(slot, "carbs_g") = (titr_reals){.n = n[i]};
        cr_assert_eq(type->prepare(slot.def, NULL), n[i] <= 48 ? TITR_OK : TITR_ERR_RANGE);
    }
    titr_slot_fini(&slot);
}

Test(meals_fixed, a_second_part_shares_the_day)
{
    titr_error err;
    titr_slot slot = fixed();
    const titr_scenario_type *type = slot.type;
    const titr_patient child = {0};
    const titr_rng_key key = {0};
    titr_day_plan plan = {.n = 0};
    for (int k = 0; k < 16; k++) {
        cr_assert_eq(type->plan_day(slot.def, &child, key, 0.0, 0, &plan, NULL), TITR_OK);
    }
    cr_assert_eq(plan.n, TITR_MEALS_PER_DAY_MAX);
    cr_assert_eq(type->plan_day(slot.def, &child, key, 0.0, 0, &plan, &err), TITR_ERR_RANGE);
    titr_slot_fini(&slot);
}
