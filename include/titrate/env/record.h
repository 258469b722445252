// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/record.h
 * @brief The clinic record: everything a policy may know at a decision, and nothing else.
 *
 * One row per observable (TITR_OBSERVABLE_MAP); a policy declares which it reads, so policies with
 * different observation sets pair on the same episodes. True glucose and the child's own physiology
 * are not in it.
 *
 * A benchmark task (titrate/env/task.h) has no clinic: its k-th observable is column
 * TITR_OBS_N + k, and the clinic's columns are NULL. With patients the task's columns are NULL.
 *
 * Shapes     col[observable][n], one contiguous column per observable; cgm_history
 *            [TITR_CGM_HISTORY][stride], a ring of the readings at decisions: titr_record_cgm.
 *
 * Missing    while the sensor shows nothing the column cgm_mg_dl is NaN and cgm_age_min counts; the
 *            history holds the last reading there was. Who doses takes titr_record_cgm_held, so
 * that no NaN reaches a policy; a calculator without a reading proposes no correction.
 *
 * Ownership  the environment owns all memory; valid until the next reset or step.
 */
#ifndef TITR_ENV_RECORD_H
#define TITR_ENV_RECORD_H

#include <stddef.h>
#include <stdint.h>

/** Readings that the record looks back, 4 h of 5 min. */
#define TITR_CGM_HISTORY 48
/** Observables of a benchmark task. */
#define TITR_TASK_OBS_MAX 16

/* enum, name (config `observe`), unit, low, high (plausible range: plain bins divide it), meaning
 */
#define TITR_OBSERVABLE_MAP(X)                                                                     \
    X(CGM, "cgm_mg_dl", "mg/dL", 39.0, 600.0,                                                      \
      "latest CGM reading; NaN while the sensor shows none: policies then get the last one")       \
    X(CGM_RATE, "cgm_rate_mg_dl_per_min", "mg/dL/min", -5.0, 5.0,                                  \
      "least-squares slope of the readings 0, 5, 10 and 15 min ago; 0 when fewer than two are "    \
      "there")                                                                                     \
    X(CGM_MEAN_15, "cgm_mean_15min_mg_dl", "mg/dL", 39.0, 600.0,                                   \
      "mean of the readings 0, 5, 10 and 15 min ago; as it was when none is there")                \
    X(CGM_MEAN_2D, "cgm_mean_2d_mg_dl", "mg/dL", 39.0, 600.0,                                      \
      "mean CGM of the last days, a reading 2 days old weighing 1/e of the latest")                \
    X(CGM_LOW_2D, "cgm_low_2d_percent", "%", 0.0, 100.0,                                           \
      "time with CGM below 70 mg/dL in the last days, weighed likewise; none before the episode")  \
    X(CGM_AGE, "cgm_age_min", "min", 0.0, 60.0,                                                    \
      "time since the sensor last showed a reading; 0 while it shows one")                         \
    X(IOB, "iob_u", "U", -5.0, 15.0, "insulin on board: delivered minus scheduled basal")          \
    X(BOLUS_IOB, "bolus_iob_u", "U", 0.0, 15.0, "insulin on board from boluses alone")             \
    X(IOB_PER_KG, "iob_u_per_kg", "U/kg", -0.2, 0.5, "insulin on board per kg of body weight")     \
    X(IOB_FRACTION, "iob_fraction_of_tdi", "1", -0.2, 0.5,                                         \
      "insulin on board over the child's total daily insulin")                                     \
    X(BASAL_IOB_FRACTION, "basal_iob_fraction_of_tdi", "1", -0.05, 0.1,                            \
      "insulin on board from basal above or below the schedule, over total daily insulin")         \
    X(CARBS_ANNOUNCED, "carbs_announced_g", "g", 0.0, 150.0,                                       \
      "carbohydrate announced for the coming interval")                                            \
    X(BOLUS_PROPOSED, "bolus_proposed_u", "U", 0.0, 15.0,                                          \
      "bolus calculator's proposal: announced carbohydrate / CR + correction")                     \
    X(CORRECTION_RATIO, "correction_to_meal_ratio", "1", -2.0, 2.0,                                \
      "((CGM - target) / CF - bolus IOB) / meal bolus; 0 without a meal or a reading")             \
    X(CARBS_4H, "carbs_4h_g", "g", 0.0, 300.0,                                                     \
      "carbohydrate announced in the last 4 h, now included")                                      \
    X(CARBS_4H_FRACTION, "carbs_4h_fraction_of_tdi", "1", 0.0, 0.5,                                \
      "insulin by CR for the carbohydrate of carbs_4h_g, over the child's total daily insulin")    \
    X(SINCE_MEAL, "since_meal_min", "min", 0.0, 1440.0,                                            \
      "time since a meal was last announced, at most 1440; 1440 if none yet")                      \
    X(TIME_OF_DAY, "time_of_day_min", "min", 0.0, 1440.0, "clock time since midnight")             \
    X(TIME, "time_min", "min", 0.0, 1e9, "time since the episode's start")                         \
    X(TIME_LEFT, "time_left_min", "min", 0.0, 1e9, "time to the horizon")                          \
    X(AGE, "age_years", "a", 0.0, 120.0, "age")                                                    \
    X(WEIGHT, "weight_kg", "kg", 0.0, 250.0, "body weight")                                        \
    X(BASAL, "basal_u_per_h", "U/h", 0.0, 10.0, "scheduled basal rate now (therapy setting)")      \
    X(CR, "cr_g_per_u", "g/U", 1.0, 150.0, "carbohydrate ratio now (therapy setting)")             \
    X(CF, "cf_mg_dl_per_u", "mg/dL/U", 2.0, 1000.0, "correction factor now (therapy setting)")     \
    X(TARGET, "target_mg_dl", "mg/dL", 80.0, 200.0, "glucose target now (therapy setting)")        \
    X(TDI, "tdi_u_per_day", "U/d", 0.0, 300.0, "total daily insulin (therapy setting)")

/** Index of a column. */
typedef enum titr_observable {
#define X(name, text, unit, lo, hi, doc) TITR_OBS_##name,
    TITR_OBSERVABLE_MAP(X)
#undef X
        TITR_OBS_N /* number of clinic columns; the first column of a task */
} titr_observable;
/** Columns of a record, a task's included. */
#define TITR_COLUMNS_MAX (TITR_OBS_N + TITR_TASK_OBS_MAX)

/** Static facts about an observable. */
typedef struct titr_observable_info {
    const char *name, *unit; /* config name; UCUM */
    double lo, hi;           /* plausible range, in `unit` */
    const char *doc;         /* one line */
} titr_observable_info;

/** @return static table of TITR_OBS_N rows. */
const titr_observable_info *titr_observable_table(void);
/** @return TITR_OBS_N when there is none of that name. */
titr_observable titr_observable_find(const char *name);

/** The record of all lanes. */
typedef struct titr_record {
    size_t n;                      /* lanes */
    double *col[TITR_COLUMNS_MAX]; /* [n] each; NULL where there is none */
    size_t stride;                 /* of a row of cgm_history, >= n */
    double *cgm_history;           /* [TITR_CGM_HISTORY][stride] */
    uint32_t *cgm_newest; /* [n] row of the lane's latest reading, the one before it next */
} titr_record;

/** CGM at the decision `ago` decisions back, mg/dL, or the last reading there was by then; before
 *  the episode's start its first reading.
 *  @param[in] ago < TITR_CGM_HISTORY; 0 = now. */
static inline double titr_record_cgm(const titr_record *record, size_t lane, size_t ago)
{
    const size_t at = (record->cgm_newest[lane] + ago) % TITR_CGM_HISTORY;
    return record->cgm_history[at * record->stride + lane];
}

/** CGM now, mg/dL, or the last reading there was while the sensor shows none. */
static inline double titr_record_cgm_held(const titr_record *record, size_t lane)
{
    const double now = record->col[TITR_OBS_CGM][lane];
    return now == now ? now : titr_record_cgm(record, lane, 0); /* NaN equals nothing */
}

#endif
