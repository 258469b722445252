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

#define LANES (VECTOR_BYTES / sizeof(titr_real))
#define WIDTH (2 * LANES)
#define ROWS ((size_t)6) /* x 2 vectors of sums, 2 of B and 1 of A: they fit sixteen registers */
#define ONE_ROW_VECTORS                                                                            \
    ((size_t)8) /* sums enough of one row to hide how long an addition takes                       \
                 */

typedef titr_real vec __attribute__((vector_size(VECTOR_BYTES)));
/* the same anywhere in memory */
typedef titr_real loose
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(titr_real)), may_alias));
typedef TITR_REAL_INT bits __attribute__((vector_size(VECTOR_BYTES)));

/* Some columns of B for some p, and what becomes of their sums. */
typedef struct strip {
    const titr_real *b;
    size_t ldb, k;
    size_t width;           /* columns of C */
    const titr_real *start; /* [WIDTH], or NULL: go on with what is in C */
    int relu, mask;
} strip;

/* Some rows of A and C. */
typedef struct place {
    const titr_real *a;
    size_t a_row, a_col;
    titr_real *c;
    const titr_real *mask;
    size_t ldc;
} place;

TITR_INLINE vec load(const titr_real *from)
{
    return *(const loose *)from;
}

/* How many of the vector's lanes are columns. */
TITR_INLINE size_t lanes_of(size_t width, size_t v)
{
    const size_t before = v * LANES;
    const size_t left = width > before ? width - before : 0;
    return left < LANES ? left : LANES;
}

/* n < LANES numbers as blocks of LANES/2, LANES/4, ..., 1 of them. */
TITR_INLINE void copy_some(titr_real *to, const titr_real *from, size_t n)
{
    size_t done = 0;
#pragma GCC unroll 8
    for (size_t block = LANES / 2; block > 0; block /= 2) {
        if (n & block) {
            memcpy(to + done, from + done, block * sizeof *to);
            done += block;
        }
    }
}

TITR_INLINE vec load_some(const titr_real *from, size_t n)
{
    if (n == LANES) {
        return load(from);
    }
    titr_real x[LANES] = {0};
    copy_some(x, from, n);
    return load(x);
}

TITR_INLINE void store_some(titr_real *to, vec y, size_t n)
{
    if (n == LANES) {
        *(loose *)to = y;
        return;
    }
    titr_real x[LANES];
    *(loose *)x = y;
    copy_some(to, x, n);
}

/* Sums of a tile while they are in registers. */
typedef vec sums[ONE_ROW_VECTORS][ONE_ROW_VECTORS];

/* What a tile is made of; constants where it is inlined. */
typedef struct shape {
    size_t rows, vectors;
    int whole; /* all lanes are columns */
    int masks; /* there may be a mask   */
} shape;

TITR_INLINE void begin(shape h, const strip *s, const place *at, sums sum)
{
    const titr_real *start = s->start, *c = at->c;
    const size_t apart = start != NULL ? 0 : at->ldc, width = s->width;
    const titr_real *from = start != NULL ? start : c;
    const int whole = h.whole || start != NULL;
#pragma GCC unroll 8
    for (size_t r = 0; r < h.rows; r++) {
#pragma GCC unroll 8
        for (size_t v = 0; v < h.vectors; v++) {
            sum[r][v] = load_some(from + r * apart + v * LANES, whole ? LANES : lanes_of(width, v));
        }
    }
}

/* Everything that stores could seem to change is read before the first of them. */
TITR_INLINE void end(shape h, const strip *s, const place *at, sums sum)
{
    titr_real *c = at->c;
    const titr_real *mask = at->mask;
    const size_t ldc = at->ldc, width = s->width;
    if (s->relu) {
#pragma GCC unroll 8
        for (size_t r = 0; r < h.rows; r++) {
#pragma GCC unroll 8
            for (size_t v = 0; v < h.vectors; v++) {
                const vec y = sum[r][v];
                sum[r][v] = (vec)((bits)y & ~(y <= (titr_real)0)); /* NaN stays NaN */
            }
        }
    }
    if (h.masks && mask != NULL) {
#pragma GCC unroll 8
        for (size_t r = 0; r < h.rows; r++) {
#pragma GCC unroll 8
            for (size_t v = 0; v < h.vectors; v++) {
                const size_t n = h.whole ? LANES : lanes_of(width, v);
                const vec open = load_some(mask + r * ldc + v * LANES, n);
                sum[r][v] = (vec)((bits)sum[r][v] & (open > (titr_real)0));
            }
        }
    }
#pragma GCC unroll 8
    for (size_t r = 0; r < h.rows; r++) {
#pragma GCC unroll 8
        for (size_t v = 0; v < h.vectors; v++) {
            store_some(c + r * ldc + v * LANES, sum[r][v], h.whole ? LANES : lanes_of(width, v));
        }
    }
}

TITR_INLINE void tile(shape h, const strip *s, const place *at)
{
    sums sum;
    begin(h, s, at, sum);
    const titr_real *a = at->a, *b = s->b;
    const size_t a_row = at->a_row, a_col = at->a_col, ldb = s->ldb;
#pragma GCC unroll 4 /* few enough turns for the end of the loop to be foreseen */
    for (size_t p = s->k; p > 0; p--) {
#pragma GCC unroll 8
        for (size_t r = 0; r < h.rows; r++) {
#pragma GCC unroll 8
            for (size_t v = 0; v < h.vectors; v++) {
                sum[r][v] += a[r * a_row] * load(b + v * LANES);
            }
        }
        a += a_col;
        b += ldb;
    }
    end(h, s, at, sum);
}

#define TILE(rows)                                                                                 \
    static void tile##rows(const strip *s, const place *at)                                        \
    {                                                                                              \
        if (s->width == WIDTH && !s->mask) {                                                       \
            tile((shape){rows, 2, 1, 0}, s, at);                                                   \
        } else if (s->width == WIDTH) {                                                            \
            tile((shape){rows, 2, 1, 1}, s, at);                                                   \
        } else if (s->width > LANES) {                                                             \
            tile((shape){rows, 2, 0, 1}, s, at);                                                   \
        } else {                                                                                   \
            tile((shape){rows, 1, 0, 1}, s, at);                                                   \
        }                                                                                          \
    }
TILE(1)
TILE(2)
TILE(3)
TILE(4)
TILE(5)
TILE(6)

/* Columns j .. j + width - 1 of B, rows p .. p + k - 1, side by side. What stands beyond width is
 * whatever comes next in B, or 0. */
static void pack(const titri_gemm *g, size_t p, size_t k, size_t j, size_t width)
{
    titr_real *to = g->pack;
    const titr_real *from = g->b + p * g->ldb + j;
    const size_t end = (g->k - p - 1) * g->ldb + g->n - j; /* of B, from there */
    for (size_t q = 0; q < k; q++, to += WIDTH) {
        if (q * g->ldb + WIDTH <= end) {
            memcpy(to, from + q * g->ldb, WIDTH * sizeof *to);
        } else {
            for (size_t i = 0; i < WIDTH; i++) {
                to[i] = i < width ? from[q * g->ldb + i] : (titr_real)0;
            }
        }
    }
}

typedef titr_real quad __attribute__((vector_size(4 * sizeof(titr_real))));
typedef titr_real loose_quad
    __attribute__((vector_size(4 * sizeof(titr_real)), aligned(sizeof(titr_real)), may_alias));

/* 4 x 4 elements, rows `ldb` apart, to columns WIDTH apart. */
TITR_INLINE void transpose(const titr_real *from, size_t ldb, titr_real *to)
{
    const quad a = *(const loose_quad *)from, b = *(const loose_quad *)(from + ldb);
    const quad c = *(const loose_quad *)(from + 2 * ldb), d = *(const loose_quad *)(from + 3 * ldb);
    const quad ab01 = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const quad ab23 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const quad cd01 = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const quad cd23 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(loose_quad *)to = __builtin_shufflevector(ab01, cd01, 0, 1, 4, 5);
    *(loose_quad *)(to + WIDTH) = __builtin_shufflevector(ab01, cd01, 2, 3, 6, 7);
    *(loose_quad *)(to + 2 * WIDTH) = __builtin_shufflevector(ab23, cd23, 0, 1, 4, 5);
    *(loose_quad *)(to + 3 * WIDTH) = __builtin_shufflevector(ab23, cd23, 2, 3, 6, 7);
}

/* The same of B in columns; 0 beyond width, as far as vectors go. */
static void pack_transposed(const titri_gemm *g, size_t p, size_t k, size_t j, size_t width)
{
    titr_real *to = g->pack;
    const titr_real *from = g->b + j * g->ldb + p;
    const size_t ldb = g->ldb, whole = k - k % 4, fours = width - width % 4;
    const size_t used = width > LANES ? WIDTH : LANES;
    for (size_t i = 0; i < fours; i += 4) {
        for (size_t q = 0; q < whole; q += 4) {
            transpose(from + i * ldb + q, ldb, to + q * WIDTH + i);
        }
        for (size_t q = whole; q < k; q++) {
            for (size_t l = i; l < i + 4; l++) {
                to[q * WIDTH + l] = from[l * ldb + q];
            }
        }
    }
    for (size_t i = fours; i < used; i++) {
        for (size_t q = 0; q < k; q++) {
            to[q * WIDTH + i] = i < width ? from[i * ldb + q] : (titr_real)0;
        }
    }
}

/* Many rows of B far apart would share few places of the cache. */
static int worth_packing(const titri_gemm *g, size_t k, size_t width)
{
    return width < WIDTH || (g->m > 2 * ROWS && k * g->ldb > 8192);
}

/* Columns j .. j + width - 1 of C, p .. p + k - 1. */
static void strip_of(const titri_gemm *g, size_t p, size_t k, size_t j, size_t width)
{
    static void (*const tiles[ROWS + 1])(const strip *, const place *) = {
        NULL, tile1, tile2, tile3, tile4, tile5, tile6};
    titr_real start[WIDTH] = {0};
    const int last = p + k == g->k;
    strip s = {.b = g->pack, .ldb = WIDTH, .k = k, .width = width};
    s.relu = last && g->relu;
    s.mask = last && g->mask != NULL;
    if (p == 0 && !g->accumulate) {
        s.start = start;
        for (size_t i = 0; i < width && g->bias != NULL; i++) {
            start[i] = g->bias[j + i];
        }
    }
    if (g->b_transposed) {
        pack_transposed(g, p, k, j, width);
    } else if (worth_packing(g, k, width)) {
        pack(g, p, k, j, width);
    } else {
        s.b = g->b + p * g->ldb + j;
        s.ldb = g->ldb;
    }
    for (size_t i = 0; i < g->m; i += ROWS) {
        const place at = {.a = g->a + i * g->a_row + p * g->a_col,
                          .a_row = g->a_row,
                          .a_col = g->a_col,
                          .c = g->c + i * g->ldc + j,
                          .mask = s.mask ? g->mask + i * g->ldc + j : NULL,
                          .ldc = g->ldc};
        tiles[g->m - i < ROWS ? g->m - i : ROWS](&s, &at);
    }
}

/* One row: many columns at a time. @return columns done. */
static size_t one_row(const titri_gemm *g)
{
    static const titr_real zero[ONE_ROW_VECTORS * LANES];
    const size_t width = ONE_ROW_VECTORS * LANES;
    size_t j = 0;
    for (; j + width <= g->n; j += width) {
        strip s = {.b = g->b + j, .ldb = g->ldb, .k = g->k, .width = width, .relu = g->relu};
        s.mask = g->mask != NULL;
        if (!g->accumulate) {
            s.start = g->bias != NULL ? g->bias + j : zero;
        }
        const place at = {.a = g->a,
                          .a_row = g->a_row,
                          .a_col = g->a_col,
                          .c = g->c + j,
                          .mask = s.mask ? g->mask + j : NULL,
                          .ldc = g->ldc};
        tile((shape){1, ONE_ROW_VECTORS, 1, 1}, &s, &at);
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
