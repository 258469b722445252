// SPDX-License-Identifier: GPL-3.0-or-later
/* No correction bolus on a jump of the CGM, which is more often the sensor's than the child's.
 *
 *   change of the latest reading, and of the slope of the last 15 min, per 5 min > share x CGM
 *
 * Oracle: hand-set readings, tests/agents/shield/test_sudden_rise.c. */
#include "limit.h"

#include <math.h>

#define SOURCE_STEP_MIN 5.0 /* between oref0's readings */

typedef struct rise_def {
    double rise_percent;
} rise_def;

static const titr_option options[] = {
    {.name = "rise_percent",
     .kind = TITR_OPTION_REAL,
     .unit = "%",
     .init = 20.0,
     .lo = 1.0,
     .hi = 100.0,
     .doc = "a rise in 5 min by more than this share of the reading is a jump",
     .source = "oref0",
     .offset = offsetof(rise_def, rise_percent)},
};

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const rise_def *d = def;
    const double cgm_mg_dl = titri_cgm(view);
    const double since_last =
        view->first ? 0.0 : cgm_mg_dl - titr_record_cgm(view->record, view->lane, 1);
    const double per_min =
        fmax(since_last / view->decision_interval_min, titri_shown(view, TITR_OBS_CGM_RATE));
    if (SOURCE_STEP_MIN * per_min > d->rise_percent / 100.0 * cgm_mg_dl) {
        dose.bolus_u = fmin(dose.bolus_u, titr_meal_bolus_u(view->record, view->lane));
    }
    return dose;
}

const titr_shield_type titr_shield_sudden_rise = {
    .part = {.name = "sudden_rise",
             .doc = "no correction bolus when the CGM jumps",
             .source = "oref0",
             TITR_OPTIONS(options, rise_def)},
    .limit = limit,
};
