// SPDX-License-Identifier: GPL-3.0-or-later
/* Toll road: both values in closed form, and tabular Q-learning with either target. */
#include "task_case.h"

#include <math.h>

Test(toll_road, the_lane_is_right_by_the_closed_form)
{
    const double g = 0.97;
    titr_slot slot = test_slot(titr_task_find("toll_road"));
    for (int64_t length = 1; length < 9; length++) {
        *(int64_t *)test_option(slot, "length") = length;
        double *q = task_values(slot, g);
        cr_assert_not_null(q);
        cr_assert_float_eq(q[0], 5.0 - 10.0 * pow(g, (double)length), 1e-12);
        cr_assert_float_eq(q[1], 2.0 * g, 1e-12);
        cr_assert_lt(q[0], q[1]);
        free(q);
    }
    titr_slot_fini(&slot);
}

/* Q-learning from `initial` on: levels are explored as the mask allows; the target's maximum heeds
 * the next mask or not. @return level that is best at the fork. */
static int learn(titr_slot slot, double initial, int heeds)
{
    enum { EPISODES = 4000 };
    const titr_task_type *type = slot.type;
    const titr_task_shape shape = titr_task_shape_of(slot);
    double q[64 * 3];
    for (size_t i = 0; i < shape.n_states * 3; i++) {
        q[i] = initial;
    }
    for (uint32_t e = 0; e < EPISODES; e++) {
        one_task t = one_task_of(slot, e);
        const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_TEST, .episode = e};
        while (!t.terminated) {
            unsigned char mask[3], next_mask[3];
            const size_t s = (size_t)t.state[0];
            type->mask(slot.def, t.state, 1, mask);
            size_t a = titr_rng_below(key, t.index, 3);
            while (!mask[a]) {
                a = (a + 1) % 3;
            }
            one_task_step(&t, (int)a);
            const size_t next = (size_t)t.state[0];
            double best = -HUGE_VAL;
            type->mask(slot.def, t.state, 1, next_mask);
            for (size_t b = 0; b < 3; b++) {
                best = !heeds || next_mask[b] ? fmax(best, q[3 * next + b]) : best;
            }
            const double target = t.reward + (t.terminated ? 0.0 : 0.99 * best);
            q[3 * s + a] += 0.1 * (target - q[3 * s + a]);
        }
    }
    return q[0] > q[1] ? 0 : 1;
}

Test(toll_road, only_a_target_that_heeds_the_next_mask_finds_it)
{
    static const double initial[] = {-2.9, 0.0, 1.0, 10.0};
    titr_slot slot = test_slot(titr_task_find("toll_road"));
    for (int64_t length = 1; length <= 9; length += 4) {
        *(int64_t *)test_option(slot, "length") = length;
        for (size_t i = 0; i < sizeof initial / sizeof initial[0]; i++) {
            cr_assert_eq(learn(slot, initial[i], 1), 1, "length %d from %g", (int)length,
                         initial[i]);
            cr_assert_eq(learn(slot, initial[i], 0), 0, "length %d from %g", (int)length,
                         initial[i]);
        }
    }
    titr_slot_fini(&slot);
}

Test(toll_road, masked_levels_cost_and_lead_nowhere)
{
    titr_slot slot = test_slot(titr_task_find("toll_road"));
    one_task t = one_task_of(slot, 1);
    one_task_step(&t, 2);
    cr_assert(t.state[0] == 0.0 && t.reward == -1.0 && !t.terminated);
    one_task_step(&t, 0);
    cr_assert(t.state[0] == 2.0 && t.reward == 5.0);
    one_task_step(&t, 1);
    cr_assert(t.state[0] == 2.0 && t.reward == -1.0);
    titr_slot_fini(&slot);
}
