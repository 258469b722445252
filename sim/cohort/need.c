// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/cohort/need.h"

#include "titrate/base/clinical.h"
#include "titrate/base/math.h"
#include "titrate/models/puberty.h"

#include <math.h>

#define TDD_CV 0.155
#define SHARE_SD 0.115
#define FASTING_MG_DL 115.0
#define FASTING_SD_MG_DL 7.0
#define CARBS_ENERGY_FRACTION 0.5
#define CARBS_KCAL_PER_G 4.0

static double portion(double value, double from, double to)
{
    return fmin(fmax((value - from) / (to - from), 0.0), 1.0);
}

double titr_need_tdd_u_per_kg(titr_sex sex, double age_years, double tempo)
{
    const double rise = portion(titr_puberty_progress(sex, age_years, tempo), 0.0, 0.6);
    const double grown = titr_tanner_mean_years(sex, 5) + tempo * titr_tanner_sd_years(sex, 5);
    return (0.75 + 0.28 * rise) * (1.0 - 0.30 * portion(age_years, grown, 21.0));
}

double titr_need_basal_share(double age_years)
{
    return 0.34 + 0.09 * portion(age_years, 3.0, 10.0);
}

double titr_need_carbs_g(const titr_patient *p)
{
    const double energy_kcal = titr_energy_iom2005_kcal(p->weight_kg, p->height_cm, p->age_years,
                                                        p->sex == TITR_SEX_FEMALE);
    return CARBS_ENERGY_FRACTION * energy_kcal / CARBS_KCAL_PER_G;
}

titr_need titr_need_of(const titr_patient *p, double tempo, titr_need_z z)
{
    /* lognormal, of the mean that (1) says */
    const double log_sd = sqrt(titr_log(1.0 + TDD_CV * TDD_CV));
    const double times = titr_exp(log_sd * z.tdd - 0.5 * log_sd * log_sd);
    return (titr_need){
        .tdd_u_per_kg = titr_need_tdd_u_per_kg(p->sex, p->age_years, tempo) * times,
        .basal_share = titr_need_basal_share(p->age_years) + SHARE_SD * z.share,
        .carbs_g = titr_need_carbs_g(p),
        .fasting_mg_dl = FASTING_MG_DL + FASTING_SD_MG_DL * z.fasting,
    };
}
