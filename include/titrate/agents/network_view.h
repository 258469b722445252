// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/network_view.h
 * @brief How a learner's greedy values come from an observation: what leaves the program as ONNX.
 *
 *   obs --feed--> x --network (noise off)--> out --head--> q [n_levels]
 *
 *   feed   x_k = clip((obs_c - shift_k) scale_k) to [-clip, clip], or 1 where obs_c = value_k, else
 * 0 head   VALUES       q_a = out_a CATEGORICAL  p = softmax over atoms of out_a; q_a = sum_i p_i
 * z_i               [bellemare2017] QUANTILES    q_a = mean over atoms of out_a [dabney2018qr]
 *          IMPLICIT     q_a = mean of out_a at the given taus [dabney2018iqn] risk   cvar < 1: the
 * mean of the worst share `cvar` of each level's distribution instead. With quantiles these are
 * sorted first and the one on the border counts in part. With implicit quantiles the taus say it
 * all: cvar stays 1.
 *
 * Ownership everything is borrowed from the agent, and holds until it learns or is destroyed.
 */
#ifndef TITR_AGENTS_NETWORK_VIEW_H
#define TITR_AGENTS_NETWORK_VIEW_H

#include "titrate/agents/net.h"

/** Where one input of the network comes from. */
typedef struct titr_network_feed {
    size_t column; /* of the observation */
    int one_hot;   /* 1: whether the column equals `value`; 0: the column, normalised */
    double value, shift, scale;
} titr_network_feed;

/** What the outputs of the network are. */
typedef enum titr_network_head {
    TITR_HEAD_VALUES,      /* one value a level */
    TITR_HEAD_CATEGORICAL, /* logits of the atoms */
    TITR_HEAD_QUANTILES,   /* quantiles of equal mass */
    TITR_HEAD_IMPLICIT     /* quantiles at taus; the network has cosines */
} titr_network_head;

/** A learner's network and what stands around it. */
typedef struct titr_network_view {
    const titr_net *net;
    const titr_real *params;       /* [n_params] of the network that acts */
    size_t n_obs;                  /* columns of the observation */
    const titr_network_feed *feed; /* [n_in] */
    double clip;                   /* > 0; INFINITY: none */
    titr_network_head head;
    const double *atom; /* CATEGORICAL: [atoms] z, ascending */
    const double *tau;  /* IMPLICIT: [n_tau] of the greedy choice */
    size_t n_tau;
    double cvar; /* (0, 1]; 1 = the mean */
} titr_network_view;

#endif
