// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/batch.h
 * @brief The days of support/workload.h in blocks of lanes: patient i is child i % 10.
 */
#ifndef TITR_TESTS_SUPPORT_BATCH_H
#define TITR_TESTS_SUPPORT_BATCH_H

#include "support/workload.h"
#include "titrate/env/scenario.h"
#include "titrate/solve/solver.h"

typedef struct batch_block batch_block;
typedef struct batch_input batch_input;

typedef struct batch {
    const workload *w;
    const titr_model_type *model;
    titr_solver *solver;
    batch_block *block;
    batch_input *input; /* [children][WORKLOAD_DAY_MIN] */
    size_t n, lanes, blocks;
} batch;

/** @param[in] solver one that takes lanes. @param[in] n patients, a multiple of the lanes.
 *  @param[out] out owned by the caller: batch_fini, also after a failure. */
titr_status batch_init(batch *out, const workload *w, titr_slot solver, titr_variant variant,
                       size_t n, titr_error *err) TITR_NODISCARD;
void batch_fini(batch *b);

/** All patients at the beginning of their day. */
titr_status batch_begin(batch *b, titr_error *err) TITR_NODISCARD;
/** Minute t of the day of all patients. A fault is TITR_ERR_SOLVER. */
titr_status batch_minute(batch *b, size_t t, titr_error *err) TITR_NODISCARD;
/** State of patient i. @param[out] x [states of the model]. */
void batch_state(const batch *b, size_t i, double *x);

/** One day of all patients from its beginning. A fault is TITR_ERR_SOLVER.
 *  @param[out] glucose_mg_dl NULL, or of the first ten patients as workload_run. */
titr_status batch_day(batch *b, double *glucose_mg_dl, titr_error *err) TITR_NODISCARD;

#endif
