// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/timing.h
 * @brief Clocks and medians of what measures speed.
 */
#ifndef TITR_TESTS_SUPPORT_TIMING_H
#define TITR_TESTS_SUPPORT_TIMING_H

#include <stddef.h>

/** Monotonic time, s. */
double timing_wall_s(void);
/** CPU time of this thread, s. */
double timing_cpu_s(void);
/** Sorts `value` [n]. */
double timing_median(double *value, size_t n);

#endif
