// SPDX-License-Identifier: GPL-3.0-or-later
/* Scores of an episode on a benchmark task, which has no glucose: its return and its length. */
#ifndef TITRI_STATS_RETURNS_H
#define TITRI_STATS_RETURNS_H

#include "titrate/stats/summary.h"

#define TITRI_RETURN "return"
#define TITRI_STEPS "steps"

/* @param[out] scores owned by the caller: titr_scores_fini. */
titr_status titri_returns_score(const titr_trajectory *t, titr_scores *scores,
                                titr_error *err) TITR_NODISCARD;
/* @param[in,out] value [n] finite; sorted afterwards. */
void titri_returns_spread(double *value, size_t n, titr_returns *out);

#endif
