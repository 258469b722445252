// SPDX-License-Identifier: GPL-3.0-or-later
/* Networks in float: forward against loops written from the papers' formulas, fast against
 * deterministic, noise, starting values, saving, what is refused. Gradients: test_gradients.c. */
#include "agents/net/cases.h"
#include "support/allocations.h"

#include "titrate/agents/blas.h"
#include "titrate/agents/optimiser.h"
#include "titrate/base/visit_memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const titr_net_tensor *tensor(const net_world *w, const char *name)
{
    size_t n = 0;
    const titr_net_tensor *t = titr_net_tensors(w->net, &n);
    for (size_t k = 0; k < n; k++) {
        if (strcmp(t[k].name, name) == 0) {
            return &t[k];
        }
    }
    return NULL;
}

/* y = x W + b with <layer>.weight<suffix> and <layer>.bias<suffix>, noise from `noise` on.
 * @return number of outputs; noise is moved on behind the layer's. */
static size_t linear(const net_world *w, const char *layer, const char *suffix, const double *x,
                     const titr_real **noise, double *y)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s.weight%s", layer, suffix);
    const titr_net_tensor *weight = tensor(w, name);
    (void)snprintf(name, sizeof name, "%s.bias%s", layer, suffix);
    const titr_net_tensor *bias = tensor(w, name);
    (void)snprintf(name, sizeof name, "%s.weight_sigma", layer);
    const titr_net_tensor *weight_sigma = tensor(w, name);
    (void)snprintf(name, sizeof name, "%s.bias_sigma", layer);
    const titr_net_tensor *bias_sigma = tensor(w, name);
    cr_assert(weight != NULL && bias != NULL && bias->cols == weight->cols, "%s", layer);
    const size_t in = weight->rows, out = weight->cols;
    const int noisy = weight_sigma != NULL && *noise != NULL;
    for (size_t j = 0; j < out; j++) {
        y[j] = (double)w->params[bias->offset + j];
        if (noisy) {
            y[j] += (double)w->params[bias_sigma->offset + j] * (double)(*noise)[in + j];
        }
        for (size_t i = 0; i < in; i++) {
            double v = (double)w->params[weight->offset + i * out + j];
            if (noisy) {
                v += (double)w->params[weight_sigma->offset + i * out + j] * (double)(*noise)[i] *
                     (double)(*noise)[in + j];
            }
            y[j] += x[i] * v;
        }
    }
    *noise = noisy ? *noise + in + out : *noise;
    return out;
}

static void rectify(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = x[i] > 0.0 ? x[i] : 0.0;
    }
}

static double sigma(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

enum { WIDE = 64 };

/* h -> h' of one row [cho2014]. */
static void recurrent(const net_world *w, const double *x, double *h)
{
    const titr_real *none = NULL;
    double in[3 * WIDE], state[3 * WIDE];
    const size_t u = linear(w, "gru", "_in", x, &none, in) / 3;
    (void)linear(w, "gru", "_state", h, &none, state);
    for (size_t i = 0; i < u; i++) {
        const double r = sigma(in[i] + state[i]), z = sigma(in[u + i] + state[u + i]);
        const double n = tanh(in[2 * u + i] + r * state[2 * u + i]);
        h[i] = (1.0 - z) * n + z * h[i];
    }
}

/* One head: hidden layer if there is one, and outputs. */
static void head(const net_world *w, const char *hidden, const char *out, const double *x,
                 const titr_real **noise, double *y)
{
    double z[WIDE];
    if (titr_net_get_spec(w->net)->n_hidden > 0) {
        rectify(z, linear(w, hidden, "", x, noise, z));
        x = z;
    }
    (void)linear(w, out, "", x, noise, y);
}

static void outputs(const net_world *w, const double *x, double *y)
{
    const titr_net_spec *s = titr_net_get_spec(w->net);
    const titr_real *noise = w->in.noise;
    if (!s->dueling) {
        head(w, "head", "out", x, &noise, y);
        return;
    }
    double v[WIDE];
    head(w, "value_hidden", "value", x, &noise, v);
    head(w, "advantage_hidden", "advantage", x, &noise, y);
    for (size_t i = 0; i < s->atoms; i++) {
        double mean = 0.0;
        for (size_t a = 0; a < s->n_out; a++) {
            mean += y[a * s->atoms + i] / (double)s->n_out;
        }
        for (size_t a = 0; a < s->n_out; a++) {
            y[a * s->atoms + i] += v[i] - mean;
        }
    }
}

/* x (n_in) of one step and row -> what comes into the head. @return its width */
static size_t features(const net_world *w, const titr_real *x, double *h, double *y)
{
    const titr_net_spec *s = titr_net_get_spec(w->net);
    const titr_real *none = NULL;
    size_t n = s->n_in;
    for (size_t i = 0; i < n; i++) {
        y[i] = (double)x[i];
    }
    for (size_t k = 0; k + 1 < s->n_hidden; k++) {
        char name[40];
        double z[WIDE];
        (void)snprintf(name, sizeof name, "hidden%zu", k);
        n = linear(w, name, "", y, &none, z);
        rectify(z, n);
        memcpy(y, z, n * sizeof *y);
    }
    if (s->gru > 0) {
        recurrent(w, y, h);
        memcpy(y, h, s->gru * sizeof *y);
        n = s->gru;
    }
    return n;
}

static void compare(const net_world *w, const char *name, const double *want, size_t at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cr_expect(fabs((double)w->out[at + i] - want[i]) <= 2e-5 * (1.0 + fabs(want[i])),
                  "%s: output %zu: %g, %g", name, at + i, (double)w->out[at + i], want[i]);
    }
}

/* Outputs of one row at one step behind the burn-in. */
static void check_row(const net_world *w, const net_case *c, const double *psi, size_t width,
                      size_t row)
{
    const size_t n = c->spec.n_out * c->spec.atoms;
    double y[WIDE];
    if (c->spec.cosines == 0) {
        outputs(w, psi, y);
        compare(w, c->name, y, row * n, n);
        return;
    }
    for (size_t k = 0; k < c->taus; k++) {
        const titr_real *none = NULL;
        double cosine[WIDE], phi[WIDE];
        for (size_t i = 0; i < c->spec.cosines; i++) {
            cosine[i] = cos(acos(-1.0) * (double)i * (double)w->tau[row * c->taus + k]);
        }
        rectify(phi, linear(w, "quantile", "", cosine, &none, phi));
        for (size_t i = 0; i < width; i++) {
            phi[i] *= psi[i];
        }
        outputs(w, phi, y);
        compare(w, c->name, y, (row * c->taus + k) * n, n);
    }
}

static void check_forward(const net_case *c, int deterministic)
{
    net_world w = net_world_of(c, deterministic);
    const size_t units = c->spec.gru;
    titr_real *last = net_draws(20, c->rows * units, 0.0, 0.0);
    w.in.h_last = units > 0 ? last : NULL;
    net_world_forward(&w);
    for (size_t r = 0; r < c->rows; r++) {
        double h[WIDE] = {0.0}, psi[WIDE];
        for (size_t i = 0; i < units && c->with_h0; i++) {
            h[i] = (double)w.h0[r * units + i];
        }
        for (size_t t = 0; t < w.in.steps; t++) {
            if (c->with_first && w.first[t * c->rows + r]) {
                memset(h, 0, sizeof h);
            }
            const size_t width = features(&w, w.x + (t * c->rows + r) * c->spec.n_in, h, psi);
            if (t >= c->burn_in) {
                check_row(&w, c, psi, width, (t - c->burn_in) * c->rows + r);
            }
        }
        for (size_t i = 0; i < units; i++) {
            cr_expect(fabs((double)last[r * units + i] - h[i]) <= 1e-5, "%s: state", c->name);
        }
    }
    free(last);
    net_world_fini(&w);
}

Test(net, forward_is_what_the_formulas_say)
{
    for (size_t k = 0; k < N_NET_CASES; k++) {
        check_forward(&net_cases[k], 0);
        check_forward(&net_cases[k], 1);
    }
}

static double difference(const titr_real *a, const titr_real *b, size_t n)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fabs((double)a[i] - (double)b[i]) / (1.0 + fabs((double)b[i])));
    }
    return most;
}

Test(net, fast_and_deterministic_differ_by_rounding_alone)
{
    for (size_t k = 0; k < N_NET_CASES; k++) {
        net_world fast = net_world_of(&net_cases[k], 0), fixed = net_world_of(&net_cases[k], 1);
        net_world_forward(&fast);
        net_world_forward(&fixed);
        titr_net_backward(fast.net, fast.params, fast.ws, fast.dout, fast.grad);
        titr_net_backward(fixed.net, fixed.params, fixed.ws, fixed.dout, fixed.grad);
        cr_expect(difference(fast.out, fixed.out, fast.n_out) <= 1e-5, "%s", net_cases[k].name);
        cr_expect(difference(fast.grad, fixed.grad, fast.n_params) <= 2e-5, "%s",
                  net_cases[k].name);
        net_world_fini(&fast);
        net_world_fini(&fixed);
    }
}

/* Acting: a row's outputs do not depend on the rows beside it, nor a sequence on how it is cut. */
Test(net, rows_and_steps_stand_alone)
{
    const net_case *c = &net_cases[8];
    net_world w = net_world_of(c, 1);
    cr_assert(c->spec.gru > 0);
    net_world_forward(&w);
    for (size_t r = 0; r < c->rows; r++) {
        titr_real h[WIDE] = {0}, out[WIDE];
        for (size_t t = 0; t < c->steps; t++) {
            const size_t at = t * c->rows + r;
            const titr_net_input one = {
                .rows = 1, .x = w.x + at * c->spec.n_in, .h0 = h, .h_last = h};
            cr_assert(titr_net_forward(w.net, w.params, w.ws, &one, out, NULL) == TITR_OK);
            cr_expect(memcmp(out, w.out + at * c->spec.n_out, c->spec.n_out * sizeof *out) == 0,
                      "row %zu, step %zu", r, t);
        }
    }
    net_world_fini(&w);
}

Test(net, starting_values_fill_their_range)
{
    const titr_net_spec spec = {.n_in = 25,
                                .n_hidden = 2,
                                .hidden = {100, 64},
                                .n_out = 5,
                                .atoms = 1,
                                .gru = 49,
                                .noisy = 1,
                                .noisy_sigma = 0.5};
    static const struct {
        const char *name;
        double bound;
        int constant;
    } want[] = {{"hidden0.weight", 0.2, 0},    {"hidden0.bias", 0.2, 0},
                {"gru.weight_in", 1.0 / 7, 0}, {"gru.weight_state", 1.0 / 7, 0},
                {"head.weight", 1.0 / 7, 0},   {"head.weight_sigma", 0.5 / 7, 1},
                {"out.weight", 0.125, 0},      {"out.bias_sigma", 0.0625, 1}};
    net_world w = {.net = NULL};
    cr_assert(titr_net_create(&spec, &w.net, NULL) == TITR_OK);
    w.params = net_draws(1, titr_net_n_params(w.net), 0.0, 0.0);
    titr_net_init(w.net, net_key(1), w.params);
    for (size_t k = 0; k < sizeof want / sizeof want[0]; k++) {
        const titr_net_tensor *t = tensor(&w, want[k].name);
        cr_assert(t != NULL, "%s", want[k].name);
        double least = 1e9, most = -1e9;
        for (size_t i = 0; i < t->rows * t->cols; i++) {
            least = fmin(least, (double)w.params[t->offset + i]);
            most = fmax(most, (double)w.params[t->offset + i]);
        }
        const double b = want[k].bound, low = want[k].constant ? b : -b;
        cr_expect(most <= b * 1.000001 && most > b * 0.9 && least >= low - 1e-6 * b &&
                      least < low + 0.1 * b,
                  "%s: %g to %g", want[k].name, least, most);
    }
    net_world_fini(&w);
}

Test(net, noise_is_a_function_of_its_number)
{
    net_world w = net_world_of(&net_cases[5], 0);
    const size_t n = titr_net_n_noise(w.net);
    titr_real *again = net_draws(1, n, 0.0, 0.0), *next = net_draws(1, n, 0.0, 0.0);
    cr_assert(n == 10 + 12 + 12 + 3);
    titr_net_noise(w.net, net_key(11), 3, again);
    cr_expect(memcmp(again, w.noise, n * sizeof *again) == 0);
    titr_net_noise(w.net, net_key(11), 4, next);
    cr_expect(memcmp(again, next, n * sizeof *again) != 0);
    titr_net_noise(w.net, net_key(11), UINT64_C(0x100000003), next);
    cr_expect(memcmp(again, next, n * sizeof *again) != 0);
    net_world_forward(&w);
    titr_real *mean = net_draws(1, w.n_out, 0.0, 0.0);
    memcpy(mean, w.out, w.n_out * sizeof *mean);
    w.in.noise = NULL;
    net_world_forward(&w);
    cr_expect(memcmp(mean, w.out, w.n_out * sizeof *mean) != 0, "noise changes what comes out");
    free(again);
    free(next);
    free(mean);
    net_world_fini(&w);
}

Test(net, parameters_are_saved_by_name)
{
    net_world w = net_world_of(&net_cases[7], 0);
    titr_real *copy = net_draws(1, w.n_params, 0.0, 0.0);
    titr_memory_visitor m;
    size_t n = 0, sum = 0;
    titr_memory_visitor_init(&m);
    cr_assert(titr_net_visit(w.net, &m.base, "online", w.params, NULL) == TITR_OK);
    titr_memory_visitor_load(&m);
    cr_assert(titr_net_visit(w.net, &m.base, "online", copy, NULL) == TITR_OK);
    cr_expect(memcmp(copy, w.params, w.n_params * sizeof *copy) == 0);
    const titr_net_tensor *t = titr_net_tensors(w.net, &n);
    for (size_t k = 0; k < n; k++) {
        cr_expect(t[k].offset == sum, "%s leaves a gap", t[k].name);
        sum += t[k].rows * t[k].cols;
    }
    cr_expect(sum == w.n_params);
    titr_memory_visitor_fini(&m);
    free(copy);
    net_world_fini(&w);
}

Test(net, specs_out_of_range_are_refused)
{
    static const titr_net_spec wrong[] = {
        {.n_in = 0, .n_out = 2, .atoms = 1},
        {.n_in = 3, .n_out = 0, .atoms = 1},
        {.n_in = 3, .n_out = 2, .atoms = 0},
        {.n_in = 3, .n_out = 2, .atoms = 1, .n_hidden = 9},
        {.n_in = 3, .n_out = 2, .atoms = 1, .n_hidden = 2, .hidden = {5, 0}},
        {.n_in = 3, .n_out = 2, .atoms = 1, .n_hidden = 1, .hidden = {5000}},
        {.n_in = 3, .n_out = 2, .atoms = 1, .gru = 5000},
        {.n_in = 3, .n_out = 2, .atoms = 1, .dueling = 1},
        {.n_in = 3, .n_out = 2, .atoms = 1, .n_hidden = 1, .hidden = {5}, .cosines = 64},
        {.n_in = 3, .n_out = 2, .atoms = 2, .gru = 4, .cosines = 64},
        {.n_in = 3, .n_out = 2, .atoms = 1, .noisy = 1, .noisy_sigma = -0.1},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        titr_error err = {.what = ""};
        titr_net *net = NULL;
        cr_expect(titr_net_create(&wrong[k], &net, &err) == TITR_ERR_RANGE, "%zu", k);
        cr_expect(strncmp(err.what, "network: ", 9) == 0 && net == NULL, "%s", err.what);
    }
    const titr_net_spec plain = titr_net_default_spec();
    cr_expect(plain.n_out == 1 && plain.atoms == 1 && plain.noisy_sigma == 0.5);
    titr_net_destroy(NULL);
    titr_net_ws_destroy(NULL);
}

Test(net, inputs_beyond_the_workspace_are_refused)
{
    net_world w = net_world_of(&net_cases[12], 0);
    titr_net_input wrong[5] = {w.in, w.in, w.in, w.in, w.in};
    wrong[0].rows++;
    wrong[1].steps++;
    wrong[2].burn_in = w.in.steps;
    wrong[3].taus++;
    wrong[4].tau = NULL;
    for (size_t k = 0; k < 5; k++) {
        titr_error err = {.what = ""};
        cr_expect(titr_net_forward(w.net, w.params, w.ws, &wrong[k], w.out, &err) == TITR_ERR_ARG,
                  "%zu", k);
    }
    const titr_net_limits few = {.rows = 1}, many = {.rows = 100, .steps = 10, .taus = 8};
    cr_expect(titr_net_ws_bytes(w.net, few) < titr_net_ws_bytes(w.net, many));
    net_world_fini(&w);
}

Test(net, the_blas_is_named)
{
    char text[128];
    titr_blas_library(text, sizeof text);
    cr_expect(titr_blas_is_openblas(), "%s", text);
    cr_expect(strncmp(text, "OpenBLAS ", 9) == 0 && strstr(text, " kernels, 1 thread") != NULL,
              "%s", text);
    titr_blas_version(text, sizeof text);
    cr_expect(strncmp(text, "OpenBLAS 0.", 11) == 0 && strlen(text) < 20, "%s", text);
}

/* FNV-1a of the bits of x, going on from h. */
static uint64_t hash(uint64_t h, const titr_real *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        h = (h ^ bits) * UINT64_C(0x100000001b3);
    }
    return h;
}

/* Three steps of Adam on each kind of network: compilers, levels of optimisation and processors
 * must agree on this number. It says nothing about what is right: the other tests do. */
Test(net, deterministic_networks_have_the_same_bits_everywhere)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t k = 0; k < N_NET_CASES; k++) {
        net_world w = net_world_of(&net_cases[k], 1);
        const titr_optimiser_def def = titr_optimiser_default_def(TITR_ADAM);
        titr_optimiser *adam = NULL;
        cr_assert(titr_optimiser_create(&def, w.n_params, &adam, NULL) == TITR_OK);
        for (int step = 0; step < 3; step++) {
            net_world_forward(&w);
            titr_net_backward(w.net, w.params, w.ws, w.dout, w.grad);
            (void)titr_grad_clip(w.grad, w.n_params, 1.0);
            titr_optimiser_step(adam, 0.01, w.grad, w.params);
            h = hash(hash(h, w.out, w.n_out), w.params, w.n_params);
        }
        titr_optimiser_destroy(adam);
        net_world_fini(&w);
    }
    cr_expect(h == UINT64_C(0xdecee143c23ebc46), "%016llx", (unsigned long long)h);
}

static titr_status make(void *context, titr_error *err)
{
    titr_net *net = NULL;
    titr_net_ws *ws = NULL;
    titr_optimiser *o = NULL;
    const titr_optimiser_def def = titr_optimiser_default_def(TITR_ADAM);
    titr_status status = titr_net_create(context, &net, err);
    if (status == TITR_OK) {
        status = titr_net_ws_create(net, (titr_net_limits){.rows = 3}, &ws, err);
    }
    if (status == TITR_OK) {
        status = titr_optimiser_create(&def, titr_net_n_params(net), &o, err);
    }
    titr_optimiser_destroy(o);
    titr_net_ws_destroy(ws);
    titr_net_destroy(net);
    return status;
}

Test(net, lack_of_memory_is_told)
{
    titr_net_spec spec = net_cases[1].spec;
    cr_expect_eq(allocations_fail_each(make, &spec, 1), 5);
}

Test(net, passes_allocate_nothing)
{
    for (size_t k = 0; k < N_NET_CASES; k++) {
        net_world w = net_world_of(&net_cases[k], 0);
        const size_t before = allocations();
        net_world_forward(&w);
        titr_net_backward(w.net, w.params, w.ws, w.dout, w.grad);
        cr_expect_eq(allocations(), before, "%s", net_cases[k].name);
        net_world_fini(&w);
    }
}
