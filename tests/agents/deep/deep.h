// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tests of all deep learners share: a small network that learns the process of
 * support/process.h, and a training that goes on from a copy. */
#ifndef TESTS_AGENTS_DEEP_H
#define TESTS_AGENTS_DEEP_H

#include "support/part.h"
#include "support/process.h"

static inline void deep_set_int(titr_slot slot, const char *name, int64_t value)
{
    *(int64_t *)test_option(slot, name) = value;
}

/* A quick learner of the process. */
static inline titr_slot deep_slot(const char *agent)
{
    static const double hidden[2] = {16, 16};
    const titr_slot slot = test_slot(titr_agent_find(agent));
    test_set_reals(slot, "hidden", hidden, 2);
    test_set_real(slot, "gamma", PROCESS_GAMMA);
    test_set_real(slot, "learning_rate", 2e-3);
    *(int *)test_option(slot, "loss") = 1; /* Huber's function is not minimal at the mean */
    deep_set_int(slot, "batch", 24);
    deep_set_int(slot, "replay_size", 4000);
    deep_set_int(slot, "learn_start", 400);
    deep_set_int(slot, "learn_every", 3);
    deep_set_int(slot, "target_every", 50);
    deep_set_int(slot, "epsilon.steps", 2000);
    return slot;
}

/* Trains; @return the largest error of the values. */
static inline double deep_train(titr_slot slot, size_t decisions, int *optimal)
{
    process p;
    process_init(&p, slot);
    process_learn(&p, decisions);
    *optimal = process_optimal(&p);
    const double error = process_error(&p);
    process_fini(&p);
    return error;
}

/* A training saved in the middle of episodes and gone on with elsewhere gives the same bits, and so
 * does the same training from its beginning. @param[in] slot made anew for each process. */
static inline void deep_resumes(titr_slot (*slot)(void))
{
    process a, b, c;
    process_init(&a, slot());
    process_init(&b, slot());
    process_init(&c, slot());
    process_learn(&a, 612);
    process_copy(&a, &b);
    process_learn(&a, 400);
    process_learn(&b, 400);
    process_same(&a, &b);
    process_learn(&c, 612);
    process_learn(&c, 400);
    process_same(&a, &c);
    process_fini(&a);
    process_fini(&b);
    process_fini(&c);
}

#endif
