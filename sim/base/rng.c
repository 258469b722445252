// SPDX-License-Identifier: GPL-3.0-or-later
/* What no vector loop draws. */
#include "titrate/base/rng.h"

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
