// SPDX-License-Identifier: GPL-3.0-or-later
/* Mean Magni risk: zero at 138.9 mg/dL, closed form elsewhere. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_magni;
static const titr_metric_type *const type = &titr_metric_magni;

Test(magni, least_at_138_9)
{
    const double middle = 138.9;
    cr_assert_lt(of_glucose(type, &middle, 1, "magni_risk"), 1e-4);
}

Test(magni, mean_of_the_closed_form)
{
    static const double g[] = {50, 70, 100, 180, 250, 400};
    double want = 0.0;
    for (size_t i = 0; i < 6; i++) {
        const double f = 3.5506 * (pow(log(g[i]), 0.8353) - 3.7932);
        want += 10.0 * f * f / 6.0;
    }
    assert_close(of_glucose(type, g, 6, "magni_risk"), want, 1e-9, 0.0, "Magni risk");
    cr_assert(isnan(of_glucose(type, NULL, 0, "magni_risk")));
}
