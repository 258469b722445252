// SPDX-License-Identifier: GPL-3.0-or-later
/* Classical Runge-Kutta of order 4 with a fixed step, for training, where speed counts more than
 * the last digit: its error against cvode is measured by `titrate verify`, never assumed.
 *
 *   k1 = f(t, x)   k2 = f(t + h/2, x + h/2 k1)   k3 = f(t + h/2, x + h/2 k2)   k4 = f(t + h, x + h
 * k3) x(t + h) = x + h/6 (k1 + 2 k2 + 2 k3 + k4)                                       [kutta1901]
 *
 * Each minute of a span is cut into equal steps of at most step_min, so that minutes are hit
 * exactly. Oracle: closed forms and its own order, tests/sim/solve/test_rk4.c. */
#include "titrate/solve/solver.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How far below its table's low end a mass may be: what a fixed step cannot tell from zero. */
#define MASS_TOLERANCE 1e-6

typedef struct rk4_def {
    double step_min;
} rk4_def;

static const titr_option options[] = {
    {.name = "step_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 0.5,
     .lo = 0.01,
     .hi = 1.0,
     .doc = "longest step; stable for every published subject up to 1 min",
     .source = "choice",
     .offset = offsetof(rk4_def, step_min)},
};

typedef struct rk4 {
    double step_min;
    const titr_model_type *model;
    titr_rhs_fn *rhs;
    double floor[TITR_STATES_MAX]; /* below it a mass is negative; -inf: may be negative */
} rk4;

static titr_status create(const void *def, const titr_model_type *model,
                          const titr_model_mode *mode, void **self, titr_error *err)
{
    rk4 *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "solver rk4: no memory");
    }
    s->step_min = ((const rk4_def *)def)->step_min;
    s->model = model;
    s->rhs = mode->rhs;
    for (size_t i = 0; i < model->states.n; i++) {
        s->floor[i] =
            mode->masses_stay_positive ? model->states.row[i].lo - MASS_TOLERANCE : -HUGE_VAL;
    }
    *self = s;
    return TITR_OK;
}

static void destroy(void *self)
{
    free(self);
}

/* y = x + h k */
static void shift(size_t n, const double *x, double h, const double *k, double *y)
{
    for (size_t i = 0; i < n; i++) {
        y[i] = x[i] + h * k[i];
    }
}

static void step(const rk4 *s, const titr_span *span, double t_min, double h, double *x)
{
    const size_t n = s->model->states.n;
    const double middle = t_min + 0.5 * h, end = t_min + h;
    double k1[TITR_STATES_MAX], k2[TITR_STATES_MAX], k3[TITR_STATES_MAX], k4[TITR_STATES_MAX];
    double y[TITR_STATES_MAX];
    s->rhs(&t_min, x, span->u, span->held, span->theta, k1);
    shift(n, x, 0.5 * h, k1, y);
    s->rhs(&middle, y, span->u, span->held, span->theta, k2);
    shift(n, x, 0.5 * h, k2, y);
    s->rhs(&middle, y, span->u, span->held, span->theta, k3);
    shift(n, x, h, k3, y);
    s->rhs(&end, y, span->u, span->held, span->theta, k4);
    for (size_t i = 0; i < n; i++) {
        x[i] += h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
    }
}

/* @return 1 when x is sound, else 0 with `fault` filled. */
static int is_sound(const rk4 *s, const double *x, double t_min, titr_fault *fault)
{
    for (size_t i = 0; i < s->model->states.n; i++) {
        if (!isfinite(x[i]) || x[i] < s->floor[i]) {
            *fault = (titr_fault){.code = isfinite(x[i]) ? TITR_FAULT_NEGATIVE_MASS
                                                         : TITR_FAULT_NON_FINITE,
                                  .time_min = t_min,
                                  .value = x[i]};
            (void)snprintf(fault->state, sizeof fault->state, "%s", s->model->states.row[i].name);
            return 0;
        }
    }
    return 1;
}

/* From t to t + length in equal steps. */
static int go(const rk4 *s, const titr_span *span, double t_min, double length_min, double *x,
              titr_fault *fault)
{
    const size_t steps = (size_t)ceil(length_min / s->step_min);
    const double h = length_min / (double)steps;
    for (size_t k = 0; k < steps; k++) {
        step(s, span, t_min + (double)k * h, h, x);
    }
    return is_sound(s, x, t_min + length_min, fault);
}

static titr_status advance(void *self, const titr_span *span, titr_error *err)
{
    const rk4 *s = self;
    if (!span->active[0]) {
        return TITR_OK;
    }
    const double from = span->from_min[0], to = span->to_min[0];
    if (!(to >= from)) {
        return titr_fail(err, TITR_ERR_ARG, "span from %g to %g min, expected to >= from", from,
                         to);
    }
    const size_t n = s->model->states.n;
    titr_fault *fault = &span->fault[0];
    *fault = (titr_fault){.code = TITR_FAULT_NONE};
    double x[TITR_STATES_MAX];
    memcpy(x, span->x, n * sizeof *x);
    if (!is_sound(s, x, from, fault)) {
        return TITR_OK;
    }
    const size_t whole = (size_t)floor(to - from);
    for (size_t k = 0; k < whole; k++) {
        if (!go(s, span, from + (double)k, 1.0, x, fault)) {
            return TITR_OK;
        }
        if (span->minutes != NULL && k < span->n_minutes) {
            memcpy(span->minutes + k * n, x, n * sizeof *x);
        }
    }
    const double rest = to - from - (double)whole;
    if (rest <= 0.0 || go(s, span, from + (double)whole, rest, x, fault)) {
        memcpy(span->x, x, n * sizeof *x);
    }
    return TITR_OK;
}

const titr_solver_type titr_solver_rk4 = {
    .part = {.name = "rk4",
             .doc = "Runge-Kutta of order 4, fixed step: fast, for training",
             .source = "kutta1901",
             TITR_OPTIONS(options, rk4_def)},
    .lanes = 1,
    .create = create,
    .advance = advance,
    .destroy = destroy,
};
