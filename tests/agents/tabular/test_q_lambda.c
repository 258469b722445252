// SPDX-License-Identifier: GPL-3.0-or-later
/* Watkins's Q(lambda) against traces over the whole table, value iteration and closed forms. */
#include "dense.h"

static void follow(clinic *c, dense *d, stroll *w)
{
    const step s = stroll_on(w, 0.2);
    if (d->t.q[s.state][s.level] < best_of(&d->t, s.state)) {
        dense_clear(d);
    }
    dense_update(d, s.state, s.level, backed_up(&d->t, s));
    if (s.end != TITR_END_NONE) {
        dense_clear(d);
    }
    learn(c, s);
}

Test(q_lambda, traces_are_those_over_the_whole_table)
{
    static const double lambda[] = {0.0, 0.5, 0.9, 1.0};
    for (int k = 0; k < 8; k++) {
        clinic c;
        dense d = {.alpha = 0.2, .lambda = lambda[k / 2], .accumulating = k % 2};
        hire(&c, dense_slot("q_lambda", &d));
        stroll w = stroll_begin(21);
        for (int i = 0; i < 3000; i++) {
            follow(&c, &d, &w);
        }
        expect_table(&c, &d.t, 1e-10);
        titr_agent_destroy(c.agent);
    }
}

Test(q_lambda, the_return_of_a_greedy_walk_is_the_lambda_return)
{
    expect_lambda_returns("q_lambda");
}

/* States 0, 1, 2; the level given in state 1 decides what state 0 learns of what follows. */
Test(q_lambda, a_level_that_is_not_the_best_ends_the_traces)
{
    static const int level[] = {0, 4};
    for (int k = 0; k < 2; k++) {
        clinic c;
        const dense d = {.alpha = 0.5, .lambda = 0.8};
        hire(&c, dense_slot("q_lambda", &d));
        learn(&c, (step){.state = 1, .level = 4, .reward = -1.0, .end = TITR_END_TERMINATED});
        learn(&c, (step){.state = 0, .level = 0, .next = 1, .reward = -2.0});
        learn(&c, (step){.state = 1,
                         .level = level[k],
                         .next = 2,
                         .reward = -4.0,
                         .end = TITR_END_TERMINATED});
        const double first = 0.5 * -2.0, delta = -4.0, after = 0.5 * gamma_of_5_min * 0.8 * delta;
        cr_assert_float_eq(q_of(&c, 0, 0), k == 0 ? first + after : first, 1e-12, "level %d",
                           level[k]);
        titr_agent_destroy(c.agent);
    }
}

Test(q_lambda, a_fault_ends_the_traces)
{
    clinic c;
    const dense d = {.alpha = 0.5, .lambda = 0.8};
    hire(&c, dense_slot("q_lambda", &d));
    learn(&c, (step){.state = 0, .level = 0, .next = 1, .reward = -2.0});
    lose(&c);
    learn(&c, (step){.state = 1, .level = 0, .next = 2, .reward = -4.0});
    cr_assert_eq(q_of(&c, 0, 0), -1.0);
    titr_agent_destroy(c.agent);
}

Test(q_lambda, without_lambda_it_is_q_learning)
{
    clinic a, b;
    const titr_slot slot = walk_slot("q_lambda");
    test_set_real(slot, "lambda", 0.0);
    hire(&a, slot);
    hire(&b, walk_slot("q_learning"));
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

Test(q_lambda, finds_the_exact_values_of_a_deterministic_process)
{
    clinic c;
    const titr_slot slot = walk_slot("q_lambda");
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    hire(&c, slot);
    stroll w = stroll_begin(5);
    for (int i = 0; i < 60000; i++) {
        learn(&c, stroll_on(&w, 0.0));
    }
    const table want = solve(0.0);
    expect_table(&c, &want, 1e-11);
    titr_agent_destroy(c.agent);
}

/* Evidence asks how far returns spread: with lambda = 1 the return of state 0 is that of the whole
 * walk, and level 3 beats the fallback level 2 by 3.54 errors, as in test_q_learning.c. */
Test(q_lambda, the_error_of_a_value_is_that_of_its_returns)
{
    static const double asked[] = {3.5, 3.6};
    static const int chosen[] = {3, 2};
    for (int k = 0; k < 2; k++) {
        clinic c;
        const titr_slot slot = walk_slot("q_lambda");
        set_alpha(slot, 1.0, 0.0, 1.0, 1.0);
        test_set_real(slot, "lambda", 1.0);
        test_set_real(slot, "gamma", 1.0);
        test_set_real(slot, "evidence", asked[k]);
        *(int64_t *)test_option(slot, "fallback_level") = 2;
        hire(&c, slot);
        for (int i = 0; i < 100; i++) {
            const double noise = i % 2 ? 1.0 : -1.0;
            static const unsigned char only_0[CLINIC_LEVELS] = {1, 0, 0, 0, 0};
            for (int level = 2; level <= 3; level++) {
                learn(&c, (step){.level = level, .next = 1, .next_mask = only_0});
                learn(&c, (step){.state = 1,
                                 .mask = only_0,
                                 .reward = (level == 3 ? 0.5 : 0.0) + noise,
                                 .end = TITR_END_TERMINATED});
            }
        }
        cr_assert_eq(greedy(&c, 0), chosen[k], "evidence %g", asked[k]);
        titr_agent_destroy(c.agent);
    }
}
