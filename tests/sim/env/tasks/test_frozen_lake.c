// SPDX-License-Identifier: GPL-3.0-or-later
/* FrozenLake: published tables of optimal values; and what its map says. */
#include "task_case.h"

Test(frozen_lake, values_are_those_published)
{
    expect_reference("FrozenLake");
}

Test(frozen_lake, slips_to_either_side_as_often_as_it_goes_ahead)
{
    titr_slot slot = test_slot(titr_task_find("frozen_lake"));
    expect_steps_as_in_table(slot, 0, 2);
    expect_steps_as_in_table(slot, 14, 2);
    expect_steps_as_in_table(slot, 6, 0);
    titr_slot_fini(&slot);
}

/* The value of the start on the small lake at gamma 1 is 14/17 exactly. */
Test(frozen_lake, the_start_is_worth_fourteen_seventeenths)
{
    titr_slot slot = test_slot(titr_task_find("frozen_lake"));
    double *q = task_values(slot, 1.0), best = 0.0;
    cr_assert_not_null(q);
    for (size_t a = 0; a < 4; a++) {
        best = q[a] > best ? q[a] : best;
    }
    cr_assert_float_eq(best, 14.0 / 17.0, 1e-11);
    free(q);
    titr_slot_fini(&slot);
}

static int64_t limit_of(titr_slot slot)
{
    return titr_task_shape_of(slot).steps_max;
}

Test(frozen_lake, the_map_decides_on_states_and_limit)
{
    titr_slot slot = test_slot(titr_task_find("frozen_lake"));
    cr_assert_eq(titr_task_shape_of(slot).n_states, 16);
    cr_assert_eq(limit_of(slot), 100);
    test_set_flag(slot, "map", 1);
    cr_assert_eq(titr_task_shape_of(slot).n_states, 64);
    cr_assert_eq(limit_of(slot), 200);
    *(int64_t *)test_option(slot, "steps_max") = 7;
    cr_assert_eq(limit_of(slot), 7);
    titr_slot_fini(&slot);
}

Test(frozen_lake, without_slipping_six_steps_lead_to_the_goal)
{
    static const int way[] = {1, 1, 2, 1, 2, 2};
    titr_slot slot = test_slot(titr_task_find("frozen_lake"));
    test_set_flag(slot, "slippery", 0);
    one_task t = one_task_of(slot, 1);
    for (size_t i = 0; i < 6; i++) {
        cr_assert_eq(t.terminated, 0);
        cr_assert_eq(t.reward, 0.0);
        one_task_step(&t, way[i]);
    }
    cr_assert(t.terminated && t.reward == 1.0 && t.state[0] == 15.0);
    t = one_task_of(slot, 1);
    one_task_step(&t, 0);
    cr_assert_eq(t.state[0], 0.0, "a wall");
    one_task_step(&t, 2);
    one_task_step(&t, 1);
    cr_assert(t.terminated && t.reward == 0.0 && t.state[0] == 5.0, "a hole");
    titr_slot_fini(&slot);
}
