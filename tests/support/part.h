// SPDX-License-Identifier: GPL-3.0-or-later
/* A part with its default def, for tests. */
#ifndef TESTS_SUPPORT_PART_H
#define TESTS_SUPPORT_PART_H

#include "titrate/base/option.h"

#include <criterion/criterion.h>
#include <string.h>

static inline titr_slot test_slot(const void *type)
{
    titr_error err = {0};
    titr_slot slot = {0};
    cr_assert_not_null(type);
    cr_assert_eq(titr_slot_init(&slot, type, &err), TITR_OK, "%s", err.what);
    return slot;
}

/* The field of `slot`'s def that the option `name` sets. */
static inline void *test_option(titr_slot slot, const char *name)
{
    void *field = titr_slot_field(slot, name);
    cr_assert_not_null(field, "%s has no option %s", titr_slot_part(slot)->name, name);
    return field;
}

static inline void test_set_real(titr_slot slot, const char *name, double value)
{
    *(double *)test_option(slot, name) = value;
}

static inline void test_set_flag(titr_slot slot, const char *name, int value)
{
    *(int *)test_option(slot, name) = value;
}

static inline void test_set_reals(titr_slot slot, const char *name, const double *value, size_t n)
{
    titr_reals *reals = test_option(slot, name);
    memcpy(reals->v, value, n * sizeof *value);
    reals->n = n;
}

#endif
