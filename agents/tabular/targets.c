// SPDX-License-Identifier: GPL-3.0-or-later
/* What several rules bootstrap from. */
#include "learner.h"

#include "titrate/agents/levels.h"

double titri_best_value(const titri_learner *q, const titri_next *next)
{
    double value[TITR_LEVELS_MAX];
    titri_learner_values(q, next->feature, value);
    return value[titr_level_best(next->mask, q->n_levels, value)];
}

double titri_expected_value(const titri_learner *q, const titri_next *next)
{
    const titri_tabular_def *d = &q->def;
    double value[TITR_LEVELS_MAX], probability[TITR_LEVELS_MAX], sum = 0.0;
    titri_learner_values(q, next->feature, value);
    if (d->exploration == TITRI_BOLTZMANN) {
        titr_boltzmann_probabilities(next->mask, q->n_levels, value,
                                     titr_schedule_at(&d->temperature, q->decisions), probability);
    } else {
        titr_epsilon_probabilities(next->mask, q->n_levels, value,
                                   titr_schedule_at(&d->epsilon, q->decisions), probability);
    }
    for (size_t a = 0; a < q->n_levels; a++) {
        sum += next->mask[a] == 0 ? 0.0 : probability[a] * value[a];
    }
    return sum;
}

double titri_level_value(const titri_learner *q, const titri_next *next)
{
    if (next->level < 0) {
        return titri_expected_value(q, next);
    }
    double value[TITR_LEVELS_MAX];
    titri_learner_values(q, next->feature, value);
    return value[next->level];
}
