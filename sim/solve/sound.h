// SPDX-License-Identifier: GPL-3.0-or-later
/* What every solver looks for: times that run backwards, and in every state that it hands on values
 * that are not finite and masses below zero. */
#ifndef SIM_SOLVE_SOUND_H
#define SIM_SOLVE_SOUND_H

#include "titrate/solve/solver.h"

#include <math.h>

/* A solver asks it first: no active lane may run backwards, or to a time that is no number. */
titr_status titri_check_span(const titr_span *span, size_t lanes, titr_error *err) TITR_NODISCARD;

typedef struct titri_sound {
    titr_table states;
    double floor[TITR_STATES_MAX]; /* below it a state is a fault; -inf: it may be negative */
} titri_sound;

/* @param[in] slack [states.n] how far below its table's low end a mass may be */
void titri_sound_init(titri_sound *out, const titr_model_type *model, const titr_model_mode *mode,
                      const double *slack);

/* @return 1 when `x` of one lane is sound; otherwise `fault` says what is not. */
int titri_is_sound(const titri_sound *sound, const double *x, double t_min, titr_fault *fault);

/* Write down state i of `x` as the one at fault; i = n: none in particular. */
void titri_fault_state(const titri_sound *sound, const double *x, size_t i, titr_fault *fault);

/* @return index of the first value that is not finite, n if all are. Solvers call it with every
 * right-hand side: a sum tells at once that nothing is wrong. */
static inline size_t titri_first_not_finite(const double *v, size_t n)
{
    double zero = 0.0; /* becomes NaN when a term is not finite */
    for (size_t i = 0; i < n; i++) {
        zero += 0.0 * v[i];
    }
    if (zero == 0.0) {
        return n;
    }
    size_t bad = 0;
    while (isfinite(v[bad])) {
        bad++;
    }
    return bad;
}

#endif
