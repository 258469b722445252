// SPDX-License-Identifier: GPL-3.0-or-later
/* A clinic record of two lanes for tests of what reads one. Lane 1 is the child under test; lane 0
 * holds NaN everywhere, so that a wrong lane shows. */
#ifndef TESTS_SUPPORT_RECORD_H
#define TESTS_SUPPORT_RECORD_H

#include "titrate/env/record.h"

#include <math.h>

#define TEST_LANE 1

typedef struct test_record {
    double value[TITR_OBS_N][2];
    double history[TITR_CGM_HISTORY][2];
    uint32_t newest[2];
    titr_record record;
} test_record;

static inline void test_set(test_record *t, titr_observable what, double value)
{
    t->value[what][TEST_LANE] = value;
}

/* The record's arrays are this struct's own: after copying one as well. */
static inline void test_record_link(test_record *t)
{
    t->record =
        (titr_record){.n = 2, .stride = 2, .cgm_history = t->history[0], .cgm_newest = t->newest};
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        t->record.col[i] = t->value[i];
    }
}

/* A child of 30 kg at 200 mg/dL: basal 0.4 U/h, CR 20 g/U, CF 80 mg/dL/U, target 120 mg/dL, 0.25 U
 * of boluses on board, no meal. */
static inline void test_record_init(test_record *t)
{
    t->newest[0] = t->newest[1] = 0;
    test_record_link(t);
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        t->value[i][0] = (double)NAN;
        t->value[i][TEST_LANE] = 0.0;
    }
    for (size_t k = 0; k < TITR_CGM_HISTORY; k++) {
        t->history[k][0] = (double)NAN;
        t->history[k][TEST_LANE] = 200.0;
    }
    test_set(t, TITR_OBS_CGM, 200.0);
    test_set(t, TITR_OBS_CGM_MEAN_15, 200.0);
    test_set(t, TITR_OBS_BASAL, 0.4);
    test_set(t, TITR_OBS_CR, 20.0);
    test_set(t, TITR_OBS_CF, 80.0);
    test_set(t, TITR_OBS_TARGET, 120.0);
    test_set(t, TITR_OBS_IOB, 0.5);
    test_set(t, TITR_OBS_BOLUS_IOB, 0.25);
    test_set(t, TITR_OBS_WEIGHT, 30.0);
    test_set(t, TITR_OBS_TDI, 20.0);
}

#endif
