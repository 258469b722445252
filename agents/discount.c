// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/agents/discount.h"

#include "titrate/base/math.h"
#include "titrate/env/reward.h"

#include <math.h>

double titr_discount_over(const titr_discount *d, double elapsed_min)
{
    if (isnan(d->gamma)) {
        return titr_gamma(d->half_life_min, elapsed_min);
    }
    return elapsed_min == d->interval_min ? d->gamma
                                          : titr_pow(d->gamma, elapsed_min / d->interval_min);
}
