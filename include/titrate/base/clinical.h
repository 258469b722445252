// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/clinical.h
 * @brief Clinical formulas shared by rewards, metrics and the clinic record.
 *
 * Units   glucose in mg/dL, insulin in U, time in min.
 */
#ifndef TITR_BASE_CLINICAL_H
#define TITR_BASE_CLINICAL_H

#include "titrate/base/math.h"

/** Below it is level 1 hypoglycaemia, and the range of time in range begins [battelino2019]. */
#define TITR_LOW_MG_DL 70.0
/** Level 2 hypoglycaemia is below it, mg/dL [battelino2019]. */
#define TITR_VERY_LOW_MG_DL 54.0
/** Above it the range of time in range has ended [battelino2019]. */
#define TITR_HIGH_MG_DL 180.0
/** Level 2 hyperglycaemia is above it, mg/dL [battelino2019]. */
#define TITR_VERY_HIGH_MG_DL 250.0

/* ln(g)^power, power > 0; 0 from 1 mg/dL down, where the logarithm is not positive. NaN stays NaN.
 * The argument is floored, not the result: a select at the end would become a branch around it all.
 */
static inline double titri_log_power(double glucose_mg_dl, double power)
{
    return titr_pow(titr_log(glucose_mg_dl <= 1.0 ? 1.0 : glucose_mg_dl), power);
}

/** Kovatchev's symmetrised glucose f(g) = 1.509 (ln(g)^1.084 - 5.381), zero at 112.517 mg/dL
 *  [kovatchev1997]. g is floored at 1 mg/dL, where ln is zero. */
static inline double titr_kovatchev_f(double glucose_mg_dl)
{
    return 1.509 * (titri_log_power(glucose_mg_dl, 1.084) - 5.381);
}

/** Low risk 10 min(f,0)^2 [kovatchev1997]. */
static inline double titr_risk_low(double glucose_mg_dl)
{
    const double f = titr_kovatchev_f(glucose_mg_dl);
    return f > 0.0 ? 0.0 : 10.0 * f * f;
}

/** High risk 10 max(f,0)^2 [kovatchev1997]. */
static inline double titr_risk_high(double glucose_mg_dl)
{
    const double f = titr_kovatchev_f(glucose_mg_dl);
    return f < 0.0 ? 0.0 : 10.0 * f * f;
}

/** Magni risk 10 (3.5506 (ln(g)^0.8353 - 3.7932))^2, minimum 0 at 138.9 mg/dL [magni2007].
 *  g is floored at 1 mg/dL. */
static inline double titr_risk_magni(double glucose_mg_dl)
{
    const double f = 3.5506 * (titri_log_power(glucose_mg_dl, 0.8353) - 3.7932);
    return 10.0 * f * f;
}

/** Fraction of an insulin dose still active after `age_min`: exponential activity curve with
 *  peak `peak_min` and duration `duration_min` [loopkit_exponential]; 1 at 0, 0 from duration on.
 *  Valid for 0 < peak_min < duration_min / 2. */
double titr_iob_fraction(double age_min, double peak_min, double duration_min);

/** Basal metabolic rate, kcal/day [harris_benedict1918]; female = 1 selects the
 *  women's equation. */
double titr_bmr_harris_benedict_kcal(double weight_kg, double height_cm, double age_years,
                                     int female);

/** Energy that a healthy child of low activity needs, growth included, kcal/day [iom2005]:
 *    1 to 3 years  89 W - 100 + 20
 *    boys          88.5 - 61.9 age + 1.13 (26.7 W + 903 H) + g
 *    girls        135.3 - 30.8 age + 1.16 (10.0 W + 934 H) + g,  H in m, g = 20 below 9 years, or
 * 25
 *  @param[in] age_years 1 to 18. @param[in] female 1 selects the girls' equation. */
double titr_energy_iom2005_kcal(double weight_kg, double height_cm, double age_years, int female);

#endif
