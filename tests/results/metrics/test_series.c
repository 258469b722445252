// SPDX-License-Identifier: GPL-3.0-or-later
/* From a stored episode to a series: what is dropped, what is added up. */
#include "metric_cases.h"

#include "titrate/env/env.h"

/* A stored episode over borrowed columns: what a series is made from. */
static float time_min[] = {0.0F, 5.0F, 10.0F}, glucose[] = {100.0F, 101.0F, 102.0F},
             cgm[] = {90.0F, NAN, 90.0F}, carbs[] = {10.0F, 10.0F, 10.0F},
             insulin[] = {1.0F, 1.0F, 1.0F}, basal[] = {0.25F, 0.25F, 0.25F};

static int8_t no_rule[3];

static titr_trajectory three_rows(void)
{
    return (titr_trajectory){.n = 3,
                             .time_min = time_min,
                             .glucose_mg_dl = glucose,
                             .cgm_mg_dl = cgm,
                             .carbs_g = carbs,
                             .insulin_u = insulin,
                             .basal_insulin_u = basal,
                             .shield_rule = no_rule,
                             .end = TITR_END_TERMINATED,
                             .horizon_min = 30.0,
                             .end_min = 13.0,
                             .final_glucose_mg_dl = 39.0F};
}

Test(series, truth_from_the_start)
{
    titr_trajectory t = three_rows();
    titr_series s;
    cr_assert_eq(titr_series_of(&t, 0, 0.0, &s, NULL), TITR_OK);
    cr_assert_eq(s.n, 3);
    cr_assert_float_eq(s.glucose_mg_dl[2], 102.0, 0.0);
    cr_assert_float_eq(s.insulin_u, 3.0, 0.0);
    cr_assert_float_eq(s.basal_insulin_u, 0.75, 0.0);
    cr_assert_float_eq(s.carbs_g, 30.0, 0.0);
    cr_assert_float_eq(s.duration_min, 13.0, 0.0);
    cr_assert_float_eq(s.horizon_min, 30.0, 0.0);
    cr_assert_eq(s.failed, 1);
    cr_assert_float_eq(s.final_glucose_mg_dl, 39.0, 0.0);
    titr_series_fini(&s);
}

Test(series, cgm_gaps_and_dropped_time)
{
    titr_trajectory t = three_rows();
    titr_series s;
    cr_assert_eq(titr_series_of(&t, 1, 0.0, &s, NULL), TITR_OK);
    cr_assert_eq(s.n, 2); /* a missing reading is not in it */
    titr_series_fini(&s);
    cr_assert_eq(titr_series_of(&t, 0, 5.0, &s, NULL), TITR_OK);
    cr_assert_eq(s.n, 2);
    cr_assert_float_eq(s.time_min[0], 5.0, 0.0);
    cr_assert_float_eq(s.insulin_u, 2.0, 0.0);
    cr_assert_float_eq(s.duration_min, 8.0, 0.0);
    titr_series_fini(&s);
    cr_assert_eq(titr_series_of(&t, 0, 1440.0, &s, NULL), TITR_OK); /* ended before that */
    cr_assert_eq(s.n, 0);
    cr_assert_float_eq(s.duration_min, 0.0, 0.0);
    titr_series_fini(&s);
    t.end = TITR_END_TRUNCATED;
    cr_assert_eq(titr_series_of(&t, 0, 0.0, &s, NULL), TITR_OK);
    cr_assert_eq(s.failed, 0);
    titr_series_fini(&s);
}
