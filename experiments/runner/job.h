// SPDX-License-Identifier: GPL-3.0-or-later
/* One training job: an agent, the children it may learn from, and where it stands. */
#ifndef TITRI_JOB_H
#define TITRI_JOB_H

#include "lab.h"

typedef struct titri_job {
    const titri_lab *lab;
    size_t policy, index;
    titr_agent *agent; /* taken by the lab when training is done */
    titri_roller *roller;
    size_t *child; /* [n_children] who is learned from */
    size_t n_children;
    titr_lane_start *start; /* [lanes] the running episode of each lane */
    uint64_t episodes;      /* started so far */
    int64_t decisions, decisions_wanted;
    titri_curve curve;
} titri_job;

titr_status titri_job_create(const titri_lab *lab, size_t policy, size_t index, titri_job **out,
                             titr_error *err) TITR_NODISCARD;
void titri_job_destroy(titri_job *job);
/* Up to `slice` more decisions (in whole steps of all lanes). */
titr_status titri_job_advance(titri_job *job, int64_t slice, titr_error *err) TITR_NODISCARD;
int titri_job_done(const titri_job *job);
/* Everything needed to go on exactly where it stopped. */
titr_status titri_job_visit(titri_job *job, titr_visitor *v, titr_error *err) TITR_NODISCARD;
void titri_curve_fini(titri_curve *curve);
/* Make a row of the open block and begin the next one. */
titr_status titri_curve_close(titri_curve *curve, int64_t decisions,
                              titr_error *err) TITR_NODISCARD;
titr_status titri_curve_visit(titri_curve *curve, titr_visitor *v, titr_error *err) TITR_NODISCARD;

#endif
