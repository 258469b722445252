// SPDX-License-Identifier: GPL-3.0-or-later
/* What follows from a child's settings and menu, looked up when the hour or the meals change. */
#include "patients.h"

#include "titrate/base/units.h"

#include <math.h>

#define RECENT_MIN 240.0 /* of carbs_4h_g */

static double time_of_day(double clock_min)
{
    return clock_min - TITR_MIN_PER_DAY * floor(clock_min / TITR_MIN_PER_DAY);
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

void titri_show_settings(titri_patients *env, size_t lane, size_t hour)
{
    const titr_record *r = &env->base.view.record;
    const titr_therapy *therapy = env->start[lane].therapy;
    const titr_patient *patient = &env->start[lane].child->patient;
    r->col[TITR_OBS_BASAL][lane] = therapy->basal_u_per_h[hour];
    r->col[TITR_OBS_CR][lane] = therapy->cr_g_per_u[hour];
    r->col[TITR_OBS_CF][lane] = therapy->cf_mg_dl_per_u[hour];
    r->col[TITR_OBS_TARGET][lane] = therapy->target_mg_dl[hour];
    r->col[TITR_OBS_TDI][lane] = therapy->tdi_u_per_day;
    r->col[TITR_OBS_AGE][lane] = patient->age_years;
    r->col[TITR_OBS_WEIGHT][lane] = patient->weight_kg;
    env->cache.hour[lane] = (double)hour;
}

static void show_no_meals(titri_patients *env, size_t lane)
{
    const titr_record *r = &env->base.view.record;
    r->col[TITR_OBS_CARBS_ANNOUNCED][lane] = r->col[TITR_OBS_CARBS_4H][lane] = 0.0;
    env->cache.told_holds_min[lane] = HUGE_VAL;
    env->cache.told_at_min[lane] = -HUGE_VAL;
}

/* The decision at t tells of meals in [t + shift, t + shift + interval): as if those that are told
 * late began later. */
void titri_show_meals(titri_patients *env, size_t lane)
{
    const titr_record *r = &env->base.view.record;
    if (env->def.announce == TITR_ANNOUNCE_NONE) {
        show_no_meals(env, lane);
        return;
    }
    const double interval_min = env->def.decision_interval_min;
    const double late_min = env->def.announce == TITR_ANNOUNCE_LATE ? interval_min : 0.0;
    const double shift_min = -late_min - env->def.announce_delay_min;
    const double reach_min = (ceil(RECENT_MIN / interval_min) - 1.0) * interval_min;
    const titri_announced told = titri_menu_announced(
        &env->menu[lane], reach_min, env->time_min[lane] + shift_min, interval_min);
    r->col[TITR_OBS_CARBS_ANNOUNCED][lane] = told.interval_g;
    r->col[TITR_OBS_CARBS_4H][lane] = told.recent_g;
    env->cache.told_holds_min[lane] = told.holds_min - shift_min;
    env->cache.told_at_min[lane] =
        told.last_min >= 0.0 ? interval_min * floor((told.last_min - shift_min) / interval_min)
                             : -HUGE_VAL;
}
