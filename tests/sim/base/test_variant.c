// SPDX-License-Identifier: GPL-3.0-or-later
/* Which variant is chosen, and that a width which is not there is refused. */
#include "titrate/base/variant.h"

#include <criterion/criterion.h>
#include <string.h>

Test(variant, the_widest_that_runs_is_chosen)
{
    titr_variant chosen = TITR_L1;
    cr_assert_eq(titr_variant_wide(0, &chosen, NULL), TITR_OK);
    cr_assert(titr_variant_runs(chosen) && titr_variant_lanes(chosen) > 1);
    for (size_t v = 0; v < TITR_N_VARIANTS; v++) {
        cr_assert(!titr_variant_runs((titr_variant)v) ||
                  titr_variant_bits((titr_variant)v) <= titr_variant_bits(chosen));
    }
}

Test(variant, a_width_can_be_asked_for)
{
    for (size_t v = TITR_L8; v < TITR_N_VARIANTS; v++) {
        titr_variant chosen = TITR_L1;
        titr_error err = {0};
        const size_t bits = titr_variant_bits((titr_variant)v);
        const titr_status status = titr_variant_wide(bits, &chosen, &err);
        if (titr_variant_runs((titr_variant)v)) {
            cr_assert(status == TITR_OK && titr_variant_bits(chosen) == bits);
        } else {
            cr_assert_eq(status, TITR_ERR_NOT_FOUND);
            cr_assert_not_null(strstr(err.what, "no vectors of"), "%s", err.what);
        }
    }
}

Test(variant, one_lane_and_portable_blocks_run_everywhere)
{
    cr_assert(titr_variant_runs(TITR_L1) && titr_variant_lanes(TITR_L1) == 1);
    cr_assert(titr_variant_runs(TITR_L8) && titr_variant_bits(TITR_L8) == 128);
}

Test(variant, other_widths_are_refused)
{
    titr_variant chosen = TITR_L1;
    titr_error err = {0};
    cr_assert_eq(titr_variant_wide(64, &chosen, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "expected 128, 256 or 512"), "%s", err.what);
    cr_assert_eq(chosen, TITR_L1);
}
