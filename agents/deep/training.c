// SPDX-License-Identifier: GPL-3.0-or-later
/* What only training needs: made when the first transitions come, not for evaluation. */
#include "deep.h"

#include "titrate/agents/explore.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

titr_replay_spec titri_replay_spec(const titri_deep_def *def, const titr_discount *discount,
                                   size_t n_lanes, size_t n_obs, size_t n_levels)
{
    return (titr_replay_spec){.capacity = (size_t)def->replay_size,
                              .n_lanes = n_lanes,
                              .n_obs = n_obs,
                              .n_levels = n_levels,
                              .n_step = (size_t)(def->gru > 0 ? 1 : def->n_step),
                              .discount = *discount,
                              .alpha = def->prioritised ? def->priority_alpha : 0.0};
}

size_t titri_deep_memory(const void *def, const titr_agent_context *context)
{
    const titr_discount discount = {1.0, 1.0, 1.0};
    const titr_replay_spec spec =
        titri_replay_spec(def, &discount, context->n_lanes, context->n_obs, context->n_levels);
    return titr_replay_bytes(&spec);
}

/* A batch of single steps. */
static int make_batch(const titri_deep *d, titri_training *t)
{
    titr_replay_batch *b = &t->batch;
    const size_t n = (size_t)d->def.batch;
    b->n = n;
    b->obs = calloc(n * d->n_obs, sizeof *b->obs);
    b->next_obs = calloc(n * d->n_obs, sizeof *b->next_obs);
    b->mask = calloc(n, sizeof *b->mask);
    b->next_mask = calloc(n, sizeof *b->next_mask);
    b->level = calloc(n, sizeof *b->level);
    b->reward = calloc(n, sizeof *b->reward);
    b->discount = calloc(n, sizeof *b->discount);
    b->weight = calloc(n, sizeof *b->weight);
    b->id = calloc(n, sizeof *b->id);
    return b->obs && b->next_obs && b->mask && b->next_mask && b->level && b->reward &&
           b->discount && b->weight && b->id;
}

/* A batch of windows for a recurrent network. */
static int make_windows(const titri_deep *d, titri_training *t)
{
    titr_replay_sequences *w = &t->windows;
    w->n = (size_t)d->def.batch;
    w->burn_in = (size_t)d->def.burn_in;
    w->span = (size_t)d->def.unroll;
    const size_t rows = (w->burn_in + w->span + 1) * w->n;
    w->obs = calloc(rows * d->n_obs, sizeof *w->obs);
    w->mask = calloc(rows, sizeof *w->mask);
    w->level = calloc(rows, sizeof *w->level);
    w->reward = calloc(rows, sizeof *w->reward);
    w->discount = calloc(rows, sizeof *w->discount);
    w->valid = calloc(rows, 1);
    w->reset = calloc(rows, 1);
    w->weight = calloc(w->n, sizeof *w->weight);
    w->id = calloc(w->n, sizeof *w->id);
    return w->obs && w->mask && w->level && w->reward && w->discount && w->valid && w->reset &&
           w->weight && w->id;
}

static int make_networks(const titri_deep *d, titri_training *t)
{
    const size_t n = titr_net_n_params(d->net), steps = d->def.gru > 0 ? t->windows.span : 1;
    const size_t in_steps = d->def.gru > 0 ? t->windows.burn_in + steps + 1 : 1;
    const size_t in = in_steps * (size_t)d->def.batch * d->encoder.n_in;
    const size_t outs = steps * (size_t)d->def.batch * d->n_levels * d->head.atoms;
    t->target = calloc(n, sizeof *t->target);
    t->gradient = calloc(n, sizeof *t->gradient);
    t->noise = calloc(titr_net_n_noise(d->net) + 1, sizeof *t->noise);
    t->x = calloc(in, sizeof *t->x);
    t->next_x = calloc(in, sizeof *t->next_x);
    t->out = calloc(outs, sizeof *t->out);
    t->next_out = calloc(outs, sizeof *t->next_out);
    t->online_out = calloc(outs, sizeof *t->online_out);
    t->dout = calloc(outs, sizeof *t->dout);
    t->tau = calloc((size_t)d->def.batch * d->head.atoms, sizeof *t->tau);
    t->next_tau = calloc((size_t)d->def.batch * d->head.atoms, sizeof *t->next_tau);
    return t->target && t->gradient && t->noise && t->x && t->next_x && t->out && t->next_out &&
           t->online_out && t->dout && t->tau && t->next_tau;
}

static int make_lanes(const titri_deep *d, titri_training *t)
{
    t->priority = calloc((size_t)d->def.batch, sizeof *t->priority);
    t->choice = calloc(d->n_lanes, sizeof *t->choice);
    t->choice_obs = calloc(d->n_lanes * d->n_obs, sizeof *t->choice_obs);
    t->choice_mask = calloc(d->n_lanes * d->n_levels, 1);
    t->choice_rows = calloc(d->n_lanes * 5, sizeof *t->choice_rows);
    return t->priority && t->choice && t->choice_obs && t->choice_mask && t->choice_rows;
}

static titr_status make_parts(const titri_deep *d, titri_training *t, titr_error *err)
{
    titr_optimiser_def how = titr_optimiser_default_def((titr_optimiser_kind)d->def.optimiser);
    how.eps = d->def.optimiser_epsilon;
    TITR_TRY(titr_optimiser_create(&how, titr_net_n_params(d->net), &t->optimiser, err));
    const int recurrent = d->def.gru > 0;
    const titr_net_limits limits = {(size_t)d->def.batch,
                                    recurrent ? t->windows.burn_in + t->windows.span + 1 : 1,
                                    d->def.tau_cosines > 0 ? d->head.atoms : 0};
    TITR_TRY(titr_net_ws_create(d->net, limits, &t->ws, err));
    const titr_replay_spec spec =
        titri_replay_spec(&d->def, &d->discount, d->n_lanes, d->n_obs, d->n_levels);
    return titr_replay_create(&spec, &t->replay, err);
}

titr_status titri_training_create(const titri_deep *d, titri_training **out, titr_error *err)
{
    titri_training *t = calloc(1, sizeof *t);
    const int made = t != NULL && make_lanes(d, t) &&
                     (d->def.gru > 0 ? make_windows(d, t) : make_batch(d, t)) &&
                     make_networks(d, t);
    const titr_status st =
        made ? make_parts(d, t, err)
             : titr_fail(err, TITR_ERR_NOMEM, "no memory to train with batches of %lld",
                         (long long)d->def.batch);
    if (st != TITR_OK) {
        titri_training_destroy(t);
        return st;
    }
    memcpy(t->target, d->weights, titr_net_n_params(d->net) * sizeof *t->target);
    *out = t;
    return TITR_OK;
}

static void free_samples(titri_training *t)
{
    free(t->batch.obs);
    free(t->batch.next_obs);
    free(t->batch.mask);
    free(t->batch.next_mask);
    free(t->batch.level);
    free(t->batch.reward);
    free(t->batch.discount);
    free(t->batch.weight);
    free(t->batch.id);
    free(t->windows.obs);
    free(t->windows.mask);
    free(t->windows.level);
    free(t->windows.reward);
    free(t->windows.discount);
    free(t->windows.valid);
    free(t->windows.reset);
    free(t->windows.weight);
    free(t->windows.id);
}

void titri_training_destroy(titri_training *t)
{
    if (t == NULL) {
        return;
    }
    free_samples(t);
    titr_replay_destroy(t->replay);
    titr_optimiser_destroy(t->optimiser);
    titr_net_ws_destroy(t->ws);
    free(t->target);
    free(t->gradient);
    free(t->noise);
    free(t->x);
    free(t->next_x);
    free(t->out);
    free(t->next_out);
    free(t->online_out);
    free(t->dout);
    free(t->tau);
    free(t->next_tau);
    free(t->priority);
    free(t->choice);
    free(t->choice_obs);
    free(t->choice_mask);
    free(t->choice_rows);
    free(t);
}

/* Whether it is time for gradient steps: enough was seen, and learn_every decisions were made since
 * the last ones. With many lanes decisions come in lumps: each lump is paid for in full. */
static int64_t steps_due(const titri_deep *d)
{
    const titri_deep_def *def = &d->def;
    if (d->decisions < def->learn_start ||
        titr_replay_ready(d->training->replay) < (size_t)def->batch) {
        return 0;
    }
    return (d->decisions - d->learned_at) / def->learn_every;
}

/* Up to the first gradient step it is only looked; there what was seen is settled. */
static void look(titri_deep *d, const titr_transitions *t)
{
    for (size_t l = 0; l < t->n && d->gradient_steps == 0; l++) {
        if (t->valid[l]) {
            titri_encoder_see(&d->encoder, &t->obs[l * d->n_obs], 1);
        }
    }
    if (d->decisions < d->def.learn_start) {
        d->learned_at = d->decisions;
    }
}

titr_status titri_deep_learn(void *self, const titr_transitions *t, titr_error *err)
{
    titri_deep *d = self;
    if (d->training == NULL) {
        TITR_TRY(titri_training_create(d, &d->training, err));
    }
    look(d, t);
    TITR_TRY(titri_choices_take(d, t, err));
    for (int64_t due = steps_due(d); due > 0; due--) {
        if (d->gradient_steps == 0) {
            titri_encoder_settle(&d->encoder);
        }
        for (int64_t k = 0; k < d->def.gradient_steps; k++) {
            TITR_TRY(d->def.gru > 0 ? titri_sequence_step(d, err) : titri_gradient_step(d, err));
        }
        d->learned_at += d->def.learn_every;
    }
    return TITR_OK;
}

const titr_reported titri_deep_reported[TITRI_N_REPORTED] = {
    {"loss", "1", "mean absolute temporal difference, or distance of distributions"},
    {"value", "1", "mean value of the next states, rewards scaled"},
    {"gradient_norm", "1", "mean norm of the gradient before it is shortened"},
    {"epsilon", "1", "probability of a random level"},
    {"gradient_steps", "1", "gradient steps so far"},
};

void titri_deep_report(void *self, double *value)
{
    titri_deep *d = self;
    const titri_deep_def *def = &d->def;
    const titr_schedule epsilon = {def->epsilon_from, def->epsilon_to, def->epsilon_steps};
    const titri_shown none = {0}, shown = d->training != NULL ? d->training->shown : none;
    value[0] = shown.steps > 0.0 ? shown.loss / shown.steps : (double)NAN;
    value[1] = shown.steps > 0.0 ? shown.value / shown.steps : (double)NAN;
    value[2] = shown.steps > 0.0 ? shown.gradient_norm / shown.steps : (double)NAN;
    value[3] = titr_schedule_at(&epsilon, d->decisions);
    value[4] = (double)d->gradient_steps;
    if (d->training != NULL) {
        d->training->shown = none;
    }
}
