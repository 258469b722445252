// SPDX-License-Identifier: GPL-3.0-or-later
/* One agent deciding for the child of support/record.h, decision after decision. Lane 0 has ended:
 * its decision must stay untouched. */
#ifndef TESTS_SUPPORT_CLINIC_H
#define TESTS_SUPPORT_CLINIC_H

#include "titrate/agents/agent.h"

#include "support/part.h"
#include "support/record.h"

#define CLINIC_LEVELS 5

typedef struct clinic {
    test_record r; /* change it between decisions by test_set(&c.r, ...) */
    titr_agent *agent;
    titr_observer observer;
    titr_agent_context context;
    unsigned char mask[2 * CLINIC_LEVELS];
    unsigned char first[2], running[2];
    double obs[2 * TITR_OBSERVE_MAX];
    titr_rng_key key[2];
    uint32_t index[2];
} clinic;

/* All levels allowed, a decision every 5 min; the agent is still to be created. */
static inline void clinic_init(clinic *c)
{
    *c = (clinic){.first = {0, 1}, .running = {0, 1}};
    test_record_init(&c->r);
    memset(c->mask, 1, sizeof c->mask);
    c->key[TEST_LANE] = (titr_rng_key){.seed = 5, .patient = 6, .episode = 1001};
    c->context = (titr_agent_context){.n_lanes = 2,
                                      .n_levels = CLINIC_LEVELS,
                                      .observer = &c->observer,
                                      .decision_interval_min = 5.0};
}

/* Create the agent; releases the slot. */
static inline titr_status clinic_hire(clinic *c, titr_slot slot, titr_error *err)
{
    c->context.n_obs = titr_observer_size(&c->observer);
    const titr_status st = titr_agent_create(slot, &c->context, &c->agent, err);
    titr_slot_fini(&slot);
    return st;
}

static inline titr_batch clinic_batch(clinic *c)
{
    titr_observer_fill(&c->observer, &c->r.record, c->obs);
    return (titr_batch){.n = 2,
                        .record = &c->r.record,
                        .obs = c->obs,
                        .mask = c->mask,
                        .first = c->first,
                        .running = c->running,
                        .key = c->key,
                        .index = c->index};
}

static inline titr_decision clinic_decide_as(clinic *c, titr_act_mode mode)
{
    const titr_batch batch = clinic_batch(c);
    const titr_decision untouched = {-7, {-8.0, -9.0}, -10.0};
    titr_decision decision[2] = {untouched, untouched};
    titr_error err = {0};
    cr_assert_eq(c->agent->type->act(c->agent->self, &batch, mode, decision, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(decision[0].level, -7, "a lane that has ended was decided for");
    cr_assert_eq(decision[0].dose.bolus_u, -9.0);
    cr_assert_neq(decision[TEST_LANE].level, -7, "no decision");
    c->first[TEST_LANE] = 0;
    c->index[TEST_LANE]++;
    return decision[TEST_LANE];
}

static inline titr_decision clinic_decide(clinic *c)
{
    return clinic_decide_as(c, TITR_ACT_GREEDY);
}

/* Dose of an agent that doses directly. */
static inline titr_dose clinic_dose(clinic *c)
{
    const titr_decision d = clinic_decide(c);
    cr_assert_eq(d.level, -1);
    cr_assert_eq(d.propensity, 1.0);
    return d.dose;
}

#endif
