// SPDX-License-Identifier: GPL-3.0-or-later
/* Time in ranges that a failure cannot improve.
 *
 *   observed = time covered by readings, lost = horizon - end (0 unless TERMINATED or FAULT)
 *   share_itt = (observed share_of_readings + lost [range holds the side left]) / (observed + lost)
 *
 * The lost time counts as below 54 or above 250 mg/dL, by the side that was left: low when the last
 * known glucose is below the zero of the symmetrised risk, 112.5 mg/dL [kovatchev1997]; low too
 * when none is known. */
#include "titrate/base/clinical.h"
#include "titrate/metrics/ranges.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"tir_itt_percent", "%", "time from 70 to 180 mg/dL, time after a failure counted as outside",
     0.0, 100.0},
    {"titr_itt_percent", "%", "time from 70 to 140 mg/dL, time after a failure counted as outside",
     0.0, 100.0},
    {"tbr_itt_below_70_percent", "%", "time below 70 mg/dL, with the time after a failure low", 0.0,
     100.0},
    {"tbr_itt_below_54_percent", "%", "time below 54 mg/dL, with the time after a failure low", 0.0,
     100.0},
    {"tar_itt_above_180_percent", "%", "time above 180 mg/dL, with the time after a failure high",
     0.0, 100.0},
    {"tar_itt_above_250_percent", "%", "time above 250 mg/dL, with the time after a failure high",
     0.0, 100.0},
};
#define N_VALUES (sizeof values / sizeof values[0])

static int left_low(const titr_series *series)
{
    double last = series->final_glucose_mg_dl;
    if (isnan(last) && series->n > 0) {
        last = series->glucose_mg_dl[series->n - 1];
    }
    return isnan(last) || titr_kovatchev_f(last) < 0.0;
}

static void compute(const titr_series *series, double *out)
{
    const titr_ranges r = titr_ranges_of(series);
    const double seen[N_VALUES] = {r.in_70_180, r.in_70_140, r.below_70,
                                   r.below_54,  r.above_180, r.above_250};
    const double lost = series->failed ? fmax(series->horizon_min - series->end_min, 0.0) : 0.0;
    const double observed = series->n > 0 ? fmax(series->duration_min, 0.0) : 0.0;
    const int low = left_low(series);
    for (size_t i = 0; i < N_VALUES; i++) {
        const int side_left = low ? i == 2 || i == 3 : i == 4 || i == 5;
        const double after = side_left ? 100.0 : 0.0;
        if (isnan(series->horizon_min)) {
            out[i] = (double)NAN;
        } else if (lost == 0.0) {
            out[i] = seen[i];
        } else {
            out[i] =
                observed == 0.0 ? after : (observed * seen[i] + lost * after) / (observed + lost);
        }
    }
}

const titr_metric_type titr_metric_intention_to_treat = {
    .part = {.name = "intention_to_treat",
             .doc = "time in ranges with the time from a failure to the horizon counted as outside",
             .source = "titrate"},
    .value = values,
    .n_values = N_VALUES,
    .compute = compute,
};
