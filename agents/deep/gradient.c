// SPDX-License-Identifier: GPL-3.0-or-later
/* One gradient step on a batch of single transitions. */
#include "deep.h"

#include "titrate/agents/explore.h"

#include <math.h>
#include <string.h>

/* Which pass of a gradient step: each has noise and taus of its own. */
enum { PASS_TARGET, PASS_CHOICE, PASS_ONLINE, N_PASSES };

/* Kept off zero, so that every transition can be drawn again. */
#define LEAST_PRIORITY 1e-6

static uint64_t draw_of(const titri_deep *d, int pass)
{
    return (uint64_t)d->gradient_steps * N_PASSES + (uint64_t)pass;
}

static titr_status forward(titri_deep *d, int pass, const titr_real *weights, const titr_real *x,
                           titr_real *tau, titr_real *out, titr_error *err)
{
    titri_training *t = d->training;
    const int implicit = d->def.tau_cosines > 0;
    const size_t taus = (size_t)d->def.batch * d->head.atoms;
    if (d->def.noisy) {
        titr_net_noise(d->net, titri_deep_key(d, TITRI_STREAM_NOISE), draw_of(d, pass), t->noise);
    }
    if (implicit) {
        titri_draw_tau(d, draw_of(d, pass), pass == PASS_CHOICE ? d->head.cvar : 1.0, taus, tau);
    }
    const titr_net_input in = {.rows = (size_t)d->def.batch,
                               .x = x,
                               .noise = d->def.noisy ? t->noise : NULL,
                               .taus = implicit ? d->head.atoms : 0,
                               .tau = tau};
    return titr_net_forward(d->net, weights, t->ws, &in, out, err);
}

static titr_status sample(titri_deep *d, titr_error *err)
{
    titri_training *t = d->training;
    const titri_deep_def *def = &d->def;
    const titr_schedule beta = {def->priority_beta_from, def->priority_beta_to,
                                def->priority_beta_steps};
    const titr_replay_draw draw = {.key = titri_deep_key(d, TITRI_STREAM_REPLAY),
                                   .count = (uint64_t)d->gradient_steps,
                                   .beta = titr_schedule_at(&beta, d->decisions)};
    TITR_TRY(titr_replay_sample(t->replay, &draw, &t->batch, err));
    for (size_t b = 0; b < t->batch.n; b++) {
        titri_encode_stored(&d->encoder, &t->batch.obs[b * d->n_obs], &t->x[b * d->encoder.n_in]);
        titri_encode_stored(&d->encoder, &t->batch.next_obs[b * d->n_obs],
                            &t->next_x[b * d->encoder.n_in]);
    }
    return TITR_OK;
}

/* Outputs of the target network at the next states, and those by which the next level is chosen. */
static titr_status look_ahead(titri_deep *d, const titr_real **choosing, titr_error *err)
{
    titri_training *t = d->training;
    const int own_taus = d->def.tau_cosines > 0 && d->head.cvar < 1.0;
    TITR_TRY(forward(d, PASS_TARGET, t->target, t->next_x, t->next_tau, t->next_out, err));
    *choosing = t->next_out;
    if (d->def.double_q || own_taus) {
        const titr_real *weights = d->def.double_q ? d->weights : t->target;
        TITR_TRY(forward(d, PASS_CHOICE, weights, t->next_x, t->tau, t->online_out, err));
        *choosing = t->online_out;
    }
    return TITR_OK;
}

/* Gradient of the batch's mean loss by the outputs, and the priorities. */
static void compare(titri_deep *d, const titr_real *choosing)
{
    titri_training *t = d->training;
    const titr_replay_batch *b = &t->batch;
    const size_t wide = d->n_levels * d->head.atoms;
    const int implicit = d->def.tau_cosines > 0;
    double loss = 0.0, values = 0.0;
    memset(t->dout, 0, b->n * wide * sizeof *t->dout);
    for (size_t k = 0; k < b->n; k++) {
        double value = 0.0;
        const uint64_t candidates = titri_supported(d, &choosing[k * wide], b->next_mask[k]);
        const size_t next = titri_best_next(d, &choosing[k * wide], candidates, &value);
        const titri_aim aim = {(double)b->reward[k], (double)b->discount[k], &t->next_out[k * wide],
                               next, (double)b->weight[k] / (double)b->n};
        const float *tau = implicit ? &t->tau[k * d->head.atoms] : NULL;
        const double delta = titri_head_learn(&d->head, &t->out[k * wide], tau, (size_t)b->level[k],
                                              &aim, &t->dout[k * wide]);
        titri_learn_offline_terms(d, &t->out[k * wide], (size_t)b->level[k], b->mask[k], aim.weight,
                                  &t->dout[k * wide]);
        t->priority[k] = delta + LEAST_PRIORITY;
        loss += delta;
        values += value;
    }
    t->shown.loss += loss / (double)b->n;
    t->shown.value += values / (double)b->n;
}

size_t titri_best_next(const titri_deep *d, const titr_real *out, uint64_t allowed, double *value)
{
    double q[TITR_LEVELS_MAX];
    titri_head head = d->head;
    head.cvar = d->def.tau_cosines > 0 ? 1.0 : head.cvar;
    titri_head_values(&head, out, q);
    size_t best = d->n_levels;
    for (size_t a = 0; a < d->n_levels; a++) {
        if ((allowed >> a & 1U) != 0 && (best == d->n_levels || q[a] > q[best])) {
            best = a;
        }
    }
    *value = q[best];
    return best;
}

titr_status titri_follow(titri_deep *d, titr_error *err)
{
    titri_training *t = d->training;
    const size_t n = titr_net_n_params(d->net);
    const double norm = titr_grad_clip(t->gradient, n, d->def.max_gradient);
    t->shown.gradient_norm += norm;
    t->shown.steps += 1.0;
    if (!isfinite(norm)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "the gradient is not finite after %lld gradient steps: a smaller "
                         "learning_rate or reward_scale is needed",
                         (long long)d->gradient_steps);
    }
    const titr_schedule anneal = {1.0, d->def.anneal_to, d->def.anneal_steps};
    const double rate = d->def.learning_rate * titr_schedule_at(&anneal, d->decisions);
    titr_optimiser_step(t->optimiser, rate, t->gradient, d->weights);
    d->gradient_steps++;
    if (d->gradient_steps % d->def.target_every == 0) {
        titr_target_update(t->target, d->weights, n, d->def.target_share);
    }
    return TITR_OK;
}

titr_status titri_gradient_step(titri_deep *d, titr_error *err)
{
    titri_training *t = d->training;
    const titr_real *choosing = NULL;
    TITR_TRY(sample(d, err));
    TITR_TRY(look_ahead(d, &choosing, err));
    TITR_TRY(forward(d, PASS_ONLINE, d->weights, t->x, t->tau, t->out, err));
    compare(d, choosing);
    titr_net_backward(d->net, d->weights, t->ws, t->dout, t->gradient);
    if (d->def.prioritised) {
        TITR_TRY(titr_replay_prioritise(t->replay, t->batch.n, t->batch.id, t->priority, err));
    }
    return titri_follow(d, err);
}
