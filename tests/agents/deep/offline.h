// SPDX-License-Identifier: GPL-3.0-or-later
/* What every learner from stored data owes. */
#ifndef TITR_TESTS_OFFLINE_H
#define TITR_TESTS_OFFLINE_H

#include "deep.h"

/* A learner that only studies, of the data of a policy that tries every level. */
static inline titr_slot offline_slot(const char *agent, const char *caution, double value)
{
    const titr_slot slot = deep_slot(agent);
    test_set_real(slot, "epsilon.to", 1.0);
    test_set_real(slot, caution, value);
    deep_set_int(slot, "replay_size", 20000);
    deep_set_int(slot, "learn_start", 1000000); /* only what learn_offline does */
    return slot;
}

static inline void offline_study(process *p, titr_slot slot, int shy)
{
    titr_error err = {0};
    process_init(p, slot);
    p->shy = shy;
    process_learn(p, 16000);
    cr_assert_eq(p->agent->type->learn_offline(p->agent->self, 4000, &err), TITR_OK, "%s",
                 err.what);
}

static inline void offline_finds_the_best_levels(titr_slot slot)
{
    process p;
    offline_study(&p, slot, 0);
    cr_assert_eq(process_optimal(&p), 4);
    cr_assert_eq(process_greedy(&p, 1), 1);
    process_fini(&p);
}

static inline void offline_does_not_dare(titr_slot slot)
{
    process p;
    offline_study(&p, slot, 1);
    cr_assert_eq(process_greedy(&p, 1), 0);
    process_fini(&p);
}

static inline void offline_needs_data(titr_slot slot)
{
    process p;
    titr_error err = {0};
    process_init(&p, slot);
    cr_assert_eq(p.agent->type->learn_offline(p.agent->self, 1, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "there is no transition to learn from");
    process_fini(&p);
}

#endif
