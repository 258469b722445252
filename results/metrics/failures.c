// SPDX-License-Identifier: GPL-3.0-or-later
/* Whether the episode failed (TERMINATED or FAULT), and how long it was followed. */
#include "titrate/base/units.h"
#include "titrate/metrics/metric.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"failed", "1", "1 when the episode left the clinical limits or could not be computed", 0.0,
     1.0},
    {"follow_up_days", "d", "time from the episode's start to its end", 0.0, 1e6},
};

static void compute(const titr_series *series, double *out)
{
    const int episode = !isnan(series->horizon_min);
    out[0] = episode ? (series->failed ? 1.0 : 0.0) : (double)NAN;
    out[1] = episode ? series->end_min / TITR_MIN_PER_DAY : (double)NAN;
}

const titr_metric_type titr_metric_failures = {
    .part = {.name = "failures",
             .doc = "failure of the episode and time it was followed",
             .source = "titrate"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .compute = compute,
};
