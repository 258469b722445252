// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/runner/ope.h
 * @brief The verb `ope`: policies judged from the decisions of another one, and by the simulator.
 *
 *   run file, policy --> probabilities of what was done --> WIS, PDWIS, DR, WDR
 * (titrate/stats/ope.h)
 *                    --> fitted Q evaluation --------------> DR, WDR, FQE (titrate/agents/fqe.h)
 *   simulator, policy -> what it truly earns ----------------> error, rank correlation
 *
 * Every child weighs the same: an estimate is the mean over children of each child's own, and its
 * effective sample size that of one sample with the same variance
 * (experiments/runner/ope_estimate.h). A return is the sum of the rewards, discounted where
 * ope.half_life_min says so, of an episode's first hours.
 *
 * Files   NAME.ope.h5: sheets "ope/estimates" and "ope/accuracy", and the manifest.
 */
#ifndef TITR_RUNNER_OPE_H
#define TITR_RUNNER_OPE_H

#include "titrate/runner/runner.h"
#include "titrate/stats/ope.h"

/** One policy, horizon and estimator. */
typedef struct titr_judged {
    char policy[TITR_NAME_MAX]; /* who is judged */
    double horizon_h;           /* of the return */
    titr_ope_method method;     /* how           */
    titr_ope_estimate estimate; /* with its effective sample size, or why it is refused       */
    double lo, hi;              /* bootstrap 95 %, episodes drawn anew within each child; NaN:
                                   refused, or of fitted Q evaluation */
    char why[128];              /* of a refusal: "effective sample size 3.2 < 20"             */
    double truth, truth_se;     /* mean return in the simulator, and its standard error over
                                   episodes; NaN: not asked for */
} titr_judged;

/** One horizon and estimator over the policies that it answered for. */
typedef struct titr_judged_accuracy {
    double horizon_h;         /* of the returns */
    titr_ope_method method;   /* how */
    size_t answered, refused; /* policies */
    double covered;           /* answers whose interval holds the truth; NaN: no intervals */
    double bias, rmse;        /* of the estimates; NaN: none answered */
    double rank_correlation;  /* Spearman's, of estimate and truth; NaN: fewer than two answered */
} titr_judged_accuracy;

/** What a judgement came to. */
typedef struct titr_judgement {
    char data_policy[TITR_NAME_MAX];   /* the behaviour                                  */
    size_t episodes, children, faults; /* of it; faulted episodes are left out           */
    titr_judged *row;                  /* [n], owned: by horizon, policy, estimator      */
    size_t n;                          /* rows */
    titr_judged_accuracy *accuracy;    /* [n_accuracy], owned: by horizon and estimator  */
    size_t n_accuracy;                 /* 0: no truth was asked for                      */
} titr_judgement;

/** Judge the policies of an experiment, learners as trained, and write NAME.ope.h5.
 *  @param[in] policy the one to judge; NULL: all that choose levels. @param[in] truth 1: play them
 * in the simulator as well. @param[out] out titr_judgement_fini; written on TITR_OK.
 *  @return TITR_ERR_CONFIG for data that do not fit the experiment, or that training has seen. */
titr_status titr_judge(const titr_experiment *e, const char *policy, int truth,
                       const titr_watch *watch, titr_judgement *out,
                       titr_error *err) TITR_NODISCARD;
/** Release the rows. */
void titr_judgement_fini(titr_judgement *j);
/** Plain text. @param[out] text malloc'ed. */
titr_status titr_judgement_table(const titr_judgement *j, char **text,
                                 titr_error *err) TITR_NODISCARD;
/** {"data_policy", "episodes", .., "estimates": [..], "accuracy": [..]}. @param[out] json
 * malloc'ed.
 */
titr_status titr_judgement_json(const titr_judgement *j, char **json,
                                titr_error *err) TITR_NODISCARD;

#endif
