// SPDX-License-Identifier: GPL-3.0-or-later
/* All arrays of an environment, one after the other in one piece of memory. */
#include "patients.h"

#include <stdlib.h>
#include <string.h>

#define LINE 64 /* bytes of a cache line and of the widest vector: every array begins on one */

/* Hands out consecutive arrays; without memory it only counts. A line is left free after each: of a
 * number of lanes that is a power of two, all columns would otherwise fall on the same few places
 * of a cache. */
typedef struct arena {
    unsigned char *memory;
    size_t used;
} arena;

static void *take(arena *a, size_t n, size_t size)
{
    void *array = a->memory == NULL ? NULL : a->memory + a->used;
    a->used += (n * size + LINE - 1) / LINE * LINE + LINE;
    return array;
}

static double *doubles(arena *a, size_t n)
{
    return take(a, n, sizeof(double));
}

static void lay_out_body(titri_patients *env, arena *a, size_t all)
{
    env->x = doubles(a, all * env->model->states.n);
    env->u = doubles(a, all * env->model->inputs.n);
    env->held = doubles(a, all * env->model->held.n);
    env->theta = doubles(a, all * env->model->n_theta);
    env->pump_state = doubles(a, all * TITR_PUMP_ROWS);
    env->sensor_state = doubles(a, all * env->sensor->n_state);
    env->iob.at_start = doubles(a, env->iob.slots);
    env->iob.at_middle = doubles(a, env->iob.slots);
    env->iob.bolus_u = doubles(a, all * env->iob.slots);
    env->iob.basal_u = doubles(a, all * env->iob.slots);
    env->iob.any_bolus = take(a, env->blocks * env->iob.slots, 1);
}

static void lay_out_lanes(titri_patients *env, arena *a, size_t all)
{
    titri_cache *cache = &env->cache;
    env->start = take(a, all, sizeof *env->start);
    env->menu = take(a, all, sizeof *env->menu);
#define X(name) env->name = doubles(a, all);
    TITRI_LANE_COLUMNS(X)
#undef X
    env->end = take(a, all, sizeof *env->end);
    env->fault = take(a, all, sizeof *env->fault);
    env->mouth = take(a, all, sizeof *env->mouth);
    env->eating = take(a, all, sizeof *env->eating);
    env->readings = doubles(a, all * TITRI_READINGS);
    env->n_minutes = take(a, all, sizeof *env->n_minutes);
    cache->hour = doubles(a, all);
    cache->day_ends_min = doubles(a, all);
    cache->next_meal_min = doubles(a, all);
    cache->told_holds_min = doubles(a, all);
    cache->told_at_min = doubles(a, all);
    cache->sensor = take(a, all, sizeof *cache->sensor);
}

/* What policies see: the caller's memory where it has lent some. */
static void lay_out_record(titri_patients *env, arena *a, size_t all)
{
    const titr_env_loan *loan = &env->def.loan;
    titr_record *r = &env->base.view.record;
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        r->col[i] = loan->col[i] != NULL ? loan->col[i] : doubles(a, all);
    }
    r->stride = all;
    r->cgm_history = doubles(a, all * TITR_CGM_HISTORY);
    r->cgm_newest = take(a, all, sizeof *r->cgm_newest);
    env->mask = loan->mask != NULL ? loan->mask : take(a, all, env->base.view.n_levels);
    env->reward = loan->reward != NULL ? loan->reward : env->reward;
    env->elapsed_min = loan->elapsed_min != NULL ? loan->elapsed_min : env->elapsed_min;
    env->end = loan->end != NULL ? loan->end : env->end;
}

static void lay_out_minutes(titri_patients *env, arena *a)
{
    const size_t lanes = env->lanes, minutes = env->minutes;
    if (env->def.keep_minutes) {
        env->minute_glucose_mg_dl = doubles(a, env->n * minutes);
        env->minute_insulin_u = doubles(a, env->n * minutes);
        env->minute_carbs_g = doubles(a, env->n * minutes);
    }
    env->work = take(a, env->threads, sizeof *env->work);
    for (size_t i = 0; i < env->threads; i++) {
        titri_work none, *work = a->memory != NULL ? &env->work[i] : &none;
        work->insulin_u = doubles(a, minutes * lanes);
        work->carbs_g = doubles(a, minutes * lanes);
        work->glucose_mg_dl = doubles(a, minutes * lanes);
        work->rows = doubles(a, lanes == 1 ? minutes * env->model->states.n : 0);
        work->y = doubles(a, env->model->outputs.n * lanes);
    }
}

/* Place all arrays in env->memory; NULL: only count. @return bytes needed. */
static size_t lay_out(titri_patients *env)
{
    arena a = {env->memory, 0};
    const size_t all = env->blocks * env->lanes;
    lay_out_body(env, &a, all);
    lay_out_lanes(env, &a, all);
    lay_out_record(env, &a, all);
    lay_out_minutes(env, &a);
    return a.used;
}

titr_status titri_take_memory(titri_patients *env, titr_error *err)
{
    const size_t bytes = lay_out(env);
    env->memory = aligned_alloc(LINE, bytes);
    if (env->memory == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an environment of %zu lanes (%zu MB)",
                         env->n, bytes / 1000000);
    }
    memset(env->memory, 0, bytes);
    (void)lay_out(env);
    return TITR_OK;
}

size_t titr_env_loan_lanes(size_t n_lanes)
{
    const size_t widest = titr_variant_lanes((titr_variant)(TITR_N_VARIANTS - 1));
    return (n_lanes + widest - 1) / widest * widest;
}
