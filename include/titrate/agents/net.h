// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/net.h
 * @brief Small neural networks for value functions, with all their parameters in one flat array.
 *
 *   x --trunk: hidden[0 .. n-2], ReLU--> [GRU] --> [x phi(tau)] --head: hidden[n-1], ReLU;
 * linear--> out
 *
 * The last hidden layer and the linear layer behind it are the head. What a spec may switch on:
 *   dueling  two heads of their own width, V [atoms] and A [n_out][atoms]:
 *            out(a) = V + A(a) - mean over all levels of A, per atom [wang2016]. Masks are not
 *            applied here: what is forbidden is left out where the best level is chosen.
 *   noisy    the head's layers are factorised Gaussian noisy layers [fortunato2018]:
 *            w = mu + sigma f(e_in) f(e_out), f(e) = sign(e) sqrt|e|; the caller holds the noise.
 *   gru      a gated recurrent layer behind the trunk [cho2014], its reset gate after the product
 *            (as PyTorch and ONNX's linear_before_reset = 1):
 *            r = s(x W_r + b_r + h U_r + c_r), z likewise, n = tanh(x W_n + b_n + r (h U_n + c_n)),
 *            h' = (1 - z) n + z h
 *   cosines  implicit quantiles [dabney2018iqn]: psi(x) is multiplied by phi(tau) =
 *            ReLU(sum_i cos(pi i tau) w_i + b), i = 0 .. cosines - 1; one row of outputs per tau.
 *
 * Layout    parameters: the tensors of titr_net_tensors one after the other, without gaps; weights
 *           [in][out] row by row. Optimiser, target copy, clipping and saving are loops over one
 *           array of titr_net_n_params.
 * Shapes    x [steps][rows][n_in]; out and dout [steps - burn_in][rows][n_out][atoms], with
 *           implicit quantiles [rows][taus][n_out].
 * Back ends OpenBLAS and, where it is faster, own code with fused multiply-add: fast, the bits are
 *           those of one machine. `deterministic`: own code whose sums run in one fixed order
 *           without contraction: the same bits on any x86-64.
 * Memory    forward and backward allocate nothing; a workspace keeps what backward needs.
 * Errors    TITR_ERR_RANGE for a spec, TITR_ERR_ARG for an input that exceeds its workspace,
 *           TITR_ERR_NOMEM.
 * Threads   a net is read-only and may be shared; one workspace per thread.
 */
#ifndef TITR_AGENTS_NET_H
#define TITR_AGENTS_NET_H

#include "titrate/base/rng.h"
#include "titrate/base/status.h"
#include "titrate/base/visit.h"

#include <stddef.h>
#include <stdint.h>

#ifndef TITR_REAL
/** Element type of networks; the tests compile the same sources once more in double. */
#define TITR_REAL float
/** An integer of its size. */
#define TITR_REAL_INT int32_t
/** Its name in saved files. */
#define TITR_REAL_DTYPE TITR_F32
#endif
/** An element of a network. */
typedef TITR_REAL titr_real;

/** Most hidden layers. */
#define TITR_NET_HIDDEN_MAX 8

/** What a network looks like. Start from titr_net_default_spec. */
typedef struct titr_net_spec {
    size_t n_in;                        /* inputs, >= 1 */
    size_t n_hidden;                    /* hidden layers, 0 to TITR_NET_HIDDEN_MAX */
    size_t hidden[TITR_NET_HIDDEN_MAX]; /* their units, 1 to 4096 */
    size_t n_out;                       /* levels, >= 1 */
    size_t atoms;       /* outputs per level: 1, or atoms or quantiles; 1 with cosines    */
    size_t gru;         /* units of the recurrent layer, 0 = none                         */
    size_t cosines;     /* 0, or the cosines of implicit quantiles (64 in the paper); the trunk or
                           the recurrent layer must exist */
    int dueling;        /* 1 = value and advantage heads; needs a hidden layer            */
    int noisy;          /* 1 = noisy head                                                 */
    double noisy_sigma; /* sigma at the start x sqrt(fan in), 0.5 in the paper            */
    int deterministic;  /* 1 = same bits on any x86-64                                    */
} titr_net_spec;

/** One level, one atom, everything off, noisy_sigma 0.5. */
titr_net_spec titr_net_default_spec(void);

/** One named piece of the parameters. */
typedef struct titr_net_tensor {
    char name[32];     /* "hidden0.weight", "gru.bias_in", "value.weight_sigma", ...         */
    size_t rows, cols; /* weights [in][out]; a bias has one row; GRU gates r, z, n by column */
    size_t offset;     /* of its first element in the flat array                             */
} titr_net_tensor;

typedef struct titr_net titr_net;       /* the layout: no parameters in it */
typedef struct titr_net_ws titr_net_ws; /* activations of one forward pass */

/** @param[out] out owned by the caller: titr_net_destroy. */
titr_status titr_net_create(const titr_net_spec *spec, titr_net **out,
                            titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_net_destroy(titr_net *net);
/** What it was created from; borrowed. */
const titr_net_spec *titr_net_get_spec(const titr_net *net);
/** Elements of the flat array of parameters. */
size_t titr_net_n_params(const titr_net *net);
/** Elements of one draw of noise; 0 without noisy layers. */
size_t titr_net_n_noise(const titr_net *net);
/** The pieces of the parameters in order. @return borrowed array of *n. */
const titr_net_tensor *titr_net_tensors(const titr_net *net, size_t *n);

/** Starting values: weights and biases U(-1/sqrt(fan in), 1/sqrt(fan in)), PyTorch's default for
 *  linear layers; the GRU's with its units as fan in; noisy layers' mu like the former, sigma =
 *  noisy_sigma / sqrt(fan in).
 *  @param[in] key element i is drawn at index i. @param[out] params [n_params] */
void titr_net_init(const titr_net *net, titr_rng_key key, titr_real *params);
/** Saves or loads parameters, or whatever has their shape, tensor by tensor in the group `name`. */
titr_status titr_net_visit(const titr_net *net, titr_visitor *v, const char *name,
                           titr_real *params, titr_error *err) TITR_NODISCARD;
/** Draws f(e) of all noisy layers.
 *  @param[in] key its words `patient` and `episode` are replaced by the draw's number: one stream
 * per seed and purpose. @param[in] draw number of the draw. @param[out] noise [n_noise] */
void titr_net_noise(const titr_net *net, titr_rng_key key, uint64_t draw, titr_real *noise);

/** The largest input a workspace takes. */
typedef struct titr_net_limits {
    size_t rows;  /* of a batch, or lanes; >= 1                        */
    size_t steps; /* of a sequence; 1 without GRU (0 counts as 1)      */
    size_t taus;  /* per row; without implicit quantiles it is ignored */
} titr_net_limits;

/** @param[out] out owned by the caller: titr_net_ws_destroy. The net is borrowed for its life. */
titr_status titr_net_ws_create(const titr_net *net, titr_net_limits limits, titr_net_ws **out,
                               titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_net_ws_destroy(titr_net_ws *ws);
/** Bytes that such a workspace holds. */
size_t titr_net_ws_bytes(const titr_net *net, titr_net_limits limits);

/** One batch. What is NULL or 0 by default may be left out. */
typedef struct titr_net_input {
    size_t rows;                /* rows of the batch, or lanes                                   */
    size_t steps;               /* length of the sequences; 0 counts as 1                        */
    size_t burn_in;             /* first steps that only bring the hidden state up to date: no
                                   outputs, no gradient; < steps                                 */
    const titr_real *x;         /* [steps][rows][n_in]; must stay until backward                 */
    const titr_real *noise;     /* [n_noise]; NULL: the mean, without noise                      */
    const titr_real *h0;        /* [rows][gru] hidden state before the first step; NULL: zeros   */
    const unsigned char *first; /* [steps][rows] 1 = forget the hidden state before this step (and
                                   no gradient passes it); NULL: never                           */
    titr_real *h_last;          /* [rows][gru] hidden state after the last step is written here;
                                   may be h0; NULL: not wanted                                   */
    size_t taus;                /* implicit quantiles per row                                    */
    const titr_real *tau;       /* [rows of the head][taus] in [0, 1]                            */
} titr_net_input;

/** @param[in] params [n_params]. @param[out] out see Shapes.
 *  ws keeps what titr_net_backward needs until the next forward. */
titr_status titr_net_forward(const titr_net *net, const titr_real *params, titr_net_ws *ws,
                             const titr_net_input *in, titr_real *out,
                             titr_error *err) TITR_NODISCARD;
/** Gradient of sum(dout * out) of the last forward in ws, which must have had these params and
 * whose x and noise are still there. May be called again with another dout.
 *  @param[out] grad [n_params], overwritten. */
void titr_net_backward(const titr_net *net, const titr_real *params, titr_net_ws *ws,
                       const titr_real *dout, titr_real *grad);

/** probability[r][i] = exp(x[r][i]) / sum over i, stable; x and probability may be the same. */
void titr_net_softmax(const titr_net *net, const titr_real *x, size_t rows, size_t n,
                      titr_real *probability);

#endif
