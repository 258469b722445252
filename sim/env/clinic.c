// SPDX-License-Identifier: GPL-3.0-or-later
/* What the clinic knows of a child at a decision. */
#include "env_state.h"

#include "titrate/base/clinical.h"
#include "titrate/base/units.h"

#include <math.h>
#include <string.h>

#define RECENT_MIN 240.0 /* of carbs_4h_g */
/* Weight of a new minute in the averages of the last days: 1 - exp(-1 min / 2 days). */
#define NEW_MINUTE 0.00034716194756285535
enum { HISTORY_BYTES = TITR_CGM_HISTORY * sizeof(double) };

/* Reading of the minute `ago` minutes before now. */
static double *reading(const titr_env *env, size_t lane, size_t ago)
{
    const size_t minute = (size_t)env->time_min[lane] + TITRI_READINGS - ago;
    return &env->readings[lane * TITRI_READINGS + minute % TITRI_READINGS];
}

void titri_clinic_read(titr_env *env, size_t lane)
{
    const double cgm_mg_dl =
        env->sensor->read(env->def.sensor.def, titri_lane_key(env, lane, TITR_PURPOSE_SENSOR),
                          env->sensor_state + lane * env->sensor->state_size, env->time_min[lane],
                          env->glucose_mg_dl[lane]);
    const double low_percent = cgm_mg_dl < TITR_LOW_MG_DL ? 100.0 : 0.0;
    *reading(env, lane, 0) = cgm_mg_dl;
    double *mean_mg_dl = &env->view.record.col[TITR_OBS_CGM_MEAN_2D][lane];
    double *share_percent = &env->view.record.col[TITR_OBS_CGM_LOW_2D][lane];
    *mean_mg_dl += NEW_MINUTE * (cgm_mg_dl - *mean_mg_dl);
    *share_percent += NEW_MINUTE * (low_percent - *share_percent);
}

void titri_clinic_start(titr_env *env, size_t lane)
{
    env->sensor->start(env->def.sensor.def, titri_lane_key(env, lane, TITR_PURPOSE_SENSOR),
                       env->sensor_state + lane * env->sensor->state_size);
    titri_clinic_read(env, lane);
    const double first = *reading(env, lane, 0);
    env->view.record.col[TITR_OBS_CGM_MEAN_2D][lane] = first;
    env->view.record.col[TITR_OBS_CGM_LOW_2D][lane] = 0.0;
    for (size_t k = 0; k < TITRI_READINGS; k++) {
        env->readings[lane * TITRI_READINGS + k] = first;
    }
    for (size_t k = 0; k < TITR_CGM_HISTORY; k++) {
        env->view.record.cgm_history[lane * TITR_CGM_HISTORY + k] = first;
    }
}

void titri_clinic_turn(titr_env *env, size_t lane)
{
    double *history = env->view.record.cgm_history + lane * TITR_CGM_HISTORY;
    memmove(history + 1, history, HISTORY_BYTES - sizeof *history);
    history[0] = *reading(env, lane, 0);
}

/* Readings 0, 5, 10 and 15 min ago: the mean, and the least-squares slope over those times. */
static void fill_cgm(const titr_env *env, const titr_record *r, size_t lane)
{
    const double now = *reading(env, lane, 0), ago5 = *reading(env, lane, 5);
    const double ago10 = *reading(env, lane, 10), ago15 = *reading(env, lane, 15);
    r->col[TITR_OBS_CGM][lane] = now;
    r->col[TITR_OBS_CGM_MEAN_15][lane] = 0.25 * (now + ago5 + ago10 + ago15);
    r->col[TITR_OBS_CGM_RATE][lane] = (7.5 * (now - ago15) + 2.5 * (ago5 - ago10)) / 125.0;
}

/* The decision at t tells of meals in [t + shift, t + shift + interval). */
static void fill_meals(const titr_env *env, const titr_record *r, size_t lane)
{
    const double interval_min = env->def.decision_interval_min, now_min = env->time_min[lane];
    const double shift_min = env->def.announce_late ? -interval_min : 0.0;
    const double from_min = now_min + shift_min;
    const double recent_min = from_min - (ceil(RECENT_MIN / interval_min) - 1.0) * interval_min;
    const titri_announced told =
        titri_menu_announced(&env->menu[lane], recent_min, from_min, from_min + interval_min);
    r->col[TITR_OBS_CARBS_ANNOUNCED][lane] = told.interval_g;
    r->col[TITR_OBS_CARBS_4H][lane] = told.recent_g;
    r->col[TITR_OBS_SINCE_MEAL][lane] = TITR_MIN_PER_DAY;
    if (told.last_min >= 0.0) {
        const double decision_min =
            interval_min * floor((told.last_min - shift_min) / interval_min);
        r->col[TITR_OBS_SINCE_MEAL][lane] = fmin(now_min - decision_min, TITR_MIN_PER_DAY);
    }
}

static double time_of_day(double clock_min)
{
    return clock_min - TITR_MIN_PER_DAY * floor(clock_min / TITR_MIN_PER_DAY);
}

static void fill_settings(const titr_env *env, const titr_record *r, size_t lane)
{
    const titr_therapy *therapy = env->start[lane].therapy;
    const double of_day_min = time_of_day(titri_clock_min(env, lane));
    const size_t hour = titr_therapy_hour(of_day_min);
    r->col[TITR_OBS_TIME_OF_DAY][lane] = of_day_min;
    r->col[TITR_OBS_BASAL][lane] = therapy->basal_u_per_h[hour];
    r->col[TITR_OBS_CR][lane] = therapy->cr_g_per_u[hour];
    r->col[TITR_OBS_CF][lane] = therapy->cf_mg_dl_per_u[hour];
    r->col[TITR_OBS_TARGET][lane] = therapy->target_mg_dl[hour];
    r->col[TITR_OBS_TDI][lane] = therapy->tdi_u_per_day;
}

/* What a bolus calculator makes of it. */
static void fill_advice(const titr_record *r, size_t lane)
{
    const double meal_u = titr_meal_bolus_u(r, lane);
    const double above_mg_dl = r->col[TITR_OBS_CGM][lane] - r->col[TITR_OBS_TARGET][lane];
    const double needed_u =
        above_mg_dl / r->col[TITR_OBS_CF][lane] - r->col[TITR_OBS_BOLUS_IOB][lane];
    r->col[TITR_OBS_BOLUS_PROPOSED][lane] = titr_bolus_calculator_u(r, lane);
    r->col[TITR_OBS_CORRECTION_RATIO][lane] = meal_u > 0.0 ? needed_u / meal_u : 0.0;
}

void titri_clinic_fill(titr_env *env, size_t lane, double iob_u, double bolus_iob_u)
{
    const titr_record *r = &env->view.record;
    const titr_patient *patient = &env->start[lane].child->patient;
    fill_cgm(env, r, lane);
    fill_meals(env, r, lane);
    fill_settings(env, r, lane);
    r->col[TITR_OBS_IOB][lane] = iob_u;
    r->col[TITR_OBS_BOLUS_IOB][lane] = bolus_iob_u;
    r->col[TITR_OBS_IOB_PER_KG][lane] = iob_u / patient->weight_kg;
    r->col[TITR_OBS_IOB_FRACTION][lane] = iob_u / r->col[TITR_OBS_TDI][lane];
    r->col[TITR_OBS_BASAL_IOB_FRACTION][lane] = (iob_u - bolus_iob_u) / r->col[TITR_OBS_TDI][lane];
    r->col[TITR_OBS_TIME][lane] = env->time_min[lane];
    r->col[TITR_OBS_TIME_LEFT][lane] = env->def.horizon_min - env->time_min[lane];
    r->col[TITR_OBS_AGE][lane] = patient->age_years;
    r->col[TITR_OBS_WEIGHT][lane] = patient->weight_kg;
    fill_advice(r, lane);
    env->actions->mask(env->def.actions.def, r, lane, env->mask + lane * env->view.n_levels);
}

double titri_scheduled_basal_u(const titr_therapy *therapy, double clock_min, double minutes)
{
    double sum_u = 0.0;
    while (minutes > 0.0) {
        const double of_day_min = time_of_day(clock_min);
        const size_t hour = titr_therapy_hour(of_day_min);
        const double part_min = fmin(minutes, TITR_MIN_PER_HOUR * (double)(hour + 1) - of_day_min);
        sum_u += therapy->basal_u_per_h[hour] * part_min / TITR_MIN_PER_HOUR;
        clock_min += part_min;
        minutes -= part_min;
    }
    return sum_u;
}
