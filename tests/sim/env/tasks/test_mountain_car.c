// SPDX-License-Identifier: GPL-3.0-or-later
/* MountainCar: published trajectories; limits and goal. */
#include "task_case.h"

#include <math.h>

Test(mountain_car, steps_as_the_published_trajectories)
{
    expect_reference("mountaincar");
}

static one_task at(titr_slot slot, double x, double v)
{
    one_task t = one_task_of(slot, 1);
    t.state[0] = x;
    t.state[1] = v;
    return t;
}

Test(mountain_car, a_step_is_its_formula)
{
    titr_slot slot = test_slot(titr_task_find("mountain_car"));
    for (int level = 0; level < 3; level++) {
        one_task t = at(slot, -0.3, 0.02);
        one_task_step(&t, level);
        const double v = 0.02 + (level - 1) * 0.001 - 0.0025 * cos(-0.9);
        cr_assert_float_eq(t.state[1], v, 1e-15);
        cr_assert_float_eq(t.state[0], -0.3 + v, 1e-15);
        cr_assert(t.reward == -1.0 && !t.terminated);
    }
    titr_slot_fini(&slot);
}

Test(mountain_car, walls_speed_and_goal)
{
    titr_slot slot = test_slot(titr_task_find("mountain_car"));
    one_task t = at(slot, -1.19, -0.07);
    one_task_step(&t, 0);
    cr_assert(t.state[0] == -1.2 && t.state[1] == 0.0, "the left wall stops the car");
    t = at(slot, -1.0, 0.07);
    one_task_step(&t, 2);
    cr_assert_eq(t.state[1], 0.07, "no faster");
    t = at(slot, 0.45, 0.06);
    one_task_step(&t, 2);
    cr_assert(t.terminated && t.reward == -1.0, "the goal");
    t = at(slot, 0.55, 0.07);
    one_task_step(&t, 2);
    cr_assert_eq(t.state[0], 0.6, "no further than the right end");
    titr_slot_fini(&slot);
}

Test(mountain_car, starts_at_rest_in_the_valley)
{
    titr_slot slot = test_slot(titr_task_find("mountain_car"));
    double lo = 0.0, hi = -1.0, sum = 0.0;
    for (uint32_t e = 0; e < 2000; e++) {
        const one_task t = one_task_of(slot, e);
        cr_assert_eq(t.state[1], 0.0);
        lo = fmin(lo, t.state[0]);
        hi = fmax(hi, t.state[0]);
        sum += t.state[0];
    }
    cr_assert(lo > -0.6 && lo < -0.599 && hi < -0.4 && hi > -0.401);
    cr_assert_float_eq(sum / 2000, -0.5, 5.0 * 0.2 / sqrt(12.0 * 2000));
    titr_slot_fini(&slot);
}
