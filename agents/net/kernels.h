// SPDX-License-Identifier: GPL-3.0-or-later
/* Loops of the networks over single elements, compiled once per variant with the same bits in each:
 * every element by itself, sums in a fixed order. Arrays are row by row, without gaps. */
#ifndef TITR_AGENTS_NET_KERNELS_H
#define TITR_AGENTS_NET_KERNELS_H

#include "titrate/agents/net.h"
#include "titrate/base/variant.h"

/* What one step of Adam multiplies with. */
typedef struct titri_adam_step {
    titr_real keep1, keep2;          /* 1 - beta1, 1 - beta2                     */
    titr_real rate, root_scale, eps; /* lr / (1 - beta1^t), sqrt(1 / (1 - beta2^t)) */
} titri_adam_step;

/* Where a GRU's activations of some rows are. */
typedef struct titri_gates {
    size_t rows, units;
    titr_real *input;        /* [rows][3 units] x W + b; backward: its gradient     */
    titr_real *state;        /* [rows][3 units] h U + c; backward: its gradient     */
    titr_real *gate;         /* [rows][3 units] r, z, n                             */
    titr_real *n_state;      /* [rows][units] h U_n + c_n                           */
    const titr_real *before; /* [rows][units] h                                     */
    titr_real *after;        /* [rows][units] h'; backward: gradient of h' in, of h out */
} titri_gates;

/* A layer's backward pass where no row of dy has more than one element other than 0: the loss of a
 * value knows the level taken alone. */
typedef struct titri_taken {
    size_t rows, in, out;
    const titr_real *x, *dy; /* [rows][in], [rows][out]                                     */
    const titr_real *w;      /* [in][out]                                                   */
    const titr_real *mask;   /* [rows][in], or NULL: dx is 0 where it is not above 0        */
    titr_real *dw, *dx;      /* [in][out], [rows][in] or NULL: not wanted; both overwritten */
    titr_real *turned;       /* [out][in] scratch                                           */
} titri_taken;

typedef struct titri_kernels {
    /* sum[j] = sum over r of x[r][j], r one after the other */
    void (*column_sums)(const titr_real *x, size_t rows, size_t n, titr_real *sum);
    /* w[i][j] = mu[i][j] + sigma[i][j] (e_in[i] e_out[j]); e_in NULL: 1 */
    void (*noisy_weights)(const titr_real *mu, const titr_real *sigma, const titr_real *e_in,
                          const titr_real *e_out, size_t in, size_t out, titr_real *w);
    /* dsigma[i][j] = dw[i][j] (e_in[i] e_out[j]) */
    void (*noisy_grad)(const titr_real *dw, const titr_real *e_in, const titr_real *e_out,
                       size_t in, size_t out, titr_real *dsigma);
    /* out[i] = f(e) at index i of the key, f(e) = sign(e) sqrt|e| */
    void (*noise)(titr_rng_key key, size_t n, titr_real *out);
    /* Whether no row has more than one element other than 0. */
    int (*at_most_one)(const titr_real *dy, size_t rows, size_t n);
    /* dw = x^T dy, dx = dy w^T: the bits of the products in the order of rows and of levels */
    void (*taken)(const titri_taken *t);
    /* out[r][a][i] = v[r][i] + a[r][a][i] - mean over levels of a[r][.][i] */
    void (*dueling)(const titr_real *v, const titr_real *a, size_t rows, size_t levels,
                    size_t atoms, titr_real *out);
    void (*dueling_grad)(const titr_real *dout, size_t rows, size_t levels, size_t atoms,
                         titr_real *dv, titr_real *da);
    void (*gru)(const titri_gates *g);
    void (*gru_grad)(const titri_gates *g);
    /* out[r][i] = cos(pi i tau[r]) */
    void (*cosines)(const titr_real *tau, size_t rows, size_t n, titr_real *out);
    /* y[r][t][i] = psi[r][i] phi[r][t][i] */
    void (*modulate)(const titr_real *psi, const titr_real *phi, size_t rows, size_t taus, size_t n,
                     titr_real *y);
    /* dphi = psi dy where phi > 0, else 0; dpsi = sum over t of phi dy, 0 where `mask` is not > 0
     */
    void (*modulate_grad)(const titr_real *psi, const titr_real *phi, const titr_real *dy,
                          const titr_real *mask, size_t rows, size_t taus, size_t n,
                          titr_real *dphi, titr_real *dpsi);
    void (*softmax)(const titr_real *x, size_t rows, size_t n, titr_real *p);
    void (*adam)(const titri_adam_step *s, size_t n, const titr_real *g, titr_real *m, titr_real *v,
                 titr_real *p);
    void (*rmsprop)(const titri_adam_step *s, size_t n, const titr_real *g, titr_real *v,
                    titr_real *p);
    /* in double, in eight parts: element i belongs to part i % 8 */
    double (*sum_of_squares)(const titr_real *x, size_t n);
    void (*scale)(titr_real *x, size_t n, titr_real factor);
    /* x += share (y - x) */
    void (*mix)(titr_real *x, const titr_real *y, size_t n, titr_real share);
} titri_kernels;

#define X(id, suffix, lanes, bits) extern const titri_kernels titri_kernels_##suffix;
TITR_VARIANT_MAP(X)
#undef X

/* Those with the widest vectors that run here. */
const titri_kernels *titri_kernels_wide(void);

#endif
