// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/models/body_size.h"

#include "titrate/base/math.h"

#include <math.h>

#define CM_PER_M 100.0

double titr_bmi_kg_m2(double weight_kg, double height_cm)
{
    const double height_m = height_cm / CM_PER_M;
    return weight_kg > 0.0 && height_cm > 0.0 ? weight_kg / (height_m * height_m) : (double)NAN;
}

double titr_bsa_m2(titr_bsa_formula formula, double weight_kg, double height_cm)
{
    /* factor, power of height, power of weight */
    static const double f[TITR_N_BSA][3] = {
        [TITR_BSA_MOSTELLER] = {1.0 / 60.0, 0.5, 0.5},
        [TITR_BSA_HAYCOCK] = {0.024265, 0.3964, 0.5378},
        [TITR_BSA_DUBOIS] = {0.007184, 0.725, 0.425},
        [TITR_BSA_GEHAN_GEORGE] = {0.0235, 0.42246, 0.51456},
    };
    if (!(weight_kg > 0.0 && height_cm > 0.0)) {
        return (double)NAN;
    }
    return f[formula][0] * titr_pow(height_cm, f[formula][1]) * titr_pow(weight_kg, f[formula][2]);
}

/* What a child of an age has of an adult's fat-free mass at the same weight and height. */
static double of_adult(titr_sex sex, double age_years)
{
    return sex == TITR_SEX_FEMALE ? 1.11 - 0.11 / (1.0 + titr_pow(age_years / 7.1, -1.1))
                                  : 0.88 + 0.12 / (1.0 + titr_pow(age_years / 13.4, -12.7));
}

double titr_ffm_kg(titr_ffm_formula formula, titr_sex sex, double age_years, double weight_kg,
                   double height_cm)
{
    const double bmi = titr_bmi_kg_m2(weight_kg, height_cm);
    if (sex == TITR_SEX_UNKNOWN || (formula == TITR_FFM_ALSALLAMI && !(age_years > 0.0))) {
        return (double)NAN;
    }
    const double adult =
        9270.0 * weight_kg / (sex == TITR_SEX_FEMALE ? 8780.0 + 244.0 * bmi : 6680.0 + 216.0 * bmi);
    return formula == TITR_FFM_ALSALLAMI ? adult * of_adult(sex, age_years) : adult;
}

double titr_allometry(double weight_kg, double exponent)
{
    return weight_kg > 0.0 ? titr_pow(weight_kg / TITR_STANDARD_WEIGHT_KG, exponent) : (double)NAN;
}
