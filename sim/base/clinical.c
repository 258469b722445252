// SPDX-License-Identifier: GPL-3.0-or-later
/* Published clinical formulas; sources in the header. */
#include "titrate/base/clinical.h"

#include "titrate/base/math.h"

/* ln(g)^power; 0 from 1 mg/dL down, where the logarithm is not positive. NaN stays NaN. */
static double log_power(double glucose_mg_dl, double power)
{
    return glucose_mg_dl <= 1.0 ? 0.0 : titr_pow(titr_log(glucose_mg_dl), power);
}

double titr_kovatchev_f(double glucose_mg_dl)
{
    return 1.509 * (log_power(glucose_mg_dl, 1.084) - 5.381);
}

double titr_risk_low(double glucose_mg_dl)
{
    const double f = titr_kovatchev_f(glucose_mg_dl);
    return f > 0.0 ? 0.0 : 10.0 * f * f;
}

double titr_risk_high(double glucose_mg_dl)
{
    const double f = titr_kovatchev_f(glucose_mg_dl);
    return f < 0.0 ? 0.0 : 10.0 * f * f;
}

double titr_risk_magni(double glucose_mg_dl)
{
    const double f = 3.5506 * (log_power(glucose_mg_dl, 0.8353) - 3.7932);
    return 10.0 * f * f;
}

double titr_iob_fraction(double age_min, double peak_min, double duration_min)
{
    if (age_min <= 0.0) {
        return 1.0;
    }
    if (age_min >= duration_min) {
        return 0.0;
    }
    const double tau =
        peak_min * (1.0 - peak_min / duration_min) / (1.0 - 2.0 * peak_min / duration_min);
    const double a = 2.0 * tau / duration_min;
    const double s = 1.0 / (1.0 - a + (1.0 + a) * titr_exp(-duration_min / tau));
    const double t = age_min;
    const double shape = t * t / (tau * duration_min * (1.0 - a)) - t / tau - 1.0;
    return 1.0 - s * (1.0 - a) * (shape * titr_exp(-t / tau) + 1.0);
}

double titr_bmr_harris_benedict_kcal(double weight_kg, double height_cm, double age_years,
                                     int female)
{
    return female ? 655.0955 + 9.5634 * weight_kg + 1.8496 * height_cm - 4.6756 * age_years
                  : 66.4730 + 13.7516 * weight_kg + 5.0033 * height_cm - 6.7550 * age_years;
}
