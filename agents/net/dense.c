// SPDX-License-Identifier: GPL-3.0-or-later
/* Linear layers, plain and noisy [fortunato2018]. */
#include "layout.h"

#include <string.h>

static int with_noise(const titr_net_ws *ws, const titri_dense *d)
{
    return d->noisy && ws->in.noise != NULL;
}

const titr_real *titri_weights(const titr_net_ws *ws, const titr_real *params, const titri_dense *d)
{
    return with_noise(ws, d) ? ws->effective + d->effective : params + d->weight;
}

static const titr_real *bias_of(const titr_net_ws *ws, const titr_real *params,
                                const titri_dense *d)
{
    return with_noise(ws, d) ? ws->effective + d->effective + d->in * d->out : params + d->bias;
}

static void add_noise(const titr_net_ws *ws, const titr_real *params, const titri_dense *d)
{
    const titri_kernels *k = ws->net->kernels;
    const titr_real *e_in = ws->in.noise + d->noise_in, *e_out = ws->in.noise + d->noise_out;
    titr_real *w = ws->effective + d->effective;
    k->noisy_weights(params + d->weight, params + d->weight_sigma, e_in, e_out, d->in, d->out, w);
    k->noisy_weights(params + d->bias, params + d->bias_sigma, NULL, e_out, 1, d->out,
                     w + d->in * d->out);
}

void titri_dense_forward(const titr_net_ws *ws, const titr_real *params, const titri_dense *d,
                         const titr_real *x, size_t rows, int relu, titr_real *y)
{
    if (with_noise(ws, d)) {
        add_noise(ws, params, d);
    }
    ws->net->gemm(&(titri_gemm){.m = rows,
                                .n = d->out,
                                .k = d->in,
                                .a = x,
                                .a_row = d->in,
                                .a_col = 1,
                                .b = titri_weights(ws, params, d),
                                .ldb = d->out,
                                .c = y,
                                .ldc = d->out,
                                .bias = bias_of(ws, params, d),
                                .relu = relu,
                                .pack = ws->pack});
}

/* Gradients of sigma from those of the weights. */
static void sigma_backward(const titr_net_ws *ws, const titri_dense *d, titr_real *grad)
{
    const titri_kernels *k = ws->net->kernels;
    if (ws->in.noise == NULL) {
        memset(grad + d->weight_sigma, 0, d->in * d->out * sizeof *grad);
        memset(grad + d->bias_sigma, 0, d->out * sizeof *grad);
        return;
    }
    const titr_real *e_in = ws->in.noise + d->noise_in, *e_out = ws->in.noise + d->noise_out;
    k->noisy_grad(grad + d->weight, e_in, e_out, d->in, d->out, grad + d->weight_sigma);
    k->noisy_grad(grad + d->bias, NULL, e_out, 1, d->out, grad + d->bias_sigma);
}

/* Gradients of the weights and of the input: two products. */
static void products_backward(const titr_net_ws *ws, const titr_real *weights, const titri_dense *d,
                              const titri_back *b, titr_real *dw)
{
    ws->net->gemm(&(titri_gemm){.m = d->in,
                                .n = d->out,
                                .k = b->rows,
                                .a = b->x,
                                .a_row = 1,
                                .a_col = d->in,
                                .b = b->dy,
                                .ldb = d->out,
                                .c = dw,
                                .ldc = d->out,
                                .pack = ws->pack});
    if (b->dx != NULL) {
        ws->net->gemm(&(titri_gemm){.m = b->rows,
                                    .n = d->in,
                                    .k = d->out,
                                    .a = b->dy,
                                    .a_row = d->out,
                                    .a_col = 1,
                                    .b = weights,
                                    .ldb = d->out,
                                    .b_transposed = 1,
                                    .c = b->dx,
                                    .ldc = d->in,
                                    .accumulate = b->accumulate,
                                    .mask = b->mask,
                                    .pack = ws->pack});
    }
}

/* The same where each row has to do with one output. */
static void taken_backward(const titr_net_ws *ws, const titr_real *weights, const titri_dense *d,
                           const titri_back *b, titr_real *dw)
{
    ws->net->kernels->taken(&(titri_taken){.rows = b->rows,
                                           .in = d->in,
                                           .out = d->out,
                                           .x = b->x,
                                           .dy = b->dy,
                                           .w = weights,
                                           .mask = b->mask,
                                           .dw = dw,
                                           .dx = b->dx,
                                           .turned = ws->pack});
}

void titri_dense_backward(const titr_net_ws *ws, const titr_real *params, const titri_dense *d,
                          const titri_back *b, titr_real *grad)
{
    const titri_kernels *k = ws->net->kernels;
    const int taken = !b->accumulate && d->in * d->out <= TITRI_GEMM_PACK &&
                      k->at_most_one(b->dy, b->rows, d->out);
    (taken ? taken_backward : products_backward)(ws, titri_weights(ws, params, d), d, b,
                                                 grad + d->weight);
    k->column_sums(b->dy, b->rows, d->out, grad + d->bias);
    if (d->noisy) {
        sigma_backward(ws, d, grad);
    }
}
