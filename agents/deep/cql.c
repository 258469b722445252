// SPDX-License-Identifier: GPL-3.0-or-later
/* Discrete conservative Q-learning [kumar2020]: learns from a trajectory file; values of levels
 * that the data do not show are pushed down. Oracle: data of a clumsy policy,
 * tests/agents/deep/test_cql.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 1e-8),
    TITRI_DEEP_EXPLORING(1.0, 0.05),
    TITRI_DEEP_SWITCHES(1, 0, 1, 0, 0),
    TITRI_REAL("alpha", cql_alpha, "1", 1.0, 1e-6, 1e6,
               "weight of the penalty on values above those of the data", "kumar2020"),
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_SCALAR, context, self, err);
}

const titr_agent_type titr_agent_cql = {
    .part = {.name = "cql",
             .doc =
                 "conservative Q-learning: from data alone, cautious about what they do not show",
             .source = "kumar2020",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    .network = titri_deep_network,
    TITRI_DEEP_FUNCTIONS,
};
