// SPDX-License-Identifier: GPL-3.0-or-later
/* From transitions to updates: one choice to the next.
 *
 * A decision is learned about where the mask leaves a choice. R is the discounted sum of rewards
 * until the next choice (or the end) and G the discount over that time: with a choice at every step
 * these are the textbook rules, with a choice at meals only their semi-Markov forms [bradtke1994].
 * An episode truncated between two choices teaches nothing about the last one. What is not valid, a
 * fault say, breaks the chain: the open choice and all traces are dropped. */
#include "learner.h"

#include "titrate/agents/levels.h"

static int64_t *pairs_of(const titri_learner *q, size_t lane)
{
    return &q->open_pair[lane * q->features.tilings];
}

static void drop(titri_learner *q, size_t lane)
{
    pairs_of(q, lane)[0] = -1;
    q->open[lane].waits = 0;
}

static void end_traces(titri_learner *q, size_t lane)
{
    if (q->traces != NULL) {
        titri_traces_end(&q->traces[lane], &q->table[0]);
    }
}

/* Of two tables either, with the same chance. */
static size_t pick_table(const titri_learner *q, size_t lane)
{
    if (q->n_tables == 1) {
        return 0;
    }
    uint32_t word[4];
    titri_own_words(q, TITR_PURPOSE_AGENT, lane, q->updates, word);
    return word[0] >> 31;
}

/* Learn about the open choice. @param[in] next NULL: the episode ended there. */
static void close(titri_learner *q, size_t lane, const titri_next *next)
{
    const titri_open *open = &q->open[lane];
    const int64_t *pair = pairs_of(q, lane);
    const size_t k = pick_table(q, lane);
    double target = open->rewards;
    if (next != NULL) {
        const titri_next from = {next->feature, next->mask, next->level, k};
        target += open->discount * q->rule->value(q, &from);
    }
    if (q->traces != NULL) {
        titri_traces_update(&q->traces[lane], &q->table[k], &q->def, pair, target);
        titri_traces_decay(&q->traces[lane], &q->table[k], q->def.lambda * open->discount);
    } else {
        titri_qtable_update(&q->table[k], &q->def, pair, target);
    }
    q->updates++;
    drop(q, lane);
}

/* Whether the greedy policy would not have given this level. */
static int strays(const titri_learner *q, const titri_next *at)
{
    double value[TITR_LEVELS_MAX];
    titri_learner_values(q, at->feature, value);
    return value[at->level] < value[titr_level_best(at->mask, q->n_levels, value)];
}

/* A choice was made: what waited for it is learned, and it opens. */
static void open_choice(titri_learner *q, const titr_transitions *t, size_t l)
{
    size_t feature[TITRI_TILINGS_MAX];
    titri_features_of(&q->features, &t->obs[l * q->n_obs], feature);
    const titri_next here = {feature, &t->mask[l * q->n_levels], t->level[l], 0};
    if (q->open[l].waits) {
        close(q, l, &here);
    }
    if (q->rule->cuts && strays(q, &here)) {
        end_traces(q, l);
    }
    q->open[l] = (titri_open){0.0, 1.0, 0};
    for (size_t k = 0; k < q->features.tilings; k++) {
        pairs_of(q, l)[k] = (int64_t)(feature[k] * q->n_levels + (size_t)t->level[l]);
    }
}

/* The next choice stands: learn, unless its level has to be awaited. */
static void reach_choice(titri_learner *q, const titr_transitions *t, size_t l)
{
    if (q->rule->waits && t->end[l] == TITR_END_NONE) {
        q->open[l].waits = 1;
        return;
    }
    size_t feature[TITRI_TILINGS_MAX];
    titri_features_of(&q->features, &t->next_obs[l * q->n_obs], feature);
    const titri_next next = {feature, &t->next_mask[l * q->n_levels], -1, 0};
    close(q, l, &next);
}

/* One lane's transition: open a choice, add up, close it at the next choice or the end. */
static void learn_lane(titri_learner *q, const titr_transitions *t, size_t l)
{
    if (titr_levels_allowed(&t->mask[l * q->n_levels], q->n_levels) > 1) {
        open_choice(q, t, l);
    }
    if (pairs_of(q, l)[0] >= 0) {
        titri_open *open = &q->open[l];
        open->rewards += open->discount * t->reward[l];
        open->discount *= titr_discount_over(&q->discount, t->elapsed_min[l]);
        if (t->end[l] == TITR_END_TERMINATED) {
            close(q, l, NULL);
        } else if (titr_levels_allowed(&t->next_mask[l * q->n_levels], q->n_levels) > 1) {
            reach_choice(q, t, l);
        }
    }
    if (t->end[l] != TITR_END_NONE) {
        drop(q, l);
        end_traces(q, l);
    }
}

titr_status titri_learner_learn(void *self, const titr_transitions *t, titr_error *err)
{
    (void)err;
    titri_learner *q = self;
    for (size_t l = 0; l < t->n; l++) {
        if (t->valid[l]) {
            learn_lane(q, t, l);
        } else { /* ended before, or a fault: nothing may be learned across it */
            drop(q, l);
            end_traces(q, l);
        }
    }
    return TITR_OK;
}
