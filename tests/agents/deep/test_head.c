// SPDX-License-Identifier: GPL-3.0-or-later
/* Losses against their definitions differentiated numerically, projections against the formula of
 * the paper, and risk against sorted outcomes. */
#include "deep/head.h"

#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { LEVELS = 3, ATOMS = 7, OUTS = LEVELS * ATOMS };

static const titr_rng_key key = {.seed = 3, .purpose = TITR_PURPOSE_TEST};

static void fill(float *out, uint32_t from, double scale)
{
    for (uint32_t i = 0; i < OUTS; i++) {
        out[i] = (float)(scale * titr_rng_normal(key, from + i));
    }
}

static titri_head head_of(titri_head_kind kind, titri_loss loss)
{
    const size_t atoms = kind == TITRI_HEAD_SCALAR ? 1 : ATOMS;
    return (titri_head){.kind = kind,
                        .loss = loss,
                        .n_levels = LEVELS,
                        .atoms = atoms,
                        .stride_level = atoms,
                        .stride_atom = 1,
                        .v_min = -3.0,
                        .v_max = 4.0,
                        .cvar = 1.0};
}

static double plain_loss(titri_loss loss, double u)
{
    const double a = fabs(u);
    return loss == TITRI_LOSS_HUBER && a > 1.0 ? a - 0.5 : 0.5 * u * u;
}

static void softmax(const float *logit, double *p)
{
    double sum = 0.0;
    for (int i = 0; i < ATOMS; i++) {
        sum += exp((double)logit[i]);
    }
    for (int i = 0; i < ATOMS; i++) {
        p[i] = exp((double)logit[i]) / sum;
    }
}

/* [bellemare2017], equation 7: m_k = sum_i clip(1 - |clip(R + G z_i) - z_k| / dz) p_i. */
static void paper_projection(const titri_head *h, const titri_aim *aim, double *m)
{
    double p[ATOMS];
    const double dz = (h->v_max - h->v_min) / (ATOMS - 1);
    softmax(&aim->next_out[aim->next_level * ATOMS], p);
    for (int k = 0; k < ATOMS; k++) {
        m[k] = 0.0;
        for (int i = 0; i < ATOMS; i++) {
            const double to = aim->reward + aim->discount * (h->v_min + dz * i);
            const double clipped = fmin(fmax(to, h->v_min), h->v_max);
            m[k] += fmax(0.0, 1.0 - fabs(clipped - (h->v_min + dz * k)) / dz) * p[i];
        }
    }
}

/* The losses (1) to (3) of head.h. */
static double loss_of(const titri_head *h, const float *out, const float *tau, size_t level,
                      const titri_aim *aim)
{
    const float *own = &out[level * h->stride_level];
    const float *next = &aim->next_out[aim->next_level * h->stride_level];
    double loss = 0.0, p[ATOMS], m[ATOMS];
    if (h->kind == TITRI_HEAD_SCALAR) {
        const double target = aim->reward + aim->discount * (double)next[0];
        return aim->weight * plain_loss(h->loss, target - (double)own[0]);
    }
    if (h->kind == TITRI_HEAD_CATEGORICAL) {
        softmax(own, p);
        paper_projection(h, aim, m);
        for (int i = 0; i < ATOMS; i++) {
            loss -= m[i] * log(p[i]);
        }
        return aim->weight * loss;
    }
    for (int i = 0; i < ATOMS; i++) {
        const double at = tau != NULL ? (double)tau[i] : (i + 0.5) / ATOMS;
        for (int j = 0; j < ATOMS; j++) {
            const double u = aim->reward + aim->discount * (double)next[j] - (double)own[i];
            loss += fabs(at - (u < 0.0)) * plain_loss(h->loss, u) / ATOMS;
        }
    }
    return aim->weight * loss;
}

/* Central differences in the outputs; float outputs: a step of 2^-8 is exact to about 1e-5. */
static void check_gradient(const titri_head *h, const float *tau, uint32_t round, double bound)
{
    float out[OUTS], next[OUTS], dout[OUTS] = {0.0F};
    fill(out, round * 1000, 1.5);
    fill(next, round * 1000 + 500, 1.5);
    const titri_aim aim = {.reward = titr_rng_normal(key, round * 1000 + 900),
                           .discount = round % 3 == 0 ? 0.0 : 0.93,
                           .next_out = next,
                           .next_level = round % LEVELS,
                           .weight = 0.25};
    const size_t level = (round / 2) % LEVELS;
    titri_head_learn(h, out, tau, level, &aim, dout);
    for (size_t i = 0; i < LEVELS * h->atoms; i++) {
        const float keep = out[i], step = 0x1p-8F;
        out[i] = keep + step;
        const double up = loss_of(h, out, tau, level, &aim);
        out[i] = keep - step;
        const double down = loss_of(h, out, tau, level, &aim);
        out[i] = keep;
        const double slope = (up - down) / (2.0 * (double)step);
        cr_expect_float_eq((double)dout[i], slope, bound, "round %u, output %zu: %g, not %g", round,
                           i, (double)dout[i], slope);
    }
}

Test(head, gradients_are_those_of_the_losses)
{
    static const float tau[ATOMS] = {0.9F, 0.1F, 0.5F, 0.33F, 0.77F, 0.05F, 0.6F};
    for (uint32_t round = 0; round < 40; round++) {
        for (int loss = TITRI_LOSS_HUBER; loss <= TITRI_LOSS_MSE; loss++) {
            titri_head h = head_of(TITRI_HEAD_SCALAR, (titri_loss)loss);
            check_gradient(&h, NULL, round, 1e-3);
            h = head_of(TITRI_HEAD_CATEGORICAL, (titri_loss)loss);
            check_gradient(&h, NULL, round, 1e-4);
            h = head_of(TITRI_HEAD_QUANTILE, (titri_loss)loss);
            check_gradient(&h, NULL, round, 1e-3);
            check_gradient(&h, tau, round, 1e-3);
        }
    }
}

Test(head, projects_as_the_paper_does)
{
    const titri_head h = head_of(TITRI_HEAD_CATEGORICAL, TITRI_LOSS_HUBER);
    for (uint32_t round = 0; round < 200; round++) {
        float out[OUTS], next[OUTS], dout[OUTS] = {0.0F};
        double p[ATOMS], m[ATOMS];
        fill(out, round * 64, 1.0);
        fill(next, 50000 + round * 64, 2.0);
        const titri_aim aim = {.reward = 3.0 * titr_rng_normal(key, 90000 + round),
                               .discount = round % 4 == 0 ? 1.0 : 0.9,
                               .next_out = next,
                               .next_level = 1,
                               .weight = 1.0};
        titri_head_learn(&h, out, NULL, 2, &aim, dout);
        softmax(&out[2 * ATOMS], p);
        paper_projection(&h, &aim, m);
        for (int i = 0; i < ATOMS; i++) {
            cr_expect_float_eq((double)dout[2 * ATOMS + i], p[i] - m[i], 1e-6, "round %u", round);
        }
    }
}

/* Returns on the atoms themselves, at both ends and beyond them. */
Test(head, a_certain_return_lands_on_its_atom)
{
    const titri_head h = head_of(TITRI_HEAD_CATEGORICAL, TITRI_LOSS_HUBER);
    static const double reward[] = {-3.0, 4.0, -99.0, 99.0};
    static const size_t atom[] = {0, ATOMS - 1, 0, ATOMS - 1};
    for (size_t k = 0; k < 4; k++) {
        float out[OUTS] = {0.0F}, dout[OUTS] = {0.0F};
        const titri_aim aim = {reward[k], 0.0, out, 0, 1.0};
        titri_head_learn(&h, out, NULL, 0, &aim, dout);
        for (size_t i = 0; i < ATOMS; i++) {
            cr_assert_float_eq((double)dout[i], 1.0 / ATOMS - (i == atom[k]), 1e-6);
        }
    }
}

Test(head, values_are_means_of_what_a_share_of_returns_is_worth)
{
    titri_head h = head_of(TITRI_HEAD_CATEGORICAL, TITRI_LOSS_HUBER);
    float out[OUTS];
    double q[LEVELS], p[ATOMS];
    fill(out, 7, 1.0);
    for (int percent = 5; percent <= 100; percent += 5) {
        h.cvar = percent / 100.0;
        titri_head_values(&h, out, q);
        softmax(&out[ATOMS], p);
        double sum = 0.0, seen = 0.0; /* the inverse distribution function, integrated */
        const int n = 200000;
        for (int k = 0, i = 0; k < n; k++) {
            const double u = h.cvar * (k + 0.5) / n;
            while (i < ATOMS - 1 && u > seen + p[i]) {
                seen += p[i++];
            }
            sum += h.v_min + (h.v_max - h.v_min) * i / (ATOMS - 1);
        }
        cr_expect_float_eq(q[1], sum / n, 1e-4, "%d %%", percent);
    }
    h = head_of(TITRI_HEAD_QUANTILE, TITRI_LOSS_HUBER);
    static const float quantile[OUTS] = {0, 1, 2, 3,  4, 5, 6, 9, 9, 9, 9,
                                         9, 9, 9, -1, 0, 0, 0, 0, 0, 1};
    titri_head_values(&h, quantile, q);
    cr_assert_float_eq(q[0], 3.0, 1e-12);
    cr_assert_float_eq(q[2], 0.0, 1e-12);
    h.cvar = 0.5; /* three and a half of seven */
    titri_head_values(&h, quantile, q);
    cr_assert_float_eq(q[0], 4.5 / 3.5, 1e-12);
    cr_assert_float_eq(q[2], -1.0 / 3.5, 1e-12);
    h.cvar = 0.01; /* less than the first quantile: the least */
    titri_head_values(&h, quantile, q);
    cr_assert_float_eq(q[2], -1.0, 1e-12);
}

/* One row after the other, as implicit quantiles stand. */
Test(head, the_layout_of_the_outputs_changes_nothing)
{
    titri_head a = head_of(TITRI_HEAD_QUANTILE, TITRI_LOSS_HUBER), b = a;
    b.stride_level = 1;
    b.stride_atom = LEVELS;
    float out[OUTS], turned[OUTS], dout[OUTS] = {0.0F}, dturned[OUTS] = {0.0F};
    double q[LEVELS], q_turned[LEVELS];
    fill(out, 99, 1.0);
    for (int l = 0; l < LEVELS; l++) {
        for (int i = 0; i < ATOMS; i++) {
            turned[i * LEVELS + l] = out[l * ATOMS + i];
        }
    }
    titri_head_values(&a, out, q);
    titri_head_values(&b, turned, q_turned);
    cr_assert_arr_eq(q, q_turned, sizeof q);
    const titri_aim aim_a = {0.5, 0.9, out, 2, 1.0}, aim_b = {0.5, 0.9, turned, 2, 1.0};
    const double delta = titri_head_learn(&a, out, NULL, 1, &aim_a, dout);
    cr_assert_eq(titri_head_learn(&b, turned, NULL, 1, &aim_b, dturned), delta);
    for (int i = 0; i < ATOMS; i++) {
        cr_assert_eq(dturned[i * LEVELS + 1], dout[ATOMS + i]);
    }
}
