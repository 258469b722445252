// SPDX-License-Identifier: GPL-3.0-or-later
/* What the shield did, per day of the time covered: decisions whose dose it lowered, in all and by
 * rule. A decision that two rules lowered counts once in all and once for each. Undefined for a
 * plain CGM series, and by rule when a run's rules are another version's. */
#include "titrate/base/units.h"
#include "titrate/metrics/metric.h"

#include <math.h>

/* One value per registered rule: the build names them. */
#define X(rule)                                                                                    \
    {.key = "shield_" #rule "_per_day",                                                            \
     .unit = "/d",                                                                                 \
     .doc = "decisions per day that this rule of the shield lowered",                              \
     .lo = 0.0,                                                                                    \
     .hi = 1440.0},
static const titr_metric_value values[] = {
    {"shield_interventions_per_day", "/d", "decisions per day whose dose the shield lowered", 0.0,
     1440.0},
    {"shield_withheld_u_per_day", "U/d", "insulin that the shield withheld per day", 0.0, 100000.0},
    TITR_SHIELD_RULES};
#undef X
#define N_VALUES (sizeof values / sizeof values[0])

static void compute(const titr_series *series, double *out)
{
    const double days = series->duration_min / TITR_MIN_PER_DAY;
    const int covered = days > 0.0 && !isnan(series->horizon_min); /* NaN days are none */
    out[0] = covered ? (double)series->shield_lowered / days : (double)NAN;
    out[1] = covered ? series->withheld_u / days : (double)NAN;
    for (size_t i = 2; i < N_VALUES; i++) {
        out[i] = covered && !series->rules_unknown ? (double)series->rule_lowered[i - 2] / days
                                                   : (double)NAN;
    }
}

const titr_metric_type titr_metric_interventions = {
    .part = {.name = "interventions",
             .doc = "how often the shield lowered a dose, in all and by rule",
             .source = "titrate"},
    .value = values,
    .n_values = N_VALUES,
    .compute = compute,
};
