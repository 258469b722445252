// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses worked out by hand for the child of support/record.h. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

Test(bolus_multiple, scales_the_calculator_s_proposal_at_meals)
{
    const titr_actions_type *type = titr_actions_find("bolus_multiple");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    /* proposal 1.5 + 0.75 U; level 0 is half of it */
    cr_assert_float_eq(type->dose(slot.def, &t.record, TEST_LANE, 0).bolus_u, 1.125, 1e-15);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 0).basal_u_per_h, 0.4);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    for (size_t level = 0; level < type->n_levels(slot.def); level++) {
        const titr_dose dose = type->dose(slot.def, &t.record, TEST_LANE, level);
        cr_assert(dose.bolus_u == 0.0 && dose.basal_u_per_h == 0.4);
    }
    char text[64];
    type->label(slot.def, 3, text, sizeof text);
    cr_assert_str_eq(text, "1.25 x bolus");
    titr_slot_fini(&slot);
}

Test(bolus_multiple, masks_levels_above_1_at_low_readings_when_asked)
{
    const titr_actions_type *type = titr_actions_find("bolus_multiple");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    unsigned char mask[5];
    test_set_real(slot, "mask_above_1_below_mg_dl", 200.5);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1, 0, 0}), 5);
    titr_slot_fini(&slot);
}
