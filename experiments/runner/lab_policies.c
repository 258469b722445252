// SPDX-License-Identifier: GPL-3.0-or-later
/* The policies of a lab: those of the experiment, each learner once per replicate with what wraps
 * it, and the constant levels. */
#include "lab.h"
#include "study.h"
#include "task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The constant levels of the action set as policies of their own. */
static titr_status add_constant_levels(titri_lab *lab, size_t n_levels, titr_error *err)
{
    const titr_agent_type *type = titr_agent_find("constant_level");
    for (size_t level = 0; level < n_levels; level++) {
        titr_policy_def *own = calloc(1, sizeof *own);
        if (own == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for the constant policies");
        }
        titri_policy *p = &lab->policy[lab->n_policies++];
        *p = (titri_policy){.def = own, .own = own, .family = own->name, .replicates = 1};
        size_t n_common = 0;
        const titr_option *common = titr_policy_options(&n_common);
        titr_options_default(common, n_common, own);
        TITR_TRY(titr_slot_init(&own->agent, type, err));
        *(int64_t *)titr_slot_field(own->agent, "level") = (int64_t)level;
        own->settings =
            lab->e->task.type != NULL ? TITR_SETTINGS_PUBLISHED : TITR_SETTINGS_TITRATED;
        char label[64];
        titri_level_label(lab->e, level, label, sizeof label);
        (void)snprintf(own->name, TITR_NAME_MAX, "constant: %.50s", label);
    }
    return TITR_OK;
}

/* Index of the policy that a wrapper acts through. */
static size_t inner_of(const titr_experiment *e, size_t wrapper)
{
    size_t inner = 0;
    for (size_t k = 0; k < wrapper; k++) {
        inner = strcmp(e->policy[k].name, e->policy[wrapper].of) == 0 ? k : inner;
    }
    return inner;
}

static int wraps(const titr_experiment *e, size_t policy)
{
    const titr_agent_type *type = e->policy[policy].agent.type;
    return type->wraps;
}

static int gathers(const titr_experiment *e, size_t policy)
{
    const titr_agent_type *type = e->policy[policy].agent.type;
    return type->gathers;
}

/* How often a policy is trained; a wrapper is there as often as what it wraps, or once if it
 * gathers all of them. */
static size_t replicates_of(const titr_experiment *e, size_t policy)
{
    while (wraps(e, policy) && policy > 0) {
        if (gathers(e, policy)) {
            return 1;
        }
        policy = inner_of(e, policy);
    }
    const titr_agent_type *type = e->policy[policy].agent.type;
    if (!type->learns) {
        return 1;
    }
    const int64_t own = e->policy[policy].replicates;
    return (size_t)(own > 0 ? own : e->train.replicates);
}

/* Replicate r of a policy becomes a policy of its own, "name#r". */
static titr_status add_replicate(titri_lab *lab, size_t policy, size_t r, size_t of,
                                 titr_error *err)
{
    const titr_policy_def *def = &lab->e->policy[policy];
    titri_policy *p = &lab->policy[lab->n_policies++];
    *p = (titri_policy){.def = def, .family = def->name, .replicate = r, .replicates = of};
    if (of > 1) {
        titr_policy_def *own = malloc(sizeof *own);
        if (own == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu replicates", of);
        }
        *own = *def; /* the agent's slot stays the experiment's */
        (void)snprintf(own->name, sizeof own->name, "%.*s#%zu", (int)sizeof own->name - 24,
                       def->name, r + 1);
        p->def = p->own = own;
    }
    const char *inner = wraps(lab->e, policy) ? def->of : "";
    for (size_t k = 0; k + 1 < lab->n_policies; k++) {
        const titri_policy *other = &lab->policy[k];
        p->inner = strcmp(other->family, inner) == 0 && other->replicate == r ? k : p->inner;
    }
    return TITR_OK;
}

/* What the policies learn from, if the files are there: evaluation can do without. */
static void list_data(titri_lab *lab)
{
    for (size_t p = 0; p < lab->n_policies; p++) {
        titri_policy *own = &lab->policy[p];
        const titri_policy *before = p > 0 ? &lab->policy[p - 1] : NULL;
        if (!titri_studies(own->def)) {
            continue;
        }
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): each policy has a def */
        if (before != NULL && strcmp(before->def->data_path, own->def->data_path) == 0) {
            memcpy(own->data_sha256, before->data_sha256, sizeof own->data_sha256);
        } else if (titri_study_sha256(own->def->data_path, own->data_sha256, NULL) != TITR_OK) {
            own->data_sha256[0] = '\0';
        }
    }
}

titr_status titri_lab_list_policies(titri_lab *lab, titr_error *err)
{
    const titr_experiment *e = lab->e;
    const size_t n_levels = e->evaluate.constant_levels ? titri_levels(e) : 0;
    size_t n = n_levels;
    for (size_t i = 0; i < e->n_policies; i++) {
        n += replicates_of(e, i);
    }
    lab->policy = calloc(n + 1, sizeof *lab->policy);
    if (lab->policy == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu policies", n);
    }
    for (size_t i = 0; i < e->n_policies; i++) {
        const size_t of = replicates_of(e, i);
        for (size_t r = 0; r < of; r++) {
            TITR_TRY(add_replicate(lab, i, r, of, err));
        }
    }
    TITR_TRY(n_levels > 0 ? add_constant_levels(lab, n_levels, err) : TITR_OK);
    list_data(lab);
    return TITR_OK;
}

int titri_lab_learns(const titri_lab *lab, size_t policy)
{
    const titr_agent_type *type = lab->policy[policy].def->agent.type;
    return type->learns;
}

int titri_lab_named(const titri_lab *lab, size_t policy, const char *name)
{
    const titri_policy *p = &lab->policy[policy];
    return strcmp(p->def->name, name) == 0 || strcmp(p->family, name) == 0;
}

size_t titri_lab_jobs(const titri_lab *lab, size_t policy)
{
    if (!titri_lab_learns(lab, policy)) {
        return 0;
    }
    return lab->policy[policy].def->scope == TITR_SCOPE_PER_CHILD ? lab->cohort.n
                                                                  : titri_lab_folds(lab);
}

void titri_lab_job_name(const titri_lab *lab, size_t policy, size_t job, char *text, size_t size)
{
    if (lab->policy[policy].def->scope == TITR_SCOPE_PER_CHILD) {
        (void)snprintf(text, size, "%s", lab->cohort.child[job].patient.id);
    } else {
        (void)snprintf(text, size, "fold_%zu", job + 1);
    }
}

void titri_learned_free(titri_learned *learned, size_t n)
{
    for (size_t j = 0; learned != NULL && j < n; j++) {
        titr_memory_visitor_fini(&learned[j].agent);
        titri_curve_fini(&learned[j].curve);
    }
    free(learned);
}

void titri_policy_fini(titri_policy *p, size_t n_children)
{
    for (size_t c = 0; p->tuned != NULL && c < n_children; c++) {
        titr_slot_fini(&p->tuned[c]);
    }
    free(p->tuned);
    titri_learned_free(p->learned, p->n_jobs);
    if (p->own != NULL && p->replicates == 1) { /* a replicate's slot is the experiment's */
        titr_slot_fini(&p->own->agent);
    }
    free(p->own);
}
