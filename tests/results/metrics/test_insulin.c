// SPDX-License-Identifier: GPL-3.0-or-later
/* Insulin and carbohydrate per day. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_insulin;
static const titr_metric_type *const type = &titr_metric_insulin;

Test(insulin, per_day_of_the_time_covered)
{
    titr_series s = plain_series(NULL, NULL, 0);
    s.duration_min = 2.0 * 1440.0;
    s.insulin_u = 30.0;
    s.basal_insulin_u = 12.0;
    s.carbs_g = 301.0;
    cr_assert_float_eq(value_of(type, &s, "insulin_u_per_day"), 15.0, 0.0);
    cr_assert_float_eq(value_of(type, &s, "basal_insulin_percent"), 40.0, 0.0);
    cr_assert_float_eq(value_of(type, &s, "carbs_g_per_day"), 150.5, 0.0);
}

Test(insulin, undefined_without_insulin_or_time)
{
    titr_series s = plain_series(NULL, NULL, 0);
    for (size_t k = 0; k < type->n_values; k++) {
        cr_assert(isnan(value_of(type, &s, type->value[k].key)));
    }
    s.duration_min = 1440.0;
    s.insulin_u = s.basal_insulin_u = s.carbs_g = 0.0;
    cr_assert_float_eq(value_of(type, &s, "insulin_u_per_day"), 0.0, 0.0);
    cr_assert(isnan(value_of(type, &s, "basal_insulin_percent")));
}
