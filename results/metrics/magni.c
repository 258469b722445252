// SPDX-License-Identifier: GPL-3.0-or-later
/* Mean Magni risk, 10 (3.5506 (ln(g)^0.8353 - 3.7932))^2, least at 138.9 mg/dL [magni2007]. */
#include "titrate/base/clinical.h"
#include "titrate/metrics/metric.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"magni_risk", "1", "mean Magni risk", 0.0, 1815.0},
};

static void compute(const titr_series *series, double *out)
{
    double sum = 0.0;
    for (size_t i = 0; i < series->n; i++) {
        sum += titr_risk_magni(series->glucose_mg_dl[i]);
    }
    out[0] = series->n > 0 ? sum / (double)series->n : (double)NAN;
}

const titr_metric_type titr_metric_magni = {
    .part = {.name = "magni", .doc = "mean Magni risk over all readings", .source = "magni2007"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .of_readings = 1,
    .compute = compute,
};
