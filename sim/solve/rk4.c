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
    /* One after the other and no longer than the model's states, with a gap before k4: what is
     * written of these lies nowhere a multiple of 4 KiB from what is read of them with it, which a
     * processor would take for the same address (docs/performance.md). The state is the caller's.
     */
    double *y, *before, *k1, *k2, *k3, *k4; /* before: the state at the span's beginning */
    _Alignas(LINE) double room[7 * STATES];
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
    double **const array[] = {&s->y, &s->before, &s->k1, &s->k2, &s->k3, NULL, &s->k4};
    for (size_t i = 0; i < sizeof array / sizeof array[0]; i++) {
        if (array[i] != NULL) {
            *array[i] = s->room + i * model->states.n * TITR_LANES;
        }
    }
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
    *self = s;
    return TITR_OK;
}

static void destroy(void *self)
{
    free(self);
}

/* What the lanes do in the minute at hand. */
typedef struct minute {
    double t_min[TITR_LANES]; /* when it begins */
    double length_min[TITR_LANES];
    double steps[TITR_LANES], h[TITR_LANES];
    titr_flag lives[TITR_LANES]; /* takes part */
    size_t most;                 /* steps of the lane that takes most */
    titr_flag uneven;            /* a lane takes fewer, or no part */
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

/* Hardly ever is there a fault, so all states of all lanes are looked at together first: how far
 * the lowest of a lane is from its floor, 0 if none is below it, and a sum that is finite only if
 * they all are. */
typedef struct survey {
    double least[TITR_LANES], sum[TITR_LANES];
} survey;

static inline void survey_begin(survey *v)
{
    TITR_FOR_LANES(l)
    {
        v->least[l] = 0.0;
        v->sum[l] = 0.0;
    }
}

TITR_INLINE void survey_add(survey *v, size_t l, double x, double floor)
{
    const double above = x - floor;
    v->least[l] = above < v->least[l] ? above : v->least[l];
    v->sum[l] += x;
}

static inline int survey_finds_fault(const survey *v)
{
    titr_flag fault = 0;
    TITR_OR_LANES(l, fault)
    {
        /* so that NaN is a fault too */
        fault |= (titr_flag)(v->least[l] < 0.0) | !(fabs(v->sum[l]) < HUGE_VAL);
    }
    return fault != 0;
}

/* Note the state at the span's beginning. @return 1 if a lane of it may not be sound. */
static int begin(const rk4 *s, const double *restrict x)
{
    double *restrict before = s->before;
    survey v;
    survey_begin(&v);
    for (size_t i = 0; i < s->model->states.n; i++) {
        const double floor = s->sound.floor[i];
        TITR_FOR_LANES(l)
        {
            TITR_AT(before, i, l) = TITR_AT(x, i, l);
            survey_add(&v, l, TITR_AT(x, i, l), floor);
        }
    }
    return survey_finds_fault(&v);
}

/* x += h/6 (...); with `waits`, lanes that do not `go` stay. @return 1 if a lane of it may not be
 * sound. */
TITR_INLINE int finish(const rk4 *s, const double *h, int waits, const titr_flag *restrict go,
                       double *restrict x)
{
    const double *restrict k1 = s->k1, *restrict k2 = s->k2, *restrict k3 = s->k3;
    const double *restrict k4 = s->k4;
    double sixth[TITR_LANES];
    survey v;
    survey_begin(&v);
    TITR_FOR_LANES(l)
    {
        sixth[l] = h[l] / 6.0;
    }
    for (size_t i = 0; i < s->model->states.n; i++) {
        const double floor = s->sound.floor[i];
        TITR_FOR_LANES(l)
        {
            const double slopes = TITR_AT(k1, i, l) +
                                  2.0 * (TITR_AT(k2, i, l) + TITR_AT(k3, i, l)) + TITR_AT(k4, i, l);
            const double from = TITR_AT(x, i, l), next = from + sixth[l] * slopes;
            const double reached = waits ? titr_pick(go[l], next, from) : next;
            TITR_AT(x, i, l) = reached;
            survey_add(&v, l, reached, floor);
        }
    }
    return survey_finds_fault(&v);
}

/* Step `number` of the minute. @return 1 if a lane may not be sound after it. */
static int step(const rk4 *s, const titr_span *span, const minute *m, size_t number)
{
    const double j = (double)number;
    const size_t n = s->model->states.n;
    double *x = span->x;
    double t[TITR_LANES], middle[TITR_LANES], end[TITR_LANES], half[TITR_LANES];
    TITR_FOR_LANES(l)
    {
        t[l] = m->t_min[l] + j * m->h[l];
        half[l] = 0.5 * m->h[l];
        middle[l] = t[l] + half[l];
        end[l] = t[l] + m->h[l];
    }
    s->rhs(t, x, span->u, span->held, span->theta, s->k1);
    shift(n, x, half, s->k1, s->y);
    s->rhs(middle, s->y, span->u, span->held, span->theta, s->k2);
    shift(n, x, half, s->k2, s->y);
    s->rhs(middle, s->y, span->u, span->held, span->theta, s->k3);
    shift(n, x, m->h, s->k3, s->y);
    s->rhs(end, s->y, span->u, span->held, span->theta, s->k4);
    if (!m->uneven) {
        return finish(s, m->h, 0, m->lives, x);
    }
    titr_flag go[TITR_LANES];
    TITR_FOR_LANES(l)
    {
        go[l] = m->lives[l] & (titr_flag)(j < m->steps[l]);
    }
    return finish(s, m->h, 1, go, x);
}

/* @return 1 when lane l of x is sound, else 0 with `fault` filled. */
static int is_sound(const rk4 *s, const double *x, size_t l, double t_min, titr_fault *fault)
{
    double own[TITR_STATES_MAX];
    for (size_t i = 0; i < s->model->states.n; i++) {
        own[i] = TITR_AT(x, i, l);
    }
    return titri_is_sound(&s->sound, own, t_min, fault);
}

/* Lanes that are not sound get their fault, stop living, and are again as at the beginning. */
static void find_fault(const rk4 *s, const double *t_min, const titr_span *span, titr_flag *lives)
{
    for (size_t l = 0; l < TITR_LANES; l++) {
        if (!lives[l] || is_sound(s, span->x, l, t_min[l], &span->fault[l])) {
            continue;
        }
        span->failed[l] = 1;
        lives[l] = 0;
        for (size_t i = 0; i < s->model->states.n; i++) {
            TITR_AT(span->x, i, l) = TITR_AT(s->before, i, l);
        }
    }
}

/* The last, shorter minute of some lanes. */
static void plan_rest(const rk4 *s, minute *m)
{
    m->most = 0;
    m->uneven = 1;
    for (size_t l = 0; l < TITR_LANES; l++) {
        if (m->length_min[l] < 1.0) {
            const double cut = m->steps[l] / s->steps_per_min;
            m->steps[l] = cut * ceil(m->length_min[l] / s->step_min);
        }
        m->h[l] = m->length_min[l] / m->steps[l];
        if (m->lives[l] && (size_t)m->steps[l] > m->most) {
            m->most = (size_t)m->steps[l];
        }
    }
}

/* Steps and lengths follow from who eats. */
static void plan_steps(const rk4 *s, const titr_span *span, minute *m)
{
    const size_t restless = s->model->restless;
    const int asks = restless < s->model->held.n && s->while_eating > 1.0;
    const double *eats = &TITR_AT(span->held, asks ? restless : 0, 0);
    const double calm = s->steps_per_min, hasty = asks ? calm * s->while_eating : calm;
    titr_flag some_eat = 0, some_calm = 0, some_dead = 0;
    TITR_OR_LANES(l, some_eat, some_calm, some_dead)
    {
        const titr_flag eating = eats[l] != 0.0;
        some_eat |= m->lives[l] & eating;
        some_calm |= eating ^ 1;
        some_dead |= m->lives[l] ^ 1;
        m->steps[l] = eats[l] != 0.0 ? hasty : calm;
        m->h[l] = m->length_min[l] / m->steps[l];
    }
    m->most = (size_t)(some_eat ? hasty : calm);
    m->uneven = some_dead | (asks && some_eat && some_calm);
}

/* The usual span. */
static int is_one_minute(const titr_span *span)
{
    const double *const from_min = span->from_min, *const to_min = span->to_min;
    const titr_flag *const active = span->active;
    titr_flag other = 0;
    TITR_OR_LANES(l, other)
    {
        other |= active[l] & (titr_flag)(to_min[l] - from_min[l] != 1.0);
    }
    return !other;
}

static void plan_only_minute(const rk4 *s, const titr_span *span, const titr_flag *alive, minute *m)
{
    const double *const from_min = span->from_min;
    TITR_FOR_LANES(l)
    {
        m->t_min[l] = from_min[l];
        m->length_min[l] = 1.0;
        m->lives[l] = alive[l];
    }
    plan_steps(s, span, m);
}

/* Lay out minute k of any span. @return 0 when it is over for all lanes. */
static int plan_minute(const rk4 *s, const titr_span *span, double k, const titr_flag *alive,
                       minute *m)
{
    titr_flag some_live = 0, some_rest = 0;
    for (size_t l = 0; l < TITR_LANES; l++) {
        const double left = span->to_min[l] - span->from_min[l] - k;
        m->t_min[l] = span->from_min[l] + k;
        m->lives[l] = alive[l] && left > 0.0;
        m->length_min[l] = left < 1.0 ? left : 1.0;
        some_live |= m->lives[l];
        some_rest |= m->lives[l] && left < 1.0;
    }
    plan_steps(s, span, m);
    if (some_rest) {
        plan_rest(s, m);
    }
    return some_live != 0;
}

/* The state after whole minute k, of lanes that reached it. */
static void keep(const rk4 *s, const titr_span *span, size_t k, const minute *m,
                 const titr_flag *alive)
{
    double *row = span->minutes + k * s->model->states.n * TITR_LANES;
    for (size_t i = 0; i < s->model->states.n; i++) {
        TITR_FOR_LANES(l)
        {
            const titr_flag whole = alive[l] & (titr_flag)(m->length_min[l] == 1.0);
            TITR_AT(row, i, l) = titr_pick(whole, TITR_AT(span->x, i, l), TITR_AT(row, i, l));
        }
    }
}

/* Live minute k. */
static void live(const rk4 *s, const titr_span *span, size_t k, const minute *m, titr_flag *alive)
{
    int suspect = 0; /* after the last step: within a minute a mass may dip below its floor */
    for (size_t j = 0; j < m->most; j++) {
        suspect = step(s, span, m, j);
    }
    if (suspect) {
        double end_min[TITR_LANES];
        TITR_FOR_LANES(l)
        {
            end_min[l] = m->t_min[l] + m->length_min[l];
        }
        find_fault(s, end_min, span, alive);
    }
    if (span->minutes != NULL && k < span->n_minutes) {
        keep(s, span, k, m, alive);
    }
}

static titr_status advance(void *self, const titr_span *span, titr_error *err)
{
    const rk4 *s = self;
    const int usual = is_one_minute(span);
    titr_flag alive[TITR_LANES];
    minute m;
    TITR_TRY(usual ? TITR_OK : titri_check_span(span, TITR_LANES, err));
    const titr_flag *const active = span->active;
    TITR_FOR_LANES(l)
    {
        alive[l] = active[l];
    }
    if (begin(s, span->x)) {
        find_fault(s, span->from_min, span, alive);
    }
    if (usual) {
        plan_only_minute(s, span, alive, &m);
        live(s, span, 0, &m, alive);
        return TITR_OK;
    }
    for (size_t k = 0; plan_minute(s, span, (double)k, alive, &m); k++) {
        live(s, span, k, &m, alive);
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
