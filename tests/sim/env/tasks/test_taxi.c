// SPDX-License-Identifier: GPL-3.0-or-later
/* Taxi: published tables of optimal values; starts; the mask against what changes the state. */
#include "task_case.h"

Test(taxi, values_are_those_published)
{
    expect_reference("Taxi");
}

/* Mean over the 300 starts of the best undiscounted return: 7.93. */
Test(taxi, starts_are_worth_what_is_published)
{
    titr_slot slot = test_slot(titr_task_find("taxi"));
    const titr_task_type *type = slot.type;
    double *q = task_values(slot, 1.0), sum = 0.0;
    int n = 0;
    for (size_t s = 0; q != NULL && s < 500; s++) {
        double best = q[6 * s];
        for (size_t a = 1; a < 6; a++) {
            best = q[6 * s + a] > best ? q[6 * s + a] : best;
        }
        sum += type->start_probability(slot.def, s) * best;
        n += type->start_probability(slot.def, s) > 0.0;
    }
    cr_assert_eq(n, 300);
    cr_assert_float_eq(sum, 7.93, 1e-9);
    free(q);
    titr_slot_fini(&slot);
}

Test(taxi, every_start_is_as_probable)
{
    enum { STARTS = 60000 };
    static int seen[500];
    titr_slot slot = test_slot(titr_task_find("taxi"));
    const titr_task_type *type = slot.type;
    for (uint32_t e = 0; e < STARTS; e++) {
        seen[(size_t)one_task_of(slot, e).state[0]]++;
    }
    double chi_square = 0.0;
    for (size_t s = 0; s < 500; s++) {
        const double p = type->start_probability(slot.def, s);
        cr_assert(p > 0.0 || seen[s] == 0, "state %zu", s);
        const double off = seen[s] - STARTS * p;
        chi_square += p > 0.0 ? off * off / (STARTS * p) : 0.0;
    }
    cr_assert_lt(chi_square, 299.0 + 5.0 * 24.5, "299 degrees of freedom");
    titr_slot_fini(&slot);
}

/* Masked: exactly the levels that lead to another state. */
Test(taxi, the_mask_allows_what_changes_the_state)
{
    titr_slot slot = test_slot(titr_task_find("taxi"));
    const titr_task_type *type = slot.type;
    unsigned char mask[6];
    for (int masked = 0; masked < 2; masked++) {
        test_set_flag(slot, "masked", masked);
        for (size_t s = 0; s < 500; s++) {
            const double state = (double)s;
            type->mask(slot.def, &state, 1, mask);
            for (size_t a = 0; a < 6; a++) {
                titr_task_successor next[TITR_TASK_SUCCESSORS_MAX];
                cr_assert_eq(type->successors(slot.def, s, a, next), 1);
                cr_assert_eq(mask[a], !masked || next[0].state != s, "state %zu level %zu", s, a);
            }
        }
    }
    titr_slot_fini(&slot);
}

Test(taxi, a_ride)
{
    /* taxi at red, passenger at yellow (row 4, column 0), bound for blue (row 4, column 3) */
    static const int way[] = {0, 0, 0, 0, 4, 1, 1, 2, 2, 2, 0, 0, 5};
    titr_slot slot = test_slot(titr_task_find("taxi"));
    one_task t = one_task_of(slot, 1);
    t.state[0] = ((0 * 5 + 0) * 5 + 2) * 4 + 3;
    one_task_step(&t, 4);
    cr_assert_eq(t.reward, -10.0, "nobody is there");
    one_task_step(&t, 5);
    cr_assert_eq(t.reward, -10.0, "nobody is in");
    for (size_t k = 0; k + 1 < sizeof way / sizeof way[0]; k++) {
        one_task_step(&t, way[k]);
        cr_assert(t.reward == -1.0 && !t.terminated, "step %zu", k);
    }
    one_task_step(&t, 5);
    cr_assert(t.reward == 20.0 && t.terminated);
    titr_slot_fini(&slot);
}
