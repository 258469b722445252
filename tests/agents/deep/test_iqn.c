// SPDX-License-Identifier: GPL-3.0-or-later
/* Means of drawn quantiles against value iteration. */
#include "deep.h"

static titr_slot slot(void)
{
    const titr_slot slot = deep_slot("iqn");
    deep_set_int(slot, "tau_samples", 8);
    deep_set_int(slot, "tau_cosines", 16);
    deep_set_int(slot, "batch", 16);
    return slot;
}

Test(iqn, learns_the_exact_values)
{
    int optimal = 0;
    const double error = deep_train(slot(), 10000, &optimal);
    cr_assert_leq(error, 0.5, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(optimal, 4);
}

Test(iqn, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}
