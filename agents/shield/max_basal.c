// SPDX-License-Identifier: GPL-3.0-or-later
/* The largest basal rate.
 *
 *   rate <= min(limit, times_current x scheduled rate now, times_highest x highest scheduled rate)
 *
 * The two multiples are oref0's. The clinic record shows the scheduled rate of this hour only, so
 * the highest one is that of the episode so far: never more than the day's.
 * Oracle: limits worked out by hand, tests/agents/shield/test_max_basal.c. */
#include "limit.h"

#include <math.h>

typedef struct basal_def {
    titri_limit limit;
    double times_current, times_highest;
} basal_def;

static const titr_option options[] = {
    TITRI_BY_ROW(TITRI_BY_BOTH),
    TITRI_LIMIT_ROW(band[TITRI_CHILD], "child_u_per_h", "U/h", 2.0, 35.0, "androidaps",
                    "largest basal rate of a child"),
    TITRI_LIMIT_ROW(band[TITRI_TEEN], "teen_u_per_h", "U/h", 5.0, 35.0, "androidaps",
                    "largest basal rate of a teenager"),
    TITRI_LIMIT_ROW(band[TITRI_ADULT], "adult_u_per_h", "U/h", 10.0, 35.0, "androidaps",
                    "largest basal rate of an adult"),
    TITRI_LIMIT_ROW(per_kg, "u_per_h_per_kg", "U/h/kg", 0.08, 35.0, "assumed",
                    "largest basal rate by body weight"),
    TITRI_LIMIT_ROW(fixed, "fixed_u_per_h", "U/h", 2.0, 35.0, "choice",
                    "largest basal rate with by = \"fixed\""),
    TITRI_BAND_ROWS,
    {.name = "times_current",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 4.0,
     .lo = 1.0,
     .hi = 50.0,
     .doc = "largest multiple of the rate scheduled now",
     .source = "oref0",
     .offset = offsetof(basal_def, times_current)},
    {.name = "times_highest",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 3.0,
     .lo = 1.0,
     .hi = 50.0,
     .doc = "largest multiple of the highest rate scheduled so far",
     .source = "oref0",
     .offset = offsetof(basal_def, times_highest)},
};

static size_t n_state(const void *def, double decision_interval_min)
{
    (void)def, (void)decision_interval_min;
    return 1; /* highest scheduled rate, U/h */
}

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const basal_def *d = def;
    const double scheduled = titri_shown(view, TITR_OBS_BASAL);
    view->state[0] = fmax(view->state[0], scheduled);
    const double multiple = fmin(d->times_current * scheduled, d->times_highest * view->state[0]);
    dose.basal_u_per_h = fmin(dose.basal_u_per_h, fmin(titri_limit_of(&d->limit, view), multiple));
    return dose;
}

const titr_shield_type titr_shield_max_basal = {
    .part = {.name = "max_basal",
             .doc = "largest basal rate, by age band, weight and the scheduled rate",
             .source = "oref0",
             TITR_OPTIONS(options, basal_def)},
    .n_state = n_state,
    .limit = limit,
};
