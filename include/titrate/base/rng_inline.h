// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/rng_inline.h
 * @brief Draws without branches, so that loops over indices or lanes vectorise. Included by
 *        titrate/base/rng.h.
 */
#ifndef TITR_BASE_RNG_INLINE_H
#define TITR_BASE_RNG_INLINE_H

#include "titrate/base/math_inline.h"
#include "titrate/base/rng_key.h"

/** Raw Philox4x32-10 block [salmon2011], for the known-answer test. */
static inline void titr_philox4x32(const uint32_t counter[4], const uint32_t key[2],
                                   uint32_t out[4])
{
    /* words in 64-bit places: vectors multiply 32 x 32 -> 64 bits there */
    const uint64_t low = UINT64_C(0xFFFFFFFF);
    uint64_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint64_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = UINT64_C(0xD2511F53) * c0;
        const uint64_t p1 = UINT64_C(0xCD9E8D57) * c2;
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c1 = p1 & low;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c3 = p0 & low;
        k0 = (k0 + UINT64_C(0x9E3779B9)) & low;
        k1 = (k1 + UINT64_C(0xBB67AE85)) & low;
    }
    out[0] = (uint32_t)c0;
    out[1] = (uint32_t)c1;
    out[2] = (uint32_t)c2;
    out[3] = (uint32_t)c3;
}

/** Four independent uniform 32-bit words at `index`. */
static inline void titr_rng_words(titr_rng_key key, uint32_t index, uint32_t out[4])
{
    const uint32_t counter[4] = {index, key.purpose, key.patient, key.episode};
    const uint32_t seed[2] = {(uint32_t)key.seed, (uint32_t)(key.seed >> 32)};
    titr_philox4x32(counter, seed, out);
}

/** Uniform on the open interval (0, 1): the midpoints of 2^52 equal intervals, exact in a double,
 *  never 0 or 1. */
static inline double titr_rng_uniform(titr_rng_key key, uint32_t index)
{
    uint32_t word[4];
    titr_rng_words(key, index, word);
    const uint64_t bits = ((uint64_t)word[1] << 32) | word[0];
    /* a whole number below 2^52, put under the leading bit of 2^52 */
    const double whole = titri_from_bits((bits >> 12) | UINT64_C(0x4330000000000000)) - 0x1p52;
    return (whole + 0.5) * 0x1p-52;
}

/** Standard normal by the inverse distribution function of titrate/base/math.h. */
static inline double titr_rng_normal(titr_rng_key key, uint32_t index)
{
    return titr_normal_quantile(titr_rng_uniform(key, index));
}

#endif
