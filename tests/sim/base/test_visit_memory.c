// SPDX-License-Identifier: GPL-3.0-or-later
/* A state saved through the memory visitor comes back; another structure is refused. */
#include "titrate/base/visit_memory.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(visit_memory, what_was_saved_comes_back_and_nothing_else)
{
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    double q[3] = {1.5, -2.0, 1e300};
    int steps = 42;
    cr_assert_eq(titr_visit_enter(&m.base, "agent", NULL), TITR_OK);
    cr_assert_eq(titr_visit_vector(&m.base, "q", TITR_F64, 3, q, NULL), TITR_OK);
    cr_assert_eq(titr_visit_vector(&m.base, "steps", TITR_I32, 1, &steps, NULL), TITR_OK);
    cr_assert_eq(titr_visit_vector(&m.base, "empty", TITR_F64, 0, NULL, NULL), TITR_OK);
    cr_assert_eq(titr_visit_leave(&m.base, NULL), TITR_OK);
    for (int round = 0; round < 2; round++) {
        titr_memory_visitor_load(&m);
        double back[3] = {0};
        int n = 0;
        cr_assert_eq(titr_visit_vector(&m.base, "q", TITR_F64, 3, back, NULL), TITR_OK);
        cr_assert_eq(memcmp(back, q, sizeof q), 0);
        cr_assert_eq(titr_visit_vector(&m.base, "steps", TITR_I32, 1, &n, NULL), TITR_OK);
        cr_assert_eq(n, 42);
    }
    titr_memory_visitor_load(&m);
    titr_error err = {0};
    cr_assert_eq(titr_visit_vector(&m.base, "Q", TITR_F64, 3, q, &err), TITR_ERR_CONFIG);
    cr_assert_eq(titr_visit_vector(&m.base, "q", TITR_F32, 3, q, &err), TITR_ERR_CONFIG);
    cr_assert_eq(titr_visit_vector(&m.base, "q", TITR_F64, 4, q, &err), TITR_ERR_CONFIG);
    titr_memory_visitor_fini(&m);
}

static titr_status visit_number(void *self, size_t i, titr_visitor *v, titr_error *err)
{
    return titr_visit_vector(v, "number", TITR_I32, 1, &((int *)self)[i], err);
}

/* The groups' names are part of a checkpoint's form. */
Test(visit_memory, things_alike_have_a_group_each)
{
    titr_memory_visitor m;
    titr_memory_visitor_init(&m);
    int number[3] = {7, 8, 9};
    cr_assert_eq(titr_visit_each(&m.base, "lane", 3, visit_number, number, NULL), TITR_OK);
    titr_memory_visitor_load(&m);
    for (int i = 0; i < 3; i++) {
        int one = 0;
        char group[16];
        (void)snprintf(group, sizeof group, "lane_%d", i);
        cr_assert_eq(titr_visit_enter(&m.base, group, NULL), TITR_OK);
        cr_assert_eq(titr_visit_vector(&m.base, "number", TITR_I32, 1, &one, NULL), TITR_OK);
        cr_assert_eq(one, 7 + i);
        cr_assert_eq(titr_visit_leave(&m.base, NULL), TITR_OK);
    }
    titr_memory_visitor_load(&m);
    cr_assert_eq(titr_visit_each(&m.base, "lane", 4, visit_number, (int[4]){0}, NULL),
                 TITR_ERR_CONFIG);
    titr_memory_visitor_fini(&m);
}
