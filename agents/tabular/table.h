// SPDX-License-Identifier: GPL-3.0-or-later
/* Values over features, how often each was learned about, and how sure it is.
 *
 * A pair is a feature and a level: pair = feature n_levels + level. The value of a level is the sum
 * over the active features, one per tiling. */
#ifndef TITR_AGENTS_TABULAR_TABLE_H
#define TITR_AGENTS_TABULAR_TABLE_H

#include "def.h"

#include "titrate/base/visit.h"

typedef struct titri_qtable {
    size_t n_features, n_levels, tilings;
    double *q;        /* [n_features][n_levels]              */
    uint32_t *visits; /* [n_features][n_levels]              */
    double *variance; /* [n_features][n_levels] of the targets     */
    double *weight;   /* [n_features][n_levels] sum of the targets' squared weights in q */
} titri_qtable;

/* @return 0 without memory. titri_qtable_fini after that, too. */
int titri_qtable_init(titri_qtable *t, size_t n_features, size_t n_levels,
                      const titri_tabular_def *def);
void titri_qtable_fini(titri_qtable *t);
titr_status titri_qtable_visit(titri_qtable *t, titr_visitor *v, titr_error *err) TITR_NODISCARD;
/* Bytes of one pair. */
size_t titri_qtable_pair_bytes(void);

/* Values of all levels. @param[in] feature [tilings] @param[out] value [n_levels] */
void titri_qtable_values(const titri_qtable *t, const size_t *feature, double *value);
/* Value of one level. @param[in] pair [tilings] */
double titri_qtable_value(const titri_qtable *t, const int64_t *pair);
/* How often a level was learned about where these features are active: the least of them. */
uint32_t titri_qtable_tried(const titri_qtable *t, const size_t *feature, size_t level);
/* Squared standard error of a level's value: the mean over its features. */
double titri_qtable_uncertainty(const titri_qtable *t, const size_t *feature, size_t level);

/* Step size of a pair after so many visits; sums over tilings to that of plain bins. */
double titri_step_size(const titri_tabular_def *def, uint32_t visits);
/* Count a visit of a pair with this step size. */
void titri_qtable_count(titri_qtable *t, size_t pair, double alpha);
/* A pair that was wrong by `before` and, learned from with this step size, by `after`. */
void titri_qtable_spread(titri_qtable *t, size_t pair, double alpha, double before, double after);
/* Move the level's value towards the target by one step of each of its features. */
void titri_qtable_update(titri_qtable *t, const titri_tabular_def *def, const int64_t *pair,
                         double target);

#endif
