// SPDX-License-Identifier: GPL-3.0-or-later
/* The same meals at the same times of every day, announced as they are eaten.
 * Oracle: the lists it is given, tests/sim/env/scenario/test_meals_fixed.c. */
#include "titrate/base/units.h"
#include "titrate/env/scenario.h"

#include <math.h>
#include <stddef.h>

typedef struct meals_def {
    titr_reals time_of_day_min, carbs_g;
} meals_def;

static const titr_option options[] = {
    {.name = "time_of_day_min",
     .kind = TITR_OPTION_REALS,
     .unit = "min",
     .lo = 0.0,
     .hi = 1439.0,
     .text = "480, 780, 1140",
     .doc = "when meals begin, minutes after midnight (whole ones)",
     .source = "choice",
     .offset = offsetof(meals_def, time_of_day_min)},
    {.name = "carbs_g",
     .kind = TITR_OPTION_REALS,
     .unit = "g",
     .lo = 0.0,
     .hi = 500.0,
     .text = "30, 45, 45",
     .doc = "carbohydrate of each of these meals",
     .source = "choice",
     .offset = offsetof(meals_def, carbs_g)},
};

static titr_status prepare(void *def, titr_error *err)
{
    const meals_def *d = def;
    if (d->time_of_day_min.n != d->carbs_g.n || d->carbs_g.n > TITR_MEALS_PER_DAY_MAX) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "meals_fixed: %zu values of time_of_day_min and %zu of carbs_g, expected "
                         "one of each per meal, at most %d",
                         d->time_of_day_min.n, d->carbs_g.n, TITR_MEALS_PER_DAY_MAX);
    }
    for (size_t k = 0; k < d->time_of_day_min.n; k++) {
        const double time_min = d->time_of_day_min.v[k];
        if (time_min != floor(time_min)) {
            return titr_fail(err, TITR_ERR_RANGE,
                             "meals_fixed: time_of_day_min[%zu] = %.10g min, expected whole "
                             "minutes",
                             k, time_min);
        }
    }
    return TITR_OK;
}

static titr_status plan_day(const void *def, const titr_patient *patient, titr_rng_key key,
                            double clock_start_min, unsigned day, titr_day_plan *plan,
                            titr_error *err)
{
    (void)patient;
    (void)key;
    const meals_def *d = def;
    const double midnight_min = TITR_MIN_PER_DAY * day - clock_start_min;
    for (size_t k = 0; k < d->carbs_g.n; k++) {
        const titr_meal meal = {.time_min = midnight_min + d->time_of_day_min.v[k],
                                .carbs_g = d->carbs_g.v[k],
                                .carbs_announced_g = d->carbs_g.v[k]};
        TITR_TRY(titr_day_plan_add(plan, meal, err));
    }
    return TITR_OK;
}

const titr_scenario_type titr_scenario_meals_fixed = {
    .part = {.name = "meals_fixed",
             .doc = "the same meals every day",
             .source = "titrate",
             TITR_OPTIONS(options, meals_def)},
    .plan_day = plan_day,
    .prepare = prepare,
};
