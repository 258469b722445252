// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/workload.h
 * @brief What speed and error of a solver are measured on: one day of each of the ten published
 *        children in safe mode, inputs changing every minute (basal times 0, 0.5, 1, 1.5 or 2 at
 *        random), four meals with boluses.
 */
#ifndef TITR_TESTS_SUPPORT_WORKLOAD_H
#define TITR_TESTS_SUPPORT_WORKLOAD_H

#include "titrate/base/option.h"
#include "titrate/cohort/cohort.h"

#define WORKLOAD_DAY_MIN 1440
#define WORKLOAD_TEXT                                                                              \
    "10 published children x 24 h, S2008 safe mode, inputs change every minute, 4 meals, one core"

typedef struct workload {
    titr_cohort cohort;
    size_t n_minutes;  /* of all children together */
    double *carbs_g;   /* [children][WORKLOAD_DAY_MIN] served in that minute    */
    double *insulin_u; /* [children][WORKLOAD_DAY_MIN] delivered in that minute */
} workload;

/** @param[out] out owned by the caller: workload_fini, also after a failure. */
titr_status workload_init(workload *out, titr_error *err) TITR_NODISCARD;
void workload_fini(workload *w);

/** Live the days with `solver`, afresh. A fault is TITR_ERR_SOLVER, named in the text.
 *  @param[out] glucose_mg_dl NULL, or n_minutes values: child by child, minute by minute. */
titr_status workload_run(const workload *w, titr_slot solver, double *glucose_mg_dl,
                         titr_error *err) TITR_NODISCARD;

/** Patient-minutes per second of this thread's CPU time, of one run. */
titr_status workload_speed(const workload *w, titr_slot solver, double *patient_min_per_s,
                           titr_error *err) TITR_NODISCARD;

/** Largest difference at any minute; infinite if any value is not finite. */
double workload_difference(const workload *w, const double *a, const double *b);

#endif
