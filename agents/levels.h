// SPDX-License-Identifier: GPL-3.0-or-later
/* Private to agents/: choosing among the levels that a mask allows (at least one). */
#ifndef TITRI_LEVELS_H
#define TITRI_LEVELS_H

#include <stddef.h>

/** How many of the n levels are allowed. */
size_t titri_levels_allowed(const unsigned char *mask, size_t n);
/** The k-th allowed level, k from 0. */
size_t titri_level_nth(const unsigned char *mask, size_t n, size_t k);
/** `wanted` if it is allowed, else the nearest allowed one; of two as near, the lower. */
size_t titri_level_nearest(const unsigned char *mask, size_t n, size_t wanted);

#endif
