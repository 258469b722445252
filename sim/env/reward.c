// SPDX-License-Identifier: GPL-3.0-or-later
/* Discount and terminal penalty. */
#include "titrate/env/reward.h"

#include "titrate/base/math.h"

double titr_gamma(double half_life_min, double elapsed_min)
{
    return titr_pow(0.5, elapsed_min / half_life_min);
}

/* worst (1 + gamma + gamma^2 + ...) */
double titr_terminal_penalty_min(titr_slot reward, double lo_mg_dl, double hi_mg_dl,
                                 double half_life_min, double decision_interval_min)
{
    const titr_reward_type *type = reward.type;
    const double worst = type->worst(reward.def, lo_mg_dl, hi_mg_dl);
    return worst / (1.0 - titr_gamma(half_life_min, decision_interval_min));
}
