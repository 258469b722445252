// SPDX-License-Identifier: GPL-3.0-or-later
/* Watkins's Q(lambda): Q-learning along eligibility traces [watkins1989; sutton2018, 12.10].
 *
 *   delta = R + G * max over allowed a' of Q(s', a') - Q(s, a)   (TERMINATED: without G)   (1)
 *   z(s, a) = alpha (replacing traces), z(s, a) += alpha (accumulating)                    (2)
 *   Q += z delta                               for every pair with a trace                 (3)
 *   z *= lambda G   if the level given next is greedy, z = 0 otherwise                     (4)
 *
 * A trace carries its step size: traces.c. A level is greedy if no allowed one has a larger value
 * when it is learned about; what follows from another says nothing about the greedy policy, so
 * traces end there, and with the episode. Lambda = 0 is Q-learning. Replacing traces do not
 * count a pair twice that returns, and often learn faster [singh1996]; accumulating ones can
 * overshoot where a pair repeats and alpha / (1 - lambda G) is above 1.
 *
 * Converges to the optimal values under the conditions of q_learning.c [munos2016]. Step sizes,
 * discount, exploration: q_learning.c.
 *
 * Draws are functions of the agent's seed, the lane and its own count of decisions.
 * Oracle: dense traces and value iteration, tests/agents/tabular/test_q_lambda.c. */
#include "learner.h"

static const titri_rule rule = {.name = "q_lambda",
                                .n_tables = 1,
                                .own_draws = 1,
                                .traces = 1,
                                .cuts = 1,
                                .value = titri_best_value};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_learner_create(&rule, def, context, self, err);
}

static size_t memory_bytes(const void *def, const titr_agent_context *context)
{
    return titri_learner_memory_bytes(&rule, def, context);
}

const titr_agent_type titr_agent_q_lambda = {
    .part = {.name = "q_lambda",
             .doc = "tabular Watkins's Q(lambda): traces end at levels that are not greedy",
             .source = "watkins1989",
             TITRI_TABULAR_OPTIONS(TITRI_N_TABULAR_TRACES)},
    .create = create,
    .memory_bytes = memory_bytes,
    TITRI_TABULAR_FUNCTIONS,
};
