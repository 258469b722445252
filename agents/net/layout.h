// SPDX-License-Identifier: GPL-3.0-or-later
/* Where everything of a network is in its flat array, and in a workspace. */
#ifndef TITR_AGENTS_NET_LAYOUT_H
#define TITR_AGENTS_NET_LAYOUT_H

#include "gemm.h"
#include "kernels.h"

/* A linear layer, y = x W + b. */
typedef struct titri_dense {
    size_t in, out;
    size_t weight, bias;             /* in the parameters: [in][out], [out]                   */
    size_t weight_sigma, bias_sigma; /* the same of a noisy layer                             */
    size_t noise_in, noise_out;      /* in a draw of noise: [in], [out]                       */
    size_t effective;                /* in a workspace: [in + 1][out] weights, bias with noise */
    int noisy;
} titri_dense;

/* A head: of the value, of the advantages, or of all at once. */
typedef struct titri_stream {
    titri_dense hidden, out;
} titri_stream;

enum { TITRI_TENSORS_MAX = 2 * TITR_NET_HIDDEN_MAX + 6 + 16 };

struct titr_net {
    titr_net_spec spec;
    const titri_kernels *kernels; /* static */
    titri_gemm_fn *gemm;
    size_t n_trunk; /* hidden layers before the head   */
    titri_dense trunk[TITR_NET_HIDDEN_MAX];
    titri_dense gru_in, gru_state; /* both to [3 units]: r, z, n      */
    titri_dense embed;             /* cosines to `width`              */
    size_t width;                  /* of what comes into the head     */
    int head_hidden;               /* 1 = the head has a hidden layer */
    size_t n_streams;              /* 2: value, advantage             */
    titri_stream stream[2];
    size_t n_params, n_noise, n_effective;
    size_t n_tensors;
    titr_net_tensor tensor[TITRI_TENSORS_MAX];
    double bound[TITRI_TENSORS_MAX]; /* starting values: U(-bound, bound), or bound itself */
    int constant[TITRI_TENSORS_MAX];
};

/* Arrays of a workspace; R = steps x rows, H = rows of the head (x taus). Absent ones are NULL. */
struct titr_net_ws {
    const titr_net *net; /* borrowed */
    titr_net_limits limits;
    titr_net_input in;                     /* of the last forward */
    size_t rows;                           /* of the head, without taus: (steps - burn_in) x rows */
    void *memory;                          /* owned: all of the following */
    titr_real *trunk[TITR_NET_HIDDEN_MAX]; /* [R][hidden] */
    titr_real *gru_in, *gru_state;         /* [R][3 units], [rows][3 units] */
    titr_real *gate, *n_state;             /* [R][3 units], [R][units] */
    titr_real *before, *after;             /* [R][units] hidden state */
    titr_real *cosine, *phi, *mixed;       /* [H][cosines], [H][width], [H][width] */
    titr_real *hidden[2], *raw[2];         /* [H][hidden] per head; [H][outputs] if dueling */
    titr_real *effective;                  /* noisy weights */
    titr_real *d_raw[2], *d_hidden;        /* gradients: [H][outputs], [H][hidden] */
    titr_real *d_head, *d_phi, *d_psi;     /* [H][width], [H][width], [rows of the head][width] */
    titr_real *d_gru_in, *d_gru_state, *d_h;
    titr_real *d_trunk[2]; /* [R][widest hidden] each */
    titr_real *pack;
};

/* Weights and bias of a layer for this forward: with noise if there is any. */
const titr_real *titri_weights(const titr_net_ws *ws, const titr_real *params,
                               const titri_dense *d);
/* y = x W + b for `rows`, then ReLU if wanted. */
void titri_dense_forward(const titr_net_ws *ws, const titr_real *params, const titri_dense *d,
                         const titr_real *x, size_t rows, int relu, titr_real *y);

/* What a layer's backward pass works on. */
typedef struct titri_back {
    const titr_real *x, *dy; /* [rows][in], [rows][out] */
    size_t rows;
    titr_real *dx;         /* [rows][in], or NULL: not wanted */
    int accumulate;        /* 1 = added to dx */
    const titr_real *mask; /* [rows][in], or NULL: dx is 0 where it is not above 0 */
} titri_back;
/* Gradients of the layer's parameters, written to grad, and of its input. */
void titri_dense_backward(const titr_net_ws *ws, const titr_real *params, const titri_dense *d,
                          const titri_back *b, titr_real *grad);

/* All steps of the recurrent layer; x [R][gru_in.in]. */
void titri_gru_forward(titr_net_ws *ws, const titr_real *params, const titr_real *x);
/* ws->d_psi: gradient of `after` of the steps behind the burn-in. dx may be NULL. */
void titri_gru_backward(titr_net_ws *ws, const titr_real *params, const titr_real *x, titr_real *dx,
                        const titr_real *mask, titr_real *grad);

#endif
