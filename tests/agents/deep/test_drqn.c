// SPDX-License-Identifier: GPL-3.0-or-later
/* The recurrent network on a process that needs no memory, against value iteration. */
#include "deep.h"

static titr_slot slot(void)
{
    const titr_slot slot = deep_slot("drqn");
    deep_set_int(slot, "gru", 12);
    deep_set_int(slot, "burn_in", 2);
    deep_set_int(slot, "unroll", 4);
    deep_set_int(slot, "batch", 12);
    deep_set_int(slot, "learn_every", 4);
    return slot;
}

Test(drqn, learns_the_exact_values)
{
    int optimal = 0;
    const double error = deep_train(slot(), 8000, &optimal);
    cr_assert_leq(error, 0.5, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(optimal, 4);
}

Test(drqn, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}
