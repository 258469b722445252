// SPDX-License-Identifier: GPL-3.0-or-later
/* Which of the compiled variants run on this processor. */
#include "gemm.h"
#include "kernels.h"

static titr_variant widest(void)
{
    titr_variant v = TITR_L1;
    return titr_variant_wide(0, &v, NULL) == TITR_OK ? v : TITR_L1;
}

const titri_kernels *titri_kernels_wide(void)
{
    static const titri_kernels *const all[TITR_N_VARIANTS] = {
#define X(id, suffix, lanes, bits) [TITR_##id] = &titri_kernels_##suffix,
        TITR_VARIANT_MAP(X)
#undef X
    };
    return all[widest()];
}

static titri_gemm_fn *fixed_order(void)
{
    static titri_gemm_fn *const all[TITR_N_VARIANTS] = {
#define X(id, suffix, lanes, bits) [TITR_##id] = titri_gemm_##suffix,
        TITR_VARIANT_MAP(X)
#undef X
    };
    return all[widest()];
}

#if defined(__x86_64__)
/* Multiply-adds from which on OpenBLAS, which packs A as well, is faster than blocks in registers:
 * measured with products of 64 to 1024 rows and columns, docs/performance.md. */
#define LARGE ((size_t)1 << 25)

static void by_size_avx2(const titri_gemm *g)
{
    (g->m * g->n * g->k >= LARGE ? titri_gemm_blas : titri_gemm_fma_avx2)(g);
}

static void by_size_avx512(const titri_gemm *g)
{
    (g->m * g->n * g->k >= LARGE ? titri_gemm_blas : titri_gemm_fma_avx512)(g);
}
#endif

titri_gemm_fn *titri_gemm_choose(int deterministic)
{
    if (deterministic) {
        return fixed_order();
    }
#if defined(__x86_64__)
    if (titr_variant_runs(TITR_L8_AVX512)) {
        return by_size_avx512;
    }
    if (__builtin_cpu_supports("fma") && titr_variant_runs(TITR_L8_AVX2)) {
        return by_size_avx2;
    }
#endif
    return titri_gemm_blas;
}
