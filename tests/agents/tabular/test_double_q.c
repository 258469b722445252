// SPDX-License-Identifier: GPL-3.0-or-later
/* Double Q-learning against value iteration, and where Q-learning thinks too well. */
#include "walk.h"

Test(double_q, finds_the_exact_values_of_a_deterministic_process)
{
    clinic c;
    const titr_slot slot = walk_slot("double_q");
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    hire(&c, slot);
    for (int sweep = 0; sweep < 3000; sweep++) {
        for (int s = 0; s < STATES; s++) {
            for (int a = 0; a < CLINIC_LEVELS; a++) {
                learn(&c, walk(s, a, 0));
            }
        }
    }
    const table want = solve(0.0);
    expect_table(&c, &want, 1e-11);
    titr_agent_destroy(c.agent);
}

Test(double_q, converges_on_a_stochastic_process)
{
    clinic c;
    const titr_slot slot = walk_slot("double_q");
    set_alpha(slot, 1.0, 0.0, 1.0, 0.7);
    hire(&c, slot);
    stroll w = stroll_begin(11);
    for (int i = 0; i < 1200000; i++) {
        learn(&c, stroll_on(&w, 0.3));
    }
    const table want = solve(0.3);
    expect_table(&c, &want, 0.15);
    titr_agent_destroy(c.agent);
}

/* One table chooses among the allowed levels, the other tells the value. The tables are told apart
 * by what one visit leaves in the mean: half of its target. */
Test(double_q, the_level_that_one_table_likes_best_has_the_others_value)
{
    int both = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        clinic c;
        const titr_slot slot = walk_slot("double_q");
        set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
        clinic_init(&c);
        c.context.seed = seed;
        c.observer.n = 1;
        c.observer.entry[0] =
            (titr_observe){.what = TITR_OBS_CGM, .edges = {{50.0, 150.0, 250.0}, STATES - 1}};
        cr_assert_eq(clinic_hire(&c, slot, NULL), TITR_OK);
        learn(&c, (step){.state = 1, .level = 2, .reward = 8.0, .end = TITR_END_TERMINATED});
        cr_assert_eq(q_of(&c, 1, 2), 4.0, "one of two tables knows");
        learn(&c, (step){.state = 0, .level = 0, .next = 1});
        /* the same table again: it likes level 2, the other has 0 there; the other one: it likes
         * level 0, its lowest, and that is worth 0 */
        cr_assert_eq(q_of(&c, 0, 0), 0.0);
        learn(&c, (step){.state = 1, .level = 2, .reward = 8.0, .end = TITR_END_TERMINATED});
        if (q_of(&c, 1, 2) == 8.0) { /* both know now */
            both++;
            learn(&c, (step){.state = 0, .level = 1, .next = 1});
            cr_assert_float_eq(q_of(&c, 0, 1), 4.0 * gamma_of_5_min, 1e-12);
        }
        titr_agent_destroy(c.agent);
    }
    cr_assert(both >= 3 && both <= 17, "either table with the same chance: %d of 20", both);
}

/* From state 1 every level ends with -0.1 on the mean and a deviation of 1 [sutton2018, 6.7]: what
 * leads there is worth -0.1 gamma. */
static double value_of_noise(const char *agent)
{
    enum { RUNS = 60, STEPS = 300 };
    double sum = 0.0;
    for (uint32_t run = 0; run < RUNS; run++) {
        clinic c;
        const titr_slot slot = walk_slot(agent);
        set_alpha(slot, 0.1, 0.1, 0.0, 1.0);
        hire(&c, slot);
        const titr_rng_key key = {.seed = 9, .purpose = TITR_PURPOSE_TEST, .episode = run};
        for (uint32_t i = 0; i < STEPS; i++) {
            learn(&c, (step){.state = 0, .level = 2, .next = 1});
            learn(&c, (step){.state = 1,
                             .level = (int)(i % CLINIC_LEVELS),
                             .reward = -0.1 + titr_rng_normal(key, i),
                             .end = TITR_END_TERMINATED});
        }
        sum += q_of(&c, 0, 2) / RUNS;
        titr_agent_destroy(c.agent);
    }
    return sum;
}

Test(double_q, noise_does_not_look_like_value)
{
    const double single = value_of_noise("q_learning"), twice = value_of_noise("double_q");
    cr_assert_gt(single, 0.1, "the largest of noisy values: %g", single);
    cr_assert_lt(twice, 0.0, "%g", twice);
    cr_assert_gt(twice, -0.25, "%g", twice);
}
