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
    if (context->n_others > 0 && !type->gathers) {
        return titr_fail(err, TITR_ERR_ARG, "%s acts through one policy, not through %zu",
                         part->name, 1 + context->n_others);
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
        for (size_t i = 0; i < context->n_others; i++) {
            titr_agent_destroy(context->others[i]);
        }
        free(agent);
        return st;
    }
    *out = agent;
    return TITR_OK;
}

/* One lane's decision as probabilities. */
static titr_status certain(const titr_agent *agent, const titr_decision *decision, size_t n_levels,
                           double *p, titr_error *err)
{
    const char *name = agent->type->part.name;
    if (decision->level < 0 || (size_t)decision->level >= n_levels) {
        return titr_fail(err, TITR_ERR_ARG, "%s chooses doses, not levels", name);
    }
    if (decision->propensity != 1.0) {
        return titr_fail(err, TITR_ERR_ARG, "%s does not tell the probabilities of its choices",
                         name);
    }
    for (size_t a = 0; a < n_levels; a++) {
        p[a] = (size_t)decision->level == a ? 1.0 : 0.0;
    }
    return TITR_OK;
}

titr_status titr_agent_probabilities(const titr_agent *agent, const titr_batch *batch,
                                     size_t n_levels, double *p, titr_error *err)
{
    if (agent->type->probabilities != NULL) {
        return agent->type->probabilities(agent->self, batch, p, err);
    }
    titr_decision *decision = calloc(batch->n, sizeof *decision);
    if (decision == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu decisions", batch->n);
    }
    titr_status st = agent->type->act(agent->self, batch, TITR_ACT_GREEDY, decision, err);
    for (size_t l = 0; st == TITR_OK && l < batch->n; l++) {
        st = batch->running[l] ? certain(agent, &decision[l], n_levels, &p[l * n_levels], err)
                               : TITR_OK;
    }
    free(decision);
    return st;
}

void titr_agent_destroy(titr_agent *agent)
{
    if (agent != NULL) {
        agent->type->destroy(agent->self);
        free(agent);
    }
}
