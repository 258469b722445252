// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/stats/ope.h
 * @brief Off-policy evaluation: what a policy would have earned, from episodes that another one
 *        (the behaviour) lived.
 *
 *   rho_t = target_t / behaviour_t        probability of the level given under each policy
 *   w_t   = rho_0 ... rho_t,  w_{-1} = 1  G_t = g_0 ... g_{t-1}, the discount to step t
 *
 *   WIS    sum_i w_T sum_t G_t r_t / sum_i w_T                          [precup2000]        (1)
 *   PDWIS  sum_t (sum_i w_t G_t r_t / sum_i w_t)                        [thomas2015]        (2)
 *   DR     mean_i V_0, V_t = v_t + rho_t (r_t + g_t V_{t+1} - q_t)      [jiang2016]         (3)
 *   WDR    sum_t sum_i (u_t G_t r_t - u_t G_t q_t + u_{t-1} G_t v_t), u_t = w_t / sum_i w_t
 *                                                                       [thomas2016]        (4)
 *   MODEL  mean_i v_0: fitted Q evaluation alone
 *
 * An episode that has ended keeps its last weight and earns nothing more. q_t and v_t are what a
 * model thinks of the target policy: Q(s_t, level given) and sum_a target(a | s_t) Q(s_t, a).
 *
 * Refused  estimates by weights, (1) to (4), where
 *   - the behaviour left nothing to chance: then there is no weight but 0 and 1 to be had, and what
 *     was not done is not known. MODEL remains;
 *   - the effective sample size is below `least_ess` [gottesman2019]. For WIS and DR it is that of
 *     the last weights, (sum w)^2 / sum w^2; for PDWIS and WDR that of one weight a step with the
 *     same variance, sum_t G_t^2 / sum_t (G_t^2 / ESS_t), with G_t averaged over the episodes.
 *
 * Shapes   n episodes, their steps one after the other; steps of episode i: first[i] ..
 *          first[i + 1] - 1.
 */
#ifndef TITR_STATS_OPE_H
#define TITR_STATS_OPE_H

#include "titrate/base/status.h"

#include <stddef.h>

/** Below this effective sample size an estimate says nothing. */
#define TITR_OPE_LEAST_ESS 20.0

/** How. */
typedef enum titr_ope_method {
    TITR_OPE_WIS,
    TITR_OPE_PDWIS,
    TITR_OPE_DR,
    TITR_OPE_WDR,
    TITR_OPE_MODEL,
    TITR_OPE_N /* number of methods */
} titr_ope_method;
/** "wis", "pdwis", "dr", "wdr", "fqe". @return static string. */
const char *titr_ope_name(titr_ope_method method);

/** Episodes of the behaviour policy; all borrowed. */
typedef struct titr_ope_data {
    size_t n;                /* episodes, >= 1 */
    const size_t *first;     /* [n + 1] */
    const double *target;    /* [steps] in [0, 1] */
    const double *behaviour; /* [steps] in (0, 1] */
    const unsigned char
        *choice;            /* [steps] 1 = more than one level was allowed; elsewhere rho = 1 */
    const double *reward;   /* [steps] */
    const double *discount; /* [steps] over the interval that follows, in [0, 1] */
    const double *q, *v;    /* [steps], for DR, WDR and MODEL; else NULL */
    const double *count; /* [n] how often each episode counts, >= 0; NULL: once. For bootstraps. */
    double least_ess;    /* usually TITR_OPE_LEAST_ESS */
} titr_ope_data;

/** Why an estimate is refused. */
typedef enum titr_ope_refusal {
    TITR_OPE_FINE,
    TITR_OPE_DETERMINISTIC, /* the behaviour left nothing to chance */
    TITR_OPE_LOW_ESS,       /* too few episodes carry it             */
    TITR_OPE_NO_MODEL       /* the method needs q and v              */
} titr_ope_refusal;

/** What is estimated. */
typedef struct titr_ope_estimate {
    double value; /* discounted return; NaN if it is refused */
    double ess;   /* effective sample size, episodes; MODEL: n */
    titr_ope_refusal refusal;
} titr_ope_estimate;

/** @return TITR_ERR_CONFIG for a probability, reward or discount that is none, with its step. */
titr_status titr_ope(const titr_ope_data *data, titr_ope_method method, titr_ope_estimate *out,
                     titr_error *err) TITR_NODISCARD;
/** One line on a refusal: "effective sample size 7.3 < 20". */
void titr_ope_why(const titr_ope_data *data, const titr_ope_estimate *estimate, char *text,
                  size_t size);

#endif
