// SPDX-License-Identifier: GPL-3.0-or-later
/* The table of observables. */
#include "titrate/env/record.h"

#include <criterion/criterion.h>

Test(record, every_observable_is_found_by_its_own_name)
{
    const titr_observable_info *table = titr_observable_table();
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        cr_assert_eq(titr_observable_find(table[i].name), i, "%s", table[i].name);
        cr_assert_lt(table[i].lo, table[i].hi, "%s", table[i].name);
        cr_assert(table[i].unit[0] != '\0' && table[i].doc[0] != '\0', "%s", table[i].name);
    }
}

Test(record, names_lead_to_their_columns)
{
    cr_assert_eq(titr_observable_find("cgm_mg_dl"), TITR_OBS_CGM);
    cr_assert_eq(titr_observable_find("tdi_u_per_day"), TITR_OBS_TDI);
    cr_assert_eq(titr_observable_find("glucose_mg_dl"), TITR_OBS_N);
}
