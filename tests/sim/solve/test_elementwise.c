// SPDX-License-Identifier: GPL-3.0-or-later
/* Sums of vectors are to the last bit what the formula gives for each element, in every variant
 * that runs here and for lengths that no vector divides. */
#include "solve/elementwise.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <string.h>

enum { LONGEST = 21 };

static const titri_elementwise *const of_variant[] = {
#define X(id, suffix, lanes, bits) &titri_elementwise_##suffix,
    TITR_VARIANT_MAP(X)
#undef X
};

static void fill(uint32_t first, double *v)
{
    const titr_rng_key key = {.seed = 5};
    for (uint32_t i = 0; i < LONGEST; i++) {
        v[i] = 1e3 * titr_rng_normal(key, first + i);
    }
}

/* What lies behind element n stays as it was. */
static void expect(const double *got, const double *want, size_t n, const char *what)
{
    cr_assert_arr_eq(got, want, n * sizeof *got, "%s of %zu", what, n);
    cr_assert_eq(got[n], -7.0, "%s of %zu writes beyond", what, n);
}

static void check(const titri_elementwise *e, size_t n)
{
    const double a = 1.0 / 3.0, b = -0.7;
    double x[LONGEST], y[LONGEST], z[LONGEST + 1], want[LONGEST] = {0.0};
    fill(0, x);
    fill(LONGEST, y);
    for (size_t i = 0; i < n; i++) {
        volatile double ax = a * x[i], by = b * y[i]; /* rounded each: nothing is fused */
        want[i] = ax + by;
    }
    z[n] = -7.0;
    e->sum(n, a, x, b, y, z);
    expect(z, want, n, "sum");
    memcpy(z, y, n * sizeof *z);
    e->blend(n, a, x, b, z);
    expect(z, want, n, "blend");
    for (size_t i = 0; i < n; i++) {
        want[i] = a * x[i];
    }
    memcpy(z, x, n * sizeof *z);
    e->scale(n, a, z, z);
    expect(z, want, n, "scale in place");
    e->scale(n, a, x, z);
    expect(z, want, n, "scale");
}

Test(elementwise, every_variant_gives_the_formulas_bits)
{
    for (size_t v = 0; v < TITR_N_VARIANTS; v++) {
        for (size_t n = 1; n <= LONGEST && titr_variant_runs((titr_variant)v); n++) {
            check(of_variant[v], n);
        }
    }
}
