// SPDX-License-Identifier: GPL-3.0-or-later
/* One day's meals, kept in order of time whatever part of the scenario adds them. */
#include "titrate/env/scenario.h"

titr_status titr_day_plan_add(titr_day_plan *plan, titr_meal meal, titr_error *err)
{
    if (meal.time_min < 0.0) {
        return TITR_OK;
    }
    if (plan->n == TITR_MEALS_PER_DAY_MAX) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "more than %d meals in one day (the meal of %.4g g at %.10g min)",
                         TITR_MEALS_PER_DAY_MAX, meal.carbs_g, meal.time_min);
    }
    size_t at = plan->n++;
    for (; at > 0 && plan->meal[at - 1].time_min > meal.time_min; at--) {
        plan->meal[at] = plan->meal[at - 1];
    }
    plan->meal[at] = meal;
    return TITR_OK;
}
