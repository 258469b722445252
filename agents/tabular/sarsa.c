// SPDX-License-Identifier: GPL-3.0-or-later
/* SARSA: what is learned is the policy that explores [rummery1994; sutton2018, 6.4].
 *
 *   target = R + G Q(s', a'), a' = the level given next        (TERMINATED: target = R)    (1)
 *   Q(s, a) += alpha (target - Q(s, a))                                                    (2)
 *
 * Step sizes, discount, exploration: q_learning.c. The update waits until a' was given: it is made
 * when the transition that follows from a' is learned. An episode that is TRUNCATED has no a'; its
 * last update takes the mean of Q(s', .) under the policy that explores now, over allowed levels,
 * as expected_sarsa.c does. A fault after a' drops the update.
 *
 * With epsilon fixed, Q goes to the values of the best policy that explores so much; to the optimal
 * values if besides the conditions of q_learning.c the policy is greedy in the limit and still
 * visits every pair without end [singh2000]: epsilon.to = 0 with exploring starts, for one.
 *
 * Draws are functions of the agent's seed, the lane and its own count of decisions.
 * Oracle: policy evaluation on small decision processes, tests/agents/tabular/test_sarsa.c. */
#include "learner.h"

static const titri_rule rule = {
    .name = "sarsa", .n_tables = 1, .own_draws = 1, .waits = 1, .value = titri_level_value};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_learner_create(&rule, def, context, self, err);
}

static size_t memory_bytes(const void *def, const titr_agent_context *context)
{
    return titri_learner_memory_bytes(&rule, def, context);
}

const titr_agent_type titr_agent_sarsa = {
    .part = {.name = "sarsa",
             .doc = "tabular SARSA: learns the values of the policy that explores",
             .source = "rummery1994",
             TITRI_TABULAR_OPTIONS(TITRI_N_TABULAR)},
    .create = create,
    .memory_bytes = memory_bytes,
    TITRI_TABULAR_FUNCTIONS,
};
