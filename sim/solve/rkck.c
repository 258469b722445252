// SPDX-License-Identifier: GPL-3.0-or-later
/* The embedded Runge-Kutta pair of orders 5 and 4 of Cash and Karp [cashkarp1990] with an adaptive
 * step: GSL's steps [galassi2009], a step control of ours. A method of one step has no history to
 * lose at an event, so it is several times faster than cvode where inputs change every minute.
 *
 *   x(t), h --GSL--> x(t + h) of order 5, e = its difference from order 4
 *   q = max over i of |e_i| / (rtol max(|x_i(t)|, |x_i(t + h)|) + atol_i)   q <= 1: accepted
 *   h <- h min(5, max(1/5, 0.9 q^(-1/5)))
 *
 * Steps end at whole minutes of the span, whether or not anybody asks for them; what is left of a
 * minute is cut into equal steps, none of them a sliver.
 *
 * Control  Not GSL's driver: it evaluates the right-hand side once more at the end of each span (a
 *          seventh of the work when inputs change each minute), and its control calls libm's pow,
 *          whose bits depend on C library and CPU.
 * Bits     GSL is compiled by the distribution: for x86-64 without fused operations, so that bits
 *          are the same on each of them; on other machines its compiler may contract. rkck is
 *          therefore outside the promise "same bits" of docs/architecture.md.
 * Errors   GSL's handler, which aborts, is a global without a lock: experiments/cli/main.c turns it
 *          off before there are threads. A step never calls it; lack of memory in create() does.
 *
 * Oracle: closed form, cvode at a tight tolerance, its own order: tests/sim/solve/test_rkck.c. */
#include "sound.h"
#include "tolerance.h"

#include "titrate/base/math.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAFETY 0.9
#define GROWTH_MOST 5.0
#define GROWTH_LEAST 0.2
/* 0.9 q^(-1/5) = 5: below it the power need not be taken */
#define ERROR_OF_MOST_GROWTH 1.889568e-4
/* Shorter steps do not move the time: doubles are 9e-10 apart at ten years of minutes. */
#define SHORTEST_STEP_MIN 1e-9
/* A step that falls short of the minute's end by so little reaches it. */
#define NEARLY_WHOLE 1e-9

typedef struct rkck_def {
    titri_tolerance_def tolerance;
    double initial_step_min;
    int64_t max_steps;
} rkck_def;

static const titr_option options[] = {
    TITRI_OPTION_RTOL(1e-6, offsetof(rkck_def, tolerance)),
    TITRI_OPTION_ATOL_FACTOR(offsetof(rkck_def, tolerance)),
    {.name = "initial_step_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 1.0,
     .lo = 1e-6,
     .hi = 1.0,
     .doc = "first step tried after each event",
     .source = "choice",
     .offset = offsetof(rkck_def, initial_step_min)},
    {.name = "max_steps",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 100000,
     .lo = 1,
     .hi = 1e9,
     .doc = "steps tried within a minute before a lane is given up",
     .source = "choice",
     .offset = offsetof(rkck_def, max_steps)},
};

typedef struct rkck {
    const titr_model_mode *mode;
    const double *u, *held, *theta; /* of the span being solved */
    size_t n;
    size_t bad; /* state whose derivative was not finite at the last call; n = none */
    titri_tolerance tolerance;
    titri_sound sound;
    double initial_step_min;
    int64_t max_steps;
    gsl_odeiv2_system system;
    gsl_odeiv2_step *stepper;
    int status;      /* of the last step tried */
    double step_min; /* the next step to try */
    double x[TITR_STATES_MAX], slope[TITR_STATES_MAX], next[TITR_STATES_MAX],
        error[TITR_STATES_MAX];
} rkck;

/* ---- calls from GSL ---- */

static int call_rhs(double t_min, const double x[], double dxdt[], void *data)
{
    rkck *self = data;
    self->mode->rhs(&t_min, x, self->u, self->held, self->theta, dxdt);
    self->bad = titri_first_not_finite(dxdt, self->n);
    return self->bad == self->n ? GSL_SUCCESS : GSL_EBADFUNC;
}

/* ---- making ---- */

static void destroy(void *pointer)
{
    rkck *self = pointer;
    if (self != NULL) {
        gsl_odeiv2_step_free(self->stepper); /* NULL is fine */
        free(self);
    }
}

static titr_status create(const void *pointer, const titr_model_type *model,
                          const titr_model_mode *mode, void **out, titr_error *err)
{
    const rkck_def *def = pointer;
    rkck *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "solver rkck: no memory");
    }
    self->mode = mode;
    self->n = model->states.n;
    self->initial_step_min = def->initial_step_min;
    self->max_steps = def->max_steps;
    titri_tolerance_init(&self->tolerance, model->states, def->tolerance);
    double slack[TITR_STATES_MAX];
    titri_tolerance_slack(&self->tolerance, self->n, slack);
    titri_sound_init(&self->sound, model, mode, slack);
    self->system = (gsl_odeiv2_system){call_rhs, NULL, self->n, self};
    self->stepper = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rkck, self->n);
    if (self->stepper == NULL) {
        destroy(self);
        return titr_fail(err, TITR_ERR_NOMEM, "solver rkck: no memory for %zu states",
                         model->states.n);
    }
    *out = self;
    return TITR_OK;
}

/* ---- faults ---- */

/* The error of state i at the last step tried, in units of its tolerance. */
static inline double error_of(const rkck *self, size_t i)
{
    const double before = fabs(self->x[i]), after = fabs(self->next[i]);
    const double size = before > after ? before : after;
    return fabs(self->error[i]) / (self->tolerance.rtol * size + self->tolerance.atol[i]);
}

static size_t worst_state(const rkck *self)
{
    size_t worst = 0;
    for (size_t i = 1; i < self->n; i++) {
        worst = error_of(self, i) > error_of(self, worst) ? i : worst;
    }
    return worst;
}

/* No step from t can be accepted: name the state that is in the way. @return 0 */
static int give_up(const rkck *self, titr_fault_code code, double t_min, titr_fault *fault)
{
    *fault = (titr_fault){.code = code, .time_min = t_min};
    const size_t i = self->bad < self->n ? self->bad : worst_state(self);
    titri_fault_state(&self->sound, self->x, i, fault);
    return 0;
}

/* No step is short enough: for want of accuracy, of a derivative, or of what else GSL may say. */
static int give_up_shortest(const rkck *self, double t_min, titr_fault *fault)
{
    if (self->status == GSL_SUCCESS || self->bad < self->n) {
        return give_up(self,
                       self->bad < self->n ? TITR_FAULT_DERIVATIVE : TITR_FAULT_STEP_UNDERFLOW,
                       t_min, fault);
    }
    *fault = (titr_fault){.code = TITR_FAULT_OTHER, .time_min = t_min};
    (void)snprintf(fault->flag, sizeof fault->flag, "GSL: %s", gsl_strerror(self->status));
    return 0;
}

/* ---- steps ---- */

/* Try a step. @return its error in units of the tolerance; infinite if it cannot be made. */
static double try_step(rkck *self, double t_min, double length_min)
{
    memcpy(self->next, self->x, self->n * sizeof *self->x);
    self->status = gsl_odeiv2_step_apply(self->stepper, t_min, length_min, self->next, self->error,
                                         self->slope, NULL, &self->system);
    if (self->status != GSL_SUCCESS) {
        return HUGE_VAL; /* a shorter step may not run out of the model's domain */
    }
    double most = 0.0;
    for (size_t i = 0; i < self->n; i++) {
        const double q = error_of(self, i);
        most = q > most ? q : most;
    }
    return most;
}

static double growth(double error)
{
    if (error <= ERROR_OF_MOST_GROWTH) {
        return GROWTH_MOST;
    }
    return error < HUGE_VAL ? fmax(GROWTH_LEAST, SAFETY * titr_pow(error, -0.2)) : GROWTH_LEAST;
}

/* One accepted step from *t towards the end of its minute. @return 1, or 0 with `fault` filled. */
static int step(rkck *self, double *t_min, double end_min, int64_t *tried, titr_fault *fault)
{
    for (;;) {
        if (++*tried > self->max_steps) {
            return give_up(self, TITR_FAULT_TOO_MANY_STEPS, *t_min, fault);
        }
        const double left_min = end_min - *t_min;
        const double parts = fmax(1.0, ceil(left_min / self->step_min * (1.0 - NEARLY_WHOLE)));
        const double length_min = left_min / parts;
        const double error = try_step(self, *t_min, length_min);
        self->step_min = length_min * growth(error);
        if (error <= 1.0) {
            memcpy(self->x, self->next, self->n * sizeof *self->x);
            *t_min = parts > 1.0 ? *t_min + length_min : end_min;
            return 1;
        }
        if (self->step_min < SHORTEST_STEP_MIN) {
            return give_up_shortest(self, *t_min, fault);
        }
    }
}

/* From t to the end of its minute, or of the span. @return 1, or 0 with `fault` filled. */
static int go_to(rkck *self, double t_min, double end_min, titr_fault *fault)
{
    int64_t tried = 0;
    while (t_min < end_min) {
        if (call_rhs(t_min, self->x, self->slope, self) != GSL_SUCCESS) {
            return give_up(self, TITR_FAULT_DERIVATIVE, t_min, fault);
        }
        if (!step(self, &t_min, end_min, &tried, fault)) {
            return 0;
        }
    }
    return titri_is_sound(&self->sound, self->x, end_min, fault);
}

static int start(rkck *self, const titr_span *span, titr_fault *fault)
{
    memcpy(self->x, span->x, self->n * sizeof *self->x);
    self->u = span->u;
    self->held = span->held;
    self->theta = span->theta;
    self->step_min = self->initial_step_min;
    return titri_is_sound(&self->sound, self->x, span->from_min[0], fault);
}

/* Whole minutes, then the rest. @return 1, or 0 with `fault` filled. */
static int go(rkck *self, const titr_span *span, titr_fault *fault)
{
    const double from = span->from_min[0], to = span->to_min[0];
    const size_t whole = (size_t)floor(to - from);
    for (size_t k = 0; k < whole; k++) {
        if (!go_to(self, from + (double)k, from + (double)(k + 1), fault)) {
            return 0;
        }
        if (span->minutes != NULL && k < span->n_minutes) {
            memcpy(span->minutes + k * self->n, self->x, self->n * sizeof *self->x);
        }
    }
    return from + (double)whole >= to || go_to(self, from + (double)whole, to, fault);
}

static titr_status advance(void *pointer, const titr_span *span, titr_error *err)
{
    TITR_TRY(titri_check_span(span, 1, err));
    rkck *self = pointer;
    titr_fault *fault = &span->fault[0];
    if (!span->active[0] || span->to_min[0] == span->from_min[0]) {
        return TITR_OK;
    }
    if (start(self, span, fault) && go(self, span, fault)) {
        memcpy(span->x, self->x, self->n * sizeof *span->x);
    } else {
        span->failed[0] = 1;
    }
    return TITR_OK;
}

const titr_solver_type titr_solver_rkck = {
    .part = {.name = "rkck",
             .doc = "Runge-Kutta of orders 5 and 4 (Cash-Karp, GSL), adaptive step: accurate and "
                    "fast where inputs change often",
             .source = "cashkarp1990",
             TITR_OPTIONS(options, rkck_def)},
    .lanes = 1,
    .create = create,
    .advance = advance,
    .destroy = destroy,
};
