// SPDX-License-Identifier: GPL-3.0-or-later
/* Reward of an interval = 1 when the glucose at its end is within 70 to 180 mg/dL, else 0.
 *
 * No interval costs anything, so worst = 0 and a terminal penalty of 0 is enough as long as the
 * clinical limits enclose the range: who dies earns nothing and forgoes every interval in range
 * that was still to come. With limits inside the range the deadly interval itself may earn 1, and a
 * penalty of at least 1 has to take that back.
 * Oracle: the consensus's closed range, tests/sim/env/rewards/test_time_in_range.c. */
#include "titrate/base/clinical.h"
#include "titrate/base/lanes.h"
#include "titrate/env/reward.h"

static void step(const void *def, const double *before_mg_dl, const double *after_mg_dl,
                 double *reward)
{
    (void)def, (void)before_mg_dl;
    TITR_FOR_LANES(l)
    {
        const double glucose = after_mg_dl[l];
        reward[l] = glucose >= TITR_LOW_MG_DL && glucose <= TITR_HIGH_MG_DL ? 1.0 : 0.0;
    }
}

static double worst(const void *def, double lo_mg_dl, double hi_mg_dl)
{
    (void)def;
    return lo_mg_dl > TITR_LOW_MG_DL || hi_mg_dl < TITR_HIGH_MG_DL ? 1.0 : 0.0;
}

const titr_reward_type TITR_SYMBOL(titr_reward_time_in_range) = {
    .part = {.name = "time_in_range",
             .doc = "1 while true glucose is within 70 to 180 mg/dL at the interval's end, else 0",
             .source = "battelino2019"},
    .step = step,
    .worst = worst,
};
