// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/levels.h
 * @brief Choosing among the levels that a mask allows (at least one).
 *
 * Shapes  mask, q, probability [n].
 */
#ifndef TITR_AGENTS_LEVELS_H
#define TITR_AGENTS_LEVELS_H

#include <stddef.h>

/** How many of the n levels are allowed. */
size_t titr_levels_allowed(const unsigned char *mask, size_t n);
/** The k-th allowed level, k from 0. */
size_t titr_level_nth(const unsigned char *mask, size_t n, size_t k);
/** `wanted` if it is allowed, else the nearest allowed one; of two as near, the lower. */
size_t titr_level_nearest(const unsigned char *mask, size_t n, size_t wanted);
/** Allowed level of the largest value; of equal ones the lowest. */
size_t titr_level_best(const unsigned char *mask, size_t n, const double *q);

#endif
