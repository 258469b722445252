// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/runner/runner.h
 * @brief The verbs of the program: simulate, train, evaluate, run, verify an experiment.
 *
 *   experiment --lab--> children, settings, environment --train--> agents --evaluate--> run file
 *
 * Files   FOLDER/NAME.h5 (the run), NAME.agents.h5 (what was learned), NAME.checkpoint.h5 (only
 * while training is unfinished), NAME.partial.h5 (only after an interrupted evaluation). Errors
 * TITR_ERR_STOPPED when `stop` asked for it: what was finished is saved, `err->what` says how to go
 * on. Threads OpenMP over children and training jobs; results do not depend on their number.
 */
#ifndef TITR_RUNNER_RUNNER_H
#define TITR_RUNNER_RUNNER_H

#include "titrate/runner/experiment.h"
#include "titrate/stats/summary.h"

/** How a caller watches and stops a long job; any member may be NULL. */
typedef struct titr_watch {
    /** Called from one thread: `done` of `total` units of `what` are finished. */
    void (*progress)(void *context, const char *what, size_t done, size_t total);
    /** A line that the user should see, e.g. a child whose settings hit a bound. Called from any
     *  thread, one at a time. */
    void (*notice)(void *context, const char *line);
    /** Non-zero: stop at the next decision boundary and save. */
    int (*stop)(void *context);
    void *context; /* handed to the functions above */
} titr_watch;

/** Path of one of the experiment's files. @param[in] suffix e.g. ".h5". */
void titr_run_path(const titr_experiment *e, const char *suffix, char *path, size_t size);

/** What became of one training job: a learner's fold, or child, in one replicate. */
typedef struct titr_training_row {
    char policy[TITR_NAME_MAX];    /* "dqn", or "dqn#3": its third replicate */
    char job[TITR_ID_MAX + 16];    /* "fold_1", or the child's id            */
    int64_t decisions;             /* learned from                           */
    double wall_s;                 /* spent on it by this call               */
    double decisions_per_s;        /* of this call; NaN: none were made      */
    int64_t validations;           /* held                                   */
    double last_score, best_score; /* of the validations; NaN: none       */
    int64_t best_at;               /* decisions at the best one              */
    int stopped_early;             /* 1 = train.patience or train.stop_at ended it */
    int trained_before;            /* 1 = taken over from the agents file    */
} titr_training_row;

/** What became of a training. */
typedef struct titr_training {
    titr_training_row *row; /* [n], owned: titr_training_fini */
    size_t n;               /* jobs */
    titr_score_what score;  /* what the scores are, never AUTO */
} titr_training;

/** Train learners and write NAME.agents.h5.
 *  @param[in] policy the one policy to train, with all its replicates; the others' agents in
 *  NAME.agents.h5 are kept where they are of this very set-up. NULL: all.
 *  @param[in] resume 1: go on from NAME.checkpoint.h5, and train only what is not in
 * NAME.agents.h5.
 *  @param[out] out NULL, or owned by the caller; written on TITR_OK. */
titr_status titr_train(const titr_experiment *e, const char *policy, int resume,
                       const titr_watch *watch, titr_training *out, titr_error *err) TITR_NODISCARD;
/** Release the rows. */
void titr_training_fini(titr_training *t);
/** Plain text, one line per job. @param[out] text malloc'ed. */
titr_status titr_training_table(const titr_training *t, char **text,
                                titr_error *err) TITR_NODISCARD;
/** {"score", "jobs": [{"policy", "job", "decisions", ..}]}. @param[out] json malloc'ed. */
titr_status titr_training_json(const titr_training *t, char **json, titr_error *err) TITR_NODISCARD;
/** Evaluate every policy on the test seeds, paired, and write NAME.h5.
 *  @param[in] resume 1: episodes found in NAME.partial.h5 are taken over.
 *  @param[out] out the comparison, owned by the caller. */
titr_status titr_evaluate(const titr_experiment *e, int resume, const titr_watch *watch,
                          titr_summary *out, titr_error *err) TITR_NODISCARD;
/** Train and evaluate. @param[in] resume as titr_train and titr_evaluate. */
titr_status titr_run(const titr_experiment *e, int resume, const titr_watch *watch,
                     titr_summary *out, titr_error *err) TITR_NODISCARD;
/** One policy, no learning: NAME.h5. @param[in] policy name, or NULL for the first.
 *  @param[in] resume as titr_evaluate. */
titr_status titr_simulate(const titr_experiment *e, const char *policy, int resume,
                          const titr_watch *watch, titr_summary *out,
                          titr_error *err) TITR_NODISCARD;

/** What a policy has learned as an ONNX model (titrate/store/onnx.h), from NAME.agents.h5.
 *  @param[in] policy name, of a replicate "NAME#1"; NULL: the first. @param[in] patient whose
 * agent, where there are several: of the fold that left the child out, or the child's own; NULL:
 * the one there is.
 *  @return TITR_ERR_ARG for a policy without a network, or with several agents and no patient. */
titr_status titr_export_onnx(const titr_experiment *e, const char *policy, const char *patient,
                             const char *path, const titr_watch *watch,
                             titr_error *err) TITR_NODISCARD;

/** How far the experiment's solver is from a tight reference, for one child. */
typedef struct titr_verify_row {
    char patient[TITR_ID_MAX]; /* id of the child */
    double worst_mg_dl;        /* max |difference of true glucose| over the test           */
    double at_min;             /* when                                                     */
    char fault[96];            /* empty if neither solver faulted                          */
} titr_verify_row;

/** Settings of rk4 that titr_verify tries. */
#define TITR_VERIFY_STEPS 6

/** How far rk4 is from the reference with one setting, in the child where it errs most. */
typedef struct titr_verify_step {
    double step_min;            /* option step_min */
    int64_t steps_while_eating; /* option steps_while_eating */
    double worst_mg_dl;         /* over all children */
    char patient[TITR_ID_MAX];  /* in whom */
    size_t faults;              /* children in whom a solver faulted */
} titr_verify_step;

/** What titr_verify finds. */
typedef struct titr_verification {
    titr_verify_row *row; /* [n], owned: the experiment's own solver, by child */
    size_t n;             /* children */
    titr_verify_step step[TITR_VERIFY_STEPS]; /* rk4's settings, cheapest first */
    size_t recommended; /* the first without faults whose error is within the bound;
                           TITR_VERIFY_STEPS: none */
} titr_verification;

/** Run each child for `days` under scheduled basal and meal boluses with the reference, the
 *  experiment's solver and rk4 at several steps. @param[in] within_mg_dl bound for the
 *  recommendation. @param[out] out titr_verification_fini; written only on TITR_OK. */
titr_status titr_verify(const titr_experiment *e, double days, double within_mg_dl,
                        const titr_watch *watch, titr_verification *out,
                        titr_error *err) TITR_NODISCARD;
/** Release the rows. */
void titr_verification_fini(titr_verification *v);

#endif
