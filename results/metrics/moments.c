// SPDX-License-Identifier: GPL-3.0-or-later
/* Mean, standard deviation (n - 1) and coefficient of variation of the readings. */
#include "titrate/metrics/metric.h"

#include <math.h>

static const titr_metric_value values[] = {
    {"mean_glucose_mg_dl", "mg/dL", "mean glucose", 0.0, 3000.0},
    {"sd_glucose_mg_dl", "mg/dL", "standard deviation of glucose (n - 1)", 0.0, 3000.0},
    {"cv_percent", "%", "coefficient of variation: 100 SD / mean", 0.0, 10000.0},
};

static void compute(const titr_series *series, double *out)
{
    const double n = (double)series->n;
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < series->n; i++) {
        sum += series->glucose_mg_dl[i];
    }
    const double mean = series->n > 0 ? sum / n : (double)NAN;
    for (size_t i = 0; i < series->n; i++) {
        const double deviation = series->glucose_mg_dl[i] - mean;
        squares += deviation * deviation;
    }
    const double sd = series->n > 1 ? sqrt(squares / (n - 1.0)) : (double)NAN;
    out[0] = mean;
    out[1] = sd;
    out[2] = mean > 0.0 ? 100.0 * sd / mean : (double)NAN;
}

const titr_metric_type titr_metric_moments = {
    .part = {.name = "moments",
             .doc = "mean, standard deviation and coefficient of variation of glucose",
             .source = "battelino2019"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .of_readings = 1,
    .compute = compute,
};
