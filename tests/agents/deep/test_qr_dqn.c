// SPDX-License-Identifier: GPL-3.0-or-later
/* Means of quantiles against value iteration. */
#include "deep.h"

static titr_slot slot(void)
{
    const titr_slot slot = deep_slot("qr_dqn");
    deep_set_int(slot, "quantiles", 11);
    return slot;
}

Test(qr_dqn, learns_the_exact_values)
{
    int optimal = 0;
    const double error = deep_train(slot(), 10000, &optimal);
    cr_assert_leq(error, 0.5, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(optimal, 4);
}

Test(qr_dqn, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}
