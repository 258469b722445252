// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/models/maturation.h"

#include "titrate/base/math.h"
#include "titrate/models/body_size.h"

#include <math.h>

#define WEEKS_PER_YEAR (365.25 / 7.0)

double titr_pma_weeks(double age_years)
{
    return age_years >= 0.0 ? TITR_TERM_WEEKS + age_years * WEEKS_PER_YEAR : (double)NAN;
}

double titr_maturation(double pma_weeks, double tm50_weeks, double hill)
{
    return pma_weeks > 0.0 && tm50_weeks > 0.0 && hill > 0.0
               ? 1.0 / (1.0 + titr_pow(tm50_weeks / pma_weeks, hill))
               : (double)NAN;
}

double titr_gfr_ml_min(double weight_kg, double pma_weeks)
{
    return 121.2 * titr_allometry(weight_kg, 0.75) * titr_maturation(pma_weeks, 47.7, 3.4);
}

static double schwartz(double k, double height_cm, double creatinine_mg_dl)
{
    return height_cm > 0.0 && creatinine_mg_dl > 0.0 ? k * height_cm / creatinine_mg_dl
                                                     : (double)NAN;
}

double titr_egfr_bedside(double height_cm, double creatinine_mg_dl)
{
    return schwartz(0.413, height_cm, creatinine_mg_dl);
}

double titr_egfr_schwartz(titr_sex sex, double age_years, int preterm, double height_cm,
                          double creatinine_mg_dl)
{
    double k = 0.55;
    if (!(age_years >= 0.0) || sex == TITR_SEX_UNKNOWN) {
        return (double)NAN;
    }
    if (age_years < 1.0) {
        k = preterm ? 0.33 : 0.45;
    } else if (sex == TITR_SEX_MALE && age_years >= 13.0) {
        k = 0.7;
    }
    return schwartz(k, height_cm, creatinine_mg_dl);
}
