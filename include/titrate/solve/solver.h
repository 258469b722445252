// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/solve/solver.h
 * @brief Advance a block of lanes between two events, during which all inputs are constant.
 *
 *   span {from, to, x(from), u, held, theta}  --advance-->  x(to), x at each whole minute, faults
 *
 * Each call starts afresh: no solver carries history from one span to the next, so a state plus its
 * inputs determine the result and checkpoints need no solver memory.
 *
 * Shapes  as in titrate/models/model.h; minutes [n_minutes][states.n][L]
 * Errors  only misuse and lack of memory are a titr_status; a lane that cannot be integrated gets a
 *         titr_fault and leaves the other lanes untouched.
 * Threads one titr_solver per thread; types are shared.
 */
#ifndef TITR_SOLVE_SOLVER_H
#define TITR_SOLVE_SOLVER_H

#include "titrate/base/lanes.h"
#include "titrate/models/model.h"

/* One row per fault: enum, name (as shown to users), meaning. Names of CVODE's flags are its own.
 */
#define TITR_FAULT_MAP(X)                                                                          \
    X(NONE, "none", "no fault")                                                                    \
    X(NON_FINITE, "non_finite", "a state is not a finite number")                                  \
    X(NEGATIVE_MASS, "negative_mass", "a mass is below zero beyond tolerance")                     \
    X(TOO_MUCH_WORK, "CV_TOO_MUCH_WORK", "step limit reached before the end of the span")          \
    X(TOO_MUCH_ACC, "CV_TOO_MUCH_ACC", "requested accuracy cannot be reached")                     \
    X(ERR_FAILURE, "CV_ERR_FAILURE", "error test failed repeatedly")                               \
    X(CONV_FAILURE, "CV_CONV_FAILURE", "nonlinear solver did not converge")                        \
    X(LINEAR_SOLVER, "CV_LSETUP_FAIL", "linear solver failed")                                     \
    X(RHS, "CV_RHSFUNC_FAIL", "right-hand side failed")                                            \
    X(TOO_MANY_STEPS, "too_many_steps", "step limit reached before the end of a minute")           \
    X(STEP_UNDERFLOW, "step_underflow", "accuracy would take steps too short to move the time")    \
    X(DERIVATIVE, "non_finite_derivative", "right-hand side is not a finite number")               \
    X(OTHER, "solver_other", "another solver flag; its name is in the text")

/** Why a lane stopped. */
typedef enum titr_fault_code {
#define X(name, text, meaning) TITR_FAULT_##name,
    TITR_FAULT_MAP(X)
#undef X
} titr_fault_code;

/** Name of a fault as users see it. @return static string. */
const char *titr_fault_name(titr_fault_code code);

/** What went wrong in a lane. */
typedef struct titr_fault {
    titr_fault_code code; /* NONE = nothing */
    double time_min;      /* where the lane stopped                                   */
    char state[32];       /* name of the offending state; empty if none in particular */
    double value;         /* its value                                                */
    char flag[48];        /* the library's own name of its flag, e.g. "CV_ERR_FAILURE" */
} titr_fault;

/** One call's work: every lane from its own time to its own time. */
typedef struct titr_span {
    const double *from_min, *to_min; /* [L], to >= from; equal = nothing to do       */
    const titr_flag *active;         /* [L] 0 or 1; 0 = lane is masked and stays untouched   */
    double *x;                       /* in: state at from; out: state at to (unchanged on fault) */
    const double *u, *held, *theta;  /* constant during the span */
    double *minutes;   /* NULL or [n_minutes][states.n][L]: row k = state at from + k + 1;
                          rows beyond a lane's `to` are not written                */
    size_t n_minutes;  /* rows in `minutes`                                        */
    titr_flag *failed; /* [L] becomes 1 for lanes that cannot go on; the caller clears it */
    titr_fault *fault; /* [L], written for lanes that cannot go on, and only for those */
} titr_span;

/** A created solver; its inside is private. */
typedef struct titr_solver titr_solver;

/** A registered solver: a constant table of functions. */
typedef struct titr_solver_type {
    titr_part part; /* name, doc, source, options */
    size_t lanes;   /* L: the width of the models it calls */
    /** @param[in] def of part.def_size bytes, already checked. @param[out] self owned by the
     * caller. */
    titr_status (*create)(const void *def, const titr_model_type *model,
                          const titr_model_mode *mode, void **self, titr_error *err);
    /** As titr_solver_advance; refuses a span that runs backwards (titri_check_span). */
    titr_status (*advance)(void *self, const titr_span *span, titr_error *err);
    void (*destroy)(void *self); /* NULL is fine */
} titr_solver_type;

/** Registered solver by name. @return static object, NULL if unknown. */
const titr_solver_type *titr_solver_find(const char *name);
/** The same solver as another variant. @return NULL when it solves one lane at a time. */
const titr_solver_type *titr_solver_variant(const titr_solver_type *type, titr_variant variant);
/** Registered solvers in list order. @return static array of *n entries. */
const titr_solver_type *const *titr_solver_all(size_t *n);

/** @param[in] slot a titr_solver_type with its def. @param[in] model of the same variant as the
 *  solver's type. @param[out] out owned by the caller. */
titr_status titr_solver_create(titr_slot slot, const titr_model_type *model,
                               const titr_model_mode *mode, titr_solver **out,
                               titr_error *err) TITR_NODISCARD;
/** Advance the active lanes; a lane that cannot be integrated gets its fault, the others go on. */
titr_status titr_solver_advance(titr_solver *solver, const titr_span *span,
                                titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_solver_destroy(titr_solver *solver);

#endif
