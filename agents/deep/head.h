// SPDX-License-Identifier: GPL-3.0-or-later
/* What the outputs of a network mean, and what they are taught.
 *
 *   SCALAR       one output a level: Q(s, a)                                    [mnih2015]
 *   CATEGORICAL  logits of atoms z_i, equally spaced from v_min to v_max        [bellemare2017]
 *   QUANTILE     values of the return's quantiles at tau_i: fixed midpoints     [dabney2018qr]
 *                or drawn anew for each sample                                  [dabney2018iqn]
 *
 * With R the rewards until the next state, G the discount over that time (0 after TERMINATED), and
 * the next state's outputs at the level a' that the target chooses:
 *
 *   SCALAR       delta = R + G Q'(s', a') - Q(s, a); loss = w L(delta)                        (1)
 *   CATEGORICAL  m = projection of R + G z, weighed p'(s', a'), on the atoms;
 *                loss = w cross entropy(m, p(s, a)), gradient w (p - m) of the logits         (2)
 *   QUANTILE     u_ij = R + G theta'_j - theta_i;
 *                loss = w sum_i mean_j |tau_i - [u_ij < 0]| L(u_ij)                           (3)
 *
 * L is Huber's function with threshold 1 (half the square inside) or half the square ("mse").
 *
 * Shapes  the outputs of one sample: level a's atom i at out[a * stride_level + i * stride_atom].
 */
#ifndef TITRI_HEAD_H
#define TITRI_HEAD_H

#include <stddef.h>

/** Atoms or quantiles of a level. */
#define TITRI_ATOMS_MAX 256

typedef enum titri_head_kind {
    TITRI_HEAD_SCALAR,
    TITRI_HEAD_CATEGORICAL,
    TITRI_HEAD_QUANTILE
} titri_head_kind;

typedef enum titri_loss { TITRI_LOSS_HUBER, TITRI_LOSS_MSE } titri_loss;

typedef struct titri_head {
    titri_head_kind kind;
    titri_loss loss;
    size_t n_levels, atoms;
    size_t stride_level, stride_atom;
    double v_min, v_max; /* CATEGORICAL: the outer atoms, before reward scaling is undone */
    double cvar;         /* choices by the mean of the worst share (0, 1] of returns; 1 = all */
} titri_head;

/** One sample's target. */
typedef struct titri_aim {
    double reward, discount; /* R and G of (1) to (3) */
    const float *next_out;   /* the target network's outputs at the next state */
    size_t next_level;       /* a' */
    double weight;           /* w: importance of the sample */
} titri_aim;

/** The i-th return of a categorical grid; 0 for other heads. */
double titri_head_place(const titri_head *head, size_t i);

/** Values of all levels, by which one is chosen. Quantiles count as of equal mass: those drawn from
 *  the lower part of a distribution want cvar = 1.
 *  @param[out] q [n_levels] */
void titri_head_values(const titri_head *head, const float *out, double *q);

/** Gradient of the loss by the outputs of one sample.
 *  @param[in] tau QUANTILE: [atoms] of the outputs, or NULL for midpoints. @param[in,out] dout laid
 * out as out; the level's atoms are written, the rest is left alone. @return |delta|, or what
 * stands for it, as priority of the sample: (2) cross entropy less the target's entropy, (3) the
 * mean |u|. */
double titri_head_learn(const titri_head *head, const float *out, const float *tau, size_t level,
                        const titri_aim *aim, float *dout);

#endif
