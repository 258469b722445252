// SPDX-License-Identifier: GPL-3.0-or-later
/* Classical Runge-Kutta of order 4 with a fixed step, a block of lanes at a time: the fast solver.
 * Its error against cvode is measured by `titrate verify`, never assumed.
 *
 *   k1 = f(t, x)             k2 = f(t + h/2, x + h/2 k1)
 *   k3 = f(t + h/2, x + h/2 k2)    k4 = f(t + h, x + h k3)
 *   x(t + h) = x + h/6 (k1 + 2 (k2 + k3) + k4)                                    [kutta1901]
 *
 * Each minute of a span is cut into equal steps of at most step_min, so that minutes are hit
 * exactly; while food goes in each of them is cut again. A lane's steps depend on that lane alone:
 * lanes that have fewer wait, masked. Oracle: closed forms, its own order and cvode,
 * tests/sim/solve/test_rk4.c. */
#include "sound.h"

#include "titrate/base/lanes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How far below its table's low end a mass may be: what a fixed step cannot tell from zero. */
#define MASS_TOLERANCE 1e-6
#define LINE 64 /* bytes of a cache line and of the widest vector */

typedef struct rk4_def {
    double step_min;
    int64_t steps_while_eating;
} rk4_def;

static const titr_option options[] = {
    {.name = "step_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 1.0,
     .lo = 0.01,
     .hi = 1.0,
     .doc = "longest step; stable for every published subject up to 1 min",
     .source = "choice",
     .offset = offsetof(rk4_def, step_min)},
    {.name = "steps_while_eating",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 4,
     .lo = 1,
     .hi = 64,
     .doc = "into how many each step is cut while food goes in, where the error is largest",
     .source = "choice",
     .offset = offsetof(rk4_def, steps_while_eating)},
};

enum { STATES = TITR_STATES_MAX * TITR_LANES };

typedef struct rk4 {
    _Alignas(LINE) double x[STATES];
    double y[STATES], k1[STATES], k2[STATES], k3[STATES], k4[STATES];
    double floor[STATES]; /* sound.floor, of each lane */
    titri_sound sound;
    double step_min, steps_per_min, while_eating;
    const titr_model_type *model;
    titr_rhs_fn *rhs;
} rk4;

static titr_status create(const void *pointer, const titr_model_type *model,
                          const titr_model_mode *mode, void **self, titr_error *err)
{
    const rk4_def *def = pointer;
    rk4 *s = aligned_alloc(LINE, sizeof *s);
    if (s == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "solver rk4: no memory");
    }
    memset(s, 0, sizeof *s);
    s->step_min = def->step_min;
    s->steps_per_min = ceil(1.0 / def->step_min);
    s->while_eating = (double)def->steps_while_eating;
    s->model = model;
    s->rhs = mode->rhs;
    double slack[TITR_STATES_MAX];
    for (size_t i = 0; i < model->states.n; i++) {
        slack[i] = MASS_TOLERANCE;
    }
    titri_sound_init(&s->sound, model, mode, slack);
    for (size_t i = 0; i < model->states.n * TITR_LANES; i++) {
        s->floor[i] = s->sound.floor[i / TITR_LANES];
    }
    *self = s;
    return TITR_OK;
}

static void destroy(void *self)
{
    free(self);
}

/* What a lane does in the minute at hand. */
typedef struct minute {
    double t_min[TITR_LANES]; /* when it begins */
    double length_min[TITR_LANES];
    double steps[TITR_LANES], h[TITR_LANES];
    titr_flag lives[TITR_LANES]; /* takes part */
} minute;

/* y = x + h k */
static inline void shift(size_t n, const double *restrict x, const double *restrict h,
                         const double *restrict k, double *restrict y)
{
    for (size_t i = 0; i < n; i++) {
        TITR_FOR_LANES(l)
        {
            TITR_AT(y, i, l) = TITR_AT(x, i, l) + h[l] * TITR_AT(k, i, l);
        }
    }
}

/* Lanes that do not `go` stay where they are. */
static inline void finish(rk4 *restrict s, const double *restrict sixth,
                          const titr_flag *restrict go)
{
    for (size_t i = 0; i < s->model->states.n; i++) {
        TITR_FOR_LANES(l)
        {
            const double slopes = TITR_AT(s->k1, i, l) +
                                  2.0 * (TITR_AT(s->k2, i, l) + TITR_AT(s->k3, i, l)) +
                                  TITR_AT(s->k4, i, l);
            const double x = TITR_AT(s->x, i, l);
            TITR_AT(s->x, i, l) = titr_pick(go[l], x + sixth[l] * slopes, x);
        }
    }
}

/* Step number j of the minute. */
static void step(rk4 *s, const titr_span *span, const minute *m, double j)
{
    const size_t n = s->model->states.n;
    double t[TITR_LANES], middle[TITR_LANES], end[TITR_LANES];
    double half[TITR_LANES], sixth[TITR_LANES];
    titr_flag go[TITR_LANES];
    TITR_FOR_LANES(l)
    {
        t[l] = m->t_min[l] + j * m->h[l];
        half[l] = 0.5 * m->h[l];
        sixth[l] = m->h[l] / 6.0;
        middle[l] = t[l] + half[l];
        end[l] = t[l] + m->h[l];
        go[l] = m->lives[l] & (titr_flag)(j < m->steps[l]);
    }
    s->rhs(t, s->x, span->u, span->held, span->theta, s->k1);
    shift(n, s->x, half, s->k1, s->y);
    s->rhs(middle, s->y, span->u, span->held, span->theta, s->k2);
    shift(n, s->x, half, s->k2, s->y);
    s->rhs(middle, s->y, span->u, span->held, span->theta, s->k3);
    shift(n, s->x, m->h, s->k3, s->y);
    s->rhs(end, s->y, span->u, span->held, span->theta, s->k4);
    finish(s, sixth, go);
}

/* @return 1 when lane l is sound, else 0 with `fault` filled. */
static int is_sound(const rk4 *s, size_t l, double t_min, titr_fault *fault)
{
    double x[TITR_STATES_MAX];
    for (size_t i = 0; i < s->model->states.n; i++) {
        x[i] = TITR_AT(s->x, i, l);
    }
    return titri_is_sound(&s->sound, x, t_min, fault);
}

/* Lanes whose state is not sound get their fault and stop living. */
static void check(const rk4 *s, const double *t_min, const titr_span *span, titr_flag *lives)
{
    const size_t n = s->model->states.n * TITR_LANES;
    titr_flag unsound = 0;
    for (size_t i = 0; i < n; i++) { /* over all lanes at once: hardly ever is one not sound */
        unsound |= !((titr_flag)(s->x[i] >= s->floor[i]) & (titr_flag)(s->x[i] < HUGE_VAL));
    }
    for (size_t l = 0; unsound && l < TITR_LANES; l++) {
        if (lives[l] && !is_sound(s, l, t_min[l], &span->fault[l])) {
            span->failed[l] = 1;
            lives[l] = 0;
        }
    }
}

/* The last, shorter minute of some lanes. @return steps of the lane that takes most. */
static double plan_rest(const rk4 *s, minute *m)
{
    double most = 0.0;
    for (size_t l = 0; l < TITR_LANES; l++) {
        if (m->length_min[l] < 1.0) {
            const double cut = m->steps[l] / s->steps_per_min;
            m->steps[l] = cut * ceil(m->length_min[l] / s->step_min);
        }
        most = m->lives[l] && m->steps[l] > most ? m->steps[l] : most;
    }
    return most;
}

/* Lay out minute k of the span. @return steps of the lane that takes most, 0 when all are over. */
static double plan(const rk4 *s, const titr_span *span, double k, const titr_flag *alive, minute *m)
{
    const size_t restless = s->model->restless;
    const double *eats = restless < s->model->held.n ? &TITR_AT(span->held, restless, 0) : NULL;
    titr_flag some_live = 0, some_eat = 0, some_rest = 0;
    TITR_OR_LANES(l, some_live)
    {
        const double left = span->to_min[l] - span->from_min[l] - k;
        m->t_min[l] = span->from_min[l] + k;
        m->lives[l] = alive[l] & (titr_flag)(left > 0.0);
        m->length_min[l] = left < 1.0 ? left : 1.0;
        m->steps[l] = s->steps_per_min;
        some_live |= m->lives[l];
    }
    TITR_OR_LANES(l, some_rest)
    {
        some_rest |= m->lives[l] & (titr_flag)(m->length_min[l] < 1.0);
    }
    if (eats != NULL && s->while_eating > 1.0) {
        TITR_OR_LANES(l, some_eat)
        {
            m->steps[l] = eats[l] != 0.0 ? s->steps_per_min * s->while_eating : s->steps_per_min;
            some_eat |= m->lives[l] & (titr_flag)(eats[l] != 0.0);
        }
    }
    double most = some_eat ? s->steps_per_min * s->while_eating : s->steps_per_min;
    if (some_rest) {
        most = plan_rest(s, m);
    }
    TITR_FOR_LANES(l)
    {
        m->h[l] = m->length_min[l] / m->steps[l];
    }
    return some_live ? most : 0.0;
}

/* The state after whole minute k, of lanes that reached it. */
static void keep(const rk4 *s, const minute *m, const titr_flag *alive, double *row)
{
    for (size_t i = 0; i < s->model->states.n; i++) {
        TITR_FOR_LANES(l)
        {
            const titr_flag whole = alive[l] & m->lives[l] & (titr_flag)(m->length_min[l] == 1.0);
            TITR_AT(row, i, l) = titr_pick(whole, TITR_AT(s->x, i, l), TITR_AT(row, i, l));
        }
    }
}

static titr_status advance(void *self, const titr_span *span, titr_error *err)
{
    rk4 *s = self;
    const size_t n = s->model->states.n;
    titr_flag alive[TITR_LANES];
    minute m;
    (void)err;
    memcpy(s->x, span->x, n * TITR_LANES * sizeof *s->x);
    memcpy(alive, span->active, sizeof alive);
    check(s, span->from_min, span, alive);
    size_t k = 0;
    for (double steps = plan(s, span, 0.0, alive, &m); steps > 0.0;
         steps = plan(s, span, (double)k, alive, &m)) {
        for (double j = 0.0; j < steps; j += 1.0) {
            step(s, span, &m, j);
        }
        double end_min[TITR_LANES];
        TITR_FOR_LANES(l)
        {
            end_min[l] = m.t_min[l] + m.length_min[l];
        }
        check(s, end_min, span, alive);
        if (span->minutes != NULL && k < span->n_minutes) {
            keep(s, &m, alive, span->minutes + k * n * TITR_LANES);
        }
        k++;
    }
    for (size_t i = 0; i < n; i++) {
        TITR_FOR_LANES(l)
        {
            TITR_AT(span->x, i, l) =
                titr_pick(alive[l], TITR_AT(s->x, i, l), TITR_AT(span->x, i, l));
        }
    }
    return TITR_OK;
}

const titr_solver_type TITR_SYMBOL(titr_solver_rk4) = {
    .part = {.name = "rk4",
             .doc = "Runge-Kutta of order 4, fixed step, blocks of lanes: fast",
             .source = "kutta1901",
             TITR_OPTIONS(options, rk4_def)},
    .lanes = TITR_LANES,
    .create = create,
    .advance = advance,
    .destroy = destroy,
};
