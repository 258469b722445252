// SPDX-License-Identifier: GPL-3.0-or-later
/* Life of a deep learner, and what of it is saved. */
#include "deep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

titr_rng_key titri_deep_key(const titri_deep *d, titri_stream stream)
{
    return (titr_rng_key){.seed = d->seed,
                          .purpose = TITR_PURPOSE_AGENT | (uint32_t)stream
                                                              << TITR_PURPOSE_PART_SHIFT};
}

void titri_draw_tau(const titri_deep *d, uint64_t draw, double most, size_t n, titr_real *tau)
{
    titr_rng_key key = titri_deep_key(d, TITRI_STREAM_TAU);
    key.patient = (uint32_t)draw;
    key.episode = (uint32_t)(draw >> 32);
    for (size_t i = 0; i < n; i++) {
        tau[i] = (titr_real)(most * titr_rng_uniform(key, (uint32_t)i));
    }
}

static titr_net_spec spec_of(const titri_deep *d)
{
    const titri_deep_def *def = &d->def;
    titr_net_spec spec = titr_net_default_spec();
    spec.n_in = d->encoder.n_in;
    spec.n_hidden = def->hidden.n;
    for (size_t i = 0; i < def->hidden.n && i < TITR_NET_HIDDEN_MAX; i++) {
        spec.hidden[i] = (size_t)def->hidden.v[i];
    }
    spec.n_out = d->n_levels;
    spec.atoms = def->tau_cosines > 0 ? 1 : d->head.atoms;
    spec.gru = (size_t)def->gru;
    spec.cosines = (size_t)def->tau_cosines;
    spec.dueling = def->dueling;
    spec.noisy = def->noisy;
    spec.deterministic = def->deterministic;
    return spec;
}

/* Implicit quantiles stand one row after the other, other outputs one level after the other. */
static titri_head head_of(const titri_deep_def *def, titri_head_kind kind, size_t n_levels)
{
    titri_head head = {.kind = kind,
                       .loss = (titri_loss)def->loss,
                       .n_levels = n_levels,
                       .atoms =
                           def->bcq_threshold > 0.0 ? 2 : 1, /* a level's value and its logit */
                       .v_min = def->v_min,
                       .v_max = def->v_max,
                       .cvar = def->cvar > 0.0 ? def->cvar : 1.0};
    if (kind == TITRI_HEAD_CATEGORICAL) {
        head.atoms = (size_t)def->atoms;
    } else if (kind == TITRI_HEAD_QUANTILE) {
        head.atoms = (size_t)(def->tau_cosines > 0 ? def->tau_samples : def->quantiles);
    }
    head.stride_level = def->tau_cosines > 0 ? 1 : head.atoms;
    head.stride_atom = def->tau_cosines > 0 ? n_levels : 1;
    return head;
}

static titr_status check(const titri_deep_def *def, titri_head_kind kind, titr_error *err)
{
    if (def->hidden.n > TITR_NET_HIDDEN_MAX) {
        return titr_fail(err, TITR_ERR_RANGE, "hidden: %zu layers, at most %d", def->hidden.n,
                         TITR_NET_HIDDEN_MAX);
    }
    for (size_t i = 0; i < def->hidden.n; i++) {
        if (def->hidden.v[i] != floor(def->hidden.v[i])) {
            return titr_fail(err, TITR_ERR_RANGE, "hidden: %g units, expected whole numbers",
                             def->hidden.v[i]);
        }
    }
    if (kind == TITRI_HEAD_CATEGORICAL && !(def->v_max > def->v_min)) {
        return titr_fail(err, TITR_ERR_RANGE, "v_max = %g, expected more than v_min = %g",
                         def->v_max, def->v_min);
    }
    if (def->gamma == 0.0) {
        return titr_fail(err, TITR_ERR_RANGE, "gamma = 0, expected more, up to 1");
    }
    return TITR_OK;
}

static titr_status make_encoder(titri_deep *d, const titr_observer *observer, titr_error *err)
{
    double *range = calloc(2 * d->n_obs + 1, sizeof *range);
    if (range == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu observed values", d->n_obs);
    }
    titr_observer_range(observer, range, range + d->n_obs);
    const titr_status st = titri_encoder_init(&d->encoder, observer, range, range + d->n_obs,
                                              (titri_normalise)d->def.normalise, err);
    free(range);
    return st;
}

static titr_status make_network(titri_deep *d, titr_error *err)
{
    const titr_net_spec spec = spec_of(d);
    TITR_TRY(titr_net_create(&spec, &d->net, err));
    d->weights = calloc(titr_net_n_params(d->net), sizeof *d->weights);
    if (d->weights == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu weights",
                         titr_net_n_params(d->net));
    }
    titr_net_init(d->net, titri_deep_key(d, TITRI_STREAM_WEIGHTS), d->weights);
    return TITR_OK;
}

static titr_status make_acting(titri_deep *d, titr_error *err)
{
    titri_acting *a = &d->acting;
    const size_t n = d->n_lanes, gru = (size_t)d->def.gru;
    const int implicit = d->def.tau_cosines > 0;
    const titr_net_limits limits = {n, 1, implicit ? d->head.atoms : 0};
    TITR_TRY(titr_net_ws_create(d->net, limits, &a->ws, err));
    a->x = calloc(n * d->encoder.n_in, sizeof *a->x);
    a->out = calloc(n * d->n_levels * d->head.atoms, sizeof *a->out);
    a->tau = calloc(n * d->head.atoms, sizeof *a->tau);
    a->h = calloc(n * gru + 1, sizeof *a->h);
    a->hidden = calloc(n * gru + 1, sizeof *a->hidden);
    a->noise = calloc(titr_net_n_noise(d->net) + 1, sizeof *a->noise);
    a->first = calloc(2 * n, 1);
    a->lane = calloc(n, sizeof *a->lane);
    a->q = calloc(d->n_levels, sizeof *a->q);
    a->feed = calloc(d->encoder.n_in, sizeof *a->feed);
    a->place = calloc(d->head.atoms, sizeof *a->place);
    if (!a->feed || !a->place || !a->x || !a->out || !a->tau || !a->h || !a->hidden || !a->noise ||
        !a->first || !a->lane || !a->q) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a network of %zu lanes", n);
    }
    a->fresh = a->first + n;
    for (size_t i = 0; i < n * d->head.atoms; i++) { /* of the share by which levels are chosen */
        const double middle = ((double)(i % d->head.atoms) + 0.5) / (double)d->head.atoms;
        a->tau[i] = (titr_real)(middle * d->head.cvar);
    }
    return TITR_OK;
}

titr_status titri_deep_create(const titri_deep_def *def, titri_head_kind kind,
                              const titr_agent_context *context, void **self, titr_error *err)
{
    TITR_TRY(check(def, kind, err));
    titri_deep *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a learner");
    }
    d->def = *def;
    d->head = head_of(def, kind, context->n_levels);
    d->discount =
        (titr_discount){def->gamma, def->gamma_half_life_min, context->decision_interval_min};
    d->seed = context->seed;
    d->n_lanes = context->n_lanes;
    d->n_levels = context->n_levels;
    d->n_obs = context->n_obs;
    titr_status st = make_encoder(d, context->observer, err);
    st = st == TITR_OK ? make_network(d, err) : st;
    st = st == TITR_OK ? make_acting(d, err) : st;
    if (st != TITR_OK) {
        titri_deep_destroy(d);
        return st;
    }
    *self = d;
    return TITR_OK;
}

void titri_deep_destroy(void *self)
{
    titri_deep *d = self;
    if (d == NULL) {
        return;
    }
    titri_training_destroy(d->training);
    titr_net_ws_destroy(d->acting.ws);
    free(d->acting.x);
    free(d->acting.out);
    free(d->acting.tau);
    free(d->acting.h);
    free(d->acting.hidden);
    free(d->acting.noise);
    free(d->acting.first);
    free(d->acting.lane);
    free(d->acting.q);
    free(d->acting.feed);
    free(d->acting.place);
    free(d->weights);
    titr_net_destroy(d->net);
    titri_encoder_fini(&d->encoder);
    free(d);
}

titr_status titri_deep_visit(void *self, titr_visitor *v, titr_error *err)
{
    titri_deep *d = self;
    TITR_TRY(titri_encoder_visit(&d->encoder, v, err));
    return titr_net_visit(d->net, v, "network", d->weights, err);
}

titr_status titri_deep_visit_training(void *self, titr_visitor *v, titr_error *err)
{
    titri_deep *d = self;
    int64_t counters[5] = {d->decisions, d->learned_at, d->gradient_steps, (int64_t)d->calls,
                           d->training != NULL};
    TITR_TRY(titr_visit_vector(v, "learner_counters", TITR_I64, 5, counters, err));
    d->decisions = counters[0];
    d->learned_at = counters[1];
    d->gradient_steps = counters[2];
    d->calls = (uint64_t)counters[3];
    if (!counters[4]) {
        return TITR_OK;
    }
    if (d->training == NULL) {
        TITR_TRY(titri_training_create(d, &d->training, err));
    }
    titri_training *t = d->training;
    double shown[4] = {t->shown.loss, t->shown.value, t->shown.gradient_norm, t->shown.steps};
    TITR_TRY(titr_visit_vector(v, "shown", TITR_F64, 4, shown, err));
    t->shown = (titri_shown){shown[0], shown[1], shown[2], shown[3]};
    TITR_TRY(titr_net_visit(d->net, v, "target", t->target, err));
    TITR_TRY(titr_optimiser_visit(t->optimiser, v, "optimiser", err));
    TITR_TRY(titr_visit_enter(v, "replay", err));
    TITR_TRY(titr_replay_visit(t->replay, v, err));
    return titr_visit_leave(v, err);
}

/* What is remembered of running episodes: hidden states and open choices. */
titr_status titri_deep_visit_lanes(void *self, titr_visitor *v, titr_error *err)
{
    titri_deep *d = self;
    const size_t n = d->n_lanes, hidden[2] = {n, (size_t)d->def.gru};
    if (d->def.gru > 0) {
        TITR_TRY(titr_state_visit(v, "hidden", TITR_REAL_DTYPE, 2, hidden, d->acting.hidden, err));
        TITR_TRY(titr_visit_vector(v, "fresh", TITR_U8, n, d->acting.fresh, err));
    }
    return d->training != NULL ? titri_choices_visit(d, v, err) : TITR_OK;
}
