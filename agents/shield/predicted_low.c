// SPDX-License-Identifier: GPL-3.0-or-later
/* No insulin but a meal's own while glucose is on its way to be low.
 *
 *   predicted = CGM + horizon x slope;  low when predicted < below
 *
 * oref0 predicts by insulin and carbohydrate on board as well; a shield should be as simple as can
 * be checked at a glance, so the slope of the last 15 min is all. The threshold is low_suspend's.
 * Oracle: hand-set CGM and slope, tests/agents/shield/test_predicted_low.c. */
#include "limit.h"

#include <math.h>

typedef struct predicted_def {
    double below_mg_dl, horizon_min;
} predicted_def;

static const titr_option options[] = {
    {.name = "below_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = (double)NAN,
     .lo = 54.0,
     .hi = 110.0,
     .doc = "glucose must not be predicted below this; auto = halfway from the child's target to "
            "40 mg/dL",
     .source = "oref0",
     .offset = offsetof(predicted_def, below_mg_dl)},
    {.name = "horizon_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 30.0,
     .lo = 0.0,
     .hi = 120.0,
     .doc = "how far ahead the slope of the CGM is followed",
     .source = "oref0",
     .offset = offsetof(predicted_def, horizon_min)},
};

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const predicted_def *d = def;
    const double predicted_mg_dl =
        titri_cgm(view) + d->horizon_min * titri_shown(view, TITR_OBS_CGM_RATE);
    if (!(predicted_mg_dl < titri_low_mg_dl(view, d->below_mg_dl))) {
        return dose;
    }
    dose.basal_u_per_h = fmin(dose.basal_u_per_h, 0.0);
    return titri_scheduled(view, dose);
}

const titr_shield_type titr_shield_predicted_low = {
    .part = {.name = "predicted_low",
             .doc = "no basal and no correction while glucose falls towards low",
             .source = "oref0",
             TITR_OPTIONS(options, predicted_def)},
    .limit = limit,
};
