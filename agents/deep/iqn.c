// SPDX-License-Identifier: GPL-3.0-or-later
/* Implicit quantile network [dabney2018iqn]: the return's quantile at any tau, learned at drawn
 * ones. Levels are chosen by the mean over evenly spaced tau up to cvar. The last hidden layer is
 * the head behind the product, so two at least are needed. Oracle: value iteration on small
 * decision processes, tests/agents/deep/test_iqn.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 0.01 / 32.0),
    TITRI_DEEP_EXPLORING(1.0, 0.05),
    TITRI_DEEP_SWITCHES(0, 0, 1, 0, 0),
    TITRI_INT("tau_samples", tau_samples, 16, 1, 256, "quantiles drawn for each transition",
              "dabney2018iqn"),
    TITRI_INT("tau_cosines", tau_cosines, 64, 1, 1024, "cosines that describe a quantile",
              "dabney2018iqn"),
    TITRI_DEEP_RISK,
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_QUANTILE, context, self, err);
}

const titr_agent_type titr_agent_iqn = {
    .part = {.name = "iqn",
             .doc = "implicit quantile network: any quantile of returns",
             .source = "dabney2018iqn",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    .network = titri_deep_network,
    TITRI_DEEP_FUNCTIONS,
};
