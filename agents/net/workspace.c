// SPDX-License-Identifier: GPL-3.0-or-later
/* One block of memory for all activations and gradients of a batch. */
#include "layout.h"

#include <stdlib.h>

enum { LINE = 64 };

/* Counts with memory = NULL, hands out otherwise. */
typedef struct planner {
    unsigned char *memory;
    size_t used;
} planner;

static titr_real *take(planner *p, size_t n)
{
    if (n == 0) {
        return NULL;
    }
    titr_real *at = p->memory != NULL ? (titr_real *)(void *)(p->memory + p->used) : NULL;
    p->used += (n * sizeof *at + LINE - 1) / LINE * LINE;
    return at;
}

static void plan_recurrent(titr_net_ws *ws, planner *p, size_t all)
{
    const size_t units = ws->net->spec.gru, rows = ws->limits.rows;
    ws->gru_in = take(p, all * 3 * units);
    ws->gru_state = take(p, rows * 3 * units);
    ws->gate = take(p, all * 3 * units);
    ws->n_state = take(p, all * units);
    ws->before = take(p, all * units);
    ws->after = take(p, all * units);
    ws->d_gru_in = take(p, all * 3 * units);
    ws->d_gru_state = take(p, all * 3 * units);
    ws->d_h = take(p, rows * units);
}

static void plan_head(titr_net_ws *ws, planner *p, size_t all)
{
    const titr_net *net = ws->net;
    const int implicit = net->spec.cosines > 0;
    const size_t head = implicit ? all * ws->limits.taus : all;
    if (implicit) {
        ws->cosine = take(p, head * net->spec.cosines);
        ws->phi = take(p, head * net->width);
        ws->mixed = take(p, head * net->width);
        ws->d_phi = take(p, head * net->width);
    }
    for (size_t s = 0; s < net->n_streams; s++) {
        ws->hidden[s] = take(p, head * net->stream[s].hidden.out);
        ws->raw[s] = take(p, net->spec.dueling ? head * net->stream[s].out.out : 0);
        ws->d_raw[s] = take(p, net->spec.dueling ? head * net->stream[s].out.out : 0);
    }
    ws->d_hidden = take(p, head * net->stream[0].hidden.out);
    ws->d_head = take(p, head * net->width);
    ws->d_psi = implicit ? take(p, all * net->width) : ws->d_head;
}

static void plan(titr_net_ws *ws, planner *p)
{
    const titr_net *net = ws->net;
    const size_t all = ws->limits.rows * ws->limits.steps;
    size_t widest = 0;
    for (size_t i = 0; i < net->n_trunk; i++) {
        ws->trunk[i] = take(p, all * net->trunk[i].out);
        widest = net->trunk[i].out > widest ? net->trunk[i].out : widest;
    }
    ws->d_trunk[0] = take(p, all * widest);
    ws->d_trunk[1] = take(p, all * widest);
    plan_recurrent(ws, p, all);
    plan_head(ws, p, all);
    ws->effective = take(p, net->n_effective);
    ws->pack = take(p, TITRI_GEMM_PACK);
}

static titr_net_ws empty(const titr_net *net, titr_net_limits limits)
{
    limits.rows = limits.rows > 0 ? limits.rows : 1;
    limits.steps = limits.steps > 0 ? limits.steps : 1;
    limits.taus = limits.taus > 0 ? limits.taus : 1;
    return (titr_net_ws){.net = net, .limits = limits};
}

size_t titr_net_ws_bytes(const titr_net *net, titr_net_limits limits)
{
    titr_net_ws ws = empty(net, limits);
    planner p = {.memory = NULL};
    plan(&ws, &p);
    return p.used + sizeof ws;
}

titr_status titr_net_ws_create(const titr_net *net, titr_net_limits limits, titr_net_ws **out,
                               titr_error *err)
{
    titr_net_ws *ws = malloc(sizeof *ws);
    if (ws == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a network's activations");
    }
    *ws = empty(net, limits);
    planner p = {.memory = NULL};
    plan(ws, &p);
    ws->memory = aligned_alloc(LINE, p.used);
    if (ws->memory == NULL) {
        const size_t bytes = p.used;
        free(ws);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a network's activations (%zu bytes)",
                         bytes);
    }
    p = (planner){.memory = ws->memory};
    plan(ws, &p);
    *out = ws;
    return TITR_OK;
}

void titr_net_ws_destroy(titr_net_ws *ws)
{
    if (ws != NULL) {
        free(ws->memory);
        free(ws);
    }
}
