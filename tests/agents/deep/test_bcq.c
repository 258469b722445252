// SPDX-License-Identifier: GPL-3.0-or-later
/* BCQ from the data of a random policy, whole and with a level that it never dares. */
#include "offline.h"

static titr_slot slot(void)
{
    return offline_slot("bcq", "threshold", 0.3);
}

Test(bcq, finds_the_best_levels_in_data_that_show_them)
{
    offline_finds_the_best_levels(slot());
}

Test(bcq, does_not_dare_what_the_data_never_show)
{
    offline_does_not_dare(slot());
}

Test(bcq, without_data_there_is_nothing_to_learn)
{
    offline_needs_data(slot());
}

Test(bcq, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}
