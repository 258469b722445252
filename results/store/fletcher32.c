// SPDX-License-Identifier: GPL-3.0-or-later
/* Fletcher-32 as HDF5 defines it (H5_checksum_fletcher32, used by its filter 3):
 *
 *   words w_0 .. w_(n-1) of two bytes, the first the high one; an odd byte at the end is a high one
 *   first  = sum of w_i             modulo 65535                       (1)
 *   second = sum of (n - i) w_i     modulo 65535                       (2)
 *   checksum = second 2^16 + first, where a sum that is 0 without being empty is written as 65535
 *
 * HDF5 takes a word at a time. Both sums are linear in the words, so here eight of them go side by
 * side, and the words are read as the machine reads them: another order of their bytes multiplies
 * them by 256 modulo 65535, and so the sums.
 */
#include "fletcher32.h"

#include <string.h>

enum {
    LANES = 8,
    STEPS = 360 /* of every lane; 65535 STEPS (STEPS + 1) / 2 is less than 2^32 */
};
#define MODULUS 65535U

typedef struct sums {
    uint64_t first, second;
} sums;

/* Modulo 65535, but what is not 0 stays so. */
static uint64_t reduce(uint64_t sum)
{
    return sum == 0 ? 0 : (sum - 1) % MODULUS + 1;
}

/* Words LANES k + l, k < steps: in (2) each counts LANES (steps - k) - l. */
static void add_words(sums *s, const uint8_t *bytes, size_t steps)
{
    uint32_t first[LANES] = {0};
    uint32_t second[LANES] = {0};
    for (size_t k = 0; k < steps; k++) {
        uint16_t word[LANES];
        memcpy(word, bytes + k * sizeof word, sizeof word);
        for (size_t l = 0; l < LANES; l++) {
            first[l] += word[l];
            second[l] += first[l];
        }
    }
    s->second += s->first * steps * LANES;
    for (size_t l = 0; l < LANES; l++) {
        s->first += first[l];
        s->second += (uint64_t)second[l] * LANES - (uint64_t)first[l] * l;
    }
    s->first = reduce(s->first);
    s->second = reduce(s->second);
}

/* One word, or what is left of one. */
static void add_word(sums *s, const uint8_t *bytes, size_t n)
{
    uint16_t word = 0;
    memcpy(&word, bytes, n);
    s->first = reduce(s->first + word);
    s->second = reduce(s->second + s->first);
}

/* From the machine's order of bytes to the checksum's. */
static uint32_t in_order(uint64_t sum)
{
    const uint16_t one = 1;
    uint8_t low;
    memcpy(&low, &one, 1);
    return (uint32_t)reduce(low == 1 ? sum * 256 : sum);
}

uint32_t titri_fletcher32(const void *bytes, size_t n)
{
    const size_t step = LANES * sizeof(uint16_t);
    const uint8_t *at = bytes;
    sums s = {0, 0};
    for (size_t steps = n / step; steps > 0;) {
        const size_t take = steps < STEPS ? steps : STEPS;
        add_words(&s, at, take);
        at += take * step;
        steps -= take;
    }
    for (size_t left = n % step; left > 0;) {
        const size_t take = left < 2 ? left : 2;
        add_word(&s, at, take);
        at += take;
        left -= take;
    }
    return in_order(s.second) << 16 | in_order(s.first);
}
