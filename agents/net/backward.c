// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout.h"

#include <string.h>

/* Activations of the trunk's last layer, or the input where there is none; behind the burn-in. */
static const titr_real *trunk_output(const titr_net_ws *ws)
{
    const titr_net *net = ws->net;
    const size_t skipped = ws->in.rows * ws->in.burn_in;
    if (net->n_trunk == 0) {
        return ws->in.x + skipped * net->spec.n_in;
    }
    return ws->trunk[net->n_trunk - 1] + skipped * net->trunk[net->n_trunk - 1].out;
}

/* Head input's gradient in ws->d_head, unless nothing before the head has parameters. */
static void head(const titr_net_ws *ws, const titr_real *params, const titr_real *x,
                 const titr_real *mask, const titr_real *dout, titr_real *grad)
{
    const titr_net *net = ws->net;
    const size_t rows = net->spec.cosines > 0 ? ws->rows * ws->in.taus : ws->rows;
    const int inner = net->n_trunk > 0 || net->spec.gru > 0;
    if (net->spec.dueling) {
        net->kernels->dueling_grad(dout, rows, net->spec.n_out, net->spec.atoms, ws->d_raw[0],
                                   ws->d_raw[1]);
    }
    for (size_t s = 0; s < net->n_streams; s++) {
        titri_back b = {.rows = rows, .dy = net->spec.dueling ? ws->d_raw[s] : dout};
        if (net->head_hidden) {
            b.x = ws->hidden[s];
            b.mask = ws->hidden[s];
            b.dx = ws->d_hidden;
            titri_dense_backward(ws, params, &net->stream[s].out, &b, grad);
            b.dy = ws->d_hidden;
        }
        b.x = x;
        b.mask = s + 1 == net->n_streams ? mask : NULL;
        b.dx = inner ? ws->d_head : NULL;
        b.accumulate = s > 0;
        titri_dense_backward(
            ws, params, net->head_hidden ? &net->stream[s].hidden : &net->stream[s].out, &b, grad);
    }
}

/* Through psi(x) phi(tau): ws->d_psi from ws->d_head. */
static void quantiles(const titr_net_ws *ws, const titr_real *params, const titr_real *psi,
                      const titr_real *mask, titr_real *grad)
{
    const titr_net *net = ws->net;
    net->kernels->modulate_grad(psi, ws->phi, ws->d_head, mask, ws->rows, ws->in.taus, net->width,
                                ws->d_phi, ws->d_psi);
    const titri_back b = {.x = ws->cosine, .dy = ws->d_phi, .rows = ws->rows * ws->in.taus};
    titri_dense_backward(ws, params, &net->embed, &b, grad);
}

/* dy: gradient of the last layer's sums. */
static void trunk(const titr_net_ws *ws, const titr_real *params, const titr_real *dy,
                  titr_real *grad)
{
    const titr_net *net = ws->net;
    const size_t skipped = ws->in.rows * ws->in.burn_in;
    for (size_t i = net->n_trunk; i-- > 0;) {
        titri_back b = {.dy = dy, .rows = ws->rows};
        if (i > 0) {
            b.x = ws->trunk[i - 1] + skipped * net->trunk[i].in;
            b.mask = b.x;
            b.dx = ws->d_trunk[i % 2];
        } else {
            b.x = ws->in.x + skipped * net->spec.n_in;
        }
        titri_dense_backward(ws, params, &net->trunk[i], &b, grad);
        dy = b.dx;
    }
}

void titr_net_backward(const titr_net *net, const titr_real *params, titr_net_ws *ws,
                       const titr_real *dout, titr_real *grad)
{
    const int gru = net->spec.gru > 0, implicit = net->spec.cosines > 0;
    const titr_real *below = trunk_output(ws);
    const titr_real *psi = gru ? ws->after + ws->in.rows * ws->in.burn_in * net->width : below;
    /* the trunk ends in a ReLU, the recurrent layer does not */
    const titr_real *open = net->n_trunk > 0 ? below : NULL;
    const titr_real *mask = gru ? NULL : open;
    head(ws, params, implicit ? ws->mixed : psi, implicit ? NULL : mask, dout, grad);
    if (implicit) {
        quantiles(ws, params, psi, mask, grad);
    }
    const titr_real *dy = ws->d_psi;
    if (gru) {
        titr_real *dx = net->n_trunk > 0 ? ws->d_trunk[net->n_trunk % 2] : NULL;
        titri_gru_backward(ws, params, below, dx, open, grad);
        dy = dx;
    }
    trunk(ws, params, dy, grad);
}
