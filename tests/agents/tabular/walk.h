// SPDX-License-Identifier: GPL-3.0-or-later
/* A small decision process, and agents that learn it transition by transition. The state is the
 * CGM: state k = 100 k mg/dL. */
#ifndef TESTS_TABULAR_WALK_H
#define TESTS_TABULAR_WALK_H

#include "support/clinic.h"

enum { STATES = 4 };

#define HALF_LIFE_MIN 50.0
static const double gamma_of_5_min = 0.93303299153680741; /* 0.5^(1/10) */

/* The agent with discount by half life; what was tried once may be chosen. */
static inline titr_slot walk_slot(const char *agent)
{
    const titr_slot slot = test_slot(titr_agent_find(agent));
    test_set_real(slot, "gamma_half_life_min", HALF_LIFE_MIN);
    *(int64_t *)test_option(slot, "min_visits") = 1;
    return slot;
}

static inline void set_alpha(titr_slot slot, double from, double to, double decay, double power)
{
    test_set_real(slot, "alpha.from", from);
    test_set_real(slot, "alpha.to", to);
    test_set_real(slot, "alpha.decay", decay);
    test_set_real(slot, "alpha.power", power);
}

static inline void set_epsilon(titr_slot slot, double from, double to, int64_t steps)
{
    test_set_real(slot, "epsilon.from", from);
    test_set_real(slot, "epsilon.to", to);
    *(int64_t *)test_option(slot, "epsilon.steps") = steps;
}

static inline void hire(clinic *c, titr_slot slot)
{
    clinic_init(c);
    c->observer.n = 1;
    c->observer.entry[0] =
        (titr_observe){.what = TITR_OBS_CGM, .edges = {{50.0, 150.0, 250.0}, STATES - 1}};
    titr_error err = {0};
    cr_assert_eq(clinic_hire(c, slot, &err), TITR_OK, "%s", err.what);
}

typedef struct step {
    int state, level, next;
    double reward;
    titr_end end;
    double elapsed_min;                    /* 0 = 5 min       */
    const unsigned char *mask, *next_mask; /* NULL = all */
} step;

static inline void learn(clinic *c, step s)
{
    static const unsigned char all[CLINIC_LEVELS] = {1, 1, 1, 1, 1};
    const unsigned char valid = 1;
    const double obs = 100.0 * s.state, next = 100.0 * s.next;
    const double elapsed = s.elapsed_min > 0.0 ? s.elapsed_min : 5.0;
    const titr_transitions t = {.n = 1,
                                .valid = &valid,
                                .obs = &obs,
                                .next_obs = &next,
                                .mask = s.mask ? s.mask : all,
                                .next_mask = s.next_mask ? s.next_mask : all,
                                .level = &s.level,
                                .reward = &s.reward,
                                .elapsed_min = &elapsed,
                                .end = &s.end};
    cr_assert_eq(c->agent->type->learn(c->agent->self, &t, NULL), TITR_OK);
}

/* What happened is not known: a fault. */
static inline void lose(clinic *c)
{
    static const unsigned char valid = 0, all[CLINIC_LEVELS] = {1, 1, 1, 1, 1};
    static const double obs = 0.0, reward = (double)NAN, elapsed = 5.0;
    static const int level = -1;
    static const titr_end end = TITR_END_FAULT;
    const titr_transitions t = {.n = 1,
                                .valid = &valid,
                                .obs = &obs,
                                .next_obs = &obs,
                                .mask = all,
                                .next_mask = all,
                                .level = &level,
                                .reward = &reward,
                                .elapsed_min = &elapsed,
                                .end = &end};
    cr_assert_eq(c->agent->type->learn(c->agent->self, &t, NULL), TITR_OK);
}

static inline double q_of(clinic *c, int state, int level)
{
    double q[2 * CLINIC_LEVELS];
    test_set(&c->r, TITR_OBS_CGM, 100.0 * state);
    const titr_batch batch = clinic_batch(c);
    cr_assert_eq(c->agent->type->values(c->agent->self, &batch, q, NULL), TITR_OK);
    return q[CLINIC_LEVELS * TEST_LANE + level];
}

static inline int greedy(clinic *c, int state)
{
    test_set(&c->r, TITR_OBS_CGM, 100.0 * state);
    return clinic_decide(c).level;
}

/* Level a in state s leads to (s + a) mod 4 (or, with `slip`, to the state after that) and costs
 * the distance from state 1 and the level; level 4 in state 3 ends the episode for -20. */
static inline step walk(int s, int a, int slipped)
{
    const int next = (s + a + slipped) % STATES;
    const int ends = s == 3 && a == 4;
    return (step){.state = s,
                  .level = a,
                  .next = next,
                  .reward = ends ? -20.0 : -1.0 * (next > 1 ? next - 1 : 1 - next) - 0.3 * a,
                  .end = ends ? TITR_END_TERMINATED : TITR_END_NONE};
}

typedef struct table {
    double q[STATES][CLINIC_LEVELS];
} table;

static inline double best_of(const table *t, int s)
{
    double best = t->q[s][0];
    for (int a = 1; a < CLINIC_LEVELS; a++) {
        best = fmax(best, t->q[s][a]);
    }
    return best;
}

static inline double backed_up(const table *t, step s)
{
    return s.reward + (s.end == TITR_END_TERMINATED ? 0.0 : gamma_of_5_min * best_of(t, s.next));
}

/* Value iteration to machine precision. */
static inline table solve(double slip)
{
    table t = {{{0}}};
    for (int sweep = 0; sweep < 1000; sweep++) {
        for (int s = 0; s < STATES; s++) {
            for (int a = 0; a < CLINIC_LEVELS; a++) {
                t.q[s][a] = (1.0 - slip) * backed_up(&t, walk(s, a, 0)) +
                            slip * backed_up(&t, walk(s, a, 1));
            }
        }
    }
    return t;
}

static inline void expect_table(clinic *c, const table *want, double tolerance)
{
    for (int s = 0; s < STATES; s++) {
        for (int a = 0; a < CLINIC_LEVELS; a++) {
            cr_assert_float_eq(q_of(c, s, a), want->q[s][a], tolerance,
                               "Q(%d, %d): %.15g, not %.15g", s, a, q_of(c, s, a), want->q[s][a]);
        }
    }
}

/* Any step of the walk, by its number: the steps hang together, an end starts anew in a state that
 * is drawn. */
typedef struct stroll {
    titr_rng_key key;
    uint32_t n;
    int state;
} stroll;

static inline step stroll_on(stroll *w, double slip)
{
    uint32_t word[4];
    titr_rng_words(w->key, w->n++, word);
    step s = walk(w->state, (int)(word[0] % CLINIC_LEVELS), (double)word[1] * 0x1p-32 < slip);
    if (s.end == TITR_END_NONE && word[2] % 16 == 0) {
        s.end = TITR_END_TRUNCATED;
    }
    w->state = s.end == TITR_END_NONE ? s.next : (int)(word[3] % STATES);
    return s;
}

static inline stroll stroll_begin(uint64_t seed)
{
    return (stroll){.key = {.seed = seed, .purpose = TITR_PURPOSE_TEST}};
}

#endif
