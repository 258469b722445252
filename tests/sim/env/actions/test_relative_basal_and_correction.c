// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses worked out by hand for the child of support/record.h. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

static const titr_actions_type *type(void)
{
    return titr_actions_find("relative_basal_and_correction");
}

/* Levels 0, 0.5, 1, 1.5, 2; correction 0.75 U, meal 30 g / 20 g/U = 1.5 U. */
Test(relative_basal_and_correction, scales_basal_and_correction_and_covers_the_meal)
{
    titr_slot slot = test_slot(type());
    test_record t;
    test_record_init(&t);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    cr_assert_eq(type()->n_levels(slot.def), 5);
    for (size_t level = 0; level < 5; level++) {
        const titr_dose dose = type()->dose(slot.def, &t.record, TEST_LANE, level);
        cr_assert_float_eq(dose.basal_u_per_h, 0.2 * (double)level, 1e-15);
        cr_assert_float_eq(dose.bolus_u, 1.5 + 0.375 * (double)level, 1e-15);
    }
    titr_slot_fini(&slot);
}

Test(relative_basal_and_correction, corrects_between_meals_only_when_asked)
{
    titr_slot slot = test_slot(type());
    test_record t;
    test_record_init(&t);
    cr_assert_eq(type()->dose(slot.def, &t.record, TEST_LANE, 4).bolus_u, 0.0);
    test_set_flag(slot, "correction_between_meals", 1);
    cr_assert_float_eq(type()->dose(slot.def, &t.record, TEST_LANE, 4).bolus_u, 1.5, 1e-15);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 20.0);
    test_set_flag(slot, "correction_with_meals", 0);
    cr_assert_eq(type()->dose(slot.def, &t.record, TEST_LANE, 4).bolus_u, 1.0);
    titr_slot_fini(&slot);
}

Test(relative_basal_and_correction, masks_levels_above_1_at_low_readings_when_asked)
{
    titr_slot slot = test_slot(type());
    test_record t;
    test_record_init(&t);
    unsigned char mask[5];
    test_set(&t, TITR_OBS_CGM, 40.0);
    type()->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1, 1, 1}), 5);
    test_set_real(slot, "mask_above_1_below_mg_dl", 100.0);
    type()->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1, 0, 0}), 5);
    test_set(&t, TITR_OBS_CGM, 100.0);
    type()->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1, 1, 1}), 5);
    titr_slot_fini(&slot);
}

Test(relative_basal_and_correction, labels_name_the_level)
{
    titr_slot slot = test_slot(type());
    char text[64];
    type()->label(slot.def, 3, text, sizeof text);
    cr_assert_str_eq(text, "1.5 x basal and correction");
    titr_slot_fini(&slot);
}
