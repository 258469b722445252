// SPDX-License-Identifier: GPL-3.0-or-later
/* Discrete batch-constrained Q-learning [fujimoto2019]: learns from a trajectory file; only levels
 * that are common enough there are considered.
 * Oracle: data of a clumsy policy, tests/agents/deep/test_bcq.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 1e-8),
    TITRI_DEEP_EXPLORING(1.0, 0.05),
    TITRI_DEEP_SWITCHES(1, 0, 1, 0, 0),
    TITRI_REAL("threshold", bcq_threshold, "1", 0.3, 1e-6, 1.0,
               "a level is considered if it is at least so common beside the commonest",
               "fujimoto2019"),
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_SCALAR, context, self, err);
}

const titr_agent_type titr_agent_bcq = {
    .part = {.name = "bcq",
             .doc =
                 "batch-constrained Q-learning: from data alone, among levels that the data show",
             .source = "fujimoto2019",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    TITRI_DEEP_FUNCTIONS,
};
