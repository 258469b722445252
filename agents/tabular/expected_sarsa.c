// SPDX-License-Identifier: GPL-3.0-or-later
/* Expected SARSA: SARSA without the chance of the next level [vanseijen2009; sutton2018, 6.6].
 *
 *   target = R + G * sum over allowed a' of pi(a' | s') Q(s', a')  (TERMINATED: target = R)  (1)
 *   Q(s, a) += alpha (target - Q(s, a))                                                      (2)
 *
 * pi is the policy that explores now: epsilon-greedy or Boltzmann, over allowed levels. Step sizes,
 * discount, exploration: q_learning.c. Converges where SARSA does, with less variance and also with
 * larger step sizes [vanseijen2009]; with epsilon = 0 the update is that of Q-learning.
 *
 * Draws are functions of the agent's seed, the lane and its own count of decisions.
 * Oracle: policy evaluation, tests/agents/tabular/test_expected_sarsa.c. */
#include "learner.h"

static const titri_rule rule = {
    .name = "expected_sarsa", .n_tables = 1, .own_draws = 1, .value = titri_expected_value};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_learner_create(&rule, def, context, self, err);
}

static size_t memory_bytes(const void *def, const titr_agent_context *context)
{
    return titri_learner_memory_bytes(&rule, def, context);
}

const titr_agent_type titr_agent_expected_sarsa = {
    .part = {.name = "expected_sarsa",
             .doc = "tabular SARSA with the mean over the next level",
             .source = "vanseijen2009",
             TITRI_TABULAR_OPTIONS(TITRI_N_TABULAR)},
    .create = create,
    .memory_bytes = memory_bytes,
    TITRI_TABULAR_FUNCTIONS,
};
