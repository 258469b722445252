// SPDX-License-Identifier: GPL-3.0-or-later
/* One decision interval of a block.
 *
 *   minutes of insulin and food --> spans of constant inputs --> solver --> minutes of glucose
 *                                                                             |
 *                              clinic record, reward, end  <--  sensor, clinical limits
 *
 * One lane: minutes without food and with the same insulin are one span, so that the solver is
 * started as seldom as possible. Several lanes go minute by minute, so that they stay in step.
 */
#include "kernel.h"

#include "titrate/base/units.h"

#include <math.h>
#include <string.h>

static void set_input(const titri_play *p, size_t l, size_t input, double amount)
{
    const titri_patients *env = p->env;
    const titr_event event = {.time_min = env->time_min[p->b.first + l],
                              .kind = TITR_EVENT_RATE,
                              .target = input,
                              .amount = amount,
                              .duration_min = 1.0};
    env->mode->at_event(&event, l, p->b.x, p->b.u, p->b.held, p->b.theta);
}

/* Inputs of minute m, for lanes in which they change; food is told of every minute while it lasts.
 */
static void set_inputs(const titri_play *p, size_t m)
{
    const titri_patients *env = p->env;
    const double *insulin_u = p->work->insulin_u + m * TITR_LANES;
    const double *carbs_g = p->work->carbs_g + m * TITR_LANES;
    const double *const u = &TITR_AT(p->b.u, env->u_insulin, 0);
    titr_flag *const eating = env->eating + p->b.first;
    titr_flag fed[TITR_LANES], dosed[TITR_LANES], some = 0;
    TITR_OR_LANES(l, some)
    {
        fed[l] = p->active[l] & ((titr_flag)(carbs_g[l] > 0.0) | eating[l]);
        dosed[l] = p->active[l] & (titr_flag)(insulin_u[l] != u[l]);
        some |= fed[l] | dosed[l];
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (fed[l]) {
            set_input(p, l, env->u_carbs, TITR_MG_PER_G * carbs_g[l]);
            eating[l] = carbs_g[l] > 0.0;
        }
        if (dosed[l]) {
            set_input(p, l, env->u_insulin, insulin_u[l]);
        }
    }
}

/* @return minutes of the span that begins at minute m. */
static size_t length_from(const titri_play *p, size_t m)
{
    size_t end = m + 1;
#if TITR_LANES == 1
    const double *insulin_u = p->work->insulin_u, *carbs_g = p->work->carbs_g;
    while (carbs_g[m] == 0.0 && end < p->env->minutes && carbs_g[end] == 0.0 &&
           insulin_u[end] == insulin_u[m]) {
        end++;
    }
#else
    (void)p;
#endif
    return end - m;
}

/* Integrate the span of `length` minutes from minute m on. */
static titr_status advance(titri_play *p, size_t m, size_t length, titr_error *err)
{
    const titri_patients *env = p->env;
    const double *const time_min = env->time_min + p->b.first;
    TITR_FOR_LANES(l)
    {
        p->active[l] = p->lives[l];
        p->from_min[l] = time_min[l];
        p->to_min[l] = time_min[l] + (double)length;
    }
    set_inputs(p, m);
    const titr_span span = {.from_min = p->from_min,
                            .to_min = p->to_min,
                            .active = p->active,
                            .x = p->b.x,
                            .u = p->b.u,
                            .held = p->b.held,
                            .theta = p->b.theta,
                            .minutes = length > 1 ? p->work->rows : NULL,
                            .n_minutes = length,
                            .failed = p->failed,
                            .fault = env->fault + p->b.first};
    for (size_t r = 0; length > 1 && r < length; r++) {
        /* a mark, to tell which minutes were reached before a fault */
        p->work->rows[r * env->model->states.n * TITR_LANES] = (double)NAN;
    }
    return titr_solver_advance(p->work->solver, &span, err);
}

/* Lanes that `lived` to a glucose beyond the clinical limits end. @return 1 if there is one. */
static titr_flag end_at_limits(titri_play *p, const titr_flag *lived)
{
    const double lo_mg_dl = p->env->def.limit_lo_mg_dl, hi_mg_dl = p->env->def.limit_hi_mg_dl;
    const double *const glucose_mg_dl = p->env->glucose_mg_dl + p->b.first;
    titr_end *const end = p->env->end + p->b.first;
    titr_flag ends[TITR_LANES], some = 0;
    TITR_OR_LANES(l, some)
    {
        const double g = glucose_mg_dl[l];
        ends[l] = lived[l] & ((titr_flag)(g < lo_mg_dl) | (titr_flag)(g > hi_mg_dl));
        some |= ends[l];
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (ends[l]) {
            end[l] = TITR_END_TERMINATED;
            p->lives[l] = 0;
        }
    }
    return some;
}

/* Lanes `lived` to the end of minute m with glucose as in the work's y. @return 1 if one has left
 * the clinical limits. */
static titr_flag live_minute(titri_play *p, size_t m, const titr_flag *lived)
{
    titri_patients *const env = p->env;
    const double *const y_mg_dl = &TITR_AT(p->work->y, env->y_glucose, 0);
    const double *const plasma_mg_dl = &TITR_AT(p->work->y, env->y_plasma, 0);
    double *const glucose_mg_dl = env->glucose_mg_dl + p->b.first;
    double *const shown_plasma_mg_dl = env->plasma_glucose_mg_dl + p->b.first;
    double *const time_min = env->time_min + p->b.first;
    double *const kept_mg_dl = p->work->glucose_mg_dl + m * TITR_LANES;
    double *const lived_min = p->lived_min;
    TITR_FOR_LANES(l)
    {
        const double g = y_mg_dl[l], minute = lived[l] ? 1.0 : 0.0;
        kept_mg_dl[l] = g;
        glucose_mg_dl[l] = titr_pick(lived[l], g, glucose_mg_dl[l]);
        shown_plasma_mg_dl[l] = titr_pick(lived[l], plasma_mg_dl[l], shown_plasma_mg_dl[l]);
        time_min[l] += minute;
        lived_min[l] += minute;
    }
    TITR_SYMBOL(titri_clinic_read)(p, m + 1, lived);
    return env->def.ends_at_limits ? end_at_limits(p, lived) : 0;
}

static void copy_state(const titri_play *p, size_t l, const double *row)
{
    for (size_t i = 0; i < p->env->model->states.n; i++) {
        TITR_AT(p->b.x, i, l) = TITR_AT(row, i, l);
    }
}

/* Lanes whose span, begun at minute m, failed: they stay where they last were sound. */
static void stop_at_fault(titri_play *p, size_t m)
{
    titri_patients *env = p->env;
    const size_t row_size = env->model->states.n * TITR_LANES;
    for (size_t l = 0; l < TITR_LANES; l++) {
        const size_t lane = p->b.first + l;
        if (!p->lives[l] || !p->failed[l]) {
            continue;
        }
        env->end[lane] = TITR_END_FAULT;
        p->lives[l] = 0;
        const size_t lived = (size_t)p->lived_min[l] - m;
        if (lived > 0) {
            copy_state(p, l, p->work->rows + (lived - 1) * row_size);
        }
    }
}

/* The span of one minute from minute m on has been integrated. */
static void live_one(titri_play *p, size_t m)
{
    titr_flag lived[TITR_LANES], some = 0;
    p->env->model->output(p->b.x, p->b.theta, p->work->y);
    TITR_OR_LANES(l, some)
    {
        lived[l] = p->active[l] & (p->failed[l] ^ 1);
        some |= p->active[l] & p->failed[l];
    }
    (void)live_minute(p, m, lived);
    if (some) {
        stop_at_fault(p, m);
    }
}

/* A longer span, of the only lane: rows that were not reached still have their mark. */
static void live_more(titri_play *p, size_t m, size_t length)
{
    const size_t row_size = p->env->model->states.n * TITR_LANES;
    for (size_t r = 0; r < length && p->lives[0]; r++) {
        const double *row = p->work->rows + r * row_size;
        const titr_flag lived[TITR_LANES] = {!isnan(row[0])};
        p->env->model->output(row, p->b.theta, p->work->y);
        if (lived[0] && live_minute(p, m + r, lived)) {
            copy_state(p, 0, row);
        }
    }
    if (p->lives[0] && !p->failed[0] && p->lived_min[0] < (double)(m + length)) {
        titr_fault *fault = &p->env->fault[p->b.first]; /* a state came back that is no number */
        *fault = (titr_fault){.code = TITR_FAULT_NON_FINITE,
                              .time_min = p->env->time_min[p->b.first] + 1.0};
        p->failed[0] = 1;
    }
    stop_at_fault(p, m);
}

static titr_status live(titri_play *p, titr_error *err)
{
    for (size_t m = 0; m < p->env->minutes;) {
        titr_flag some = 0;
        TITR_OR_LANES(l, some)
        {
            some |= p->lives[l];
        }
        if (!some) {
            break;
        }
        const size_t length = length_from(p, m);
        TITR_TRY(advance(p, m, length, err));
        if (length > 1) {
            live_more(p, m, length);
        } else {
            live_one(p, m);
        }
        m += length;
    }
    return TITR_OK;
}

/* Sum over the minutes that each lane lived. @param[in] row [minutes][L]. */
static void sum(const titri_play *p, const double *row, double *total)
{
    TITR_FOR_LANES(l)
    {
        total[l] = 0.0;
    }
    for (size_t m = 0; m < p->env->minutes; m++) {
        TITR_FOR_LANES(l)
        {
            total[l] += (double)m < p->lived_min[l] ? TITR_AT(row, m, l) : 0.0;
        }
    }
}

/* Basal that the settings scheduled for the interval, U. The record still shows the hour in which
 * the interval began. */
static void scheduled_basal(const titri_play *p, double *scheduled_u)
{
    const titri_patients *env = p->env;
    const double *time_min = env->time_min + p->b.first;
    const double *hour = env->cache.hour + p->b.first;
    const double *basal_u_per_h = env->base.view.record.col[TITR_OBS_BASAL] + p->b.first;
    const double *began_of_day_min = env->base.view.record.col[TITR_OBS_TIME_OF_DAY] + p->b.first;
    titr_flag beyond[TITR_LANES], some = 0;
    TITR_OR_LANES(l, some)
    {
        scheduled_u[l] = basal_u_per_h[l] * p->lived_min[l] / TITR_MIN_PER_HOUR;
        beyond[l] = p->runs[l] & (titr_flag)(began_of_day_min[l] + p->lived_min[l] >
                                             TITR_MIN_PER_HOUR * (hour[l] + 1.0));
        some |= beyond[l];
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (beyond[l]) {
            const double began_min = env->def.clock_start_min + time_min[l] - p->lived_min[l];
            scheduled_u[l] = titri_scheduled_basal_u(env->start[p->b.first + l].therapy, began_min,
                                                     p->lived_min[l]);
        }
    }
}

static void settle_reward(titri_play *p)
{
    const titri_patients *env = p->env;
    const titr_end *end = env->end + p->b.first;
    double *reward = env->reward + p->b.first, step[TITR_LANES];
    env->reward_type->step(env->def.reward.def, p->before_mg_dl, env->glucose_mg_dl + p->b.first,
                           step);
    TITR_FOR_LANES(l)
    {
        const double living =
            end[l] == TITR_END_TERMINATED ? step[l] - env->def.terminal_penalty : step[l];
        const double ours = end[l] == TITR_END_FAULT ? (double)NAN : living;
        reward[l] = titr_pick(p->runs[l], ours, reward[l]);
    }
}

/* The interval is over: what it amounted to. */
static void settle(titri_play *p)
{
    titri_patients *env = p->env;
    const size_t first = p->b.first;
    double insulin_u[TITR_LANES], carbs_g[TITR_LANES], scheduled_u[TITR_LANES];
    double beyond_u[TITR_LANES];
    double *const shown_insulin_u = env->insulin_u + first, *const shown_carbs_g =
                                                                env->carbs_g + first;
    double *const elapsed_min = env->elapsed_min + first, *const basal_u = env->basal_u + first;
    double *const programmed_u_per_h = env->programmed_u_per_h + first;
    const double *const time_min = env->time_min + first;
    titr_end *const end = env->end + first;
    sum(p, p->work->insulin_u, insulin_u);
    sum(p, p->work->carbs_g, carbs_g);
    scheduled_basal(p, scheduled_u);
    TITR_FOR_LANES(l)
    {
        const titr_flag runs = p->runs[l];
        const double rate_u_per_h = TITR_AT(p->b.pump, TITR_PUMP_BASAL, l);
        const double shown_u_per_h = TITR_AT(p->b.pump, TITR_PUMP_PROGRAMMED, l);
        const double given_u = rate_u_per_h * p->lived_min[l] / TITR_MIN_PER_HOUR;
        shown_insulin_u[l] = titr_pick(runs, insulin_u[l], shown_insulin_u[l]);
        shown_carbs_g[l] = titr_pick(runs, carbs_g[l], shown_carbs_g[l]);
        elapsed_min[l] = titr_pick(runs, p->lived_min[l], elapsed_min[l]);
        basal_u[l] = titr_pick(runs, given_u, basal_u[l]);
        programmed_u_per_h[l] = titr_pick(runs, shown_u_per_h, programmed_u_per_h[l]);
        beyond_u[l] = insulin_u[l] - p->bolus_u[l] - scheduled_u[l];
        const titr_flag over = p->lives[l] & (titr_flag)(time_min[l] >= env->def.horizon_min);
        end[l] = over ? TITR_END_TRUNCATED : end[l];
    }
    settle_reward(p);
    TITR_SYMBOL(titri_clinic_note)(p, beyond_u);
}

/* Minutes of the interval for whoever records them, lane by lane. */
static void keep_minutes(const titri_play *p)
{
    titri_patients *env = p->env;
    for (size_t l = 0; l < p->b.n; l++) {
        const size_t lane = p->b.first + l, at = lane * env->minutes;
        if (!p->runs[l]) {
            continue;
        }
        env->n_minutes[lane] = (size_t)p->lived_min[l];
        for (size_t m = 0; env->def.keep_minutes && m < env->minutes; m++) {
            env->minute_insulin_u[at + m] = TITR_AT(p->work->insulin_u, m, l);
            env->minute_carbs_g[at + m] = TITR_AT(p->work->carbs_g, m, l);
            env->minute_glucose_mg_dl[at + m] = TITR_AT(p->work->glucose_mg_dl, m, l);
        }
    }
}

/* The next decision is due. */
static titr_status turn(titri_play *p, titr_error *err)
{
    titri_patients *env = p->env;
    const double *time_min = env->time_min + p->b.first;
    const double *day_ends_min = env->cache.day_ends_min + p->b.first;
    titr_flag over[TITR_LANES], some = 0;
    TITR_OR_LANES(l, some)
    {
        over[l] = p->runs[l] & (titr_flag)(time_min[l] >= day_ends_min[l]);
        some |= over[l];
    }
    for (size_t l = 0; some && l < TITR_LANES; l++) {
        if (over[l]) {
            TITR_TRY(titri_lane_turn_page(env, p->b.first + l, err));
        }
    }
    TITR_SYMBOL(titri_clinic_turn)(p);
    TITR_SYMBOL(titri_clinic_fill)(p);
    return TITR_OK;
}

static titr_status step(titri_patients *env, titri_work *work, size_t block, const titr_dose *dose,
                        titr_error *err)
{
    titri_play p; /* large, so not cleared: everything in it is written before it is read */
    p.env = env;
    p.work = work;
    p.b = titri_block_of(env, block);
    const titr_end *end = env->end + p.b.first;
    titr_flag some = 0;
    TITR_OR_LANES(l, some)
    {
        p.runs[l] = end[l] == TITR_END_NONE;
        p.lives[l] = p.runs[l];
        p.failed[l] = 0;
        p.lived_min[l] = 0.0;
        p.before_mg_dl[l] = env->glucose_mg_dl[p.b.first + l];
        some |= p.runs[l];
    }
    if (!some) {
        return TITR_OK;
    }
    TITR_SYMBOL(titri_plan)(&p, dose);
    TITR_TRY(live(&p, err));
    settle(&p);
    keep_minutes(&p);
    return turn(&p, err);
}

const titri_kernel TITR_SYMBOL(titri_kernel) = {.step = step,
                                                .begin = TITR_SYMBOL(titri_clinic_begin)};
