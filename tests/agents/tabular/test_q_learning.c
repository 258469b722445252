// SPDX-License-Identifier: GPL-3.0-or-later
/* Q-learning against value iteration on small decision processes, and its rules one by one. */
#include "walk.h"

#include "titrate/base/visit_memory.h"

static titr_slot q_slot(void)
{
    return walk_slot("q_learning");
}

Test(q_learning, finds_the_exact_values_of_a_deterministic_process)
{
    clinic c;
    const titr_slot slot = q_slot();
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    hire(&c, slot);
    for (int sweep = 0; sweep < 1000; sweep++) {
        for (int s = 0; s < STATES; s++) {
            for (int a = 0; a < CLINIC_LEVELS; a++) {
                learn(&c, walk(s, a, 0));
            }
        }
    }
    const table want = solve(0.0);
    expect_table(&c, &want, 1e-11);
    for (int s = 0; s < STATES; s++) {
        cr_assert_eq(want.q[s][greedy(&c, s)], best_of(&want, s), "greedy in state %d", s);
    }
    titr_agent_destroy(c.agent);
}

Test(q_learning, converges_on_a_stochastic_process)
{
    clinic c;
    const titr_slot slot = q_slot();
    set_alpha(slot, 1.0, 0.0, 1.0, 0.7);
    hire(&c, slot);
    const titr_rng_key key = {.seed = 11, .purpose = TITR_PURPOSE_TEST};
    for (uint32_t i = 0; i < 600000; i++) {
        const int s = (int)(i % STATES), a = (int)(i / STATES % CLINIC_LEVELS);
        learn(&c, walk(s, a, titr_rng_uniform(key, i) < 0.3));
    }
    const table want = solve(0.3);
    expect_table(&c, &want, 0.1);
    titr_agent_destroy(c.agent);
}

Test(q_learning, only_termination_stops_the_bootstrap)
{
    clinic c;
    const titr_slot slot = q_slot();
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    test_set_real(slot, "initial_value", -100.0);
    hire(&c, slot);
    learn(&c, (step){.state = 0, .level = 0, .next = 1, .reward = -2.0});
    learn(&c, (step){.state = 0, .level = 1, .next = 1, .reward = -2.0, .end = TITR_END_TRUNCATED});
    learn(&c,
          (step){.state = 0, .level = 2, .next = 1, .reward = -2.0, .end = TITR_END_TERMINATED});
    learn(&c, (step){.state = 0, .level = 3, .next = 1, .reward = -2.0, .elapsed_min = 50.0});
    learn(&c, (step){.state = 0, .level = 4, .next = 1, .reward = -2.0, .elapsed_min = 100.0});
    cr_assert_float_eq(q_of(&c, 0, 0), -2.0 - 100.0 * gamma_of_5_min, 1e-12);
    cr_assert_float_eq(q_of(&c, 0, 1), -2.0 - 100.0 * gamma_of_5_min, 1e-12);
    cr_assert_float_eq(q_of(&c, 0, 2), -2.0, 1e-12);
    cr_assert_float_eq(q_of(&c, 0, 3), -2.0 - 50.0, 1e-12, "one half life");
    cr_assert_float_eq(q_of(&c, 0, 4), -2.0 - 25.0, 1e-12, "two half lives");
    titr_agent_destroy(c.agent);
}

Test(q_learning, the_bootstrap_target_obeys_the_next_mask)
{
    clinic c;
    const titr_slot slot = q_slot();
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    test_set_real(slot, "initial_value", -100.0);
    hire(&c, slot);
    learn(&c, (step){.state = 1, .level = 2, .reward = -1.0, .end = TITR_END_TERMINATED});
    learn(&c, (step){.state = 1, .level = 4, .reward = -8.0, .end = TITR_END_TERMINATED});
    static const unsigned char without_2[CLINIC_LEVELS] = {1, 1, 0, 1, 1};
    learn(&c, (step){.state = 0, .level = 0, .next = 1, .next_mask = without_2});
    learn(&c, (step){.state = 0, .level = 1, .next = 1});
    cr_assert_float_eq(q_of(&c, 0, 0), -8.0 * gamma_of_5_min, 1e-12);
    cr_assert_float_eq(q_of(&c, 0, 1), -1.0 * gamma_of_5_min, 1e-12);
    titr_agent_destroy(c.agent);
}

static const unsigned char no_choice[CLINIC_LEVELS] = {1, 0, 0, 0, 0};

/* Three steps of one lane, a choice at the first and after the last: rewards -1, -2, -4. */
static void live_between_choices(clinic *c, int from, int to, titr_end end)
{
    static const double reward[] = {-1.0, -2.0, -4.0};
    for (int k = from; k < to; k++) {
        learn(c, (step){.state = k,
                        .level = k == 0 ? 3 : 0,
                        .next = k + 1,
                        .reward = reward[k],
                        .end = k == 2 ? end : TITR_END_NONE,
                        .mask = k == 0 ? NULL : no_choice,
                        .next_mask = k == 2 && end == TITR_END_NONE ? NULL : no_choice});
    }
}

Test(q_learning, what_follows_until_the_next_choice_belongs_to_the_last_one)
{
    const double g = gamma_of_5_min, sum = -1.0 - 2.0 * g - 4.0 * g * g;
    static const titr_end end[] = {TITR_END_NONE, TITR_END_TERMINATED, TITR_END_TRUNCATED};
    const double learned[] = {sum - 100.0 * g * g * g, sum, -100.0};
    for (int k = 0; k < 3; k++) {
        clinic c;
        const titr_slot slot = q_slot();
        set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
        test_set_real(slot, "initial_value", -100.0);
        hire(&c, slot);
        live_between_choices(&c, 0, 3, end[k]);
        cr_assert_float_eq(q_of(&c, 0, 3), learned[k], 1e-12, "%s", titr_end_name(end[k]));
        for (int s = 1; s < STATES; s++) {
            cr_assert_eq(q_of(&c, s, 0), -100.0, "nothing is learned where there is no choice");
        }
        titr_agent_destroy(c.agent);
    }
}

Test(q_learning, an_open_choice_survives_a_checkpoint)
{
    clinic a, b;
    hire(&a, q_slot());
    hire(&b, q_slot());
    live_between_choices(&a, 0, 2, TITR_END_NONE);
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    cr_assert_eq(a.agent->type->visit_lanes(a.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_load(&m);
    cr_assert_eq(b.agent->type->visit_lanes(b.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_fini(&m);
    live_between_choices(&a, 2, 3, TITR_END_TERMINATED);
    live_between_choices(&b, 2, 3, TITR_END_TERMINATED);
    cr_assert_lt(q_of(&a, 0, 3), -6.0);
    cr_assert_eq(q_of(&b, 0, 3), q_of(&a, 0, 3));
    titr_agent_destroy(a.agent);
    titr_agent_destroy(b.agent);
}

Test(q_learning, an_open_choice_outside_the_table_is_refused)
{
    clinic a, b;
    hire(&a, q_slot());
    learn(&a, (step){.state = 3, .level = 3, .next = 3, .next_mask = no_choice});
    clinic_init(&b); /* observes nothing: one cell */
    cr_assert_eq(clinic_hire(&b, q_slot(), NULL), TITR_OK);
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    cr_assert_eq(a.agent->type->visit_lanes(a.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_load(&m);
    titr_error err = {0};
    cr_assert_eq(b.agent->type->visit_lanes(b.agent->self, &m.base, &err), TITR_ERR_CONFIG);
    cr_assert_str_eq(err.what, "saved choice 18 of lane 0 is not in the table");
    titr_memory_visitor_fini(&m);
    titr_agent_destroy(a.agent);
    titr_agent_destroy(b.agent);
}

Test(q_learning, invalid_transitions_teach_nothing)
{
    clinic c;
    hire(&c, q_slot());
    const unsigned char valid[2] = {0, 1}, mask[2 * CLINIC_LEVELS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const double obs[2] = {0.0, 100.0}, reward[2] = {(double)NAN, -3.0}, elapsed[2] = {5.0, 5.0};
    const int level[2] = {-1, 2};
    const titr_end end[2] = {TITR_END_FAULT, TITR_END_TERMINATED};
    const double propensity[2] = {1.0, 1.0};
    const titr_transitions t = {2,     valid,      obs,    obs,     mask, mask,
                                level, propensity, reward, elapsed, end,  level};
    cr_assert_eq(c.agent->type->learn(c.agent->self, &t, NULL), TITR_OK);
    for (int a = 0; a < CLINIC_LEVELS; a++) {
        cr_assert_eq(q_of(&c, 0, a), 0.0);
        cr_assert_eq(q_of(&c, 1, a), a == 2 ? -3.0 : 0.0);
    }
    titr_agent_destroy(c.agent);
}

Test(q_learning, step_sizes_follow_their_schedule)
{
    clinic c;
    const titr_slot slot = q_slot();
    set_alpha(slot, 0.5, 0.12, 0.5, 1.0);
    hire(&c, slot);
    /* 0.5, 0.5 / 1.5, 0.5 / 2, 0.5 / 2.5, 0.5 / 3, 0.5 / 3.5, 0.5 / 4, then the floor of 0.12 */
    double q = 0.0;
    for (int n = 0; n < 12; n++) {
        learn(&c, (step){.reward = -1.0, .end = TITR_END_TERMINATED});
        q += fmax(0.5 / (1.0 + 0.5 * n), 0.12) * (-1.0 - q);
        cr_assert_float_eq(q_of(&c, 0, 0), q, 1e-14, "after %d visits", n + 1);
    }
    titr_agent_destroy(c.agent);
}

Test(q_learning, epsilon_falls_linearly_and_is_the_frequency_of_chance)
{
    enum { FALL = 20000 };
    clinic c;
    const titr_slot slot = q_slot();
    set_epsilon(slot, 0.8, 0.2, FALL);
    hire(&c, slot);
    learn(&c, (step){.state = 2, .level = 3, .reward = 1.0, .end = TITR_END_TERMINATED});
    learn(&c, (step){.state = 2, .level = 0, .reward = 2.0, .end = TITR_END_TERMINATED});
    c.mask[CLINIC_LEVELS] = 0; /* level 0, the best, is not allowed */
    double expected = 0.0;
    int chance = 0;
    for (int i = 0; i < 3 * FALL; i++) {
        const double eps = i < FALL ? 0.8 - 0.6 * i / FALL : 0.2;
        const titr_decision d = clinic_decide_as(&c, TITR_ACT_EXPLORE);
        cr_assert_neq(d.level, 0, "a masked level");
        cr_assert_float_eq(d.propensity, d.level == 3 ? 1.0 - eps + eps / 4.0 : eps / 4.0, 1e-12);
        expected += 0.75 * eps;
        chance += d.level != 3;
    }
    cr_assert_float_eq(chance, expected, 5.0 * sqrt(expected), "five standard deviations");
    titr_agent_destroy(c.agent);
}

Test(q_learning, exploration_depends_on_key_and_decision_alone)
{
    clinic c;
    const titr_slot slot = q_slot();
    set_epsilon(slot, 1.0, 1.0, 1);
    hire(&c, slot);
    int level[50], other = 0;
    for (int i = 0; i < 50; i++) {
        level[i] = clinic_decide_as(&c, TITR_ACT_EXPLORE).level;
    }
    c.index[TEST_LANE] = 0;
    for (int i = 0; i < 50; i++) {
        cr_assert_eq(clinic_decide_as(&c, TITR_ACT_EXPLORE).level, level[i]);
    }
    c.index[TEST_LANE] = 0;
    c.key[TEST_LANE].patient++;
    for (int i = 0; i < 50; i++) {
        other += clinic_decide_as(&c, TITR_ACT_EXPLORE).level != level[i];
    }
    cr_assert_gt(other, 25, "another child, other draws");
    titr_agent_destroy(c.agent);
}

Test(q_learning, optimism_tries_everything_while_exploring)
{
    clinic c;
    const titr_slot slot = q_slot();
    set_epsilon(slot, 0.0, 0.0, 1);
    hire(&c, slot);
    for (int a = 0; a < CLINIC_LEVELS; a++) {
        test_set(&c.r, TITR_OBS_CGM, 0.0);
        cr_assert_eq(clinic_decide_as(&c, TITR_ACT_EXPLORE).level, a, "the lowest untried level");
        learn(&c, (step){.level = a, .reward = -1.0, .end = TITR_END_TERMINATED});
    }
    titr_agent_destroy(c.agent);
}

Test(q_learning, evaluation_never_chooses_what_was_not_tried)
{
    clinic c;
    const titr_slot slot = q_slot();
    *(int64_t *)test_option(slot, "min_visits") = 2;
    *(int64_t *)test_option(slot, "fallback_level") = 4;
    hire(&c, slot);
    cr_assert_eq(greedy(&c, 0), 4, "nothing tried: the fallback level");
    learn(&c, (step){.state = 3, .level = 2, .reward = -9.0, .end = TITR_END_TERMINATED});
    cr_assert_eq(greedy(&c, 3), 4, "tried too seldom");
    learn(&c, (step){.state = 3, .level = 2, .reward = -9.0, .end = TITR_END_TERMINATED});
    cr_assert_eq(greedy(&c, 3), 2, "bad, but the others are unknown");
    cr_assert_eq(greedy(&c, 0), 2, "from the only known cell");
    for (int i = 0; i < 2; i++) {
        learn(&c, (step){.state = 1, .level = 1, .reward = -5.0, .end = TITR_END_TERMINATED});
        learn(&c, (step){.state = 1, .level = 3, .reward = -5.0, .end = TITR_END_TERMINATED});
    }
    cr_assert_eq(greedy(&c, 0), 1, "the nearest known cell; of equal levels the lowest");
    cr_assert_eq(greedy(&c, 2), 1, "of cells as near, the lower");
    c.mask[CLINIC_LEVELS + 1] = 0;
    cr_assert_eq(greedy(&c, 1), 3, "masks hold in evaluation");
    c.mask[CLINIC_LEVELS + 3] = 0;
    cr_assert_eq(greedy(&c, 1), 2, "nothing known here is allowed: the nearest where it is");
    titr_agent_destroy(c.agent);
}

/* With alpha = 1 / n the value is the mean of n targets, its error their deviation / sqrt(n). */
Test(q_learning, a_level_must_beat_the_fallback_by_the_evidence_asked_for)
{
    static const double asked[] = {0.0, 3.5, 3.6};
    static const int chosen[] = {3, 3, 2};
    for (int k = 0; k < 3; k++) {
        clinic c;
        const titr_slot slot = q_slot();
        set_alpha(slot, 1.0, 0.0, 1.0, 1.0);
        test_set_real(slot, "evidence", asked[k]);
        *(int64_t *)test_option(slot, "fallback_level") = 2;
        hire(&c, slot);
        for (int i = 0; i < 100; i++) { /* 0.5 better, error sqrt(1 / 100 + 1 / 100): 3.54 errors */
            const double noise = i % 2 ? 1.0 : -1.0;
            learn(&c, (step){.level = 2, .reward = noise, .end = TITR_END_TERMINATED});
            learn(&c, (step){.level = 3, .reward = 0.5 + noise, .end = TITR_END_TERMINATED});
        }
        cr_assert_eq(greedy(&c, 0), chosen[k], "evidence %g", asked[k]);
        cr_assert_eq(greedy(&c, 3), chosen[k], "as in the nearest known cell");
        c.mask[CLINIC_LEVELS + 2] = 0;
        cr_assert_eq(greedy(&c, 0), 3, "a masked fallback is no rival");
        titr_agent_destroy(c.agent);
    }
}

static void teach(clinic *c, int from, int to)
{
    for (int i = from; i < to; i++) {
        learn(c, walk(i % STATES, i * 7 % CLINIC_LEVELS, i % 3 == 0));
        test_set(&c->r, TITR_OBS_CGM, 100.0 * (i % STATES));
        (void)clinic_decide_as(c, TITR_ACT_EXPLORE);
    }
}

Test(q_learning, a_loaded_agent_decides_and_learns_on_like_the_saved_one)
{
    clinic a, b;
    hire(&a, q_slot());
    hire(&b, q_slot());
    teach(&a, 0, 1000);
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    cr_assert_eq(a.agent->type->visit(a.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_load(&m);
    cr_assert_eq(b.agent->type->visit(b.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_fini(&m);
    b.index[TEST_LANE] = a.index[TEST_LANE];
    for (int i = 1000; i < 2000; i++) {
        teach(&a, i, i + 1);
        teach(&b, i, i + 1);
        cr_assert_eq(greedy(&a, i % STATES), greedy(&b, i % STATES));
        cr_assert_eq(q_of(&a, i % STATES, i % CLINIC_LEVELS),
                     q_of(&b, i % STATES, i % CLINIC_LEVELS));
        const titr_decision x = clinic_decide_as(&a, TITR_ACT_EXPLORE);
        const titr_decision y = clinic_decide_as(&b, TITR_ACT_EXPLORE);
        cr_assert_eq(x.level, y.level);
        cr_assert_eq(x.propensity, y.propensity, "the schedule of epsilon goes on");
    }
    titr_agent_destroy(a.agent);
    titr_agent_destroy(b.agent);
}

Test(q_learning, a_table_of_other_bins_is_refused)
{
    clinic a, b;
    hire(&a, q_slot());
    hire(&b, q_slot());
    b.observer.entry[0].edges.v[1] = 160.0;
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    cr_assert_eq(a.agent->type->visit(a.agent->self, &m.base, NULL), TITR_OK);
    titr_memory_visitor_load(&m);
    titr_error err = {0};
    cr_assert_eq(b.agent->type->visit(b.agent->self, &m.base, &err), TITR_ERR_CONFIG);
    cr_assert_str_eq(err.what, "the table was learned with a bin edge at 150, the policy's observe "
                               "has 160 there");
    titr_memory_visitor_fini(&m);
    titr_agent_destroy(a.agent);
    titr_agent_destroy(b.agent);
}

Test(q_learning, refuses_tables_that_do_not_fit_and_levels_that_are_not_there)
{
    clinic c;
    clinic_init(&c);
    c.observer.n = 1;
    c.observer.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .history = 9};
    titr_observe_equal_bins(&c.observer.entry[0], 10);
    titr_error err = {0};
    cr_assert_eq(clinic_hire(&c, q_slot(), &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "1000000000 cells x 5 levels"), "%s", err.what);
    clinic_init(&c);
    const titr_slot slot = q_slot();
    *(int64_t *)test_option(slot, "fallback_level") = 5;
    cr_assert_eq(clinic_hire(&c, slot, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "fallback_level = 5, the action set has levels 0 to 4");
}
