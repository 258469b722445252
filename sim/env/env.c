// SPDX-License-Identifier: GPL-3.0-or-later
/* An environment's memory, from creation to destruction. */
#include "env_state.h"

#include <stdlib.h>
#include <string.h>

#define LINE 64 /* bytes of a cache line and of the widest vector: every array begins on one */

const char *titr_end_name(titr_end end)
{
    static const char *const names[] = {[TITR_END_NONE] = "none",
                                        [TITR_END_TERMINATED] = "terminated",
                                        [TITR_END_TRUNCATED] = "truncated",
                                        [TITR_END_FAULT] = "fault"};
    return names[end];
}

/* Hands out consecutive arrays; without memory it only counts. */
typedef struct arena {
    unsigned char *memory;
    size_t used;
} arena;

static void *take(arena *a, size_t n, size_t size)
{
    void *array = a->memory == NULL ? NULL : a->memory + a->used;
    a->used += (n * size + LINE - 1) / LINE * LINE;
    return array;
}

static double *doubles(arena *a, size_t n)
{
    return take(a, n, sizeof(double));
}

static void lay_out_body(titr_env *env, arena *a, size_t all)
{
    env->x = doubles(a, all * env->model->states.n);
    env->u = doubles(a, all * env->model->inputs.n);
    env->held = doubles(a, all * env->model->held.n);
    env->theta = doubles(a, all * env->model->n_theta);
    env->state = env->lanes == 1 ? env->x : doubles(a, all * env->model->states.n);
    env->iob.at_start = doubles(a, env->iob.slots);
    env->iob.at_middle = doubles(a, env->iob.slots);
    env->iob.bolus_u = doubles(a, all * env->iob.slots);
    env->iob.basal_u = doubles(a, all * env->iob.slots);
}

static void lay_out_lanes(titr_env *env, arena *a, size_t all)
{
    env->start = take(a, all, sizeof *env->start);
    env->menu = take(a, all, sizeof *env->menu);
#define X(name) env->name = doubles(a, all);
    TITRI_LANE_COLUMNS(X)
#undef X
    env->end = take(a, all, sizeof *env->end);
    env->fault = take(a, all, sizeof *env->fault);
    env->mouth = take(a, all, sizeof *env->mouth);
    env->pump_state = take(a, all, sizeof *env->pump_state);
    env->eating = take(a, all, 1);
    env->sensor_state = take(a, all, env->sensor->state_size);
    env->readings = doubles(a, all * TITRI_READINGS);
    env->mask = take(a, all, env->view.n_levels);
    env->n_minutes = take(a, all, sizeof *env->n_minutes);
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        env->view.record.col[i] = doubles(a, all);
    }
    env->view.record.cgm_history = doubles(a, all * TITR_CGM_HISTORY);
}

static void lay_out_interval(titr_env *env, arena *a, size_t all)
{
    const size_t lanes = env->lanes, kept = env->def.keep_minutes ? all : lanes;
    env->minute_glucose_mg_dl = doubles(a, kept * env->minutes);
    env->minute_insulin_u = doubles(a, kept * env->minutes);
    env->minute_carbs_g = doubles(a, kept * env->minutes);
    env->running = take(a, lanes, 1);
    env->active = take(a, lanes, 1);
    env->done = take(a, lanes, sizeof *env->done);
    env->length = take(a, lanes, sizeof *env->length);
    env->from_min = doubles(a, lanes);
    env->to_min = doubles(a, lanes);
    env->before_mg_dl = doubles(a, lanes);
    env->bolus_u = doubles(a, lanes);
    env->iob_u = doubles(a, lanes);
    env->bolus_iob_u = doubles(a, lanes);
    env->rows = doubles(a, env->minutes * env->model->states.n * lanes);
    env->y = doubles(a, env->model->outputs.n * lanes);
}

/* Place all arrays in env->memory; NULL: only count. @return bytes needed. */
static size_t lay_out(titr_env *env)
{
    arena a = {env->memory, 0};
    const size_t all = env->blocks * env->lanes;
    lay_out_body(env, &a, all);
    lay_out_lanes(env, &a, all);
    lay_out_interval(env, &a, all);
    return a.used;
}

static titr_status take_memory(titr_env *env, titr_error *err)
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

static void open_view(titr_env *env)
{
    titr_env_view *view = &env->view;
    view->n = view->record.n = env->n;
#define X(name) view->name = env->name;
    TITRI_LANE_COLUMNS(X)
#undef X
    view->iob_u = view->record.col[TITR_OBS_IOB];
    view->mask = env->mask;
    view->end = env->end;
    view->fault = env->fault;
    view->n_states = env->model->states.n;
    view->state = env->state;
    view->minutes_max = env->minutes;
    view->n_minutes = env->n_minutes;
    if (env->def.keep_minutes) {
        view->minute_glucose_mg_dl = env->minute_glucose_mg_dl;
        view->minute_insulin_u = env->minute_insulin_u;
        view->minute_carbs_g = env->minute_carbs_g;
    }
}

/* The model as wide as the solver, and the same mode of it. */
static titr_status find_model(titr_env *env, titr_error *err)
{
    const titr_env_def *def = &env->def;
    const titr_solver_type *solver = def->solver.type;
    env->model = titr_model_find_lanes(def->model->part.name, solver->lanes);
    if (env->model == NULL) {
        return titr_fail(err, TITR_ERR_NOT_FOUND,
                         "model %s is not compiled for %zu lanes, as "
                         "solver %s needs it",
                         def->model->part.name, solver->lanes, solver->part.name);
    }
    const size_t mode = titr_model_mode_find(env->model, def->mode->name);
    if (mode == env->model->n_modes) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "model %s has no mode %s", def->model->part.name,
                         def->mode->name);
    }
    env->mode = &env->model->modes[mode];
    env->u_carbs = titr_table_find(env->model->inputs, "carbs_mg_per_min");
    env->u_insulin = titr_table_find(env->model->inputs, "insulin_u_per_min");
    env->y_glucose = titr_table_find(env->model->outputs, "glucose_mg_dl");
    env->y_plasma = titr_table_find(env->model->outputs, "plasma_glucose_mg_dl");
    return TITR_OK;
}

static titr_status fill_in(titr_env *env, titr_error *err)
{
    const titr_env_def *def = &env->def;
    TITR_TRY(find_model(env, err));
    env->sensor = def->sensor.type;
    env->pump = def->pump.type;
    env->actions = def->actions.type;
    env->reward_type = def->reward.type;
    env->lanes = env->model->lanes;
    env->blocks = (env->n + env->lanes - 1) / env->lanes;
    env->minutes = (size_t)def->decision_interval_min;
    env->view.n_levels = env->actions->n_levels(def->actions.def);
    env->iob.lanes = env->lanes;
    env->iob.slots = titri_iob_slots(def->iob_duration_min, def->decision_interval_min);
    TITR_TRY(take_memory(env, err));
    for (size_t lane = 0; lane < env->n; lane++) {
        env->end[lane] = TITR_END_TRUNCATED; /* until it is started */
    }
    titri_iob_tabulate(&env->iob, def->iob_peak_min, def->iob_duration_min,
                       def->decision_interval_min);
    open_view(env);
    return titr_solver_create(def->solver, env->model, env->mode, &env->solver, err);
}

titr_status titr_env_create(const titr_env_def *def, size_t n_lanes, titr_env **out,
                            titr_error *err)
{
    TITR_TRY(titri_env_check(def, n_lanes, err));
    titr_env *env = calloc(1, sizeof *env);
    if (env == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an environment");
    }
    env->def = *def;
    env->n = n_lanes;
    const titr_status status = fill_in(env, err);
    if (status != TITR_OK) {
        titr_env_destroy(env);
        return status;
    }
    *out = env;
    return TITR_OK;
}

void titr_env_destroy(titr_env *env)
{
    if (env != NULL) {
        titr_solver_destroy(env->solver);
        free(env->memory);
        free(env);
    }
}

const titr_env_view *titr_env_look(const titr_env *env)
{
    return &env->view;
}

titri_block titri_block_of(const titr_env *env, size_t index)
{
    const size_t first = index * env->lanes, left = env->n - first;
    return (titri_block){
        .x = env->x + first * env->model->states.n,
        .u = env->u + first * env->model->inputs.n,
        .held = env->held + first * env->model->held.n,
        .theta = env->theta + first * env->model->n_theta,
        .index = index,
        .first = first,
        .n = left < env->lanes ? left : env->lanes,
    };
}

double *titri_minute_row(const titr_env *env, double *rows, size_t lane)
{
    return rows + (env->def.keep_minutes ? lane : lane % env->lanes) * env->minutes;
}

titr_rng_key titri_lane_key(const titr_env *env, size_t lane, titr_purpose purpose)
{
    const titr_lane_start *start = &env->start[lane];
    return (titr_rng_key){.seed = start->seed,
                          .purpose = purpose,
                          .patient = start->child->patient.key,
                          .episode = start->episode};
}

double titri_clock_min(const titr_env *env, size_t lane)
{
    return env->def.clock_start_min + env->time_min[lane];
}
