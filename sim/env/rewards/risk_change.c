// SPDX-License-Identifier: GPL-3.0-or-later
/* Reward of an interval = risk at its start - risk at its end (low + high blood glucose risk), for
 * comparison with the literature only [simglucose].
 *
 * It telescopes: undiscounted, an episode's return is risk(first) - risk(last) whatever happened in
 * between, so nothing about the way is learned from it.
 * The worst interval goes from the lowest risk within the limits to the highest.
 * Oracle: the telescoping sum, tests/sim/env/rewards/test_risk_change.c. */
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
    (void)def;
    TITR_FOR_LANES(l)
    {
        reward[l] = risk(before_mg_dl[l]) - risk(after_mg_dl[l]);
    }
}

/* On the low side of zero risk f < 0 and the least is at hi, on the high side at lo. */
static double least_risk(double lo_mg_dl, double hi_mg_dl)
{
    if (titr_kovatchev_f(hi_mg_dl) < 0.0) {
        return risk(hi_mg_dl);
    }
    return titr_kovatchev_f(lo_mg_dl) > 0.0 ? risk(lo_mg_dl) : 0.0;
}

static double worst(const void *def, double lo_mg_dl, double hi_mg_dl)
{
    (void)def;
    return fmax(risk(lo_mg_dl), risk(hi_mg_dl)) - least_risk(lo_mg_dl, hi_mg_dl);
}

const titr_reward_type TITR_SYMBOL(titr_reward_risk_change) = {
    .part = {.name = "risk_change",
             .doc = "fall of the low and high blood glucose risk over the interval; telescopes: "
                    "for comparison with the literature only",
             .source = "simglucose"},
    .step = step,
    .worst = worst,
    .literature_only = 1,
};
