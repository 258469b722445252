// SPDX-License-Identifier: GPL-3.0-or-later
/* Categorical values against value iteration: the projection keeps means. */
#include "deep.h"

static titr_slot slot(void)
{
    const titr_slot slot = deep_slot("c51");
    deep_set_int(slot, "atoms", 21);
    test_set_real(slot, "v_min", -20.0);
    test_set_real(slot, "v_max", 0.0);
    return slot;
}

Test(c51, learns_the_exact_values)
{
    int optimal = 0;
    const double error = deep_train(slot(), 10000, &optimal);
    cr_assert_leq(error, 0.5, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(optimal, 4);
}

Test(c51, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}
