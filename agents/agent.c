// SPDX-License-Identifier: GPL-3.0-or-later
/* Creating and destroying agents of any type. */
#include "titrate/agents/agent.h"

#include <stdlib.h>

static titr_status create(titr_slot slot, const titr_agent_context *context, titr_agent *agent,
                          titr_error *err)
{
    const titr_agent_type *type = slot.type;
    const titr_part *part = &type->part;
    if ((context->inner != NULL) != (type->wraps != 0)) {
        return titr_fail(err, TITR_ERR_ARG,
                         type->wraps ? "%s acts through another policy: name it with `of`"
                                     : "%s acts by itself: it takes no policy by `of`",
                         part->name);
    }
    TITR_TRY(titr_options_check(part->options, part->n_options, slot.def, err));
    agent->type = type;
    return type->create(slot.def, context, &agent->self, err);
}

titr_status titr_agent_create(titr_slot slot, const titr_agent_context *context, titr_agent **out,
                              titr_error *err)
{
    titr_agent *agent = calloc(1, sizeof *agent);
    const titr_status st = agent == NULL ? titr_fail(err, TITR_ERR_NOMEM, "no memory for an agent")
                                         : create(slot, context, agent, err);
    if (st != TITR_OK) {
        titr_agent_destroy(context->inner);
        free(agent);
        return st;
    }
    *out = agent;
    return TITR_OK;
}

void titr_agent_destroy(titr_agent *agent)
{
    if (agent != NULL) {
        agent->type->destroy(agent->self);
        free(agent);
    }
}
