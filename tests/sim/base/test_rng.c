// SPDX-License-Identifier: GPL-3.0-or-later
/* Philox against the known answers published with Random123, draws against their distributions. */
#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

typedef struct known {
    uint32_t counter[4], key[2], answer[4];
} known;

Test(rng, philox_gives_the_published_answers)
{
    static const known table[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint32_t out[4];
        titr_philox4x32(table[i].counter, table[i].key, out);
        cr_assert_eq(memcmp(out, table[i].answer, sizeof out), 0, "vector %zu", i);
    }
}

Test(rng, the_key_is_laid_out_as_documented)
{
    const titr_rng_key key = {.seed = UINT64_C(0x299f31d0a4093822),
                              .purpose = 0x85a308d3,
                              .patient = 0x13198a2e,
                              .episode = 0x03707344};
    uint32_t out[4];
    titr_rng_words(key, 0x243f6a88, out);
    cr_assert_eq(out[0], 0xd16cfe09);
    cr_assert_eq(out[3], 0x24126ea1);
}

Test(rng, any_field_changes_the_draw)
{
    const titr_rng_key base = {.seed = 1, .purpose = 1, .patient = 1, .episode = 1};
    titr_rng_key other[] = {base, base, base, base, base};
    other[0].seed = 2;
    other[1].seed = UINT64_C(1) + (UINT64_C(1) << 32);
    other[2].purpose = 2;
    other[3].patient = 2;
    other[4].episode = 2;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        cr_assert_neq(titr_rng_uniform(base, 9), titr_rng_uniform(other[i], 9));
    }
    cr_assert_neq(titr_rng_uniform(base, 9), titr_rng_uniform(base, 10));
    cr_assert_eq(titr_rng_uniform(base, 9), titr_rng_uniform(base, 9));
}

enum { N = 1000000 };

Test(rng, uniform_and_normal_have_their_moments)
{
    const titr_rng_key key = {.seed = 20261121, .purpose = TITR_PURPOSE_TEST};
    double u1 = 0.0, u2 = 0.0, z1 = 0.0, z2 = 0.0, z4 = 0.0;
    for (uint32_t i = 0; i < N; i++) {
        const double u = titr_rng_uniform(key, i);
        const double z = titr_rng_normal(key, i);
        cr_assert(u > 0.0 && u < 1.0);
        u1 += u / N;
        u2 += u * u / N;
        z1 += z / N;
        z2 += z * z / N;
        z4 += z * z * z * z / N;
    }
    /* five standard errors */
    cr_assert_float_eq(u1, 0.5, 5.0 * sqrt(1.0 / 12.0 / N));
    cr_assert_float_eq(u2, 1.0 / 3.0, 5.0 * sqrt(4.0 / 45.0 / N));
    cr_assert_float_eq(z1, 0.0, 5.0 * sqrt(1.0 / N));
    cr_assert_float_eq(z2, 1.0, 5.0 * sqrt(2.0 / N));
    cr_assert_float_eq(z4, 3.0, 5.0 * sqrt(96.0 / N));
}

Test(rng, below_is_uniform_over_its_range)
{
    const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_TEST};
    uint32_t count[7] = {0};
    for (uint32_t i = 0; i < N; i++) {
        const uint32_t k = titr_rng_below(key, i, 7);
        cr_assert_lt(k, 7);
        count[k]++;
    }
    double chi2 = 0.0;
    for (int k = 0; k < 7; k++) {
        const double d = count[k] - N / 7.0;
        chi2 += d * d / (N / 7.0);
    }
    cr_assert_lt(chi2, 22.5, "chi-squared, 6 degrees of freedom, p = 0.001"); /* 22.46 */
    cr_assert_eq(titr_rng_below(key, 0, 1), 0);
}

Test(rng, hash_is_fnv_1a)
{
    /* published test vectors of FNV-1a, 32 bit */
    cr_assert_eq(titr_hash32(""), 0x811c9dc5);
    cr_assert_eq(titr_hash32("a"), 0xe40c292c);
    cr_assert_eq(titr_hash32("foobar"), 0xbf9cf968);
}
