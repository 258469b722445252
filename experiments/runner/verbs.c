// SPDX-License-Identifier: GPL-3.0-or-later
/* The verbs that evaluate: run, evaluate, robustness, simulate. */
#include "verbs.h"

#include "evaluate.h"
#include "guard.h"
#include "train.h"

#include "titrate/runner/robustness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

titr_status titr_evaluate(const titr_experiment *e, int resume, const titr_watch *watch,
                          titr_summary *out, titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_create(e, watch, &lab, err));
    titr_status st = titri_has_learners(lab) ? titri_load_agents(lab, err) : TITR_OK;
    if (st == TITR_OK) {
        st = titri_evaluate(lab, NULL, resume, out, err);
    }
    titri_lab_destroy(lab);
    return st;
}

titr_status titr_robustness_run(const titr_experiment *e, const titr_experiment *cell, int resume,
                                const titr_watch *watch, titr_robustness *out, titr_error *err)
{
    titri_lab *lab = NULL;
    if (e->task.type != NULL || e->robustness.n_cells == 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         e->task.type != NULL
                             ? "robustness: a task has no children whose world could change"
                             : "robustness.cells: none, expected at least one");
    }
    TITR_TRY(titri_lab_create(e, watch, &lab, err));
    titr_status st = titri_has_learners(lab) ? titri_load_agents(lab, err) : TITR_OK;
    if (st == TITR_OK) {
        st = titri_evaluate_cells(lab, cell, resume, out, err);
    }
    titri_lab_destroy(lab);
    return st;
}

titr_status titr_run(const titr_experiment *e, int resume, const titr_watch *watch,
                     titr_summary *out, titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_create(e, watch, &lab, err));
    titr_status st = titri_has_learners(lab) ? titri_train(lab, NULL, resume, err) : TITR_OK;
    if (st == TITR_OK) {
        st = titri_evaluate(lab, NULL, resume, out, err);
    }
    titri_lab_destroy(lab);
    return st;
}

/* The policy of the config that `name` is a variant or a replicate of: "q" of "q+shield#3". */
static titr_status find_policy(const titr_experiment *e, const char *name, char *policy,
                               size_t size, titr_error *err)
{
    const char *names[TITR_POLICIES_MAX];
    size_t length = 0;
    for (size_t i = 0; i < e->n_policies; i++) {
        names[i] = e->policy[i].name;
    }
    (void)titr_replicate_number(name, &length);
    const size_t suffix = strlen(TITRI_SHIELDED_SUFFIX);
    if (length > suffix && strncmp(name + length - suffix, TITRI_SHIELDED_SUFFIX, suffix) == 0) {
        length -= suffix;
    }
    (void)snprintf(policy, size, "%.*s", (int)length, name);
    return titri_among("policy", policy, names, e->n_policies, err);
}

titr_status titri_keep_policy(const titr_experiment *e, const char *name, titr_experiment *one,
                              titr_error *err)
{
    char family[TITR_TEXT_MAX];
    TITR_TRY(find_policy(e, name, family, sizeof family, err));
    name = family;
    *one = *e;
    one->n_policies = 0;
    one->evaluate.constant_levels = 0;
    one->evaluate.compare_to[0] = '\0';
    int keep[TITR_POLICIES_MAX] = {0};
    for (size_t i = e->n_policies; i-- > 0;) { /* wrappers come after what they wrap */
        if (strcmp(e->policy[i].name, name) == 0) {
            keep[i] = 1;
            name = e->policy[i].of[0] != '\0' ? e->policy[i].of : name;
        }
    }
    for (size_t i = 0; i < e->n_policies; i++) {
        if (keep[i]) {
            one->policy[one->n_policies++] = e->policy[i];
        }
    }
    return TITR_OK;
}

titr_status titr_simulate(const titr_experiment *e, const char *policy, int resume,
                          const titr_watch *watch, titr_summary *out, titr_error *err)
{
    const char *name = policy != NULL ? policy : e->policy[0].name;
    titr_experiment *one = malloc(sizeof *one);
    if (one == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the experiment");
    }
    titri_lab *lab = NULL;
    titr_status st = titri_keep_policy(e, name, one, err);
    if (st == TITR_OK) {
        st = titri_lab_create(one, watch, &lab, err);
    }
    if (st == TITR_OK && titri_has_learners(lab)) {
        st = titri_load_agents(lab, err);
    }
    if (st == TITR_OK) {
        st = titri_evaluate(lab, name, resume, out, err);
    }
    titri_lab_destroy(lab);
    free(one);
    return st;
}
