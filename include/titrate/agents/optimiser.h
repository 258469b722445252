// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/optimiser.h
 * @brief Steps of gradient descent, clipping and target copies over flat arrays of parameters.
 *
 *   Adam     m += (1 - beta1)(g - m), v += (1 - beta2)(g^2 - v), t += 1 [kingma2015]
 *            p -= lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + eps)
 *   RMSprop  v += (1 - alpha)(g^2 - v)
 *            p -= lr g / (sqrt(v) + eps), eps outside of the root as in PyTorch
 *
 * Same bits with any vectors: each element by itself, sums in eight fixed parts.
 */
#ifndef TITR_AGENTS_OPTIMISER_H
#define TITR_AGENTS_OPTIMISER_H

#include "titrate/agents/net.h"

/** The rules there are. */
typedef enum titr_optimiser_kind { TITR_ADAM, TITR_RMSPROP } titr_optimiser_kind;

/** Which rule, with what constants. */
typedef struct titr_optimiser_def {
    titr_optimiser_kind kind;
    double beta1; /* Adam: of the mean, [0, 1); 0.9                                  */
    double beta2; /* Adam: of the square, [0, 1); 0.999. RMSprop: alpha, 0.99        */
    double eps;   /* > 0; 1e-8                                                       */
} titr_optimiser_def;

/** PyTorch's defaults: Adam 0.9, 0.999, 1e-8; RMSprop 0.99, 1e-8. */
titr_optimiser_def titr_optimiser_default_def(titr_optimiser_kind kind);

/** Moments of one array of parameters. */
typedef struct titr_optimiser titr_optimiser;

/** Moments zero. @return TITR_ERR_RANGE for a constant outside of its range.
 *  @param[out] out owned by the caller: titr_optimiser_destroy. */
titr_status titr_optimiser_create(const titr_optimiser_def *def, size_t n_params,
                                  titr_optimiser **out, titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_optimiser_destroy(titr_optimiser *o);
/** One step with this learning rate. @param[in] grad [n_params]. @param[in,out] params [n_params]
 */
void titr_optimiser_step(titr_optimiser *o, double learning_rate, const titr_real *grad,
                         titr_real *params);
/** Steps taken so far. */
int64_t titr_optimiser_steps(const titr_optimiser *o);
/** Saves or loads moments and number of steps in the group `name`. */
titr_status titr_optimiser_visit(titr_optimiser *o, titr_visitor *v, const char *name,
                                 titr_error *err) TITR_NODISCARD;

/** Scales grad by max_norm / (norm + 1e-6) where that is below 1 (PyTorch's clip_grad_norm_).
 *  @param[in] max_norm > 0; 0 = no clipping. @return the norm before, not finite if grad is not. */
double titr_grad_clip(titr_real *grad, size_t n, double max_norm);
/** target += tau (online - target); tau = 1 copies bit for bit. */
void titr_target_update(titr_real *target, const titr_real *online, size_t n, double tau);

#endif
