// SPDX-License-Identifier: GPL-3.0-or-later
/* Products by OpenBLAS, and which library that is. */
#include "gemm.h"

#include <cblas.h>
#include <string.h>

#define GEMM _Generic((titr_real)0, float : cblas_sgemm, default : cblas_dgemm)

static void start(const titri_gemm *g)
{
    for (size_t i = 0; i < g->m; i++) {
        memcpy(g->c + i * g->ldc, g->bias, g->n * sizeof *g->c);
    }
}

static void finish(const titri_gemm *g)
{
    for (size_t i = 0; i < g->m; i++) {
        titr_real *c = g->c + i * g->ldc;
        if (g->relu) {
            for (size_t j = 0; j < g->n; j++) {
                c[j] = c[j] <= 0 ? 0 : c[j];
            }
        }
        if (g->mask != NULL) {
            const titr_real *mask = g->mask + i * g->ldc;
            for (size_t j = 0; j < g->n; j++) {
                c[j] = mask[j] > 0 ? c[j] : 0;
            }
        }
    }
}

void titri_gemm_blas(const titri_gemm *g)
{
    if (g->bias != NULL) {
        start(g);
    }
    const enum CBLAS_TRANSPOSE across = g->a_col == 1 ? CblasNoTrans : CblasTrans;
    /* one row or one column may be any distance apart, but BLAS refuses less than their length */
    const size_t apart = g->a_col == 1 ? g->a_row : g->a_col, length = g->a_col == 1 ? g->k : g->m;
    const size_t lda = apart > length ? apart : length;
    const titr_real keep = g->bias != NULL || g->accumulate ? 1 : 0;
    GEMM(CblasRowMajor, across, g->b_transposed ? CblasTrans : CblasNoTrans, (int)g->m, (int)g->n,
         (int)g->k, 1, g->a, (int)lda, g->b, (int)g->ldb, keep, g->c, (int)g->ldc);
    finish(g);
}
