// SPDX-License-Identifier: GPL-3.0-or-later
/* Doses worked out by hand for the child of support/record.h: basal 0.4 U/h, 20 g/U. */
#include "titrate/env/actions.h"

#include "support/part.h"
#include "support/record.h"

static void check_mask(titr_slot slot, const titr_record *record, size_t from, size_t to)
{
    const titr_actions_type *type = slot.type;
    unsigned char mask[TITR_LEVELS_MAX];
    type->mask(slot.def, record, TEST_LANE, mask);
    for (size_t level = 0; level < type->n_levels(slot.def); level++) {
        cr_assert_eq(mask[level], level >= from && level < to, "level %zu", level);
    }
}

Test(basal_and_meal_multiple, basal_between_meals_and_the_meal_bolus_at_meals)
{
    const titr_actions_type *type = titr_actions_find("basal_and_meal_multiple");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    cr_assert_eq(type->n_levels(slot.def), 11);
    check_mask(slot, &t.record, 0, 7);
    const titr_dose fast = type->dose(slot.def, &t.record, TEST_LANE, 6);
    cr_assert_float_eq(fast.basal_u_per_h, 2.0, 1e-15);
    cr_assert_eq(fast.bolus_u, 0.0);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 0).basal_u_per_h, 0.0);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    check_mask(slot, &t.record, 7, 11);
    const titr_dose meal = type->dose(slot.def, &t.record, TEST_LANE, 9);
    cr_assert_eq(meal.basal_u_per_h, 0.4);
    cr_assert_float_eq(meal.bolus_u, 1.25 * 1.5, 1e-15);
    char text[64];
    type->label(slot.def, 3, text, sizeof text);
    cr_assert_str_eq(text, "1.5 x basal");
    type->label(slot.def, 7, text, sizeof text);
    cr_assert_str_eq(text, "0.75 x carbs/CR");
    titr_slot_fini(&slot);
}

Test(basal_and_meal_multiple, one_list_alone_is_always_allowed)
{
    const titr_actions_type *type = titr_actions_find("basal_and_meal_multiple");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    static const double none[1] = {0.0};
    test_set_reals(slot, "meal", none, 0);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    check_mask(slot, &t.record, 0, 7);
    titr_slot_fini(&slot);
    slot = test_slot(type);
    test_set_reals(slot, "basal", none, 0);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    check_mask(slot, &t.record, 0, 4);
    titr_slot_fini(&slot);
}

/* 80 mg/dL above the target are 1 U, of which 0.25 U are on board. */
Test(basal_and_meal_multiple, corrections_stand_beside_the_basal_levels)
{
    static const double half[2] = {0.5, 1.0};
    const titr_actions_type *type = titr_actions_find("basal_and_meal_multiple");
    titr_slot slot = test_slot(type);
    test_record t;
    test_record_init(&t);
    test_set_reals(slot, "correction", half, 2);
    cr_assert_eq(type->n_levels(slot.def), 13);
    unsigned char mask[TITR_LEVELS_MAX];
    type->mask(slot.def, &t.record, TEST_LANE, mask);
    cr_assert(mask[6] && !mask[7] && !mask[10] && mask[11] && mask[12]);
    const titr_dose dose = type->dose(slot.def, &t.record, TEST_LANE, 11);
    cr_assert_eq(dose.basal_u_per_h, 0.4);
    cr_assert_float_eq(dose.bolus_u, 0.375, 1e-15);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    check_mask(slot, &t.record, 7, 11);
    test_set(&t, TITR_OBS_CARBS_ANNOUNCED, 0.0);
    test_set(&t, TITR_OBS_CGM, 100.0);
    cr_assert_eq(type->dose(slot.def, &t.record, TEST_LANE, 12).bolus_u, 0.0);
    char text[64];
    type->label(slot.def, 11, text, sizeof text);
    cr_assert_str_eq(text, "0.5 x correction");
    titr_slot_fini(&slot);
}
