// SPDX-License-Identifier: GPL-3.0-or-later
/* Glucose management indicator: 3.31 + 0.02392 mean, mean glucose in mg/dL [bergenstal2018]. */
#include "titrate/metrics/metric.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"gmi_percent", "%", "glucose management indicator, an estimate of HbA1c", 3.31, 80.0},
};

static void compute(const titr_series *series, double *out)
{
    double sum = 0.0;
    for (size_t i = 0; i < series->n; i++) {
        sum += series->glucose_mg_dl[i];
    }
    out[0] = series->n > 0 ? 3.31 + 0.02392 * (sum / (double)series->n) : (double)NAN;
}

const titr_metric_type titr_metric_gmi = {
    .part = {.name = "gmi",
             .doc = "glucose management indicator from mean glucose",
             .source = "bergenstal2018"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .of_readings = 1,
    .compute = compute,
};
