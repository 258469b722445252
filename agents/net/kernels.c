// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels.h"

#include "titrate/base/lanes.h"
#include "titrate/base/rng.h"

#include <math.h>

#define ROOT(x) _Generic((x), float : sqrtf, default : sqrt)(x)
/* Loop whose turns have nothing to do with each other. */
#define FOR_EACH(i, n) TITR_PRAGMA(omp simd) for (size_t i = 0; (i) < (n); (i)++)

static void column_sums(const titr_real *x, size_t rows, size_t n, titr_real *sum)
{
    memset(sum, 0, n * sizeof *sum);
    for (size_t r = 0; r < rows; r++, x += n) {
        FOR_EACH(j, n)
        {
            sum[j] += x[j];
        }
    }
}

static void noisy_weights(const titr_real *mu, const titr_real *sigma, const titr_real *e_in,
                          const titr_real *e_out, size_t in, size_t out, titr_real *w)
{
    for (size_t i = 0; i < in; i++) {
        const titr_real e = e_in != NULL ? e_in[i] : 1;
        FOR_EACH(j, out)
        {
            w[i * out + j] = mu[i * out + j] + sigma[i * out + j] * (e * e_out[j]);
        }
    }
}

static void noisy_grad(const titr_real *dw, const titr_real *e_in, const titr_real *e_out,
                       size_t in, size_t out, titr_real *dsigma)
{
    for (size_t i = 0; i < in; i++) {
        const titr_real e = e_in != NULL ? e_in[i] : 1;
        FOR_EACH(j, out)
        {
            dsigma[i * out + j] = dw[i * out + j] * (e * e_out[j]);
        }
    }
}

static int at_most_one(const titr_real *dy, size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++, dy += n) {
        size_t count = 0;
        for (size_t j = 0; j < n; j++) {
            count += dy[j] != 0;
        }
        if (count > 1) {
            return 0;
        }
    }
    return 1;
}

/* Without branches: where it is cannot be foreseen. */
static size_t place_of_the_one(const titr_real *dy, size_t n)
{
    size_t at = 0;
    for (size_t j = 1; j < n; j++) {
        at |= j & ((size_t)0 - (size_t)(dy[j] != 0));
    }
    return at;
}

static void turn(const titr_real *from, size_t rows, size_t cols, titr_real *to)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < cols; c++) {
            to[c * rows + r] = from[r * cols + c];
        }
    }
}

static void taken_dx(const titri_taken *t)
{
    turn(t->w, t->in, t->out, t->turned);
    for (size_t r = 0; r < t->rows; r++) {
        const titr_real *dy = t->dy + r * t->out;
        const size_t at = place_of_the_one(dy, t->out);
        const titr_real d = dy[at], *w = t->turned + at * t->in;
        titr_real *dx = t->dx + r * t->in;
        if (t->mask != NULL) {
            const titr_real *open = t->mask + r * t->in;
            FOR_EACH(i, t->in)
            {
                dx[i] = open[i] > 0 ? 0 + d * w[i] : 0;
            }
        } else {
            FOR_EACH(i, t->in)
            {
                dx[i] = 0 + d * w[i];
            }
        }
    }
}

static void taken(const titri_taken *t)
{
    memset(t->turned, 0, t->in * t->out * sizeof *t->turned);
    for (size_t r = 0; r < t->rows; r++) {
        const titr_real *dy = t->dy + r * t->out, *x = t->x + r * t->in;
        const size_t at = place_of_the_one(dy, t->out);
        const titr_real d = dy[at];
        titr_real *dw = t->turned + at * t->in;
        FOR_EACH(i, t->in)
        {
            dw[i] += x[i] * d;
        }
    }
    turn(t->turned, t->out, t->in, t->dw);
    if (t->dx != NULL) {
        taken_dx(t);
    }
}

static void noise(titr_rng_key key, size_t n, titr_real *out)
{
    FOR_EACH(i, n)
    {
        const double e = titr_rng_normal(key, (uint32_t)i);
        out[i] = (titr_real)copysign(sqrt(fabs(e)), e);
    }
}

static void dueling(const titr_real *v, const titr_real *a, size_t rows, size_t levels,
                    size_t atoms, titr_real *out)
{
    const titr_real share = (titr_real)1 / (titr_real)levels;
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < atoms; i++) {
            titr_real sum = 0;
            for (size_t l = 0; l < levels; l++) {
                sum += a[l * atoms + i];
            }
            const titr_real base = v[i] - sum * share;
            for (size_t l = 0; l < levels; l++) {
                out[l * atoms + i] = base + a[l * atoms + i];
            }
        }
        v += atoms;
        a += levels * atoms;
        out += levels * atoms;
    }
}

static void dueling_grad(const titr_real *dout, size_t rows, size_t levels, size_t atoms,
                         titr_real *dv, titr_real *da)
{
    const titr_real share = (titr_real)1 / (titr_real)levels;
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < atoms; i++) {
            titr_real sum = 0;
            for (size_t l = 0; l < levels; l++) {
                sum += dout[l * atoms + i];
            }
            dv[i] = sum;
            for (size_t l = 0; l < levels; l++) {
                da[l * atoms + i] = dout[l * atoms + i] - sum * share;
            }
        }
        dout += levels * atoms;
        dv += atoms;
        da += levels * atoms;
    }
}

static inline double sigmoid(double x)
{
    return 1.0 / (1.0 + titr_exp(-x));
}

static void gru(const titri_gates *g)
{
    const size_t u = g->units;
    for (size_t row = 0; row < g->rows; row++) {
        const titr_real *in = g->input + row * 3 * u, *state = g->state + row * 3 * u;
        const titr_real *h = g->before + row * u;
        titr_real *gate = g->gate + row * 3 * u, *n_state = g->n_state + row * u;
        titr_real *after = g->after + row * u;
        FOR_EACH(i, u)
        {
            const double r = sigmoid((double)(in[i] + state[i]));
            const double z = sigmoid((double)(in[u + i] + state[u + i]));
            const double n = titr_tanh((double)in[2 * u + i] + r * (double)state[2 * u + i]);
            gate[i] = (titr_real)r;
            gate[u + i] = (titr_real)z;
            gate[2 * u + i] = (titr_real)n;
            n_state[i] = state[2 * u + i];
            after[i] = (titr_real)(n + z * ((double)h[i] - n));
        }
    }
}

static void gru_grad(const titri_gates *g)
{
    const size_t u = g->units;
    for (size_t row = 0; row < g->rows; row++) {
        const titr_real *gate = g->gate + row * 3 * u, *n_state = g->n_state + row * u;
        const titr_real *h = g->before + row * u;
        titr_real *din = g->input + row * 3 * u, *dstate = g->state + row * 3 * u;
        titr_real *dh = g->after + row * u;
        FOR_EACH(i, u)
        {
            const titr_real r = gate[i], z = gate[u + i], n = gate[2 * u + i];
            const titr_real dn = dh[i] * (1 - z) * (1 - n * n);
            const titr_real dr = dn * n_state[i] * r * (1 - r);
            const titr_real dz = dh[i] * (h[i] - n) * z * (1 - z);
            din[i] = dr;
            din[u + i] = dz;
            din[2 * u + i] = dn;
            dstate[i] = dr;
            dstate[u + i] = dz;
            dstate[2 * u + i] = dn * r;
            dh[i] = dh[i] * z;
        }
    }
}

/* cos(pi x), 0 <= x <= 1, error below 1e-15: the sine of pi (1/2 - x) by its series. */
static inline double cos_pi(double x)
{
    static const double c[8] = {1.0,
                                -0x1.5555555555555p-3,
                                0x1.1111111111111p-7,
                                -0x1.a01a01a01a01ap-13,
                                0x1.71de3a556c734p-19,
                                -0x1.ae64567f544e4p-26,
                                0x1.6124613a86d09p-33,
                                -0x1.ae7f3e733b81fp-41};
    const double y = (0.5 - x) * 0x1.921fb54442d18p+1;
    return y * titri_polynomial(c, y * y);
}

enum { STRIDE = 8 }; /* terms of cosines that are computed at a time, in any variant */

/* cos((k + s) y) = 2 cos(s y) cos(k y) - cos((k - s) y): the first terms with s = 1, then STRIDE
 * terms from the 2 STRIDE before. In double: rounding grows with the number of terms. */
static void cosines(const titr_real *tau, size_t rows, size_t n, titr_real *out)
{
    for (size_t r = 0; r < rows; r++, out += n) {
        double old[STRIDE], now[STRIDE + 1];
        now[0] = 1.0;
        now[1] = cos_pi((double)tau[r]);
        for (size_t i = 2; i <= STRIDE; i++) {
            now[i] = 2.0 * now[1] * now[i - 1] - now[i - 2];
        }
        const double twice = 2.0 * now[STRIDE];
        for (size_t i = 0; i < STRIDE; i++) {
            old[i] = now[STRIDE - i]; /* cos is even */
        }
        for (size_t k = 0; k < n; k += STRIDE) {
            const size_t m = n - k < STRIDE ? n - k : STRIDE;
            for (size_t i = 0; i < m; i++) {
                out[k + i] = (titr_real)now[i];
            }
            TITR_PRAGMA(omp simd)
            for (size_t i = 0; i < STRIDE; i++) {
                const double next = twice * now[i] - old[i];
                old[i] = now[i];
                now[i] = next;
            }
        }
    }
}

static void modulate(const titr_real *psi, const titr_real *phi, size_t rows, size_t taus, size_t n,
                     titr_real *y)
{
    for (size_t r = 0; r < rows; r++, psi += n) {
        for (size_t t = 0; t < taus; t++, phi += n, y += n) {
            FOR_EACH(i, n)
            {
                y[i] = psi[i] * phi[i];
            }
        }
    }
}

static void modulate_grad(const titr_real *psi, const titr_real *phi, const titr_real *dy,
                          const titr_real *mask, size_t rows, size_t taus, size_t n,
                          titr_real *dphi, titr_real *dpsi)
{
    for (size_t r = 0; r < rows; r++, psi += n, dpsi += n) {
        memset(dpsi, 0, n * sizeof *dpsi);
        for (size_t t = 0; t < taus; t++, phi += n, dy += n, dphi += n) {
            FOR_EACH(i, n)
            {
                dphi[i] = phi[i] > 0 ? psi[i] * dy[i] : 0;
                dpsi[i] += phi[i] * dy[i];
            }
        }
        if (mask != NULL) {
            const titr_real *open = mask + r * n;
            FOR_EACH(i, n)
            {
                dpsi[i] = open[i] > 0 ? dpsi[i] : 0;
            }
        }
    }
}

static void softmax(const titr_real *x, size_t rows, size_t n, titr_real *p)
{
    for (size_t r = 0; r < rows; r++, x += n, p += n) {
        titr_real top = x[0];
        for (size_t i = 1; i < n; i++) {
            top = x[i] > top ? x[i] : top;
        }
        FOR_EACH(i, n)
        {
            p[i] = (titr_real)titr_exp((double)(x[i] - top));
        }
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) {
            sum += (double)p[i];
        }
        const titr_real share = (titr_real)(1.0 / sum);
        FOR_EACH(i, n)
        {
            p[i] *= share;
        }
    }
}

static void adam(const titri_adam_step *s, size_t n, const titr_real *g, titr_real *m, titr_real *v,
                 titr_real *p)
{
    const titri_adam_step c = *s;
    FOR_EACH(i, n)
    {
        m[i] += c.keep1 * (g[i] - m[i]);
        v[i] += c.keep2 * (g[i] * g[i] - v[i]);
        p[i] -= c.rate * m[i] / (ROOT(v[i]) * c.root_scale + c.eps);
    }
}

static void rmsprop(const titri_adam_step *s, size_t n, const titr_real *g, titr_real *v,
                    titr_real *p)
{
    const titri_adam_step c = *s;
    FOR_EACH(i, n)
    {
        v[i] += c.keep2 * (g[i] * g[i] - v[i]);
        p[i] -= c.rate * g[i] / (ROOT(v[i]) + c.eps);
    }
}

static double sum_of_squares(const titr_real *x, size_t n)
{
    double part[8] = {0.0};
    for (size_t i = 0; i < n; i += 8) {
        const size_t m = n - i < 8 ? n - i : 8;
        if (m == 8) {
            TITR_PRAGMA(omp simd)
            for (size_t l = 0; l < 8; l++) {
                part[l] += (double)x[i + l] * (double)x[i + l];
            }
        } else {
            for (size_t l = 0; l < m; l++) {
                part[l] += (double)x[i + l] * (double)x[i + l];
            }
        }
    }
    return ((part[0] + part[1]) + (part[2] + part[3])) +
           ((part[4] + part[5]) + (part[6] + part[7]));
}

static void scale(titr_real *x, size_t n, titr_real factor)
{
    FOR_EACH(i, n)
    {
        x[i] *= factor;
    }
}

static void mix(titr_real *x, const titr_real *y, size_t n, titr_real share)
{
    FOR_EACH(i, n)
    {
        x[i] += share * (y[i] - x[i]);
    }
}

const titri_kernels TITR_SYMBOL(titri_kernels) = {
    column_sums,  noisy_weights, noisy_grad,     noise,   at_most_one, taken,         dueling,
    dueling_grad, gru,           gru_grad,       cosines, modulate,    modulate_grad, softmax,
    adam,         rmsprop,       sum_of_squares, scale,   mix};
