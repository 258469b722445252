// SPDX-License-Identifier: GPL-3.0-or-later
/* What only shows when parts are made: they are made once, for one child, and nothing is run. */
#include "guard.h"
#include "lab.h"
#include "task.h"

#include "titrate/base/option.h"

#include <stdio.h>
#include <string.h>

static titr_status check_levels(const titri_lab *lab, titr_error *err)
{
    const size_t n = titri_levels(lab->e);
    if (n == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "actions: no level, expected at least one");
    }
    return n <= TITR_LEVELS_MAX
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG, "actions: %zu levels, expected at most %d", n,
                           TITR_LEVELS_MAX);
}

/* Each fold leaves a child out and keeps one to learn from. */
static titr_status check_folds(const titri_lab *lab, titr_error *err)
{
    for (size_t p = 0; p < lab->n_policies; p++) {
        const titr_policy_def *def = lab->policy[p].def;
        const titr_agent_type *agent = def->agent.type;
        if (agent->learns && def->scope == TITR_SCOPE_POPULATION &&
            titri_lab_folds(lab) > lab->cohort.n) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "split.folds: %lld, expected at most the number of children, %zu, or "
                             "scope = \"per_child\" for policy \"%.60s\"",
                             (long long)lab->e->split.folds, lab->cohort.n, def->name);
        }
    }
    return TITR_OK;
}

/* The environment with the first child in it: meals are planned, the solver is set up. */
static titr_status rehearse_world(const titri_lab *lab, titr_error *err)
{
    titr_error inner = {0};
    titr_env *env = NULL;
    const titr_child *who = &lab->cohort.child[0];
    const titr_lane_start start = {0, who, &who->published, lab->e->seed,
                                   (uint32_t)lab->e->split.seeds_test_from};
    titr_status st = titr_env_create(&lab->env, 1, &env, &inner);
    st = st == TITR_OK ? titr_env_reset(env, &start, 1, &inner) : st;
    if (st != TITR_OK) {
        titr_env_destroy(env);
        return titr_fail(err, st, "scenario: %s", inner.what);
    }
    st = titri_guards_any(lab->e) ? titri_guard_fits(titr_env_look(env), err) : TITR_OK;
    titr_env_destroy(env);
    return st;
}

/* "fallback_level = 9, ..." of an agent becomes "policies.q.fallback_level: 9, ...". */
static titr_status place(const titr_policy_def *policy, const char *what, titr_status status,
                         titr_error *err)
{
    const titr_part *part = titr_slot_part(policy->agent);
    char key[TITR_NAME_MAX];
    (void)snprintf(key, sizeof key, "%.*s", (int)strcspn(what, " "), what);
    const size_t n = strlen(key);
    if (titr_option_find(part->options, part->n_options, key) != NULL &&
        strncmp(what + n, " = ", 3) == 0) {
        return titr_fail(err, status, "policies.%.60s.%s: %s", policy->name, key, what + n + 3);
    }
    return titr_fail(err, status, "policies.%.60s: %s", policy->name, what);
}

static titr_status rehearse_agents(const titri_lab *lab, titr_error *err)
{
    for (size_t p = 0; p < lab->n_policies; p++) {
        titr_error inner = {0};
        titr_agent *agent = NULL;
        const titr_status st = titri_lab_agent(lab, p, 0, 1, &agent, &inner);
        if (st != TITR_OK) {
            return place(lab->policy[p].def, inner.what, st, err);
        }
        titr_agent_destroy(agent);
    }
    return TITR_OK;
}

titr_status titr_experiment_rehearse(const titr_experiment *e, titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_prepare(e, NULL, &lab, err));
    titr_status st = check_levels(lab, err);
    st = st == TITR_OK ? check_folds(lab, err) : st;
    st = st == TITR_OK ? rehearse_world(lab, err) : st;
    st = st == TITR_OK ? rehearse_agents(lab, err) : st;
    titri_lab_destroy(lab);
    return st;
}
