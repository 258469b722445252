// SPDX-License-Identifier: GPL-3.0-or-later
#include "task.h"

#include <stdio.h>
#include <stdlib.h>

titr_status titri_task_check_policy(const titr_policy_def *policy, titr_error *err)
{
    const titr_agent_type *agent = policy->agent.type;
    if (!agent->learns && !agent->plays_tasks) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "policies.%.60s.agent: \"%s\" doses insulin, expected with a task a "
                         "learner, \"random\" or \"constant_level\"",
                         policy->name, agent->part.name);
    }
    if (policy->settings != TITR_SETTINGS_PUBLISHED) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "policies.%.60s.settings: a task has no therapy settings", policy->name);
    }
    if (policy->shield == TITR_SHIELD_ON) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "policies.%.60s.shield: a shield limits doses, and a task has none",
                         policy->name);
    }
    if (policy->tuned) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "policies.%.60s.tuned: a task has no children to tune for", policy->name);
    }
    return TITR_OK;
}

titr_status titri_task_check(const titr_experiment *e, titr_error *err)
{
    if (e->train.shield || e->evaluate.shield != TITR_EVALUATE_PLAIN) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s.shield: a shield limits doses, and a task has none; expected false",
                         e->train.shield ? "train" : "evaluate");
    }
    if (e->evaluate.drop_days != 0.0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "evaluate.drop_days: %.10g d, expected 0 with a task, whose returns are "
                         "of whole episodes",
                         e->evaluate.drop_days);
    }
    if (e->train.score == TITR_SCORE_TIR_ITT) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "train.score: \"tir_itt\", expected \"auto\", \"return\" or \"reward\" "
                         "with a task, which has no glucose");
    }
    if (e->record.what == TITR_RECORD_MINUTES) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "record.what: \"minutes\", expected \"decisions\" or \"summary\" with a "
                         "task, which has none");
    }
    return TITR_OK;
}

titr_status titri_task_cohort(titr_slot task, titr_cohort *out, titr_error *err)
{
    titr_child *child = calloc(1, sizeof *child);
    if (child == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a task");
    }
    titr_task_child(task, child);
    *out = (titr_cohort){.child = child, .n = 1};
    return TITR_OK;
}

titr_env_def titri_task_env(titr_slot task)
{
    return (titr_env_def){.task = task,
                          .decision_interval_min = 1.0,
                          .horizon_min = (double)titr_task_shape_of(task).steps_max};
}

size_t titri_levels(const titr_experiment *e)
{
    if (e->task.type != NULL) {
        return titr_task_shape_of(e->task).n_levels;
    }
    return ((const titr_actions_type *)e->actions.type)->n_levels(e->actions.def);
}

void titri_level_label(const titr_experiment *e, size_t level, char *text, size_t size)
{
    if (e->task.type != NULL) {
        (void)snprintf(text, size, "%s", titr_task_shape_of(e->task).label[level]);
    } else {
        ((const titr_actions_type *)e->actions.type)->label(e->actions.def, level, text, size);
    }
}
