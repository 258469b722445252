// SPDX-License-Identifier: GPL-3.0-or-later
/* One gradient step of a recurrent network on windows of consecutive choices [hausknecht2015]. The
 * first burn_in steps of a window only bring the hidden state up to date [kapturowski2019]; the
 * target network looks one step further, with a burn-in one step longer. */
#include "deep.h"

#include "titrate/agents/explore.h"

#include <string.h>

/* Kept off zero, so that every window can be drawn again. */
#define LEAST_PRIORITY 1e-6

static titr_status sample(titri_deep *d, titr_error *err)
{
    titri_training *t = d->training;
    titr_replay_sequences *w = &t->windows;
    const titr_schedule beta = {d->def.priority_beta_from, d->def.priority_beta_to,
                                d->def.priority_beta_steps};
    const titr_replay_draw draw = {.key = titri_deep_key(d, TITRI_STREAM_REPLAY),
                                   .count = (uint64_t)d->gradient_steps,
                                   .beta = titr_schedule_at(&beta, d->decisions)};
    TITR_TRY(titr_replay_sample_sequences(t->replay, &draw, w, err));
    const size_t rows = (w->burn_in + w->span + 1) * w->n;
    for (size_t k = 0; k < rows; k++) {
        titri_encode_stored(&d->encoder, &w->obs[k * d->n_obs], &t->x[k * d->encoder.n_in]);
    }
    return TITR_OK;
}

static titr_status forward(titri_deep *d, const titr_real *weights, size_t steps, size_t burn_in,
                           titr_real *out, titr_error *err)
{
    titri_training *t = d->training;
    const titr_net_input in = {.rows = t->windows.n,
                               .steps = steps,
                               .burn_in = burn_in,
                               .x = t->x,
                               .first = t->windows.reset};
    return titr_net_forward(d->net, weights, t->ws, &in, out, err);
}

/* One row of the span: step k of window b. @return |delta|, 0 where there is no step. */
static double compare(titri_deep *d, size_t k, size_t b, const titr_real *choosing)
{
    titri_training *t = d->training;
    const titr_replay_sequences *w = &t->windows;
    const size_t at = (w->burn_in + k) * w->n + b, row = k * w->n + b;
    const size_t wide = d->n_levels * d->head.atoms;
    if (!w->valid[at]) {
        return 0.0;
    }
    double value = 0.0;
    const size_t next = titri_best_next(d, &choosing[row * wide], w->mask[at + w->n], &value);
    const titri_aim aim = {(double)w->reward[at], (double)w->discount[at], &t->next_out[row * wide],
                           next, (double)w->weight[b] / (double)(w->n * w->span)};
    t->shown.value += value / (double)(w->n * w->span);
    return titri_head_learn(&d->head, &t->out[row * wide], NULL, (size_t)w->level[at], &aim,
                            &t->dout[row * wide]);
}

static void compare_all(titri_deep *d, const titr_real *choosing)
{
    titri_training *t = d->training;
    const titr_replay_sequences *w = &t->windows;
    const size_t rows = w->span * w->n;
    memset(t->dout, 0, rows * d->n_levels * d->head.atoms * sizeof *t->dout);
    for (size_t b = 0; b < w->n; b++) {
        double sum = 0.0;
        for (size_t k = 0; k < w->span; k++) {
            sum += compare(d, k, b, choosing);
        }
        t->priority[b] = sum / (double)w->span + LEAST_PRIORITY;
        t->shown.loss += sum / (double)rows;
    }
}

titr_status titri_sequence_step(titri_deep *d, titr_error *err)
{
    titri_training *t = d->training;
    const titr_replay_sequences *w = &t->windows;
    const size_t length = w->burn_in + w->span;
    const titr_real *choosing = t->next_out;
    TITR_TRY(sample(d, err));
    TITR_TRY(forward(d, t->target, length + 1, w->burn_in + 1, t->next_out, err));
    if (d->def.double_q) {
        TITR_TRY(forward(d, d->weights, length + 1, w->burn_in + 1, t->online_out, err));
        choosing = t->online_out;
    }
    TITR_TRY(forward(d, d->weights, length, w->burn_in, t->out, err));
    compare_all(d, choosing);
    titr_net_backward(d->net, d->weights, t->ws, t->dout, t->gradient);
    if (d->def.prioritised) {
        TITR_TRY(titr_replay_prioritise(t->replay, w->n, w->id, t->priority, err));
    }
    return titri_follow(d, err);
}
