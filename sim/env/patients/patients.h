// SPDX-License-Identifier: GPL-3.0-or-later
/* What an environment of patients is made of. Lanes stand in blocks of L: arrays with rows of their
 * own are [blocks][rows][L], plain columns are [n] in lane order, which is the same as [blocks][L];
 * the record's CGM history has a row of all lanes per decision. Lanes that only fill up the last
 * block are never started. All arrays lie in one piece of memory, taken at creation.
 *
 *   check.c     is the composition sound?      memory.c    where the arrays lie
 *   patients.c  life, death and a step         reset.c     a lane's beginning
 *   visit.c     saving and loading             menu.c      meals ahead and behind
 *   iob.c       insulin on board               schedule.c  what the settings schedule
 *   kernel.h    one decision interval of a block, lane-wise
 */
#ifndef SIM_ENV_PATIENTS_PATIENTS_H
#define SIM_ENV_PATIENTS_PATIENTS_H

#include "iob.h"
#include "menu.h"

#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/sensor.h"
#include "titrate/env/type.h"

#define TITRI_READINGS 16 /* CGM readings kept, one a minute: the last 15 min and now */

/* Numbers of a lane that the runner looks at; all are saved. */
#define TITRI_SHOWN_COLUMNS(X)                                                                     \
    X(reward)                                                                                      \
    X(elapsed_min)                                                                                 \
    X(time_min)                                                                                    \
    X(glucose_mg_dl)                                                                               \
    X(plasma_glucose_mg_dl)                                                                        \
    X(carbs_g)                                                                                     \
    X(insulin_u)                                                                                   \
    X(basal_u)                                                                                     \
    X(programmed_u_per_h)
/* And the last CGM reading, and when it was shown. */
#define TITRI_LANE_COLUMNS(X)                                                                      \
    TITRI_SHOWN_COLUMNS(X)                                                                         \
    X(held_mg_dl)                                                                                  \
    X(seen_min)

/* What follows from child, key and time: kept so that the vector loop can tell when a lane has to
 * look at its child again. Not saved. */
typedef struct titri_cache {
    double *hour;           /* of the settings that the record shows; -1: none yet             */
    double *day_ends_min;   /* when the menu turns its page                                    */
    double *next_meal_min;  /* when a meal has to be served; HUGE_VAL: none today or tomorrow  */
    double *told_holds_min; /* the announced meals in the record hold for `from` up to here    */
    double *told_at_min;    /* decision that told of the last meal; -HUGE_VAL: none            */
    titr_rng_key *sensor;   /* key of its stream                                               */
} titri_cache;

/* A thread's room for the block that it plays. */
typedef struct titri_work {
    titr_solver *solver;
    double *insulin_u, *carbs_g, *glucose_mg_dl; /* [minutes][L] of the interval            */
    double *rows;                                /* [minutes][states][L] of a longer span   */
    double *y;                                   /* [outputs][L]                            */
} titri_work;

typedef struct titri_kernel titri_kernel; /* kernel.h */

typedef struct titri_patients {
    titr_env base;
    titr_env_def def;
    titr_variant variant;
    const titri_kernel *kernel; /* this and all parts as this variant */
    const titr_model_type *model;
    const titr_model_mode *mode;
    const titr_sensor_type *sensor;
    const titr_pump_type *pump;
    const titr_actions_type *actions;
    const titr_reward_type *reward_type;
    size_t n, lanes, blocks;                        /* n of lanes * blocks lanes are in use   */
    size_t minutes;                                 /* of a decision interval                 */
    size_t u_carbs, u_insulin, y_glucose, y_plasma; /* rows of the model's tables */

    unsigned char *memory;
    double *x, *u, *held, *theta; /* the body                               */
    titr_lane_start *start;       /* child NULL: never started              */
    titri_menu *menu;
    titri_iob iob;
    titri_cache cache;
#define X(name) double *name;
    TITRI_LANE_COLUMNS(X)
#undef X
    titr_end *end;
    titr_fault *fault;
    titr_mouth *mouth;
    titr_flag *eating;    /* the last minute had a bite                             */
    double *pump_state;   /* [blocks][TITR_PUMP_ROWS][L]                            */
    double *sensor_state; /* [blocks][sensor->n_state][L]                           */
    double *readings;     /* [blocks][TITRI_READINGS][L], a ring of minutes              */
    size_t readings_head; /* where in it the interval begins                             */
    size_t history_row;   /* of the record's CGM history: the latest decision            */
    unsigned char *mask;
    size_t *n_minutes;
    double *minute_glucose_mg_dl, *minute_insulin_u, *minute_carbs_g; /* NULL or [n][minutes] */

    titri_work *work; /* [threads] */
    size_t threads;
} titri_patients;

/* The environment is its own first member. */
static inline titri_patients *titri_patients_of(titr_env *env)
{
    return (titri_patients *)env;
}

/* One block's part of the arrays. */
typedef struct titri_block {
    double *x, *u, *held, *theta, *pump, *sensor, *readings;
    size_t index, first, n; /* lanes first .. first + n - 1 */
} titri_block;

titri_block titri_block_of(const titri_patients *env, size_t index);
/* Row of the CGM history for the decision after the latest. */
static inline size_t titri_history_next(const titri_patients *env)
{
    return (env->history_row + TITR_CGM_HISTORY - 1) % TITR_CGM_HISTORY;
}

/* Key of the lane's streams; the purpose is the caller's. */
titr_rng_key titri_lane_key(const titri_patients *env, size_t lane, titr_purpose purpose);
/* Clock time since midnight before the episode's start. */
double titri_clock_min(const titri_patients *env, size_t lane);

titr_status titri_env_check(const titr_env_def *def, size_t n_lanes,
                            titr_error *err) TITR_NODISCARD;

/* Place all arrays. */
titr_status titri_take_memory(titri_patients *env, titr_error *err) TITR_NODISCARD;
/* The calls of titr_env_reset and titr_env_visit. */
titr_status titri_patients_reset(titr_env *base, const titr_lane_start *start, size_t n,
                                 titr_error *err) TITR_NODISCARD;
titr_status titri_patients_visit(titr_env *base, titr_visitor *v, const titr_lane_start *start,
                                 titr_error *err) TITR_NODISCARD;

/* Give a lane its child: theta, menu and what the cache holds. State and record are the caller's.
 */
titr_status titri_lane_settle(titri_patients *env, const titr_lane_start *start,
                              titr_error *err) TITR_NODISCARD;
/* A new day begins for the lane. */
titr_status titri_lane_turn_page(titri_patients *env, size_t lane, titr_error *err) TITR_NODISCARD;
/* Basal that the therapy settings schedule from clock time on for `minutes`, U. */
double titri_scheduled_basal_u(const titr_therapy *therapy, double clock_min, double minutes);
/* The settings of an hour of the day, and who the child is, into the lane's record. */
void titri_show_settings(titri_patients *env, size_t lane, size_t hour);
/* The announced meals into the lane's record, for a decision now. */
void titri_show_meals(titri_patients *env, size_t lane);

#endif
