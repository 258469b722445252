// SPDX-License-Identifier: GPL-3.0-or-later
/* Time in ranges with the time after a failure: hand calculations. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_intention_to_treat, titr_metric_time_in_ranges;
static const titr_metric_type *const type = &titr_metric_intention_to_treat;

static const double time_min[] = {0, 360, 720, 1080};
static const double glucose[] = {100, 100, 200, 100};

/* One day observed of four planned. */
static titr_series failed_after_a_day(double final_glucose_mg_dl)
{
    titr_series s = plain_series(time_min, glucose, 4);
    s.duration_min = s.end_min = 1440.0;
    s.horizon_min = 4.0 * 1440.0;
    s.failed = 1;
    s.final_glucose_mg_dl = final_glucose_mg_dl;
    return s;
}

Test(intention_to_treat, lost_time_counts_low_or_high_by_the_side_left)
{
    titr_series s = failed_after_a_day(39.0);
    cr_assert_float_eq(value_of(type, &s, "tir_itt_percent"), 75.0 / 4.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "titr_itt_percent"), 75.0 / 4.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "tbr_itt_below_70_percent"), 75.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "tbr_itt_below_54_percent"), 75.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "tar_itt_above_180_percent"), 25.0 / 4.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "tar_itt_above_250_percent"), 0.0, 1e-12);
    s = failed_after_a_day(601.0);
    cr_assert_float_eq(value_of(type, &s, "tir_itt_percent"), 75.0 / 4.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "tbr_itt_below_54_percent"), 0.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "tar_itt_above_180_percent"), 75.0 + 25.0 / 4.0, 1e-12);
    cr_assert_float_eq(value_of(type, &s, "tar_itt_above_250_percent"), 75.0, 1e-12);
}

Test(intention_to_treat, a_fault_leaves_by_its_last_reading)
{
    titr_series s = failed_after_a_day((double)NAN);
    cr_assert_float_eq(value_of(type, &s, "tbr_itt_below_54_percent"), 75.0, 1e-12);
    const double high[] = {100, 100, 100, 300};
    s.glucose_mg_dl = high;
    cr_assert_float_eq(value_of(type, &s, "tar_itt_above_250_percent"), 75.0 + 25.0 / 4.0, 1e-12);
    s.n = 0; /* failed before the first reading: low, and nothing in range */
    s.duration_min = s.end_min = 0.0;
    cr_assert_float_eq(value_of(type, &s, "tbr_itt_below_54_percent"), 100.0, 0.0);
    cr_assert_float_eq(value_of(type, &s, "tir_itt_percent"), 0.0, 0.0);
}

Test(intention_to_treat, whole_episode_equals_the_plain_shares)
{
    titr_series s = failed_after_a_day(100.0);
    s.failed = 0;
    s.horizon_min = s.end_min;
    double plain[6], itt[6];
    titr_metric_time_in_ranges.compute(&s, plain);
    type->compute(&s, itt);
    for (size_t i = 0; i < 6; i++) {
        cr_assert_float_eq(itt[i], plain[i], 0.0);
    }
}

Test(intention_to_treat, dying_sooner_never_helps)
{
    double previous = -1.0;
    for (int hour = 1; hour <= 96; hour++) {
        titr_series s = failed_after_a_day(39.0);
        s.duration_min = s.end_min = 60.0 * hour;
        const double tir = value_of(type, &s, "tir_itt_percent");
        cr_assert_gt(tir, previous);
        previous = tir;
    }
}

Test(intention_to_treat, undefined_for_a_plain_series)
{
    const titr_series s = plain_series(time_min, glucose, 4);
    cr_assert(isnan(value_of(type, &s, "tir_itt_percent")));
}
