// SPDX-License-Identifier: GPL-3.0-or-later
#include "layout.h"

static titr_status fits(const titr_net *net, const titr_net_ws *ws, const titr_net_input *in,
                        titr_error *err)
{
    const titr_net_limits *l = &ws->limits;
    if (ws->net != net || in->rows > l->rows || in->steps > l->steps || in->burn_in >= in->steps) {
        return titr_fail(err, TITR_ERR_ARG,
                         "network: %zu rows x %zu steps with %zu of burn-in in a workspace of this "
                         "network for %zu x %zu",
                         in->rows, in->steps, in->burn_in, l->rows, l->steps);
    }
    if (net->spec.cosines > 0 && (in->taus == 0 || in->taus > l->taus || in->tau == NULL)) {
        return titr_fail(err, TITR_ERR_ARG, "network: %zu quantiles per row in a workspace for %zu",
                         in->taus, l->taus);
    }
    return TITR_OK;
}

/* What comes into the head from the step after the burn-in on. */
static const titr_real *features(titr_net_ws *ws, const titr_real *params)
{
    const titr_net *net = ws->net;
    const titr_net_input *in = &ws->in;
    const size_t all = in->rows * in->steps, skipped = in->rows * in->burn_in;
    const titr_real *x = in->x;
    for (size_t i = 0; i < net->n_trunk; i++) {
        titri_dense_forward(ws, params, &net->trunk[i], x, all, 1, ws->trunk[i]);
        x = ws->trunk[i];
    }
    if (net->spec.gru > 0) {
        titri_gru_forward(ws, params, x);
        x = ws->after;
    }
    return x + skipped * net->width;
}

static const titr_real *with_quantiles(const titr_net_ws *ws, const titr_real *params,
                                       const titr_real *psi)
{
    const titr_net *net = ws->net;
    const size_t taus = ws->in.taus, rows = ws->rows * taus;
    net->kernels->cosines(ws->in.tau, rows, net->spec.cosines, ws->cosine);
    titri_dense_forward(ws, params, &net->embed, ws->cosine, rows, 1, ws->phi);
    net->kernels->modulate(psi, ws->phi, ws->rows, taus, net->width, ws->mixed);
    return ws->mixed;
}

static void head(titr_net_ws *ws, const titr_real *params, const titr_real *x, size_t rows,
                 titr_real *out)
{
    const titr_net *net = ws->net;
    for (size_t s = 0; s < net->n_streams; s++) {
        const titr_real *y = x;
        if (net->head_hidden) {
            titri_dense_forward(ws, params, &net->stream[s].hidden, x, rows, 1, ws->hidden[s]);
            y = ws->hidden[s];
        }
        titri_dense_forward(ws, params, &net->stream[s].out, y, rows, 0,
                            net->spec.dueling ? ws->raw[s] : out);
    }
    if (net->spec.dueling) {
        net->kernels->dueling(ws->raw[0], ws->raw[1], rows, net->spec.n_out, net->spec.atoms, out);
    }
}

titr_status titr_net_forward(const titr_net *net, const titr_real *params, titr_net_ws *ws,
                             const titr_net_input *in, titr_real *out, titr_error *err)
{
    titr_net_input input = *in;
    input.steps = in->steps > 0 ? in->steps : 1;
    TITR_TRY(fits(net, ws, &input, err));
    ws->in = input;
    ws->rows = input.rows * (input.steps - input.burn_in);
    const titr_real *x = features(ws, params);
    size_t rows = ws->rows;
    if (net->spec.cosines > 0) {
        x = with_quantiles(ws, params, x);
        rows *= input.taus;
    }
    head(ws, params, x, rows, out);
    return TITR_OK;
}
