// SPDX-License-Identifier: GPL-3.0-or-later
/* Time between a bolus and the next correction; a meal's own bolus does not wait.
 * Oracle: hand-set times, tests/agents/shield/test_bolus_interval.c. */
#include "limit.h"

#include <math.h>

typedef struct interval_def {
    double interval_min;
} interval_def;

enum { GIVEN, AT_MIN, N_STATE }; /* 1 = there was a bolus; when */

static const titr_option options[] = {
    {.name = "interval_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 3.0,
     .lo = 0.0,
     .hi = 480.0,
     .doc = "no correction bolus so soon after any bolus",
     .source = "oref0",
     .offset = offsetof(interval_def, interval_min)},
};

static size_t n_state(const void *def, double decision_interval_min)
{
    (void)def, (void)decision_interval_min;
    return N_STATE;
}

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const interval_def *d = def;
    const double since_min = titri_shown(view, TITR_OBS_TIME) - view->state[AT_MIN];
    if (view->state[GIVEN] > 0.0 && since_min < d->interval_min) {
        dose.bolus_u = fmin(dose.bolus_u, titr_meal_bolus_u(view->record, view->lane));
    }
    return dose;
}

static void given(const void *def, const titr_shield_view *view, titr_dose dose)
{
    (void)def;
    if (dose.bolus_u > 0.0) {
        view->state[GIVEN] = 1.0;
        view->state[AT_MIN] = titri_shown(view, TITR_OBS_TIME);
    }
}

const titr_shield_type titr_shield_bolus_interval = {
    .part = {.name = "bolus_interval",
             .doc = "shortest time between a bolus and the next correction",
             .source = "oref0",
             TITR_OPTIONS(options, interval_def)},
    .n_state = n_state,
    .limit = limit,
    .given = given,
};
