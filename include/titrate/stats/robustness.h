// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/stats/robustness.h
 * @brief Policies in several worlds: a summary per policy whose rows are the cells, paired with the
 * nominal one.
 *
 *   add episode by episode --> finish --> table, JSON, sheets "robustness/POLICY/.." of a run file
 *
 * Everything in a row is what titrate/stats/summary.h says of it: failures, tir_itt with its
 * interval, the paired difference to the nominal cell over the same children and seeds.
 *
 * Ownership  init, add.., finish, fini; texts returned are malloc'ed.
 */
#ifndef TITR_STATS_ROBUSTNESS_H
#define TITR_STATS_ROBUSTNESS_H

#include "titrate/stats/summary.h"

/** Name of the cell in which nothing is changed. */
#define TITR_CELL_NOMINAL "nominal"

/** One policy. */
typedef struct titr_robust_policy {
    char policy[TITR_NAME_MAX]; /* without the number of a replicate */
    titr_summary cells;         /* its "policies" are cells, the nominal one first */
} titr_robust_policy;

/** The table. */
typedef struct titr_robustness {
    titr_robust_policy *policy; /* owned, in order of first appearance */
    size_t n, capacity;         /* in use and reserved */
} titr_robustness;

/** Start empty. */
void titr_robustness_init(titr_robustness *r);
/** Release everything. */
void titr_robustness_fini(titr_robustness *r);
/** Score one episode of a cell. @param[in] drop_min left out at its start. */
titr_status titr_robustness_add(titr_robustness *r, const char *cell, const titr_trajectory *t,
                                double drop_min, titr_error *err) TITR_NODISCARD;
/** Index of an episode's scores among those of its policy. @param[out] policy index of that.
 *  @return 0 when there are none. */
int titr_robustness_find(const titr_robustness *r, const char *cell, const titr_trajectory *t,
                         size_t *policy, size_t *episode);
/** Take the scores of one episode over, from `from`, which loses them.
 *  @return TITR_ERR_NOT_FOUND when it has none. */
titr_status titr_robustness_take(titr_robustness *r, const char *cell, const titr_trajectory *t,
                                 titr_robustness *from, titr_error *err) TITR_NODISCARD;
/** Make the rows; a policy without nominal episodes is compared with nothing. @param[in] seed of
 * the bootstrap. */
titr_status titr_robustness_finish(titr_robustness *r, uint64_t seed,
                                   titr_error *err) TITR_NODISCARD;

/** The cell, nominal excepted, with the lowest tir_itt_percent, which counts time after a failure
 * as out of range. @return row of p->cells; NULL when there is none. */
const titr_summary_row *titr_robust_worst(const titr_robust_policy *p);
/** Mean of a metric over the cells, nominal excepted. @return NaN when there is none. */
double titr_robust_mean(const titr_robust_policy *p, const char *key);
/** Failed episodes of a row, percent, likewise. */
double titr_robust_mean_failed(const titr_robust_policy *p);

/** Plain text: a block per policy, a line per cell, then mean and worst cell. */
titr_status titr_robustness_table(const titr_robustness *r, char **text,
                                  titr_error *err) TITR_NODISCARD;
/** {"policies": [{"policy", "cells": [{"cell", "failures", "episodes", "failed_percent": {..},
 *  "tir_itt_percent_interval": {"estimate", "lo", "hi"},
 *  "tir_itt_difference_percent_points": {..}, every metric ..}], "mean": {..},
 *  "worst": {"cell", ..}}]}. */
titr_status titr_robustness_json(const titr_robustness *r, char **json,
                                 titr_error *err) TITR_NODISCARD;
/** Sheets robustness/POLICY/policies, a row per cell, and robustness/POLICY/episodes; column
 *  "policy" names the cell. Needs titr_robustness_finish. */
titr_status titr_robustness_write(const titr_robustness *r, titr_writer *w,
                                  titr_error *err) TITR_NODISCARD;
/** What titr_robustness_write stored, without rows: titr_robustness_finish makes them. Empty when
 *  the run has none; policies in order of name. */
titr_status titr_robustness_read(titr_reader *run, titr_robustness *out,
                                 titr_error *err) TITR_NODISCARD;

#endif
