// SPDX-License-Identifier: GPL-3.0-or-later
/* Low and high blood glucose index [kovatchev1997].
 *
 *   f(g) = ln(g)^1.084 - 5.381
 *   LBGI = mean over all readings of 22.77 min(f, 0)^2          22.77 = 10 x 1.509^2, rounded
 *   HBGI = mean over all readings of 22.77 max(f, 0)^2          as the index is published
 *
 * A reading below 1 mg/dL, which only a simulation without limits has, counts as 1 mg/dL: left out,
 * the worst readings would improve the index. */
#include "titrate/metrics/metric.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"lbgi", "1", "low blood glucose index", 0.0, 660.0},
    {"hbgi", "1", "high blood glucose index", 0.0, 660.0},
};

static void compute(const titr_series *series, double *out)
{
    double low = 0.0, high = 0.0;
    for (size_t i = 0; i < series->n; i++) {
        const double f = pow(log(fmax(series->glucose_mg_dl[i], 1.0)), 1.084) - 5.381;
        const double risk = 22.77 * f * f;
        *(f < 0.0 ? &low : &high) += risk;
    }
    out[0] = series->n > 0 ? low / (double)series->n : (double)NAN;
    out[1] = series->n > 0 ? high / (double)series->n : (double)NAN;
}

const titr_metric_type titr_metric_risk = {
    .part = {.name = "risk",
             .doc = "low and high blood glucose index, mean risk over all readings",
             .source = "kovatchev1997"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .of_readings = 1,
    .compute = compute,
};
