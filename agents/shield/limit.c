// SPDX-License-Identifier: GPL-3.0-or-later
#include "limit.h"

#include <math.h>

const char *const titri_by_names[] = {"age_band", "weight", "fixed", "both", NULL};

titri_band titri_band_of(const titri_bands *bands, const titr_shield_view *view)
{
    const double age_years = titri_shown(view, TITR_OBS_AGE);
    return age_years >= bands->adult_from_years  ? TITRI_ADULT
           : age_years >= bands->teen_from_years ? TITRI_TEEN
                                                 : TITRI_CHILD;
}

double titri_limit_of(const titri_limit *limit, const titr_shield_view *view)
{
    if (limit->by == TITRI_BY_FIXED) {
        return limit->fixed;
    }
    const double by_age = limit->band[titri_band_of(&limit->bands, view)];
    const double by_weight = limit->per_kg * titri_shown(view, TITR_OBS_WEIGHT);
    if (limit->by == TITRI_BY_AGE || isnan(by_weight)) {
        return by_age;
    }
    return limit->by == TITRI_BY_WEIGHT ? by_weight : fmin(by_age, by_weight);
}

double titri_low_mg_dl(const titr_shield_view *view, double below_mg_dl)
{
    const double target_mg_dl = titri_shown(view, TITR_OBS_TARGET);
    return isnan(below_mg_dl) ? target_mg_dl - 0.5 * (target_mg_dl - 40.0) : below_mg_dl;
}

titr_dose titri_scheduled(const titr_shield_view *view, titr_dose dose)
{
    return (titr_dose){.basal_u_per_h = fmin(dose.basal_u_per_h, titri_shown(view, TITR_OBS_BASAL)),
                       .bolus_u = fmin(dose.bolus_u, titr_meal_bolus_u(view->record, view->lane))};
}
