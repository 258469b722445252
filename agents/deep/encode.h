// SPDX-License-Identifier: GPL-3.0-or-later
/* From what an agent observes to what its network takes in.
 *
 *   x = (value - shift) * scale          for a plain value
 *   x = 1 at the value's place, else 0   for one of 0 .. discrete - 1
 *
 * Shift and scale are 0 and 1 (raw), those that take the observable's plausible range to [-1, 1]
 * (range), or mean and 1 / SD of what was seen until learning began (running): from then on they
 * stay, so that what the network has learned keeps its meaning. They are saved with the agent. */
#ifndef TITRI_ENCODE_H
#define TITRI_ENCODE_H

#include "titrate/agents/observe.h"
#include "titrate/base/visit.h"

typedef enum titri_normalise { TITRI_RAW, TITRI_RANGE, TITRI_RUNNING } titri_normalise;

typedef struct titri_encoder {
    titri_normalise mode;
    size_t n_obs, n_in;    /* values observed, inputs of the network                  */
    size_t *discrete;      /* [n_obs] 0: a plain value                                */
    double *shift, *scale; /* [n_obs]                                                 */
    double *mean, *square; /* [n_obs] running: mean and sum of squared deviations     */
    double seen;           /* running: observations so far                            */
} titri_encoder;

/* n values without plausible ranges: TITRI_RAW or TITRI_RUNNING. @param[in] discrete [n], borrowed
 * for the call; NULL: all are plain. */
titr_status titri_encoder_make(titri_encoder *e, size_t n, const size_t *discrete,
                               titri_normalise mode, titr_error *err) TITR_NODISCARD;
/* @param[in] lo, hi [n_obs] plausible ranges; read for TITRI_RANGE only. */
titr_status titri_encoder_init(titri_encoder *e, const titr_observer *observer, const double *lo,
                               const double *hi, titri_normalise mode,
                               titr_error *err) TITR_NODISCARD;
void titri_encoder_fini(titri_encoder *e);
/* Take n observations [n][n_obs] into the running moments. */
void titri_encoder_see(titri_encoder *e, const double *obs, size_t n);
/* From now on encode by the moments seen so far. */
void titri_encoder_settle(titri_encoder *e);
/* One observation. @param[out] x [n_in] */
void titri_encode(const titri_encoder *e, const double *obs, float *x);
/* The same from stored values. */
void titri_encode_stored(const titri_encoder *e, const float *obs, float *x);
titr_status titri_encoder_visit(titri_encoder *e, titr_visitor *v, titr_error *err) TITR_NODISCARD;

#endif
