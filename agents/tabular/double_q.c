// SPDX-License-Identifier: GPL-3.0-or-later
/* Double Q-learning: one table chooses, the other values [vanhasselt2010].
 *
 *   with probability 1/2 (else with A and B exchanged):
 *     a* = argmax over allowed a' of A(s', a')                                               (1)
 *     A(s, a) += alpha (R + G B(s', a*) - A(s, a))                (TERMINATED: target = R)   (2)
 *   Q = (A + B) / 2 is what levels are chosen by                                             (3)
 *
 * so that the noise that makes a level look best is not in the value it gets: Q-learning's maximum
 * over noisy values is too large on the mean. Step sizes, discount, exploration: q_learning.c; n
 * counts a pair's visits in each table. Converges where Q-learning does, if both tables are updated
 * without end [vanhasselt2010].
 *
 * Draws are functions of the agent's seed, the lane and its own count of decisions or updates.
 * Oracle: value iteration, tests/agents/tabular/test_double_q.c. */
#include "learner.h"

#include "titrate/agents/levels.h"

/* The other table's value of what the table that is updated likes best. */
static double cross_value(const titri_learner *q, const titri_next *next)
{
    double mine[TITR_LEVELS_MAX], other[TITR_LEVELS_MAX];
    titri_qtable_values(&q->table[next->table], next->feature, mine);
    titri_qtable_values(&q->table[1 - next->table], next->feature, other);
    return other[titr_level_best(next->mask, q->n_levels, mine)];
}

static const titri_rule rule = {
    .name = "double_q", .n_tables = 2, .own_draws = 1, .value = cross_value};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_learner_create(&rule, def, context, self, err);
}

static size_t memory_bytes(const void *def, const titr_agent_context *context)
{
    return titri_learner_memory_bytes(&rule, def, context);
}

const titr_agent_type titr_agent_double_q = {
    .part = {.name = "double_q",
             .doc = "tabular double Q-learning: one table chooses, the other values",
             .source = "vanhasselt2010",
             TITRI_TABULAR_OPTIONS(TITRI_N_TABULAR)},
    .create = create,
    .memory_bytes = memory_bytes,
    TITRI_TABULAR_FUNCTIONS,
};
