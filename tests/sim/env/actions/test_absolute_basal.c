// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses worked out by hand for the child of support/record.h. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

static titr_slot three_rates(void)
{
    titr_slot slot = test_slot(titr_actions_find("absolute_basal"));
    test_set_reals(slot, "levels_u_per_h", (double[]){0.0, 0.35, 1.0}, 3);
    return slot;
}

Test(absolute_basal, a_level_is_a_rate_and_meals_are_bolused_when_asked)
{
    const titr_actions_type *type = titr_actions_find("absolute_basal");
    titr_slot slot = three_rates();
    test_record t;
    test_record_init(&t);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    cr_assert_eq(type->n_levels(slot.def), 3);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 1).basal_u_per_h, 0.35);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 1).bolus_u, 1.5);
    test_set_flag(slot, "meal_bolus", 0);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 2).bolus_u, 0.0);
    char text[64];
    type->label(slot.def, 1, text, sizeof text);
    cr_assert_str_eq(text, "0.35 U/h");
    titr_slot_fini(&slot);
}

Test(absolute_basal, suspends_at_low_readings_when_asked)
{
    const titr_actions_type *type = titr_actions_find("absolute_basal");
    titr_slot slot = three_rates();
    test_record t;
    test_record_init(&t);
    unsigned char mask[3];
    test_set_real(slot, "suspend_below_mg_dl", 70.0);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 1, 1}), 3);
    test_set(&t, TITR_OBS_CGM, 69.0);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert_arr_eq(mask, ((unsigned char[]){1, 0, 0}), 3);
    titr_slot_fini(&slot);
}
