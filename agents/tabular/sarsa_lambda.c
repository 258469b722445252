// SPDX-License-Identifier: GPL-3.0-or-later
/* SARSA(lambda): SARSA along eligibility traces [rummery1994; sutton2018, 12.7].
 *
 *   delta = R + G Q(s', a') - Q(s, a), a' = the level given next   (TERMINATED: without G)  (1)
 *   z(s, a) = alpha (replacing traces), z(s, a) += alpha (accumulating)                     (2)
 *   Q += z delta                               for every pair with a trace                  (3)
 *   z *= lambda G                                                                           (4)
 *
 * A trace carries its step size: traces.c. The update waits for a', a truncated episode takes the
 * mean over the policy in its place: sarsa.c. Lambda = 0 is SARSA, lambda = 1 learns from whole
 * returns. For a fixed policy the values converge for every lambda [jaakkola1994]; while the policy
 * improves there is a proof for lambda = 0 only [singh2000]. Step sizes, discount, exploration:
 * q_learning.c.
 *
 * Draws are functions of the agent's seed, the lane and its own count of decisions.
 * Oracle: dense traces, tests/agents/tabular/test_sarsa_lambda.c. */
#include "learner.h"

static const titri_rule rule = {.name = "sarsa_lambda",
                                .n_tables = 1,
                                .own_draws = 1,
                                .waits = 1,
                                .traces = 1,
                                .value = titri_level_value};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_learner_create(&rule, def, context, self, err);
}

static size_t memory_bytes(const void *def, const titr_agent_context *context)
{
    return titri_learner_memory_bytes(&rule, def, context);
}

const titr_agent_type titr_agent_sarsa_lambda = {
    .part = {.name = "sarsa_lambda",
             .doc = "tabular SARSA(lambda): learns along eligibility traces",
             .source = "rummery1994",
             TITRI_TABULAR_OPTIONS(TITRI_N_TABULAR_TRACES)},
    .create = create,
    .memory_bytes = memory_bytes,
    TITRI_TABULAR_FUNCTIONS,
};
