// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/agents/explore.h"

#include "titrate/agents/levels.h"
#include "titrate/base/math.h"
#include "titrate/env/actions.h"

double titr_schedule_at(const titr_schedule *s, int64_t done)
{
    const double part = (double)done / (double)s->steps;
    return part < 1.0 ? s->from + (s->to - s->from) * part : s->to;
}

titr_choice titr_choose_epsilon(const unsigned char *mask, size_t n, const double *q,
                                double epsilon, const uint32_t word[2])
{
    const size_t allowed = titr_levels_allowed(mask, n), greedy = titr_level_best(mask, n, q);
    size_t level = greedy;
    if (((double)word[0] + 0.5) * 0x1p-32 < epsilon) {
        level = titr_level_nth(mask, n, (size_t)(((uint64_t)word[1] * allowed) >> 32));
    }
    const double by_chance = epsilon / (double)allowed;
    return (titr_choice){level, level == greedy ? 1.0 - epsilon + by_chance : by_chance};
}

void titr_epsilon_probabilities(const unsigned char *mask, size_t n, const double *q,
                                double epsilon, double *probability)
{
    const size_t greedy = titr_level_best(mask, n, q);
    const double by_chance = epsilon / (double)titr_levels_allowed(mask, n);
    for (size_t a = 0; a < n; a++) {
        probability[a] = mask[a] == 0 ? 0.0 : by_chance + (a == greedy ? 1.0 - epsilon : 0.0);
    }
}

void titr_boltzmann_probabilities(const unsigned char *mask, size_t n, const double *q,
                                  double temperature, double *probability)
{
    const double most = q[titr_level_best(mask, n, q)]; /* keeps exp() in range */
    double sum = 0.0;
    for (size_t a = 0; a < n; a++) {
        probability[a] = mask[a] == 0 ? 0.0 : titr_exp((q[a] - most) / temperature);
        sum += probability[a];
    }
    for (size_t a = 0; a < n; a++) {
        probability[a] /= sum;
    }
}

titr_choice titr_choose_boltzmann(const unsigned char *mask, size_t n, const double *q,
                                  double temperature, const uint32_t word[1])
{
    double probability[TITR_LEVELS_MAX];
    titr_boltzmann_probabilities(mask, n, q, temperature, probability);
    double left = ((double)word[0] + 0.5) * 0x1p-32;
    size_t level = titr_level_best(mask, n, q);
    for (size_t a = 0; a < n; a++) {
        if (probability[a] > 0.0) {
            level = a; /* the last possible one, should rounding leave a rest */
            left -= probability[a];
            if (left < 0.0) {
                break;
            }
        }
    }
    return (titr_choice){level, probability[level]};
}
