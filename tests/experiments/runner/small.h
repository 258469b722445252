// SPDX-License-Identifier: GPL-3.0-or-later
/* A small experiment for the runner's tests: two children (child#001, child#002) with one meal of
 * 40 g at 8:00 on one day, an exact sensor and pump, rk4 at 1 min, training seeds 1 to 8, test
 * seeds 1001 and 1002, published settings unless a policy says otherwise. */
#ifndef TESTS_RUNNER_SMALL_H
#define TESTS_RUNNER_SMALL_H

#include "runner/lab.h"

#define SMALL_MEAL_MIN 480.0
#define SMALL_BB "{ name = \"bb\"; agent = \"basal_bolus\"; }"
/* A learner that can be trained in a second. */
#define SMALL_Q                                                                                    \
    "{ name = \"q\"; agent = \"q_learning\"; train_steps = 600;"                                   \
    "  observe = ( { name = \"cgm\"; edges = [100.0, 140.0]; } ); }"

/* One thread from now on, so that a watch counts in order.
 * @param[in] policies entries of the list, as in a config. @param[in] ... overrides "key=value" as
 * on the command line, NULL at the end. @return to be given to small_free. */
titr_experiment *small_experiment(const char *policies, ...);
void small_free(titr_experiment *e);
/* @return to be given to titri_lab_destroy. */
titri_lab *small_lab(const titr_experiment *e);

/* Path of one of the experiment's files; borrowed until the next call. */
const char *small_path(const titr_experiment *e, const char *suffix);
/* The experiment's folder becomes a fresh one of the test's. */
void small_folder(titr_experiment *e);
/* Remove it and the run's files in it. */
void small_folder_remove(const titr_experiment *e);

/* What a watch was told. */
typedef struct small_watch {
    titr_watch watch;
    char line[256];       /* the last notice */
    size_t calls, done;   /* of progress */
    size_t training;      /* calls that told of training */
    size_t asks, stop_at; /* how often it was asked to stop, and when it does; 0: never */
} small_watch;
/* In the caller's storage, which must stay where it is. */
void small_watch_init(small_watch *w, size_t stop_at);

/* A solver that moves nothing and fails in every span that begins after an hour. */
extern const titr_solver_type small_broken;

/* Fails unless the status is this and the text is one line with these words in it. */
void small_refused(titr_status got, titr_status expected, const titr_error *err, const char *words);

#endif
