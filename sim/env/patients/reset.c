// SPDX-License-Identifier: GPL-3.0-or-later
/* A lane's beginning: the child at its own steady state, with nothing on board. */
#include "kernel.h"

#include "titrate/base/units.h"

#include <math.h>

static titr_status check_settings(const titr_lane_start *start, titr_error *err)
{
    const titr_therapy *t = start->therapy;
    const char *id = start->child->patient.id;
    for (size_t h = 0; h < 24; h++) {
        /* written so that NaN is refused */
        if (!(t->basal_u_per_h[h] >= 0.0 && t->cr_g_per_u[h] > 0.0 && t->cf_mg_dl_per_u[h] > 0.0 &&
              isfinite(t->target_mg_dl[h]))) {
            return titr_fail(err, TITR_ERR_RANGE,
                             "%s: therapy settings from %zu:00: basal = %g U/h, CR = %g g/U, CF = "
                             "%g mg/dL/U, target = %g mg/dL, expected basal >= 0, CR > 0, CF > 0",
                             id, h, t->basal_u_per_h[h], t->cr_g_per_u[h], t->cf_mg_dl_per_u[h],
                             t->target_mg_dl[h]);
        }
    }
    if (!(t->tdi_u_per_day > 0.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: total daily insulin = %g U/day, expected > 0",
                         id, t->tdi_u_per_day);
    }
    return TITR_OK;
}

static titr_status check_start(const titri_patients *env, const titr_lane_start *start,
                               titr_error *err)
{
    if (start->lane >= env->n) {
        return titr_fail(err, TITR_ERR_ARG, "lane %zu, expected less than %zu", start->lane,
                         env->n);
    }
    if (start->child == NULL || start->therapy == NULL) {
        return titr_fail(err, TITR_ERR_ARG, "lane %zu has no child or no therapy settings",
                         start->lane);
    }
    return check_settings(start, err);
}

/* What the lane has to look up at its next meal and midnight. */
static void look_ahead(titri_patients *env, size_t lane)
{
    const double clock_start_min = env->def.clock_start_min;
    env->cache.next_meal_min[lane] = titri_menu_next_min(&env->menu[lane], env->time_min[lane]);
    env->cache.day_ends_min[lane] =
        TITR_MIN_PER_DAY * (env->menu[lane].today + 1.0) - clock_start_min;
    env->cache.told_holds_min[lane] = -HUGE_VAL;
}

titr_status titri_lane_turn_page(titri_patients *env, size_t lane, titr_error *err)
{
    const double day = floor(titri_clock_min(env, lane) / TITR_MIN_PER_DAY);
    TITR_TRY(titri_menu_turn(&env->menu[lane], &env->def, &env->start[lane].child->patient,
                             titri_lane_key(env, lane, TITR_PURPOSE_MEALS), (unsigned)day, err));
    look_ahead(env, lane);
    return TITR_OK;
}

titr_status titri_lane_settle(titri_patients *env, const titr_lane_start *start, titr_error *err)
{
    TITR_TRY(check_start(env, start, err));
    const size_t lane = start->lane;
    const titri_block b = titri_block_of(env, lane / env->lanes);
    TITR_TRY(env->model->individualise(&start->child->patient, lane - b.first, b.theta, err));
    if (env->def.insulin_sensitivity != 1.0) {
        env->model->sensitise(env->def.insulin_sensitivity, lane - b.first, b.theta);
    }
    env->start[lane] = *start;
    env->cache.sensor[lane] = titri_lane_key(env, lane, TITR_PURPOSE_SENSOR);
    env->cache.hour[lane] = -1.0;
    const double day = floor(titri_clock_min(env, lane) / TITR_MIN_PER_DAY);
    TITR_TRY(titri_menu_plan(&env->menu[lane], &env->def, &start->child->patient,
                             titri_lane_key(env, lane, TITR_PURPOSE_MEALS), (unsigned)day, err));
    look_ahead(env, lane);
    return TITR_OK;
}

static void clear(titri_patients *env, const titri_block *b, size_t lane)
{
    const size_t l = lane - b->first;
#define X(name) env->name[lane] = 0.0;
    TITRI_LANE_COLUMNS(X)
#undef X
    env->end[lane] = TITR_END_NONE;
    env->fault[lane] = (titr_fault){.code = TITR_FAULT_NONE};
    env->mouth[lane] = (titr_mouth){0};
    env->eating[lane] = 0;
    env->n_minutes[lane] = 0;
    for (size_t i = 0; i < TITR_PUMP_ROWS; i++) {
        b->pump[i * env->lanes + l] = 0.0;
    }
    titri_iob_clear(&env->iob, b->index, l);
}

static titr_status begin(titri_patients *env, const titr_lane_start *start, titr_error *err)
{
    const size_t lane = start->lane;
    const titri_block b = titri_block_of(env, lane / env->lanes);
    const size_t l = lane - b.first;
    double *y = env->work[0].y;
    env->time_min[lane] = 0.0;
    env->end[lane] = TITR_END_TRUNCATED; /* stays so if the child cannot be started */
    TITR_TRY(titri_lane_settle(env, start, err));
    clear(env, &b, lane);
    env->model->initial(&start->child->patient, l, b.x, b.u, b.held);
    env->model->output(b.x, b.theta, y);
    env->glucose_mg_dl[lane] = y[env->y_glucose * env->lanes + l];
    env->plasma_glucose_mg_dl[lane] = y[env->y_plasma * env->lanes + l];
    env->kernel->begin(env, lane);
    return TITR_OK;
}

titr_status titri_patients_reset(titr_env *base, const titr_lane_start *start, size_t n,
                                 titr_error *err)
{
    titri_patients *env = titri_patients_of(base);
    for (size_t i = 0; i < n; i++) {
        TITR_TRY(check_start(env, &start[i], err));
    }
    for (size_t i = 0; i < n; i++) {
        TITR_TRY(begin(env, &start[i], err));
    }
    return TITR_OK;
}
