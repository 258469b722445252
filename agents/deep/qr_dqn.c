// SPDX-License-Identifier: GPL-3.0-or-later
/* Deep Q-learning by quantile regression [dabney2018qr]: the return's quantiles at fixed midpoints.
 * With cvar below 1 levels are chosen by the mean of the worst quantiles.
 * Oracle: value iteration on small decision processes, tests/agents/deep/test_qr_dqn.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 0.01 / 32.0),
    TITRI_DEEP_EXPLORING(1.0, 0.05),
    TITRI_DEEP_SWITCHES(0, 0, 1, 0, 0),
    TITRI_INT("quantiles", quantiles, 32, 1, 256, "quantiles of each level's return",
              "dabney2018qr"),
    TITRI_DEEP_RISK,
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_QUANTILE, context, self, err);
}

const titr_agent_type titr_agent_qr_dqn = {
    .part = {.name = "qr_dqn",
             .doc = "deep Q-learning by quantile regression: quantiles of returns",
             .source = "dabney2018qr",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    .network = titri_deep_network,
    TITRI_DEEP_FUNCTIONS,
};
