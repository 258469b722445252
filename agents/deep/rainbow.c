// SPDX-License-Identifier: GPL-3.0-or-later
/* Rainbow [hessel2018]: categorical, double, dueling, three steps, prioritised, noisy. Each switch
 * can be taken back, as in the paper's ablations. Noise explores: epsilon is 0.
 * Oracle: value iteration on small decision processes, tests/agents/deep/test_rainbow.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 1.5e-4),
    TITRI_DEEP_EXPLORING(0.0, 0.0),
    TITRI_DEEP_SWITCHES(1, 1, 3, 1, 1),
    TITRI_DEEP_GRID,
    TITRI_DEEP_RISK,
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_CATEGORICAL, context, self, err);
}

const titr_agent_type titr_agent_rainbow = {
    .part = {.name = "rainbow",
             .doc = "categorical, double, dueling, 3-step, prioritised, noisy deep Q-learning",
             .source = "hessel2018",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    .network = titri_deep_network,
    TITRI_DEEP_FUNCTIONS,
};
