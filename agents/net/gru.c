// SPDX-License-Identifier: GPL-3.0-or-later
/* The recurrent layer over the steps of a sequence, and back through time [cho2014]. */
#include "layout.h"

#include <string.h>

/* Rows of h that a new episode forgets. */
static void forget(const titr_net_ws *ws, size_t step, titr_real *h)
{
    const size_t rows = ws->in.rows, units = ws->net->spec.gru;
    if (ws->in.first == NULL) {
        return;
    }
    for (size_t r = 0; r < rows; r++) {
        if (ws->in.first[step * rows + r]) {
            memset(h + r * units, 0, units * sizeof *h);
        }
    }
}

/* Activations of one step; `after` is left to the caller. */
static titri_gates gates_of(const titr_net_ws *ws, size_t step)
{
    const size_t rows = ws->in.rows, units = ws->net->spec.gru, at = step * rows;
    return (titri_gates){.rows = rows,
                         .units = units,
                         .gate = ws->gate + at * 3 * units,
                         .n_state = ws->n_state + at * units,
                         .before = ws->before + at * units};
}

void titri_gru_forward(titr_net_ws *ws, const titr_real *params, const titr_real *x)
{
    const titr_net *net = ws->net;
    const size_t rows = ws->in.rows, units = net->spec.gru, size = rows * units;
    titri_dense_forward(ws, params, &net->gru_in, x, rows * ws->in.steps, 0, ws->gru_in);
    for (size_t t = 0; t < ws->in.steps; t++) {
        titr_real *before = ws->before + t * size;
        if (t > 0 || ws->in.h0 != NULL) {
            memcpy(before, t > 0 ? ws->after + (t - 1) * size : ws->in.h0, size * sizeof *before);
        } else {
            memset(before, 0, size * sizeof *before);
        }
        forget(ws, t, before);
        titri_dense_forward(ws, params, &net->gru_state, before, rows, 0, ws->gru_state);
        titri_gates g = gates_of(ws, t);
        g.input = ws->gru_in + t * 3 * size;
        g.state = ws->gru_state;
        g.after = ws->after + t * size;
        net->kernels->gru(&g);
    }
    if (ws->in.h_last != NULL) {
        memcpy(ws->in.h_last, ws->after + (ws->in.steps - 1) * size, size * sizeof *ws->after);
    }
}

/* dh [rows][units] += the gradient that comes from the head at this step. */
static void add(titr_real *dh, const titr_real *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dh[i] += from[i];
    }
}

/* One step back: gradients of the gates' sums, and dh from h' to h. */
static void step_back(titr_net_ws *ws, const titr_real *params, size_t t)
{
    const titr_net *net = ws->net;
    const titri_dense *d = &net->gru_state;
    const size_t size = ws->in.rows * net->spec.gru;
    titri_gates g = gates_of(ws, t);
    g.input = ws->d_gru_in + t * 3 * size;
    g.state = ws->d_gru_state + t * 3 * size;
    g.after = ws->d_h;
    net->kernels->gru_grad(&g);
    net->gemm(&(titri_gemm){.m = ws->in.rows,
                            .n = d->in,
                            .k = d->out,
                            .a = g.state,
                            .a_row = d->out,
                            .a_col = 1,
                            .b = params + d->weight,
                            .ldb = d->out,
                            .b_transposed = 1,
                            .c = ws->d_h,
                            .ldc = d->in,
                            .accumulate = 1,
                            .pack = ws->pack});
    forget(ws, t, ws->d_h);
}

void titri_gru_backward(titr_net_ws *ws, const titr_real *params, const titr_real *x, titr_real *dx,
                        const titr_real *mask, titr_real *grad)
{
    const titr_net *net = ws->net;
    const size_t size = ws->in.rows * net->spec.gru, from = ws->in.burn_in;
    memset(ws->d_h, 0, size * sizeof *ws->d_h);
    for (size_t t = ws->in.steps; t-- > from;) {
        add(ws->d_h, ws->d_psi + (t - from) * size, size);
        step_back(ws, params, t);
    }
    titri_back b = {.x = x, .dy = ws->d_gru_in + from * 3 * size, .rows = ws->rows, .mask = mask};
    b.dx = dx;
    titri_dense_backward(ws, params, &net->gru_in, &b, grad);
    b = (titri_back){
        .x = ws->before + from * size, .dy = ws->d_gru_state + from * 3 * size, .rows = ws->rows};
    titri_dense_backward(ws, params, &net->gru_state, &b, grad);
}
