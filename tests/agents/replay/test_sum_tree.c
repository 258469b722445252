// SPDX-License-Identifier: GPL-3.0-or-later
/* The sum tree against sums over all leaves. */
#include "replay/sum_tree.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const titr_rng_key key = {11, TITR_PURPOSE_TEST, 0, 0};

/* Leaf of `at` by adding up from the first. */
static size_t find_plainly(const float *leaf, size_t n, double at)
{
    size_t last = 0;
    for (size_t i = 0; i < n; i++) {
        if (leaf[i] > 0.0F) {
            last = i;
            if (at < (double)leaf[i]) {
                return i;
            }
            at -= (double)leaf[i];
        }
    }
    return last;
}

static size_t find(const titri_sum_tree *tree, double at)
{
    size_t leaf;
    titri_sum_tree_find(tree, &at, 1, &leaf);
    return leaf;
}

/* Masses that are small whole numbers: every sum is exact, so the leaf must be the same one. */
static void compare(size_t n)
{
    titri_sum_tree tree;
    cr_assert(titri_sum_tree_init(&tree, n));
    for (uint32_t i = 0; i < 3 * n; i++) {
        const uint32_t leaf = titr_rng_below(key, 2 * i, (uint32_t)n);
        titri_sum_tree_set(&tree, leaf, (float)titr_rng_below(key, 2 * i + 1, 5));
    }
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += (double)tree.leaf[i];
    }
    cr_assert_eq(titri_sum_tree_total(&tree), total, "%zu leaves", n);
    for (double at = 0.0; at < total; at += total < 2000.0 ? 0.5 : total / 2000.0) {
        cr_assert_eq(find(&tree, at), find_plainly(tree.leaf, n, at), "%g of %g over %zu leaves",
                     at, total, n);
    }
    titri_sum_tree_fini(&tree);
}

Test(sum_tree, finds_the_leaf_that_plain_sums_find)
{
    static const size_t sizes[] = {1, 2, 15, 16, 17, 255, 256, 257, 4095, 4096, 4097, 70000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        compare(sizes[i]);
    }
}

Test(sum_tree, never_finds_a_leaf_without_mass)
{
    titri_sum_tree tree;
    cr_assert(titri_sum_tree_init(&tree, 1000));
    for (uint32_t i = 0; i < 1000; i += 7) {
        titri_sum_tree_set(&tree, i, (float)titr_rng_uniform(key, i) * 1e-3F);
    }
    const double total = titri_sum_tree_total(&tree);
    for (double f = 0.0; f < 1.0; f += 1e-4) {
        cr_assert_gt(tree.leaf[find(&tree, f * total)], 0.0F);
    }
    cr_assert_gt(tree.leaf[find(&tree, total)], 0.0F, "rounded up to the end");
    cr_assert_gt(tree.leaf[find(&tree, total * 2.0)], 0.0F);
    titri_sum_tree_fini(&tree);
}

/* Sums after millions of changes over thirty orders of magnitude are those of the leaves. */
Test(sum_tree, sums_do_not_drift)
{
    titri_sum_tree tree;
    const size_t n = 5000;
    cr_assert(titri_sum_tree_init(&tree, n));
    for (uint32_t i = 0; i < 1000000; i++) {
        uint32_t word[4];
        titr_rng_words(key, i, word);
        titri_sum_tree_set(&tree, word[0] % n,
                           (float)ldexp(1.0 + word[1] * 0x1p-32, (int)(word[2] % 100) - 50));
    }
    for (size_t i = 0; i < n; i++) { /* the large ones go: what is left must still be right */
        titri_sum_tree_set(&tree, i, i % 3 == 0 ? 0.0F : 1e-20F);
    }
    const size_t left = n - (n + 2) / 3;
    const double plain = 1e-20 * (double)left;
    cr_assert_float_eq(titri_sum_tree_total(&tree) / plain, 1.0, 1e-6);
    const double before = titri_sum_tree_total(&tree);
    titri_sum_tree_derive(&tree);
    cr_assert_eq(titri_sum_tree_total(&tree), before, "the same bits, derived at once");
    titri_sum_tree_fini(&tree);
}

Test(sum_tree, says_what_it_takes)
{
    cr_assert_leq(titri_sum_tree_bytes(1000000), 4600000);
    cr_assert_eq(titri_sum_tree_bytes(1), 128);
}
