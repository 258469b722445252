// SPDX-License-Identifier: GPL-3.0-or-later
/* Equations (2) and (4) of q_learning.c over features:
 *
 *   Q(s, a) = w_1 + ... + w_k over the k active features                                    (1)
 *   w_i += (alpha_i / k) (target - Q(s, a))                                                 (2)
 *
 * the semi-gradient step of a linear value with a step size that k tilings share
 * [sutton2018, 9.5.4 and 9.6]. With one tiling it is the table's. */
#include "table.h"

#include "titrate/base/math.h"

#include <stdlib.h>
#include <string.h>

int titri_qtable_init(titri_qtable *t, size_t n_features, size_t n_levels,
                      const titri_tabular_def *def)
{
    const size_t n = n_features * n_levels;
    *t = (titri_qtable){
        .n_features = n_features, .n_levels = n_levels, .tilings = (size_t)def->tilings};
    t->q = malloc(n * sizeof *t->q);
    t->visits = calloc(n, sizeof *t->visits);
    t->variance = calloc(n, sizeof *t->variance);
    t->weight = calloc(n, sizeof *t->weight);
    if (t->q == NULL || t->visits == NULL || t->variance == NULL || t->weight == NULL) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        t->q[i] = def->initial_value / (double)t->tilings;
    }
    return 1;
}

void titri_qtable_fini(titri_qtable *t)
{
    free(t->q);
    free(t->visits);
    free(t->variance);
    free(t->weight);
}

titr_status titri_qtable_visit(titri_qtable *t, titr_visitor *v, titr_error *err)
{
    const size_t shape[2] = {t->n_features, t->n_levels};
    TITR_TRY(titr_state_visit(v, "q", TITR_F64, 2, shape, t->q, err));
    TITR_TRY(titr_state_visit(v, "visits", TITR_U32, 2, shape, t->visits, err));
    TITR_TRY(titr_state_visit(v, "variance", TITR_F64, 2, shape, t->variance, err));
    return titr_state_visit(v, "weight", TITR_F64, 2, shape, t->weight, err);
}

size_t titri_qtable_pair_bytes(void)
{
    return 3 * sizeof(double) + sizeof(uint32_t);
}

void titri_qtable_values(const titri_qtable *t, const size_t *feature, double *value)
{
    memcpy(value, &t->q[feature[0] * t->n_levels], t->n_levels * sizeof *value);
    for (size_t k = 1; k < t->tilings; k++) {
        const double *q = &t->q[feature[k] * t->n_levels];
        for (size_t a = 0; a < t->n_levels; a++) {
            value[a] += q[a];
        }
    }
}

double titri_qtable_value(const titri_qtable *t, const int64_t *pair)
{
    double value = t->q[pair[0]];
    for (size_t k = 1; k < t->tilings; k++) {
        value += t->q[pair[k]];
    }
    return value;
}

uint32_t titri_qtable_tried(const titri_qtable *t, const size_t *feature, size_t level)
{
    uint32_t least = UINT32_MAX;
    for (size_t k = 0; k < t->tilings; k++) {
        const uint32_t visits = t->visits[feature[k] * t->n_levels + level];
        least = visits < least ? visits : least;
    }
    return least;
}

double titri_qtable_uncertainty(const titri_qtable *t, const size_t *feature, size_t level)
{
    double sum = 0.0;
    for (size_t k = 0; k < t->tilings; k++) {
        const size_t pair = feature[k] * t->n_levels + level;
        sum += t->variance[pair] * t->weight[pair];
    }
    return sum / (double)t->tilings;
}

double titri_step_size(const titri_tabular_def *def, uint32_t visits)
{
    const double fall = titr_pow(1.0 + def->alpha_decay * visits, def->alpha_power);
    const double alpha = def->alpha_from / fall;
    return alpha > def->alpha_to ? alpha : def->alpha_to;
}

void titri_qtable_count(titri_qtable *t, size_t pair, double alpha)
{
    t->weight[pair] = (1.0 - alpha) * (1.0 - alpha) * t->weight[pair] + alpha * alpha;
    t->visits[pair] += t->visits[pair] < UINT32_MAX;
}

void titri_qtable_spread(titri_qtable *t, size_t pair, double alpha, double before, double after)
{
    t->variance[pair] += alpha * (before * after - t->variance[pair]);
}

void titri_qtable_update(titri_qtable *t, const titri_tabular_def *def, const int64_t *pair,
                         double target)
{
    const double before = target - titri_qtable_value(t, pair);
    double alpha[TITRI_TILINGS_MAX];
    for (size_t k = 0; k < t->tilings; k++) {
        alpha[k] = titri_step_size(def, t->visits[pair[k]]);
        t->q[pair[k]] += alpha[k] / (double)t->tilings * before;
    }
    const double after = target - titri_qtable_value(t, pair);
    for (size_t k = 0; k < t->tilings; k++) {
        titri_qtable_spread(t, (size_t)pair[k], alpha[k], before, after);
        titri_qtable_count(t, (size_t)pair[k], alpha[k]);
    }
}
