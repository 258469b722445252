// SPDX-License-Identifier: GPL-3.0-or-later
/* The networks' loops: the same bits in every variant, and what they compute against plain code. */
#include "net/kernels.h"

#include "titrate/base/math.h"
#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { N = 420, ARRAYS = 8 };

/* Arrays that a kernel reads and writes; all of them are compared. */
typedef struct memory {
    float x[ARRAYS][N];
    double sum;
} memory;

static memory drawn(void)
{
    memory m = {.sum = 0.0};
    const titr_rng_key key = {.seed = 6, .purpose = TITR_PURPOSE_TEST};
    for (uint32_t k = 0; k < ARRAYS; k++) {
        for (uint32_t i = 0; i < N; i++) {
            m.x[k][i] = (float)(titr_rng_uniform(key, k * N + i) * (k == 7 ? 1.0 : 4.0) -
                                (k == 7 ? 0.0 : 2.0));
        }
    }
    return m;
}

/* Rows of dy without, with one and (the last, if wanted) with two elements other than 0. */
static void some_taken(float *dy, size_t rows, size_t n, int two)
{
    memset(dy, 0, rows * n * sizeof *dy);
    for (size_t r = 1; r < rows; r++) {
        dy[r * n + r * 5 % n] = 0.25F * (float)r - 1.1F;
    }
    dy[rows * n - 1 - (rows - 1) * 5 % n] += two ? 3.0F : 0.0F;
}

static void run_taken(const titri_kernels *k, memory *m)
{
    some_taken(m->x[1], 13, 7, 0);
    m->sum = k->at_most_one(m->x[1], 13, 7);
    titri_taken t = {.rows = 13,
                     .in = 19,
                     .out = 7,
                     .x = m->x[0],
                     .dy = m->x[1],
                     .w = m->x[2],
                     .dw = m->x[3],
                     .dx = m->x[4],
                     .turned = m->x[5]};
    k->taken(&t);
    t.mask = m->x[0];
    t.dx = m->x[6];
    k->taken(&t);
}

static void run_layers(const titri_kernels *k, memory *m)
{
    k->column_sums(m->x[0], 7, 13, m->x[1]);
    k->noisy_weights(m->x[0], m->x[2], m->x[3], m->x[4], 9, 21, m->x[5]);
    k->noisy_weights(m->x[0], m->x[2], NULL, m->x[4], 1, 21, m->x[5] + 300);
    k->noisy_grad(m->x[5], m->x[3], m->x[4], 9, 21, m->x[6]);
    k->dueling(m->x[0], m->x[2], 5, 7, 11, m->x[3]);
    k->dueling_grad(m->x[3], 5, 7, 11, m->x[0], m->x[2]);
    k->modulate(m->x[4], m->x[5], 5, 4, 19, m->x[6]);
    k->modulate_grad(m->x[4], m->x[5], m->x[6], m->x[0], 5, 4, 19, m->x[2], m->x[3]);
}

static void run_functions(const titri_kernels *k, memory *m)
{
    const titri_gates g = {.rows = 5,
                           .units = 13,
                           .input = m->x[0],
                           .state = m->x[1],
                           .gate = m->x[2],
                           .n_state = m->x[3],
                           .before = m->x[4],
                           .after = m->x[5]};
    k->gru(&g);
    k->gru_grad(&g);
    k->cosines(m->x[7], 10, 41, m->x[6]);
    k->softmax(m->x[3], 5, 51, m->x[3]);
    k->noise((titr_rng_key){.seed = 9, .purpose = TITR_PURPOSE_TEST}, N, m->x[7]);
}

static void run_steps(const titri_kernels *k, memory *m)
{
    const titri_adam_step s = {
        .keep1 = 0.1F, .keep2 = 0.001F, .rate = 1e-3F, .root_scale = 3.0F, .eps = 1e-8F};
    memcpy(m->x[2], m->x[7], sizeof m->x[2]);
    k->adam(&s, N, m->x[0], m->x[1], m->x[2], m->x[3]);
    k->rmsprop(&s, N, m->x[0], m->x[2], m->x[4]);
    k->scale(m->x[5], N, 0.3F);
    k->mix(m->x[6], m->x[5], N, 0.005F);
    m->sum = k->sum_of_squares(m->x[0], N - 3);
}

Test(net_kernels, all_variants_give_the_same_bits)
{
    static void (*const runs[])(const titri_kernels *, memory *) = {run_layers, run_taken,
                                                                    run_functions, run_steps};
    static const titri_kernels *const all[TITR_N_VARIANTS] = {
#define X(id, suffix, lanes, bits) [TITR_##id] = &titri_kernels_##suffix,
        TITR_VARIANT_MAP(X)
#undef X
    };
    for (size_t r = 0; r < sizeof runs / sizeof runs[0]; r++) {
        static memory want, got;
        want = drawn();
        runs[r](all[TITR_L1], &want);
        for (size_t v = 1; v < TITR_N_VARIANTS; v++) {
            if (titr_variant_runs((titr_variant)v)) {
                got = drawn();
                runs[r](all[v], &got);
                cr_expect(memcmp(&got, &want, sizeof got) == 0, "run %zu, variant %zu", r, v);
            }
        }
    }
}

/* The products written out, sums in the order of rows. */
Test(net_kernels, the_level_taken_alone_is_the_product)
{
    enum { ROWS = 13, IN = 19, OUT = 7 };
    static memory m;
    m = drawn();
    const titri_kernels *k = titri_kernels_wide();
    run_taken(k, &m);
    cr_assert_eq(m.sum, 1.0);
    const float *x = m.x[0], *dy = m.x[1], *w = m.x[2];
    for (size_t i = 0; i < IN; i++) {
        for (size_t j = 0; j < OUT; j++) {
            float dw = 0.0F;
            for (size_t r = 0; r < ROWS; r++) {
                dw += x[r * IN + i] * dy[r * OUT + j];
            }
            cr_expect_eq(m.x[3][i * OUT + j], dw, "dw[%zu][%zu]", i, j);
        }
        for (size_t r = 0; r < ROWS; r++) {
            float dx = 0.0F;
            for (size_t j = 0; j < OUT; j++) {
                dx += dy[r * OUT + j] * w[i * OUT + j];
            }
            cr_expect_eq(m.x[4][r * IN + i], dx, "dx[%zu][%zu]", r, i);
            cr_expect_eq(m.x[6][r * IN + i], x[r * IN + i] > 0.0F ? dx : 0.0F, "open %zu, %zu", r,
                         i);
        }
    }
    some_taken(m.x[1], ROWS, OUT, 1);
    cr_assert_eq(k->at_most_one(m.x[1], ROWS, OUT), 0);
}

Test(net_kernels, cosines_of_multiples)
{
    enum { COSINES = 64, ROWS = 21 };
    static float tau[ROWS], out[ROWS * COSINES];
    for (size_t r = 0; r < ROWS; r++) {
        tau[r] = (float)r / (ROWS - 1);
    }
    titri_kernels_wide()->cosines(tau, ROWS, COSINES, out);
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t i = 0; i < COSINES; i++) {
            const double want = cos(acos(-1.0) * (double)i * (double)tau[r]);
            cr_expect(fabs((double)out[r * COSINES + i] - want) <= 1e-7, "cos(pi %zu %g)", i,
                      (double)tau[r]);
        }
    }
}

Test(net_kernels, softmax_is_stable)
{
    float x[3] = {1000.0F, 999.0F, -1000.0F}, p[3];
    titri_kernels_wide()->softmax(x, 1, 3, p);
    cr_expect(fabs((double)p[0] - 1.0 / (1.0 + exp(-1.0))) <= 1e-7);
    cr_expect(fabs((double)p[1] - exp(-1.0) / (1.0 + exp(-1.0))) <= 1e-7);
    cr_expect(p[2] == 0.0F);
}

/* E f(e)^2 = E |e| = sqrt(2 / pi), E f(e) = 0, E f(e)^4 = E e^2 = 1. */
Test(net_kernels, noise_has_its_moments)
{
    enum { DRAWS = 200000 };
    static float e[DRAWS];
    double m1 = 0.0, m2 = 0.0, m4 = 0.0, neighbours = 0.0;
    titri_kernels_wide()->noise((titr_rng_key){.seed = 3, .purpose = TITR_PURPOSE_TEST}, DRAWS, e);
    for (size_t i = 0; i < DRAWS; i++) {
        const double x = (double)e[i];
        m1 += x / DRAWS;
        m2 += x * x / DRAWS;
        m4 += x * x * x * x / DRAWS;
        neighbours += i > 0 ? x * (double)e[i - 1] / DRAWS : 0.0;
    }
    /* four standard errors: sqrt(0.8 / n), sqrt((1 - 0.64) / n), sqrt(2 / n), sqrt(0.64 / n) */
    const double root_n = sqrt(DRAWS);
    cr_expect(fabs(m1) <= 4.0 * 0.894 / root_n, "mean %g", m1);
    cr_expect(fabs(m2 - sqrt(2.0 / acos(-1.0))) <= 4.0 * 0.603 / root_n, "square %g", m2);
    cr_expect(fabs(m4 - 1.0) <= 4.0 * 1.415 / root_n, "fourth power %g", m4);
    cr_expect(fabs(neighbours) <= 4.0 * 0.8 / root_n, "neighbours %g", neighbours);
}
