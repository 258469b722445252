// SPDX-License-Identifier: GPL-3.0-or-later
/* Published clinical formulas; sources in the header. */
#include "titrate/base/clinical.h"

#include "titrate/base/math.h"

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

double titr_energy_iom2005_kcal(double weight_kg, double height_cm, double age_years, int female)
{
    const double height_m = 0.01 * height_cm, growth_kcal = age_years < 9.0 ? 20.0 : 25.0;
    if (age_years < 3.0) {
        return 89.0 * weight_kg - 100.0 + growth_kcal;
    }
    return female ? 135.3 - 30.8 * age_years + 1.16 * (10.0 * weight_kg + 934.0 * height_m) +
                        growth_kcal
                  : 88.5 - 61.9 * age_years + 1.13 * (26.7 * weight_kg + 903.0 * height_m) +
                        growth_kcal;
}
