// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/fqe.h
 * @brief Fitted Q evaluation: what a policy is worth, learned from decisions of another one.
 *
 *   Q_{i+1} = the network nearest to  r + g sum_a' pi(a' | s') Q_i(s', a')  [le2019]  (1)
 *
 * over all decisions of a log, with pi the policy that is judged. It needs no probabilities of who
 * made the log, so it is what remains of a deterministic one; what it cannot know is levels that
 * the log does not show.
 *
 * Finite horizon  behind the last decision of an episode nothing is earned: the log must hold each
 * episode up to its horizon, or to where it ended by itself. With `left`, the discounted number of
 * decisions to the horizon, left is an input of the network, which then gives the mean reward of
 * what is left:
 *
 *   Q(s, a) = left f(s, left, a)                                                              (2)
 *
 * so that its outputs have one size throughout, however long the horizon. Q_0 is `left` times the
 * mean reward of the log; 0 without a horizon.
 *
 * Each round of (1) follows `steps` gradients of the squared error on random batches (Adam, whose
 * learning rate falls linearly to 0 over all rounds) and then copies the network to Q_i.
 *
 * Shapes   rows of the episodes one after the other; those of episode i: first[i] .. first[i + 1] -
 * 1, first[0] = 0. Threads  one object per thread.
 */
#ifndef TITR_AGENTS_FQE_H
#define TITR_AGENTS_FQE_H

#include "titrate/base/option.h"

/** How the network learns. */
typedef struct titr_fqe_def {
    titr_reals hidden;    /* units of its hidden layers; none: linear                   */
    double learning_rate; /* at the start, > 0                                          */
    int64_t batch;        /* decisions in a batch, >= 1                                 */
    int64_t steps;        /* gradient steps in a round, >= 1                            */
    int64_t rounds;       /* of (1), >= 1; at least as many as decisions to the horizon */
    int deterministic;    /* 1 = same bits on any x86-64                                */
    uint64_t seed;        /* of weights and batches                                     */
} titr_fqe_def;

/** A log; all borrowed for the life of the titr_fqe. */
typedef struct titr_fqe_data {
    size_t n, n_obs, n_levels; /* episodes; observed values and levels, each >= 1          */
    const size_t *first;       /* [n + 1]                                                  */
    const float *obs;          /* [rows][n_obs]                                            */
    const size_t *discrete;    /* [n_obs] 0: a plain value, which is standardised; else it is one
                                  of 0 .. discrete - 1; NULL: all are plain                */
    const int *level;          /* [rows] given                                             */
    const float *probability;  /* [rows][n_levels] of the policy that is judged            */
    const double *reward;      /* [rows]                                                   */
    const double *discount;    /* [rows] over the interval that follows, in [0, 1]         */
    const double *left; /* [rows] of (2), >= 1; NULL: no horizon, each episode ended by itself */
} titr_fqe_data;

/** A fit under way. */
typedef struct titr_fqe titr_fqe;

/** @param[out] out owned by the caller: titr_fqe_destroy. @return TITR_ERR_RANGE for a def or a log
 *  that is none. */
titr_status titr_fqe_create(const titr_fqe_def *def, const titr_fqe_data *data, titr_fqe **out,
                            titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_fqe_destroy(titr_fqe *f);
/** One round of (1). @return TITR_ERR_RANGE when the fit has left the numbers. */
titr_status titr_fqe_round(titr_fqe *f, titr_error *err) TITR_NODISCARD;
/** @param[out] q [rows][n_levels] the policy's values as fitted so far. */
titr_status titr_fqe_values(titr_fqe *f, float *q, titr_error *err) TITR_NODISCARD;

#endif
