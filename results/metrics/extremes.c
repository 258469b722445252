// SPDX-License-Identifier: GPL-3.0-or-later
/* Lowest and highest reading: which limits an episode ever left. */
#include "titrate/metrics/metric.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"min_glucose_mg_dl", "mg/dL", "lowest reading", -HUGE_VAL, HUGE_VAL},
    {"max_glucose_mg_dl", "mg/dL", "highest reading", -HUGE_VAL, HUGE_VAL},
};

static void compute(const titr_series *series, double *out)
{
    out[0] = out[1] = series->n > 0 ? series->glucose_mg_dl[0] : (double)NAN;
    for (size_t i = 1; i < series->n; i++) {
        out[0] = fmin(out[0], series->glucose_mg_dl[i]);
        out[1] = fmax(out[1], series->glucose_mg_dl[i]);
    }
}

const titr_metric_type titr_metric_extremes = {
    .part = {.name = "extremes", .doc = "lowest and highest reading", .source = "titrate"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .of_readings = 1,
    .compute = compute,
};
