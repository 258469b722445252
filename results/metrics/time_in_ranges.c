// SPDX-License-Identifier: GPL-3.0-or-later
/* Time in, below and above range: shares of readings [battelino2019].
 * Oracle: 25 subject series scored by an independent program, tests/.../test_time_in_ranges.c. */
#include "titrate/metrics/ranges.h"

static const titr_metric_value values[] = {
    {"tir_70_180_percent", "%", "readings from 70 to 180 mg/dL", 0.0, 100.0},
    {"titr_70_140_percent", "%", "readings from 70 to 140 mg/dL (tight range)", 0.0, 100.0},
    {"tbr_below_70_percent", "%", "readings below 70 mg/dL", 0.0, 100.0},
    {"tbr_below_54_percent", "%", "readings below 54 mg/dL", 0.0, 100.0},
    {"tar_above_180_percent", "%", "readings above 180 mg/dL", 0.0, 100.0},
    {"tar_above_250_percent", "%", "readings above 250 mg/dL", 0.0, 100.0},
};

static void compute(const titr_series *series, double *out)
{
    const titr_ranges r = titr_ranges_of(series);
    out[0] = r.in_70_180;
    out[1] = r.in_70_140;
    out[2] = r.below_70;
    out[3] = r.below_54;
    out[4] = r.above_180;
    out[5] = r.above_250;
}

const titr_metric_type titr_metric_time_in_ranges = {
    .part = {.name = "time_in_ranges",
             .doc = "shares of readings in the consensus glucose ranges",
             .source = "battelino2019"},
    .value = values,
    .n_values = sizeof values / sizeof values[0],
    .of_readings = 1,
    .compute = compute,
};
