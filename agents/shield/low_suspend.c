// SPDX-License-Identifier: GPL-3.0-or-later
/* No insulin while glucose is low.
 *
 *   low when CGM < below; no longer when CGM >= below + hysteresis                         (1)
 *   unless insulin on board < -scheduled rate x release time, and glucose rises            (2)
 *
 * The threshold and (2) are oref0's: insulin has been withheld for long enough, and it works. A
 * meal's bolus is lessened by the correction up to the target, as bolus calculators do, and the
 * rest of it is given: the decision that a meal is announced at does not come again.
 * Oracle: hand-set CGM and doses, tests/agents/shield/test_low_suspend.c. */
#include "limit.h"

#include <math.h>

enum { LESSEN, WITHHOLD };
static const char *const meal_names[] = {"lessen", "withhold", NULL};

typedef struct suspend_def {
    double below_mg_dl, hysteresis_mg_dl, release_min;
    int meal_bolus;
} suspend_def;

static const titr_option options[] = {
    {.name = "below_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = (double)NAN,
     .lo = 54.0,
     .hi = 110.0,
     .doc = "insulin is suspended while the CGM is below this; auto = halfway from the child's "
            "target to 40 mg/dL: 70 for 100, 80 for 120",
     .source = "oref0",
     .offset = offsetof(suspend_def, below_mg_dl)},
    {.name = "hysteresis_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.0,
     .lo = 0.0,
     .hi = 60.0,
     .doc = "insulin comes back once the CGM is this much above the threshold",
     .source = "choice",
     .offset = offsetof(suspend_def, hysteresis_mg_dl)},
    {.name = "release_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 20.0,
     .lo = 0.0,
     .hi = 240.0,
     .doc = "insulin comes back early when glucose rises and insulin on board lacks so much time "
            "of the scheduled rate; 0 = never",
     .source = "oref0",
     .offset = offsetof(suspend_def, release_min)},
    {.name = "meal_bolus",
     .kind = TITR_OPTION_CHOICE,
     .unit = "",
     .choices = meal_names,
     .init = LESSEN,
     .doc = "a meal announced meanwhile: its bolus is lessened by the correction up to the target, "
            "or withheld",
     .source = "choice",
     .offset = offsetof(suspend_def, meal_bolus)},
};

static size_t n_state(const void *def, double decision_interval_min)
{
    (void)def, (void)decision_interval_min;
    return 1; /* 1 = suspended */
}

/* Equations (1) and (2). */
static int is_low(const suspend_def *d, const titr_shield_view *view, int was)
{
    const double below = titri_low_mg_dl(view, d->below_mg_dl) + (was ? d->hysteresis_mg_dl : 0.0);
    const double lacking_u = titri_shown(view, TITR_OBS_BASAL) * d->release_min / 60.0;
    const int released = d->release_min > 0.0 && titri_shown(view, TITR_OBS_IOB) < -lacking_u &&
                         titri_shown(view, TITR_OBS_CGM_RATE) > 0.0;
    return titri_cgm(view) < below && !released;
}

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const suspend_def *d = def;
    const int low = is_low(d, view, view->state[0] > 0.0);
    view->state[0] = low ? 1.0 : 0.0;
    if (!low) {
        return dose;
    }
    const double lacking_u =
        (titri_shown(view, TITR_OBS_TARGET) - titri_cgm(view)) / titri_shown(view, TITR_OBS_CF);
    const double meal_u = titr_meal_bolus_u(view->record, view->lane) - fmax(lacking_u, 0.0);
    return (titr_dose){.basal_u_per_h = fmin(dose.basal_u_per_h, 0.0),
                       .bolus_u =
                           fmin(dose.bolus_u, d->meal_bolus == LESSEN ? fmax(meal_u, 0.0) : 0.0)};
}

const titr_shield_type titr_shield_low_suspend = {
    .part = {.name = "low_suspend",
             .doc = "no insulin while glucose is low; a meal's bolus is lessened",
             .source = "oref0",
             TITR_OPTIONS(options, suspend_def)},
    .n_state = n_state,
    .limit = limit,
};
