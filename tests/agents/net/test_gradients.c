// SPDX-License-Identifier: GPL-3.0-or-later
/* Gradients of every kind of layer against central differences, in double: this file and the
 * networks' sources are compiled once more with that type (CMakeLists.txt). */
#include "agents/net/cases.h"

#include <math.h>

#define STEP 1e-5

_Static_assert(sizeof(titr_real) == sizeof(double), "compiled in double");

static double loss(net_world *w)
{
    net_world_forward(w);
    double sum = 0.0;
    for (size_t i = 0; i < w->n_out; i++) {
        sum += w->dout[i] * w->out[i];
    }
    return sum;
}

/* The gradient does not pass the burn-in: differences are taken from the hidden state behind it. */
static void cut_burn_in(net_world *w, const net_case *c)
{
    const size_t units = c->spec.gru;
    const titr_net_input whole = w->in;
    net_world before = *w;
    before.in.steps = whole.burn_in;
    before.in.burn_in = 0;
    before.in.h_last = w->h0;
    before.out = net_draws(12, whole.burn_in * w->n_out, 0.0, 0.0);
    net_world_forward(&before);
    free(before.out);
    w->in.steps = whole.steps - whole.burn_in;
    w->in.burn_in = 0;
    w->in.x += whole.burn_in * c->rows * c->spec.n_in;
    w->in.h0 = w->h0;
    w->in.first = whole.first != NULL ? whole.first + whole.burn_in * c->rows : NULL;
    cr_assert(units > 0);
}

/* The loss of a value: one output of a row. */
static void take_one(net_world *w, size_t outputs)
{
    for (size_t i = 0; i < w->n_out; i++) {
        w->dout[i] *= i % outputs == i / outputs % outputs;
    }
}

static void check_case(const net_case *c, int deterministic, int taken)
{
    net_world w = net_world_of(c, deterministic);
    net_world_forward(&w);
    if (taken) {
        take_one(&w, c->spec.n_out * c->spec.atoms);
    }
    titr_net_backward(w.net, w.params, w.ws, w.dout, w.grad);
    double largest = 0.0;
    for (size_t i = 0; i < w.n_params; i++) {
        largest = fmax(largest, fabs(w.grad[i]));
    }
    if (c->burn_in > 0) {
        cut_burn_in(&w, c);
    }
    for (size_t i = 0; i < w.n_params; i++) {
        const double p = w.params[i];
        w.params[i] = p + STEP;
        const double above = loss(&w);
        w.params[i] = p - STEP;
        const double below = loss(&w);
        w.params[i] = p;
        const double want = (above - below) / (2.0 * STEP);
        const double allowed = 1e-6 * fabs(want) + 1e-9 * (1.0 + largest);
        cr_expect(fabs(w.grad[i] - want) <= allowed, "%s: parameter %zu: %.12g, difference %.12g",
                  c->name, i, w.grad[i], want);
    }
    cr_expect(largest > 0.0, "%s: no gradient", c->name);
    net_world_fini(&w);
}

Test(net_gradients, fast)
{
    for (size_t k = 0; k < N_NET_CASES; k++) {
        check_case(&net_cases[k], 0, 0);
    }
}

Test(net_gradients, deterministic)
{
    for (size_t k = 0; k < N_NET_CASES; k++) {
        check_case(&net_cases[k], 1, 0);
    }
}

Test(net_gradients, of_one_output_a_row)
{
    for (size_t k = 0; k < N_NET_CASES; k++) {
        check_case(&net_cases[k], 0, 1);
    }
}
