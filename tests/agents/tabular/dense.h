// SPDX-License-Identifier: GPL-3.0-or-later
/* Traces over the whole table, as the books have them: a trace per pair, one step size. */
#ifndef TESTS_TABULAR_DENSE_H
#define TESTS_TABULAR_DENSE_H

#include "walk.h"

typedef struct dense {
    table t;
    double e[STATES][CLINIC_LEVELS];
    double alpha, lambda;
    int accumulating;
} dense;

static inline void dense_clear(dense *d)
{
    memset(d->e, 0, sizeof d->e);
}

static inline void dense_update(dense *d, int s, int a, double target)
{
    const double delta = target - d->t.q[s][a];
    d->e[s][a] = d->accumulating ? d->e[s][a] + 1.0 : 1.0;
    for (int x = 0; x < STATES; x++) {
        for (int b = 0; b < CLINIC_LEVELS; b++) {
            d->t.q[x][b] += d->alpha * delta * d->e[x][b];
            d->e[x][b] *= gamma_of_5_min * d->lambda;
        }
    }
}

static inline titr_slot dense_slot(const char *agent, const dense *d)
{
    const titr_slot slot = walk_slot(agent);
    set_alpha(slot, d->alpha, 0.0, 0.0, 1.0);
    test_set_real(slot, "lambda", d->lambda);
    *(int *)test_option(slot, "traces") = d->accumulating;
    return slot;
}

/* Lambda return of a walk through states 0 to 3 by level 1 that ends there with level 4: every
 * state is new, so its value is untouched when the return is made. */
static inline void expect_lambda_returns(const char *agent)
{
    static const double reward[] = {-1.0, -2.0, -4.0, -8.0};
    const dense d = {.alpha = 0.5, .lambda = 0.7};
    clinic c;
    const titr_slot slot = dense_slot(agent, &d);
    test_set_real(slot, "initial_value", 0.0);
    hire(&c, slot);
    for (int s = 0; s < STATES; s++) {
        learn(&c, (step){.state = s,
                         .level = 1,
                         .next = s + 1,
                         .reward = reward[s],
                         .end = s == 3 ? TITR_END_TERMINATED : TITR_END_NONE});
    }
    for (int s = 0; s < STATES; s++) {
        double sum = 0.0, weight = 1.0; /* all values are 0: the return is that of the rewards */
        for (int k = s; k < STATES; k++) {
            sum += weight * reward[k];
            weight *= gamma_of_5_min * d.lambda;
        }
        cr_assert_float_eq(q_of(&c, s, 1), 0.5 * sum, 1e-13, "state %d", s);
    }
    titr_agent_destroy(c.agent);
}

#endif
