// SPDX-License-Identifier: GPL-3.0-or-later
/* All trainings of another policy at once: each proposes, and of their doses in order of insulin
 * the one at a share of the way from the least to the most is given [wiering2008].
 *
 *   k = floor(share (n - 1)),  n proposals, 0 the least                                       (1)
 *
 * What one training has got wrong the others outvote; doses are ordered, so that the middle one
 * means something, and a share below one half leans towards less insulin. On a benchmark task
 * levels are ordered by their number. Oracle: (1) by hand, tests/agents/test_ensemble.c. */
#include "titrate/agents/agent.h"

#include "titrate/env/actions.h"

#include <math.h>
#include <stdlib.h>

typedef struct ensemble_def {
    double share;
} ensemble_def;

typedef struct ensemble {
    titr_agent **member; /* [n], each owned */
    size_t n, n_lanes;
    double share, interval_min;
    titr_slot actions;
    titr_decision *proposed; /* [n][n_lanes] */
    size_t *order;           /* [n] members by their insulin */
    double *insulin_u;       /* [n] */
} ensemble;

static const titr_option options[] = {
    {.name = "share",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.5,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "which of the doses in order of insulin is given: 0 the least, 0.5 the middle one",
     .source = "choice",
     .offset = offsetof(ensemble_def, share)},
};

static void destroy(void *self)
{
    ensemble *s = self;
    if (s == NULL) {
        return;
    }
    for (size_t m = 0; m < s->n; m++) {
        titr_agent_destroy(s->member[m]);
    }
    free(s->member);
    free(s->proposed);
    free(s->order);
    free(s->insulin_u);
    free(s);
}

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    const size_t n = 1 + context->n_others;
    ensemble *s = calloc(1, sizeof *s);
    if (s != NULL) {
        *s = (ensemble){.n_lanes = context->n_lanes,
                        .share = ((const ensemble_def *)def)->share,
                        .interval_min = context->decision_interval_min,
                        .actions = context->actions,
                        .member = calloc(n, sizeof(titr_agent *)),
                        .proposed = calloc(n * context->n_lanes, sizeof *s->proposed),
                        .order = calloc(n, sizeof *s->order),
                        .insulin_u = calloc(n, sizeof *s->insulin_u)};
    }
    if (!s || !s->member || !s->proposed || !s->order || !s->insulin_u) {
        destroy(s); /* n is still 0: the members stay the caller's */
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an ensemble of %zu", n);
    }
    s->member[0] = context->inner;
    for (size_t m = 1; m < n; m++) {
        s->member[m] = context->others[m - 1];
    }
    s->n = n;
    *self = s;
    return TITR_OK;
}

static double insulin_u(const ensemble *s, const titr_batch *batch, size_t lane,
                        const titr_decision *d)
{
    const titr_actions_type *actions = s->actions.type;
    if (d->level >= 0 && actions == NULL) {
        return (double)d->level;
    }
    const titr_dose dose =
        d->level >= 0 ? actions->dose(s->actions.def, batch->record, lane, (size_t)d->level)
                      : d->dose;
    return titr_dose_insulin_u(dose, s->interval_min);
}

/* Members in order of what they propose for a lane; alike ones stay in their own order. */
static void sort(ensemble *s, const titr_batch *batch, size_t lane)
{
    for (size_t m = 0; m < s->n; m++) {
        const double own = insulin_u(s, batch, lane, &s->proposed[m * s->n_lanes + lane]);
        size_t at = m;
        for (; at > 0 && s->insulin_u[at - 1] > own; at--) {
            s->insulin_u[at] = s->insulin_u[at - 1];
            s->order[at] = s->order[at - 1];
        }
        s->insulin_u[at] = own;
        s->order[at] = m;
    }
}

static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    ensemble *s = self;
    for (size_t m = 0; m < s->n; m++) {
        const titr_agent *member = s->member[m];
        TITR_TRY(member->type->act(member->self, batch, mode, &s->proposed[m * s->n_lanes], err));
    }
    for (size_t l = 0; l < batch->n; l++) {
        if (!batch->running[l]) {
            continue;
        }
        sort(s, batch, l);
        const size_t k = (size_t)floor(s->share * (double)(s->n - 1)); /* (1) */
        decision[l] = s->proposed[s->order[k] * s->n_lanes + l];
        if (s->n > 1 && decision[l].propensity != 1.0) {
            return titr_fail(err, TITR_ERR_ARG,
                             "an ensemble's choice has no known probability where its members "
                             "leave theirs to chance");
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_ensemble = {
    .part = {.name = "ensemble",
             .doc = "the middle dose of all trainings of another policy",
             .source = "wiering2008",
             TITR_OPTIONS(options, ensemble_def)},
    .wraps = 1,
    .gathers = 1,
    .plays_tasks = 1,
    .create = create,
    .destroy = destroy,
    .act = act,
};
