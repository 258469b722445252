// SPDX-License-Identifier: GPL-3.0-or-later
/* What an experiment on a benchmark task does otherwise than one on children. */
#ifndef TITRI_RUNNER_TASK_H
#define TITRI_RUNNER_TASK_H

#include "titrate/runner/experiment.h"

/* Whether a policy can play a task, and keys that mean nothing there. */
titr_status titri_task_check_policy(const titr_policy_def *policy, titr_error *err) TITR_NODISCARD;
/* The rest of the experiment likewise. */
titr_status titri_task_check(const titr_experiment *e, titr_error *err) TITR_NODISCARD;
/* A cohort of one: the task itself. */
titr_status titri_task_cohort(titr_slot task, titr_cohort *out, titr_error *err) TITR_NODISCARD;
/* The environment of the task. */
titr_env_def titri_task_env(titr_slot task);

/* Levels that an agent of the experiment chooses from, and what each is called. */
size_t titri_levels(const titr_experiment *e);
void titri_level_label(const titr_experiment *e, size_t level, char *text, size_t size);

#endif
