// SPDX-License-Identifier: GPL-3.0-or-later
#include "head.h"

#include "titrate/base/math.h"

#include <math.h>

static double atom(const titri_head *h, const float *out, size_t level, size_t i)
{
    return (double)out[level * h->stride_level + i * h->stride_atom];
}

double titri_head_place(const titri_head *h, size_t i)
{
    if (h->kind != TITRI_HEAD_CATEGORICAL) {
        return 0.0;
    }
    return h->v_min + (h->v_max - h->v_min) * (double)i / (double)(h->atoms - 1);
}

static double midpoint(const titri_head *h, const float *tau, size_t i)
{
    return tau != NULL ? (double)tau[i] : ((double)i + 0.5) / (double)h->atoms;
}

/* Softmax of a level's logits. */
static void probabilities(const titri_head *h, const float *out, size_t level, double *p)
{
    double most = -HUGE_VAL, sum = 0.0;
    for (size_t i = 0; i < h->atoms; i++) {
        p[i] = atom(h, out, level, i);
        most = p[i] > most ? p[i] : most;
    }
    for (size_t i = 0; i < h->atoms; i++) {
        p[i] = titr_exp(p[i] - most);
        sum += p[i];
    }
    for (size_t i = 0; i < h->atoms; i++) {
        p[i] /= sum;
    }
}

/* Mean of the worst share of a categorical distribution: its atoms from below until the share is
 * full. */
static double categorical_value(const titri_head *h, const float *out, size_t level)
{
    double p[TITRI_ATOMS_MAX], left = h->cvar, sum = 0.0;
    probabilities(h, out, level, p);
    for (size_t i = 0; i < h->atoms; i++) {
        const double taken = h->cvar < 1.0 && p[i] > left ? left : p[i];
        sum += taken * titri_head_place(h, i);
        left -= taken;
    }
    return sum / h->cvar;
}

/* Ascending. */
static void sort(double *value, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const double moved = value[i];
        size_t k = i;
        for (; k > 0 && value[k - 1] > moved; k--) {
            value[k] = value[k - 1];
        }
        value[k] = moved;
    }
}

/* Mean of the worst share of quantiles of equal mass; the one on the border counts in part. */
static double quantile_value(const titri_head *h, const float *out, size_t level)
{
    double value[TITRI_ATOMS_MAX], sum = 0.0, left = h->cvar * (double)h->atoms;
    for (size_t i = 0; i < h->atoms; i++) {
        value[i] = atom(h, out, level, i);
        sum += value[i];
    }
    if (h->cvar >= 1.0) {
        return sum / (double)h->atoms;
    }
    sort(value, h->atoms);
    sum = 0.0;
    for (size_t i = 0; left > 0.0; i++, left -= 1.0) {
        sum += left < 1.0 ? left * value[i] : value[i];
    }
    return sum / (h->cvar * (double)h->atoms);
}

void titri_head_values(const titri_head *h, const float *out, double *q)
{
    for (size_t a = 0; a < h->n_levels; a++) {
        switch (h->kind) {
        case TITRI_HEAD_CATEGORICAL:
            q[a] = categorical_value(h, out, a);
            break;
        case TITRI_HEAD_QUANTILE:
            q[a] = quantile_value(h, out, a);
            break;
        default:
            q[a] = atom(h, out, a, 0);
        }
    }
}

/* L'(delta) of the two losses. */
static double slope(titri_loss loss, double delta)
{
    if (loss == TITRI_LOSS_HUBER) {
        return delta > 1.0 ? 1.0 : delta < -1.0 ? -1.0 : delta;
    }
    return delta;
}

static double learn_scalar(const titri_head *h, const float *out, size_t level,
                           const titri_aim *aim, float *dout)
{
    const double target = aim->reward + aim->discount * atom(h, aim->next_out, aim->next_level, 0);
    const double delta = target - atom(h, out, level, 0);
    dout[level * h->stride_level] = (float)(-aim->weight * slope(h->loss, delta));
    return fabs(delta);
}

/* The target distribution on the atoms: each target atom is shared by its two neighbours, one
 * outside of [v_min, v_max] counts as the outer atom. */
static void project(const titri_head *h, const titri_aim *aim, double *m)
{
    double p[TITRI_ATOMS_MAX];
    const double apart = (h->v_max - h->v_min) / (double)(h->atoms - 1);
    probabilities(h, aim->next_out, aim->next_level, p);
    for (size_t i = 0; i < h->atoms; i++) {
        m[i] = 0.0;
    }
    for (size_t i = 0; i < h->atoms; i++) {
        double at = (aim->reward + aim->discount * titri_head_place(h, i) - h->v_min) / apart;
        at = at < 0.0 ? 0.0 : at > (double)(h->atoms - 1) ? (double)(h->atoms - 1) : at;
        const size_t below = at >= (double)(h->atoms - 1) ? h->atoms - 2 : (size_t)at;
        const double share = at - (double)below;
        m[below] += p[i] * (1.0 - share);
        m[below + 1] += p[i] * share;
    }
}

static double learn_categorical(const titri_head *h, const float *out, size_t level,
                                const titri_aim *aim, float *dout)
{
    double p[TITRI_ATOMS_MAX], m[TITRI_ATOMS_MAX], divergence = 0.0;
    probabilities(h, out, level, p);
    project(h, aim, m);
    for (size_t i = 0; i < h->atoms; i++) {
        dout[level * h->stride_level + i * h->stride_atom] = (float)(aim->weight * (p[i] - m[i]));
        if (m[i] > 0.0) {
            divergence += m[i] * (titr_log(m[i]) - titr_log(p[i] > 1e-300 ? p[i] : 1e-300));
        }
    }
    return divergence > 0.0 ? divergence : 0.0;
}

static double learn_quantile(const titri_head *h, const float *out, const float *tau, size_t level,
                             const titri_aim *aim, float *dout)
{
    double target[TITRI_ATOMS_MAX], apart = 0.0;
    const double n = (double)h->atoms;
    for (size_t j = 0; j < h->atoms; j++) {
        target[j] = aim->reward + aim->discount * atom(h, aim->next_out, aim->next_level, j);
    }
    for (size_t i = 0; i < h->atoms; i++) {
        const double value = atom(h, out, level, i), at = midpoint(h, tau, i);
        double sum = 0.0;
        for (size_t j = 0; j < h->atoms; j++) {
            const double u = target[j] - value;
            sum += (u < 0.0 ? 1.0 - at : at) * slope(h->loss, u);
            apart += fabs(u);
        }
        dout[level * h->stride_level + i * h->stride_atom] = (float)(-aim->weight * sum / n);
    }
    return apart / (n * n);
}

double titri_head_learn(const titri_head *h, const float *out, const float *tau, size_t level,
                        const titri_aim *aim, float *dout)
{
    switch (h->kind) {
    case TITRI_HEAD_CATEGORICAL:
        return learn_categorical(h, out, level, aim, dout);
    case TITRI_HEAD_QUANTILE:
        return learn_quantile(h, out, tau, level, aim, dout);
    default:
        return learn_scalar(h, out, level, aim, dout);
    }
}
