// SPDX-License-Identifier: GPL-3.0-or-later
/* A lane's beginning: the child at its own steady state, with nothing on board. */
#include "env_state.h"

#include "titrate/base/units.h"

#include <math.h>
#include <string.h>

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

static titr_status check_start(const titr_env *env, const titr_lane_start *start, titr_error *err)
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

titr_status titri_lane_settle(titr_env *env, const titr_lane_start *start, titr_error *err)
{
    TITR_TRY(check_start(env, start, err));
    const size_t lane = start->lane;
    const titri_block b = titri_block_of(env, lane / env->lanes);
    TITR_TRY(env->model->individualise(&start->child->patient, lane - b.first, b.theta, err));
    env->start[lane] = *start;
    const double day = floor(titri_clock_min(env, lane) / TITR_MIN_PER_DAY);
    return titri_menu_plan(&env->menu[lane], &env->def, &start->child->patient,
                           titri_lane_key(env, lane, TITR_PURPOSE_MEALS), (unsigned)day, err);
}

void titri_lane_show_state(titr_env *env, size_t lane)
{
    if (env->lanes == 1) {
        return; /* the view shows x itself */
    }
    const titri_block b = titri_block_of(env, lane / env->lanes);
    const size_t n_states = env->model->states.n, l = lane - b.first;
    for (size_t i = 0; i < n_states; i++) {
        env->state[lane * n_states + i] = b.x[i * env->lanes + l];
    }
}

static void clear(titr_env *env, size_t lane)
{
#define X(name) env->name[lane] = 0.0;
    TITRI_LANE_COLUMNS(X)
#undef X
    env->end[lane] = TITR_END_NONE;
    env->fault[lane] = (titr_fault){.code = TITR_FAULT_NONE};
    env->mouth[lane] = (titr_mouth){0};
    env->pump_state[lane] = (titr_pump_state){0};
    env->eating[lane] = 0;
    env->n_minutes[lane] = 0;
    titri_iob_clear(&env->iob, lane / env->lanes, lane % env->lanes);
}

static titr_status begin(titr_env *env, const titr_lane_start *start, titr_error *err)
{
    const size_t lane = start->lane;
    env->time_min[lane] = 0.0;
    env->end[lane] = TITR_END_TRUNCATED; /* stays so if the child cannot be started */
    TITR_TRY(titri_lane_settle(env, start, err));
    clear(env, lane);
    const titri_block b = titri_block_of(env, lane / env->lanes);
    const size_t l = lane - b.first;
    env->model->initial(&start->child->patient, l, b.x, b.u, b.held);
    env->model->output(b.x, b.theta, env->y);
    env->glucose_mg_dl[lane] = env->y[env->y_glucose * env->lanes + l];
    env->plasma_glucose_mg_dl[lane] = env->y[env->y_plasma * env->lanes + l];
    titri_lane_show_state(env, lane);
    titri_clinic_start(env, lane);
    titri_clinic_fill(env, lane, 0.0, 0.0);
    return TITR_OK;
}

titr_status titr_env_reset(titr_env *env, const titr_lane_start *start, size_t n, titr_error *err)
{
    for (size_t i = 0; i < n; i++) {
        TITR_TRY(check_start(env, &start[i], err));
    }
    for (size_t i = 0; i < n; i++) {
        TITR_TRY(begin(env, &start[i], err));
    }
    return TITR_OK;
}
