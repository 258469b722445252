// SPDX-License-Identifier: GPL-3.0-or-later
/* Deep recurrent Q-network [hausknecht2015]: a gated recurrent layer remembers what the present
 * observation does not tell. Learned on windows of consecutive choices, whose first steps only
 * bring the memory up to date [kapturowski2019]. Oracle: a task whose answer was shown earlier,
 * tests/agents/deep/test_drqn.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 1e-8),
    TITRI_DEEP_EXPLORING(1.0, 0.05),
    TITRI_FLAG("double", double_q, 1, "the target's level is chosen by the online network",
               "vanhasselt2016"),
    TITRI_FLAG("dueling", dueling, 0, "separate streams for value and advantage", "wang2016"),
    TITRI_DEEP_PRIORITIES(0),
    TITRI_INT("gru", gru, 64, 1, 1024, "units of the recurrent layer", "hausknecht2015"),
    TITRI_INT("burn_in", burn_in, 8, 0, 1024,
              "choices of a window that only bring the memory up to date", "kapturowski2019"),
    TITRI_INT("unroll", unroll, 16, 1, 1024, "choices of a window that are learned from",
              "hausknecht2015"),
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_SCALAR, context, self, err);
}

const titr_agent_type titr_agent_drqn = {
    .part = {.name = "drqn",
             .doc = "deep recurrent Q-network: remembers what observations do not tell",
             .source = "hausknecht2015",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    .network = titri_deep_network,
    TITRI_DEEP_FUNCTIONS,
};
