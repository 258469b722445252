// SPDX-License-Identifier: GPL-3.0-or-later
/* One training job: an agent, the children it may learn from, and where it stands. A job that waits
 * or has finished holds no more than that: environment, replay memory and the like are there only
 * while it runs. */
#ifndef TITRI_JOB_H
#define TITRI_JOB_H

#include "judge.h"
#include "lab.h"

typedef enum titri_stage { TITRI_WAITING, TITRI_RUNNING, TITRI_FINISHED } titri_stage;

typedef struct titri_job {
    const titri_lab *lab;
    size_t policy, index;
    titri_stage stage;
    size_t *child; /* [n_children] who is learned from */
    size_t n_children;
    int64_t decisions_wanted;
    uint64_t episodes; /* started so far */
    titri_record record;
    titri_curve curve;
    double wall_s;            /* spent since this process began; never part of a result */
    int64_t decisions_before; /* made before that */
    /* while it runs */
    titr_agent *agent;
    titri_roller *roller;
    titr_lane_start *start;          /* [lanes] the running episode of each lane */
    titr_therapy *therapy;           /* [lanes] with train.settings_cv: its settings */
    titr_child *body;                /* [lanes] with train.body_cv: its child as it answers then */
    size_t *seated;                  /* [lanes] its child's place in the cohort */
    double *lane_return;             /* [lanes] rewards of it so far */
    titri_judge *judge;              /* NULL: no validation */
    struct titr_tensorboard *events; /* NULL: none written by this process */
    titr_memory_visitor best; /* what the agent knew at its best validation; size 0: nothing yet */
    titr_memory_visitor learned; /* when it has finished */
} titri_job;

titr_status titri_job_create(const titri_lab *lab, size_t policy, size_t index, titri_job **out,
                             titr_error *err) TITR_NODISCARD;
void titri_job_destroy(titri_job *job);
/* Up to `slice` more decisions (in whole steps of all lanes), and the validations that are due. A
 * validation is given up when asked to stop; it stays due. */
titr_status titri_job_advance(titri_job *job, int64_t slice, titr_error *err) TITR_NODISCARD;
int titri_job_done(const titri_job *job);
/* Everything needed to go on exactly where it stopped (job_state.c). */
titr_status titri_job_visit(titri_job *job, titr_visitor *v, titr_error *err) TITR_NODISCARD;
/* What the agents file keeps of a finished training: what was learned, its curve and record. Uses
 * an agent of one lane. @param[in,out] what `curve.width` is set. */
titr_status titri_learned_visit(const titri_lab *lab, size_t policy, size_t job, size_t child,
                                titri_learned *what, titr_visitor *v,
                                titr_error *err) TITR_NODISCARD;

/* The last row of the curve as events, if they are wanted (job_events.c). */
titr_status titri_job_publish(titri_job *job, titr_error *err) TITR_NODISCARD;

/* Who plays in a lane, with which settings. */
void titri_job_seat(titri_job *job, size_t lane, size_t child, uint32_t episode);
/* Make the agent, the environment and what belongs to them (used by titri_job_visit). */
titr_status titri_job_begin(titri_job *job, titr_error *err) TITR_NODISCARD;
/* Release them again. */
void titri_job_end(titri_job *job);

#endif
