// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/stats/stats.h
 * @brief Intervals for comparing policies.
 */
#ifndef TITR_STATS_STATS_H
#define TITR_STATS_STATS_H

#include "titrate/base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct titr_interval {
    double estimate, lo, hi;
} titr_interval;

/** Exact (Clopper-Pearson) interval of a proportion [clopper1934]. @param[in] level e.g. 0.95. */
titr_interval titr_interval_proportion(size_t events, size_t trials, double level);
/** Exact (Garwood) interval of a Poisson rate: events per unit of exposure [garwood1936]. */
titr_interval titr_interval_rate(size_t events, double exposure, double level);
/** Mean with bootstrap percentile interval, resampling groups (children), then members (seeds)
 *  within a group. @param[in] value [n], group [n] ids 0..n_groups-1. Same seed, same interval. */
titr_status titr_interval_bootstrap(const double *value, const size_t *group, size_t n,
                                    size_t n_groups, double level, size_t draws, uint64_t seed,
                                    titr_interval *out, titr_error *err) TITR_NODISCARD;
/** Mean of each group's values, equal weight per group. */
double titr_mean(const double *value, size_t n);
/** Sample quantile, linear between order statistics (type 7). @param[in] sorted ascending. */
double titr_quantile_sorted(const double *sorted, size_t n, double p);

#endif
