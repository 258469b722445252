// SPDX-License-Identifier: GPL-3.0-or-later
/* BCQ from the data of a random policy, whole and with a level that it never dares. */
#include "deep.h"

static titr_slot slot(void)
{
    const titr_slot slot = deep_slot("bcq");
    test_set_real(slot, "epsilon.to", 1.0);
    test_set_real(slot, "threshold", 0.3);
    deep_set_int(slot, "replay_size", 20000);
    deep_set_int(slot, "learn_start", 1000000); /* only what learn_offline does */
    return slot;
}

static void study(process *p, int shy)
{
    titr_error err = {0};
    process_init(p, slot());
    p->shy = shy;
    process_learn(p, 16000);
    cr_assert_eq(p->agent->type->learn_offline(p->agent->self, 4000, &err), TITR_OK, "%s",
                 err.what);
}

Test(bcq, finds_the_best_levels_in_data_that_show_them)
{
    process p;
    study(&p, 0);
    cr_assert_eq(process_optimal(&p), 4);
    cr_assert_eq(process_greedy(&p, 1), 1);
    process_fini(&p);
}

Test(bcq, does_not_dare_what_the_data_never_show)
{
    process p;
    study(&p, 1);
    cr_assert_eq(process_greedy(&p, 1), 0);
    process_fini(&p);
}

Test(bcq, without_data_there_is_nothing_to_learn)
{
    process p;
    titr_error err = {0};
    process_init(&p, slot());
    cr_assert_eq(p.agent->type->learn_offline(p.agent->self, 1, &err), TITR_ERR_RANGE);
    cr_assert_str_eq(err.what, "there is no transition to learn from");
    process_fini(&p);
}

Test(bcq, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}
