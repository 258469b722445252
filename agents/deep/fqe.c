// SPDX-License-Identifier: GPL-3.0-or-later
/* Fitted Q evaluation [le2019], with the encoder, the network, the loss and the optimiser of the
 * deep learners.
 *
 * Inside, rewards are standardised by their mean m and SD s, and the network gives f of (2)
 * likewise: with L the decisions left and L' those left after the next one,
 *
 *   target = ((r + g L' (m + s sum_a' pi(a' | s') out(s', a'))) / L - m) / s                    (3)
 *
 * Without a horizon L = L' = 1 and m = 0. */
#include "titrate/agents/fqe.h"

#include "titrate/agents/net.h"
#include "titrate/agents/optimiser.h"
#include "titrate/base/rng.h"

#include "encode.h"
#include "head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GRADIENT 10.0
#define NO_ROW SIZE_MAX

struct titr_fqe {
    titr_fqe_def def;
    titr_fqe_data d;
    size_t rows, n_in;
    double mean, sd; /* m and s of (3) */
    titr_real *x;    /* [rows][n_in] */
    size_t *next;    /* [rows] the decision after it; NO_ROW: none */
    titri_head head;
    titr_net *net;
    titr_net_ws *ws;
    titr_optimiser *optimiser;
    titr_real *weights, *target, *gradient;          /* [n_params] */
    size_t *row;                                     /* [batch] drawn */
    titr_real *in, *next_in, *out, *next_out, *dout; /* [batch][..] */
    int64_t done;                                    /* gradient steps */
};

static titr_rng_key key_of(const titr_fqe *f, uint32_t stream)
{
    return (titr_rng_key){.seed = f->def.seed,
                          .purpose = TITR_PURPOSE_AGENT | (stream + 32U)
                                                              << TITR_PURPOSE_PART_SHIFT};
}

static double left_of(const titr_fqe *f, size_t row)
{
    return f->d.left != NULL ? f->d.left[row] : 1.0;
}

static titr_status check_row(const titr_fqe_data *d, size_t k, titr_error *err)
{
    if (d->level[k] < 0 || (size_t)d->level[k] >= d->n_levels || !isfinite(d->reward[k]) ||
        !(d->discount[k] >= 0.0 && d->discount[k] <= 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "decision %zu: level %d (0 to %zu), reward %g, discount %g (0 to 1)", k,
                         d->level[k], d->n_levels - 1, d->reward[k], d->discount[k]);
    }
    if (d->left != NULL && !(d->left[k] >= 1.0 && isfinite(d->left[k]))) {
        return titr_fail(err, TITR_ERR_RANGE, "decision %zu: %g decisions left, at least 1", k,
                         d->left[k]);
    }
    return TITR_OK;
}

static titr_status check(const titr_fqe_def *def, const titr_fqe_data *d, titr_error *err)
{
    if (d->n == 0 || d->first[0] != 0 || d->first[d->n] == 0) {
        return titr_fail(err, TITR_ERR_RANGE, "no decision to learn from");
    }
    if (def->batch < 1 || def->steps < 1 || def->rounds < 1 || !(def->learning_rate > 0.0) ||
        def->hidden.n > TITR_NET_HIDDEN_MAX) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "batch %lld, steps %lld, rounds %lld, learning rate %g: expected more "
                         "than 0; %zu hidden layers, at most %d",
                         (long long)def->batch, (long long)def->steps, (long long)def->rounds,
                         def->learning_rate, def->hidden.n, TITR_NET_HIDDEN_MAX);
    }
    for (size_t k = 0; k < d->first[d->n]; k++) {
        TITR_TRY(check_row(d, k, err));
    }
    return TITR_OK;
}

/* Mean and SD of the rewards; their size alone where there is no horizon. */
static void scale_rewards(titr_fqe *f)
{
    double sum = 0.0, squares = 0.0;
    for (size_t k = 0; k < f->rows; k++) {
        sum += f->d.reward[k];
    }
    f->mean = f->d.left != NULL ? sum / (double)f->rows : 0.0;
    for (size_t k = 0; k < f->rows; k++) {
        squares += (f->d.reward[k] - f->mean) * (f->d.reward[k] - f->mean);
    }
    f->sd = sqrt(squares / (double)f->rows);
    f->sd = f->sd > 0.0 ? f->sd : 1.0;
}

/* Moments of what is observed. @param[out] seen [n_obs] work space. @return the most that is left.
 */
static double see_rows(const titr_fqe *f, titri_encoder *encoder, double *seen)
{
    double longest = 1.0;
    for (size_t k = 0; k < f->rows; k++) {
        for (size_t i = 0; i < f->d.n_obs; i++) {
            seen[i] = (double)f->d.obs[k * f->d.n_obs + i];
        }
        titri_encoder_see(encoder, seen, 1);
        longest = fmax(longest, left_of(f, k));
    }
    titri_encoder_settle(encoder);
    return longest;
}

/* Observations as the network takes them in; the last input is how much is left. */
static titr_status encode_rows(titr_fqe *f, titr_error *err)
{
    titri_encoder encoder;
    TITR_TRY(titri_encoder_make(&encoder, f->d.n_obs, f->d.discrete, TITRI_RUNNING, err));
    f->n_in = encoder.n_in + (f->d.left != NULL);
    f->x = calloc(f->rows * f->n_in, sizeof *f->x);
    double *seen = calloc(f->d.n_obs, sizeof *seen);
    if (seen == NULL || f->x == NULL) {
        free(seen);
        titri_encoder_fini(&encoder);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu decisions", f->rows);
    }
    const double longest = see_rows(f, &encoder, seen);
    for (size_t k = 0; k < f->rows; k++) {
        titr_real *x = &f->x[k * f->n_in];
        titri_encode_stored(&encoder, &f->d.obs[k * f->d.n_obs], x);
        if (f->d.left != NULL) {
            x[f->n_in - 1] = (titr_real)(2.0 * left_of(f, k) / longest - 1.0);
        }
    }
    titri_encoder_fini(&encoder);
    free(seen);
    return TITR_OK;
}

static void link_rows(titr_fqe *f)
{
    for (size_t i = 0; i < f->d.n; i++) {
        for (size_t k = f->d.first[i]; k < f->d.first[i + 1]; k++) {
            f->next[k] = k + 1 < f->d.first[i + 1] ? k + 1 : NO_ROW;
        }
    }
}

static titr_status make_network(titr_fqe *f, titr_error *err)
{
    titr_net_spec spec = titr_net_default_spec();
    spec.n_in = f->n_in;
    spec.n_hidden = f->def.hidden.n;
    for (size_t i = 0; i < spec.n_hidden; i++) {
        spec.hidden[i] = (size_t)f->def.hidden.v[i];
    }
    spec.n_out = f->d.n_levels;
    spec.deterministic = f->def.deterministic;
    TITR_TRY(titr_net_create(&spec, &f->net, err));
    const titr_net_limits limits = {(size_t)f->def.batch, 1, 0};
    TITR_TRY(titr_net_ws_create(f->net, limits, &f->ws, err));
    const titr_optimiser_def how = titr_optimiser_default_def(TITR_ADAM);
    return titr_optimiser_create(&how, titr_net_n_params(f->net), &f->optimiser, err);
}

static titr_status make_arrays(titr_fqe *f, titr_error *err)
{
    const size_t n = titr_net_n_params(f->net), batch = (size_t)f->def.batch;
    f->next = calloc(f->rows, sizeof *f->next);
    f->weights = calloc(n, sizeof *f->weights);
    f->target = calloc(n, sizeof *f->target);
    f->gradient = calloc(n, sizeof *f->gradient);
    f->row = calloc(batch, sizeof *f->row);
    f->in = calloc(batch * f->n_in, sizeof *f->in);
    f->next_in = calloc(batch * f->n_in, sizeof *f->next_in);
    f->out = calloc(batch * f->d.n_levels, sizeof *f->out);
    f->next_out = calloc(batch * f->d.n_levels, sizeof *f->next_out);
    f->dout = calloc(batch * f->d.n_levels, sizeof *f->dout);
    return f->next && f->weights && f->target && f->gradient && f->row && f->in && f->next_in &&
                   f->out && f->next_out && f->dout
               ? TITR_OK
               : titr_fail(err, TITR_ERR_NOMEM, "no memory for a network of %zu weights", n);
}

titr_status titr_fqe_create(const titr_fqe_def *def, const titr_fqe_data *data, titr_fqe **out,
                            titr_error *err)
{
    TITR_TRY(check(def, data, err));
    titr_fqe *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a fit");
    }
    f->def = *def;
    f->d = *data;
    f->rows = data->first[data->n];
    f->head = (titri_head){.kind = TITRI_HEAD_SCALAR,
                           .loss = TITRI_LOSS_MSE,
                           .n_levels = data->n_levels,
                           .atoms = 1,
                           .stride_level = 1,
                           .stride_atom = 1,
                           .cvar = 1.0};
    scale_rewards(f);
    titr_status st = encode_rows(f, err);
    st = st == TITR_OK ? make_network(f, err) : st;
    st = st == TITR_OK ? make_arrays(f, err) : st;
    if (st != TITR_OK) {
        titr_fqe_destroy(f);
        return st;
    }
    link_rows(f);
    titr_net_init(f->net, key_of(f, 0), f->weights);
    *out = f;
    return TITR_OK;
}

void titr_fqe_destroy(titr_fqe *f)
{
    if (f == NULL) {
        return;
    }
    titr_optimiser_destroy(f->optimiser);
    titr_net_ws_destroy(f->ws);
    titr_net_destroy(f->net);
    void *const owned[] = {f->x,  f->next, f->weights, f->target,   f->gradient, f->row,
                           f->in, f->out,  f->next_in, f->next_out, f->dout};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        free(owned[i]);
    }
    free(f);
}

static void draw(titr_fqe *f)
{
    titr_rng_key key = key_of(f, 1);
    key.patient = (uint32_t)f->done;
    key.episode = (uint32_t)((uint64_t)f->done >> 32);
    const size_t wide = f->n_in * sizeof *f->in;
    for (size_t b = 0; b < (size_t)f->def.batch; b++) {
        const size_t k = titr_rng_below(key, (uint32_t)b, (uint32_t)f->rows);
        f->row[b] = k;
        memcpy(&f->in[b * f->n_in], &f->x[k * f->n_in], wide);
        memcpy(&f->next_in[b * f->n_in], &f->x[(f->next[k] != NO_ROW ? f->next[k] : k) * f->n_in],
               wide);
    }
}

static titr_status forward(titr_fqe *f, const titr_real *weights, const titr_real *in, size_t rows,
                           titr_real *out, titr_error *err)
{
    const titr_net_input input = {.rows = rows, .x = in};
    return titr_net_forward(f->net, weights, f->ws, &input, out, err);
}

/* Equation (3). In the first round, out(s', a') is 0: what follows earns the mean reward. */
static double target_of(const titr_fqe *f, size_t b, int first_round)
{
    const size_t k = f->row[b], next = f->next[k];
    double later = 0.0;
    if (next != NO_ROW) {
        double sum = 0.0, value = 0.0;
        const float *p = &f->d.probability[next * f->d.n_levels];
        for (size_t a = 0; a < f->d.n_levels; a++) {
            sum += (double)p[a];
            value += (double)p[a] * (double)f->next_out[b * f->d.n_levels + a];
        }
        value = first_round ? 0.0 : value / sum;
        later = f->d.discount[k] * left_of(f, next) * (f->mean + f->sd * value);
    }
    return ((f->d.reward[k] + later) / left_of(f, k) - f->mean) / f->sd;
}

static titr_status gradient_step(titr_fqe *f, int first_round, titr_error *err)
{
    const size_t n = titr_net_n_params(f->net), batch = (size_t)f->def.batch;
    const double whole = (double)f->def.steps * (double)f->def.rounds;
    draw(f);
    TITR_TRY(forward(f, f->target, f->next_in, batch, f->next_out, err));
    TITR_TRY(forward(f, f->weights, f->in, batch, f->out, err));
    memset(f->dout, 0, batch * f->d.n_levels * sizeof *f->dout);
    for (size_t b = 0; b < batch; b++) {
        const size_t at = b * f->d.n_levels;
        const titri_aim aim = {target_of(f, b, first_round), 0.0, &f->next_out[at], 0,
                               1.0 / (double)batch};
        (void)titri_head_learn(&f->head, &f->out[at], NULL, (size_t)f->d.level[f->row[b]], &aim,
                               &f->dout[at]);
    }
    titr_net_backward(f->net, f->weights, f->ws, f->dout, f->gradient);
    if (!isfinite(titr_grad_clip(f->gradient, n, MAX_GRADIENT))) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "fitted Q evaluation has left the numbers after %lld gradient steps: a "
                         "smaller learning_rate is needed",
                         (long long)f->done);
    }
    const double rate = f->def.learning_rate * fmax(0.0, 1.0 - (double)f->done / whole);
    titr_optimiser_step(f->optimiser, rate, f->gradient, f->weights);
    f->done++;
    return TITR_OK;
}

titr_status titr_fqe_round(titr_fqe *f, titr_error *err)
{
    const int first_round = f->done == 0;
    titr_target_update(f->target, f->weights, titr_net_n_params(f->net), 1.0);
    for (int64_t k = 0; k < f->def.steps; k++) {
        TITR_TRY(gradient_step(f, first_round, err));
    }
    return TITR_OK;
}

titr_status titr_fqe_values(titr_fqe *f, float *q, titr_error *err)
{
    const size_t batch = (size_t)f->def.batch, levels = f->d.n_levels;
    for (size_t k = 0; k < f->rows; k += batch) {
        const size_t n = f->rows - k < batch ? f->rows - k : batch;
        TITR_TRY(forward(f, f->weights, &f->x[k * f->n_in], n, f->out, err));
        for (size_t i = 0; i < n * levels; i++) {
            const double mean = f->mean + f->sd * (double)f->out[i];
            q[k * levels + i] = (float)(left_of(f, k + i / levels) * mean);
        }
    }
    return TITR_OK;
}
