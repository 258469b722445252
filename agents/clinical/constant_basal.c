// SPDX-License-Identifier: GPL-3.0-or-later
/* The scheduled basal rate and nothing else: no meal bolus, no correction.
 * Oracle: the record's own rate, tests/agents/clinical/test_constant_basal.c. */
#include "titrate/agents/agent.h"

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    (void)def;
    (void)context;
    (void)err;
    *self = NULL;
    return TITR_OK;
}

static void destroy(void *self)
{
    (void)self;
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)self;
    (void)mode;
    (void)err;
    for (size_t l = 0; l < batch->n; l++) {
        if (batch->running[l]) {
            const double basal = batch->record->col[TITR_OBS_BASAL][l];
            decision[l] = (titr_decision){-1, {.basal_u_per_h = basal}, 1.0};
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_constant_basal = {
    .part = {.name = "constant_basal", .doc = "scheduled basal rate only", .source = "titrate"},
    .create = create,
    .destroy = destroy,
    .act = act,
};
