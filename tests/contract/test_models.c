// SPDX-License-Identifier: GPL-3.0-or-later
/* What every registered model promises, whatever it models: tables, ranges, Jacobians against
 * difference quotients, inputs that reach a state, and lanes that never mix.
 */
#include "titrate/base/rng.h"
#include "titrate/models/model.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LANES 8
#define JACOBIAN_STATES 1000
#define JACOBIAN_BOUND 1e-6

/* One lane of everything that a model's functions read. */
typedef struct situation {
    titr_patient patient;
    double x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX], theta[TITR_THETA_MAX];
} situation;

static double uniform(uint32_t *draw)
{
    const titr_rng_key key = {11, TITR_PURPOSE_TEST, 0, 0};
    return titr_rng_uniform(key, (*draw)++);
}

/* A child within 20 % of the default, in a random state; half of the states near its small end. */
static void sample(const titr_model_type *m, const titr_model_mode *mode, uint32_t *draw,
                   situation *s)
{
    *s = (situation){.patient = {.id = "sample", .weight_kg = 10.0 + 70.0 * uniform(draw)}};
    for (size_t p = 0; p < m->params.n; p++) {
        const titr_quantity *q = &m->params.row[p];
        const double near = q->init * (0.8 + 0.4 * uniform(draw));
        s->patient.params[p] = fmin(fmax(near, q->lo), q->hi);
    }
    titr_error err = {0};
    cr_assert_eq(m->individualise(&s->patient, 0, s->theta, &err), TITR_OK, "%s", err.what);
    m->initial(&s->patient, 0, s->x, s->u, s->held);
    const double shrink = uniform(draw) < 0.5 ? 0.05 : 1.0;
    for (size_t i = 0; i < m->states.n; i++) {
        const titr_quantity *q = &m->states.row[i];
        const double high = shrink * (fabs(q->init) > 0.0 ? 3.0 * fabs(q->init) : 0.08 * q->hi);
        const double low = fmax(q->lo, -high);
        s->x[i] = low + (high - low) * uniform(draw);
    }
    for (size_t k = 0; k < m->inputs.n; k++) {
        const titr_event event = {0.0, TITR_EVENT_RATE, k,
                                  0.05 * uniform(draw) * m->inputs.row[k].hi,
                                  1.0 + floor(20.0 * uniform(draw))};
        mode->at_event(&event, 0, s->x, s->u, s->held, s->theta);
    }
}

static void check_table(const char *model, const char *what, titr_table table)
{
    for (size_t i = 0; i < table.n; i++) {
        const titr_quantity *q = &table.row[i];
        cr_assert(q->name != NULL && q->name[0] != '\0', "%s: %s %zu has no name", model, what, i);
        cr_assert(q->unit != NULL && q->unit[0] != '\0', "%s: %s has no unit", model, q->name);
        cr_assert(q->source != NULL && q->source[0] != '\0', "%s: %s has no source", model,
                  q->name);
        cr_assert(q->lo < q->hi && q->init >= q->lo && q->init <= q->hi,
                  "%s: %s: default %g, range [%g, %g]", model, q->name, q->init, q->lo, q->hi);
        cr_assert_eq(titr_table_find(table, q->name), i, "%s: %s twice", model, q->name);
    }
}

Test(model_contract, tables_have_unit_range_and_source)
{
    size_t n = 0;
    const titr_model_type *const *all = titr_model_all(&n);
    cr_assert_gt(n, 0);
    for (size_t k = 0; k < n; k++) {
        const titr_model_type *m = all[k];
        const char *name = m->part.name;
        cr_assert(m->states.n <= TITR_STATES_MAX && m->inputs.n <= TITR_INPUTS_MAX &&
                  m->held.n <= TITR_HELD_MAX && m->params.n <= TITR_PARAMS_MAX &&
                  m->outputs.n <= TITR_OUTPUTS_MAX && m->n_theta <= TITR_THETA_MAX);
        check_table(name, "state", m->states);
        check_table(name, "input", m->inputs);
        check_table(name, "held value", m->held);
        check_table(name, "parameter", m->params);
        check_table(name, "output", m->outputs);
        cr_assert(m->part.doc[0] != '\0' && m->part.source[0] != '\0' && m->n_modes > 0);
        for (size_t i = 0; i < m->n_modes; i++) {
            cr_assert_eq(titr_model_mode_find(m, m->modes[i].name), i);
            cr_assert_neq(m->modes[i].doc[0], '\0');
        }
        cr_assert_eq(titr_model_mode_find(m, "no such mode"), m->n_modes);
        cr_assert_eq(titr_model_find(name), m);
        cr_assert_eq(titr_model_variant(m, TITR_L1), m);
    }
    cr_assert_null(titr_model_find("no such model"));
}

Test(model_contract, parameters_outside_their_range_are_refused)
{
    size_t n = 0;
    const titr_model_type *const *all = titr_model_all(&n);
    for (size_t k = 0; k < n; k++) {
        const titr_model_type *m = all[k];
        uint32_t draw = 0;
        situation s;
        titr_error err = {0};
        sample(m, &m->modes[0], &draw, &s);
        for (size_t p = 0; p < m->params.n; p++) {
            const titr_quantity *q = &m->params.row[p];
            const double wrong[] = {(double)NAN, q->lo - 1.0, q->hi * 1.01 + 1.0, HUGE_VAL};
            for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
                titr_patient bad = s.patient;
                bad.params[p] = wrong[w];
                double theta[TITR_THETA_MAX] = {-7.0};
                cr_assert_eq(m->individualise(&bad, 0, theta, &err), TITR_ERR_RANGE, "%s = %g",
                             q->name, wrong[w]);
                cr_assert_not_null(strstr(err.what, q->name), "%s", err.what);
                cr_assert_eq(theta[0], -7.0, "theta written although refused");
            }
        }
        static const double weights[] = {(double)NAN, 0.0, -1.0, 251.0};
        for (size_t w = 0; w < sizeof weights / sizeof weights[0]; w++) {
            titr_patient bad = s.patient;
            bad.weight_kg = weights[w];
            cr_assert_eq(m->individualise(&bad, 0, s.theta, &err), TITR_ERR_RANGE);
            cr_assert_not_null(strstr(err.what, "weight"), "%s", err.what);
        }
    }
}

Test(model_contract, every_input_reaches_a_state)
{
    size_t n = 0;
    const titr_model_type *const *all = titr_model_all(&n);
    for (size_t k = 0; k < n; k++) {
        for (size_t mode = 0; mode < all[k]->n_modes; mode++) {
            const titr_model_type *m = all[k];
            const double t = 0.0;
            uint32_t draw = 0;
            situation s;
            sample(m, &m->modes[mode], &draw, &s);
            for (size_t j = 0; j < m->inputs.n; j++) {
                double before[TITR_STATES_MAX], after[TITR_STATES_MAX];
                m->modes[mode].rhs(&t, s.x, s.u, s.held, s.theta, before);
                s.u[j] += 1.0;
                m->modes[mode].rhs(&t, s.x, s.u, s.held, s.theta, after);
                cr_assert_neq(memcmp(before, after, m->states.n * sizeof(double)), 0, "%s: %s",
                              m->part.name, m->inputs.row[j].name);
            }
        }
    }
}

/* ---- Jacobian ---- */

typedef struct column {
    double central[TITR_STATES_MAX],
        kink[TITR_STATES_MAX]; /* kink: |forward - backward| quotient */
} column;

/* Difference quotients of column j; the error of the central one is h^2 f'''/6. */
static void differences(const titr_model_type *m, const titr_model_mode *mode, situation *s,
                        size_t j, column *c)
{
    const titr_quantity *q = &m->states.row[j];
    const double size = fabs(q->init) > 0.0 ? fabs(q->init) : 1e-3 * q->hi;
    const double t = 0.0, at = s->x[j], h = 6e-6 * fmax(fabs(at), size);
    double f0[TITR_STATES_MAX], up[TITR_STATES_MAX], down[TITR_STATES_MAX];
    const double above = at + h, below = at - h;
    mode->rhs(&t, s->x, s->u, s->held, s->theta, f0);
    s->x[j] = above;
    mode->rhs(&t, s->x, s->u, s->held, s->theta, up);
    s->x[j] = below;
    mode->rhs(&t, s->x, s->u, s->held, s->theta, down);
    s->x[j] = at;
    for (size_t i = 0; i < m->states.n; i++) {
        c->central[i] = (up[i] - down[i]) / (above - below);
        c->kink[i] = fabs((up[i] - f0[i]) / (above - at) - (f0[i] - down[i]) / (at - below));
    }
}

/* @return 1 if a kink lies within a difference step of the state. */
static int check_jacobian(const titr_model_type *m, const titr_model_mode *mode, situation *s)
{
    const size_t n = m->states.n;
    const double t = 0.0;
    double dfdx[TITR_STATES_MAX * TITR_STATES_MAX], row_max[TITR_STATES_MAX] = {0.0};
    mode->jacobian(&t, s->x, s->u, s->held, s->theta, dfdx);
    for (size_t k = 0; k < n * n; k++) {
        row_max[k / n] = fmax(row_max[k / n], fabs(dfdx[k]));
    }
    int kinks = 0;
    for (size_t j = 0; j < n; j++) {
        column c;
        differences(m, mode, s, j, &c);
        for (size_t i = 0; i < n; i++) {
            const double got = dfdx[i * n + j];
            const double bound = JACOBIAN_BOUND * fmax(fabs(got), 1e-3 * row_max[i]);
            const int agrees = fabs(got - c.central[i]) <= bound;
            const int is_kink = c.kink[i] > 100.0 * bound;
            cr_assert(agrees || is_kink, "%s %s: d(d %s/dt)/d %s = %.12g, differences %.12g",
                      m->part.name, mode->name, m->states.row[i].name, m->states.row[j].name, got,
                      c.central[i]);
            kinks |= !agrees;
        }
    }
    return kinks;
}

Test(model_contract, jacobian_equals_central_differences)
{
    size_t n = 0;
    const titr_model_type *const *all = titr_model_all(&n);
    for (size_t k = 0; k < n; k++) {
        const titr_model_type *m = all[k];
        for (size_t mode = 0; mode < m->n_modes; mode++) {
            if (m->modes[mode].jacobian == NULL) {
                continue;
            }
            uint32_t draw = 0;
            int kinks = 0;
            for (int i = 0; i < JACOBIAN_STATES; i++) {
                situation s;
                sample(m, &m->modes[mode], &draw, &s);
                kinks += check_jacobian(m, &m->modes[mode], &s);
            }
            (void)fprintf(stderr, "%s %s: %d random states, %d within a step of a kink\n",
                          m->part.name, m->modes[mode].name, JACOBIAN_STATES, kinks);
            cr_assert_leq(kinks, JACOBIAN_STATES / 100);
        }
    }
}

/* ---- lanes ---- */

/* [quantity][lane] of all lanes, as a wide model reads it. */
typedef struct wide {
    double t[LANES];
    double x[TITR_STATES_MAX * LANES], u[TITR_INPUTS_MAX * LANES], held[TITR_HELD_MAX * LANES];
    double theta[TITR_THETA_MAX * LANES];
} wide;

static void spread(double *to, const double *from, size_t n, size_t lane)
{
    for (size_t i = 0; i < n; i++) {
        to[i * LANES + lane] = from[i];
    }
}

/* Bits of column `lane` of `got` against `want`. */
static void same_bits(const double *got, const double *want, size_t n, size_t lane,
                      const char *what)
{
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(memcmp(&got[i * LANES + lane], &want[i], sizeof *want), 0,
                     "%s %zu of lane %zu: %.17g alone, %.17g in a block", what, i, lane, want[i],
                     got[i * LANES + lane]);
    }
}

static void compare_lanes(const titr_model_type *one, const titr_model_type *many, size_t mode,
                          const situation *s, const wide *w, size_t skip)
{
    static double dxdt[TITR_STATES_MAX * LANES], y[TITR_OUTPUTS_MAX * LANES];
    static double dfdx[TITR_STATES_MAX * TITR_STATES_MAX * LANES];
    const size_t n = one->states.n;
    many->modes[mode].rhs(w->t, w->x, w->u, w->held, w->theta, dxdt);
    many->output(w->x, w->theta, y);
    if (many->modes[mode].jacobian != NULL) {
        many->modes[mode].jacobian(w->t, w->x, w->u, w->held, w->theta, dfdx);
    }
    for (size_t l = 0; l < LANES; l++) {
        if (l == skip) {
            continue;
        }
        double alone[TITR_STATES_MAX * TITR_STATES_MAX];
        const double t = 0.0;
        one->modes[mode].rhs(&t, s[l].x, s[l].u, s[l].held, s[l].theta, alone);
        same_bits(dxdt, alone, n, l, "derivative");
        one->output(s[l].x, s[l].theta, alone);
        same_bits(y, alone, one->outputs.n, l, "output");
        if (one->modes[mode].jacobian != NULL) {
            one->modes[mode].jacobian(&t, s[l].x, s[l].u, s[l].held, s[l].theta, alone);
            same_bits(dfdx, alone, n * n, l, "Jacobian element");
        }
    }
}

/* Calls `check` for every model and every variant of several lanes that runs here. */
static void for_each_variant(void (*check)(const titr_model_type *one, const titr_model_type *many))
{
    size_t n = 0;
    const titr_model_type *const *all = titr_model_all(&n);
    for (size_t k = 0; k < n; k++) {
        for (size_t v = TITR_L8; v < TITR_N_VARIANTS; v++) {
            const titr_model_type *many = titr_model_variant(all[k], (titr_variant)v);
            cr_assert(many != NULL && many->lanes == LANES);
            if (titr_variant_runs((titr_variant)v)) {
                check(all[k], many);
            }
        }
    }
}

static void check_lanes(const titr_model_type *one, const titr_model_type *many)
{
    for (uint32_t draw = 0; draw < 20000;) {
        const size_t mode = draw % one->n_modes;
        situation s[LANES];
        static wide w;
        for (size_t l = 0; l < LANES; l++) {
            sample(one, &one->modes[mode], &draw, &s[l]);
            cr_assert_eq(many->individualise(&s[l].patient, l, w.theta, NULL), TITR_OK);
            same_bits(w.theta, s[l].theta, one->n_theta, l, "theta");
            spread(w.x, s[l].x, one->states.n, l);
            spread(w.u, s[l].u, one->inputs.n, l);
            spread(w.held, s[l].held, one->held.n, l);
        }
        compare_lanes(one, many, mode, s, &w, LANES);
        for (size_t i = 0; i < one->states.n; i++) {
            w.x[i * LANES + 3] = (double)NAN;
        }
        compare_lanes(one, many, mode, s, &w, 3);
    }
}

/* A child's bits are the same alone, in a block, and beside a lane full of NaN. */
Test(model_contract, lanes_never_mix)
{
    for_each_variant(check_lanes);
}

static void check_events(const titr_model_type *one, const titr_model_type *many)
{
    uint32_t draw = 0;
    situation s;
    static wide w, before;
    sample(one, &one->modes[0], &draw, &s);
    cr_assert_eq(many->individualise(&s.patient, 5, w.theta, NULL), TITR_OK);
    one->initial(&s.patient, 0, s.x, s.u, s.held);
    many->initial(&s.patient, 5, w.x, w.u, w.held);
    const titr_event events[] = {{0.0, TITR_EVENT_RATE, 0, 3.0, 2.0},
                                 {0.0, TITR_EVENT_BOLUS, 0, 7.0, 0.0},
                                 {0.0, TITR_EVENT_RATE, 0, 0.0, 1.0},
                                 {0.0, TITR_EVENT_RESET, 0, 0.0, 0.0}};
    for (size_t e = 0; e < sizeof events / sizeof events[0]; e++) {
        one->modes[0].at_event(&events[e], 0, s.x, s.u, s.held, s.theta);
        many->modes[0].at_event(&events[e], 5, w.x, w.u, w.held, w.theta);
        same_bits(w.x, s.x, one->states.n, 5, "state");
        same_bits(w.u, s.u, one->inputs.n, 5, "input");
        same_bits(w.held, s.held, one->held.n, 5, "held value");
    }
    for (size_t i = 0; i < one->states.n * LANES; i++) {
        cr_assert(i % LANES == 5 || w.x[i] == before.x[i], "lane %zu was written", i % LANES);
    }
}

/* initial() and at_event() of one lane write that lane alone, and the same as in a narrow model. */
Test(model_contract, events_touch_their_lane_alone)
{
    for_each_variant(check_events);
}
