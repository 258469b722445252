// SPDX-License-Identifier: GPL-3.0-or-later
/* SHA-256 as FIPS 180-4 states it: section 4.1.2 functions, 6.2.2 one block. */
#include "sha256.h"

#include <stdio.h>
#include <string.h>

/* Fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotr(uint32_t x, unsigned n)
{
    return (x >> n) | (x << (32 - n));
}

static void schedule(const uint8_t *block, uint32_t w[64])
{
    for (size_t t = 0; t < 16; t++) {
        const uint8_t *b = block + 4 * t;
        w[t] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    }
    for (size_t t = 16; t < 64; t++) {
        const uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
        const uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

/* Variable a, b, .. h (0 to 7) of round t: instead of moving all eight, their names move. */
#define V(i, t) v[((i) + 8 - (t)) % 8]

static void one_block(uint32_t h[8], const uint8_t *block)
{
    uint32_t w[64];
    uint32_t v[8];
    schedule(block, w);
    memcpy(v, h, sizeof v);
    for (size_t first = 0; first < 64; first += 8) {
        for (size_t t = 0; t < 8; t++) {
            const uint32_t a = V(0, t);
            const uint32_t e = V(4, t);
            const uint32_t s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
            const uint32_t choice = (e & V(5, t)) ^ (~e & V(6, t));
            const uint32_t t1 = V(7, t) + s1 + choice + k[first + t] + w[first + t];
            const uint32_t s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
            const uint32_t majority = (a & V(1, t)) ^ (a & V(2, t)) ^ (V(1, t) & V(2, t));
            V(3, t) += t1;
            V(7, t) = t1 + s0 + majority;
        }
    }
    for (size_t i = 0; i < 8; i++) {
        h[i] += v[i];
    }
}

void titri_sha256_init(titri_sha256 *s)
{
    /* fractional parts of the square roots of the first 8 primes (5.3.3) */
    static const uint32_t h0[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(s->h, h0, sizeof h0);
    s->bytes = 0;
}

void titri_sha256_add(titri_sha256 *s, const void *data, size_t bytes)
{
    const uint8_t *from = data;
    while (bytes > 0) {
        const size_t at = s->bytes % sizeof s->block;
        const size_t room = sizeof s->block - at;
        const size_t take = bytes < room ? bytes : room;
        memcpy(s->block + at, from, take);
        s->bytes += take;
        from += take;
        bytes -= take;
        if (take == room) {
            one_block(s->h, s->block);
        }
    }
}

void titri_sha256_hex(titri_sha256 *s, char hex[TITR_SHA256_HEX])
{
    const uint64_t bits = s->bytes * 8;
    static const uint8_t zero[64] = {0};
    const size_t at = (s->bytes + 1) % sizeof s->block;
    uint8_t length[8];
    titri_sha256_add(s, "\x80", 1);
    titri_sha256_add(s, zero, at <= 56 ? 56 - at : 120 - at);
    for (size_t i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    titri_sha256_add(s, length, sizeof length);
    for (size_t i = 0; i < 8; i++) {
        (void)snprintf(hex + 8 * i, TITR_SHA256_HEX - 8 * i, "%08x", s->h[i]);
    }
}
