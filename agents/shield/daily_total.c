// SPDX-License-Identifier: GPL-3.0-or-later
/* The most insulin in any 24 h, the coming interval included.
 *
 *   room  = limit - given in the 24 h until the interval's end - scheduled basal of the interval
 *   bolus <= max(0, room);  rate <= scheduled rate + what the bolus leaves of it
 *
 * Scheduled basal is never withheld: a day without insulin is no remedy. What was given before the
 * episode is not known and counts as nothing. The limits lie half above what is prescribed at most,
 * 1.2 U/kg/d before and 1.8 U/kg/d in puberty [kerouz1995], and at twice the child's own total.
 * Oracle: sums worked out by hand, tests/agents/shield/test_daily_total.c. */
#include "limit.h"

#include <math.h>

#define DAY_MIN 1440.0

enum { BY_TDI, BY_WEIGHT, BY_BOTH };
static const char *const by_names[] = {"tdi", "weight", "both", NULL};

typedef struct total_def {
    titri_bands bands;
    int by;
    double times_tdi, band_u_per_kg[TITRI_N_BANDS];
} total_def;

/* State: sum of the ring, slot of the oldest interval, then the ring itself, U. */
enum { SUM, OLDEST, RING };

#define TOTAL_ROW(member, key, in, preset, about)                                                  \
    {                                                                                              \
        .name = (key), .kind = TITR_OPTION_REAL, .unit = (in), .init = (preset), .lo = 0.0,        \
        .hi = 20.0, .source = "assumed", .offset = offsetof(total_def, member), .doc = (about)     \
    }

static const titr_option options[] = {
    {.name = "by",
     .kind = TITR_OPTION_CHOICE,
     .unit = "",
     .choices = by_names,
     .init = BY_BOTH,
     .doc = "what the limit goes by; both: the tighter one",
     .source = "choice",
     .offset = offsetof(total_def, by)},
    TOTAL_ROW(times_tdi, "times_tdi", "1", 2.0,
              "most insulin in 24 h, as a multiple of the child's total daily insulin"),
    TOTAL_ROW(band_u_per_kg[TITRI_CHILD], "child_u_per_kg", "U/kg", 1.8,
              "most insulin in 24 h of a child"),
    TOTAL_ROW(band_u_per_kg[TITRI_TEEN], "teen_u_per_kg", "U/kg", 2.7,
              "most insulin in 24 h of a teenager"),
    TOTAL_ROW(band_u_per_kg[TITRI_ADULT], "adult_u_per_kg", "U/kg", 2.7,
              "most insulin in 24 h of an adult"),
    TITRI_BAND_ROWS,
};

/* Intervals that end within 24 h before the coming one's end. */
static size_t slots(double decision_interval_min)
{
    return (size_t)fmax(ceil(DAY_MIN / decision_interval_min) - 1.0, 0.0);
}

static size_t n_state(const void *def, double decision_interval_min)
{
    (void)def;
    return RING + slots(decision_interval_min);
}

static double most_u(const total_def *d, const titr_shield_view *view)
{
    const double tdi_u = d->times_tdi * titri_shown(view, TITR_OBS_TDI);
    const double weight_u =
        d->band_u_per_kg[titri_band_of(&d->bands, view)] * titri_shown(view, TITR_OBS_WEIGHT);
    return d->by == BY_TDI ? tdi_u : d->by == BY_WEIGHT ? weight_u : fmin(tdi_u, weight_u);
}

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const double hours = view->decision_interval_min / 60.0;
    const double scheduled = fmin(dose.basal_u_per_h, titri_shown(view, TITR_OBS_BASAL));
    const double room_u = fmax(most_u(def, view) - view->state[SUM] - scheduled * hours, 0.0);
    dose.bolus_u = fmin(dose.bolus_u, room_u);
    const double left_u = fmax(room_u - dose.bolus_u, 0.0);
    dose.basal_u_per_h = fmin(dose.basal_u_per_h, scheduled + left_u / hours);
    return dose;
}

static void given(const void *def, const titr_shield_view *view, titr_dose dose)
{
    (void)def;
    const size_t at = (size_t)view->state[OLDEST], n = slots(view->decision_interval_min);
    const double now_u = fmax(titr_dose_insulin_u(dose, view->decision_interval_min), 0.0);
    if (n == 0) {
        return; /* an interval is a day */
    }
    view->state[SUM] += now_u - view->state[RING + at];
    view->state[RING + at] = now_u;
    view->state[OLDEST] = (double)((at + 1) % n);
}

const titr_shield_type titr_shield_daily_total = {
    .part = {.name = "daily_total",
             .doc = "most insulin in any 24 h, by the child's total daily insulin and weight",
             .source = "titrate",
             TITR_OPTIONS(options, total_def)},
    .n_state = n_state,
    .limit = limit,
    .given = given,
};
