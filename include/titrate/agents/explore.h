// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/explore.h
 * @brief Trying things: epsilon-greedy and Boltzmann choices among allowed levels, and schedules.
 *
 * A choice takes its random words from the caller, so that it is a function of whatever stream and
 * counter the caller names. Masks act in the draw and in the greedy choice.
 *
 * Shapes  mask, q [n]; probability [n].
 * Source  sutton2018, chapters 2 and 6.
 */
#ifndef TITR_AGENTS_EXPLORE_H
#define TITR_AGENTS_EXPLORE_H

#include <stddef.h>
#include <stdint.h>

/** A value that falls (or rises) linearly from `from` to `to` in `steps`, then stays. */
typedef struct titr_schedule {
    double from, to;
    int64_t steps; /* >= 1 */
} titr_schedule;

/** Value after `done` steps. */
double titr_schedule_at(const titr_schedule *s, int64_t done);

/** A choice and how probable it was. */
typedef struct titr_choice {
    size_t level;
    double propensity;
} titr_choice;

/** With probability epsilon any allowed level, else the best. @param[in] word two random words. */
titr_choice titr_choose_epsilon(const unsigned char *mask, size_t n, const double *q,
                                double epsilon, const uint32_t word[2]);
/** Probability proportional to exp(q / temperature). @param[in] temperature > 0.
 *  @param[in] word one random word. */
titr_choice titr_choose_boltzmann(const unsigned char *mask, size_t n, const double *q,
                                  double temperature, const uint32_t word[1]);
/** Probabilities of the epsilon-greedy choice; masked levels get 0. */
void titr_epsilon_probabilities(const unsigned char *mask, size_t n, const double *q,
                                double epsilon, double *probability);
/** Probabilities of the Boltzmann choice; masked levels get 0. */
void titr_boltzmann_probabilities(const unsigned char *mask, size_t n, const double *q,
                                  double temperature, double *probability);

#endif
