// SPDX-License-Identifier: GPL-3.0-or-later
/* An experiment made ready to run: children with their settings, the environment, policies with
 * what was learned and tuned. Read-only while episodes run, so that all threads share it. */
#ifndef TITRI_LAB_H
#define TITRI_LAB_H

#include "curve.h"
#include "roller.h"

#include "titrate/base/visit_memory.h"
#include "titrate/runner/runner.h"

/* How a training job went. */
typedef struct titri_record {
    int64_t decisions;     /* made */
    int64_t validations;   /* held */
    int64_t validated_at;  /* decisions at the last one; 0: none yet */
    double last, best;     /* scores; NaN: none yet */
    int64_t best_at;       /* decisions at the best one; 0: none yet */
    double to_beat;        /* by min_improvement, or else patience wears; NaN: nothing yet */
    int64_t in_vain;       /* validations since one improved */
    int64_t stopped_early; /* 1 = by patience or stop_at */
} titri_record;

/* What a training job came to. */
typedef struct titri_learned {
    titr_memory_visitor agent; /* what its visit saved */
    titri_curve curve;
    titri_record record;
    double wall_s;            /* spent by this process; 0: read from the agents file */
    int64_t decisions_before; /* made before that */
} titri_learned;

/* One policy to evaluate. */
typedef struct titri_policy {
    const titr_policy_def *def; /* borrowed from the experiment, or own */
    titr_policy_def *own;       /* constant levels, replicates: owned; else NULL */
    const char *family;         /* name of the policy in the experiment that it is a replicate of */
    size_t replicate;           /* its number, from 0 */
    size_t replicates;          /* of the family; if more than one, the name is "family#number" */
    titr_slot *tuned;           /* [children] agent slot per child, or NULL */
    titri_learned *learned;     /* [n_jobs] what was learned; NULL: nothing */
    size_t n_jobs;
    char data_sha256[TITR_SHA256_HEX]; /* of what data_path holds; "": nothing, or not readable */
    size_t inner;                      /* wrappers: index of the policy they act through */
} titri_policy;

typedef struct titri_lab {
    const titr_experiment *e;
    const titr_model_type *model;
    const titr_model_mode *mode;
    titr_cohort cohort;
    titr_therapy *titrated; /* [children]; valid if any policy asks for it */
    titr_therapy *typed;    /* [policies][children] */
    titr_env_def env;       /* as evaluated; slots borrowed from the experiment */
    size_t n_prepared;      /* scenario parts that hold loaded files */
    titri_policy *policy;
    size_t n_policies;
    const titr_watch *watch;
} titri_lab;

/* Without what takes time: settings are not titrated, nothing is tuned. */
titr_status titri_lab_prepare(const titr_experiment *e, const titr_watch *watch, titri_lab **out,
                              titr_error *err) TITR_NODISCARD;
titr_status titri_lab_create(const titr_experiment *e, const titr_watch *watch, titri_lab **out,
                             titr_error *err) TITR_NODISCARD;
/* A lab to train in: policies that do not learn are not tuned, which can take longer than learning.
 */
titr_status titri_lab_create_school(const titr_experiment *e, const titr_watch *watch,
                                    titri_lab **out, titr_error *err) TITR_NODISCARD;
void titri_lab_destroy(titri_lab *lab);

/* Settings in force for a child under a policy. */
const titr_therapy *titri_lab_therapy(const titri_lab *lab, size_t policy, size_t child);
/* The same in evaluation, with the errors of evaluate.basal_factor, cr_factor and cf_factor. */
titr_therapy titri_lab_evaluated(const titri_lab *lab, size_t policy, size_t child);
/* The lab in another world: environment and errors of settings as in `e`; children, their settings
 * and policies with all that was learned and tuned stay the lab's, which must outlive it.
 * @param[in] e borrowed. @param[out] cell end with titri_lab_leave, also after a failure. */
titr_status titri_lab_enter(const titri_lab *lab, const titr_experiment *e, titri_lab *cell,
                            titr_error *err) TITR_NODISCARD;
void titri_lab_leave(titri_lab *cell);
/* Environment for a policy: evaluation's, or training's with its solver and terminal penalty. */
titr_env_def titri_lab_env(const titri_lab *lab, size_t policy, int training);
/* A fresh agent of the policy for a child, learned state and tuned options included. */
titr_status titri_lab_agent(const titri_lab *lab, size_t policy, size_t child, size_t n_lanes,
                            titr_agent **out, titr_error *err) TITR_NODISCARD;
/* An agent for a training job, tuned as for `child`, that has learned nothing. */
titr_status titri_lab_learner(const titri_lab *lab, size_t policy, size_t job, size_t child,
                              size_t n_lanes, titr_agent **out, titr_error *err) TITR_NODISCARD;
/* Bytes that a training of the policy holds. */
size_t titri_lab_memory(const titri_lab *lab, size_t policy);
/* Random words of a training job: of the experiment's seed, the policy's family, the replicate and
 * the job, whatever else there is in the experiment. The first replicate's are those of a policy
 * that has no other. */
void titri_lab_words(const titri_lab *lab, size_t policy, size_t job, uint32_t word[4]);
/* A seed from the first two of them. */
uint64_t titri_lab_seed(const titri_lab *lab, size_t policy, size_t job);
/* 1 if the policy learns. */
int titri_lab_learns(const titri_lab *lab, size_t policy);
/* 1 if `name` is the policy's or its family's. */
int titri_lab_named(const titri_lab *lab, size_t policy, const char *name);
/* Number of the policy's training jobs; 0 if it does not learn. */
size_t titri_lab_jobs(const titri_lab *lab, size_t policy);
/* "fold_1", or the child's id. @param[out] text at least TITR_ID_MAX + 16 bytes. */
void titri_lab_job_name(const titri_lab *lab, size_t policy, size_t job, char *text, size_t size);
/* What a validation is judged by, never AUTO. */
titr_score_what titri_lab_score(const titri_lab *lab);
void titri_learned_free(titri_learned *learned, size_t n);
/* lab_policies.c: fill lab->policy; release one of them. */
titr_status titri_lab_list_policies(titri_lab *lab, titr_error *err) TITR_NODISCARD;
void titri_policy_fini(titri_policy *p, size_t n_children);

/* 1 if titri_lab_agent makes the same agent for both children. */
int titri_lab_same_agent(const titri_lab *lab, size_t policy, size_t a, size_t b);
/* Which training job serves a child: its fold or itself. */
size_t titri_lab_job(const titri_lab *lab, size_t policy, size_t child);
/* 1 if the child takes part in a training job. */
int titri_lab_in_job(const titri_lab *lab, size_t policy, size_t job, size_t child);
/* Groups that a population learner leaves out in turn; 1: a task, nobody is left out. */
size_t titri_lab_folds(const titri_lab *lab);
/* Number of lanes of an episode batch and its seeds. */
size_t titri_lab_test_seeds(const titri_lab *lab);

void titri_notice(const titr_watch *watch, const char *fmt, ...) TITR_PRINTF(2, 3);
void titri_progress(const titr_watch *watch, const char *what, size_t done, size_t total);
int titri_stopped(const titr_watch *watch);

/* @return TITR_ERR_NOT_FOUND with the nearest name when none of them is `name`. */
titr_status titri_among(const char *kind, const char *name, const char *const *names, size_t n,
                        titr_error *err) TITR_NODISCARD;
/* Days as minutes, up to a whole number of decision intervals. */
double titri_whole_intervals_min(const titr_env_def *env, double days);

/* Basal, CR and CF as a clinic would set them, by the rules of e->clinic (clinic.c). */
titr_status titri_titrate(const titri_lab *lab, const titr_child *child, titr_therapy *therapy,
                          titr_error *err) TITR_NODISCARD;
#define TITRI_TUNE_SEEDS 2 /* tuning plays the first so many of split.seeds_train */
/* Search the agent's tuning axes on training seeds, per child (tune.c) or per fold
 * (tune_population.c). Only the latter can be stopped, and goes on from NAME.tuning.h5. */
titr_status titri_tune(titri_lab *lab, size_t policy, titr_error *err) TITR_NODISCARD;
titr_status titri_tune_population(titri_lab *lab, size_t policy, titr_error *err) TITR_NODISCARD;
/* Simulated days that one setting for the population may cost, and those of one trial. */
double titri_tune_days(const titr_experiment *e);
double titri_tune_trial_days(const titri_lab *lab, size_t n_children);
/* Write the values of the tuning axes into a def, or read them. */
void titri_tune_set(const titr_agent_type *type, const double *value, void *def);
void titri_tune_get(const titr_agent_type *type, void *def, double *value);

#endif
