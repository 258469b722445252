// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/models/model.h
 * @brief The contract every ODE model (drug or glucose) fulfils.
 *
 *   patient --individualise--> theta --initial--> x(0)
 *   event, x --at_event--> u, held       (between solver calls only)
 *   t, x, u, held, theta --rhs--> dx/dt  (called by solvers only)
 *   x, theta --output--> y               (what sensors and logs may see)
 *
 * A model is a constant table of pure functions: no allocation, I/O, random numbers or globals, so
 * one `const titr_model_type` serves all threads.
 *
 * Lanes   Every array has a lane axis, the last and fastest: quantity i of lane l is a[i * L + l],
 *         where L = TITR_LANES is a compile-time constant of the model's source file, which is
 *         compiled once per variant (titrate/base/variant.h); L = 1 is what CVODE calls. Lanes
 *         never mix.
 * Shapes  x, dxdt [states.n][L]; u [inputs.n][L]; held [held.n][L]; theta [n_theta][L];
 *         y [outputs.n][L]; t_min [L]; dfdx [states.n][states.n][L], dfdx[(i*n + j)*L + l] =
 *         d(dxdt_i)/d(x_j)
 * Units   min; canonical (titrate/base/units.h); each quantity states its own
 * Errors  TITR_ERR_RANGE from individualise. The other functions cannot fail: a solver looks for
 *         non-finite values itself.
 */
#ifndef TITR_MODELS_MODEL_H
#define TITR_MODELS_MODEL_H

#include "titrate/base/option.h"
#include "titrate/base/quantity.h"
#include "titrate/base/variant.h"
#include "titrate/models/event.h"
#include "titrate/models/patient.h"

/** States of any model. */
#define TITR_STATES_MAX 32
/** Inputs of any model. */
#define TITR_INPUTS_MAX 8
/** Held values of any model. */
#define TITR_HELD_MAX 8
/** Individual values of any model. */
#define TITR_THETA_MAX 80
/** Outputs of any model. */
#define TITR_OUTPUTS_MAX 8

/** Right-hand side over lanes: writes dxdt, reads the rest. */
typedef void titr_rhs_fn(const double *t_min, const double *x, const double *u, const double *held,
                         const double *theta, double *dxdt);
/** Its derivative by x: writes every element of dfdx. */
typedef void titr_jacobian_fn(const double *t_min, const double *x, const double *u,
                              const double *held, const double *theta, double *dfdx);
/** Apply one event to lane `lane`: sets u, may change held and x. */
typedef void titr_at_event_fn(const titr_event *event, size_t lane, double *x, double *u,
                              double *held, const double *theta);

/** A variant of a model's equations, e.g. "faithful" or "safe". */
typedef struct titr_model_mode {
    const char *name, *doc;     /* config name; one line */
    titr_rhs_fn *rhs;           /* called by solvers only */
    titr_jacobian_fn *jacobian; /* NULL: the solver uses difference quotients */
    titr_at_event_fn *at_event; /* called between spans only */
    int masses_stay_positive; /* 1: a state below its table's lo by more than 1e-9, or more than the
                                 solver's own tolerance, is a fault */
} titr_model_mode;

/** A parameter that says how fast or how strongly a body answers and leaves its basal steady state
 *  where it is: training may vary it (train.body_cv). Rows with one `factor` vary together. */
typedef struct titr_response {
    size_t param;  /* index into the params table */
    size_t factor; /* number of the random factor, < TITR_PARAMS_MAX */
} titr_response;

/** A registered model: a constant table of functions. */
typedef struct titr_model_type {
    titr_part part; /* name, doc, source */
    size_t lanes;   /* L                                              */
    size_t n_theta; /* individual values per lane, <= TITR_THETA_MAX  */
    titr_table states, inputs, held, params, outputs; /* what each array holds, in order */
    const titr_model_mode *modes;                     /* modes[0] is the default */
    size_t n_modes;                                   /* rows of modes, >= 1 */
    const titr_response *responses;                   /* NULL where n_responses is 0 */
    size_t n_responses;                               /* rows of responses */
    size_t restless; /* held value that is not 0 while inputs shake the body (food going in), so
                        that a fixed step has to be shorter; held.n: there is none */

    /** Covariates and parameters -> theta of one lane. @param[in] patient borrowed for the call.
     *  @param[out] theta column `lane` written only on TITR_OK. */
    titr_status (*individualise)(const titr_patient *patient, size_t lane, double *theta,
                                 titr_error *err);
    /** State, inputs and held values at t = 0: the untreated or basal steady state. */
    void (*initial)(const titr_patient *patient, size_t lane, double *x, double *u, double *held);
    void (*output)(const double *x, const double *theta, double *y); /* all lanes */
    /** Scale how strongly insulin acts in one lane's theta; the initial state and what belongs to
     * it stay. NULL: the body has no insulin. @param[in] factor > 0. */
    void (*sensitise)(double factor, size_t lane, double *theta);
} titr_model_type;

/** Registered model by name, compiled for one lane. @return static object, NULL if unknown. */
const titr_model_type *titr_model_find(const char *name);
/** The same model as another variant. @param[in] type of one lane. */
const titr_model_type *titr_model_variant(const titr_model_type *type, titr_variant variant);
/** Registered models (one lane each) in list order. @return static array of *n entries. */
const titr_model_type *const *titr_model_all(size_t *n);
/** Index of a mode. @return model->n_modes when there is none of that name. */
size_t titr_model_mode_find(const titr_model_type *model, const char *name);

#endif
