// SPDX-License-Identifier: GPL-3.0-or-later
/* Reward of an interval = -(Magni risk of the glucose at its end).
 *
 * The risk falls from either side to 0 at 138.9 mg/dL, so its largest value over a range of glucose
 * stands at one of the range's ends.
 * Oracle: the published formula evaluated by hand, tests/sim/env/rewards/test_magni_risk.c. */
#include "titrate/base/clinical.h"
#include "titrate/base/lanes.h"
#include "titrate/env/reward.h"

#include <math.h>

static void step(const void *def, const double *before_mg_dl, const double *after_mg_dl,
                 double *reward)
{
    (void)def, (void)before_mg_dl;
    TITR_FOR_LANES(l)
    {
        reward[l] = -titr_risk_magni(after_mg_dl[l]);
    }
}

static double worst(const void *def, double lo_mg_dl, double hi_mg_dl)
{
    (void)def;
    return fmax(titr_risk_magni(lo_mg_dl), titr_risk_magni(hi_mg_dl));
}

const titr_reward_type TITR_SYMBOL(titr_reward_magni_risk) = {
    .part = {.name = "magni_risk",
             .doc = "minus the Magni risk of true glucose at the interval's end",
             .source = "magni2007"},
    .step = step,
    .worst = worst,
};
