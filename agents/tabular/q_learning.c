// SPDX-License-Identifier: GPL-3.0-or-later
/* Tabular Q-learning over plain bins or tiles of what the policy observes [watkins1992].
 *
 *   target = R + G * max over allowed a' of Q(s', a')          (TERMINATED: target = R)    (1)
 *   Q(s, a) += alpha (target - Q(s, a))                                                    (2)
 *   G = gamma^(elapsed / decision interval), or 0.5^(elapsed / half life)                  (3)
 *   alpha = max(alpha.to, alpha.from / (1 + alpha.decay n)^alpha.power), n = pair's visits (4)
 *   epsilon falls linearly from epsilon.from to epsilon.to in epsilon.steps decisions, then stays
 *
 * R and G reach from one choice to the next: chain.c. Tiles: table.c. Masks act in exploration, in
 * the greedy choice and in (1). How it is evaluated: safe.c.
 *
 * Q converges to the optimal values where every pair is visited without end and the step sizes of a
 * pair sum to infinity, their squares do not (alpha.to = 0, alpha.decay > 0, 0.5 < alpha.power),
 * for gamma < 1 or where every policy ends [tsitsiklis1994]. The policy that explores does not
 * matter.
 *
 * Draws are functions of the episode's key and the decision's number.
 * Oracle: value iteration on small decision processes, tests/agents/tabular/test_q_learning.c. */
#include "learner.h"

static const titri_rule rule = {.name = "q_learning", .n_tables = 1, .value = titri_best_value};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_learner_create(&rule, def, context, self, err);
}

static size_t memory_bytes(const void *def, const titr_agent_context *context)
{
    return titri_learner_memory_bytes(&rule, def, context);
}

const titr_agent_type titr_agent_q_learning = {
    .part = {.name = "q_learning",
             .doc = "tabular Q-learning over plain bins or tiles",
             .source = "watkins1992",
             TITRI_TABULAR_OPTIONS(TITRI_N_TABULAR)},
    .create = create,
    .memory_bytes = memory_bytes,
    TITRI_TABULAR_FUNCTIONS,
};
