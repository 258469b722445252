// SPDX-License-Identifier: GPL-3.0-or-later
/* The CDC 2000 tables as data. */
#ifndef TITR_MODELS_GROWTH_CDC2000_H
#define TITR_MODELS_GROWTH_CDC2000_H

#include "titrate/models/growth.h"

#include <stddef.h>

typedef struct titri_lms_row {
    double age_months, l, m, s;
} titri_lms_row;

typedef struct titri_lms_table {
    const titri_lms_row *row; /* in the order of age */
    size_t n;
} titri_lms_table;

/* By measure; male, then female. */
extern const titri_lms_table titri_cdc2000[TITR_N_GROWTH][2];

#endif
