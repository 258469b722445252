// SPDX-License-Identifier: GPL-3.0-or-later
/* What was delivered and eaten, per day of the time covered. Undefined for a plain CGM series. */
#include "titrate/base/units.h"
#include "titrate/metrics/metric.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"insulin_u_per_day", "U/d", "insulin delivered per day", 0.0, 10000.0},
    {"basal_insulin_percent", "%", "share of the insulin that was requested as basal", 0.0, 100.0},
    {"carbs_g_per_day", "g/d", "carbohydrate eaten per day", 0.0, 10000.0},
};

static void compute(const titr_series *series, double *out)
{
    const double days = series->duration_min / TITR_MIN_PER_DAY;
    const int covered = days > 0.0; /* refuses NaN too */
    out[0] = covered ? series->insulin_u / days : (double)NAN;
    out[1] = covered && series->insulin_u > 0.0
                 ? 100.0 * series->basal_insulin_u / series->insulin_u
                 : (double)NAN;
    out[2] = covered ? series->carbs_g / days : (double)NAN;
}

const titr_metric_type titr_metric_insulin = {
    .part = {.name = "insulin",
             .doc = "insulin delivered and carbohydrate eaten per day",
             .source = "titrate"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .compute = compute,
};
