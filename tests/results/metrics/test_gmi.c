// SPDX-License-Identifier: GPL-3.0-or-later
/* GMI: the published table (mean glucose -> GMI) and independent series. */
#include "metric_cases.h"

extern const titr_metric_type titr_metric_gmi;

Test(gmi, published_table)
{
    /* [bergenstal2018], table 1: rounded to one decimal */
    static const double row[][2] = {{100, 5.7}, {125, 6.3}, {150, 6.9}, {175, 7.5},  {200, 8.1},
                                    {225, 8.7}, {250, 9.3}, {275, 9.9}, {300, 10.5}, {350, 11.7}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        assert_close(of_glucose(&titr_metric_gmi, &row[i][0], 1, "gmi_percent"), row[i][1], 0.0,
                     0.05, "GMI");
    }
}

Test(gmi, independent_series)
{
    static const reference_key key[] = {{"gmi_percent", "gmi"}};
    assert_agrees_with_reference(&titr_metric_gmi, key, 1);
}

Test(gmi, nothing_read_is_undefined)
{
    cr_assert(isnan(of_glucose(&titr_metric_gmi, NULL, 0, "gmi_percent")));
}
