// SPDX-License-Identifier: GPL-3.0-or-later
/* CartPole: published trajectories; and the equations of motion derived another way. */
#include "task_case.h"

#include <math.h>

Test(cartpole, steps_as_the_published_trajectories)
{
    expect_reference("cartpole");
}

/* Newton and Euler for cart and rod, solved as two linear equations:
 *   (m_c + m_p) x'' + m_p l a'' cos a = F + m_p l a'^2 sin a
 *   x'' cos a + (4/3) l a'' = g sin a */
Test(cartpole, accelerations_solve_the_equations_of_motion)
{
    titr_slot slot = test_slot(titr_task_find("cartpole"));
    const double from[][4] = {{0.1, -0.4, 0.05, 0.9}, {-1.0, 2.0, -0.2, -1.5}, {0, 0, 0.15, 0}};
    for (size_t k = 0; k < sizeof from / sizeof from[0]; k++) {
        for (int level = 0; level < 2; level++) {
            one_task t = one_task_of(slot, 1);
            memcpy(t.state, from[k], sizeof from[k]);
            one_task_step(&t, level);
            const double a = from[k][2], w = from[k][3], ml = 0.1 * 0.5;
            const double m11 = 1.1, m12 = ml * cos(a), m21 = cos(a), m22 = 4.0 / 3.0 * 0.5;
            const double b1 = (level ? 10.0 : -10.0) + ml * w * w * sin(a), b2 = 9.8 * sin(a);
            const double det = m11 * m22 - m12 * m21;
            const double push = (b1 * m22 - m12 * b2) / det, spin = (m11 * b2 - m21 * b1) / det;
            cr_assert_float_eq(t.state[0], from[k][0] + 0.02 * from[k][1], 1e-15);
            cr_assert_float_eq(t.state[1], from[k][1] + 0.02 * push, 1e-14);
            cr_assert_float_eq(t.state[2], a + 0.02 * w, 1e-15);
            cr_assert_float_eq(t.state[3], w + 0.02 * spin, 1e-14);
            cr_assert_eq(t.reward, 1.0);
        }
    }
    titr_slot_fini(&slot);
}

Test(cartpole, ends_beyond_its_limits_and_pays_for_the_last_step)
{
    static const struct {
        double state[4];
        int ends;
    } at[] = {
        {{2.39, 1.0, 0.0, 0.0}, 1},  {{-2.39, -1.0, 0.0, 0.0}, 1},  {{2.39, 0.4, 0.0, 0.0}, 0},
        {{0.0, 0.0, 0.209, 0.1}, 1}, {{0.0, 0.0, -0.209, -0.1}, 1}, {{0.0, 0.0, 0.209, 0.0}, 0},
    };
    titr_slot slot = test_slot(titr_task_find("cartpole"));
    for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
        one_task t = one_task_of(slot, 1);
        memcpy(t.state, at[k].state, sizeof at[k].state);
        one_task_step(&t, 1);
        cr_assert_eq(t.terminated, at[k].ends, "case %zu", k);
        cr_assert_eq(t.reward, 1.0);
    }
    titr_slot_fini(&slot);
}

Test(cartpole, starts_are_uniform_within_a_twentieth)
{
    enum { STARTS = 4000 };
    titr_slot slot = test_slot(titr_task_find("cartpole"));
    double sum[4] = {0.0}, square[4] = {0.0};
    for (uint32_t e = 0; e < STARTS; e++) {
        const one_task t = one_task_of(slot, e);
        for (size_t i = 0; i < 4; i++) {
            cr_assert_lt(fabs(t.state[i]), 0.05);
            sum[i] += t.state[i];
            square[i] += t.state[i] * t.state[i];
        }
    }
    for (size_t i = 0; i < 4; i++) { /* variance of a uniform: width^2 / 12 */
        cr_assert_float_eq(sum[i] / STARTS, 0.0, 5.0 * 0.1 / sqrt(12.0 * STARTS));
        cr_assert_float_eq(square[i] / STARTS, 0.01 / 12.0, 5e-5);
    }
    titr_slot_fini(&slot);
}
