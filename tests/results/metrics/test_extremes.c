// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/metrics/metric.h"

#include <criterion/criterion.h>
#include <math.h>

Test(extremes, lowest_and_highest_wherever_they_stand)
{
    const titr_metric_type *m = titr_metric_find("extremes");
    const double time_min[] = {0, 5, 10, 15}, glucose[] = {100.0, 39.5, 601.0, 90.0};
    double out[2];
    m->compute(&(titr_series){.n = 4, .time_min = time_min, .glucose_mg_dl = glucose}, out);
    cr_assert_eq(out[0], 39.5);
    cr_assert_eq(out[1], 601.0);
    m->compute(&(titr_series){.n = 1, .time_min = time_min, .glucose_mg_dl = glucose}, out);
    cr_assert(out[0] == 100.0 && out[1] == 100.0);
    m->compute(&(titr_series){0}, out);
    cr_assert(isnan(out[0]) && isnan(out[1]), "nothing was read");
}
