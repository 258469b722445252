// SPDX-License-Identifier: GPL-3.0-or-later
/* Choosing levels: one forward pass for all lanes that have to decide. */
#include "deep.h"

#include "titrate/agents/explore.h"
#include "titrate/agents/levels.h"

#include <string.h>

/* Observations and hidden states of the lanes that decide, one after the other. @return how many.
 */
static size_t gather(titri_deep *d, const titr_batch *batch, int all)
{
    titri_acting *a = &d->acting;
    const size_t gru = (size_t)d->def.gru;
    size_t rows = 0;
    for (size_t l = 0; l < batch->n; l++) {
        if (!all && !batch->running[l]) {
            continue;
        }
        titri_encode(&d->encoder, &batch->obs[l * d->n_obs], &a->x[rows * d->encoder.n_in]);
        memcpy(&a->h[rows * gru], &a->hidden[l * gru], gru * sizeof *a->h);
        a->fresh[l] |= batch->first[l];
        a->first[rows] = a->fresh[l];
        a->lane[rows++] = l;
    }
    return rows;
}

/* Outputs of the gathered lanes. @param[in] noise NULL: the network's mean. */
static titr_status forward(titri_deep *d, size_t rows, const titr_real *noise, titr_error *err)
{
    titri_acting *a = &d->acting;
    const int recurrent = d->def.gru > 0;
    const titr_net_input in = {.rows = rows,
                               .x = a->x,
                               .noise = noise,
                               .h0 = recurrent ? a->h : NULL,
                               .first = recurrent ? a->first : NULL,
                               .h_last = recurrent ? a->h : NULL,
                               .taus = d->def.tau_cosines > 0 ? d->head.atoms : 0,
                               .tau = a->tau};
    return rows > 0 ? titr_net_forward(d->net, d->weights, a->ws, &in, a->out, err) : TITR_OK;
}

/* Values of one gathered lane. Implicit quantiles were asked for within the share already. */
static void values_of(const titri_deep *d, size_t row, double *q)
{
    titri_head head = d->head;
    head.cvar = d->def.tau_cosines > 0 ? 1.0 : head.cvar;
    titri_head_values(&head, &d->acting.out[row * d->n_levels * d->head.atoms], q);
}

/* Of the allowed levels those that may be considered. */
static void narrow(const titri_deep *d, const titr_real *out, const unsigned char *mask,
                   unsigned char *narrowed)
{
    uint64_t allowed = 0;
    for (size_t a = 0; a < d->n_levels; a++) {
        allowed |= mask[a] != 0 ? UINT64_C(1) << a : 0;
    }
    allowed = titri_supported(d, out, allowed);
    for (size_t a = 0; a < d->n_levels; a++) {
        narrowed[a] = (allowed >> a & 1U) != 0;
    }
}

static titr_decision choose(const titri_deep *d, size_t row, const unsigned char *allowed,
                            double epsilon, titr_rng_key key, uint32_t index)
{
    uint32_t word[4] = {0};
    unsigned char mask[TITR_LEVELS_MAX];
    narrow(d, &d->acting.out[row * d->n_levels * d->head.atoms], allowed, mask);
    if (epsilon > 0.0) {
        titr_rng_words(key, index, word);
    }
    const titr_choice choice = titr_choose_epsilon(mask, d->n_levels, d->acting.q, epsilon, word);
    return (titr_decision){.level = (int)choice.level, .propensity = choice.propensity};
}

/* While learning the draws are the agent's own, so that an episode played again is not explored
 * alike; in evaluation they are the episode's. */
static titr_rng_key draw_key(const titri_deep *d, const titr_batch *batch, titr_act_mode mode,
                             size_t l, uint32_t *index)
{
    if (mode == TITR_ACT_EXPLORE) {
        *index = (uint32_t)d->calls;
        return (titr_rng_key){.seed = d->seed,
                              .purpose = TITR_PURPOSE_EXPLORE,
                              .patient = (uint32_t)l,
                              .episode = (uint32_t)(d->calls >> 32)};
    }
    titr_rng_key key = batch->key[l];
    key.purpose = TITR_PURPOSE_POLICY;
    *index = batch->index[l];
    return key;
}

static double epsilon_of(const titri_deep *d, titr_act_mode mode)
{
    const titri_deep_def *def = &d->def;
    const titr_schedule schedule = {def->epsilon_from, def->epsilon_to, def->epsilon_steps};
    return mode == TITR_ACT_EXPLORE ? titr_schedule_at(&schedule, d->decisions)
                                    : def->evaluation_epsilon;
}

/* A lane's decision is made: what it has seen is remembered. Only choices are learned from, so what
 * led to anything else is not. @return 1 = it was a choice. */
static int remember(titri_deep *d, size_t row, const unsigned char *mask)
{
    titri_acting *a = &d->acting;
    const size_t l = a->lane[row], gru = (size_t)d->def.gru;
    const int is_choice = titr_levels_allowed(mask, d->n_levels) > 1;
    if (is_choice) {
        memcpy(&a->hidden[l * gru], &a->h[row * gru], gru * sizeof *a->h);
        a->fresh[l] = 0;
    }
    return is_choice;
}

titr_status titri_deep_act(void *self, const titr_batch *batch, titr_act_mode mode,
                           titr_decision *decision, titr_error *err)
{
    titri_deep *d = self;
    titri_acting *a = &d->acting;
    const int explores = mode == TITR_ACT_EXPLORE;
    const int noisy = explores && d->def.noisy;
    if (noisy) {
        titr_net_noise(d->net, titri_deep_key(d, TITRI_STREAM_NOISE_ACT), d->calls, a->noise);
    }
    const size_t rows = gather(d, batch, 0);
    TITR_TRY(forward(d, rows, noisy ? a->noise : NULL, err));
    for (size_t row = 0; row < rows; row++) {
        const size_t l = a->lane[row];
        const unsigned char *mask = &batch->mask[l * d->n_levels];
        uint32_t index = 0;
        const titr_rng_key key = draw_key(d, batch, mode, l, &index);
        values_of(d, row, a->q);
        decision[l] = choose(d, row, mask, epsilon_of(d, mode), key, index);
        d->decisions += remember(d, row, mask) && explores;
    }
    d->calls += (uint64_t)explores;
    return TITR_OK;
}

titr_status titri_deep_probabilities(void *self, const titr_batch *batch, double *p,
                                     titr_error *err)
{
    titri_deep *d = self;
    titri_acting *a = &d->acting;
    const size_t rows = gather(d, batch, 0);
    TITR_TRY(forward(d, rows, NULL, err));
    for (size_t row = 0; row < rows; row++) {
        unsigned char mask[TITR_LEVELS_MAX];
        const size_t l = a->lane[row];
        const unsigned char *allowed = &batch->mask[l * d->n_levels];
        values_of(d, row, a->q);
        narrow(d, &a->out[row * d->n_levels * d->head.atoms], allowed, mask);
        titr_epsilon_probabilities(mask, d->n_levels, a->q, epsilon_of(d, TITR_ACT_GREEDY),
                                   &p[l * d->n_levels]);
        (void)remember(d, row, allowed);
    }
    return TITR_OK;
}

/* Hidden states stay where they are: asking is not deciding. */
titr_status titri_deep_values(void *self, const titr_batch *batch, double *q, titr_error *err)
{
    titri_deep *d = self;
    const size_t rows = gather(d, batch, 1);
    TITR_TRY(forward(d, rows, NULL, err));
    for (size_t row = 0; row < rows; row++) {
        values_of(d, row, &q[row * d->n_levels]);
    }
    return TITR_OK;
}
