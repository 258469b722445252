// SPDX-License-Identifier: GPL-3.0-or-later
/* SARSA(lambda) against traces over the whole table and closed forms. */
#include "dense.h"

#define EPSILON 0.3

static double mean_of(const table *t, int s)
{
    double mean = (1.0 - EPSILON) * best_of(t, s);
    for (int a = 0; a < CLINIC_LEVELS; a++) {
        mean += EPSILON / CLINIC_LEVELS * t->q[s][a];
    }
    return mean;
}

/* One step and the level after it. */
static void follow(dense *d, step s, int next_level)
{
    double next = 0.0;
    if (s.end != TITR_END_TERMINATED) {
        next = s.end == TITR_END_NONE ? d->t.q[s.next][next_level] : mean_of(&d->t, s.next);
    }
    dense_update(d, s.state, s.level, s.reward + gamma_of_5_min * next);
    if (s.end != TITR_END_NONE) {
        dense_clear(d);
    }
}

Test(sarsa_lambda, traces_are_those_over_the_whole_table)
{
    static const double lambda[] = {0.0, 0.5, 0.9, 1.0};
    for (int k = 0; k < 8; k++) {
        clinic c;
        dense d = {.alpha = 0.1, .lambda = lambda[k / 2], .accumulating = k % 2};
        const titr_slot slot = dense_slot("sarsa_lambda", &d);
        set_epsilon(slot, EPSILON, EPSILON, 1);
        hire(&c, slot);
        stroll w = stroll_begin(31);
        step s = stroll_on(&w, 0.2);
        int ended = 0;
        for (int i = 0; i < 3000 || !ended; i++) { /* an end leaves nothing that waits */
            const step next = stroll_on(&w, 0.2);
            learn(&c, s);
            follow(&d, s, next.level);
            ended = s.end != TITR_END_NONE;
            s = next;
        }
        expect_table(&c, &d.t, 1e-10);
        titr_agent_destroy(c.agent);
    }
}

Test(sarsa_lambda, the_return_of_a_walk_is_the_lambda_return)
{
    expect_lambda_returns("sarsa_lambda");
}

Test(sarsa_lambda, a_fault_ends_the_traces)
{
    clinic c;
    const dense d = {.alpha = 0.5, .lambda = 0.8};
    hire(&c, dense_slot("sarsa_lambda", &d));
    learn(&c, (step){.state = 0, .level = 0, .next = 1, .reward = -2.0});
    learn(&c, (step){.state = 1, .level = 0, .next = 2, .reward = -4.0});
    const double before = q_of(&c, 0, 0);
    lose(&c);
    learn(&c, (step){.state = 2, .level = 0, .next = 3, .reward = -8.0});
    learn(&c, (step){.state = 3, .level = 0, .reward = -8.0, .end = TITR_END_TERMINATED});
    cr_assert_eq(before, -1.0);
    cr_assert_eq(q_of(&c, 0, 0), before);
    cr_assert_eq(q_of(&c, 1, 0), 0.0, "its update waited");
    titr_agent_destroy(c.agent);
}

Test(sarsa_lambda, without_lambda_it_is_sarsa)
{
    clinic a, b;
    const titr_slot slot = walk_slot("sarsa_lambda");
    test_set_real(slot, "lambda", 0.0);
    hire(&a, slot);
    hire(&b, walk_slot("sarsa"));
    stroll x = stroll_begin(4), y = x;
    for (int i = 0; i < 5000; i++) {
        learn(&a, stroll_on(&x, 0.3));
        learn(&b, stroll_on(&y, 0.3));
    }
    for (int s = 0; s < STATES; s++) {
        for (int k = 0; k < CLINIC_LEVELS; k++) {
            cr_assert_eq(q_of(&a, s, k), q_of(&b, s, k));
        }
    }
    titr_agent_destroy(a.agent);
    titr_agent_destroy(b.agent);
}
