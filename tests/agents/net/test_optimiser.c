// SPDX-License-Identifier: GPL-3.0-or-later
/* Adam and RMSprop against their definitions written out in double, and what is known in closed
 * form; clipping, target updates, saving. */
#include "titrate/agents/optimiser.h"

#include "titrate/base/visit_memory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { N = 21 };

static titr_optimiser *optimiser(titr_optimiser_def def)
{
    titr_error err = {.what = ""};
    titr_optimiser *o = NULL;
    cr_assert(titr_optimiser_create(&def, N, &o, &err) == TITR_OK, "%s", err.what);
    return o;
}

/* Gradients of very different sizes. */
static void gradient(int step, float *g)
{
    for (int i = 0; i < N; i++) {
        g[i] = (float)(sin(1.0 + i + 0.7 * step) * pow(10.0, i % 5 - 3));
    }
}

/* kingma2015, algorithm 1, moments summed up anew at each step. */
static double adam_move(const double *g, int t, double rate)
{
    double m = 0.0, v = 0.0;
    for (int k = 1; k <= t; k++) {
        m += (1.0 - 0.9) * pow(0.9, t - k) * g[k];
        v += (1.0 - 0.999) * pow(0.999, t - k) * g[k] * g[k];
    }
    const double m_hat = m / (1.0 - pow(0.9, t)), v_hat = v / (1.0 - pow(0.999, t));
    return -rate * m_hat / (sqrt(v_hat) + 1e-8);
}

static double rmsprop_move(const double *g, int t, double rate)
{
    double v = 0.0;
    for (int k = 1; k <= t; k++) {
        v += (1.0 - 0.99) * pow(0.99, t - k) * g[k] * g[k];
    }
    return -rate * g[t] / (sqrt(v) + 1e-8);
}

static void follows(titr_optimiser_kind kind, double (*move)(const double *, int, double))
{
    enum { STEPS = 30 };
    titr_optimiser *o = optimiser(titr_optimiser_default_def(kind));
    float p[N] = {0}, g[N];
    double past[N][STEPS + 1], want[N] = {0};
    for (int t = 1; t <= STEPS; t++) {
        const double rate = 1e-3 * t; /* the caller's to change */
        gradient(t, g);
        titr_optimiser_step(o, rate, g, p);
        for (int i = 0; i < N; i++) {
            past[i][t] = (double)g[i];
            want[i] += move(past[i], t, rate);
            cr_expect(fabs((double)p[i] - want[i]) <= 2e-5 * rate * t,
                      "step %d, element %d: %g, %g", t, i, (double)p[i], want[i]);
        }
    }
    cr_expect(titr_optimiser_steps(o) == STEPS);
    titr_optimiser_destroy(o);
}

Test(net_optimiser, adam_follows_its_definition)
{
    follows(TITR_ADAM, adam_move);
}

Test(net_optimiser, rmsprop_follows_its_definition)
{
    follows(TITR_RMSPROP, rmsprop_move);
}

/* A constant gradient: Adam moves by lr at every step, whatever its size. */
Test(net_optimiser, adam_of_a_constant_gradient)
{
    titr_optimiser *o = optimiser(titr_optimiser_default_def(TITR_ADAM));
    float p[N] = {0}, g[N];
    for (int i = 0; i < N; i++) {
        g[i] = (i % 2 == 0 ? 1.0F : -1.0F) * (float)pow(10.0, i % 4 - 2);
    }
    for (int t = 1; t <= 100; t++) {
        titr_optimiser_step(o, 0.01, g, p);
    }
    for (int i = 0; i < N; i++) {
        cr_expect(fabs(fabs((double)p[i]) - 1.0) <= 1e-4 && (p[i] < 0.0F) == (g[i] > 0.0F),
                  "element %d: %g", i, (double)p[i]);
    }
    titr_optimiser_destroy(o);
}

static titr_status visit(titr_optimiser *o, titr_memory_visitor *m)
{
    return titr_optimiser_visit(o, &m->base, "optimiser", NULL);
}

static void goes_on(titr_optimiser_kind kind)
{
    titr_optimiser *o = optimiser(titr_optimiser_default_def(kind));
    titr_optimiser *again = optimiser(titr_optimiser_default_def(kind));
    titr_memory_visitor m;
    float p[N] = {0}, q[N], g[N];
    for (int t = 1; t <= 5; t++) {
        gradient(t, g);
        titr_optimiser_step(o, 1e-3, g, p);
    }
    titr_memory_visitor_init(&m);
    cr_assert(visit(o, &m) == TITR_OK);
    titr_memory_visitor_load(&m);
    cr_assert(visit(again, &m) == TITR_OK);
    memcpy(q, p, sizeof q);
    gradient(6, g);
    titr_optimiser_step(o, 1e-3, g, p);
    titr_optimiser_step(again, 1e-3, g, q);
    cr_expect(memcmp(p, q, sizeof p) == 0 && titr_optimiser_steps(again) == 6);
    titr_memory_visitor_fini(&m);
    titr_optimiser_destroy(o);
    titr_optimiser_destroy(again);
}

Test(net_optimiser, a_loaded_one_goes_on)
{
    goes_on(TITR_ADAM);
    goes_on(TITR_RMSPROP);
}

Test(net_optimiser, constants_out_of_range_are_refused)
{
    static const titr_optimiser_def wrong[] = {{TITR_ADAM, 1.0, 0.999, 1e-8},
                                               {TITR_ADAM, 0.9, -0.1, 1e-8},
                                               {TITR_RMSPROP, 0.0, 1.0, 1e-8},
                                               {TITR_ADAM, 0.9, 0.999, 0.0},
                                               {TITR_ADAM, (double)NAN, 0.999, 1e-8}};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        titr_error err = {.what = ""};
        titr_optimiser *o = NULL;
        cr_expect(titr_optimiser_create(&wrong[k], N, &o, &err) == TITR_ERR_RANGE, "%zu", k);
        cr_expect(strncmp(err.what, "optimiser: ", 11) == 0, "%s", err.what);
    }
    titr_optimiser_destroy(NULL);
}

Test(net_optimiser, gradients_are_clipped_by_their_norm)
{
    float g[3] = {3.0F, 0.0F, -4.0F};
    cr_expect(titr_grad_clip(g, 3, 10.0) == 5.0 && g[0] == 3.0F, "shorter than allowed");
    cr_expect(titr_grad_clip(g, 3, 0.0) == 5.0 && g[2] == -4.0F, "no limit");
    cr_expect(titr_grad_clip(g, 3, 1.0) == 5.0);
    cr_expect(fabs((double)g[0] - 0.6) <= 1e-6 && fabs((double)g[2] + 0.8) <= 1e-6);
    float many[N];
    double sum = 0.0;
    for (int i = 0; i < N; i++) {
        many[i] = (float)i;
        sum += (double)i * i;
    }
    cr_expect(fabs(titr_grad_clip(many, N, 0.0) - sqrt(sum)) <= 1e-12 * sqrt(sum));
    many[20] = NAN;
    cr_expect(!isfinite(titr_grad_clip(many, N, 1.0)), "a gradient that is none is told");
}

Test(net_optimiser, targets_follow)
{
    float target[N], online[N];
    for (int i = 0; i < N; i++) {
        target[i] = (float)i;
        online[i] = 1.0F / (float)(i + 3);
    }
    titr_target_update(target, online, N, 0.25);
    for (int i = 0; i < N; i++) {
        const double want = 0.75 * i + 0.25 / (i + 3);
        cr_expect(fabs((double)target[i] - want) <= 1e-6 * (1.0 + want), "element %d", i);
    }
    titr_target_update(target, online, N, 1.0);
    cr_expect(memcmp(target, online, sizeof target) == 0);
}
