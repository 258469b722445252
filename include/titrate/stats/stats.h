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

/** An estimate with its interval. */
typedef struct titr_interval {
    double estimate, lo, hi; /* NaN where nothing is known */
} titr_interval;

/** Exact (Clopper-Pearson) interval of a proportion [clopper1934]. Without a trial nothing is
 *  known: estimate NaN, interval [0, 1]. @param[in] events at most `trials`. @param[in] level
 *  inside (0, 1), e.g. 0.95. @return all NaN for other arguments. */
titr_interval titr_interval_proportion(size_t events, size_t trials, double level);
/** Exact (Garwood) interval of a Poisson rate: events per unit of exposure [garwood1936].
 *  @param[in] exposure > 0, finite. @return all NaN for other arguments. */
titr_interval titr_interval_rate(size_t events, double exposure, double level);
/** Mean over groups of their means, with its bootstrap percentile interval: groups
 *  (children) are drawn with replacement, then members (seeds) within each drawn group. Same seed,
 *  same interval. @param[in] value [n] finite; group [n] ids 0..n_groups-1, none empty.
 *  @param[in] draws >= 1, e.g. 2000. */
titr_status titr_interval_bootstrap(const double *value, const size_t *group, size_t n,
                                    size_t n_groups, double level, size_t draws, uint64_t seed,
                                    titr_interval *out, titr_error *err) TITR_NODISCARD;
/** Interquartile mean: the mean of what is left when floor(n / 4) values are cut at each end
 *  [agarwal2021]. @param[in] sorted ascending. @return NaN when n = 0. */
double titr_iqm_sorted(const double *sorted, size_t n);
/** Interquartile mean over runs (seeds) of one or several tasks, with its stratified bootstrap
 *  percentile interval: runs are drawn with replacement within each task [agarwal2021]. Same seed,
 *  same interval. @param[in] score [n_runs][n_tasks] finite. @param[in] draws >= 1, e.g. 2000. */
titr_status titr_interval_iqm(const double *score, size_t n_runs, size_t n_tasks, double level,
                              size_t draws, uint64_t seed, titr_interval *out,
                              titr_error *err) TITR_NODISCARD;
/** Sample standard deviation (n - 1). @return NaN when n < 2. */
double titr_sd(const double *value, size_t n);
/** Plain mean. @return NaN when n = 0. */
double titr_mean(const double *value, size_t n);
/** Mean of the values that are not NaN. @return NaN when there is none. */
double titr_mean_known(const double *value, size_t n);
/** Mean of each group's values, NaN values left out: NaN for a group without any. Their plain mean
 *  gives every group (child) the same weight. @param[out] mean [n_groups], members [n_groups]. */
void titr_group_means(const double *value, const size_t *group, size_t n, size_t n_groups,
                      double *mean, size_t *members);
/** Spearman's rank correlation of x and y; ties share their mean rank. @return NaN when n < 2,
 *  where all x or all y are equal, or without memory. */
double titr_spearman(const double *x, const double *y, size_t n);
/** Sample quantile, linear between order statistics (type 7, [hyndman1996]). @param[in] sorted
 *  ascending, finite. @param[in] p in [0, 1]. @return NaN when n = 0. */
double titr_quantile_sorted(const double *sorted, size_t n, double p);

#endif
