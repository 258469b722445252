// SPDX-License-Identifier: GPL-3.0-or-later
/* Networks of every kind, small, with an input of each: shared by the tests in float and in double.
 */
#ifndef TITR_TESTS_AGENTS_NET_CASES_H
#define TITR_TESTS_AGENTS_NET_CASES_H

#include "titrate/agents/net.h"
#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <stdlib.h>

typedef struct net_case {
    const char *name;
    titr_net_spec spec;
    size_t rows, steps, burn_in, taus;
    int with_noise, with_h0, with_first;
} net_case;

static const net_case net_cases[] = {
    {.name = "linear", .spec = {.n_in = 3, .n_out = 2, .atoms = 1}, .rows = 4},
    {.name = "dense",
     .spec = {.n_in = 5, .n_hidden = 3, .hidden = {17, 9, 20}, .n_out = 3, .atoms = 1},
     .rows = 13},
    {.name = "atoms",
     .spec = {.n_in = 4, .n_hidden = 2, .hidden = {8, 16}, .n_out = 3, .atoms = 7},
     .rows = 5},
    {.name = "dueling",
     .spec = {.n_in = 4, .n_hidden = 2, .hidden = {10, 12}, .n_out = 4, .atoms = 1, .dueling = 1},
     .rows = 6},
    {.name = "dueling of the input",
     .spec = {.n_in = 4, .n_hidden = 1, .hidden = {12}, .n_out = 4, .atoms = 3, .dueling = 1},
     .rows = 6},
    {.name = "noisy",
     .spec = {.n_in = 4,
              .n_hidden = 2,
              .hidden = {10, 12},
              .n_out = 3,
              .atoms = 1,
              .noisy = 1,
              .noisy_sigma = 0.5},
     .rows = 6,
     .with_noise = 1},
    {.name = "noisy, its mean",
     .spec = {.n_in = 4,
              .n_hidden = 1,
              .hidden = {12},
              .n_out = 3,
              .atoms = 1,
              .noisy = 1,
              .noisy_sigma = 0.5},
     .rows = 6},
    {.name = "dueling, noisy, atoms",
     .spec = {.n_in = 4,
              .n_hidden = 2,
              .hidden = {10, 12},
              .n_out = 3,
              .atoms = 5,
              .dueling = 1,
              .noisy = 1,
              .noisy_sigma = 0.5},
     .rows = 6,
     .with_noise = 1},
    {.name = "recurrent",
     .spec = {.n_in = 3, .n_hidden = 2, .hidden = {7, 9}, .n_out = 2, .atoms = 1, .gru = 6},
     .rows = 4,
     .steps = 6},
    {.name = "recurrent on the input",
     .spec = {.n_in = 3, .n_out = 2, .atoms = 1, .gru = 6},
     .rows = 4,
     .steps = 5,
     .with_h0 = 1,
     .with_first = 1},
    {.name = "recurrent with burn-in",
     .spec = {.n_in = 3,
              .n_hidden = 3,
              .hidden = {7, 5, 9},
              .n_out = 2,
              .atoms = 3,
              .gru = 6,
              .dueling = 1},
     .rows = 4,
     .steps = 7,
     .burn_in = 3,
     .with_h0 = 1,
     .with_first = 1},
    {.name = "implicit quantiles",
     .spec = {.n_in = 4, .n_hidden = 2, .hidden = {10, 12}, .n_out = 3, .atoms = 1, .cosines = 11},
     .rows = 3,
     .taus = 5},
    {.name = "implicit quantiles, recurrent, dueling, noisy",
     .spec = {.n_in = 4,
              .n_hidden = 1,
              .hidden = {9},
              .n_out = 3,
              .atoms = 1,
              .gru = 6,
              .cosines = 16,
              .dueling = 1,
              .noisy = 1,
              .noisy_sigma = 0.5},
     .rows = 3,
     .steps = 4,
     .burn_in = 1,
     .taus = 4,
     .with_noise = 1},
};
enum { N_NET_CASES = sizeof net_cases / sizeof net_cases[0] };

/* A network, an input and everything around them. */
typedef struct net_world {
    titr_net *net;
    titr_net_ws *ws;
    titr_net_input in;
    size_t n_params, n_out;
    titr_real *params, *x, *h0, *tau, *noise, *out, *dout, *grad;
    unsigned char *first;
} net_world;

static inline titr_rng_key net_key(uint32_t part)
{
    return (titr_rng_key){.seed = 20261121, .purpose = TITR_PURPOSE_TEST, .patient = part};
}

/* n values U(lo, hi) of their own stream. */
static inline titr_real *net_draws(uint32_t part, size_t n, double lo, double hi)
{
    titr_real *x = malloc((n + 1) * sizeof *x);
    cr_assert(x != NULL);
    for (size_t i = 0; i < n; i++) {
        x[i] = (titr_real)(lo + (hi - lo) * titr_rng_uniform(net_key(part), (uint32_t)i));
    }
    return x;
}

static inline void net_world_input(net_world *w, const net_case *c, size_t steps)
{
    const size_t head = c->rows * (steps - c->burn_in);
    w->x = net_draws(1, steps * c->rows * c->spec.n_in, -2.0, 2.0);
    w->h0 = net_draws(2, c->rows * c->spec.gru, -1.0, 1.0);
    w->tau = net_draws(3, head * c->taus, 0.0, 1.0);
    w->n_out = head * (c->taus > 0 ? c->taus : 1) * c->spec.n_out * c->spec.atoms;
    w->out = net_draws(4, w->n_out, 0.0, 0.0);
    w->dout = net_draws(5, w->n_out, -1.0, 1.0);
    w->first = calloc(steps * c->rows, 1);
    cr_assert(w->first != NULL);
    for (size_t i = 0; i < steps * c->rows; i++) {
        w->first[i] = titr_rng_uniform(net_key(6), (uint32_t)i) < 0.2;
    }
    w->in = (titr_net_input){.rows = c->rows,
                             .steps = steps,
                             .burn_in = c->burn_in,
                             .x = w->x,
                             .noise = c->with_noise ? w->noise : NULL,
                             .h0 = c->with_h0 ? w->h0 : NULL,
                             .first = c->with_first ? w->first : NULL,
                             .taus = c->taus,
                             .tau = w->tau};
}

static inline net_world net_world_of(const net_case *c, int deterministic)
{
    net_world w = {.net = NULL};
    titr_error err = {.what = ""};
    titr_net_spec spec = c->spec;
    const size_t steps = c->steps > 0 ? c->steps : 1;
    spec.deterministic = deterministic;
    cr_assert(titr_net_create(&spec, &w.net, &err) == TITR_OK, "%s: %s", c->name, err.what);
    const titr_net_limits limits = {.rows = c->rows, .steps = steps, .taus = c->taus};
    cr_assert(titr_net_ws_create(w.net, limits, &w.ws, &err) == TITR_OK, "%s", err.what);
    w.n_params = titr_net_n_params(w.net);
    w.params = net_draws(7, w.n_params, 0.0, 0.0);
    w.grad = net_draws(8, w.n_params, 0.0, 0.0);
    w.noise = net_draws(9, titr_net_n_noise(w.net), 0.0, 0.0);
    titr_net_init(w.net, net_key(10), w.params);
    titr_net_noise(w.net, net_key(11), 3, w.noise);
    net_world_input(&w, c, steps);
    return w;
}

static inline void net_world_fini(net_world *w)
{
    titr_net_ws_destroy(w->ws);
    titr_net_destroy(w->net);
    titr_real *const arrays[] = {w->params, w->x,   w->h0,   w->tau,
                                 w->noise,  w->out, w->dout, w->grad};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        free(arrays[i]);
    }
    free(w->first);
}

static inline void net_world_forward(net_world *w)
{
    titr_error err = {.what = ""};
    cr_assert(titr_net_forward(w->net, w->params, w->ws, &w->in, w->out, &err) == TITR_OK, "%s",
              err.what);
}

#endif
