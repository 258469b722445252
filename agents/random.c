// SPDX-License-Identifier: GPL-3.0-or-later
/* Each allowed level with the same probability. The draw is a function of the episode's key and the
 * decision's number alone.
 * Oracle: frequencies against the uniform distribution, tests/agents/test_random.c. */
#include "titrate/agents/agent.h"

#include "titrate/agents/levels.h"

#include <stdlib.h>

typedef struct uniform {
    size_t n_levels;
} uniform;

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    (void)def;
    uniform *u = malloc(sizeof *u);
    if (u == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent random");
    }
    u->n_levels = context->n_levels;
    *self = u;
    return TITR_OK;
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)mode;
    (void)err;
    const uniform *u = self;
    for (size_t l = 0; l < batch->n; l++) {
        if (batch->running[l]) {
            const unsigned char *mask = &batch->mask[l * u->n_levels];
            const size_t allowed = titr_levels_allowed(mask, u->n_levels);
            titr_rng_key key = batch->key[l];
            key.purpose = TITR_PURPOSE_POLICY;
            const size_t k = titr_rng_below(key, batch->index[l], (uint32_t)allowed);
            decision[l] = (titr_decision){.level = (int)titr_level_nth(mask, u->n_levels, k),
                                          .propensity = 1.0 / (double)allowed};
        }
    }
    return TITR_OK;
}

static titr_status probabilities(void *self, const titr_batch *batch, double *p, titr_error *err)
{
    (void)err;
    const uniform *u = self;
    for (size_t l = 0; l < batch->n; l++) {
        const unsigned char *mask = &batch->mask[l * u->n_levels];
        const double allowed = (double)titr_levels_allowed(mask, u->n_levels);
        for (size_t a = 0; batch->running[l] && a < u->n_levels; a++) {
            p[l * u->n_levels + a] = mask[a] ? 1.0 / allowed : 0.0;
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_random = {
    .part = {.name = "random",
             .doc = "each allowed level of the action set with the same probability",
             .source = "titrate"},
    .plays_tasks = 1,
    .create = create,
    .destroy = free,
    .act = act,
    .probabilities = probabilities,
};
