// SPDX-License-Identifier: GPL-3.0-or-later
/* Every way to multiply matrices against a plain loop in double; the fixed-order ones against each
 * other and against a plain loop in float, bit by bit. */
#include "net/gemm.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct way {
    const char *name;
    titri_gemm_fn *gemm;
    int runs, fixed;
} way;

static size_t ways(way *w)
{
    size_t n = 0;
#define X(id, suffix, lanes, bits)                                                                 \
    w[n++] = (way){#suffix, titri_gemm_##suffix, titr_variant_runs(TITR_##id), 1};
    TITR_VARIANT_MAP(X)
#undef X
#if defined(__x86_64__)
    const int fma = __builtin_cpu_supports("fma") != 0;
    w[n++] = (way){"fma_avx2", titri_gemm_fma_avx2, fma && titr_variant_runs(TITR_L8_AVX2), 0};
    w[n++] = (way){"fma_avx512", titri_gemm_fma_avx512, titr_variant_runs(TITR_L8_AVX512), 0};
#endif
    w[n++] = (way){"blas", titri_gemm_blas, 1, 0};
    w[n++] = (way){"chosen", titri_gemm_choose(0), 1, 0};
    w[n++] = (way){"chosen, deterministic", titri_gemm_choose(1), 1, 1};
    return n;
}

#define MAX ((size_t)320)
#define GUARD ((size_t)64) /* elements before and behind C */
enum { WAYS = 12 };
static float a[MAX * MAX], b[MAX * MAX], c0[MAX * MAX], mask[MAX * MAX], bias[MAX];

static void draw(void)
{
    const titr_rng_key key = {.seed = 5, .purpose = TITR_PURPOSE_TEST};
    float *const arrays[] = {a, b, c0, mask};
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < MAX * MAX; i++) {
            arrays[k][i] =
                (float)(2.0 * titr_rng_uniform(key, (uint32_t)(k * MAX * MAX + i)) - 1.0);
        }
    }
    memcpy(bias, c0 + 7, sizeof bias);
}

/* What an element is: in float, in the order of p, and in double. */
static float element(const titri_gemm *g, const float *c, size_t i, size_t j, double *exact)
{
    float sum = g->accumulate ? c[i * g->ldc + j] : g->bias != NULL ? g->bias[j] : 0.0F;
    double wide = (double)sum;
    for (size_t p = 0; p < g->k; p++) {
        const float x = g->a[i * g->a_row + p * g->a_col];
        const float y = g->b_transposed ? g->b[j * g->ldb + p] : g->b[p * g->ldb + j];
        const volatile float product = x * y;
        const volatile float next = sum + product;
        sum = next;
        wide += (double)x * (double)y;
    }
    if ((g->relu && wide <= 0.0) || (g->mask != NULL && !(g->mask[i * g->ldc + j] > 0.0F))) {
        wide = 0.0;
        sum = 0.0F;
    }
    *exact = wide;
    return sum;
}

/* C stands in the middle of what must not change. */
static void check(const titri_gemm *of, const way *w)
{
    static float memory[MAX * MAX + 2 * GUARD], pack[TITRI_GEMM_PACK] __attribute__((aligned(64)));
    titri_gemm g = *of;
    const size_t n = g.m * g.ldc;
    for (size_t i = 0; i < n + 2 * GUARD; i++) {
        memory[i] = i < GUARD || i >= n + GUARD ? 1234.0F : c0[i - GUARD];
    }
    g.c = memory + GUARD;
    g.pack = pack;
    w->gemm(&g);
    for (size_t i = 0; i < GUARD; i++) {
        cr_assert(memory[i] == 1234.0F && memory[GUARD + n + i] == 1234.0F, "%s writes beside C",
                  w->name);
    }
    for (size_t i = 0; i < g.m; i++) {
        for (size_t j = 0; j < g.ldc; j++) {
            double exact = 0.0;
            const float got = g.c[i * g.ldc + j];
            if (j >= g.n) {
                cr_assert(got == c0[i * g.ldc + j], "%s writes beside its columns", w->name);
                continue;
            }
            const float fixed = element(&g, c0, i, j, &exact);
            const double bound = 6e-8 * (2.0 + (double)g.k);
            cr_assert(fabs((double)got - exact) <= bound, "%s %zu x %zu x %zu: %g, exact %g",
                      w->name, g.m, g.n, g.k, (double)got, exact);
            cr_assert(!w->fixed || got == fixed, "%s %zu x %zu x %zu: %a, in order %a", w->name,
                      g.m, g.n, g.k, (double)got, (double)fixed);
        }
    }
}

static void check_size(const way *w, size_t m, size_t n, size_t k)
{
    const titri_gemm plain = {
        .m = m, .n = n, .k = k, .a = a, .a_row = k, .a_col = 1, .b = b, .ldb = n, .ldc = n};
    titri_gemm g = plain;
    g.bias = bias;
    g.relu = 1;
    check(&g, w);
    g = plain;
    g.a_row = 1;
    g.a_col = m;
    g.ldc = n + 3;
    check(&g, w);
    g = plain;
    g.b_transposed = 1;
    g.ldb = k;
    g.accumulate = 1;
    g.mask = mask;
    check(&g, w);
}

Test(net_gemm, all_ways_and_sizes)
{
    static const size_t sizes[][3] = {
        {1, 1, 1},   {1, 10, 64},  {1, 64, 20},  {1, 130, 7},   {2, 8, 3},     {3, 16, 5},
        {4, 17, 9},  {5, 31, 64},  {6, 32, 33},  {7, 33, 64},   {64, 10, 64},  {13, 84, 120},
        {64, 64, 2}, {20, 64, 64}, {64, 21, 70}, {16, 48, 300}, {9, 310, 257}, {18, 70, 256}};
    way w[WAYS];
    const size_t n = ways(w);
    draw();
    for (size_t k = 0; k < n; k++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0] && w[k].runs; s++) {
            check_size(&w[k], sizes[s][0], sizes[s][1], sizes[s][2]);
        }
    }
}

Test(net_gemm, not_a_number_passes_a_relu)
{
    way w[WAYS];
    const size_t n = ways(w);
    float x[2] = {NAN, -1.0F}, y[1] = {1.0F}, c[2],
          pack[TITRI_GEMM_PACK] __attribute__((aligned(64)));
    for (size_t k = 0; k < n; k++) {
        if (w[k].runs) {
            w[k].gemm(&(titri_gemm){.m = 2,
                                    .n = 1,
                                    .k = 1,
                                    .a = x,
                                    .a_row = 1,
                                    .a_col = 1,
                                    .b = y,
                                    .ldb = 1,
                                    .c = c,
                                    .ldc = 1,
                                    .relu = 1,
                                    .pack = pack});
            cr_expect(isnan(c[0]) && c[1] == 0.0F, "%s", w[k].name);
        }
    }
}
