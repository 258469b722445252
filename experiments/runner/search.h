// SPDX-License-Identifier: GPL-3.0-or-later
/* A search for the best setting of some options on the grid of their values, with a given number of
 * trials:
 *
 *   1  the options as they are
 *   2  one option after the other: every other value of its axis is tried, the best is kept; again,
 *      until a whole round has kept nothing
 *   3  a setting drawn by changing up to three options of the best at random; whenever one is
 *      better, 2 follows
 *
 * Nothing is tried twice. On a tie the earlier setting stands. */
#ifndef TITRI_SEARCH_H
#define TITRI_SEARCH_H

#include "titrate/agents/agent.h"
#include "titrate/base/rng.h"

enum { TITRI_AXES_MAX = 16 };

/* Score of a setting; trial counts from 0. NaN: no better than nothing. */
typedef titr_status titri_score_fn(void *context, size_t trial, const double *value, double *score,
                                   titr_error *err);

typedef struct titri_search {
    const titr_tune_axis *axis; /* [n_axes] */
    size_t n_axes, most;        /* trials at most, at least 1 */
    titr_rng_key key;           /* of step 3 */
    titri_score_fn *score;
    void *context; /* of score */
} titri_search;

/* @param[in,out] value [n_axes] the options as they are; the best. @param[out] best its score,
 * -HUGE_VAL when none had any. @param[out] tried trials made. */
titr_status titri_search_run(const titri_search *s, double *value, double *best, size_t *tried,
                             titr_error *err) TITR_NODISCARD;

#endif
