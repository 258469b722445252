// SPDX-License-Identifier: GPL-3.0-or-later
/* An experiment made ready to run: children with their settings, the environment, policies with
 * what was learned and tuned. Read-only while episodes run, so that all threads share it. */
#ifndef TITRI_LAB_H
#define TITRI_LAB_H

#include "roller.h"
#include "titrate/runner/runner.h"

/* A learning curve: means over each block of train.curve_every decisions. */
typedef struct titri_curve {
    double *decisions, *reward, *tir_percent, *terminated; /* [n], owned */
    size_t n, capacity;
    double reward_sum, in_range, terminated_sum, decisions_sum; /* of the open block */
} titri_curve;

/* One policy to evaluate. */
typedef struct titri_policy {
    const titr_policy_def *def; /* borrowed from the experiment, or own (constant levels) */
    titr_policy_def *own;       /* NULL or owned */
    titr_slot *tuned;           /* [children] agent slot per child, or NULL */
    titr_agent **trained;       /* [n_jobs] what was learned; NULL for others */
    titri_curve *curve;         /* [n_jobs] */
    size_t n_jobs;
    size_t inner; /* wrappers: index of the policy they act through */
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
void titri_lab_destroy(titri_lab *lab);

/* Settings in force for a child under a policy. */
const titr_therapy *titri_lab_therapy(const titri_lab *lab, size_t policy, size_t child);
/* Environment for a policy: evaluation's, or training's with its solver and terminal penalty. */
titr_env_def titri_lab_env(const titri_lab *lab, size_t policy, int training);
/* A fresh agent of the policy for a child, learned state and tuned options included. */
titr_status titri_lab_agent(const titri_lab *lab, size_t policy, size_t child, size_t n_lanes,
                            titr_agent **out, titr_error *err) TITR_NODISCARD;
/* 1 if titri_lab_agent makes the same agent for both children. */
int titri_lab_same_agent(const titri_lab *lab, size_t policy, size_t a, size_t b);
/* Which training job serves a child: its fold or itself. */
size_t titri_lab_job(const titri_lab *lab, size_t policy, size_t child);
/* 1 if the child takes part in a training job. */
int titri_lab_in_job(const titri_lab *lab, size_t policy, size_t job, size_t child);
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
/* Search the agent's tuning grid per child on training seeds (tune.c). */
titr_status titri_tune(titri_lab *lab, size_t policy, titr_error *err) TITR_NODISCARD;

#endif
