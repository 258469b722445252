// SPDX-License-Identifier: GPL-3.0-or-later
/* Expected SARSA against the fixed point of its policy. */
#include "walk.h"

/* Values of the best policy that gives any level with probability epsilon, swept to rest. */
static table soft_values(double epsilon)
{
    table t = {{{0}}};
    for (int sweep = 0; sweep < 3000; sweep++) {
        for (int s = 0; s < STATES; s++) {
            for (int a = 0; a < CLINIC_LEVELS; a++) {
                const step w = walk(s, a, 0);
                double mean = (1.0 - epsilon) * best_of(&t, w.next);
                for (int b = 0; b < CLINIC_LEVELS; b++) {
                    mean += epsilon / CLINIC_LEVELS * t.q[w.next][b];
                }
                t.q[s][a] = w.reward + (w.end == TITR_END_NONE ? gamma_of_5_min * mean : 0.0);
            }
        }
    }
    return t;
}

static void sweep_all(clinic *c)
{
    for (int sweep = 0; sweep < 1500; sweep++) {
        for (int s = 0; s < STATES; s++) {
            for (int a = 0; a < CLINIC_LEVELS; a++) {
                learn(c, walk(s, a, 0));
            }
        }
    }
}

Test(expected_sarsa, finds_the_exact_values_of_its_own_policy)
{
    static const double epsilon[] = {0.0, 0.3, 1.0};
    for (int k = 0; k < 3; k++) {
        clinic c;
        const titr_slot slot = walk_slot("expected_sarsa");
        set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
        set_epsilon(slot, epsilon[k], epsilon[k], 1);
        hire(&c, slot);
        sweep_all(&c);
        const table want = soft_values(epsilon[k]);
        expect_table(&c, &want, 1e-11);
        titr_agent_destroy(c.agent);
    }
}

/* Boltzmann: what was learned is a fixed point of the rule written out. */
Test(expected_sarsa, boltzmann_exploration_is_in_the_target)
{
    clinic c;
    const titr_slot slot = walk_slot("expected_sarsa");
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    *(int *)test_option(slot, "exploration") = 1;
    test_set_real(slot, "temperature.from", 2.0);
    test_set_real(slot, "temperature.to", 2.0);
    hire(&c, slot);
    sweep_all(&c);
    for (int s = 0; s < STATES; s++) {
        for (int a = 0; a < CLINIC_LEVELS; a++) {
            const step w = walk(s, a, 0);
            double sum = 0.0, mean = 0.0;
            for (int b = 0; b < CLINIC_LEVELS; b++) {
                const double q = q_of(&c, w.next, b);
                sum += exp(q / 2.0);
                mean += exp(q / 2.0) * q;
            }
            const double next = w.end == TITR_END_NONE ? gamma_of_5_min * mean / sum : 0.0;
            cr_assert_float_eq(q_of(&c, s, a), w.reward + next, 1e-10);
        }
    }
    titr_agent_destroy(c.agent);
}

Test(expected_sarsa, masked_levels_have_no_part_in_the_mean)
{
    static const unsigned char mask[CLINIC_LEVELS] = {1, 0, 1, 0, 1};
    clinic c;
    const titr_slot slot = walk_slot("expected_sarsa");
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    set_epsilon(slot, 0.6, 0.6, 1);
    hire(&c, slot);
    for (int a = 0; a < CLINIC_LEVELS; a++) { /* the best and the worst are masked */
        static const double reward[] = {-5.0, -1.0, -2.0, -90.0, -8.0};
        learn(&c, (step){.state = 1, .level = a, .reward = reward[a], .end = TITR_END_TERMINATED});
    }
    learn(&c, (step){.state = 0, .level = 1, .next = 1, .next_mask = mask});
    cr_assert_float_eq(q_of(&c, 0, 1), gamma_of_5_min * (0.2 * -5.0 + 0.6 * -2.0 + 0.2 * -8.0),
                       1e-12);
    titr_agent_destroy(c.agent);
}
