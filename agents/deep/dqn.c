// SPDX-License-Identifier: GPL-3.0-or-later
/* Deep Q-network [mnih2015]: the mean return of each level, by a network and a target network.
 *
 *   target = R + G max over allowed a' of Q'(s', a')                 (TERMINATED: target = R)   (1)
 *
 * With `double` the online network chooses a' and the target network values it; `dueling`,
 * `n_step`, `prioritised` and `noisy` are independent of each other and of it. Oracle: value
 * iteration on small decision processes, tests/agents/deep/test_dqn.c. */
#include "deep.h"

#include <math.h>

static const titr_option options[] = {
    TITRI_DEEP_LEARNING(2.5e-4, 1e-8),
    TITRI_DEEP_EXPLORING(1.0, 0.05),
    TITRI_DEEP_SWITCHES(0, 0, 1, 0, 0),
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    return titri_deep_create(def, TITRI_HEAD_SCALAR, context, self, err);
}

const titr_agent_type titr_agent_dqn = {
    .part = {.name = "dqn",
             .doc = "deep Q-network; double, dueling, n-step, prioritised and noisy by switches",
             .source = "mnih2015",
             TITR_OPTIONS(options, titri_deep_def)},
    .create = create,
    .network = titri_deep_network,
    TITRI_DEEP_FUNCTIONS,
};
