// SPDX-License-Identifier: GPL-3.0-or-later
/* Reward of an interval = -(low + high blood glucose risk of the glucose at its end).
 *
 * The risk falls from either side to 0 at 112.5 mg/dL, so its largest value over a range of glucose
 * stands at one of the range's ends.
 * Oracle: published scale (0 to 100 over 20 to 600 mg/dL),
 * tests/sim/env/rewards/test_kovatchev_risk.c. */
#include "titrate/base/clinical.h"
#include "titrate/base/lanes.h"
#include "titrate/env/reward.h"

#include <math.h>

static inline double risk(double glucose_mg_dl)
{
    return titr_risk_low(glucose_mg_dl) + titr_risk_high(glucose_mg_dl);
}

static void step(const void *def, const double *before_mg_dl, const double *after_mg_dl,
                 double *reward)
{
    (void)def, (void)before_mg_dl;
    TITR_FOR_LANES(l)
    {
        reward[l] = -risk(after_mg_dl[l]);
    }
}

static double worst(const void *def, double lo_mg_dl, double hi_mg_dl)
{
    (void)def;
    return fmax(risk(lo_mg_dl), risk(hi_mg_dl));
}

const titr_reward_type TITR_SYMBOL(titr_reward_kovatchev_risk) = {
    .part = {.name = "kovatchev_risk",
             .doc = "minus the low and high blood glucose risk of true glucose at the interval's "
                    "end",
             .source = "kovatchev1997"},
    .step = step,
    .worst = worst,
};
