// SPDX-License-Identifier: GPL-3.0-or-later
/* One decision interval.
 *
 *   dose --> pump    \
 *                      minutes --> spans of constant inputs --> solver --> minutes of glucose
 *   menu --> mouth   /                                                       |
 *                              clinic record, reward, end  <--  sensor, clinical limits
 *
 * Minutes without food and with the same insulin are one span, so that the solver is started as
 * seldom as possible. Which minutes make a span depends on the lane alone; a solver of several
 * lanes goes minute by minute, so that its lanes stay in step.
 */
#include "env_state.h"

#include "titrate/base/units.h"

#include <math.h>

static titr_status check_doses(const titr_env *env, const titr_dose *dose, titr_error *err)
{
    for (size_t lane = 0; lane < env->n; lane++) {
        const titr_dose d = dose[lane];
        if (env->end[lane] == TITR_END_NONE &&
            !(isfinite(d.basal_u_per_h) && isfinite(d.bolus_u))) {
            return titr_fail(err, TITR_ERR_ARG,
                             "lane %zu: basal = %g U/h, bolus = %g U, expected finite numbers",
                             lane, d.basal_u_per_h, d.bolus_u);
        }
    }
    return TITR_OK;
}

/* What the interval brings, minute by minute. */
static void plan_interval(titr_env *env, size_t lane, size_t l, titr_dose dose)
{
    const void *pump_def = env->def.pump.def;
    titr_pump_state *pump = &env->pump_state[lane];
    double *insulin_u = titri_minute_row(env, env->minute_insulin_u, lane);
    double *carbs_g = titri_minute_row(env, env->minute_carbs_g, lane);
    env->pump->request(pump_def, pump, dose.basal_u_per_h, dose.bolus_u);
    env->bolus_u[l] = pump->bolus_u;
    titri_menu_serve(&env->menu[lane], env->time_min[lane], env->minutes, carbs_g);
    for (size_t m = 0; m < env->minutes; m++) {
        insulin_u[m] = env->pump->minute(pump_def, pump);
        carbs_g[m] = titr_mouth_bite(&env->mouth[lane], carbs_g[m]);
    }
}

static void set_input(const titr_env *env, const titri_block *b, size_t l, size_t input,
                      double amount)
{
    const titr_event event = {.time_min = env->time_min[b->first + l],
                              .kind = TITR_EVENT_RATE,
                              .target = input,
                              .amount = amount,
                              .duration_min = 1.0};
    env->mode->at_event(&event, l, b->x, b->u, b->held, b->theta);
}

/* Open lane l's next span at minute done[l]: its inputs and its length. */
static void open_span(titr_env *env, const titri_block *b, size_t l)
{
    const size_t lane = b->first + l, m = env->done[l];
    const double *insulin_u = titri_minute_row(env, env->minute_insulin_u, lane);
    const double *carbs_g = titri_minute_row(env, env->minute_carbs_g, lane);
    if (carbs_g[m] > 0.0 || env->eating[lane]) {
        set_input(env, b, l, env->u_carbs, TITR_MG_PER_G * carbs_g[m]);
        env->eating[lane] = carbs_g[m] > 0.0;
    }
    if (insulin_u[m] != b->u[env->u_insulin * env->lanes + l]) {
        set_input(env, b, l, env->u_insulin, insulin_u[m]);
    }
    size_t end = m + 1;
    if (env->lanes == 1 && carbs_g[m] == 0.0) {
        while (end < env->minutes && carbs_g[end] == 0.0 && insulin_u[end] == insulin_u[m]) {
            end++;
        }
    }
    env->length[l] = end - m;
    env->to_min[l] = env->from_min[l] + (double)(end - m);
}

/* @return the longest of the block's next spans, 0 when no lane goes on. */
static size_t open_spans(titr_env *env, const titri_block *b)
{
    size_t longest = 0;
    for (size_t l = 0; l < b->n; l++) {
        const size_t lane = b->first + l;
        env->from_min[l] = env->to_min[l] = env->time_min[lane];
        env->active[l] =
            env->running[l] && env->end[lane] == TITR_END_NONE && env->done[l] < env->minutes;
        if (!env->active[l]) {
            continue;
        }
        open_span(env, b, l);
        longest = env->length[l] > longest ? env->length[l] : longest;
        /* marks, to tell which minutes were reached before a fault */
        for (size_t r = 0; r < env->length[l]; r++) {
            env->rows[r * env->model->states.n * env->lanes + l] = (double)NAN;
        }
    }
    return longest;
}

static void copy_state(const titr_env *env, const titri_block *b, size_t l, const double *row)
{
    for (size_t i = 0; i < env->model->states.n; i++) {
        b->x[i * env->lanes + l] = row[i * env->lanes + l];
    }
}

/* Lane l has lived to the end of another minute. */
static void live_minute(titr_env *env, const titri_block *b, size_t l, const double *row)
{
    const size_t lane = b->first + l;
    const double glucose_mg_dl = env->y[env->y_glucose * env->lanes + l];
    titri_minute_row(env, env->minute_glucose_mg_dl, lane)[env->done[l]] = glucose_mg_dl;
    env->done[l]++;
    env->time_min[lane] += 1.0;
    env->glucose_mg_dl[lane] = glucose_mg_dl;
    env->plasma_glucose_mg_dl[lane] = env->y[env->y_plasma * env->lanes + l];
    titri_clinic_read(env, lane);
    if (env->def.ends_at_limits &&
        (glucose_mg_dl < env->def.limit_lo_mg_dl || glucose_mg_dl > env->def.limit_hi_mg_dl)) {
        env->end[lane] = TITR_END_TERMINATED;
        copy_state(env, b, l, row);
    }
}

/* Lane l did not get to the end of its span. */
static void stop_at_fault(titr_env *env, const titri_block *b, size_t l)
{
    const size_t lane = b->first + l;
    const size_t lived = (size_t)(env->time_min[lane] - env->from_min[l]);
    env->end[lane] = TITR_END_FAULT;
    if (env->fault[lane].code == TITR_FAULT_NONE) {
        env->fault[lane] =
            (titr_fault){.code = TITR_FAULT_NON_FINITE, .time_min = env->time_min[lane] + 1.0};
    }
    if (lived > 0) {
        copy_state(env, b, l, env->rows + (lived - 1) * env->model->states.n * env->lanes);
    }
}

static void live_spans(titr_env *env, const titri_block *b, size_t longest)
{
    const size_t row_size = env->model->states.n * env->lanes;
    for (size_t r = 0; r < longest; r++) {
        const double *row = env->rows + r * row_size;
        env->model->output(row, b->theta, env->y);
        for (size_t l = 0; l < b->n; l++) {
            if (env->active[l] && r < env->length[l] && env->end[b->first + l] == TITR_END_NONE &&
                !isnan(row[l])) {
                live_minute(env, b, l, row);
            }
        }
    }
    for (size_t l = 0; l < b->n; l++) {
        const size_t lane = b->first + l;
        if (env->active[l] && env->end[lane] == TITR_END_NONE &&
            (env->fault[lane].code != TITR_FAULT_NONE || env->time_min[lane] < env->to_min[l])) {
            stop_at_fault(env, b, l);
        }
    }
}

static titr_status integrate(titr_env *env, const titri_block *b, titr_error *err)
{
    const titr_span span = {.from_min = env->from_min,
                            .to_min = env->to_min,
                            .active = env->active,
                            .x = b->x,
                            .u = b->u,
                            .held = b->held,
                            .theta = b->theta,
                            .minutes = env->rows,
                            .n_minutes = env->minutes,
                            .fault = env->fault + b->first};
    for (size_t longest = open_spans(env, b); longest > 0; longest = open_spans(env, b)) {
        TITR_TRY(titr_solver_advance(env->solver, &span, err));
        live_spans(env, b, longest);
    }
    return TITR_OK;
}

static double sum(const double *v, size_t n)
{
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += v[i];
    }
    return total;
}

static double reward_of(const titr_env *env, size_t lane, size_t l)
{
    if (env->end[lane] == TITR_END_FAULT) {
        return (double)NAN;
    }
    const double step =
        env->reward_type->step(env->def.reward.def, env->before_mg_dl[l], env->glucose_mg_dl[lane]);
    return env->end[lane] == TITR_END_TERMINATED ? step - env->def.terminal_penalty : step;
}

/* The interval is over for lane l: what it amounted to. */
static void settle(titr_env *env, const titri_block *b, size_t l)
{
    const size_t lane = b->first + l, lived = env->done[l];
    const titr_pump_state *pump = &env->pump_state[lane];
    env->elapsed_min[lane] = (double)lived;
    env->n_minutes[lane] = lived;
    env->insulin_u[lane] = sum(titri_minute_row(env, env->minute_insulin_u, lane), lived);
    env->carbs_g[lane] = sum(titri_minute_row(env, env->minute_carbs_g, lane), lived);
    env->basal_u[lane] = pump->basal_u_per_h * (double)lived / TITR_MIN_PER_HOUR;
    env->programmed_u_per_h[lane] = pump->programmed_u_per_h;
    const double began_min = titri_clock_min(env, lane) - (double)lived;
    const double scheduled_u =
        titri_scheduled_basal_u(env->start[lane].therapy, began_min, (double)lived);
    titri_iob_note(&env->iob, b->index, l, env->bolus_u[l],
                   env->insulin_u[lane] - env->bolus_u[l] - scheduled_u);
    if (env->end[lane] == TITR_END_NONE && env->time_min[lane] >= env->def.horizon_min) {
        env->end[lane] = TITR_END_TRUNCATED;
    }
    env->reward[lane] = reward_of(env, lane, l);
}

/* The next decision of lane l is due. */
static titr_status turn(titr_env *env, size_t lane, double iob_u, double bolus_iob_u,
                        titr_error *err)
{
    const double day = floor(titri_clock_min(env, lane) / TITR_MIN_PER_DAY);
    TITR_TRY(titri_menu_turn(&env->menu[lane], &env->def, &env->start[lane].child->patient,
                             titri_lane_key(env, lane, TITR_PURPOSE_MEALS), (unsigned)day, err));
    titri_clinic_turn(env, lane);
    titri_clinic_fill(env, lane, iob_u, bolus_iob_u);
    titri_lane_show_state(env, lane);
    return TITR_OK;
}

static titr_status step_block(titr_env *env, const titri_block *b, const titr_dose *dose,
                              titr_error *err)
{
    size_t n_running = 0;
    for (size_t l = 0; l < b->n; l++) {
        const size_t lane = b->first + l;
        env->running[l] = env->end[lane] == TITR_END_NONE;
        n_running += env->running[l];
        if (env->running[l]) {
            env->done[l] = 0;
            env->before_mg_dl[l] = env->glucose_mg_dl[lane];
            plan_interval(env, lane, l, dose[lane]);
        }
    }
    if (n_running == 0) {
        return TITR_OK;
    }
    TITR_TRY(integrate(env, b, err));
    for (size_t l = 0; l < b->n; l++) {
        if (env->running[l]) {
            settle(env, b, l);
        }
    }
    titri_iob_sum(&env->iob, b->index, env->bolus_iob_u, env->iob_u);
    for (size_t l = 0; l < b->n; l++) {
        if (env->running[l]) {
            TITR_TRY(turn(env, b->first + l, env->iob_u[l], env->bolus_iob_u[l], err));
        }
    }
    return TITR_OK;
}

titr_status titr_env_step(titr_env *env, const titr_dose *dose, titr_error *err)
{
    TITR_TRY(check_doses(env, dose, err));
    for (size_t i = 0; i < env->blocks; i++) {
        const titri_block b = titri_block_of(env, i);
        TITR_TRY(step_block(env, &b, dose, err));
    }
    titri_iob_turn(&env->iob);
    return TITR_OK;
}
