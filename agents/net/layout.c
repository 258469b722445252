// SPDX-License-Identifier: GPL-3.0-or-later
/* From a spec to the places of its layers. */
#include "layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { UNITS_MAX = 4096, OUTPUTS_MAX = 65536 };

titr_net_spec titr_net_default_spec(void)
{
    return (titr_net_spec){.n_in = 1, .n_out = 1, .atoms = 1, .noisy_sigma = 0.5};
}

static titr_status in_range(const char *name, size_t value, size_t lo, size_t hi, titr_error *err)
{
    if (value < lo || value > hi) {
        return titr_fail(err, TITR_ERR_RANGE, "network: %s = %zu, allowed %zu to %zu", name, value,
                         lo, hi);
    }
    return TITR_OK;
}

static titr_status check_sizes(const titr_net_spec *s, titr_error *err)
{
    TITR_TRY(in_range("inputs", s->n_in, 1, OUTPUTS_MAX, err));
    TITR_TRY(in_range("hidden layers", s->n_hidden, 0, TITR_NET_HIDDEN_MAX, err));
    for (size_t i = 0; i < s->n_hidden; i++) {
        TITR_TRY(in_range("units of a hidden layer", s->hidden[i], 1, UNITS_MAX, err));
    }
    TITR_TRY(in_range("levels", s->n_out, 1, UNITS_MAX, err));
    TITR_TRY(in_range("outputs per level", s->atoms, 1, OUTPUTS_MAX / s->n_out, err));
    TITR_TRY(in_range("units of the recurrent layer", s->gru, 0, UNITS_MAX, err));
    return in_range("cosines", s->cosines, 0, UNITS_MAX, err);
}

static titr_status check(const titr_net_spec *s, titr_error *err)
{
    TITR_TRY(check_sizes(s, err));
    if (s->cosines > 0 && s->atoms != 1) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "network: %zu outputs per level with implicit quantiles, expected 1",
                         s->atoms);
    }
    if (s->cosines > 0 && s->n_hidden < 2 && s->gru == 0) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "network: implicit quantiles with %zu hidden layers, expected 2 or more, "
                         "or a recurrent layer",
                         s->n_hidden);
    }
    if (s->dueling && s->n_hidden == 0) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "network: dueling heads with 0 hidden layers, expected 1 or more");
    }
    if (s->noisy && !(s->noisy_sigma >= 0.0 && s->noisy_sigma <= 10.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "network: noisy_sigma = %g, allowed 0 to 10",
                         s->noisy_sigma);
    }
    return TITR_OK;
}

static size_t add_tensor(titr_net *net, const char *layer, const char *what, size_t rows,
                         size_t cols)
{
    titr_net_tensor *t = &net->tensor[net->n_tensors++];
    (void)snprintf(t->name, sizeof t->name, "%s.%s", layer, what);
    t->rows = rows;
    t->cols = cols;
    t->offset = net->n_params;
    net->n_params += rows * cols;
    return t->offset;
}

static void starts(titr_net *net, double bound, int constant)
{
    net->bound[net->n_tensors - 1] = bound;
    net->constant[net->n_tensors - 1] = constant;
}

/* A layer whose tensors are <name>.weight<suffix> and <name>.bias<suffix>. */
static titri_dense add_named(titr_net *net, const char *name, const char *suffix, size_t in,
                             size_t out, size_t fan_in)
{
    titri_dense d = {.in = in, .out = out};
    char what[24];
    (void)snprintf(what, sizeof what, "weight%s", suffix);
    d.weight = add_tensor(net, name, what, in, out);
    starts(net, 1.0 / sqrt((double)fan_in), 0);
    (void)snprintf(what, sizeof what, "bias%s", suffix);
    d.bias = add_tensor(net, name, what, 1, out);
    starts(net, 1.0 / sqrt((double)fan_in), 0);
    return d;
}

static titri_dense add_dense(titr_net *net, const char *name, size_t in, size_t out)
{
    return add_named(net, name, "", in, out, in);
}

static titri_dense add_head_dense(titr_net *net, const char *name, size_t in, size_t out)
{
    titri_dense d = add_dense(net, name, in, out);
    if (net->spec.noisy) {
        const double sigma = net->spec.noisy_sigma / sqrt((double)in);
        d.noisy = 1;
        d.weight_sigma = add_tensor(net, name, "weight_sigma", in, out);
        starts(net, sigma, 1);
        d.bias_sigma = add_tensor(net, name, "bias_sigma", 1, out);
        starts(net, sigma, 1);
        d.noise_in = net->n_noise;
        d.noise_out = net->n_noise + in;
        net->n_noise += in + out;
        d.effective = net->n_effective;
        net->n_effective += (in + 1) * out;
    }
    return d;
}

static titri_stream add_stream(titr_net *net, const char *hidden, const char *out, size_t n_out)
{
    titri_stream s = {.hidden = {0}};
    size_t width = net->width;
    if (net->head_hidden) {
        const size_t units = net->spec.hidden[net->spec.n_hidden - 1];
        s.hidden = add_head_dense(net, hidden, width, units);
        width = units;
    }
    s.out = add_head_dense(net, out, width, n_out);
    return s;
}

static void add_head(titr_net *net)
{
    const size_t n_out = net->spec.n_out * net->spec.atoms;
    if (net->spec.dueling) {
        net->n_streams = 2;
        net->stream[0] = add_stream(net, "value_hidden", "value", net->spec.atoms);
        net->stream[1] = add_stream(net, "advantage_hidden", "advantage", n_out);
    } else {
        net->n_streams = 1;
        net->stream[0] = add_stream(net, "head", "out", n_out);
    }
}

static void add_layers(titr_net *net)
{
    const titr_net_spec *s = &net->spec;
    net->head_hidden = s->n_hidden > 0;
    net->n_trunk = s->n_hidden > 0 ? s->n_hidden - 1 : 0;
    net->width = s->n_in;
    for (size_t i = 0; i < net->n_trunk; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "hidden%zu", i);
        net->trunk[i] = add_dense(net, name, net->width, s->hidden[i]);
        net->width = s->hidden[i];
    }
    if (s->gru > 0) {
        net->gru_in = add_named(net, "gru", "_in", net->width, 3 * s->gru, s->gru);
        net->gru_state = add_named(net, "gru", "_state", s->gru, 3 * s->gru, s->gru);
        net->width = s->gru;
    }
    if (s->cosines > 0) {
        net->embed = add_dense(net, "quantile", s->cosines, net->width);
    }
    add_head(net);
}

titr_status titr_net_create(const titr_net_spec *spec, titr_net **out, titr_error *err)
{
    TITR_TRY(check(spec, err));
    titr_net *net = calloc(1, sizeof *net);
    if (net == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a network");
    }
    if (!spec->deterministic) {
        titri_blas_one_thread();
    }
    net->spec = *spec;
    net->kernels = titri_kernels_wide();
    net->gemm = titri_gemm_choose(spec->deterministic);
    add_layers(net);
    *out = net;
    return TITR_OK;
}

void titr_net_destroy(titr_net *net)
{
    free(net);
}

const titr_net_spec *titr_net_get_spec(const titr_net *net)
{
    return &net->spec;
}

size_t titr_net_n_params(const titr_net *net)
{
    return net->n_params;
}

size_t titr_net_n_noise(const titr_net *net)
{
    return net->n_noise;
}

const titr_net_tensor *titr_net_tensors(const titr_net *net, size_t *n)
{
    *n = net->n_tensors;
    return net->tensor;
}
