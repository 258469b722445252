// SPDX-License-Identifier: GPL-3.0-or-later
/* Making and releasing a tabular agent. */
#include "learner.h"

#include <inttypes.h>
#include <stdlib.h>

#define TABLE_MAX ((size_t)40000000) /* pairs of cell and level: 1.1 GB */

void titri_learner_destroy(void *self)
{
    titri_learner *q = self;
    if (q == NULL) {
        return;
    }
    titri_features_fini(&q->features);
    for (size_t k = 0; k < q->n_tables; k++) {
        titri_qtable_fini(&q->table[k]);
    }
    for (size_t l = 0; q->traces != NULL && l < q->n_lanes; l++) {
        titri_traces_fini(&q->traces[l]);
    }
    free(q->traces);
    free(q->open);
    free(q->open_pair);
    free(q);
}

static titr_status check(const titri_learner *q, titr_error *err)
{
    const titri_tabular_def *d = &q->def;
    if ((size_t)d->fallback_level >= q->n_levels) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "fallback_level = %" PRId64 ", the action set has levels 0 to %zu",
                         d->fallback_level, q->n_levels - 1);
    }
    if (q->features.n > TABLE_MAX / q->n_levels / q->rule->n_tables) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "observe: the bins make %zu cells x %zu levels, at most %zu values are "
                         "allowed: use fewer bins%s",
                         q->features.n, q->n_levels, TABLE_MAX / q->rule->n_tables,
                         d->tilings > 1 ? " or tilings" : "");
    }
    return TITR_OK;
}

static int allocate_traces(titri_learner *q)
{
    const size_t room = titri_traces_room(q->features.n * q->n_levels, q->features.tilings);
    q->traces = calloc(q->n_lanes, sizeof *q->traces);
    int complete = q->traces != NULL;
    for (size_t l = 0; complete && l < q->n_lanes; l++) {
        complete = titri_traces_init(&q->traces[l], room);
    }
    return complete;
}

static int allocate(titri_learner *q)
{
    int complete = 1;
    while (complete && q->n_tables < q->rule->n_tables) {
        complete = titri_qtable_init(&q->table[q->n_tables], q->features.n, q->n_levels, &q->def);
        q->n_tables++;
    }
    const size_t tilings = q->features.tilings;
    q->open = calloc(q->n_lanes, sizeof *q->open);
    q->open_pair = calloc(q->n_lanes * tilings, sizeof *q->open_pair);
    complete = complete && q->open != NULL && q->open_pair != NULL;
    for (size_t l = 0; complete && l < q->n_lanes; l++) {
        q->open_pair[l * tilings] = -1;
    }
    return complete && (!q->rule->traces || allocate_traces(q));
}

static void tell(titri_learner *q, const titr_agent_context *context)
{
    q->observer = context->observer;
    q->discount =
        (titr_discount){q->def.gamma, q->def.gamma_half_life_min, context->decision_interval_min};
    q->seed = context->seed;
    q->n_levels = context->n_levels;
    q->n_obs = context->n_obs;
    q->n_lanes = context->n_lanes;
}

titr_status titri_learner_create(const titri_rule *rule, const titri_tabular_def *def,
                                 const titr_agent_context *context, void **self, titr_error *err)
{
    titri_learner *q = calloc(1, sizeof *q);
    if (q == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for agent %s", rule->name);
    }
    q->rule = rule;
    q->def = *def;
    tell(q, context);
    titr_status st = titri_features_init(&q->features, context->observer, (size_t)def->tilings)
                         ? check(q, err)
                         : titr_fail(err, TITR_ERR_NOMEM, "no memory for agent %s", rule->name);
    if (st == TITR_OK && !allocate(q)) {
        st = titr_fail(err, TITR_ERR_NOMEM, "no memory for a table of %zu values",
                       q->features.n * q->n_levels * rule->n_tables);
    }
    if (st != TITR_OK) {
        titri_learner_destroy(q);
        return st;
    }
    *self = q;
    return TITR_OK;
}

size_t titri_learner_memory_bytes(const titri_rule *rule, const titri_tabular_def *def,
                                  const titr_agent_context *context)
{
    const size_t tilings = (size_t)def->tilings;
    const size_t features = titri_features_count(context->observer, tilings);
    if (features > TABLE_MAX / context->n_levels) {
        return 0; /* create refuses it */
    }
    const size_t pairs = features * context->n_levels;
    const size_t lane = rule->traces ? titri_traces_room(pairs, tilings) * sizeof(titri_trace) : 0;
    return rule->n_tables * pairs * titri_qtable_pair_bytes() + context->n_lanes * lane;
}
