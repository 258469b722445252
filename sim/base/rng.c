// SPDX-License-Identifier: GPL-3.0-or-later
/* Philox4x32-10 [salmon2011] and what is drawn from it. */
#include "titrate/base/rng.h"

#include "titrate/base/math.h"

enum { ROUNDS = 10 };

void titr_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    const uint64_t multiplier[2] = {UINT64_C(0xD2511F53), UINT64_C(0xCD9E8D57)};
    const uint32_t weyl[2] = {0x9E3779B9, 0xBB67AE85};
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k[2] = {key[0], key[1]};
    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t p0 = multiplier[0] * c[0];
        const uint64_t p1 = multiplier[1] * c[2];
        c[0] = (uint32_t)(p1 >> 32) ^ c[1] ^ k[0];
        c[1] = (uint32_t)p1;
        c[2] = (uint32_t)(p0 >> 32) ^ c[3] ^ k[1];
        c[3] = (uint32_t)p0;
        k[0] += weyl[0];
        k[1] += weyl[1];
    }
    for (int i = 0; i < 4; i++) {
        out[i] = c[i];
    }
}

void titr_rng_words(titr_rng_key key, uint32_t index, uint32_t out[4])
{
    const uint32_t counter[4] = {index, key.purpose, key.patient, key.episode};
    const uint32_t seed[2] = {(uint32_t)key.seed, (uint32_t)(key.seed >> 32)};
    titr_philox4x32(counter, seed, out);
}

/* The midpoints of 2^52 equal intervals: exact in a double, never 0 or 1. */
double titr_rng_uniform(titr_rng_key key, uint32_t index)
{
    uint32_t word[4];
    titr_rng_words(key, index, word);
    const uint64_t bits = ((uint64_t)word[1] << 32) | word[0];
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

double titr_rng_normal(titr_rng_key key, uint32_t index)
{
    return titr_normal_quantile(titr_rng_uniform(key, index));
}

uint32_t titr_rng_below(titr_rng_key key, uint32_t index, uint32_t n)
{
    uint32_t word[4];
    titr_rng_words(key, index, word);
    /* high word of a 64-bit uniform times n */
    const uint64_t low = ((uint64_t)word[0] * n) >> 32;
    return (uint32_t)(((uint64_t)word[1] * n + low) >> 32);
}

uint32_t titr_hash32(const char *text)
{
    uint32_t hash = 2166136261U;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        hash = (hash ^ *c) * 16777619U;
    }
    return hash;
}
