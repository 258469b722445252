// SPDX-License-Identifier: GPL-3.0-or-later
/* Categorical deep Q-learning [bellemare2017]: probabilities of returns on a fixed grid. v_min and
 * v_max bound discounted returns after reward_scale; returns outside count as the bound.
 * Oracle: value iteration on small decision processes, tests/agents/deep/test_c51.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 0.01 / 32.0),
    TITRI_DEEP_EXPLORING(1.0, 0.05),
    TITRI_DEEP_SWITCHES(0, 0, 1, 0, 0),
    TITRI_DEEP_GRID,
    TITRI_DEEP_RISK,
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_CATEGORICAL, context, self, err);
}

const titr_agent_type titr_agent_c51 = {
    .part = {.name = "c51",
             .doc = "categorical deep Q-learning: the distribution of returns on a grid",
             .source = "bellemare2017",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    .network = titri_deep_network,
    TITRI_DEEP_FUNCTIONS,
};
