// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses worked out by hand for the child of support/record.h. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

Test(absolute_bolus, gives_its_units_at_meals_and_nothing_between)
{
    const titr_actions_type *type = titr_actions_find("absolute_bolus");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    unsigned char mask[13];
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    cr_assert_eq(type->n_levels(slot.def), 13);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 12).bolus_u, 6.0);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 0).bolus_u, 0.0);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 12).basal_u_per_h, 0.4);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    for (size_t level = 0; level < 13; level++) {
        cr_assert_eq(mask[level], 1);
    }
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 12).bolus_u, 0.0);
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    for (size_t level = 0; level < 13; level++) {
        cr_assert_eq(mask[level], level == 0);
    }
    char text[64];
    type->label(slot.def, 5, text, sizeof text);
    cr_assert_str_eq(text, "1.1 U");
    titr_slot_fini(&slot);
}
