// SPDX-License-Identifier: GPL-3.0-or-later
/* Learning from what others did, where nothing can be tried: values of levels that the data never
 * show must not win.
 *
 * Conservative Q-learning [kumar2020] adds to the loss, with the levels a' allowed in s,
 *
 *   alpha (log sum over a' of exp Q(s, a') - Q(s, a))                                          (1)
 *
 * Discrete batch-constrained Q-learning [fujimoto2019] learns beside Q how the data chose, G(a |
 * s), from a second output of each level, i_a, and considers only levels that are common enough
 * there:
 *
 *   loss += -log G(a | s) + 0.01 mean i^2,   G = softmax of i over the allowed levels          (2)
 *   candidates in s: G(a' | s) / max G(. | s) > threshold                                      (3)
 *
 * (3) holds in the choice and in the target. */
#include "deep.h"

#include "titrate/base/math.h"

#include <math.h>

#define CLONE_PENALTY 0.01 /* of (2), as in the paper's own experiments */

/* Output k of each level. */
static double at(const titri_deep *d, const titr_real *out, size_t level, size_t k)
{
    return (double)out[level * d->head.stride_level + k];
}

static int allows(uint64_t allowed, size_t level)
{
    return (allowed >> level & 1U) != 0;
}

/* Softmax of output k over the allowed levels; 0 for the others. @return log of the sum of the
 * exponentials. */
static double probabilities(const titri_deep *d, const titr_real *out, size_t k, uint64_t allowed,
                            double *p)
{
    double most = -HUGE_VAL, sum = 0.0;
    for (size_t a = 0; a < d->n_levels; a++) {
        most = allows(allowed, a) ? fmax(most, at(d, out, a, k)) : most;
    }
    for (size_t a = 0; a < d->n_levels; a++) {
        p[a] = allows(allowed, a) ? titr_exp(at(d, out, a, k) - most) : 0.0;
        sum += p[a];
    }
    for (size_t a = 0; a < d->n_levels; a++) {
        p[a] /= sum;
    }
    return most + titr_log(sum);
}

uint64_t titri_supported(const titri_deep *d, const titr_real *out, uint64_t allowed)
{
    double p[TITR_LEVELS_MAX], most = 0.0;
    uint64_t supported = 0;
    if (!(d->def.bcq_threshold > 0.0)) {
        return allowed;
    }
    (void)probabilities(d, out, 1, allowed, p);
    for (size_t a = 0; a < d->n_levels; a++) {
        most = fmax(most, p[a]);
    }
    for (size_t a = 0; a < d->n_levels; a++) {
        const int common = p[a] > d->def.bcq_threshold * most || p[a] == most;
        supported |= allows(allowed, a) && common ? UINT64_C(1) << a : 0;
    }
    return supported;
}

void titri_learn_offline_terms(const titri_deep *d, const titr_real *out, size_t level,
                               uint64_t allowed, double weight, titr_real *dout)
{
    double p[TITR_LEVELS_MAX];
    if (d->def.cql_alpha > 0.0) {
        (void)probabilities(d, out, 0, allowed, p);
        for (size_t a = 0; a < d->n_levels; a++) {
            const double slope = p[a] - (a == level ? 1.0 : 0.0);
            dout[a * d->head.stride_level] += (titr_real)(weight * d->def.cql_alpha * slope);
        }
    }
    if (d->def.bcq_threshold > 0.0) {
        (void)probabilities(d, out, 1, allowed, p);
        for (size_t a = 0; a < d->n_levels; a++) {
            const double slope = p[a] - (a == level ? 1.0 : 0.0) +
                                 2.0 * CLONE_PENALTY * at(d, out, a, 1) / (double)d->n_levels;
            dout[a * d->head.stride_level + 1] = (titr_real)(weight * slope);
        }
    }
}

titr_status titri_deep_learn_offline(void *self, int64_t steps, titr_error *err)
{
    titri_deep *d = self;
    if (d->training == NULL || titr_replay_ready(d->training->replay) == 0) {
        return titr_fail(err, TITR_ERR_RANGE, "there is no transition to learn from");
    }
    if (d->gradient_steps == 0) {
        titri_encoder_settle(&d->encoder);
    }
    for (int64_t k = 0; k < steps; k++) {
        TITR_TRY(d->def.gru > 0 ? titri_sequence_step(d, err) : titri_gradient_step(d, err));
    }
    return TITR_OK;
}
