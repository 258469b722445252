// SPDX-License-Identifier: GPL-3.0-or-later
/* CVODE, the reference solver, and the only file that includes SUNDIALS [hindmarsh2005].
 *
 * One memory per solver, re-initialised for every span: inputs jump between spans, and a multistep
 * history that reaches across a jump is measurably wrong. The first step is set, not estimated:
 * that saves calls and makes the result independent of where output is wanted.
 */
#include "elementwise.h"
#include "sound.h"
#include "tolerance.h"

#include "titrate/solve/solver.h"

#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

/* Growth of the step in the first ten steps of a span, CVODE's default being 10: fewer of them are
 * rejected, which is worth 12 % of the work at the same error (docs/performance.md). */
#define EARLY_GROWTH 4.0

enum { METHOD_ADAMS, METHOD_BDF };

typedef struct cvode_def {
    int method;
    titri_tolerance_def tolerance;
    double initial_step_min;
    int64_t max_steps;
} cvode_def;

static const char *const methods[] = {"adams", "bdf", NULL};

static const titr_option options[] = {
    {.name = "method",
     .kind = TITR_OPTION_CHOICE,
     .unit = "",
     .init = METHOD_ADAMS,
     .choices = methods,
     .doc = "adams (fixed-point iteration; the models are not stiff) or bdf (Newton, dense)",
     .source = "hindmarsh2005",
     .offset = offsetof(cvode_def, method)},
    TITRI_OPTION_RTOL(1e-8, offsetof(cvode_def, tolerance)),
    TITRI_OPTION_ATOL_FACTOR(offsetof(cvode_def, tolerance)),
    {.name = "initial_step_min",
     .kind = TITR_OPTION_REAL,
     .unit = "min",
     .init = 1e-3,
     .lo = 1e-9,
     .hi = 60.0,
     .doc = "first step tried after each event",
     .source = "choice",
     .offset = offsetof(cvode_def, initial_step_min)},
    {.name = "max_steps",
     .kind = TITR_OPTION_INT,
     .unit = "1",
     .init = 100000,
     .lo = 1,
     .hi = 1e9,
     .doc = "steps between two outputs before a lane is given up",
     .source = "choice",
     .offset = offsetof(cvode_def, max_steps)},
};

typedef struct cvode {
    const titr_model_type *model;
    const titr_model_mode *mode;
    const double *u, *held, *theta; /* of the span being solved */
    size_t n;
    size_t bad; /* state whose derivative was not finite; n = none */
    titri_sound sound;
    titri_tolerance tolerance;
    SUNContext context;
    void *mem;
    N_Vector x, weight, error;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    SUNNonlinearSolver nonlinear;
} cvode;

/* ---- vector operations ----
 * The systems are small, so CVODE's time goes into its vector operations. These replace the ones
 * that every step uses: same arithmetic, element by element, compiled with the flags of this
 * project whatever the library was compiled with. */

/* z = a x + b y; z may be x or y, but x and y are two vectors whenever z is one of them. */
static void linear_sum(const titri_elementwise *e, realtype a, N_Vector vx, realtype b, N_Vector vy,
                       N_Vector vz)
{
    const size_t n = (size_t)NV_LENGTH_S(vx);
    const double *x = NV_DATA_S(vx), *y = NV_DATA_S(vy);
    double *z = NV_DATA_S(vz);
    if (z == x) {
        e->blend(n, b, y, a, z);
    } else if (z == y) {
        e->blend(n, a, x, b, z);
    } else {
        e->sum(n, a, x, b, y, z);
    }
}

/* z = c x; z may be x. */
static void scale(const titri_elementwise *e, realtype c, N_Vector vx, N_Vector vz)
{
    const size_t n = (size_t)NV_LENGTH_S(vx);
    const double *x = NV_DATA_S(vx);
    double *z = NV_DATA_S(vz);
    if (c == 1.0) {
        memmove(z, x, n * sizeof *z);
    } else {
        e->scale(n, c, x, z);
    }
}

/* CVODE's calls say nothing of the solver that they are for, so each variant has its own. */
#define X(id, suffix, lanes, bits)                                                                 \
    static void linear_sum_##suffix(realtype a, N_Vector x, realtype b, N_Vector y, N_Vector z)    \
    {                                                                                              \
        linear_sum(&titri_elementwise_##suffix, a, x, b, y, z);                                    \
    }                                                                                              \
    static void scale_##suffix(realtype c, N_Vector x, N_Vector z)                                 \
    {                                                                                              \
        scale(&titri_elementwise_##suffix, c, x, z);                                               \
    }
TITR_VARIANT_MAP(X)
#undef X

/* Those of the widest vectors that run here. */
static void use_widest(N_Vector v)
{
    titr_variant wide;
    switch (titr_variant_wide(0, &wide, NULL) == TITR_OK ? wide : TITR_L1) {
#define X(id, suffix, lanes, bits)                                                                 \
    case TITR_##id:                                                                                \
        v->ops->nvlinearsum = linear_sum_##suffix;                                                 \
        v->ops->nvscale = scale_##suffix;                                                          \
        break;
        TITR_VARIANT_MAP(X)
#undef X
    case TITR_N_VARIANTS:
        break;
    }
}

/* Root mean square of x w, summed in two chains. */
static realtype rms_norm(N_Vector vx, N_Vector vw)
{
    const size_t n = (size_t)NV_LENGTH_S(vx);
    const double *x = NV_DATA_S(vx), *w = NV_DATA_S(vw);
    double even = 0.0, odd = 0.0;
    size_t i = 0;
    for (; i + 1 < n; i += 2) {
        even += (x[i] * w[i]) * (x[i] * w[i]);
        odd += (x[i + 1] * w[i + 1]) * (x[i + 1] * w[i + 1]);
    }
    if (i < n) {
        even += (x[i] * w[i]) * (x[i] * w[i]);
    }
    return sqrt((even + odd) / (double)n);
}

/* Weights of the norm: 1 / (rtol |x| + atol), atol above zero. */
static int weights(N_Vector vx, N_Vector vw, void *data)
{
    const cvode *self = data;
    const titri_tolerance *tolerance = &self->tolerance;
    const double *x = NV_DATA_S(vx);
    double *w = NV_DATA_S(vw);
    for (size_t i = 0; i < self->n; i++) {
        w[i] = 1.0 / (tolerance->rtol * fabs(x[i]) + tolerance->atol[i]);
    }
    return 0;
}

static N_Vector new_vector(const cvode *self)
{
    N_Vector v = N_VNew_Serial((sunindextype)self->n, self->context);
    if (v != NULL) {
        use_widest(v); /* clones inherit them */
        v->ops->nvwrmsnorm = rms_norm;
    }
    return v;
}

/* ---- calls from CVODE ---- */

static int call_rhs(realtype t, N_Vector x, N_Vector dxdt, void *data)
{
    cvode *self = data;
    double *d = NV_DATA_S(dxdt);
    self->mode->rhs(&t, NV_DATA_S(x), self->u, self->held, self->theta, d);
    const size_t bad = titri_first_not_finite(d, self->n);
    if (bad == self->n) {
        return 0;
    }
    self->bad = bad;
    return 1; /* recoverable: a smaller step may not run out of the model's domain */
}

/* The model's Jacobian is row-major, SUNDIALS keeps columns. */
static int call_jacobian(realtype t, N_Vector x, N_Vector fx, SUNMatrix dfdx, void *data,
                         N_Vector tmp1, N_Vector tmp2, N_Vector tmp3)
{
    (void)fx, (void)tmp1, (void)tmp2, (void)tmp3;
    const cvode *self = data;
    double rows[TITR_STATES_MAX * TITR_STATES_MAX];
    self->mode->jacobian(&t, NV_DATA_S(x), self->u, self->held, self->theta, rows);
    for (size_t j = 0; j < self->n; j++) {
        realtype *column = SM_COLUMN_D(dfdx, (sunindextype)j);
        for (size_t i = 0; i < self->n; i++) {
            column[i] = rows[i * self->n + j];
        }
    }
    return 0;
}

static void destroy(void *pointer)
{
    cvode *self = pointer;
    if (self == NULL) {
        return;
    }
    CVodeFree(&self->mem);
    if (self->nonlinear != NULL) {
        (void)SUNNonlinSolFree(self->nonlinear);
    }
    if (self->linear != NULL) {
        (void)SUNLinSolFree(self->linear);
    }
    if (self->matrix != NULL) {
        SUNMatDestroy(self->matrix);
    }
    N_Vector const vectors[] = {self->x, self->weight, self->error};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        if (vectors[i] != NULL) {
            N_VDestroy(vectors[i]);
        }
    }
    (void)SUNContext_Free(&self->context);
    free(self);
}

static titr_status make_vectors(cvode *self, const cvode_def *def, titr_error *err)
{
    if (SUNContext_Create(NULL, &self->context) != 0) {
        return titr_fail(err, TITR_ERR_NOMEM, "solver cvode: no memory for a SUNDIALS context");
    }
    self->x = new_vector(self);
    self->weight = new_vector(self);
    self->error = new_vector(self);
    if (self->x == NULL || self->weight == NULL || self->error == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "solver cvode: no memory for %zu states", self->n);
    }
    titri_tolerance_init(&self->tolerance, self->model->states, def->tolerance);
    double slack[TITR_STATES_MAX];
    titri_tolerance_slack(&self->tolerance, self->n, slack);
    titri_sound_init(&self->sound, self->model, self->mode, slack);
    for (size_t i = 0; i < self->n; i++) {
        NV_DATA_S(self->x)[i] = self->model->states.row[i].init;
    }
    return TITR_OK;
}

/* Adams: fixed-point iteration. */
static int attach_adams(cvode *self)
{
    self->nonlinear = SUNNonlinSol_FixedPoint(self->x, 0, self->context);
    return self->nonlinear == NULL ? CV_MEM_FAIL
                                   : CVodeSetNonlinearSolver(self->mem, self->nonlinear);
}

/* BDF: CVODE's own Newton iteration on a dense matrix. */
static int attach_bdf(cvode *self)
{
    const sunindextype n = (sunindextype)self->n;
    self->matrix = SUNDenseMatrix(n, n, self->context);
    if (self->matrix == NULL) {
        return CV_MEM_FAIL;
    }
    self->linear = SUNLinSol_Dense(self->x, self->matrix, self->context);
    if (self->linear == NULL) {
        return CV_MEM_FAIL;
    }
    const int flag = CVodeSetLinearSolver(self->mem, self->linear, self->matrix);
    return flag != CV_SUCCESS || self->mode->jacobian == NULL
               ? flag
               : CVodeSetJacFn(self->mem, call_jacobian);
}

/* Nothing is printed: CVODE's flag travels in the titr_fault. */
static int set_up(cvode *self, const cvode_def *def)
{
    self->mem = CVodeCreate(def->method == METHOD_BDF ? CV_BDF : CV_ADAMS, self->context);
    int flag = self->mem == NULL ? CV_MEM_FAIL : CVodeSetErrFile(self->mem, NULL);
    flag = flag ? flag : CVodeInit(self->mem, call_rhs, 0.0, self->x);
    flag = flag ? flag : CVodeWFtolerances(self->mem, weights);
    flag = flag ? flag : CVodeSetUserData(self->mem, self);
    flag = flag ? flag : CVodeSetMaxNumSteps(self->mem, (long)def->max_steps);
    flag = flag ? flag : CVodeSetInitStep(self->mem, def->initial_step_min);
    flag = flag ? flag : CVodeSetEtaMaxEarlyStep(self->mem, EARLY_GROWTH);
    flag = flag ? flag : def->method == METHOD_BDF ? attach_bdf(self) : attach_adams(self);
    return flag;
}

/* Copy the library's name of `flag`, which it mallocs. */
static void copy_flag(int flag, char *text, size_t size)
{
    char *name = CVodeGetReturnFlagName(flag);
    (void)snprintf(text, size, "%s", name != NULL ? name : "CVODE flag without a name");
    free(name);
}

static titr_status create(const void *pointer, const titr_model_type *model,
                          const titr_model_mode *mode, void **out, titr_error *err)
{
    const cvode_def *def = pointer;
    cvode *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "solver cvode: no memory");
    }
    self->model = model;
    self->mode = mode;
    self->n = model->states.n;
    titr_status status = make_vectors(self, def, err);
    if (status == TITR_OK) {
        const int flag = set_up(self, def);
        if (flag != CV_SUCCESS) {
            char name[48];
            copy_flag(flag, name, sizeof name);
            status = titr_fail(err, TITR_ERR_NOMEM, "solver cvode cannot be set up: %s", name);
        }
    }
    if (status != TITR_OK) {
        destroy(self);
        return status;
    }
    *out = self;
    return TITR_OK;
}

static titr_fault_code fault_of(int flag)
{
    static const struct {
        int flag;
        titr_fault_code code;
    } map[] = {
        {CV_TOO_MUCH_WORK, TITR_FAULT_TOO_MUCH_WORK}, {CV_TOO_MUCH_ACC, TITR_FAULT_TOO_MUCH_ACC},
        {CV_ERR_FAILURE, TITR_FAULT_ERR_FAILURE},     {CV_CONV_FAILURE, TITR_FAULT_CONV_FAILURE},
        {CV_LINIT_FAIL, TITR_FAULT_LINEAR_SOLVER},    {CV_LSETUP_FAIL, TITR_FAULT_LINEAR_SOLVER},
        {CV_LSOLVE_FAIL, TITR_FAULT_LINEAR_SOLVER},   {CV_RHSFUNC_FAIL, TITR_FAULT_RHS},
        {CV_FIRST_RHSFUNC_ERR, TITR_FAULT_RHS},       {CV_REPTD_RHSFUNC_ERR, TITR_FAULT_RHS},
        {CV_UNREC_RHSFUNC_ERR, TITR_FAULT_RHS},
    };
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
        if (map[i].flag == flag) {
            return map[i].code;
        }
    }
    return TITR_FAULT_OTHER;
}

/* The state whose local error weighs most. @return n when CVODE has no estimate. */
static size_t worst_state(cvode *self)
{
    size_t worst = self->n;
    double most = 0.0;
    if (CVodeGetErrWeights(self->mem, self->weight) == CV_SUCCESS &&
        CVodeGetEstLocalErrors(self->mem, self->error) == CV_SUCCESS) {
        for (size_t i = 0; i < self->n; i++) {
            const double e = fabs(NV_DATA_S(self->error)[i] * NV_DATA_S(self->weight)[i]);
            if (e > most) {
                most = e;
                worst = i;
            }
        }
    }
    return worst;
}

static void report_flag(cvode *self, int flag, titr_fault *fault)
{
    *fault = (titr_fault){.code = fault_of(flag)};
    copy_flag(flag, fault->flag, sizeof fault->flag);
    (void)CVodeGetCurrentTime(self->mem, &fault->time_min);
    const size_t i = self->bad < self->n ? self->bad : worst_state(self);
    titri_fault_state(&self->sound, NV_DATA_S(self->x), i, fault);
}

/* Integrate to `t_min`. @return 1, or 0 with `fault` filled. */
static int go_to(cvode *self, double t_min, titr_fault *fault)
{
    realtype reached = 0.0;
    const int flag = CVode(self->mem, t_min, self->x, &reached, CV_NORMAL);
    if (flag < 0) {
        report_flag(self, flag, fault);
        return 0;
    }
    return titri_is_sound(&self->sound, NV_DATA_S(self->x), reached, fault);
}

static int start(cvode *self, const titr_span *span, titr_fault *fault)
{
    memcpy(NV_DATA_S(self->x), span->x, self->n * sizeof *span->x);
    self->u = span->u;
    self->held = span->held;
    self->theta = span->theta;
    self->bad = self->n;
    if (!titri_is_sound(&self->sound, span->x, span->from_min[0], fault)) {
        return 0;
    }
    int flag = CVodeReInit(self->mem, span->from_min[0], self->x);
    flag = flag ? flag : CVodeSetStopTime(self->mem, span->to_min[0]);
    if (flag != CV_SUCCESS) {
        report_flag(self, flag, fault);
    }
    return flag == CV_SUCCESS;
}

/* Whole minutes of the span that the caller has rows for. */
static size_t rows_of(const titr_span *span)
{
    const double whole = floor(span->to_min[0] - span->from_min[0]);
    return span->minutes == NULL ? 0 : (size_t)fmin(whole, (double)span->n_minutes);
}

/* @return 1, or 0 with `fault` filled and the state as it was. */
static int solve(cvode *self, const titr_span *span, titr_fault *fault)
{
    const double from = span->from_min[0], to = span->to_min[0];
    double reached = from;
    if (!start(self, span, fault)) {
        return 0;
    }
    for (size_t k = 0; k < rows_of(span); k++) {
        reached = from + (double)(k + 1);
        if (!go_to(self, reached, fault)) {
            return 0;
        }
        memcpy(span->minutes + k * self->n, NV_DATA_S(self->x), self->n * sizeof *span->x);
    }
    if (reached < to && !go_to(self, to, fault)) {
        return 0;
    }
    memcpy(span->x, NV_DATA_S(self->x), self->n * sizeof *span->x);
    return 1;
}

static titr_status advance(void *pointer, const titr_span *span, titr_error *err)
{
    TITR_TRY(titri_check_span(span, 1, err));
    const int due = span->active[0] && span->to_min[0] > span->from_min[0];
    if (due && !solve(pointer, span, &span->fault[0])) {
        span->failed[0] = 1;
    }
    return TITR_OK;
}

const titr_solver_type titr_solver_cvode = {
    .part = {.name = "cvode",
             .doc = "CVODE, variable order and step, re-initialised at every event: the reference",
             .source = "hindmarsh2005",
             TITR_OPTIONS(options, cvode_def)},
    .lanes = 1,
    .create = create,
    .advance = advance,
    .destroy = destroy,
};
