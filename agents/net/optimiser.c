// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/agents/optimiser.h"

#include "kernels.h"

#include "titrate/base/math.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct titr_optimiser {
    titr_optimiser_def def;
    const titri_kernels *kernels; /* static */
    size_t n;
    int64_t steps;
    titr_real *mean, *square; /* [n] each, one block; mean of Adam only */
};

titr_optimiser_def titr_optimiser_default_def(titr_optimiser_kind kind)
{
    return (titr_optimiser_def){
        .kind = kind, .beta1 = 0.9, .beta2 = kind == TITR_ADAM ? 0.999 : 0.99, .eps = 1e-8};
}

static titr_status check(const titr_optimiser_def *d, titr_error *err)
{
    const int adam = d->kind == TITR_ADAM;
    if (adam && !(d->beta1 >= 0.0 && d->beta1 < 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "optimiser: beta1 = %g, allowed [0, 1)", d->beta1);
    }
    if (!(d->beta2 >= 0.0 && d->beta2 < 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "optimiser: %s = %g, allowed [0, 1)",
                         adam ? "beta2" : "alpha", d->beta2);
    }
    if (!(d->eps > 0.0 && d->eps <= 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "optimiser: eps = %g, allowed (0, 1]", d->eps);
    }
    return TITR_OK;
}

titr_status titr_optimiser_create(const titr_optimiser_def *def, size_t n_params,
                                  titr_optimiser **out, titr_error *err)
{
    TITR_TRY(check(def, err));
    titr_optimiser *o = malloc(sizeof *o);
    titr_real *moments = calloc(2 * n_params + 1, sizeof *moments);
    if (o == NULL || moments == NULL) {
        free(o);
        free(moments);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an optimiser of %zu parameters",
                         n_params);
    }
    *o = (titr_optimiser){.def = *def,
                          .kernels = titri_kernels_wide(),
                          .n = n_params,
                          .mean = moments,
                          .square = moments + n_params};
    *out = o;
    return TITR_OK;
}

void titr_optimiser_destroy(titr_optimiser *o)
{
    if (o != NULL) {
        free(o->mean);
        free(o);
    }
}

void titr_optimiser_step(titr_optimiser *o, double learning_rate, const titr_real *grad,
                         titr_real *params)
{
    const titr_optimiser_def *d = &o->def;
    const double t = (double)++o->steps;
    titri_adam_step s = {.keep1 = (titr_real)(1.0 - d->beta1),
                         .keep2 = (titr_real)(1.0 - d->beta2),
                         .rate = (titr_real)learning_rate,
                         .eps = (titr_real)d->eps};
    if (d->kind == TITR_RMSPROP) {
        o->kernels->rmsprop(&s, o->n, grad, o->square, params);
        return;
    }
    s.rate = (titr_real)(learning_rate / (1.0 - titr_pow(d->beta1, t)));
    s.root_scale = (titr_real)(1.0 / sqrt(1.0 - titr_pow(d->beta2, t)));
    o->kernels->adam(&s, o->n, grad, o->mean, o->square, params);
}

int64_t titr_optimiser_steps(const titr_optimiser *o)
{
    return o->steps;
}

titr_status titr_optimiser_visit(titr_optimiser *o, titr_visitor *v, const char *name,
                                 titr_error *err)
{
    TITR_TRY(titr_visit_enter(v, name, err));
    TITR_TRY(titr_visit_vector(v, "steps", TITR_I64, 1, &o->steps, err));
    if (o->def.kind == TITR_ADAM) {
        TITR_TRY(titr_visit_vector(v, "mean", TITR_REAL_DTYPE, o->n, o->mean, err));
    }
    TITR_TRY(titr_visit_vector(v, "square", TITR_REAL_DTYPE, o->n, o->square, err));
    return titr_visit_leave(v, err);
}

double titr_grad_clip(titr_real *grad, size_t n, double max_norm)
{
    const titri_kernels *k = titri_kernels_wide();
    const double norm = sqrt(k->sum_of_squares(grad, n));
    const double factor = max_norm / (norm + 1e-6);
    if (max_norm > 0.0 && factor < 1.0) {
        k->scale(grad, n, (titr_real)factor);
    }
    return norm;
}

void titr_target_update(titr_real *target, const titr_real *online, size_t n, double tau)
{
    if (tau >= 1.0) {
        memcpy(target, online, n * sizeof *target);
    } else {
        titri_kernels_wide()->mix(target, online, n, (titr_real)tau);
    }
}
