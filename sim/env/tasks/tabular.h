// SPDX-License-Identifier: GPL-3.0-or-later
/* What tasks with a table of states share: the state is its number, and a step draws one of the
 * successors. */
#ifndef TITRI_TASKS_TABULAR_H
#define TITRI_TASKS_TABULAR_H

#include "titrate/env/task.h"

typedef size_t titri_successors(const void *def, size_t state, size_t level,
                                titr_task_successor *out);

/* A step by the table: one draw of the lane's stream where there is a choice. */
void titri_tabular_step(titri_successors *successors, const void *def,
                        const titr_task_lanes *lanes);
/* Exploring starts: any state from which an episode goes on, all with the same probability. */
double titri_tabular_random_start(titri_successors *successors, const void *def, size_t n_states,
                                  titr_rng_key key);
/* Probability of a state among those. */
double titri_tabular_random_probability(titri_successors *successors, const void *def,
                                        size_t n_states, size_t state);
/* Observable 0 = the state's number. */
void titri_tabular_observe(const void *def, size_t n, const double *state, size_t first,
                           size_t count, double *const *col);
/* The only observable of a task of n states that shows its state. */
titr_task_observable titri_tabular_observable(size_t n_states, const char *doc);

#endif
