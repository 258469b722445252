// SPDX-License-Identifier: GPL-3.0-or-later
/* Clinical formulas against published anchors and closed forms. */
#include "titrate/base/clinical.h"

#include <criterion/criterion.h>
#include <math.h>

Test(clinical, kovatchev_risk_has_its_published_anchors)
{
    cr_assert_float_eq(titr_kovatchev_f(112.517), 0.0, 1e-4);
    /* the scale was chosen so that 20 and 600 mg/dL are the ends of the risk scale, 100 */
    cr_assert_float_eq(titr_risk_low(20.0), 100.0, 0.5);
    cr_assert_float_eq(titr_risk_high(600.0), 100.0, 0.5);
    for (double g = 2.0; g < 700.0; g += 7.0) {
        const double f = 1.509 * (pow(log(g), 1.084) - 5.381);
        cr_assert_float_eq(titr_kovatchev_f(g), f, 1e-13);
        cr_assert_float_eq(titr_risk_low(g), f < 0.0 ? 10.0 * f * f : 0.0, 1e-11);
        cr_assert_float_eq(titr_risk_high(g), f > 0.0 ? 10.0 * f * f : 0.0, 1e-11);
    }
}

Test(clinical, risks_are_floored_at_one_and_keep_nan)
{
    cr_assert_eq(titr_risk_low(0.0), titr_risk_low(1.0));
    cr_assert_eq(titr_risk_low(-5.0), titr_risk_low(1.0));
    cr_assert_eq(titr_risk_magni(0.5), titr_risk_magni(1.0));
    cr_assert_float_eq(titr_risk_low(1.0), 10.0 * pow(1.509 * 5.381, 2.0), 1e-10);
    cr_assert(isnan(titr_risk_low((double)NAN)) && isnan(titr_risk_high((double)NAN)));
    cr_assert(isnan(titr_risk_magni((double)NAN)));
}

Test(clinical, magni_risk_is_zero_at_138_9)
{
    cr_assert_float_eq(titr_risk_magni(138.9), 0.0, 1e-4);
    cr_assert_gt(titr_risk_magni(130.0), titr_risk_magni(138.9));
    cr_assert_gt(titr_risk_magni(150.0), titr_risk_magni(138.9));
    for (double g = 2.0; g < 700.0; g += 7.0) {
        const double f = 3.5506 * (pow(log(g), 0.8353) - 3.7932);
        cr_assert_float_eq(titr_risk_magni(g), 10.0 * f * f, 1e-11);
    }
}

/* The curve is the integral of the activity S t (1 - t/td) exp(-t/tau) / tau^2, peak at tp. */
static double activity(double t, double peak, double duration)
{
    const double step = 0.01;
    return (titr_iob_fraction(t - step, peak, duration) -
            titr_iob_fraction(t + step, peak, duration)) /
           (2.0 * step);
}

Test(clinical, insulin_on_board_follows_the_exponential_activity)
{
    static const double curve[][2] = {{75.0, 360.0}, {55.0, 360.0}, {65.0, 300.0}};
    for (size_t c = 0; c < sizeof curve / sizeof curve[0]; c++) {
        const double tp = curve[c][0], td = curve[c][1];
        cr_assert_eq(titr_iob_fraction(-1.0, tp, td), 1.0);
        cr_assert_eq(titr_iob_fraction(0.0, tp, td), 1.0);
        cr_assert_eq(titr_iob_fraction(td, tp, td), 0.0);
        cr_assert_eq(titr_iob_fraction(td + 100.0, tp, td), 0.0);
        cr_assert_float_eq(titr_iob_fraction(1e-9, tp, td), 1.0, 1e-12, "continuous at 0");
        cr_assert_float_eq(titr_iob_fraction(td - 1e-9, tp, td), 0.0, 1e-12, "and at the end");
        const double tau = tp * (1.0 - tp / td) / (1.0 - 2.0 * tp / td);
        const double at_peak = activity(tp, tp, td);
        for (double t = 5.0; t < td - 1.0; t += 5.0) {
            const double shape =
                t * (1.0 - t / td) * exp(-t / tau) / (tp * (1.0 - tp / td) * exp(-tp / tau));
            cr_assert_float_eq(activity(t, tp, td) / at_peak, shape, 1e-6);
            cr_assert_leq(activity(t, tp, td), at_peak * (1.0 + 1e-9), "peak at %g min", tp);
        }
    }
}

Test(clinical, harris_benedict_gives_the_hand_computed_rates)
{
    /* 30 kg, 135 cm, 9 years */
    cr_assert_float_eq(titr_bmr_harris_benedict_kcal(30.0, 135.0, 9.0, 0), 1093.6715, 1e-9);
    cr_assert_float_eq(titr_bmr_harris_benedict_kcal(30.0, 135.0, 9.0, 1), 1149.6131, 1e-9);
}
