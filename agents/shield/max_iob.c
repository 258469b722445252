// SPDX-License-Identifier: GPL-3.0-or-later
/* The most insulin on board that automatic dosing may lead to.
 *
 *   own   = bolus calculator's proposal at an announced meal, else 0                       (1)
 *   room  = max(0, limit - insulin on board - own)                                         (2)
 *   bolus <= own + room                                                                    (3)
 *   rate  <= scheduled + (room - (bolus - own)) / max(temporary rate's time, interval)     (4)
 *
 * (1): AndroidAPS and Loop limit what the controller gives by itself by insulin on board, and what
 * is given for a meal by the largest bolus only; without its bolus a meal would be the harm. The
 * proposal has its correction lessened by insulin on board already. (4) is Loop's: a temporary rate
 * could run for half an hour.
 * Oracle: limits worked out by hand, tests/agents/shield/test_max_iob.c. */
#include "limit.h"

#include <math.h>

typedef struct iob_def {
    titri_limit limit;
    double rate_lasts_min;
} iob_def;

static const titr_option options[] = {
    TITRI_BY_ROW(TITRI_BY_BOTH),
    TITRI_LIMIT_ROW(band[TITRI_CHILD], "child_u", "U", 7.0, 75.0, "androidaps",
                    "most insulin on board of a child"),
    TITRI_LIMIT_ROW(band[TITRI_TEEN], "teen_u", "U", 13.0, 75.0, "androidaps",
                    "most insulin on board of a teenager"),
    TITRI_LIMIT_ROW(band[TITRI_ADULT], "adult_u", "U", 22.0, 75.0, "androidaps",
                    "most insulin on board of an adult"),
    TITRI_LIMIT_ROW(per_kg, "u_per_kg", "U/kg", 0.2, 75.0, "assumed",
                    "most insulin on board by body weight"),
    TITRI_LIMIT_ROW(fixed, "fixed_u", "U", 7.0, 75.0, "choice",
                    "most insulin on board with by = \"fixed\""),
    TITRI_BAND_ROWS,
    {.name = "rate_lasts_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 30.0,
     .lo = 1.0,
     .hi = 240.0,
     .doc = "a basal rate above the schedule counts as if it ran so long",
     .source = "loop",
     .offset = offsetof(iob_def, rate_lasts_min)},
};

/* Equations (1) to (4). */
static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const iob_def *d = def;
    const int meal = titri_shown(view, TITR_OBS_CARBS_ANNOUNCED) > 0.0;
    const double own_u = meal ? titr_bolus_calculator_u(view->record, view->lane) : 0.0;
    const double on_board_u = titri_shown(view, TITR_OBS_IOB) + own_u;
    const double room_u = fmax(titri_limit_of(&d->limit, view) - on_board_u, 0.0);
    const double lasts_h = fmax(d->rate_lasts_min, view->decision_interval_min) / 60.0;
    dose.bolus_u = fmin(dose.bolus_u, own_u + room_u);
    const double left_u = room_u - fmax(dose.bolus_u - own_u, 0.0);
    const double most_u_per_h = titri_shown(view, TITR_OBS_BASAL) + left_u / lasts_h;
    dose.basal_u_per_h = fmin(dose.basal_u_per_h, most_u_per_h);
    return dose;
}

const titr_shield_type titr_shield_max_iob = {
    .part = {.name = "max_iob",
             .doc = "most insulin on board from automatic dosing, by age band and weight",
             .source = "androidaps",
             TITR_OPTIONS(options, iob_def)},
    .limit = limit,
};
