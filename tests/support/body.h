// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/body.h
 * @brief One child simulated minute by minute under given food and insulin, without an environment.
 *
 * Order of events within a minute as in the reference manifest: the bite is taken and counted, then
 * the minute is integrated with constant inputs.
 */
#ifndef TITR_TESTS_SUPPORT_BODY_H
#define TITR_TESTS_SUPPORT_BODY_H

#include "titrate/env/scenario.h"
#include "titrate/solve/solver.h"

typedef struct body {
    const titr_model_type *model; /* one lane */
    const titr_model_mode *mode;
    titr_solver *solver; /* owned */
    double theta[TITR_THETA_MAX], x[TITR_STATES_MAX], u[TITR_INPUTS_MAX], held[TITR_HELD_MAX];
    titr_mouth mouth;
    double time_min;
    titr_fault fault; /* of the last span */
} body;

/** Set a number, flag or choice of a slot by name. @return 0 when the part has no such option. */
int slot_set(titr_slot slot, const char *option, double value);

/** A body of S2008. @param[in] solver borrowed for the call. @param[out] out owned by the caller:
 * body_fini. */
titr_status body_init(body *out, const titr_patient *patient, const char *mode, titr_slot solver,
                      titr_error *err) TITR_NODISCARD;
/** The same of any model of one lane. */
titr_status body_init_of(const titr_model_type *model, body *out, const titr_patient *patient,
                         const char *mode, titr_slot solver, titr_error *err) TITR_NODISCARD;
void body_fini(body *b);
/** Set an input from now on, for `duration_min` at least. */
void body_rate(body *b, size_t input, double amount, double duration_min);
/** Advance with inputs as they are; body.fault tells how it went.
 *  @param[out] rows NULL, or the state after each of `minutes` whole minutes. */
titr_status body_advance(body *b, double minutes, double *rows, titr_error *err) TITR_NODISCARD;
/** One minute: `announced_g` joins the queue of food, the bite enters, insulin is constant. */
titr_status body_minute(body *b, double announced_g, double insulin_u_per_min,
                        titr_error *err) TITR_NODISCARD;
/** Output of the model by name, e.g. "glucose_mg_dl". NaN when there is none. */
double body_output(const body *b, const char *name);

#endif
