// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/trajectory.h
 * @brief One episode as it is stored: typed columns of equal length.
 *
 * A step row is a decision: what was seen at time_min, what was decided, and what followed until
 * time_min + elapsed_min. Rows of one episode are contiguous and in order of time. Metrics, reports
 * and offline learning read these columns and nothing else, with the values as stored (float32).
 *
 * Ownership  titr_trajectory owns its columns; init, append.., fini.
 */
#ifndef TITR_STORE_TRAJECTORY_H
#define TITR_STORE_TRAJECTORY_H

#include "titrate/base/status.h"
#include "titrate/models/patient.h"

#include <stddef.h>
#include <stdint.h>

/** Bytes of a policy's name, terminating zero included. */
#define TITR_NAME_MAX 64

/* Step columns: field, C type, unit, description. The HDF5 type follows the C type. */
#define TITR_STEP_COLUMNS(X)                                                                       \
    X(time_min, float, "min", "time of the decision since the episode's start")                    \
    X(glucose_mg_dl, float, "mg/dL", "true glucose at the decision (subcutaneous)")                \
    X(plasma_glucose_mg_dl, float, "mg/dL", "true plasma glucose at the decision")                 \
    X(cgm_mg_dl, float, "mg/dL", "sensor reading at the decision")                                 \
    X(iob_u, float, "U", "insulin on board at the decision: delivered minus scheduled basal")      \
    X(carbs_announced_g, float, "g", "carbohydrate announced for the interval")                    \
    X(action_level, int16_t, "1", "level of the action set; -1: the policy chose a dose directly") \
    X(dose_proposed_basal_u_per_h, float, "U/h", "basal rate proposed by the policy")              \
    X(dose_proposed_bolus_u, float, "U", "bolus proposed by the policy")                           \
    X(dose_given_basal_u_per_h, float, "U/h",                                                      \
      "basal rate requested of the pump, after the shield")                                        \
    X(dose_given_bolus_u, float, "U", "bolus requested of the pump, after the shield")             \
    X(shield_rule, int8_t, "1",                                                                    \
      "number of the last shield rule that lowered the dose, see shield_rules; 0: none")           \
    X(propensity, float, "1", "probability of the choice under the policy")                        \
    X(elapsed_min, float, "min", "length of the interval")                                         \
    X(carbs_g, float, "g", "carbohydrate eaten in the interval")                                   \
    X(insulin_u, float, "U", "insulin delivered in the interval, basal and bolus")                 \
    X(basal_insulin_u, float, "U", "part of insulin_u requested as basal")                         \
    X(programmed_basal_u_per_h, float, "U/h", "basal rate shown by the pump in the interval")      \
    X(reward, float, "1", "reward of the interval")

/* Minute columns, present with record.what = "minutes": row k is the minute that ends at time_min.
 */
#define TITR_MINUTE_COLUMNS(X)                                                                     \
    X(time_min, float, "min", "end of the minute since the episode's start")                       \
    X(glucose_mg_dl, float, "mg/dL", "true glucose at the end of the minute (subcutaneous)")       \
    X(insulin_u, float, "U", "insulin delivered in the minute")                                    \
    X(carbs_g, float, "g", "carbohydrate eaten in the minute")

/** Wide rows parallel to the steps; each is recorded or not (width 0). */
typedef enum titr_panel {
    TITR_PANEL_STATES,       /* record.states: the whole ODE state at the decision           */
    TITR_PANEL_OBSERVATIONS, /* record.learning: the clinic record, as policies read it       */
    TITR_PANEL_MASK,         /* record.learning: 1 = the level was allowed                   */
    TITR_PANEL_SHIELD,       /* with a shield: insulin withheld in the interval, U, by rule   */
    TITR_N_PANELS            /* number of panels */
} titr_panel;
/** Columns of a panel. */
#define TITR_PANEL_COLUMNS_MAX 64

/** One row, for appending and reading. */
typedef struct titr_step {
#define X(name, type, unit, doc) type name;
    TITR_STEP_COLUMNS(X)
#undef X
} titr_step;

/** One row of minute data. */
typedef struct titr_minute {
#define X(name, type, unit, doc) type name;
    TITR_MINUTE_COLUMNS(X)
#undef X
} titr_minute;

/** One episode. */
typedef struct titr_trajectory {
    /* who and how it ended: the row of /episodes */
    char policy[TITR_NAME_MAX]; /* who dosed */
    char patient[TITR_ID_MAX];  /* whom */
    uint64_t seed;              /* the experiment's seed                               */
    uint32_t episode;           /* episode seed number, e.g. 1001                      */
    int end;                    /* titr_end                                            */
    double horizon_min;         /* where it would have been truncated                  */
    double end_min;             /* when it ended                                       */
    float final_glucose_mg_dl, final_cgm_mg_dl; /* at end_min; NaN after a fault   */
    char fault[192]; /* text of the fault; empty if none                    */

    size_t n, capacity; /* steps */
#define X(name, type, unit, doc) type *name;
    TITR_STEP_COLUMNS(X)
#undef X
    struct {
        size_t n, capacity; /* rows in use and reserved */
#define X(name, type, unit, doc) type *name;
        TITR_MINUTE_COLUMNS(X)
#undef X
    } minutes;
    size_t width[TITR_N_PANELS]; /* columns of each panel; set by titr_trajectory_set_panel   */
    float *panel[TITR_N_PANELS]; /* [n + 1][width]: row n is now, before step n is decided, and in
                                    the end what the last interval left (not stored of STATES and
                                    SHIELD); NaN until the caller fills it */
} titr_trajectory;

/** Start empty. */
void titr_trajectory_init(titr_trajectory *t);
/** Release the columns. */
void titr_trajectory_fini(titr_trajectory *t);
/** Forget the rows and how the episode ended; keep who it is about, and the memory. */
void titr_trajectory_clear(titr_trajectory *t);
/** Record a panel of `width` columns from now on (0: none); only while there are no rows. */
titr_status titr_trajectory_set_panel(titr_trajectory *t, titr_panel panel, size_t width,
                                      titr_error *err) TITR_NODISCARD;
/** Row k of a panel. @param[in] k <= t->n. @return [width], owned by the trajectory; NULL when the
 *  panel is not recorded. */
float *titr_trajectory_panel_row(const titr_trajectory *t, titr_panel panel, size_t k);
/** Append one decision. */
titr_status titr_trajectory_append(titr_trajectory *t, const titr_step *row,
                                   titr_error *err) TITR_NODISCARD;
/** Append one minute. */
titr_status titr_trajectory_append_minute(titr_trajectory *t, const titr_minute *row,
                                          titr_error *err) TITR_NODISCARD;
/** Row k. @param[in] k < t->n. */
titr_step titr_trajectory_row(const titr_trajectory *t, size_t k);

#endif
