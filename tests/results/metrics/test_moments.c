// SPDX-License-Identifier: GPL-3.0-or-later
/* Mean, SD (n - 1), CV: a hand calculation and independent series. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_moments;
static const titr_metric_type *const type = &titr_metric_moments;

Test(moments, by_hand)
{
    const double g[] = {100, 110, 120, 130, 140}; /* mean 120, SS 1000, SD sqrt(250) */
    assert_close(of_glucose(type, g, 5, "mean_glucose_mg_dl"), 120.0, 1e-15, 0.0, "mean");
    assert_close(of_glucose(type, g, 5, "sd_glucose_mg_dl"), sqrt(250.0), 1e-15, 0.0, "SD");
    assert_close(of_glucose(type, g, 5, "cv_percent"), 100.0 * sqrt(250.0) / 120.0, 1e-15, 0.0,
                 "CV");
}

Test(moments, independent_series)
{
    static const reference_key key[] = {
        {"mean_glucose_mg_dl", "mean"}, {"sd_glucose_mg_dl", "sd"}, {"cv_percent", "cv_pct"}};
    assert_agrees_with_reference(type, key, sizeof key / sizeof key[0]);
}

Test(moments, too_few_readings_are_undefined)
{
    const double g = 100.0;
    cr_assert_float_eq(of_glucose(type, &g, 1, "mean_glucose_mg_dl"), 100.0, 0.0);
    cr_assert(isnan(of_glucose(type, &g, 1, "sd_glucose_mg_dl")));
    cr_assert(isnan(of_glucose(type, &g, 1, "cv_percent")));
    cr_assert(isnan(of_glucose(type, NULL, 0, "mean_glucose_mg_dl")));
}

Test(moments, scaling_scales)
{
    const double g[] = {80, 95, 130, 240}, doubled[] = {160, 190, 260, 480};
    assert_close(of_glucose(type, doubled, 4, "sd_glucose_mg_dl"),
                 2.0 * of_glucose(type, g, 4, "sd_glucose_mg_dl"), 1e-15, 0.0, "SD");
    assert_close(of_glucose(type, doubled, 4, "cv_percent"), of_glucose(type, g, 4, "cv_percent"),
                 1e-15, 0.0, "CV");
}
