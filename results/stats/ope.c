// SPDX-License-Identifier: GPL-3.0-or-later
/* Weighted estimates of a policy's return from another's episodes. Weights are kept as logarithms
 * and scaled by their largest at each step: only ratios of them count, and products over thousands
 * of steps leave the range of doubles. */
#include "titrate/stats/ope.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *titr_ope_name(titr_ope_method method)
{
    static const char *const names[TITR_OPE_N] = {"wis", "pdwis", "dr", "wdr", "fqe"};
    return names[method];
}

/* One episode on its way through the steps. */
typedef struct walker {
    double log_w, before; /* log of w_t, and of w_{t-1} */
    double discount;      /* G_t; 0 once it has ended */
} walker;

/* Sums over the episodes at one step. */
typedef struct step_sums {
    double w, squares;  /* of w_t, scaled by its largest */
    double before;      /* of w_{t-1}, scaled by its own */
    double discount, n; /* of G_t; of counts */
} step_sums;

static double count_of(const titr_ope_data *d, size_t i)
{
    return d->count == NULL ? 1.0 : d->count[i];
}

static double ratio_of(const titr_ope_data *d, size_t k)
{
    return d->choice[k] ? d->target[k] / d->behaviour[k] : 1.0;
}

static titr_status check_step(const titr_ope_data *d, size_t k, titr_error *err)
{
    if (!(d->behaviour[k] > 0.0 && d->behaviour[k] <= 1.0) ||
        !(d->target[k] >= 0.0 && d->target[k] <= 1.0)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "step %zu: probability %g under the behaviour (above 0, at most 1), %g "
                         "under the target (0 to 1)",
                         k, d->behaviour[k], d->target[k]);
    }
    if (!isfinite(d->reward[k]) || !(d->discount[k] >= 0.0 && d->discount[k] <= 1.0)) {
        return titr_fail(err, TITR_ERR_CONFIG, "step %zu: reward %g, discount %g (0 to 1)", k,
                         d->reward[k], d->discount[k]);
    }
    return TITR_OK;
}

/* @param[out] chance 1 = the behaviour left something to chance */
static titr_status check(const titr_ope_data *d, int *chance, titr_error *err)
{
    *chance = 0;
    if (d->n == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "no episode to estimate from");
    }
    for (size_t k = d->first[0]; k < d->first[d->n]; k++) {
        TITR_TRY(check_step(d, k, err));
        *chance |= d->choice[k] && d->behaviour[k] < 1.0;
    }
    return TITR_OK;
}

static size_t steps_of(const titr_ope_data *d, size_t i)
{
    return d->first[i + 1] - d->first[i];
}

static size_t longest(const titr_ope_data *d)
{
    size_t most = 0;
    for (size_t i = 0; i < d->n; i++) {
        most = steps_of(d, i) > most ? steps_of(d, i) : most;
    }
    return most;
}

/* exp(x - most), 0 where all weights are 0. */
static double scaled(double x, double most)
{
    return isinf(most) ? 0.0 : exp(x - most);
}

/* Step t of every episode: weights go on, and are summed. @param[out] most largest logarithms of
 * w_t and w_{t-1} */
static step_sums advance(const titr_ope_data *d, walker *walkers, size_t t, double most[2])
{
    step_sums s = {0.0, 0.0, 0.0, 0.0, 0.0};
    most[0] = most[1] = -HUGE_VAL;
    for (size_t i = 0; i < d->n; i++) {
        walker *a = &walkers[i];
        a->before = a->log_w;
        if (t < steps_of(d, i)) {
            a->log_w += log(ratio_of(d, d->first[i] + t));
        } else {
            a->discount = 0.0;
        }
        if (count_of(d, i) > 0.0) {
            most[0] = fmax(most[0], a->log_w);
            most[1] = fmax(most[1], a->before);
        }
    }
    for (size_t i = 0; i < d->n; i++) {
        const double c = count_of(d, i), w = scaled(walkers[i].log_w, most[0]);
        s.w += c * w;
        s.squares += c * w * w;
        s.before += c * scaled(walkers[i].before, most[1]);
        s.discount += c * walkers[i].discount;
        s.n += c;
    }
    return s;
}

static double share(double part, double sum)
{
    return sum > 0.0 ? part / sum : 0.0;
}

/* --- (2) and (4) --- */

static double step_value(const titr_ope_data *d, titr_ope_method method, const walker *walkers,
                         size_t t, const step_sums *s, const double most[2])
{
    double sum = 0.0;
    for (size_t i = 0; i < d->n; i++) {
        const size_t k = d->first[i] + t;
        if (t < steps_of(d, i)) {
            const double c = count_of(d, i) * walkers[i].discount;
            const double u = share(scaled(walkers[i].log_w, most[0]), s->w);
            const double before = share(scaled(walkers[i].before, most[1]), s->before);
            sum += c * u * d->reward[k];
            sum += method == TITR_OPE_WDR ? c * (before * d->v[k] - u * d->q[k]) : 0.0;
        }
    }
    return sum;
}

static void by_step(const titr_ope_data *d, titr_ope_method method, walker *walkers,
                    titr_ope_estimate *out)
{
    const size_t steps = longest(d);
    double value = 0.0, squares = 0.0, variance = 0.0, most[2];
    for (size_t t = 0; t < steps; t++) {
        const step_sums s = advance(d, walkers, t, most);
        const double g = share(s.discount, s.n);
        value += step_value(d, method, walkers, t, &s, most);
        squares += g * g;
        variance += g * g * share(s.squares, s.w * s.w);
        variance = s.w > 0.0 ? variance : HUGE_VAL;
        for (size_t i = 0; i < d->n; i++) {
            if (t < steps_of(d, i)) {
                walkers[i].discount *= d->discount[d->first[i] + t];
            }
        }
    }
    out->value = value;
    out->ess = variance > 0.0 ? squares / variance : 0.0;
}

/* --- (1) and (3) --- */

static double discounted_return(const titr_ope_data *d, size_t i)
{
    double sum = 0.0;
    for (size_t k = d->first[i + 1]; k-- > d->first[i];) {
        sum = d->reward[k] + d->discount[k] * sum;
    }
    return sum;
}

static double doubly_robust(const titr_ope_data *d, size_t i)
{
    double value = 0.0;
    for (size_t k = d->first[i + 1]; k-- > d->first[i];) {
        value = d->v[k] + ratio_of(d, k) * (d->reward[k] + d->discount[k] * value - d->q[k]);
    }
    return value;
}

/* Weights of whole episodes, and with them WIS; DR has its own. */
static void by_episode(const titr_ope_data *d, titr_ope_method method, walker *walkers,
                       titr_ope_estimate *out)
{
    double most = -HUGE_VAL, sum = 0.0, squares = 0.0, weighted = 0.0, robust = 0.0, n = 0.0;
    for (size_t i = 0; i < d->n; i++) {
        for (size_t k = d->first[i]; k < d->first[i + 1]; k++) {
            walkers[i].log_w += log(ratio_of(d, k));
        }
        most = count_of(d, i) > 0.0 ? fmax(most, walkers[i].log_w) : most;
    }
    for (size_t i = 0; i < d->n; i++) {
        const double c = count_of(d, i), w = scaled(walkers[i].log_w, most);
        n += c;
        sum += c * w;
        squares += c * w * w;
        weighted += c * w * discounted_return(d, i);
        robust += method == TITR_OPE_DR && c > 0.0 ? c * doubly_robust(d, i) : 0.0;
    }
    out->value = method == TITR_OPE_DR ? share(robust, n) : share(weighted, sum);
    out->ess = share(sum * sum, squares);
}

static void by_model(const titr_ope_data *d, titr_ope_estimate *out)
{
    double sum = 0.0, n = 0.0;
    for (size_t i = 0; i < d->n; i++) {
        sum += steps_of(d, i) > 0 ? count_of(d, i) * d->v[d->first[i]] : 0.0;
        n += count_of(d, i);
    }
    out->value = share(sum, n);
    out->ess = n;
}

static titr_status by_weights(const titr_ope_data *d, titr_ope_method method,
                              titr_ope_estimate *out, titr_error *err)
{
    walker *walkers = calloc(d->n, sizeof *walkers);
    if (walkers == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the weights of %zu episodes", d->n);
    }
    for (size_t i = 0; i < d->n; i++) {
        walkers[i].discount = 1.0;
    }
    if (method == TITR_OPE_PDWIS || method == TITR_OPE_WDR) {
        by_step(d, method, walkers, out);
    } else {
        by_episode(d, method, walkers, out);
    }
    free(walkers);
    return TITR_OK;
}

static void refuse(titr_ope_estimate *out, titr_ope_refusal why)
{
    out->value = (double)NAN;
    out->refusal = why;
}

titr_status titr_ope(const titr_ope_data *data, titr_ope_method method, titr_ope_estimate *out,
                     titr_error *err)
{
    const int modelled =
        method == TITR_OPE_DR || method == TITR_OPE_WDR || method == TITR_OPE_MODEL;
    int chance = 0;
    titr_ope_estimate e = {0.0, 0.0, TITR_OPE_FINE};
    TITR_TRY(check(data, &chance, err));
    if (modelled && (data->q == NULL || data->v == NULL)) {
        refuse(&e, TITR_OPE_NO_MODEL);
    } else if (method == TITR_OPE_MODEL) {
        by_model(data, &e);
    } else if (!chance) {
        refuse(&e, TITR_OPE_DETERMINISTIC);
    } else {
        TITR_TRY(by_weights(data, method, &e, err));
        if (!(e.ess >= data->least_ess) || !isfinite(e.value)) {
            refuse(&e, TITR_OPE_LOW_ESS);
        }
    }
    *out = e;
    return TITR_OK;
}

void titr_ope_why(const titr_ope_data *data, const titr_ope_estimate *estimate, char *text,
                  size_t size)
{
    switch (estimate->refusal) {
    case TITR_OPE_DETERMINISTIC:
        (void)snprintf(text, size,
                       "the behaviour left nothing to chance: only fitted Q evaluation");
        return;
    case TITR_OPE_LOW_ESS:
        (void)snprintf(text, size, "effective sample size %.1f < %g", estimate->ess,
                       data->least_ess);
        return;
    case TITR_OPE_NO_MODEL:
        (void)snprintf(text, size, "needs a model of the policy's values");
        return;
    case TITR_OPE_FINE:
        break;
    }
    (void)snprintf(text, size, "effective sample size %.1f", estimate->ess);
}
