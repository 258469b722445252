// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses worked out by hand for the child of support/record.h. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

Test(relative_basal, scales_basal_and_covers_the_meal_without_correction)
{
    const titr_actions_type *type = titr_actions_find("relative_basal");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    for (size_t level = 0; level < 5; level++) {
        const titr_dose dose = type->dose(slot.def, &t.record, TEST_LANE, level);
        cr_assert_float_eq(dose.basal_u_per_h, 0.2 * (double)level, 1e-15);
        cr_assert_eq(dose.bolus_u, 1.5);
    }
    char text[64];
    type->label(slot.def, 1, text, sizeof text);
    cr_assert_str_eq(text, "0.5 x basal");
    titr_slot_fini(&slot);
}

Test(relative_basal, masks_levels_above_1_at_low_readings_when_asked)
{
    const titr_actions_type *type = titr_actions_find("relative_basal");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    unsigned char mask[5];
    test_set_real(slot, "mask_above_1_below_mg_dl", 200.5);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1, 0, 0}), 5);
    test_set_real(slot, "mask_above_1_below_mg_dl", 0.0);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1, 1, 1}), 5);
    titr_slot_fini(&slot);
}
