// SPDX-License-Identifier: GPL-3.0-or-later
/* A run file with invented but plausible days, for the tests of the page. */
#ifndef TITR_TESTS_SAMPLE_RUN_H
#define TITR_TESTS_SAMPLE_RUN_H

#include "titrate/store/store.h"

typedef struct sample_run {
    const char *policy[4]; /* NULL ends the list; the first is what is compared with */
    const char *patient[4];
    const char *experiment;
    unsigned seeds;
    double days;
    int levels;   /* 1 = policies choose levels                      */
    int faults;   /* 1 = the last episode of every policy is a FAULT */
    int failures; /* 1 = the first episode of the last policy ends low after a day */
    int scores;   /* 1 = with the sheets of the comparison           */
    int learner;  /* 1 = policy[1] has a training curve              */
    int shield;   /* 1 = rules 2 and 3 lower doses of policy[1], each every 4 h; 2 has a name */
} sample_run;

/* What most tests use: two policies, three children, two seeds, 14 days. */
sample_run sample_run_default(void);
/* Write it. @return the path, static; remove it yourself. */
const char *sample_run_write(const sample_run *sample);

#endif
