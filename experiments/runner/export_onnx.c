// SPDX-License-Identifier: GPL-3.0-or-later
/* A learned policy leaves the program: its network as ONNX, with the names that go with it. */
#include "guard.h"
#include "task.h"
#include "train.h"
#include "verbs.h"

#include "titrate/runner/version.h"
#include "titrate/store/onnx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of the model's columns and levels. */
typedef struct names {
    char observable[TITR_OBSERVE_MAX * TITR_CGM_HISTORY][TITR_NAME_MAX];
    char level[TITR_LEVELS_MAX][TITR_NAME_MAX];
    const char *observables[TITR_OBSERVE_MAX * TITR_CGM_HISTORY];
    const char *units[TITR_OBSERVE_MAX * TITR_CGM_HISTORY];
    const char *levels[TITR_LEVELS_MAX];
} names;

/* Name and unit of the column that an entry reads. */
static const char *column_of(const titr_experiment *e, const titr_observe *entry, const char **unit)
{
    if (entry->what < TITR_OBS_N) {
        const titr_observable_info *info = &titr_observable_table()[entry->what];
        *unit = info->unit;
        return info->name;
    }
    const titr_task_shape shape = titr_task_shape_of(e->task);
    const titr_task_observable *o = &shape.obs[entry->what - TITR_OBS_N];
    *unit = o->unit; /* static, as the name is */
    return o->name;
}

/* Values in the order of titr_observer_fill: of a history the latest first. */
static void name_observables(const titr_experiment *e, const titr_observer *observer, names *n)
{
    size_t k = 0;
    for (size_t i = 0; i < observer->n; i++) {
        const titr_observe *entry = &observer->entry[i];
        const char *unit, *name = column_of(e, entry, &unit);
        for (unsigned ago = 0; ago == 0 || ago < entry->history; ago++, k++) {
            if (entry->history > 1) {
                (void)snprintf(n->observable[k], TITR_NAME_MAX, "%s, %u decisions ago", name, ago);
            } else {
                (void)snprintf(n->observable[k], TITR_NAME_MAX, "%s", name);
            }
            n->observables[k] = n->observable[k];
            n->units[k] = unit;
        }
    }
}

static void name_levels(const titr_experiment *e, names *n)
{
    for (size_t a = 0; a < titri_levels(e); a++) {
        titri_level_label(e, a, n->level[a], sizeof n->level[a]);
        n->levels[a] = n->level[a];
    }
}

static titr_status find_policy(const titri_lab *lab, const char *name, size_t *policy,
                               titr_error *err)
{
    const char **all = calloc(lab->n_policies, sizeof *all);
    if (all == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the names of policies");
    }
    for (size_t p = 0; p < lab->n_policies; p++) {
        all[p] = lab->policy[p].def->name;
        *policy = strcmp(all[p], name) == 0 ? p : *policy;
    }
    const titr_status st = titri_among("policy", name, all, lab->n_policies, err);
    free((void *)all);
    return st;
}

/* The child whose agent is exported. */
static titr_status find_child(const titri_lab *lab, size_t policy, const char *patient,
                              size_t *child, titr_error *err)
{
    *child = 0;
    while (patient != NULL && *child < lab->cohort.n &&
           strcmp(lab->cohort.child[*child].patient.id, patient) != 0) {
        ++*child;
    }
    if (*child == lab->cohort.n) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "no patient '%s' in the experiment", patient);
    }
    const size_t jobs = titri_lab_jobs(lab, policy);
    if (patient == NULL && jobs > 1) {
        return titr_fail(err, TITR_ERR_ARG,
                         "policy %s has %zu agents, one per fold or child: name the child that one "
                         "is for with --patient ID",
                         lab->policy[policy].def->name, jobs);
    }
    return TITR_OK;
}

static titr_status write(const titri_lab *lab, size_t policy, const titr_agent *agent,
                         const char *path, titr_error *err)
{
    const titr_policy_def *def = lab->policy[policy].def;
    titr_network_view view;
    if (agent->type->network == NULL) {
        return titr_fail(err, TITR_ERR_ARG,
                         "policy %s (%s) has no network: only deep learners become ONNX models",
                         def->name, agent->type->part.name);
    }
    TITR_TRY(agent->type->network(agent->self, &view, err));
    names *n = calloc(1, sizeof *n);
    if (n == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the names of observables");
    }
    name_observables(lab->e, &def->observe, n);
    name_levels(lab->e, n);
    const titr_onnx_about about = {.title = lab->e->name,
                                   .policy = def->name,
                                   .agent = agent->type->part.name,
                                   .version = titr_version(),
                                   .observable = n->observables,
                                   .unit = n->units,
                                   .level = n->levels};
    const titr_status st = titr_onnx_write(&view, &about, path, err);
    free(n);
    return st;
}

static titr_status export_from(titri_lab *lab, const char *policy, const char *patient,
                               const char *path, titr_error *err)
{
    size_t p = 0, child = 0;
    titr_agent *agent = NULL;
    TITR_TRY(find_policy(lab, policy, &p, err));
    TITR_TRY(find_child(lab, p, patient, &child, err));
    if (titri_has_learners(lab)) {
        TITR_TRY(titri_load_agents(lab, err));
    }
    TITR_TRY(titri_lab_agent(lab, p, child, 1, &agent, err));
    const titr_status st = write(lab, p, agent, path, err);
    titr_agent_destroy(agent);
    return st;
}

titr_status titr_export_onnx(const titr_experiment *e, const char *policy, const char *patient,
                             const char *path, const titr_watch *watch, titr_error *err)
{
    const char *name = policy != NULL ? policy : e->policy[0].name;
    titr_experiment *one = malloc(sizeof *one);
    if (one == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the experiment");
    }
    titri_lab *lab = NULL;
    titr_status st = titri_keep_policy(e, name, one, err);
    if (st == TITR_OK) {
        st = titri_lab_prepare(one, watch, &lab, err);
    }
    if (st == TITR_OK) {
        st = export_from(lab, name, patient, path, err);
    }
    titri_lab_destroy(lab);
    free(one);
    return st;
}
