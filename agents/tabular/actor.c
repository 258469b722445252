// SPDX-License-Identifier: GPL-3.0-or-later
/* Choosing levels by the values.
 *
 * While it explores, an untried pair counts with initial_value (optimistic if that is above what
 * can be earned), so it will be tried; masks act in the draw and in the greedy choice, of equal
 * values the lowest level wins. How it is evaluated: safe.c. */
#include "learner.h"
#include "safe.h"

#include "titrate/agents/levels.h"

#include <math.h>

const titr_reported titri_learner_reported[TITRI_N_REPORTED] = {
    {"epsilon", "1", "probability of a random level; none with Boltzmann exploration"},
    {"temperature", "1", "of Boltzmann exploration; none with epsilon-greedy"},
};

void titri_learner_report(void *self, double *value)
{
    const titri_learner *q = self;
    const int boltzmann = q->def.exploration == TITRI_BOLTZMANN;
    value[0] = boltzmann ? (double)NAN : titr_schedule_at(&q->def.epsilon, q->decisions);
    value[1] = boltzmann ? titr_schedule_at(&q->def.temperature, q->decisions) : (double)NAN;
}

void titri_learner_values(const titri_learner *q, const size_t *feature, double *value)
{
    titri_qtable_values(&q->table[0], feature, value);
    if (q->n_tables == 2) {
        double other[TITR_LEVELS_MAX];
        titri_qtable_values(&q->table[1], feature, other);
        for (size_t a = 0; a < q->n_levels; a++) {
            value[a] = 0.5 * (value[a] + other[a]);
        }
    }
}

void titri_own_words(const titri_learner *q, titr_purpose purpose, size_t lane, int64_t counter,
                     uint32_t word[4])
{
    const uint64_t count = (uint64_t)counter;
    const titr_rng_key key = {.seed = q->seed,
                              .purpose = (uint32_t)purpose,
                              .patient = (uint32_t)lane,
                              .episode = (uint32_t)(count >> 32)};
    titr_rng_words(key, (uint32_t)count, word);
}

static void draw(const titri_learner *q, const titr_batch *batch, size_t lane, uint32_t word[4])
{
    if (q->rule->own_draws) {
        titri_own_words(q, TITR_PURPOSE_EXPLORE, lane, q->decisions, word);
    } else {
        titr_rng_key key = batch->key[lane];
        key.purpose = TITR_PURPOSE_EXPLORE;
        titr_rng_words(key, batch->index[lane], word);
    }
}

static titr_choice explore(const titri_learner *q, const titr_batch *batch, size_t lane,
                           const double *value)
{
    const titri_tabular_def *d = &q->def;
    const unsigned char *mask = &batch->mask[lane * q->n_levels];
    uint32_t word[4];
    draw(q, batch, lane, word);
    if (d->exploring_starts && batch->first[lane]) {
        return titr_choose_epsilon(mask, q->n_levels, value, 1.0, word);
    }
    if (d->exploration == TITRI_BOLTZMANN) {
        const double temperature = titr_schedule_at(&d->temperature, q->decisions);
        return titr_choose_boltzmann(mask, q->n_levels, value, temperature, word);
    }
    const double epsilon = titr_schedule_at(&d->epsilon, q->decisions);
    return titr_choose_epsilon(mask, q->n_levels, value, epsilon, word);
}

titr_status titri_learner_act(void *self, const titr_batch *batch, titr_act_mode mode,
                              titr_decision *decision, titr_error *err)
{
    (void)err;
    titri_learner *q = self;
    for (size_t l = 0; l < batch->n; l++) {
        if (!batch->running[l]) {
            continue;
        }
        size_t feature[TITRI_TILINGS_MAX];
        const unsigned char *mask = &batch->mask[l * q->n_levels];
        titri_features_of(&q->features, &batch->obs[l * q->n_obs], feature);
        titr_choice choice = {0, 1.0};
        if (mode == TITR_ACT_EXPLORE) {
            double value[TITR_LEVELS_MAX];
            titri_learner_values(q, feature, value);
            choice = explore(q, batch, l, value);
            q->decisions += titr_levels_allowed(mask, q->n_levels) > 1;
        } else {
            choice.level = titri_safe_level(q, feature, mask);
        }
        decision[l] = (titr_decision){.level = (int)choice.level, .propensity = choice.propensity};
    }
    return TITR_OK;
}

titr_status titri_learner_values_of(void *self, const titr_batch *batch, double *value,
                                    titr_error *err)
{
    (void)err;
    const titri_learner *q = self;
    for (size_t l = 0; l < batch->n; l++) {
        size_t feature[TITRI_TILINGS_MAX];
        titri_features_of(&q->features, &batch->obs[l * q->n_obs], feature);
        titri_learner_values(q, feature, &value[l * q->n_levels]);
    }
    return TITR_OK;
}
