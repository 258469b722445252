// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tabular agents share: going on from a checkpoint, own draws, tiles, safe choices. */
#include "walk.h"

#include "titrate/base/visit_memory.h"

#include "support/school.h"

#include <stdlib.h>

static const char *const agents[] = {"q_learning", "sarsa",    "expected_sarsa",
                                     "double_q",   "q_lambda", "sarsa_lambda"};
enum { N_AGENTS = sizeof agents / sizeof agents[0] };

static titr_slot task_slot(void)
{
    const titr_slot slot = test_slot(titr_task_find("frozen_lake"));
    *(int *)test_option(slot, "map") = 1;
    return slot;
}

static void go_to_school(school *s, titr_slot task, titr_slot agent, uint64_t seed)
{
    titr_error err = {0};
    cr_assert_eq(school_open(s, task, agent, 3, seed, &err), TITR_OK, "%s", err.what);
}

static void train(school *s, int decisions)
{
    titr_error err = {0};
    for (int i = 0; i < decisions; i++) {
        cr_assert_eq(school_step(s, TITR_ACT_EXPLORE, &err), TITR_OK, "%s", err.what);
    }
}

static void save(school *s, titr_memory_visitor *m)
{
    titr_error err = {0};
    titr_memory_visitor_init(m);
    cr_assert_eq(school_visit(s, &m->base, &err), TITR_OK, "%s", err.what);
}

static void expect_same_state(school *a, school *b, const char *who)
{
    titr_memory_visitor x, y;
    save(a, &x);
    save(b, &y);
    cr_assert(x.size == y.size && memcmp(x.bytes, y.bytes, x.size) == 0, "%s", who);
    titr_memory_visitor_fini(&x);
    titr_memory_visitor_fini(&y);
}

/* N decisions at once, and half of them before and after saving and loading elsewhere. */
static void check_resume(const char *who, titr_slot task, titr_slot agent, int half)
{
    school whole, before, after;
    titr_memory_visitor m;
    titr_error err = {0};
    go_to_school(&whole, task, agent, 5);
    go_to_school(&before, task, agent, 5);
    go_to_school(&after, task, agent, 5);
    train(&whole, 2 * half);
    train(&before, half);
    save(&before, &m);
    titr_memory_visitor_load(&m);
    cr_assert_eq(school_visit(&after, &m.base, &err), TITR_OK, "%s: %s", who, err.what);
    titr_memory_visitor_fini(&m);
    expect_same_state(&before, &after, who);
    train(&after, half);
    expect_same_state(&whole, &after, who);
    school_close(&whole);
    school_close(&before);
    school_close(&after);
}

Test(tabular, going_on_from_a_checkpoint_is_going_on)
{
    for (int k = 0; k < N_AGENTS; k++) {
        titr_slot task = task_slot(), agent = test_slot(titr_agent_find(agents[k]));
        set_epsilon(agent, 0.5, 0.1, 500);
        for (int half = 37; half < 1000; half = half * 2 + 1) { /* in the middle of episodes */
            check_resume(agents[k], task, agent, half);
        }
        titr_slot_fini(&task);
        titr_slot_fini(&agent);
    }
}

Test(tabular, going_on_with_tiles_and_boltzmann_too)
{
    for (int k = 0; k < N_AGENTS; k++) {
        titr_slot task = test_slot(titr_task_find("cartpole"));
        titr_slot agent = test_slot(titr_agent_find(agents[k]));
        *(int64_t *)test_option(agent, "tilings") = 4;
        *(int *)test_option(agent, "exploration") = 1;
        check_resume(agents[k], task, agent, 333);
        titr_slot_fini(&task);
        titr_slot_fini(&agent);
    }
}

Test(tabular, another_seed_is_another_training)
{
    for (int k = 0; k < N_AGENTS; k++) {
        titr_slot task = task_slot(), agent = test_slot(titr_agent_find(agents[k]));
        school a, b;
        titr_memory_visitor x, y;
        go_to_school(&a, task, agent, 5);
        go_to_school(&b, task, agent, 6);
        train(&a, 500);
        train(&b, 500);
        save(&a, &x);
        save(&b, &y);
        cr_assert(x.size != y.size || memcmp(x.bytes, y.bytes, x.size) != 0, "%s", agents[k]);
        titr_memory_visitor_fini(&x);
        titr_memory_visitor_fini(&y);
        school_close(&a);
        school_close(&b);
        titr_slot_fini(&task);
        titr_slot_fini(&agent);
    }
}

Test(tabular, exploring_starts_are_uniform_at_first_decisions_only)
{
    enum { DRAWS = 20000 };
    for (int k = 0; k < N_AGENTS; k++) {
        clinic c;
        const titr_slot slot = walk_slot(agents[k]);
        set_epsilon(slot, 0.0, 0.0, 1);
        test_set_flag(slot, "exploring_starts", 1);
        hire(&c, slot);
        c.mask[CLINIC_LEVELS + 1] = 0;
        int seen[CLINIC_LEVELS] = {0};
        for (int i = 0; i < DRAWS; i++) {
            c.first[TEST_LANE] = i % 2 == 0;
            const titr_decision d = clinic_decide_as(&c, TITR_ACT_EXPLORE);
            cr_assert_eq(d.propensity, i % 2 == 0 ? 0.25 : 1.0);
            seen[d.level] += i % 2 == 0;
            cr_assert(i % 2 == 0 || d.level == 0);
        }
        for (int a = 0; a < CLINIC_LEVELS; a++) {
            const double want = a == 1 ? 0.0 : DRAWS / 8.0;
            cr_assert_float_eq(seen[a], want, 5.0 * sqrt(DRAWS / 8.0), "%s: level %d", agents[k],
                               a);
        }
        titr_agent_destroy(c.agent);
    }
}

/* The discount per decision interval, and to the elapsed time of others. */
Test(tabular, gamma_goes_before_the_half_life)
{
    for (int k = 0; k < N_AGENTS; k++) {
        clinic c;
        const titr_slot slot = walk_slot(agents[k]);
        set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
        set_epsilon(slot, 0.0, 0.0, 1);
        test_set_real(slot, "gamma", 0.9);
        test_set_real(slot, "initial_value", -100.0);
        hire(&c, slot);
        learn(&c, (step){.next = 1, .end = TITR_END_TRUNCATED});
        learn(&c, (step){.level = 1, .next = 1, .end = TITR_END_TRUNCATED, .elapsed_min = 10.0});
        const double parts = k == 3 ? 0.5 : 1.0; /* double_q: one table of two has learned */
        cr_assert_float_eq(q_of(&c, 0, 0), -100.0 * (1.0 - parts + parts * 0.9), 1e-12, "%s",
                           agents[k]);
        cr_assert_float_eq(q_of(&c, 0, 1), -100.0 * (1.0 - parts + parts * 0.81), 1e-12, "%s",
                           agents[k]);
        titr_agent_destroy(c.agent);
    }
}

/* --- tiles --- */

/* One axis of 4 bins over [0, 400), 4 tilings: each is shifted by a quarter of a tile, 25. */
static void hire_tiler(clinic *c, const char *agent, int64_t tilings, size_t discrete)
{
    const titr_slot slot = walk_slot(agent);
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    *(int64_t *)test_option(slot, "tilings") = tilings;
    clinic_init(c);
    c->observer.n = discrete > 0 ? 2 : 1;
    c->observer.entry[0] =
        (titr_observe){.what = TITR_OBS_CGM, .edges = {{100.0, 200.0, 300.0}, 3}, .hi = 400.0};
    c->observer.entry[1] = (titr_observe){.what = TITR_OBS_IOB, .discrete = discrete};
    titr_error err = {0};
    cr_assert_eq(clinic_hire(c, slot, &err), TITR_OK, "%s", err.what);
}

static double value_at(clinic *c, double cgm, double iob)
{
    double q[2 * CLINIC_LEVELS];
    test_set(&c->r, TITR_OBS_CGM, cgm);
    test_set(&c->r, TITR_OBS_IOB, iob);
    const titr_batch batch = clinic_batch(c);
    cr_assert_eq(c->agent->type->values(c->agent->self, &batch, q, NULL), TITR_OK);
    return q[CLINIC_LEVELS * TEST_LANE + 2];
}

/* Reward 1 for level 2 at this place, once, with step size 1: 1/k for each active tile. */
static void teach_at(clinic *c, double cgm, double iob)
{
    static const unsigned char all[CLINIC_LEVELS] = {1, 1, 1, 1, 1}, valid = 1;
    static const int level = 2;
    static const double reward = 1.0, elapsed = 5.0;
    static const titr_end end = TITR_END_TERMINATED;
    const double obs[2] = {cgm, iob};
    const titr_transitions t = {.n = 1,
                                .valid = &valid,
                                .obs = obs,
                                .next_obs = obs,
                                .mask = all,
                                .next_mask = all,
                                .level = &level,
                                .reward = &reward,
                                .elapsed_min = &elapsed,
                                .end = &end};
    cr_assert_eq(c->agent->type->learn(c->agent->self, &t, NULL), TITR_OK);
}

Test(tabular, near_places_share_tiles)
{
    /* around 150 the tiles of the four tilings are [100, 200), [75, 175), [50, 150) above its edge:
     * [150, 250), and [125, 225) */
    static const double cgm[] = {49.0,  75.0,  99.9,  100.0, 124.9, 125.0, 149.9, 150.0,
                                 174.9, 175.0, 199.9, 200.0, 224.9, 225.0, 249.9, 250.0};
    static const double shared[] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 2, 2, 1, 1, 0};
    clinic c;
    hire_tiler(&c, "q_learning", 4, 0);
    teach_at(&c, 150.0, 0.0);
    for (int i = 0; i < 16; i++) {
        cr_assert_float_eq(value_at(&c, cgm[i], 0.0), shared[i] / 4.0, 1e-15, "%g", cgm[i]);
    }
    titr_agent_destroy(c.agent);
}

Test(tabular, discrete_values_are_crossed_with_all_tiles)
{
    clinic c;
    hire_tiler(&c, "q_learning", 4, 3);
    teach_at(&c, 150.0, 1.0);
    cr_assert_float_eq(value_at(&c, 150.0, 1.0), 1.0, 1e-15);
    cr_assert_eq(value_at(&c, 150.0, 0.0), 0.0);
    cr_assert_eq(value_at(&c, 150.0, 2.0), 0.0);
    titr_agent_destroy(c.agent);
}

/* Beyond the range, and in a place of no sense at all, there are tiles as well. */
Test(tabular, every_place_has_its_tiles)
{
    static const double cgm[] = {-1e300, -1.0, 0.0, 399.9, 400.0, 1e300, (double)NAN};
    for (int i = 0; i < 7; i++) {
        clinic c;
        hire_tiler(&c, "q_learning", 8, 0);
        c.r.history[0][TEST_LANE] = cgm[i]; /* nor is there an earlier reading */
        teach_at(&c, cgm[i], 0.0);
        cr_assert_float_eq(value_at(&c, cgm[i], 0.0), 1.0, 1e-15, "%g", cgm[i]);
        titr_agent_destroy(c.agent);
    }
}

/* Two axes of one bin width: the displacement of tiling t is (t, 3 t) eighths [sutton2018, 9.5.4].
 */
Test(tabular, tilings_are_displaced_by_odd_numbers)
{
    clinic c;
    const titr_slot slot = walk_slot("q_learning");
    set_alpha(slot, 1.0, 1.0, 0.0, 1.0);
    *(int64_t *)test_option(slot, "tilings") = 8;
    clinic_init(&c);
    c.observer.n = 2;
    c.observer.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .edges = {{8.0}, 1}, .hi = 16.0};
    c.observer.entry[1] = (titr_observe){.what = TITR_OBS_IOB, .edges = {{8.0}, 1}, .hi = 16.0};
    cr_assert_eq(clinic_hire(&c, slot, NULL), TITR_OK);
    teach_at(&c, 4.5, 4.5);
    for (int x = 0; x < 16; x++) {
        for (int y = 0; y < 16; y++) {
            int shared = 0;
            for (int t = 0; t < 8; t++) {
                const int dx = t, dy = 3 * t % 8;
                shared += (x + dx) / 8 == (4 + dx) / 8 && (y + dy) / 8 == (4 + dy) / 8;
            }
            cr_assert_float_eq(value_at(&c, x + 0.5, y + 0.5), shared / 8.0, 1e-15, "%d, %d", x, y);
        }
    }
    titr_agent_destroy(c.agent);
}

/* A choice in evaluation asks every active tile. */
Test(tabular, tiles_must_have_been_tried_all)
{
    clinic c;
    hire_tiler(&c, "q_learning", 4, 0);
    teach_at(&c, 150.0, 0.0);
    test_set(&c.r, TITR_OBS_CGM, 160.0);
    cr_assert_eq(clinic_decide(&c).level, 2);
    test_set(&c.r, TITR_OBS_CGM, 180.0);
    cr_assert_eq(clinic_decide(&c).level, 0, "one tile of four is new: the fallback level");
    titr_agent_destroy(c.agent);
}

Test(tabular, without_conditions_evaluation_is_greedy)
{
    for (int k = 0; k < N_AGENTS; k++) {
        clinic c;
        const titr_slot slot = walk_slot(agents[k]);
        *(int64_t *)test_option(slot, "min_visits") = 0;
        *(int64_t *)test_option(slot, "fallback_level") = 4;
        hire(&c, slot);
        cr_assert_eq(greedy(&c, 0), 0, "%s: of equal values the lowest level", agents[k]);
        learn(&c, (step){.level = 0, .reward = -1.0, .end = TITR_END_TERMINATED});
        cr_assert_eq(greedy(&c, 0), 1, "%s: untried, but better than what was tried", agents[k]);
        learn(&c, (step){.level = 3, .reward = 1.0, .end = TITR_END_TERMINATED});
        cr_assert_eq(greedy(&c, 0), 3, "%s", agents[k]);
        titr_agent_destroy(c.agent);
    }
}

Test(tabular, a_table_that_is_too_large_is_refused)
{
    for (int k = 0; k < N_AGENTS; k++) {
        clinic c;
        const titr_slot slot = walk_slot(agents[k]);
        *(int64_t *)test_option(slot, "tilings") = 64;
        clinic_init(&c);
        c.observer.n = 1;
        c.observer.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .discrete = 1000000};
        titr_error err = {0};
        cr_assert_eq(clinic_hire(&c, slot, &err), TITR_ERR_RANGE, "%s", agents[k]);
        cr_assert_not_null(strstr(err.what, "use fewer bins or tilings"), "%s", err.what);
    }
}
