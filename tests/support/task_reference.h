// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/task_reference.h
 * @brief Compares the benchmark tasks with another program's: steps and tables of values.
 *
 * A folder of that format holds, for any of the tasks,
 *   <task>_traj.csv            episode,t,action,<state...>,reward,terminated: row t is what action
 *                              t did to the state of row t - 1; row 0 is the start
 *   <name>_gamma<gamma>.csv    s,q0,q1,...,v,greedy_actions: the optimal values
 * Files of other names are none of ours.
 *
 * Bounds  one step from a stored state: |x - ref| <= 1e-12 max(1, |ref|), reward and terminated
 *         equal; CartPole running free from an episode's start: 1e-8; values: 1e-9.
 */
#ifndef TITR_TESTS_SUPPORT_TASK_REFERENCE_H
#define TITR_TESTS_SUPPORT_TASK_REFERENCE_H

#include "titrate/env/task.h"

#include <stdio.h>

#define TASK_STEP_BOUND 1e-12
#define TASK_FREE_BOUND 1e-8
#define TASK_VALUE_BOUND 1e-9

typedef struct task_reference_result {
    size_t n_files, compared, ok;
    size_t skipped; /* of tasks that do not exist */
    size_t failed;  /* that should have been compared and cannot be read */
    size_t rows;    /* steps, or states, compared */
    double worst;   /* largest difference over its bound */
    char worst_file[256];
    char why_skipped[256];
} task_reference_result;

/** Compare every file of the folder that begins with `prefix` ("" = all).
 *  @param[in] out one line per file; NULL = silent. @return 0 when there is no such folder. */
int task_reference_compare(const char *folder, const char *prefix, FILE *out,
                           task_reference_result *result);
/** 1 if something was compared and all is within bounds. */
int task_reference_holds(const task_reference_result *result);

/** The task that a file of that folder is about, by its name. @return an empty slot if none; the
 *  caller's: titr_slot_fini. */
titr_slot task_of_file(const char *file);

/** Optimal values of a tabular task by value iteration until nothing changes by 1e-13.
 *  @param[out] q [n_states][n_levels]; malloc'ed, the caller's. NULL: no memory. */
double *task_values(titr_slot task, double gamma);

/** One lane of a task with its own arrays. */
typedef struct one_task {
    const titr_task_type *type;
    titr_slot slot; /* borrowed */
    titr_task_shape shape;
    titr_rng_key key;
    uint32_t index;
    titr_flag runs, terminated;
    int level;
    double reward, state[TITR_STATES_MAX];
} one_task;

/** The lane, at its episode's start. */
one_task one_task_of(titr_slot task, uint32_t episode);
/** One step; reward and terminated tell how it went. */
void one_task_step(one_task *t, int level);

#endif
