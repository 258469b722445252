// SPDX-License-Identifier: GPL-3.0-or-later
/* CliffWalking: published tables of optimal values; the edge; the best policy that errs. */
#include "task_case.h"

#include <math.h>

Test(cliff_walking, values_are_those_published)
{
    expect_reference("CliffWalking");
}

Test(cliff_walking, slips_to_either_side)
{
    titr_slot slot = test_slot(titr_task_find("cliff_walking"));
    test_set_flag(slot, "slippery", 1);
    expect_steps_as_in_table(slot, 36, 0);
    expect_steps_as_in_table(slot, 30, 1);
    titr_slot_fini(&slot);
}

Test(cliff_walking, thirteen_steps_along_the_edge_and_a_fall)
{
    titr_slot slot = test_slot(titr_task_find("cliff_walking"));
    one_task t = one_task_of(slot, 1);
    cr_assert_eq(t.state[0], 36.0);
    one_task_step(&t, 1);
    cr_assert(t.state[0] == 36.0 && t.reward == -100.0 && !t.terminated, "over the edge");
    one_task_step(&t, 0);
    for (int k = 0; k < 11; k++) {
        one_task_step(&t, 1);
        cr_assert(t.reward == -1.0 && !t.terminated);
    }
    one_task_step(&t, 2);
    cr_assert(t.state[0] == 47.0 && t.reward == -1.0 && t.terminated);
    titr_slot_fini(&slot);
}

/* The best of all policies that take any level with probability 0.1 returns -20.71: value iteration
 * with (1 - e) max + e mean, an independent figure [SARSA's limit]. */
Test(cliff_walking, the_best_erring_policy_returns_what_is_published)
{
    titr_slot slot = test_slot(titr_task_find("cliff_walking"));
    const titr_task_type *type = slot.type;
    double v[48] = {0.0};
    for (int sweep = 0; sweep < 5000; sweep++) {
        for (size_t s = 0; s < 47; s++) {
            double best = -HUGE_VAL, mean = 0.0;
            for (size_t a = 0; a < 4; a++) {
                titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
                cr_assert_eq(type->successors(slot.def, s, a, next), 1);
                const double q = next[0].reward + (next[0].terminated ? 0.0 : v[next[0].state]);
                best = fmax(best, q);
                mean += 0.25 * q;
            }
            v[s] = 0.9 * best + 0.1 * mean;
        }
    }
    cr_assert_float_eq(v[36], -20.70767739866937, 1e-9);
    titr_slot_fini(&slot);
}
