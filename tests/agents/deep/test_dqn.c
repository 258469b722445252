// SPDX-License-Identifier: GPL-3.0-or-later
/* The plain deep Q-network and each of its switches against value iteration. */
#include "deep.h"

static titr_slot slot(void)
{
    return deep_slot("dqn");
}

Test(dqn, learns_the_exact_values)
{
    int optimal = 0;
    const double error = deep_train(slot(), 12000, &optimal);
    cr_assert_leq(error, 0.5, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(optimal, 4);
}

Test(dqn, goes_on_bit_for_bit)
{
    deep_resumes(slot);
}

static titr_slot switched(void)
{
    const titr_slot slot = deep_slot("dqn");
    test_set_flag(slot, "double", 1);
    test_set_flag(slot, "dueling", 1);
    test_set_flag(slot, "prioritised", 1);
    return slot;
}

Test(dqn, double_dueling_and_prioritised_learn_the_same_values)
{
    int optimal = 0;
    const double error = deep_train(switched(), 12000, &optimal);
    cr_assert_leq(error, 0.5, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(optimal, 4);
}

Test(dqn, switches_go_on_bit_for_bit)
{
    deep_resumes(switched);
}

/* Without exploration by noise or chance three steps are those of the policy itself. */
Test(dqn, several_steps_and_noise_find_the_best_levels)
{
    const titr_slot slot = deep_slot("dqn");
    deep_set_int(slot, "n_step", 3);
    test_set_flag(slot, "noisy", 1);
    test_set_real(slot, "epsilon.to", 0.0);
    int optimal = 0;
    (void)deep_train(slot, 12000, &optimal);
    cr_assert_eq(optimal, 4);
}

Test(dqn, other_optimisers_and_soft_targets_learn_too)
{
    const titr_slot slot = deep_slot("dqn");
    *(int *)test_option(slot, "optimiser") = 1;
    deep_set_int(slot, "target_every", 1);
    test_set_real(slot, "target_share", 0.02);
    int optimal = 0;
    const double error = deep_train(slot, 12000, &optimal);
    cr_assert_leq(error, 0.5, "%g", error);
    cr_assert_eq(optimal, 4);
}

Test(dqn, an_annealed_learner_comes_to_rest)
{
    const titr_slot slot = deep_slot("dqn");
    test_set_real(slot, "learning_rate", 4e-3);
    test_set_real(slot, "anneal.to", 0.0);
    deep_set_int(slot, "anneal.steps", 12000);
    process p;
    process_init(&p, slot);
    process_learn(&p, 12000);
    const double error = process_error(&p);
    cr_assert_leq(error, 0.5, "%g", error); /* of values from -7 to -2 */
    cr_assert_eq(process_optimal(&p), 4);
    process_learn(&p, 400);
    cr_assert_eq(process_error(&p), error);
    process_fini(&p);
}
