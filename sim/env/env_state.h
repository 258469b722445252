// SPDX-License-Identifier: GPL-3.0-or-later
/* What an environment is made of. Lanes stand in blocks of the solver's width L: the body's arrays
 * are [blocks][quantity][L], everything else is [n] or [n][..] in lane order. Lanes that only fill
 * up the last block are never started. All arrays lie in one piece of memory, taken at creation.
 *
 *   env_check.c  is the composition sound?      env_reset.c  a lane's beginning
 *   env.c        memory, life and death         env_step.c   one decision interval
 *   clinic.c     what the clinic then knows     env_visit.c  saving and loading
 *   menu.c       meals ahead and behind         iob.c        insulin on board
 */
#ifndef SIM_ENV_ENV_STATE_H
#define SIM_ENV_ENV_STATE_H

#include "iob.h"
#include "menu.h"

#include "titrate/env/pump.h"
#include "titrate/env/reward.h"
#include "titrate/env/sensor.h"

#define TITRI_READINGS 16 /* CGM readings kept, one a minute: the last 15 min and now */

/* Numbers of a lane that the runner looks at; all are saved. */
#define TITRI_LANE_COLUMNS(X)                                                                      \
    X(reward)                                                                                      \
    X(elapsed_min)                                                                                 \
    X(time_min)                                                                                    \
    X(glucose_mg_dl)                                                                               \
    X(plasma_glucose_mg_dl)                                                                        \
    X(carbs_g)                                                                                     \
    X(insulin_u)                                                                                   \
    X(basal_u)                                                                                     \
    X(programmed_u_per_h)

struct titr_env {
    titr_env_def def;
    const titr_model_type *model; /* as wide as the solver */
    const titr_model_mode *mode;
    titr_solver *solver;
    const titr_sensor_type *sensor;
    const titr_pump_type *pump;
    const titr_actions_type *actions;
    const titr_reward_type *reward_type;
    size_t n, lanes, blocks;                        /* n of lanes * blocks lanes are in use   */
    size_t minutes;                                 /* of a decision interval                 */
    size_t u_carbs, u_insulin, y_glucose, y_plasma; /* rows of the model's tables */

    unsigned char *memory;
    double *x, *u, *held, *theta; /* the body                               */
    titr_lane_start *start;       /* [n] child NULL: never started          */
    titri_menu *menu;
    titri_iob iob;
#define X(name) double *name;
    TITRI_LANE_COLUMNS(X)
#undef X
    titr_end *end;
    titr_fault *fault;
    titr_mouth *mouth;
    titr_pump_state *pump_state;
    unsigned char *eating;       /* the last minute had a bite                          */
    unsigned char *sensor_state; /* [n][sensor->state_size]                             */
    double *readings;            /* [n][TITRI_READINGS], of minute t at t % TITRI_READINGS      */
    unsigned char *mask;
    double *state; /* [n][states]; is x when L = 1 */
    size_t *n_minutes;
    titr_env_view view;

    /* minutes of the interval being played, of all lanes or of the block being played */
    double *minute_glucose_mg_dl, *minute_insulin_u, *minute_carbs_g;

    /* of the block being played, [L] */
    unsigned char *running; /* takes part in this interval                     */
    unsigned char *active;  /* takes part in this span                         */
    size_t *done;           /* minutes of the interval behind the lane         */
    size_t *length;         /* minutes of the span                             */
    double *from_min, *to_min, *before_mg_dl, *bolus_u, *iob_u, *bolus_iob_u;
    double *rows; /* [minutes][states][L] states within the span */
    double *y;    /* [outputs][L]                                */
};

/* One block's part of the body's arrays. */
typedef struct titri_block {
    double *x, *u, *held, *theta;
    size_t index, first, n; /* lanes first .. first + n - 1 */
} titri_block;

titri_block titri_block_of(const titr_env *env, size_t index);
/* A lane's row of minute_..., [minutes]. */
double *titri_minute_row(const titr_env *env, double *rows, size_t lane);
/* Key of the lane's streams; the purpose is the caller's. */
titr_rng_key titri_lane_key(const titr_env *env, size_t lane, titr_purpose purpose);
/* Clock time since midnight before the episode's start. */
double titri_clock_min(const titr_env *env, size_t lane);

titr_status titri_env_check(const titr_env_def *def, size_t n_lanes,
                            titr_error *err) TITR_NODISCARD;

/* Read the sensor for the present minute. */
void titri_clinic_read(titr_env *env, size_t lane);
/* An episode begins: all readings before it are its first. */
void titri_clinic_start(titr_env *env, size_t lane);
/* A decision is due: its reading joins the history. */
void titri_clinic_turn(titr_env *env, size_t lane);
/* Fill the lane's record and mask. @param[in] iob_u, bolus_iob_u insulin on board now. */
void titri_clinic_fill(titr_env *env, size_t lane, double iob_u, double bolus_iob_u);
/* Basal that the therapy settings schedule from now on for `minutes`, U. */
double titri_scheduled_basal_u(const titr_therapy *therapy, double clock_min, double minutes);

/* Give a lane its child: theta and menu. State and record are the caller's. */
titr_status titri_lane_settle(titr_env *env, const titr_lane_start *start,
                              titr_error *err) TITR_NODISCARD;
/* Copy the lane's state to where the runner sees it. */
void titri_lane_show_state(titr_env *env, size_t lane);

#endif
