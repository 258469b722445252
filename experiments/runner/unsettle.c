// SPDX-License-Identifier: GPL-3.0-or-later
/* A learner that only ever saw well-set children relies on their settings. With settings that are
 * off in training it learns from glucose itself how much insulin a child needs, and serves children
 * it has not seen [tobin2017]. */
#include "unsettle.h"

#include "titrate/base/math.h"

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
