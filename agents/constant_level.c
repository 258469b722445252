// SPDX-License-Identifier: GPL-3.0-or-later
/* The same level of the action set at every decision: what a learner must at least beat. Where the
 * level is not allowed, the nearest allowed one, of two as near the lower.
 * Oracle: hand-set masks, tests/agents/test_constant_level.c. */
#include "titrate/agents/agent.h"

#include "titrate/agents/levels.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct constant_def {
    int64_t level;
} constant_def;

typedef struct constant {
    size_t level, n_levels;
} constant;

static const titr_option options[] = {
    {.name = "level",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 0,
     .lo = 0,
     .hi = TITR_LEVELS_MAX - 1,
     .doc = "level of the action set, from 0",
     .source = "choice",
     .offset = offsetof(constant_def, level)},
};

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    const constant_def *d = def;
    if ((size_t)d->level >= context->n_levels) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "level = %" PRId64 ", the action set has levels 0 to %zu", d->level,
                         context->n_levels - 1);
    }
    constant *c = malloc(sizeof *c);
    if (c == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent constant_level");
    }
    *c = (constant){(size_t)d->level, context->n_levels};
    *self = c;
    return TITR_OK;
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)mode;
    (void)err;
    const constant *c = self;
    for (size_t l = 0; l < batch->n; l++) {
        if (batch->running[l]) {
            const unsigned char *mask = &batch->mask[l * c->n_levels];
            const size_t level = titr_level_nearest(mask, c->n_levels, c->level);
            decision[l] = (titr_decision){.level = (int)level, .propensity = 1.0};
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_constant_level = {
    .part = {.name = "constant_level",
             .doc = "one level of the action set at every decision",
             .source = "titrate",
             TITR_OPTIONS(options, constant_def)},
    .plays_tasks = 1,
    .create = create,
    .destroy = free,
    .act = act,
};
