// SPDX-License-Identifier: GPL-3.0-or-later
/* Another policy made soft [sutton2018]: with probability epsilon any allowed level instead of its
 * own. With pi' the other policy's probabilities and n levels allowed,
 *
 *   pi(a) = epsilon / n + (1 - epsilon) pi'(a)                                               (1)
 *
 * So every allowed level has a known chance, and the log serves to judge other policies.
 * Oracle: (1) by hand and by counting, tests/agents/test_epsilon_soft.c. */
#include "titrate/agents/agent.h"

#include "titrate/agents/levels.h"

#include <stdlib.h>

typedef struct soft_def {
    double epsilon;
} soft_def;

typedef struct soft {
    double epsilon;
    size_t n_levels;
    titr_agent *inner; /* owned */
    double *p;         /* [n_lanes][n_levels] */
} soft;

static const titr_option options[] = {
    {.name = "epsilon",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 0.1,
     .lo = 0.0,
     .hi = 1.0,
     .doc = "probability of a random allowed level instead of the other policy's",
     .source = "choice",
     .offset = offsetof(soft_def, epsilon)},
};

static void destroy(void *self)
{
    soft *s = self;
    if (s == NULL) {
        return;
    }
    titr_agent_destroy(s->inner);
    free(s->p);
    free(s);
}

static titr_status create(const void *def, const titr_agent_context *context, void **self,
                          titr_error *err)
{
    const soft_def *d = def;
    soft *s = calloc(1, sizeof *s);
    double *p = calloc(context->n_lanes * context->n_levels + 1, sizeof *p);
    if (s == NULL || p == NULL) {
        free(s);
        free(p);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent epsilon_soft");
    }
    *s = (soft){d->epsilon, context->n_levels, context->inner, p};
    *self = s;
    return TITR_OK;
}

/* Equation (1). */
static titr_status probabilities(void *self, const titr_batch *batch, double *p, titr_error *err)
{
    const soft *s = self;
    TITR_TRY(titr_agent_probabilities(s->inner, batch, s->n_levels, p, err));
    for (size_t l = 0; l < batch->n; l++) {
        const unsigned char *mask = &batch->mask[l * s->n_levels];
        const double share = s->epsilon / (double)titr_levels_allowed(mask, s->n_levels);
        for (size_t a = 0; batch->running[l] && a < s->n_levels; a++) {
            double *own = &p[l * s->n_levels + a];
            *own = mask[a] ? share + (1.0 - s->epsilon) * *own : 0.0;
        }
    }
    return TITR_OK;
}

/* The level at which the sum of the probabilities passes u. */
static int drawn(const double *p, size_t n, double u)
{
    int level = -1;
    double sum = 0.0;
    for (size_t a = 0; a < n; a++) {
        if (p[a] > 0.0 && (level < 0 || sum <= u)) {
            level = (int)a;
        }
        sum += p[a];
    }
    return level;
}

/* The draw is a function of the episode's key and the decision's number alone. */
static titr_status act(void *self, const titr_batch *batch, titr_act_mode mode,
                       titr_decision *decision, titr_error *err)
{
    (void)mode;
    soft *s = self;
    TITR_TRY(probabilities(s, batch, s->p, err));
    for (size_t l = 0; l < batch->n; l++) {
        if (batch->running[l]) {
            const double *p = &s->p[l * s->n_levels];
            titr_rng_key key = batch->key[l];
            key.purpose = TITR_PURPOSE_POLICY | 1U << TITR_PURPOSE_PART_SHIFT;
            const int level = drawn(p, s->n_levels, titr_rng_uniform(key, batch->index[l]));
            decision[l] = (titr_decision){.level = level, .propensity = p[level]};
        }
    }
    return TITR_OK;
}

const titr_agent_type titr_agent_epsilon_soft = {
    .part = {.name = "epsilon_soft",
             .doc = "another policy that chooses levels, with a share of random ones",
             .source = "sutton2018",
             TITR_OPTIONS(options, soft_def)},
    .wraps = 1,
    .plays_tasks = 1,
    .create = create,
    .destroy = destroy,
    .act = act,
    .probabilities = probabilities,
};
