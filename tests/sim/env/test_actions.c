// SPDX-License-Identifier: GPL-3.0-or-later
/* The bolus calculator and masks over levels, worked out by hand. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

Test(actions, the_calculator_corrects_what_is_above_target_less_what_is_on_board)
{
    test_record t;
    test_record_init(&t);
    /* (200 - 120) / 80 - 0.25 */
    cr_assert_float_eq(titr_correction_bolus_u(&t.record, TEST_LANE), 0.75, 1e-15);
    cr_assert_float_eq(titr_bolus_calculator_u(&t.record, TEST_LANE), 0.75, 1e-15);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    cr_assert_float_eq(titr_meal_bolus_u(&t.record, TEST_LANE), 1.5, 1e-15);
    cr_assert_float_eq(titr_bolus_calculator_u(&t.record, TEST_LANE), 2.25, 1e-15);
}

Test(actions, insulin_on_board_never_reduces_the_meal_bolus)
{
    test_record t;
    test_record_init(&t);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    test_set(&t, TITR_OBS_BOLUS_IOB, 5.0);
    cr_assert_eq(titr_bolus_calculator_u(&t.record, TEST_LANE), 1.5);
    test_set(&t, TITR_OBS_BOLUS_IOB, 0.0);
    test_set(&t, TITR_OBS_CGM, 50.0); /* nor does a low reading */
    cr_assert_eq(titr_bolus_calculator_u(&t.record, TEST_LANE), 1.5);
}

Test(actions, a_mask_always_leaves_the_smallest_level)
{
    const titr_reals levels = {.v = {2.0, 1.0, 1.5, 3.0}, .n = 4};
    unsigned char mask[4];
    titr_levels_mask(&levels, 1.5, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){0, 1, 1, 0}), 4);
    titr_levels_mask(&levels, 0.0, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){0, 1, 0, 0}), 4);
    titr_levels_mask(&levels, HUGE_VAL, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1, 1}), 4);
}

/* Every set, with its defaults: at least one level is allowed whatever is seen, doses are finite
 * and not negative, labels differ. */
Test(actions, every_set_keeps_its_contract)
{
    static const double cgms[] = {39.0, 69.9, 70.0, 120.0, 400.0}, meals[] = {0.0, 60.0};
    size_t n = 0;
    const titr_actions_type *const *all = titr_actions_all(&n);
    for (size_t i = 0; i < n; i++) {
        titr_slot slot = test_slot(all[i]);
        const size_t levels = all[i]->n_levels(slot.def);
        cr_assert(levels >= 1 && levels <= TITR_LEVELS_MAX);
        for (size_t k = 0; k < 10; k++) {
            test_record t;
            test_record_init(&t);
            test_set(&t, TITR_OBS_CGM, cgms[k % 5]);
            test_set(&t, TITR_OBS_CARBS_ANNOUNCED, meals[k / 5]);
            unsigned char mask[TITR_LEVELS_MAX];
            memset(mask, 7, sizeof mask);
            all[i]->mask(slot.def, &t.record, TEST_LANE, mask);
            size_t allowed = 0;
            for (size_t a = 0; a < levels; a++) {
                const titr_dose dose = all[i]->dose(slot.def, &t.record, TEST_LANE, a);
                cr_assert(isfinite(dose.basal_u_per_h) && dose.basal_u_per_h >= 0.0);
                cr_assert(isfinite(dose.bolus_u) && dose.bolus_u >= 0.0);
                cr_assert_leq(mask[a], 1);
                allowed += mask[a];
            }
            cr_assert_geq(allowed, 1, "%s", all[i]->part.name);
            cr_assert_eq(mask[levels], 7, "%s writes beyond its levels", all[i]->part.name);
        }
        char first[64], last[64];
        all[i]->label(slot.def, 0, first, sizeof first);
        all[i]->label(slot.def, levels - 1, last, sizeof last);
        cr_assert_str_neq(first, last);
        titr_slot_fini(&slot);
    }
}
