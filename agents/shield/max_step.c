// SPDX-License-Identifier: GPL-3.0-or-later
/* The largest rise of the basal rate from one decision to the next; it may fall at once.
 *
 *   rate <= max(scheduled rate, last rate given) + times_scheduled x scheduled rate
 *
 * Oracle: steps worked out by hand, tests/agents/shield/test_max_step.c. */
#include "limit.h"

#include <math.h>

typedef struct step_def {
    double times_scheduled;
} step_def;

static const titr_option options[] = {
    {.name = "times_scheduled",
     .kind = TITR_OPTION_REAL,
     .unit = "1",
     .init = 1.0,
     .lo = 0.0,
     .hi = 50.0,
     .doc = "largest rise, as a multiple of the scheduled rate",
     .source = "assumed",
     .offset = offsetof(step_def, times_scheduled)},
};

static size_t n_state(const void *def, double decision_interval_min)
{
    (void)def, (void)decision_interval_min;
    return 1; /* last rate given, U/h; 0 at an episode's start: the scheduled rate counts */
}

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const step_def *d = def;
    const double scheduled = titri_shown(view, TITR_OBS_BASAL);
    const double most = fmax(scheduled, view->state[0]) + d->times_scheduled * scheduled;
    dose.basal_u_per_h = fmin(dose.basal_u_per_h, most);
    return dose;
}

static void given(const void *def, const titr_shield_view *view, titr_dose dose)
{
    (void)def;
    view->state[0] = dose.basal_u_per_h;
}

const titr_shield_type titr_shield_max_step = {
    .part = {.name = "max_step",
             .doc = "largest rise of the basal rate between two decisions",
             .source = "titrate",
             TITR_OPTIONS(options, step_def)},
    .n_state = n_state,
    .limit = limit,
    .given = given,
};
