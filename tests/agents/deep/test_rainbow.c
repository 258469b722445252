// SPDX-License-Identifier: GPL-3.0-or-later
/* Rainbow against value iteration, with a return of one step: more would be those of the policy
 * that explores. */
#include "deep.h"

static titr_slot slot(void)
{
    const titr_slot slot = deep_slot("rainbow");
    deep_set_int(slot, "atoms", 21);
    test_set_real(slot, "v_min", -20.0);
    test_set_real(slot, "v_max", 0.0);
    deep_set_int(slot, "n_step", 1);
    return slot;
}

Test(rainbow, learns_the_exact_values)
{
    int optimal = 0;
    const double error = deep_train(slot(), 10000, &optimal);
    cr_assert_leq(error, 0.7, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(optimal, 4);
}

Test(rainbow, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}

Test(rainbow, three_steps_find_the_best_levels)
{
    const titr_slot three = slot();
    deep_set_int(three, "n_step", 3);
    int optimal = 0;
    (void)deep_train(three, 10000, &optimal);
    cr_assert_eq(optimal, 4);
}
