// SPDX-License-Identifier: GPL-3.0-or-later
/* No more than the schedule and a meal's own bolus while the CGM cannot be trusted:
 *
 *   missing     no number
 *   saturated   at or beyond an end of what the sensor can show
 *   stale       the very same number for stale_min
 *   flat        all readings of flat_min within flat_span
 *
 * Readings from before the episode are not judged: the record repeats its first one there.
 * Oracle: hand-set readings, tests/agents/shield/test_sensor_guard.c. */
#include "limit.h"

#include <math.h>

typedef struct guard_def {
    double lowest_mg_dl, highest_mg_dl, stale_min, flat_min, flat_span_mg_dl;
} guard_def;

static const titr_option options[] = {
    {.name = "lowest_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 39.0,
     .lo = 0.0,
     .hi = 100.0,
     .doc = "a reading at or below it is none",
     .source = "simglucose",
     .offset = offsetof(guard_def, lowest_mg_dl)},
    {.name = "highest_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 600.0,
     .lo = 200.0,
     .hi = 2000.0,
     .doc = "a reading at or above it is none",
     .source = "simglucose",
     .offset = offsetof(guard_def, highest_mg_dl)},
    {.name = "stale_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 15.0,
     .lo = 0.0,
     .hi = 240.0,
     .doc = "readings that have not changed at all for so long are an old one; 0 = not judged",
     .source = "loop",
     .offset = offsetof(guard_def, stale_min)},
    {.name = "flat_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 45.0,
     .lo = 0.0,
     .hi = 240.0,
     .doc = "readings within flat_span_mg_dl for so long are not glucose; 0 = not judged",
     .source = "oref0",
     .offset = offsetof(guard_def, flat_min)},
    {.name = "flat_span_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.5,
     .lo = 0.0,
     .hi = 20.0,
     .doc = "largest difference of flat readings; the default is less than what a display shows",
     .source = "assumed",
     .offset = offsetof(guard_def, flat_span_mg_dl)},
};

/* The readings of the last `window_min` lie within `span`. */
static int unchanged(const titr_shield_view *view, double window_min, double span_mg_dl)
{
    if (window_min <= 0.0 || titri_shown(view, TITR_OBS_TIME) < window_min) {
        return 0;
    }
    const double back = ceil(window_min / view->decision_interval_min);
    const size_t most = TITR_CGM_HISTORY - 1, n = back < (double)most ? (size_t)back : most;
    double lowest = HUGE_VAL, highest = -HUGE_VAL;
    for (size_t ago = 0; ago <= n; ago++) {
        const double reading = titr_record_cgm(view->record, view->lane, ago);
        lowest = fmin(lowest, reading);
        highest = fmax(highest, reading);
    }
    return highest - lowest <= span_mg_dl;
}

static titr_dose limit(const void *def, const titr_shield_view *view, titr_dose dose)
{
    const guard_def *d = def;
    const double cgm_mg_dl = titri_shown(view, TITR_OBS_CGM);
    const int shows = cgm_mg_dl > d->lowest_mg_dl && cgm_mg_dl < d->highest_mg_dl;
    const int trusted = shows && !unchanged(view, d->stale_min, 0.0) &&
                        !unchanged(view, d->flat_min, d->flat_span_mg_dl);
    return trusted ? dose : titri_scheduled(view, dose);
}

const titr_shield_type titr_shield_sensor_guard = {
    .part = {.name = "sensor_guard",
             .doc = "nothing above the schedule while the CGM is missing, saturated, stale or flat",
             .source = "oref0",
             TITR_OPTIONS(options, guard_def)},
    .limit = limit,
};
