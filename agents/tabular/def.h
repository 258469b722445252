// SPDX-License-Identifier: GPL-3.0-or-later
/* What the tabular agents are told: one table of options for all, so that another algorithm is
 * another name in the config. Agents with traces have the rows of TITRI_N_TABULAR_TRACES, the
 * others those before. */
#ifndef TITR_AGENTS_TABULAR_DEF_H
#define TITR_AGENTS_TABULAR_DEF_H

#include "titrate/agents/explore.h"
#include "titrate/base/option.h"

#define TITRI_TILINGS_MAX 64

typedef enum titri_exploration { TITRI_EPSILON_GREEDY, TITRI_BOLTZMANN } titri_exploration;
typedef enum titri_trace_kind { TITRI_REPLACING, TITRI_ACCUMULATING } titri_trace_kind;

typedef struct titri_tabular_def {
    double gamma_half_life_min, gamma; /* gamma NaN: by the half life */
    int exploration;                   /* titri_exploration */
    titr_schedule epsilon, temperature;
    int exploring_starts;
    double alpha_from, alpha_to, alpha_decay, alpha_power;
    double initial_value;
    int64_t tilings;
    int64_t min_visits, fallback_level;
    double evidence;
    double lambda;
    int traces; /* titri_trace_kind */
} titri_tabular_def;

enum { TITRI_N_TABULAR = 19, TITRI_N_TABULAR_TRACES = 21 };
extern const titr_option titri_tabular_options[TITRI_N_TABULAR_TRACES];

#endif
