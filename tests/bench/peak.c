// SPDX-License-Identifier: GPL-3.0-or-later
/* Additions and multiplications as fast as they go, not fused: the limit that speeds are compared
 * with. Compiled once per variant, as what it is compared with is. Two units of each kind with a
 * latency of three cycles are kept busy by six chains of each, which fit sixteen registers. */
#include "titrate/base/lanes.h"

#if defined(__AVX512F__)
#define WIDTH 8
#elif defined(__AVX2__)
#define WIDTH 4
#else
#define WIDTH 2
#endif
enum { CHAINS = 6 };

/* so that nothing is left out */
static volatile double sink;

double TITR_SYMBOL(peak)(size_t rounds);

double TITR_SYMBOL(peak)(size_t rounds)
{
    double sum[CHAINS][WIDTH], product[CHAINS][WIDTH];
    for (size_t c = 0; c < CHAINS; c++) {
        for (size_t i = 0; i < WIDTH; i++) {
            sum[c][i] = 1.0 + 1e-3 * (double)(c + i);
            product[c][i] = 1.0 - 1e-9 * (double)(c + i);
        }
    }
    volatile double step = 1e-9, factor = 1.0 - 1e-12;
    const double add = step, multiply = factor;
    for (size_t r = 0; r < rounds; r++) {
#pragma GCC unroll 6
        for (size_t c = 0; c < CHAINS; c++) {
#pragma omp simd
            for (size_t i = 0; i < WIDTH; i++) {
                sum[c][i] += add;
                product[c][i] *= multiply;
            }
        }
    }
    for (size_t c = 0; c < CHAINS; c++) {
        for (size_t i = 0; i < WIDTH; i++) {
            sink += sum[c][i] + product[c][i];
        }
    }
    return 2.0 * CHAINS * WIDTH * (double)rounds;
}
