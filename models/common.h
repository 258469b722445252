// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file models/common.h
 * @brief What the glucose bodies share: checking a patient, and the basal steady state as the place
 *        where a lane begins and to which a reset returns.
 */
#ifndef TITR_MODELS_COMMON_H
#define TITR_MODELS_COMMON_H

#include "titrate/base/lanes.h"
#include "titrate/models/model.h"

/** Weight and every parameter within its range. */
titr_status titri_patient_check(const titr_patient *patient, titr_table params,
                                titr_error *err) TITR_NODISCARD;

/** Where a model keeps what its basal steady state needs. */
typedef struct titri_layout {
    size_t n_states, n_inputs, n_held; /* as in its tables               */
    size_t insulin;                    /* input that has the basal rate  */
    size_t basal, x0;                  /* rate and initial state in theta */
} titri_layout;

/** Writes n values into column `lane`. */
static inline void titri_put_column(const double *from, size_t n, size_t lane, double *to)
{
    for (size_t i = 0; i < n; i++) {
        TITR_AT(to, i, lane) = from[i];
    }
}

/** One lane at rest in x0: basal insulin, no food, nothing held. */
static inline void titri_rest(const titri_layout *k, const double *x0, double basal, size_t lane,
                              double *x, double *u, double *held)
{
    titri_put_column(x0, k->n_states, lane, x);
    for (size_t i = 0; i < k->n_inputs; i++) {
        TITR_AT(u, i, lane) = i == k->insulin ? basal : 0.0;
    }
    for (size_t i = 0; i < k->n_held; i++) {
        TITR_AT(held, i, lane) = 0.0;
    }
}

/** What an event does to any body; one that keeps in mind what happened does more. */
static inline void titri_at_event(const titri_layout *k, const titr_event *event, size_t lane,
                                  double *x, double *u, double *held, const double *theta)
{
    double x0[TITR_STATES_MAX];
    switch (event->kind) {
    case TITR_EVENT_RATE:
        TITR_AT(u, event->target, lane) = event->amount;
        break;
    case TITR_EVENT_BOLUS:
        TITR_AT(x, event->target, lane) += event->amount;
        break;
    case TITR_EVENT_RESET:
        for (size_t i = 0; i < k->n_states; i++) {
            x0[i] = TITR_AT(theta, k->x0 + i, lane);
        }
        titri_rest(k, x0, TITR_AT(theta, k->basal, lane), lane, x, u, held);
        break;
    case TITR_EVENT_COVARIATE:
    case TITR_EVENT_OBSERVE:
        break;
    }
}

/** Written so that NaN passes through, which fmax would swallow. */
static inline double titri_positive_part(double v)
{
    return v < 0.0 ? 0.0 : v;
}

#endif
