// SPDX-License-Identifier: GPL-3.0-or-later
/* Saving and loading. */
#include "learner.h"

#include <stdio.h>
#include <string.h>

/* The edges that the table was learned with; on loading they must be the observer's. */
static titr_status visit_edges(const titri_learner *q, titr_visitor *v, titr_error *err)
{
    double edge[TITR_OBSERVE_MAX * TITR_REALS_MAX], saved[TITR_OBSERVE_MAX * TITR_REALS_MAX];
    size_t n = 0;
    for (size_t k = 0; k < q->observer->n; k++) {
        const titr_reals *edges = &q->observer->entry[k].edges;
        memcpy(&edge[n], edges->v, edges->n * sizeof edge[0]);
        n += edges->n;
    }
    memcpy(saved, edge, n * sizeof edge[0]);
    TITR_TRY(titr_visit_vector(v, "edges", TITR_F64, n, saved, err));
    for (size_t i = 0; i < n; i++) {
        if (saved[i] != edge[i]) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "the table was learned with a bin edge at %.10g, the policy's observe "
                             "has %.10g there",
                             saved[i], edge[i]);
        }
    }
    return TITR_OK;
}

static titr_status visit_second(titri_learner *q, titr_visitor *v, titr_error *err)
{
    TITR_TRY(titr_visit_enter(v, "second", err));
    TITR_TRY(titri_qtable_visit(&q->table[1], v, err));
    TITR_TRY(titr_visit_leave(v, err));
    return titr_visit_vector(v, "updates", TITR_I64, 1, &q->updates, err);
}

titr_status titri_learner_visit(void *self, titr_visitor *v, titr_error *err)
{
    titri_learner *q = self;
    TITR_TRY(visit_edges(q, v, err));
    TITR_TRY(titri_qtable_visit(&q->table[0], v, err));
    if (q->n_tables == 2) {
        TITR_TRY(visit_second(q, v, err));
    }
    return titr_visit_vector(v, "decisions", TITR_I64, 1, &q->decisions, err);
}

/* Whether the pairs of an open choice are in the table; if not, which. */
static int fits(const titri_learner *q, const int64_t *pair, int64_t *wrong)
{
    const int64_t n = (int64_t)(q->features.n * q->n_levels);
    for (size_t k = 0; pair[0] >= 0 && k < q->features.tilings; k++) {
        if (pair[k] < 0 || pair[k] >= n) {
            *wrong = pair[k];
            return 0;
        }
    }
    return 1;
}

static titr_status visit_open(titri_learner *q, size_t lane, titr_visitor *v, titr_error *err)
{
    titri_open *open = &q->open[lane];
    int64_t *pair = &q->open_pair[lane * q->features.tilings];
    double sums[2] = {open->rewards, open->discount};
    TITR_TRY(titr_visit_vector(v, "pair", TITR_I64, q->features.tilings, pair, err));
    TITR_TRY(titr_visit_vector(v, "sums", TITR_F64, 2, sums, err));
    if (q->rule->waits) {
        TITR_TRY(titr_visit_vector(v, "waits", TITR_U8, 1, &open->waits, err));
    }
    open->rewards = sums[0];
    open->discount = sums[1];
    int64_t wrong = 0;
    if (!fits(q, pair, &wrong)) {
        pair[0] = -1;
        return titr_fail(err, TITR_ERR_CONFIG, "saved choice %lld of lane %zu is not in the table",
                         (long long)wrong, lane);
    }
    return TITR_OK;
}

static titr_status visit_lane(void *self, size_t l, titr_visitor *v, titr_error *err)
{
    titri_learner *q = self;
    TITR_TRY(visit_open(q, l, v, err));
    return q->traces == NULL
               ? TITR_OK
               : titri_traces_visit(&q->traces[l], v, q->features.n * q->n_levels, err);
}

titr_status titri_learner_visit_lanes(void *self, titr_visitor *v, titr_error *err)
{
    titri_learner *q = self;
    return titr_visit_each(v, "open", q->n_lanes, visit_lane, q, err);
}
