// SPDX-License-Identifier: GPL-3.0-or-later
/* Percentiles of glucose by time of day, pooled over days, seeds and children. */
#ifndef TITRI_REPORT_PROFILE_H
#define TITRI_REPORT_PROFILE_H

#include "titrate/store/trajectory.h"

enum { TITRI_P5, TITRI_P25, TITRI_P50, TITRI_P75, TITRI_P95, TITRI_N_PERCENTILES };
#define TITRI_BINS_MAX 96 /* of 15 min */

/* Readings collected so far. */
typedef struct titri_pool {
    struct titri_pooled {
        float minute_of_day, glucose_mg_dl;
    } * reading; /* owned */
    size_t n, capacity;
    double days; /* time covered by them */
} titri_pool;

/* Add the true glucose of an episode from `drop_min` on. */
titr_status titri_pool_add(titri_pool *pool, const titr_trajectory *t, double clock_start_min,
                           double drop_min, titr_error *err) TITR_NODISCARD;
void titri_pool_fini(titri_pool *pool);

typedef struct titri_profile {
    double days;    /* data behind it */
    size_t n;       /* bins with readings; 0 = too little data: see titri_profile_gate */
    double bin_min; /* width of a bin */
    double minute[TITRI_BINS_MAX +
                  2]; /* middle of each bin; the first and last repeat past midnight */
    double mg_dl[TITRI_N_PERCENTILES][TITRI_BINS_MAX + 2];
} titri_profile;

/* The pool's readings are sorted in place. With less than 7 days there are no percentiles. */
titr_status titri_profile_make(titri_pool *pool, titri_profile *out,
                               titr_error *err) TITR_NODISCARD;
/* Why there are no percentiles. @return static text; NULL when there are. */
const char *titri_profile_gate(const titri_profile *profile);

#endif
