// SPDX-License-Identifier: GPL-3.0-or-later
/* Matrix products in blocks that stay in registers: ROWS x WIDTH sums of C at a time, lanes over
 * columns, p one after the other. An element's sum is start + a b + a b + ... in the order of p,
 * whatever the blocks and the vectors are: compiled without contraction all variants give the same
 * bits. The same source with fused multiply-add is the fast way for small sizes.
 * Blocks as in goto2008, without its packing of A: the networks' A fit the caches. */
#include "gemm.h"

#include "titrate/base/lanes.h"

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

enum {
    LANES = VECTOR_BYTES / sizeof(titr_real),
    ROWS = 6, /* x 2 vectors of sums, 2 of B and 1 of A: they fit sixteen registers */
    WIDTH = 2 * LANES,
    ONE_ROW_VECTORS = 8 /* sums enough of one row to hide how long an addition takes */
};

typedef titr_real vec __attribute__((vector_size(VECTOR_BYTES)));
/* the same anywhere in memory */
typedef titr_real loose
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(titr_real)), may_alias));
typedef TITR_REAL_INT bits __attribute__((vector_size(VECTOR_BYTES)));

/* Some columns of B for some p, and what becomes of their sums. */
typedef struct strip {
    const titr_real *b;
    size_t ldb, k;
    const titr_real *start; /* [WIDTH], or NULL: go on with what is in C */
    int relu, mask;
} strip;

TITR_INLINE vec load(const titr_real *from)
{
    return *(const loose *)from;
}

TITR_INLINE void tile(size_t rows, size_t vectors, const strip *s, const titr_real *a, size_t a_row,
                      size_t a_col, titr_real *c, const titr_real *mask, size_t ldc)
{
    vec sum[ROWS > ONE_ROW_VECTORS ? ROWS : ONE_ROW_VECTORS][ONE_ROW_VECTORS];
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (size_t v = 0; v < vectors; v++) {
            sum[r][v] = load(s->start != NULL ? s->start + v * LANES : c + r * ldc + v * LANES);
        }
    }
    const titr_real *b = s->b;
    for (size_t p = 0; p < s->k; p++) {
#pragma GCC unroll 8
        for (size_t r = 0; r < rows; r++) {
#pragma GCC unroll 8
            for (size_t v = 0; v < vectors; v++) {
                sum[r][v] += a[r * a_row] * load(b + v * LANES);
            }
        }
        a += a_col;
        b += s->ldb;
    }
#pragma GCC unroll 8
    for (size_t r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (size_t v = 0; v < vectors; v++) {
            vec y = sum[r][v];
            if (s->relu) {
                y = (vec)((bits)y & ~(y <= (titr_real)0)); /* NaN stays NaN */
            }
            if (s->mask) {
                y = (vec)((bits)y & (load(mask + r * ldc + v * LANES) > (titr_real)0));
            }
            *(loose *)(c + r * ldc + v * LANES) = y;
        }
    }
}

/* rows of C, all of the strip's columns. */
static void tile_rows(size_t rows, const strip *s, const titr_real *a, size_t a_row, size_t a_col,
                      titr_real *c, const titr_real *mask, size_t ldc)
{
    switch (rows) {
    case 1:
        tile(1, 2, s, a, a_row, a_col, c, mask, ldc);
        break;
    case 2:
        tile(2, 2, s, a, a_row, a_col, c, mask, ldc);
        break;
    case 3:
        tile(3, 2, s, a, a_row, a_col, c, mask, ldc);
        break;
    case 4:
        tile(4, 2, s, a, a_row, a_col, c, mask, ldc);
        break;
    case 5:
        tile(5, 2, s, a, a_row, a_col, c, mask, ldc);
        break;
    default:
        tile(6, 2, s, a, a_row, a_col, c, mask, ldc);
        break;
    }
}

/* A tile with fewer columns than WIDTH: computed beside C. */
static void tile_edge(size_t rows, size_t width, const strip *s, const titr_real *a, size_t a_row,
                      size_t a_col, titr_real *c, const titr_real *mask, size_t ldc)
{
    titr_real sums[ROWS * WIDTH] = {0}, masks[ROWS * WIDTH] = {0};
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < width; j++) {
            sums[r * WIDTH + j] = s->start == NULL ? c[r * ldc + j] : (titr_real)0;
            masks[r * WIDTH + j] = s->mask ? mask[r * ldc + j] : (titr_real)0;
        }
    }
    tile_rows(rows, s, a, a_row, a_col, sums, masks, WIDTH);
    for (size_t r = 0; r < rows; r++) {
        memcpy(c + r * ldc, sums + r * WIDTH, width * sizeof *c);
    }
}

/* Columns j .. j + width - 1 of B, rows p .. p + k - 1, side by side; zeros beyond width. */
static void pack(const titri_gemm *g, size_t p, size_t k, size_t j, size_t width)
{
    titr_real *to = g->pack;
    if (width < WIDTH) {
        memset(to, 0, k * WIDTH * sizeof *to);
    }
    if (g->b_transposed) {
        const titr_real *from = g->b + j * g->ldb + p;
        for (size_t q = 0; q < k; q++) {
            for (size_t i = 0; i < width; i++) {
                to[q * WIDTH + i] = from[i * g->ldb + q];
            }
        }
        return;
    }
    const titr_real *from = g->b + p * g->ldb + j;
    for (size_t q = 0; q < k; q++) {
        if (width == WIDTH) {
            memcpy(to + q * WIDTH, from + q * g->ldb, WIDTH * sizeof *to);
        } else {
            memcpy(to + q * WIDTH, from + q * g->ldb, width * sizeof *to);
        }
    }
}

/* rows of B beyond which its columns are put side by side: they would share few places of the cache
 */
static int worth_packing(const titri_gemm *g, size_t k, size_t width)
{
    return g->b_transposed || width < WIDTH || (g->m > 2 * ROWS && k * g->ldb > 8192);
}

/* Columns j .. j + width - 1 of C, p .. p + k - 1. */
static void strip_of(const titri_gemm *g, size_t p, size_t k, size_t j, size_t width)
{
    titr_real start[WIDTH] = {0};
    const int last = p + k == g->k;
    strip s = {.b = g->b + p * g->ldb + j, .ldb = g->ldb, .k = k};
    s.relu = last && g->relu;
    s.mask = last && g->mask != NULL;
    if (p == 0 && !g->accumulate) {
        s.start = start;
        if (g->bias != NULL) {
            memcpy(start, g->bias + j, width * sizeof start[0]);
        }
    }
    if (worth_packing(g, k, width)) {
        pack(g, p, k, j, width);
        s.b = g->pack;
        s.ldb = WIDTH;
    }
    for (size_t i = 0; i < g->m; i += ROWS) {
        const size_t rows = g->m - i < ROWS ? g->m - i : ROWS;
        const titr_real *a = g->a + i * g->a_row + p * g->a_col;
        titr_real *c = g->c + i * g->ldc + j;
        const titr_real *mask = g->mask != NULL ? g->mask + i * g->ldc + j : NULL;
        if (width == WIDTH) {
            tile_rows(rows, &s, a, g->a_row, g->a_col, c, mask, g->ldc);
        } else {
            tile_edge(rows, width, &s, a, g->a_row, g->a_col, c, mask, g->ldc);
        }
    }
}

/* One row: many columns at a time. @return columns done. */
static size_t one_row(const titri_gemm *g)
{
    static const titr_real zero[ONE_ROW_VECTORS * LANES];
    const size_t width = ONE_ROW_VECTORS * LANES;
    size_t j = 0;
    for (; j + width <= g->n; j += width) {
        strip s = {.b = g->b + j, .ldb = g->ldb, .k = g->k, .relu = g->relu};
        s.mask = g->mask != NULL;
        if (!g->accumulate) {
            s.start = g->bias != NULL ? g->bias + j : zero;
        }
        tile(1, ONE_ROW_VECTORS, &s, g->a, g->a_row, g->a_col, g->c + j,
             g->mask != NULL ? g->mask + j : NULL, g->ldc);
    }
    return j;
}

void TITR_SYMBOL(titri_gemm)(const titri_gemm *g)
{
    size_t j = g->m == 1 && !g->b_transposed ? one_row(g) : 0;
    for (; j < g->n; j += WIDTH) {
        const size_t width = g->n - j < WIDTH ? g->n - j : WIDTH;
        size_t p = 0;
        do {
            const size_t left = g->k - p;
            const size_t k = left < TITRI_GEMM_DEPTH ? left : TITRI_GEMM_DEPTH;
            strip_of(g, p, k, j, width);
            p += k;
        } while (p < g->k);
    }
}
