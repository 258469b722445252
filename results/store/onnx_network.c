// SPDX-License-Identifier: GPL-3.0-or-later
/* The nodes of a policy: what the observation is fed in as, the network, and what its outputs mean.
 */
#include "onnx_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef titri_onnx_value value;

/* What all the steps work on. */
typedef struct job {
    titri_onnx_graph *g;
    const titr_network_view *view;
    const titr_net_spec *spec;
    float *scratch; /* of n_scratch, for constants that are computed */
} job;

/* --- feed --- */

static value affine(const job *j, value x)
{
    const size_t n = j->spec->n_in;
    const titr_network_feed *feed = j->view->feed;
    for (size_t k = 0; k < n; k++) {
        j->scratch[k] = (float)(feed[k].one_hot ? 0.0 : feed[k].shift);
    }
    const value shifted = titri_onnx_op2(j->g, "Sub", x, titri_onnx_vector(j->g, j->scratch, n));
    for (size_t k = 0; k < n; k++) {
        j->scratch[k] = (float)(feed[k].one_hot ? 0.0 : feed[k].scale);
    }
    const value scaled =
        titri_onnx_op2(j->g, "Mul", shifted, titri_onnx_vector(j->g, j->scratch, n));
    if (isinf(j->view->clip)) {
        return scaled;
    }
    const value in[3] = {scaled, titri_onnx_scalar(j->g, -(float)j->view->clip),
                         titri_onnx_scalar(j->g, (float)j->view->clip)};
    return titri_onnx_op(j->g, &(titri_onnx_node){.type = "Clip", .in = in, .n_in = 3});
}

/* 1 where the column has the value of its input, for the inputs that ask for it. */
static value with_one_hot(const job *j, value x, value normalised, const unsigned char *one_hot)
{
    static const titri_onnx_attribute to = {.name = "to", .i = TITRI_ONNX_FLOAT};
    const size_t n = j->spec->n_in;
    for (size_t k = 0; k < n; k++) {
        j->scratch[k] = (float)j->view->feed[k].value;
    }
    const value equal = titri_onnx_op2(j->g, "Equal", x, titri_onnx_vector(j->g, j->scratch, n));
    const value number = titri_onnx_op(
        j->g, &(titri_onnx_node){
                  .type = "Cast", .in = &equal, .n_in = 1, .attribute = &to, .n_attributes = 1});
    const value in[3] = {titri_onnx_bools(j->g, one_hot, n), number, normalised};
    return titri_onnx_op(j->g, &(titri_onnx_node){.type = "Where", .in = in, .n_in = 3});
}

static titr_status feed(const job *j, value *out, titr_error *err)
{
    static const titri_onnx_attribute axis = {.name = "axis", .i = 1};
    const size_t n = j->spec->n_in;
    int64_t *column = calloc(n, sizeof *column);
    unsigned char *one_hot = calloc(n, 1);
    if (column == NULL || one_hot == NULL) {
        free(column);
        free(one_hot);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu inputs of a network", n);
    }
    int any = 0;
    for (size_t k = 0; k < n; k++) {
        column[k] = (int64_t)j->view->feed[k].column;
        one_hot[k] = j->view->feed[k].one_hot != 0;
        any |= one_hot[k];
    }
    const value in[2] = {titri_onnx_named("observation"), titri_onnx_ints(j->g, column, n)};
    const value x = titri_onnx_op(
        j->g, &(titri_onnx_node){
                  .type = "Gather", .in = in, .n_in = 2, .attribute = &axis, .n_attributes = 1});
    *out = affine(j, x);
    if (any) {
        *out = with_one_hot(j, x, *out, one_hot);
    }
    free(column);
    free(one_hot);
    return TITR_OK;
}

/* --- layers --- */

static const titr_net_tensor *find(const job *j, const char *layer, const char *what)
{
    size_t n;
    const titr_net_tensor *tensor = titr_net_tensors(j->view->net, &n);
    const size_t length = strlen(layer);
    for (size_t i = 0; i < n; i++) {
        if (strncmp(tensor[i].name, layer, length) == 0 && tensor[i].name[length] == '.' &&
            strcmp(tensor[i].name + length + 1, what) == 0) {
            return &tensor[i];
        }
    }
    return NULL;
}

static const float *data_of(const job *j, const titr_net_tensor *tensor)
{
    return &j->view->params[tensor->offset];
}

static value matrix(const job *j, const titr_net_tensor *t)
{
    const size_t shape[2] = {t->rows, t->cols};
    return titri_onnx_floats(j->g, data_of(j, t), 2, shape);
}

/* x W + b; x may have any number of leading dimensions. */
static value dense(const job *j, const char *layer, value x)
{
    const titr_net_tensor *weight = find(j, layer, "weight"), *bias = find(j, layer, "bias");
    const value w = matrix(j, weight);
    const value b = titri_onnx_vector(j->g, data_of(j, bias), bias->cols);
    if (j->spec->cosines > 0) { /* Gemm takes matrices alone */
        return titri_onnx_op2(j->g, "Add", titri_onnx_op2(j->g, "MatMul", x, w), b);
    }
    const value in[3] = {x, w, b};
    return titri_onnx_op(j->g, &(titri_onnx_node){.type = "Gemm", .in = in, .n_in = 3});
}

static value relu(const job *j, value x)
{
    return titri_onnx_op1(j->g, "Relu", x);
}

static value on_axis(const job *j, const char *type, value x, int64_t axis)
{
    return titri_onnx_op2(j->g, type, x, titri_onnx_ints(j->g, &axis, 1));
}

/* --- recurrent layer --- */

/* ONNX's gates are z, r, n by rows of units; ours r, z, n by columns: [rows][3 units] to
 * [3 units][rows]. */
static void turn(const float *from, size_t rows, size_t units, float *to)
{
    static const size_t ours[3] = {1, 0, 2};
    for (size_t gate = 0; gate < 3; gate++) {
        for (size_t u = 0; u < units; u++) {
            for (size_t i = 0; i < rows; i++) {
                to[(gate * units + u) * rows + i] = from[i * 3 * units + ours[gate] * units + u];
            }
        }
    }
}

static value gru_weight(const job *j, const char *what)
{
    const titr_net_tensor *t = find(j, "gru", what);
    const size_t shape[3] = {1, t->cols, t->rows};
    turn(data_of(j, t), t->rows, j->spec->gru, j->scratch);
    return titri_onnx_floats(j->g, j->scratch, 3, shape);
}

static value gru_bias(const job *j)
{
    const size_t units = j->spec->gru, shape[2] = {1, 6 * units};
    turn(data_of(j, find(j, "gru", "bias_in")), 1, units, j->scratch);
    turn(data_of(j, find(j, "gru", "bias_state")), 1, units, j->scratch + 3 * units);
    return titri_onnx_floats(j->g, j->scratch, 2, shape);
}

/* One step: the batch as sequences of length 1. */
static value recurrent(const job *j, value x)
{
    const titri_onnx_attribute attribute[2] = {{.name = "hidden_size", .i = (int64_t)j->spec->gru},
                                               {.name = "linear_before_reset", .i = 1}};
    const value in[6] = {
        on_axis(j, "Unsqueeze", x, 0), gru_weight(j, "weight_in"),
        gru_weight(j, "weight_state"), gru_bias(j),
        titri_onnx_named(""),          on_axis(j, "Unsqueeze", titri_onnx_named("state"), 0)};
    const value out[2] = {titri_onnx_named(""), titri_onnx_fresh(j->g)};
    titri_onnx_add(
        j->g,
        &(titri_onnx_node){
            .type = "GRU", .in = in, .n_in = 6, .attribute = attribute, .n_attributes = 2},
        out, 2);
    const value state = on_axis(j, "Squeeze", out[1], 0), next = titri_onnx_named("next_state");
    titri_onnx_add(j->g, &(titri_onnx_node){.type = "Identity", .in = &state, .n_in = 1}, &next, 1);
    return state;
}

/* --- implicit quantiles --- */

/* phi at the taus of the greedy choice is a constant [n_tau][width]; psi [batch][1][width] times
 * it. phi(tau) = ReLU(sum_i cos(pi i tau) w_i + b), i = 0 .. cosines - 1 [dabney2018iqn]. */
static value at_taus(const job *j, value psi)
{
    const titr_net_tensor *weight = find(j, "quantile", "weight");
    const float *w = data_of(j, weight), *b = data_of(j, find(j, "quantile", "bias"));
    const size_t width = weight->cols, shape[2] = {j->view->n_tau, width};
    for (size_t t = 0; t < j->view->n_tau; t++) {
        for (size_t u = 0; u < width; u++) {
            double sum = (double)b[u];
            for (size_t i = 0; i < weight->rows; i++) {
                sum += cos(3.14159265358979323846 * (double)i * j->view->tau[t]) *
                       (double)w[i * width + u];
            }
            j->scratch[t * width + u] = sum > 0.0 ? (float)sum : 0.0F;
        }
    }
    const value phi = titri_onnx_floats(j->g, j->scratch, 2, shape);
    return titri_onnx_op2(j->g, "Mul", on_axis(j, "Unsqueeze", psi, 1), phi);
}

/* --- heads --- */

static value stream(const job *j, const char *hidden, const char *out, value x)
{
    const value y = j->spec->n_hidden > 0 ? relu(j, dense(j, hidden, x)) : x;
    return dense(j, out, y);
}

static value reshape(const job *j, value x, size_t rows, size_t cols)
{
    const int64_t shape[3] = {-1, (int64_t)rows, (int64_t)cols};
    return titri_onnx_op2(j->g, "Reshape", x, titri_onnx_ints(j->g, shape, 3));
}

/* ReduceMean over one axis. */
static value mean(const job *j, value x, int64_t axis, int keep)
{
    const titri_onnx_attribute attribute[2] = {{.name = "axes", .ints = &axis, .n = 1},
                                               {.name = "keepdims", .i = keep}};
    return titri_onnx_op(
        j->g,
        &(titri_onnx_node){
            .type = "ReduceMean", .in = &x, .n_in = 1, .attribute = attribute, .n_attributes = 2});
}

/* What a level is worth at each atom or tau: [batch][levels][atoms]; with taus
 * [batch][taus][levels].
 */
static value outputs(const job *j, value x)
{
    const size_t levels = j->spec->n_out, atoms = j->spec->atoms;
    const int taus = j->spec->cosines > 0;
    if (!j->spec->dueling) {
        const value out = stream(j, "head", "out", x);
        return taus ? out : reshape(j, out, levels, atoms);
    }
    value v = stream(j, "value_hidden", "value", x);
    value a = stream(j, "advantage_hidden", "advantage", x);
    if (!taus) {
        v = reshape(j, v, 1, atoms);
        a = reshape(j, a, levels, atoms);
    }
    const value centred = titri_onnx_op2(j->g, "Sub", a, mean(j, a, taus ? 2 : 1, 1));
    return titri_onnx_op2(j->g, "Add", v, centred);
}

/* --- what the outputs mean --- */

/* Sum over the atoms of x [batch][levels][n] times the n weights in scratch. */
static value weighted(const job *j, value x, size_t n)
{
    const size_t shape[2] = {n, 1};
    const value w = titri_onnx_floats(j->g, j->scratch, 2, shape);
    return on_axis(j, "Squeeze", titri_onnx_op2(j->g, "MatMul", x, w), 2);
}

static value expected_category(const job *j, value logits)
{
    static const titri_onnx_attribute axis = {.name = "axis", .i = 2};
    static const titri_onnx_attribute exclusive = {.name = "exclusive", .i = 1};
    const double cvar = j->view->cvar;
    value p = titri_onnx_op(
        j->g,
        &(titri_onnx_node){
            .type = "Softmax", .in = &logits, .n_in = 1, .attribute = &axis, .n_attributes = 1});
    if (cvar < 1.0) { /* of each atom the part that lies within the worst share */
        const value in[2] = {p, titri_onnx_int(j->g, 2)};
        const value before = titri_onnx_op(
            j->g,
            &(titri_onnx_node){
                .type = "CumSum", .in = in, .n_in = 2, .attribute = &exclusive, .n_attributes = 1});
        const value left =
            titri_onnx_op2(j->g, "Sub", titri_onnx_scalar(j->g, (float)cvar), before);
        p = titri_onnx_op2(j->g, "Min", p, relu(j, left));
    }
    for (size_t i = 0; i < j->spec->atoms; i++) {
        j->scratch[i] = (float)(j->view->atom[i] / cvar);
    }
    return weighted(j, p, j->spec->atoms);
}

static value worst_quantiles(const job *j, value quantiles)
{
    const titri_onnx_attribute attribute[3] = {
        {.name = "axis", .i = 2}, {.name = "largest", .i = 0}, {.name = "sorted", .i = 1}};
    const size_t n = j->spec->atoms;
    const int64_t all = (int64_t)n;
    const value in[2] = {quantiles, titri_onnx_ints(j->g, &all, 1)};
    const value out[2] = {titri_onnx_fresh(j->g), titri_onnx_fresh(j->g)};
    titri_onnx_add(
        j->g,
        &(titri_onnx_node){
            .type = "TopK", .in = in, .n_in = 2, .attribute = attribute, .n_attributes = 3},
        out, 2);
    const double within = j->view->cvar * (double)n;
    for (size_t i = 0; i < n; i++) {
        const double part = within - (double)i;
        j->scratch[i] = (float)((part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part) / within);
    }
    return weighted(j, out[0], n);
}

static value worth(const job *j, value out)
{
    switch (j->view->head) {
    case TITR_HEAD_CATEGORICAL:
        return expected_category(j, out);
    case TITR_HEAD_QUANTILES:
        return j->view->cvar < 1.0 ? worst_quantiles(j, out) : mean(j, out, 2, 0);
    case TITR_HEAD_IMPLICIT:
        return mean(j, out, 1, 0);
    case TITR_HEAD_VALUES:
        break;
    }
    return on_axis(j, "Squeeze", out, 2);
}

/* --- all of it --- */

static titr_status check(const titr_network_view *v, const titr_net_spec *s, titr_error *err)
{
    const int implicit = v->head == TITR_HEAD_IMPLICIT;
    if ((s->cosines > 0) != implicit || (v->head == TITR_HEAD_VALUES && s->atoms != 1) ||
        (v->head == TITR_HEAD_CATEGORICAL && v->atom == NULL) ||
        (implicit && (v->n_tau == 0 || v->tau == NULL)) || !(v->cvar > 0.0 && v->cvar <= 1.0) ||
        !(v->clip > 0.0)) {
        return titr_fail(err, TITR_ERR_ARG,
                         "head %d with %zu atoms, %zu cosines, %zu taus, cvar %g and clip %g is no "
                         "network that can be exported",
                         (int)v->head, s->atoms, s->cosines, v->n_tau, v->cvar, v->clip);
    }
    for (size_t k = 0; k < s->n_in; k++) {
        if (v->feed[k].column >= v->n_obs) {
            return titr_fail(err, TITR_ERR_ARG, "input %zu reads column %zu of %zu", k,
                             v->feed[k].column, v->n_obs);
        }
    }
    return TITR_OK;
}

/* The most that is computed at once: a feed, the gates of a recurrent layer, phi, or atoms. */
static size_t scratch_size(const titr_network_view *v, const titr_net_spec *s)
{
    size_t n, most = s->n_in > s->atoms ? s->n_in : s->atoms;
    const titr_net_tensor *t = titr_net_tensors(v->net, &n);
    for (size_t i = 0; i < n; i++) {
        const int gates = strncmp(t[i].name, "gru.", 4) == 0;
        const int phi = strncmp(t[i].name, "quantile.", 9) == 0;
        const size_t size = gates ? 2 * t[i].rows * t[i].cols : phi ? v->n_tau * t[i].cols : 0;
        most = size > most ? size : most;
    }
    return most;
}

static titr_status write(const job *j, titr_error *err)
{
    value x;
    TITR_TRY(feed(j, &x, err));
    for (size_t i = 0; i + 1 < j->spec->n_hidden; i++) {
        const char layer[] = {'h', 'i', 'd', 'd', 'e', 'n', (char)('0' + i), '\0'};
        const titr_net_tensor *bias = find(j, layer, "bias");
        const value in[3] = {x, matrix(j, find(j, layer, "weight")),
                             titri_onnx_vector(j->g, data_of(j, bias), bias->cols)};
        x = relu(j, titri_onnx_op(j->g, &(titri_onnx_node){.type = "Gemm", .in = in, .n_in = 3}));
    }
    if (j->spec->gru > 0) {
        x = recurrent(j, x);
    }
    if (j->spec->cosines > 0) {
        x = at_taus(j, x);
    }
    const value q = worth(j, outputs(j, x)), named = titri_onnx_named("q");
    titri_onnx_add(j->g, &(titri_onnx_node){.type = "Identity", .in = &q, .n_in = 1}, &named, 1);
    return TITR_OK;
}

titr_status titri_onnx_network(titri_onnx_graph *g, const titr_network_view *view, titr_error *err)
{
    const titr_net_spec *spec = titr_net_get_spec(view->net);
    TITR_TRY(check(view, spec, err));
    const size_t n = scratch_size(view, spec);
    const job j = {g, view, spec, malloc(n * sizeof(float))};
    if (j.scratch == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu constants of a network", n);
    }
    const titr_status status = write(&j, err);
    free(j.scratch);
    return status;
}
