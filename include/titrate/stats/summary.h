// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/stats/summary.h
 * @brief From many episodes to one row per policy: failures first, then every metric, paired.
 *
 *   add episode by episode --> finish --> table, JSON, sheets of a run file
 *
 * A row's metric is the mean over children of each child's mean over its seeds, so that every child
 * weighs the same. Failures = TERMINATED + FAULT. A comparison with any FAULT is marked invalid.
 *
 * Replicates: policies "q#1", "q#2", .. are trainings of one policy q and share its row. There a
 * child's episode counts with its mean over the replicates, so that the row's intervals are over
 * children and seeds; how much the trainings differ is told by the interquartile mean over their
 * own means [agarwal2021].
 *
 * Ownership  init, add.., finish, fini; texts returned are malloc'ed.
 */
#ifndef TITR_STATS_SUMMARY_H
#define TITR_STATS_SUMMARY_H

#include "titrate/metrics/metric.h"
#include "titrate/stats/stats.h"
#include "titrate/store/store.h"

/** How the returns of one policy's episodes on a benchmark task are spread. */
typedef struct titr_returns {
    double sd;       /* sample standard deviation; NaN for one episode */
    double iqm;      /* interquartile mean                             */
    double min, max; /* of any episode                                 */
} titr_returns;

/** One episode, scored. */
typedef struct titr_summary_episode {
    char policy[TITR_NAME_MAX], patient[TITR_ID_MAX]; /* who dosed whom */
    uint32_t episode;                                 /* number of the episode seed */
    int end;            /* titr_end                                              */
    double days;        /* followed, from the episode's start: all of it is at risk */
    titr_scores scores; /* true glucose, then cgm_*; of a task: return, steps    */
} titr_summary_episode;

/** One policy, or one of its replicates. Arrays are parallel to titr_summary.key. */
typedef struct titr_summary_row {
    char policy[TITR_NAME_MAX];   /* unique in the summary */
    size_t replicates;            /* 1: not replicated, the next is NaN */
    titr_interval replicates_iqm; /* of their tir_itt_percent, stratified bootstrap 95 %; of
                                     a task: of their mean returns */
    double replicates_min, replicates_max;         /* of their tir_itt_percent; NaN likewise */
    size_t episodes, children, terminated, faults; /* counts */
    double patient_days;                           /* followed, all episodes */
    titr_interval failed_percent;                  /* of episodes, exact 95 %         */
    titr_interval failures_per_100_patient_days;   /* exact 95 %                      */
    titr_interval tir_itt_percent;                 /* bootstrap 95 % over children, then seeds; of a
                                                      task: of the return, bootstrap over seeds */
    titr_returns returns;                          /* of a task only                            */
    double *mean;                                  /* [n_keys] over children          */
    double *worst;                                 /* [n_keys] the child with the lowest tir_itt */
    char worst_patient[TITR_ID_MAX];               /* whose row `worst` is */
    titr_interval tir_itt_difference; /* to compare_to, paired, bootstrap 95 %; NaN: not compared;
                                         of a task: of the return */
    size_t pairs;                     /* episodes (child and seed) that both have   */
    int valid;                        /* 0: a FAULT is among the episodes           */
} titr_summary_row;

/** A comparison of policies. */
typedef struct titr_summary {
    int of_task; /* 1 = of episodes on a benchmark task; set before the first is added */
    titr_summary_episode *episode;    /* owned, in order of adding */
    size_t n_episodes, capacity;      /* in use and reserved */
    size_t n_keys;                    /* metrics of every row */
    char (*key)[TITR_METRIC_KEY_MAX]; /* [n_keys] */
    const char **unit, **doc;         /* [n_keys] static texts */
    titr_summary_row *row;            /* in order of first appearance */
    size_t n_rows;                    /* policies */
    titr_summary_row *replicate;      /* one row for each replicate of policies that have several */
    size_t n_replicates;              /* of all policies together */
    char compare_to[TITR_NAME_MAX];   /* "" = no paired difference */
} titr_summary;

/** Start empty. */
void titr_summary_init(titr_summary *s);
/** Release everything. */
void titr_summary_fini(titr_summary *s);
/** Score one episode. @param[in] drop_min left out at its start. */
titr_status titr_summary_add(titr_summary *s, const titr_trajectory *t, double drop_min,
                             titr_error *err) TITR_NODISCARD;
/** Make the rows. @param[in] compare_to policy of the paired difference; "" = none. @param[in] seed
 *  of the bootstrap. @return TITR_ERR_NOT_FOUND when no episode is of policy `compare_to`. */
titr_status titr_summary_finish(titr_summary *s, const char *compare_to, uint64_t seed,
                                titr_error *err) TITR_NODISCARD;
/** Number of the replicate that a name tells: 3 of "q#3". @param[out] length of the policy's name
 *  alone, "q". @return 0 when it is no replicate's. */
size_t titr_replicate_number(const char *name, size_t *length);
/** 1 if `name` is the policy's, or that of one of its replicates. */
int titr_policy_covers(const char *policy, const char *name);
/** Row by the name of a policy or of a replicate. @return NULL if there is none. */
const titr_summary_row *titr_summary_find(const titr_summary *s, const char *policy);
/** Mean of a metric in a row. @return NaN if there is no such key. */
double titr_summary_mean(const titr_summary *s, const titr_summary_row *row, const char *key);
/** The same of the row's worst child. */
double titr_summary_worst(const titr_summary *s, const titr_summary_row *row, const char *key);

/** Which rows a table has. */
typedef enum titr_summary_detail {
    TITR_SUMMARY_POLICIES,  /* one per policy                              */
    TITR_SUMMARY_REPLICATES /* and below it one for each of its replicates */
} titr_summary_detail;

/** Plain text, aligned, failures in the first column; of a task: returns. */
titr_status titr_summary_table(const titr_summary *s, titr_summary_detail detail, char **text,
                               titr_error *err) TITR_NODISCARD;
/** {"valid", "compare_to", "policies": [{"policy", "failed_percent": {"estimate", "lo", "hi"}, ..,
 *  "tir_70_180_percent": .., "worst": {..}}], "replicates": [the same of
 *  each], "episodes": [{"policy", "patient", ..}]}. Of a task: "policies": [{"policy",
 *  "return_mean": {"estimate", "lo", "hi"}, "return_sd", ..}]. */
titr_status titr_summary_json(const titr_summary *s, char **json, titr_error *err) TITR_NODISCARD;
/** Sheets "metrics/policies" and "metrics/episodes" of a run file. */
titr_status titr_summary_write(const titr_summary *s, titr_writer *w,
                               titr_error *err) TITR_NODISCARD;
/** The scores that titr_summary_write stored, with rows made afresh. @return TITR_ERR_NOT_FOUND
 * when the run has none. */
titr_status titr_summary_read(titr_reader *run, const char *compare_to, uint64_t seed,
                              titr_summary *out, titr_error *err) TITR_NODISCARD;
/** titr_summary_write with sheets "PREFIX/policies", "PREFIX/replicates" and "PREFIX/episodes". */
titr_status titr_summary_write_under(const titr_summary *s, const char *prefix, titr_writer *w,
                                     titr_error *err) TITR_NODISCARD;
/** titr_summary_read of them; without rows: titr_summary_finish makes them. */
titr_status titr_summary_read_under(titr_reader *run, const char *prefix, titr_summary *out,
                                    titr_error *err) TITR_NODISCARD;
/** Score every episode of a run file. */
titr_status titr_summary_of_run(titr_reader *run, double drop_min, const char *compare_to,
                                uint64_t seed, titr_summary *out, titr_error *err) TITR_NODISCARD;

#endif
