// SPDX-License-Identifier: GPL-3.0-or-later
/* Matrix products of the networks: one description, several ways to compute it. */
#ifndef TITR_AGENTS_NET_GEMM_H
#define TITR_AGENTS_NET_GEMM_H

#include "titrate/agents/net.h"
#include "titrate/base/variant.h"

/* C = start + A B, start = bias in each row, 0, or C itself; then ReLU or a mask.
 * A(i, p) = a[i * a_row + p * a_col]; B(p, j) = b[p * ldb + j], or b[j * ldb + p] if transposed. */
typedef struct titri_gemm {
    size_t m, n, k;
    const titr_real *a;
    size_t a_row, a_col; /* one of them is 1 */
    const titr_real *b;
    size_t ldb;
    int b_transposed;
    titr_real *c;
    size_t ldc;
    const titr_real *bias; /* [n], or NULL */
    int accumulate;        /* 1 = start from C; bias is NULL then */
    int relu;              /* 1 = negative sums become 0 */
    const titr_real *mask; /* [m][ldc], or NULL: sums become 0 where it is not above 0 */
    titr_real *pack;       /* [TITRI_GEMM_PACK] scratch, aligned to 64 bytes */
} titri_gemm;

enum {
    TITRI_GEMM_DEPTH = 256,      /* rows of B that are worked through at a time */
    TITRI_GEMM_WIDTH_BYTES = 128 /* most bytes of a row of B that are */
};
/* Elements of the scratch. */
#define TITRI_GEMM_PACK ((size_t)TITRI_GEMM_DEPTH * TITRI_GEMM_WIDTH_BYTES / sizeof(titr_real))

typedef void titri_gemm_fn(const titri_gemm *g);

/* Sums in the order of p, each product rounded: the same bits in every variant. */
#define X(id, suffix, lanes, bits) titri_gemm_fn titri_gemm_##suffix;
TITR_VARIANT_MAP(X)
#undef X
#if defined(__x86_64__)
/* Sums in the order of p, fused. */
titri_gemm_fn titri_gemm_fma_avx2, titri_gemm_fma_avx512;
#endif
/* OpenBLAS: large products, and all where there is no fused multiply-add. */
titri_gemm_fn titri_gemm_blas;

/* One thread per network: parallel are seeds, children and environments. */
void titri_blas_one_thread(void);

/* The way for this processor. */
titri_gemm_fn *titri_gemm_choose(int deterministic);

#endif
