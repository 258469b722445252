// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/process.h"

#include "titrate/agents/levels.h"
#include "titrate/base/rng.h"
#include "titrate/base/visit_memory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define SLIP 0.2
#define CUT 8

static const titr_rng_key chances = {.seed = 77, .purpose = TITR_PURPOSE_TEST};

static void mask_of(int state, unsigned char *mask)
{
    mask[0] = mask[1] = 1;
    mask[2] = state % 2 == 0;
}

static int moved(int state, int level)
{
    const int to = state + (level == 0 ? -1 : level);
    return to < 0 ? 0 : to > PROCESS_STATES - 1 ? PROCESS_STATES - 1 : to;
}

static double cost(int state, int level)
{
    return -1.0 - 0.25 * state - 0.7 * (level == 2);
}

static double minutes(int state)
{
    return state == 2 ? 10.0 : 5.0;
}

/* Value iteration. */
static void exact(double q[PROCESS_STATES][PROCESS_LEVELS])
{
    double v[PROCESS_STATES] = {0.0};
    for (int sweep = 0; sweep < 2000; sweep++) {
        for (int s = 0; s < PROCESS_STATES - 1; s++) {
            unsigned char mask[PROCESS_LEVELS];
            double best = -HUGE_VAL;
            mask_of(s, mask);
            for (int a = 0; a < PROCESS_LEVELS; a++) {
                const int to = moved(s, a);
                const double there = to == PROCESS_STATES - 1 ? 0.0 : v[to];
                q[s][a] = cost(s, a) + pow(PROCESS_GAMMA, minutes(s) / 5.0) *
                                           ((1.0 - SLIP) * there + SLIP * v[s]);
                best = mask[a] && q[s][a] > best ? q[s][a] : best;
            }
            v[s] = best;
        }
    }
}

void process_init(process *p, titr_slot slot)
{
    *p = (process){.observer = {.n = 1}};
    p->observer.entry[0] = (titr_observe){.what = TITR_OBS_N, .discrete = PROCESS_STATES};
    const titr_agent_context context = {.n_lanes = PROCESS_LANES,
                                        .n_levels = PROCESS_LEVELS,
                                        .n_obs = 1,
                                        .observer = &p->observer,
                                        .decision_interval_min = 5.0,
                                        .seed = 4711};
    titr_error err = {0};
    const titr_status st = titr_agent_create(slot, &context, &p->agent, &err);
    cr_assert_eq(st, TITR_OK, "%s", err.what);
    titr_slot_fini(&slot);
}

void process_fini(process *p)
{
    titr_agent_destroy(p->agent);
}

/* What the lanes see and may do. */
typedef struct sight {
    double obs[PROCESS_LANES];
    unsigned char mask[PROCESS_LANES][PROCESS_LEVELS];
} sight;

static void look(const process *p, sight *s)
{
    for (int l = 0; l < PROCESS_LANES; l++) {
        s->obs[l] = p->state[l];
        mask_of(p->state[l], s->mask[l]);
    }
}

static void decide(process *p, const sight *s, titr_act_mode mode, titr_decision *decision)
{
    unsigned char first[PROCESS_LANES], running[PROCESS_LANES];
    titr_rng_key key[PROCESS_LANES];
    for (int l = 0; l < PROCESS_LANES; l++) {
        first[l] = p->steps[l] == 0;
        running[l] = 1;
        key[l] = (titr_rng_key){.seed = 1, .patient = (uint32_t)l};
    }
    const titr_batch batch = {.n = PROCESS_LANES,
                              .obs = s->obs,
                              .mask = s->mask[0],
                              .first = first,
                              .running = running,
                              .key = key,
                              .index = p->steps};
    titr_error err = {0};
    const titr_status st = p->agent->type->act(p->agent->self, &batch, mode, decision, &err);
    cr_assert_eq(st, TITR_OK, "%s", err.what);
}

/* The consequences of one lane's level. */
static titr_end advance(process *p, int l, int level, double *reward, double *elapsed_min)
{
    const int state = p->state[l];
    *reward = cost(state, level);
    *elapsed_min = minutes(state);
    if (titr_rng_uniform(chances, p->count++) >= SLIP) {
        p->state[l] = moved(state, level);
    }
    p->steps[l]++;
    if (p->state[l] == PROCESS_STATES - 1) {
        return TITR_END_TERMINATED;
    }
    return p->steps[l] == CUT ? TITR_END_TRUNCATED : TITR_END_NONE;
}

static void step(process *p)
{
    sight before, after;
    titr_decision decision[PROCESS_LANES];
    unsigned char valid[PROCESS_LANES];
    int level[PROCESS_LANES];
    double reward[PROCESS_LANES], elapsed_min[PROCESS_LANES], propensity[PROCESS_LANES];
    titr_end end[PROCESS_LANES];
    look(p, &before);
    decide(p, &before, TITR_ACT_EXPLORE, decision);
    for (int l = 0; l < PROCESS_LANES; l++) {
        valid[l] = 1;
        level[l] = p->shy && p->state[l] == 1 ? 0 : decision[l].level;
        propensity[l] = decision[l].propensity;
        cr_assert_eq(before.mask[l][level[l]], 1, "a forbidden level was chosen");
        end[l] = advance(p, l, level[l], &reward[l], &elapsed_min[l]);
    }
    look(p, &after);
    const titr_transitions t = {.n = PROCESS_LANES,
                                .valid = valid,
                                .obs = before.obs,
                                .next_obs = after.obs,
                                .mask = before.mask[0],
                                .next_mask = after.mask[0],
                                .level = level,
                                .propensity = propensity,
                                .reward = reward,
                                .elapsed_min = elapsed_min,
                                .end = end};
    titr_error err = {0};
    cr_assert_eq(p->agent->type->learn(p->agent->self, &t, &err), TITR_OK, "%s", err.what);
    for (int l = 0; l < PROCESS_LANES; l++) {
        if (end[l] != TITR_END_NONE) {
            p->state[l] = (int)titr_rng_below(chances, p->count++, PROCESS_STATES - 1);
            p->steps[l] = 0;
        }
    }
}

void process_learn(process *p, size_t decisions)
{
    for (size_t k = 0; k < decisions; k += PROCESS_LANES) {
        step(p);
    }
}

/* Values of the four states that have any, one in each lane. */
static void values(process *p, double q[PROCESS_LANES][PROCESS_LEVELS])
{
    process at = *p;
    sight s;
    for (int l = 0; l < PROCESS_LANES; l++) {
        at.state[l] = l;
    }
    look(&at, &s);
    const unsigned char ones[PROCESS_LANES] = {1, 1, 1, 1};
    const titr_batch batch = {
        .n = PROCESS_LANES, .obs = s.obs, .mask = s.mask[0], .first = ones, .running = ones};
    cr_assert_eq(p->agent->type->values(p->agent->self, &batch, q[0], NULL), TITR_OK);
}

double process_error(process *p)
{
    double q[PROCESS_LANES][PROCESS_LEVELS], want[PROCESS_STATES][PROCESS_LEVELS], worst = 0.0;
    exact(want);
    values(p, q);
    for (int s = 0; s < PROCESS_STATES - 1; s++) {
        unsigned char mask[PROCESS_LEVELS];
        mask_of(s, mask);
        for (int a = 0; a < PROCESS_LEVELS; a++) {
            const double error = fabs(q[s][a] - want[s][a]);
            worst = mask[a] && error > worst ? error : worst;
        }
    }
    return worst;
}

int process_greedy(process *p, int state)
{
    process at = *p;
    sight s;
    titr_decision decision[PROCESS_LANES];
    for (int l = 0; l < PROCESS_LANES; l++) {
        at.state[l] = state;
    }
    look(&at, &s);
    decide(&at, &s, TITR_ACT_GREEDY, decision);
    return decision[0].level;
}

int process_optimal(process *p)
{
    double q[PROCESS_LANES][PROCESS_LEVELS], want[PROCESS_STATES][PROCESS_LEVELS];
    int optimal = 0;
    exact(want);
    values(p, q);
    for (int s = 0; s < PROCESS_STATES - 1; s++) {
        unsigned char mask[PROCESS_LEVELS];
        mask_of(s, mask);
        optimal += titr_level_best(mask, PROCESS_LEVELS, q[s]) ==
                   titr_level_best(mask, PROCESS_LEVELS, want[s]);
    }
    return optimal;
}

static titr_status visit_all(process *p, titr_visitor *v, titr_error *err)
{
    const titr_agent_type *type = p->agent->type;
    TITR_TRY(type->visit(p->agent->self, v, err));
    TITR_TRY(type->visit_training(p->agent->self, v, err));
    return type->visit_lanes(p->agent->self, v, err);
}

void process_copy(process *from, process *to)
{
    titr_memory_visitor m;
    titr_error err = {0};
    titr_memory_visitor_init(&m);
    cr_assert_eq(visit_all(from, &m.base, &err), TITR_OK, "%s", err.what);
    titr_memory_visitor_load(&m);
    cr_assert_eq(visit_all(to, &m.base, &err), TITR_OK, "%s", err.what);
    titr_memory_visitor_fini(&m);
    memcpy(to->state, from->state, sizeof to->state);
    memcpy(to->steps, from->steps, sizeof to->steps);
    to->count = from->count;
}

void process_same(process *a, process *b)
{
    titr_memory_visitor of_a, of_b;
    titr_memory_visitor_init(&of_a);
    titr_memory_visitor_init(&of_b);
    cr_assert_eq(visit_all(a, &of_a.base, NULL), TITR_OK);
    cr_assert_eq(visit_all(b, &of_b.base, NULL), TITR_OK);
    cr_assert_eq(of_a.size, of_b.size);
    cr_assert_eq(memcmp(of_a.bytes, of_b.bytes, of_a.size), 0, "not the same bits");
    titr_memory_visitor_fini(&of_a);
    titr_memory_visitor_fini(&of_b);
}
