// SPDX-License-Identifier: GPL-3.0-or-later
/* Agents of a lab: to learn, and to act with what was learned. */
#include "lab.h"
#include "task.h"

#include "titrate/base/rng.h"

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

/* NOLINTNEXTLINE(misc-no-recursion): as deep as wrappers are stacked */
titr_status titri_lab_agent(const titri_lab *lab, size_t policy, size_t child, size_t n_lanes,
                            titr_agent **out, titr_error *err)
{
    const titri_policy *p = &lab->policy[policy];
    const size_t job = titri_lab_job(lab, policy, child);
    titr_agent_context context = context_of(lab, policy, job, n_lanes);
    if (agent_type(lab, policy)->wraps) {
        titr_agent *inner = NULL;
        TITR_TRY(titri_lab_agent(lab, p->inner, child, n_lanes, &inner, err));
        context.inner = inner;
    }
    titr_agent *agent = NULL;
    const titr_slot slot = p->tuned != NULL ? p->tuned[child] : p->def->agent;
    TITR_TRY(titr_agent_create(slot, &context, &agent, err));
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
