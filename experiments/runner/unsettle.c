// SPDX-License-Identifier: GPL-3.0-or-later
/* A learner that only ever saw well-set children relies on their settings, and one that only ever
 * saw eight bodies relies on theirs. With settings and bodies that are off in training it learns
 * from glucose itself how a child answers, and serves children it has not seen [tobin2017]. */
#include "unsettle.h"

#include "titrate/base/math.h"

#include <math.h>

#define OWN_SHARE 0.5 /* of cv: basal, CR and CF each for itself */

enum { COMMON, BASAL, CR, CF, N_FACTORS };

titr_therapy titri_unsettle(const titr_therapy *own, titr_rng_key key, double cv)
{
    double factor[N_FACTORS];
    titr_therapy t = *own;
    key.purpose = TITR_PURPOSE_SETTINGS;
    for (uint32_t i = 0; i < N_FACTORS; i++) {
        const double sigma = i == COMMON ? cv : OWN_SHARE * cv;
        factor[i] = titr_exp(sigma * titr_rng_normal(key, i));
    }
    for (size_t hour = 0; hour < 24; hour++) {
        t.basal_u_per_h[hour] *= factor[COMMON] * factor[BASAL];
        t.cr_g_per_u[hour] /= factor[COMMON] * factor[CR];
        t.cf_mg_dl_per_u[hour] /= factor[COMMON] * factor[CF];
    }
    t.tdi_u_per_day *= factor[COMMON];
    return t;
}

titr_child titri_unsettle_body(const titr_child *own, const titr_model_type *model,
                               titr_rng_key key, double cv)
{
    titr_child child = *own;
    key.purpose = TITR_PURPOSE_BODY;
    for (size_t i = 0; i < model->n_responses; i++) {
        const titr_response *r = &model->responses[i];
        const titr_quantity *q = &model->params.row[r->param];
        double *value = &child.patient.params[r->param];
        const double off = *value * titr_exp(cv * titr_rng_normal(key, (uint32_t)r->factor));
        *value = fmin(fmax(off, q->lo), q->hi);
    }
    return child;
}
