// SPDX-License-Identifier: GPL-3.0-or-later
/* Agents of a lab: to learn, and to act with what was learned. */
#include "lab.h"
#include "task.h"

#include "titrate/base/rng.h"

#include <stdlib.h>
#include <string.h>

static const titr_agent_type *agent_type(const titri_lab *lab, size_t policy)
{
    return lab->policy[policy].def->agent.type;
}

void titri_lab_words(const titri_lab *lab, size_t policy, size_t job, uint32_t word[4])
{
    const titri_policy *p = &lab->policy[policy];
    const titr_rng_key key = {.seed = lab->e->seed,
                              .purpose = TITR_PURPOSE_AGENT,
                              .patient = titr_hash32(p->family),
                              .episode = (uint32_t)job};
    titr_rng_words(key, (uint32_t)p->replicate, word);
}

uint64_t titri_lab_seed(const titri_lab *lab, size_t policy, size_t job)
{
    uint32_t word[4];
    titri_lab_words(lab, policy, job, word);
    return (uint64_t)word[0] << 32 | word[1];
}

/* What an agent of the policy is told; without what it wraps. */
static titr_agent_context context_of(const titri_lab *lab, size_t policy, size_t job,
                                     size_t n_lanes)
{
    const titri_policy *p = &lab->policy[policy];
    return (titr_agent_context){
        .n_lanes = n_lanes,
        .n_levels = titri_levels(lab->e),
        .n_obs = titr_observer_size(&p->def->observe),
        .observer = &p->def->observe,
        .actions = lab->env.actions,
        .decision_interval_min = lab->env.decision_interval_min,
        .seed = titri_lab_seed(lab, policy, job),
    };
}

size_t titri_lab_memory(const titri_lab *lab, size_t policy)
{
    const titr_policy_def *def = lab->policy[policy].def;
    const titr_agent_type *type = def->agent.type;
    const titr_agent_context context =
        context_of(lab, policy, 0, (size_t)lab->e->train.parallel_patients);
    return type->memory_bytes != NULL ? type->memory_bytes(def->agent.def, &context) : 0;
}

titr_status titri_lab_learner(const titri_lab *lab, size_t policy, size_t job, size_t child,
                              size_t n_lanes, titr_agent **out, titr_error *err)
{
    const titri_policy *p = &lab->policy[policy];
    const titr_agent_context context = context_of(lab, policy, job, n_lanes);
    return titr_agent_create(p->tuned != NULL ? p->tuned[child] : p->def->agent, &context, out,
                             err);
}

/* What was learned, into a fresh agent; any number of threads may. */
static titr_status load_learned(const titri_learned *learned, titr_agent *agent, titr_error *err)
{
    titr_memory_visitor memory = learned->agent; /* the bytes stay where they are */
    titr_memory_visitor_load(&memory);
    return agent->type->visit(agent->self, &memory.base, err);
}

/* The trainings of the policy behind the first one, for an agent that gathers them. @param[out] out
 * [policies of the lab] @param[out] n written before any failure: those made so far.
 * NOLINTNEXTLINE(misc-no-recursion): as deep as wrappers are stacked */
static titr_status gather(const titri_lab *lab, size_t first, size_t child, size_t n_lanes,
                          titr_agent **out, size_t *n, titr_error *err)
{
    for (size_t p = first + 1; p < lab->n_policies; p++) {
        if (strcmp(lab->policy[p].family, lab->policy[first].family) == 0) {
            TITR_TRY(titri_lab_agent(lab, p, child, n_lanes, &out[*n], err));
            ++*n;
        }
    }
    return TITR_OK;
}

static void dismiss(titr_agent **agent, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        titr_agent_destroy(agent[i]);
    }
    free(agent);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as wrappers are stacked */
static titr_status make_wrapper(const titri_lab *lab, size_t policy, size_t child,
                                titr_agent_context context, titr_slot slot, titr_agent **out,
                                titr_error *err)
{
    const size_t inner = lab->policy[policy].inner;
    titr_agent *first = NULL, **others = calloc(lab->n_policies, sizeof *others);
    size_t n = 0;
    if (others == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu agents", lab->n_policies);
    }
    titr_status st = agent_type(lab, policy)->gathers
                         ? gather(lab, inner, child, context.n_lanes, others, &n, err)
                         : TITR_OK;
    st = st == TITR_OK ? titri_lab_agent(lab, inner, child, context.n_lanes, &first, err) : st;
    if (st != TITR_OK) {
        dismiss(others, n);
        return st;
    }
    context.inner = first;
    context.others = others;
    context.n_others = n;
    st = titr_agent_create(slot, &context, out, err); /* takes all of them over */
    free(others);
    return st;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as wrappers are stacked */
titr_status titri_lab_agent(const titri_lab *lab, size_t policy, size_t child, size_t n_lanes,
                            titr_agent **out, titr_error *err)
{
    const titri_policy *p = &lab->policy[policy];
    const size_t job = titri_lab_job(lab, policy, child);
    const titr_agent_context context = context_of(lab, policy, job, n_lanes);
    const titr_slot slot = p->tuned != NULL ? p->tuned[child] : p->def->agent;
    titr_agent *agent = NULL;
    if (agent_type(lab, policy)->wraps) {
        TITR_TRY(make_wrapper(lab, policy, child, context, slot, &agent, err));
    } else {
        TITR_TRY(titr_agent_create(slot, &context, &agent, err));
    }
    const titr_status st =
        p->learned != NULL ? load_learned(&p->learned[job], agent, err) : TITR_OK;
    if (st != TITR_OK) {
        titr_agent_destroy(agent);
        return st;
    }
    *out = agent;
    return TITR_OK;
}

int titri_lab_same_agent(const titri_lab *lab, size_t policy, size_t a, size_t b)
{
    for (int wraps = 1; wraps; policy = lab->policy[policy].inner) {
        const titri_policy *p = &lab->policy[policy];
        const int learned =
            p->learned == NULL || titri_lab_job(lab, policy, a) == titri_lab_job(lab, policy, b);
        const int tuned =
            p->tuned == NULL || (p->def->tuned == TITR_TUNED_POPULATION &&
                                 titri_lab_job(lab, policy, a) == titri_lab_job(lab, policy, b));
        if (!tuned || !learned) {
            return a == b;
        }
        wraps = agent_type(lab, policy)->wraps;
    }
    return 1;
}
