// SPDX-License-Identifier: GPL-3.0-or-later
/* What `record.states` and `record.learning` add to each decision's row. */
#ifndef TITRI_RUNNER_PANELS_H
#define TITRI_RUNNER_PANELS_H

#include "lab.h"

#include "titrate/env/env.h"
#include "titrate/store/store.h"

/* Names of the recorded columns; the tables point into the rest, so it is not copied. */
typedef struct titri_panels {
    titr_table table[TITR_N_PANELS];
    titr_quantity observation[TITR_OBS_N], mask[TITR_LEVELS_MAX], state[TITR_STATES_MAX];
    titr_quantity rule[TITR_SHIELD_RULES_MAX];
    char level[TITR_LEVELS_MAX][16], state_name[TITR_STATES_MAX][16];
} titri_panels;

void titri_panels_name(const titri_lab *lab, titri_panels *panels);
/* Prepare `n` empty trajectories. */
titr_status titri_panels_begin(const titri_lab *lab, titr_trajectory *t, size_t n,
                               titr_error *err) TITR_NODISCARD;
/* What lane `l` shows now, into the row of the decision to come; nothing after a fault, whose
 * numbers mean nothing: the row stays NaN. */
void titri_panels_fill(const titr_env *env, size_t l, titr_trajectory *t);

#endif
