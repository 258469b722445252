// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns of one episode in memory. */
#include "titrate/store/trajectory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static titr_step step_at(size_t i)
{
    titr_step row;
    memset(&row, 0, sizeof row);
    row.time_min = (float)i * 5.0F;
    row.action_level = (int16_t)i;
    row.reward = -(float)i;
    return row;
}

Test(trajectory, rows_come_back_in_order)
{
    titr_trajectory t;
    titr_trajectory_init(&t);
    for (size_t i = 0; i < 1000; i++) {
        const titr_step row = step_at(i);
        const titr_minute minute = {(float)i, 100.0F, 0.0F, 0.0F};
        cr_assert_eq(titr_trajectory_append(&t, &row, NULL), TITR_OK);
        cr_assert_eq(titr_trajectory_append_minute(&t, &minute, NULL), TITR_OK);
    }
    cr_assert_eq(t.n, 1000);
    cr_assert_eq(t.minutes.n, 1000);
    const titr_step row = titr_trajectory_row(&t, 700);
    cr_assert_float_eq(row.time_min, 3500.0F, 0.0F);
    cr_assert_eq(row.action_level, 700);
    cr_assert_float_eq(t.minutes.time_min[700], 700.0F, 0.0F);
    titr_trajectory_fini(&t);
}

Test(trajectory, clearing_keeps_the_memory_and_forgets_the_end)
{
    titr_trajectory t;
    titr_trajectory_init(&t);
    const titr_step row = step_at(1);
    cr_assert_eq(titr_trajectory_append(&t, &row, NULL), TITR_OK);
    t.final_cgm_mg_dl = 100.0F;
    (void)strcpy(t.fault, "cvode");
    const size_t capacity = t.capacity;
    titr_trajectory_clear(&t);
    cr_assert_eq(t.n, 0);
    cr_assert_eq(t.capacity, capacity);
    cr_assert(isnan(t.final_cgm_mg_dl));
    cr_assert_str_eq(t.fault, "");
    titr_trajectory_fini(&t);
}

Test(trajectory, panels_are_nan_until_filled_and_chosen_first)
{
    titr_error err;
    titr_trajectory t;
    titr_trajectory_init(&t);
    cr_assert_eq(titr_trajectory_set_panel(&t, TITR_PANEL_MASK, 3, NULL), TITR_OK);
    cr_assert_null(titr_trajectory_panel_row(&t, TITR_PANEL_STATES, 0)); /* not recorded */
    cr_assert(isnan(titr_trajectory_panel_row(&t, TITR_PANEL_MASK, 0)[1]));
    for (size_t i = 0; i < 300; i++) { /* beyond the first allocation */
        const titr_step row = step_at(i);
        titr_trajectory_panel_row(&t, TITR_PANEL_MASK, i)[0] = (float)i;
        cr_assert_eq(titr_trajectory_append(&t, &row, NULL), TITR_OK);
    }
    const float *last = titr_trajectory_panel_row(&t, TITR_PANEL_MASK, 299);
    cr_assert_float_eq(last[0], 299.0F, 0.0F);
    cr_assert(isnan(last[2]));
    cr_assert(isnan(titr_trajectory_panel_row(&t, TITR_PANEL_MASK, 300)[0]));
    cr_assert_eq(titr_trajectory_set_panel(&t, TITR_PANEL_MASK, 2, &err), TITR_ERR_ARG);
    cr_assert(strstr(err.what, "300 rows"));
    titr_trajectory_clear(&t);
    cr_assert_eq(titr_trajectory_set_panel(&t, TITR_PANEL_MASK, 5, NULL), TITR_OK);
    cr_assert_eq(titr_trajectory_set_panel(&t, TITR_PANEL_STATES, TITR_PANEL_COLUMNS_MAX + 1, &err),
                 TITR_ERR_ARG);
    cr_assert(strstr(err.what, "at most 64"));
    titr_trajectory_fini(&t);
}
