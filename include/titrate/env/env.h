// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/env.h
 * @brief The environment: N children in lanes, one decision interval at a time.
 *
 *   decisions --> pump --> body (solver) --> sensor --> clinic record, reward, mask, end
 *                            ^ meals
 *
 * Lifetime  create -> reset some lanes -> step all -> ... ; the environment never resets itself. A
 *           lane whose end is not NONE ignores decisions and changes nothing until it is reset.
 * Speed     from three lanes on, solvers that can take lanes in blocks (rk4).
 * Shapes    everything in titr_env_view is [n] (lane axis) unless it says otherwise.
 * Ownership the view's memory belongs to the environment and is valid until the next call.
 *
 * Errors    a lane that cannot be integrated ends as FAULT with its titr_fault; only misuse and
 *           lack of memory are a titr_status.
 *
 * Threads   one titr_env per thread; a step may use several (titr_env_def). step allocates nothing.
 */
#ifndef TITR_ENV_ENV_H
#define TITR_ENV_ENV_H

#include "titrate/base/visit.h"
#include "titrate/cohort/cohort.h"
#include "titrate/env/actions.h"
#include "titrate/env/record.h"
#include "titrate/env/scenario.h"
#include "titrate/solve/solver.h"

/** Parts of one scenario. */
#define TITR_SCENARIO_PARTS_MAX 8

/** How an episode stands. */
typedef enum titr_end {
    TITR_END_NONE,       /* still running */
    TITR_END_TERMINATED, /* left the clinical limits: learned from, no bootstrap   */
    TITR_END_TRUNCATED,  /* reached the horizon: bootstrap                         */
    TITR_END_FAULT       /* numerical: dropped from learning, counted              */
} titr_end;
/** "none", "terminated", "truncated", "fault". @return static string. */
const char *titr_end_name(titr_end end);

/** Arrays of the caller's that an environment writes instead of its own, so that nothing has to be
 *  copied; NULL: its own. Lanes that fill up a block are written too: each array needs room for
 *  titr_env_loan_lanes(n) lanes, and must outlive the environment. */
typedef struct titr_env_loan {
    double *col[TITR_COLUMNS_MAX]; /* of the record */
    double *reward;                /* [lanes] of the last decision */
    double *elapsed_min;           /* [lanes] that it took */
    titr_end *end;                 /* [lanes] */
    unsigned char *mask;           /* [lanes][levels] */
} titr_env_loan;

/** When the record tells of a meal. */
typedef enum titr_announce {
    TITR_ANNOUNCE_BEFORE, /* at the decision before it                                           */
    TITR_ANNOUNCE_LATE,   /* at the first decision after eating began, as the peer does          */
    TITR_ANNOUNCE_NONE    /* never: a closed loop has to find out by itself                      */
} titr_announce;

/** Composition of an environment; slots are borrowed and must outlive it. Scenario parts have been
 *  prepared by whoever owns them. */
typedef struct titr_env_def {
    const titr_model_type *model;                /* of one lane */
    const titr_model_mode *mode;                 /* one of the model's */
    titr_slot solver;                            /* a titr_solver_type */
    titr_slot scenario[TITR_SCENARIO_PARTS_MAX]; /* titr_scenario_type each */
    size_t n_scenario;                           /* parts in use */
    titr_slot sensor, pump, actions, reward;     /* one of each kind */
    double terminal_penalty;               /* >= 0                                             */
    double horizon_min;                    /* a whole number of decision intervals              */
    double decision_interval_min;          /* whole minutes, [1, 1440]                          */
    double clock_start_min;                /* clock time at the episode's start, [0, 1440)      */
    double limit_lo_mg_dl, limit_hi_mg_dl; /* clinical limits on true glucose           */
    int ends_at_limits;                    /* 0: the peers' protocols that run on               */
    titr_announce announce;                /* when the record tells of a meal */
    double announce_delay_min;  /* and so much later: whole minutes, [0, 240]                   */
    double insulin_sensitivity; /* of the body, times its own: [0.1, 10]; not of the settings   */
    double iob_peak_min, iob_duration_min; /* insulin-on-board curve, titrate/base/clinical.h */
    int keep_minutes;                      /* 1: the view offers minute data for recording       */
    size_t threads;     /* of a step; 0 = 1. The results are the same on any number */
    size_t vector_bits; /* 0: the widest vectors of this processor; 128, 256, 512: these.
                           The results are the same for all                         */
    titr_env_loan loan; /* memory that the caller wants written                     */
    titr_slot task;     /* a titr_task_type: the environment is that task, titrate/env/task.h, and
                           of the rest only `loan` is used; empty: children */
} titr_env_def;

/** Which child a lane plays, with which settings and random streams. */
typedef struct titr_lane_start {
    size_t lane;                 /* 0 .. n_lanes - 1 */
    const titr_child *child;     /* borrowed until the lane's next reset */
    const titr_therapy *therapy; /* settings in force; borrowed likewise */
    uint64_t seed;               /* of the experiment */
    uint32_t episode;            /* number of the episode seed */
} titr_lane_start;

/** What the runner and the log see. Policies get `record` and `mask` only. */
typedef struct titr_env_view {
    size_t n, n_levels;          /* lanes; levels of the action set */
    titr_record record;          /* what policies may read */
    int takes_levels;            /* 1 = titr_env_step_levels instead of titr_env_step          */
    const double *reward;        /* of the interval just ended; NaN after FAULT               */
    const double *elapsed_min;   /* length of the interval just ended                          */
    const unsigned char *mask;   /* [n][n_levels]                                              */
    const titr_end *end;         /* NONE while a lane runs */
    const titr_fault *fault;     /* why a lane is FAULT; else its code is NONE */
    const double *time_min;      /* since the episode's start                                  */
    const double *glucose_mg_dl; /* true glucose now (subcutaneous, as the peers report it)    */
    const double *plasma_glucose_mg_dl; /* true plasma glucose now */
    const double *carbs_g;   /* eaten in the interval just ended                           */
    const double *insulin_u; /* delivered in the interval just ended, basal and bolus      */
    const double *basal_u;   /* accepted as basal for that interval, before pulses         */
    const double *programmed_u_per_h; /* the pump's basal rate in the interval just ended        */
    const double *iob_u;              /* insulin on board: delivered minus scheduled basal */
    size_t n_states;                  /* of the model: titr_env_state */
    /* with keep_minutes: rows of the interval just ended, row k = minute k + 1 of it */
    size_t minutes_max;      /* row length = decision interval in minutes                  */
    const size_t *n_minutes; /* rows valid (fewer when the lane ended)                     */
    const double *minute_glucose_mg_dl; /* [n][minutes_max] */
    const double *minute_insulin_u;     /* [n][minutes_max] delivered in that minute */
    const double *minute_carbs_g;       /* [n][minutes_max] eaten in that minute     */
} titr_env_view;

/** An environment; its inside is private. */
typedef struct titr_env titr_env;

/** Defaults of the plain fields (5-minute decisions, one day, limits 40 and 600 mg/dL); the parts
 *  are left empty. */
void titr_env_def_init(titr_env_def *def);

/** @param[in] def copied; its slots borrowed. @param[in] n_lanes >= 1. @param[out] out owned by
 * caller. */
titr_status titr_env_create(const titr_env_def *def, size_t n_lanes, titr_env **out,
                            titr_error *err) TITR_NODISCARD;
/** NULL is fine. */
void titr_env_destroy(titr_env *env);
/** Start `n` lanes afresh; afterwards their record, mask and glucose show time 0. A lane that was
 *  never started, or could not be, is TRUNCATED.
 *  @return TITR_ERR_ARG for a lane that is not there or without child; TITR_ERR_RANGE for therapy
 *  settings or parameters that no child has, or too many meals in a day. */
titr_status titr_env_reset(titr_env *env, const titr_lane_start *start, size_t n,
                           titr_error *err) TITR_NODISCARD;
/** Advance every running lane by one decision interval.
 *  @param[in] dose [n]; those of ended lanes are not read.
 *  @return TITR_ERR_ARG for a dose that is not finite: nothing has changed. After any other failure
 *  every lane must be reset. */
titr_status titr_env_step(titr_env *env, const titr_dose *dose, titr_error *err) TITR_NODISCARD;
/** titr_env_step of an environment whose actions are levels: a benchmark task.
 *  @param[in] level [n], 0 .. n_levels - 1; those of ended lanes are not read.
 *  @return TITR_ERR_ARG for a level that is not there, or an environment that takes doses. */
titr_status titr_env_step_levels(titr_env *env, const int *level, titr_error *err) TITR_NODISCARD;
/** Lanes that a lent array needs room for, at least n_lanes. */
size_t titr_env_loan_lanes(size_t n_lanes);
/** Whole ODE state of a lane. @param[out] state [n_states]. */
void titr_env_state(const titr_env *env, size_t lane, double *state);
/** What can be seen now. @return borrowed, valid until the next call that changes the environment.
 */
const titr_env_view *titr_env_look(const titr_env *env);
/** Save or load all lanes; afterwards both go on bit for bit alike.
 *  @param[in] start loading: [n], who played in each lane (child NULL: never started), as at the
 *  last reset. Saving: not read, may be NULL.
 *  @return TITR_ERR_CONFIG when the saved lanes are others: nothing has changed. After any other
 *  failure every lane must be reset. */
titr_status titr_env_visit(titr_env *env, titr_visitor *v, const titr_lane_start *start,
                           titr_error *err) TITR_NODISCARD;

#endif
