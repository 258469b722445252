// SPDX-License-Identifier: GPL-3.0-or-later
/* What a network's parameters start from, their noise, and how they are saved. */
#include "layout.h"

#include "titrate/base/rng.h"

void titr_net_init(const titr_net *net, titr_rng_key key, titr_real *params)
{
    for (size_t k = 0; k < net->n_tensors; k++) {
        const titr_net_tensor *t = &net->tensor[k];
        for (size_t i = t->offset; i < t->offset + t->rows * t->cols; i++) {
            const double u = titr_rng_uniform(key, (uint32_t)i);
            params[i] =
                (titr_real)(net->constant[k] ? net->bound[k] : net->bound[k] * (2.0 * u - 1.0));
        }
    }
}

titr_status titr_net_visit(const titr_net *net, titr_visitor *v, const char *name,
                           titr_real *params, titr_error *err)
{
    TITR_TRY(titr_visit_enter(v, name, err));
    for (size_t k = 0; k < net->n_tensors; k++) {
        const titr_net_tensor *t = &net->tensor[k];
        const size_t shape[2] = {t->rows, t->cols};
        TITR_TRY(titr_state_visit(v, t->name, TITR_REAL_DTYPE, 2, shape, params + t->offset, err));
    }
    return titr_visit_leave(v, err);
}

void titr_net_noise(const titr_net *net, titr_rng_key key, uint64_t draw, titr_real *noise)
{
    key.episode = (uint32_t)draw;
    key.patient = (uint32_t)(draw >> 32);
    net->kernels->noise(key, net->n_noise, noise);
}

void titr_net_softmax(const titr_net *net, const titr_real *x, size_t rows, size_t n,
                      titr_real *probability)
{
    net->kernels->softmax(x, rows, n, probability);
}
