// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/task.h
 * @brief Benchmark tasks: small published problems behind the environment's contract, where a
 *        learner's result can be compared with exact solutions and with other programs.
 *
 *   level --> task (its own dynamics) --> observables, reward, mask, end
 *
 * A task has no child, clinic, doses or minutes: a step takes "one minute", its observables are the
 * record's columns from TITR_OBS_N on, and what a lane plays is named by seed, patient (the task
 * itself, titr_task_child) and episode. Terminated and truncated stay apart; when both fall on the
 * same step the episode is terminated.
 *
 * Lanes     a task's functions work on columns: value i of lane l stands at [i * n + l], n lanes.
 * Random    draws are functions of titr_task_lanes.key and .index; the start of an episode draws
 *           from a stream of its own.
 * Threads   tasks are constant tables; one titr_env per thread. A step allocates nothing.
 */
#ifndef TITR_ENV_TASK_H
#define TITR_ENV_TASK_H

#include "titrate/base/lanes.h"
#include "titrate/base/option.h"
#include "titrate/base/rng.h"
#include "titrate/env/env.h"

/** Successors of a state and level. */
#define TITR_TASK_SUCCESSORS_MAX 4

/** One observable of a task as it is set up. */
typedef struct titr_task_observable {
    const char *name, *unit; /* unique in the task; UCUM */
    double lo, hi;           /* finite range: networks normalise by it, plain bins divide it */
    const char *doc;         /* one line */
    size_t discrete;         /* > 0: the value is one of 0 .. discrete - 1 */
    unsigned bins;           /* not discrete: plain bins taken when none are asked for; >= 1 */
} titr_task_observable;

/** Sizes and tables of a task, which may depend on its options. */
typedef struct titr_task_shape {
    size_t n_obs;                                /* 1 .. TITR_TASK_OBS_MAX */
    titr_task_observable obs[TITR_TASK_OBS_MAX]; /* in the order of the record's columns */
    size_t n_levels;                             /* 1 .. TITR_LEVELS_MAX */
    const char *const *label;                    /* [n_levels] short texts, static */
    size_t n_state;    /* values of a lane's state, 1 .. TITR_STATES_MAX */
    size_t n_states;   /* > 0: tabular: every value of the state is one of 0 .. n_states - 1, and
                          the first alone says what can follow */
    int64_t steps_max; /* an episode that is still running after so many steps is truncated */
} titr_task_shape;

/** One way on from a state. */
typedef struct titr_task_successor {
    double probability; /* those of a state and level add up to 1 */
    size_t state;       /* next state */
    double reward;      /* of the step */
    int terminated;     /* 1: the episode ends there */
} titr_task_successor;

/** Lanes that a task is to advance. */
typedef struct titr_task_lanes {
    size_t n;                /* lanes */
    double *state;           /* [n_state][n] */
    const titr_rng_key *key; /* [n] of the lane's episode */
    const uint32_t *index;   /* [n] number of the step within its episode, from 0 */
    const titr_flag *runs;   /* [n] 0: nothing of this lane may change */
    const int *level;        /* [n] below n_levels where the lane runs; others may be any */
    double *reward;          /* [n] */
    titr_flag *terminated;   /* [n] 0 before the call */
} titr_task_lanes;

/** A registered task: a constant table of functions. */
typedef struct titr_task_type {
    titr_part part; /* name, doc, source, options */
    /** @param[out] shape of the task with these options; zero before the call. */
    void (*shape)(const void *def, titr_task_shape *shape);
    /** State of one lane at the start of an episode. @param[in] key of its start's own stream.
     *  @param[out] state value i at [i * stride]. */
    void (*start)(const void *def, titr_rng_key key, double *state, size_t stride);
    /** One step of every lane that runs. */
    void (*step)(const void *def, const titr_task_lanes *lanes);
    /** Observables of the lanes first .. first + count - 1 of n.
     *  @param[out] col [n_obs] columns of [n]. */
    void (*observe)(const void *def, size_t n, const double *state, size_t first, size_t count,
                    double *const *col);
    /** Levels allowed in a lane: mask[level] = 1 or 0, at least one is 1. NULL: all, always.
     *  @param[in] state value i at [i * stride]. @param[out] mask [n_levels]. */
    void (*mask)(const void *def, const double *state, size_t stride, unsigned char *mask);
    /** Tabular tasks: everything that can follow; also for states in which no episode goes on.
     *  NULL: not tabular. @return how many, at most TITR_TASK_SUCCESSORS_MAX. */
    size_t (*successors)(const void *def, size_t state, size_t level, titr_task_successor *out);
    /** Tabular tasks: probability that an episode starts in `state`. */
    double (*start_probability)(const void *def, size_t state);
} titr_task_type;

/** Registered task by name. @return static object, NULL if unknown. */
const titr_task_type *titr_task_find(const char *name);
/** Registered tasks in list order. @return static array of *n entries. */
const titr_task_type *const *titr_task_all(size_t *n);

/** Shape of a task as its options say. @param[in] task a titr_task_type with its def. */
titr_task_shape titr_task_shape_of(titr_slot task);
/** Index of an observable by name. @return shape->n_obs when there is none. */
size_t titr_task_observable_find(const titr_task_shape *shape, const char *name);
/** Who plays a task: a titr_child that is nobody, with the task's name as id and its key, for
 *  titr_lane_start. */
void titr_task_child(titr_slot task, titr_child *child);

/** An environment of `n_lanes` lanes that play a task. titr_env_reset wants a child in each lane
 *  (titr_task_child) and reads its key only; therapy is not read.
 *  @param[in] task borrowed. @param[in] loan its members reward, elapsed_min, end, mask and, from
 *  column TITR_OBS_N on, col are used; NULL: none. @param[out] out owned by the caller.
 *  @return TITR_ERR_ARG for no lanes; TITR_ERR_RANGE for an option outside its range. */
titr_status titr_task_env_create(titr_slot task, size_t n_lanes, const titr_env_loan *loan,
                                 titr_env **out, titr_error *err) TITR_NODISCARD;

#endif
