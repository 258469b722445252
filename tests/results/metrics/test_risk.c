// SPDX-License-Identifier: GPL-3.0-or-later
/* LBGI and HBGI: a published test vector, independent series, the guard below 1 mg/dL. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_risk;
static const titr_metric_type *const type = &titr_metric_risk;

/* The ten readings and the rounded results stand in another program's own unit test (py_agata
 * d3da90ae; figures only). */
Test(risk, published_vector)
{
    static const double g[] = {40, 50, 50, 80, 120, 120, 200, 200, 260, 260};
    assert_close(of_glucose(type, g, 10, "lbgi"), 8.543, 0.0, 6e-4, "LBGI");
    assert_close(of_glucose(type, g, 10, "hbgi"), 7.292, 0.0, 6e-4, "HBGI");
}

Test(risk, independent_series)
{
    static const reference_key key[] = {{"lbgi", "lbgi"}, {"hbgi", "hbgi"}};
    assert_agrees_with_reference(type, key, 2);
}

Test(risk, one_side_at_a_time_and_zero_at_112_5)
{
    const double low = 60.0, high = 200.0, middle = 112.517;
    cr_assert_gt(of_glucose(type, &low, 1, "lbgi"), 1.0);
    cr_assert_float_eq(of_glucose(type, &low, 1, "hbgi"), 0.0, 0.0);
    cr_assert_gt(of_glucose(type, &high, 1, "hbgi"), 1.0);
    cr_assert_float_eq(of_glucose(type, &high, 1, "lbgi"), 0.0, 0.0);
    cr_assert_lt(of_glucose(type, &middle, 1, "lbgi"), 1e-6);
    cr_assert_lt(of_glucose(type, &middle, 1, "hbgi"), 1e-6);
}

Test(risk, below_1_mg_dl_counts_as_1)
{
    const double none[] = {1.0, 0.0, -1e-12, 0.5};
    for (size_t i = 0; i < 4; i++) {
        /* ln 1 = 0: 22.77 * 5.381^2 */
        assert_close(of_glucose(type, &none[i], 1, "lbgi"), 22.77 * 5.381 * 5.381, 1e-12, 0.0,
                     "LBGI");
    }
    cr_assert(isnan(of_glucose(type, NULL, 0, "lbgi")));
}
