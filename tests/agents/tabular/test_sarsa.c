// SPDX-License-Identifier: GPL-3.0-or-later
/* SARSA against policy evaluation and its update by hand. */
#include "walk.h"

static titr_slot sarsa_slot(double epsilon)
{
    const titr_slot slot = walk_slot("sarsa");
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    set_epsilon(slot, epsilon, epsilon, 1);
    return slot;
}

/* Values of state 1: level 2 is the best with -1, level 4 the worst with -8. */
static void teach_state_1(clinic *c)
{
    learn(c, (step){.state = 1, .level = 2, .reward = -1.0, .end = TITR_END_TERMINATED});
    learn(c, (step){.state = 1, .level = 4, .reward = -8.0, .end = TITR_END_TERMINATED});
}

Test(sarsa, an_update_waits_for_the_level_given_next)
{
    clinic c;
    const titr_slot slot = sarsa_slot(0.0);
    test_set_real(slot, "initial_value", -100.0);
    hire(&c, slot);
    teach_state_1(&c);
    learn(&c, (step){.state = 0, .level = 3, .next = 1, .reward = -2.0});
    cr_assert_eq(q_of(&c, 0, 3), -100.0, "the next level is not known yet");
    learn(&c, (step){.state = 1, .level = 4, .reward = -7.0, .end = TITR_END_TERMINATED});
    cr_assert_float_eq(q_of(&c, 0, 3), -2.0 - 8.0 * gamma_of_5_min, 1e-12,
                       "not that of the best level, nor that of what follows from it");
    cr_assert_float_eq(q_of(&c, 1, 4), -7.0, 1e-12);
    titr_agent_destroy(c.agent);
}

Test(sarsa, a_truncated_episode_takes_the_mean_over_the_policy)
{
    clinic c;
    const titr_slot slot = sarsa_slot(0.4);
    test_set_real(slot, "initial_value", -100.0);
    hire(&c, slot);
    teach_state_1(&c);
    static const unsigned char mask[CLINIC_LEVELS] = {0, 0, 1, 0, 1};
    const step s = {.state = 0,
                    .level = 3,
                    .next = 1,
                    .reward = -2.0,
                    .end = TITR_END_TRUNCATED,
                    .next_mask = mask};
    learn(&c, s);
    cr_assert_float_eq(q_of(&c, 0, 3), -2.0 + gamma_of_5_min * (0.8 * -1.0 + 0.2 * -8.0), 1e-12);
    titr_agent_destroy(c.agent);
}

Test(sarsa, a_fault_drops_the_update_that_waits)
{
    clinic c;
    const titr_slot slot = sarsa_slot(0.0);
    test_set_real(slot, "initial_value", -100.0);
    hire(&c, slot);
    learn(&c, (step){.state = 0, .level = 3, .next = 1, .reward = -2.0});
    lose(&c);
    learn(&c, (step){.state = 1, .level = 4, .reward = -7.0, .end = TITR_END_TERMINATED});
    cr_assert_eq(q_of(&c, 0, 3), -100.0);
    titr_agent_destroy(c.agent);
}

/* A choice at the first step and after the last: rewards -1, -2, -4. */
Test(sarsa, what_follows_until_the_next_choice_belongs_to_the_last_one)
{
    static const unsigned char no_choice[CLINIC_LEVELS] = {1, 0, 0, 0, 0};
    const double g = gamma_of_5_min;
    clinic c;
    const titr_slot slot = sarsa_slot(0.0);
    test_set_real(slot, "initial_value", -100.0);
    hire(&c, slot);
    learn(&c, (step){.state = 0, .level = 3, .next = 1, .reward = -1.0, .next_mask = no_choice});
    learn(&c, (step){.state = 1,
                     .level = 0,
                     .next = 2,
                     .reward = -2.0,
                     .mask = no_choice,
                     .next_mask = no_choice});
    learn(&c, (step){.state = 2, .level = 0, .next = 3, .reward = -4.0, .mask = no_choice});
    learn(&c, (step){.state = 3, .level = 2, .reward = -3.0, .end = TITR_END_TERMINATED});
    cr_assert_float_eq(q_of(&c, 0, 3), -1.0 - 2.0 * g - 4.0 * g * g - 100.0 * g * g * g, 1e-12);
    cr_assert_eq(q_of(&c, 1, 0), -100.0, "nothing is learned where there is no choice");
    titr_agent_destroy(c.agent);
}

/* Values of choosing any level with the same probability, swept until they stand still. */
static table value_of_chance(void)
{
    table t = {{{0}}};
    for (int sweep = 0; sweep < 2000; sweep++) {
        for (int s = 0; s < STATES; s++) {
            for (int a = 0; a < CLINIC_LEVELS; a++) {
                const step w = walk(s, a, 0);
                double mean = 0.0;
                for (int b = 0; b < CLINIC_LEVELS; b++) {
                    mean += t.q[w.next][b] / CLINIC_LEVELS;
                }
                t.q[s][a] = w.reward + (w.end == TITR_END_NONE ? gamma_of_5_min * mean : 0.0);
            }
        }
    }
    return t;
}

Test(sarsa, converges_to_the_values_of_the_policy_that_explores)
{
    clinic c;
    const titr_slot slot = sarsa_slot(1.0);
    set_alpha(slot, 1.0, 0.0, 1.0, 0.7);
    hire(&c, slot);
    stroll w = stroll_begin(3);
    for (int i = 0; i < 600000; i++) {
        learn(&c, stroll_on(&w, 0.0));
    }
    const table want = value_of_chance();
    expect_table(&c, &want, 0.15);
    titr_agent_destroy(c.agent);
}

/* The same child, day and decision again: other draws, as the agent has decided since. */
Test(sarsa, exploration_depends_on_seed_lane_and_its_own_count)
{
    enum { DRAWS = 200 };
    int level[3][DRAWS], same[2] = {0, 0};
    for (int run = 0; run < 3; run++) {
        clinic c;
        const titr_slot slot = sarsa_slot(1.0);
        clinic_init(&c);
        c.context.seed = run == 2 ? 78 : 77;
        titr_error err = {0};
        cr_assert_eq(clinic_hire(&c, slot, &err), TITR_OK, "%s", err.what);
        c.key[TEST_LANE].patient += (uint32_t)run; /* does not matter */
        for (int i = 0; i < DRAWS; i++) {
            level[run][i] = clinic_decide_as(&c, TITR_ACT_EXPLORE).level;
            c.index[TEST_LANE] = 0;
        }
        titr_agent_destroy(c.agent);
    }
    for (int i = 0; i < DRAWS; i++) {
        cr_assert_eq(level[1][i], level[0][i]);
        same[0] += level[2][i] == level[0][i];
        same[1] += level[0][i] == level[0][0];
    }
    cr_assert_lt(same[0], DRAWS / 3, "another seed, other draws");
    cr_assert_lt(same[1], DRAWS / 3, "one decision, one draw");
}
