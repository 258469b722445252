// SPDX-License-Identifier: GPL-3.0-or-later
/* Insulin on board from a ring of decision intervals.
 *
 *   bolus IOB = sum_j bolus_j f(j d)
 *   IOB       = bolus IOB + sum_j (delivered_j - bolus_j - scheduled basal_j) f((j - 1/2) d)
 *
 * d = decision interval, j = 1 the interval just ended, f = titr_iob_fraction: a bolus goes in at
 * its interval's start, basal on the average in its middle. The curve is tabulated, so that no step
 * evaluates an exponential. */
#ifndef SIM_ENV_PATIENTS_IOB_H
#define SIM_ENV_PATIENTS_IOB_H

#include <stddef.h>

/* Shapes: at_start, at_middle [slots]; bolus_u, basal_u [blocks][slots][lanes]; any_bolus
 * [blocks][slots]. */
typedef struct titri_iob {
    size_t slots, lanes;
    size_t head;                  /* slot of the interval being played; the one before it next */
    double *at_start, *at_middle; /* f for j = 1, 2, ...               */
    double *bolus_u, *basal_u;
    unsigned char *any_bolus; /* 0: that row of bolus_u is zero */
} titri_iob;

/* How many intervals the curve reaches back. */
size_t titri_iob_slots(double duration_min, double interval_min);
void titri_iob_tabulate(titri_iob *iob, double peak_min, double duration_min, double interval_min);
/* Forget what lane `l` of `block` was given. */
void titri_iob_clear(titri_iob *iob, size_t block, size_t l);
/* The next interval begins. */
void titri_iob_turn(titri_iob *iob);
/* Find out which rows hold a bolus. */
void titri_iob_scan(titri_iob *iob, size_t blocks);

#endif
