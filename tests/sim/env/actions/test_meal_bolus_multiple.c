// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses worked out by hand for the child of support/record.h. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

Test(meal_bolus_multiple, scales_the_meal_part_at_meals_and_gives_nothing_between)
{
    const titr_actions_type *type = titr_actions_find("meal_bolus_multiple");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    unsigned char mask[5];
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    cr_assert_eq(type->n_levels(slot.def), 5);
    /* 30 g at 20 g/U, whatever the reading */
    cr_assert_float_eq(type->dose(slot.def, &t.record, TEST_LANE, 4).bolus_u, 3.0, 1e-15);
    cr_assert_float_eq(type->dose(slot.def, &t.record, TEST_LANE, 0).bolus_u, 0.75, 1e-15);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 4).basal_u_per_h, 0.4);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    for (size_t level = 0; level < 5; level++) {
        cr_assert_eq(mask[level], 1);
    }
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 4).bolus_u, 0.0);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    for (size_t level = 0; level < 5; level++) {
        cr_assert_eq(mask[level], level == 0);
    }
    char text[64];
    type->label(slot.def, 3, text, sizeof text);
    cr_assert_str_eq(text, "1.5 x carbs/CR");
    titr_slot_fini(&slot);
}
