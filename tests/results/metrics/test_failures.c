// SPDX-License-Identifier: GPL-3.0-or-later
/* Failure flag and follow-up. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_failures;
static const titr_metric_type *const type = &titr_metric_failures;

Test(failures, flag_and_days)
{
    titr_series s = plain_series(NULL, NULL, 0);
    cr_assert(isnan(value_of(type, &s, "failed")));
    cr_assert(isnan(value_of(type, &s, "follow_up_days")));
    s.horizon_min = 14.0 * 1440.0;
    s.end_min = 720.0;
    s.failed = 1;
    cr_assert_float_eq(value_of(type, &s, "failed"), 1.0, 0.0);
    cr_assert_float_eq(value_of(type, &s, "follow_up_days"), 0.5, 0.0);
    s.failed = 0;
    cr_assert_float_eq(value_of(type, &s, "failed"), 0.0, 0.0);
}
