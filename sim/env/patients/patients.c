// SPDX-License-Identifier: GPL-3.0-or-later
/* An environment of patients: its making, its end, and a step of all blocks. */
#include "kernel.h"

#include "titrate/env/task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void open_view(titri_patients *env)
{
    titr_env_view *view = &env->base.view;
    view->n = view->record.n = env->n;
#define X(name) view->name = env->name;
    TITRI_SHOWN_COLUMNS(X)
#undef X
    view->iob_u = view->record.col[TITR_OBS_IOB];
    view->mask = env->mask;
    view->end = env->end;
    view->fault = env->fault;
    view->n_states = env->model->states.n;
    view->minutes_max = env->minutes;
    view->n_minutes = env->n_minutes;
    view->minute_glucose_mg_dl = env->minute_glucose_mg_dl;
    view->minute_insulin_u = env->minute_insulin_u;
    view->minute_carbs_g = env->minute_carbs_g;
}

#define X(id, suffix, lanes, bits) extern const titri_kernel titri_kernel_##suffix;
TITR_VARIANT_MAP(X)
#undef X
static const titri_kernel *const kernels[TITR_N_VARIANTS] = {
#define X(id, suffix, lanes, bits) [TITR_##id] = &titri_kernel_##suffix,
    TITR_VARIANT_MAP(X)
#undef X
};

/* The solver as a variant; NULL when it has none. */
static const titr_solver_type *solver_as(const titr_solver_type *type, titr_variant variant)
{
    const titr_solver_type *found = titr_solver_variant(type, variant);
    return found == NULL && type->lanes == titr_variant_lanes(variant) ? type : found;
}

/* From so many lanes on a block is faster than one lane at a time. */
#define LANES_FOR_BLOCKS 3

/* As wide as the solver goes, if there are lanes enough. */
static titr_status choose_variant(titri_patients *env, titr_error *err)
{
    const titr_env_def *def = &env->def;
    titr_variant wide = TITR_L1;
    TITR_TRY(titr_variant_wide(def->vector_bits, &wide, err));
    const titr_solver_type *type = def->solver.type;
    const int worth = env->n >= LANES_FOR_BLOCKS || type->lanes > 1;
    env->variant = worth && solver_as(type, wide) != NULL ? wide : TITR_L1;
    env->lanes = titr_variant_lanes(env->variant);
    env->kernel = kernels[env->variant];
    env->model = titr_model_variant(def->model, env->variant);
    env->sensor = titr_sensor_variant(def->sensor.type, env->variant);
    env->pump = titr_pump_variant(def->pump.type, env->variant);
    env->reward_type = titr_reward_variant(def->reward.type, env->variant);
    if (type->lanes > 1 && type->lanes != env->lanes) {
        return titr_fail(err, TITR_ERR_NOT_FOUND,
                         "nothing is compiled for the %zu lanes of solver %s", type->lanes,
                         type->part.name);
    }
    if (env->model == NULL || env->sensor == NULL || env->pump == NULL ||
        env->reward_type == NULL) {
        return titr_fail(err, TITR_ERR_NOT_FOUND,
                         "model, sensor, pump or reward is not compiled for the %zu lanes of "
                         "solver %s",
                         env->lanes, type->part.name);
    }
    return TITR_OK;
}

static titr_status find_rows(titri_patients *env, titr_error *err)
{
    const size_t mode = titr_model_mode_find(env->model, env->def.mode->name);
    if (mode == env->model->n_modes) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "model %s has no mode %s", env->model->part.name,
                         env->def.mode->name);
    }
    env->mode = &env->model->modes[mode];
    env->u_carbs = titr_table_find(env->model->inputs, "carbs_mg_per_min");
    env->u_insulin = titr_table_find(env->model->inputs, "insulin_u_per_min");
    env->y_glucose = titr_table_find(env->model->outputs, "glucose_mg_dl");
    env->y_plasma = titr_table_find(env->model->outputs, "plasma_glucose_mg_dl");
    return TITR_OK;
}

static titr_status make_solvers(titri_patients *env, titr_error *err)
{
    const titr_slot slot = {solver_as(env->def.solver.type, env->variant), env->def.solver.def};
    for (size_t i = 0; i < env->threads; i++) {
        TITR_TRY(titr_solver_create(slot, env->model, env->mode, &env->work[i].solver, err));
    }
    return TITR_OK;
}

static titr_status fill_in(titri_patients *env, titr_error *err)
{
    const titr_env_def *def = &env->def;
    TITR_TRY(choose_variant(env, err));
    TITR_TRY(find_rows(env, err));
    env->actions = def->actions.type;
    env->blocks = (env->n + env->lanes - 1) / env->lanes;
    env->threads = def->threads < 1 ? 1 : def->threads < env->blocks ? def->threads : env->blocks;
    env->minutes = (size_t)def->decision_interval_min;
    env->base.view.n_levels = env->actions->n_levels(def->actions.def);
    env->iob.lanes = env->lanes;
    env->iob.slots = titri_iob_slots(def->iob_duration_min, def->decision_interval_min);
    TITR_TRY(titri_take_memory(env, err));
    for (size_t lane = 0; lane < env->blocks * env->lanes; lane++) {
        env->end[lane] = TITR_END_TRUNCATED; /* until it is started */
    }
    titri_iob_tabulate(&env->iob, def->iob_peak_min, def->iob_duration_min,
                       def->decision_interval_min);
    open_view(env);
    return make_solvers(env, err);
}

titri_block titri_block_of(const titri_patients *env, size_t index)
{
    const size_t first = index * env->lanes, left = env->n - first;
    return (titri_block){
        .x = env->x + first * env->model->states.n,
        .u = env->u + first * env->model->inputs.n,
        .held = env->held + first * env->model->held.n,
        .theta = env->theta + first * env->model->n_theta,
        .pump = env->pump_state + first * TITR_PUMP_ROWS,
        .sensor = env->sensor_state + first * env->sensor->n_state,
        .readings = env->readings + first * TITRI_READINGS,
        .index = index,
        .first = first,
        .n = left < env->lanes ? left : env->lanes,
    };
}

static void state(const titr_env *base, size_t lane, double *x)
{
    const titri_patients *env = (const titri_patients *)base;
    const titri_block b = titri_block_of(env, lane / env->lanes);
    for (size_t i = 0; i < env->model->states.n; i++) {
        x[i] = b.x[i * env->lanes + lane - b.first];
    }
}

/* Hardly ever is one not finite: zero times all of them tells at once. */
static int all_finite(const titr_dose *dose, size_t n)
{
    double basal = 0.0, bolus = 0.0; /* become NaN */
    for (size_t i = 0; i < n; i++) {
        basal += 0.0 * dose[i].basal_u_per_h;
        bolus += 0.0 * dose[i].bolus_u;
    }
    return basal + bolus == 0.0;
}

static titr_status check_doses(const titri_patients *env, const titr_dose *dose, titr_error *err)
{
    if (all_finite(dose, env->n)) {
        return TITR_OK;
    }
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

/* The blocks of one thread. */
static titr_status step_share(titri_patients *env, size_t thread, const titr_dose *dose,
                              titr_error *err)
{
    const size_t end = (thread + 1) * env->blocks / env->threads;
    for (size_t i = thread * env->blocks / env->threads; i < end; i++) {
        TITR_TRY(env->kernel->step(env, &env->work[thread], i, dose, err));
    }
    return TITR_OK;
}

/* Of several errors the first block's is told. */
static titr_status step_blocks(titri_patients *env, const titr_dose *dose, titr_error *err)
{
    const size_t n = env->threads;
    if (n == 1) {
        return step_share(env, 0, dose, err);
    }
    size_t failed = n;
    titr_status status = TITR_OK;
#pragma omp parallel for schedule(static, 1) num_threads((int)n)
    for (size_t t = 0; t < n; t++) {
        titr_error own = {0};
        const titr_status st = step_share(env, t, dose, &own);
#pragma omp critical(titri_env_error)
        if (st != TITR_OK && t < failed) {
            failed = t;
            status = st;
            if (err != NULL) {
                *err = own;
            }
        }
    }
    return status;
}

static titr_status step(titr_env *base, const titr_dose *dose, titr_error *err)
{
    titri_patients *env = titri_patients_of(base);
    TITR_TRY(check_doses(env, dose, err));
    TITR_TRY(step_blocks(env, dose, err));
    titri_iob_turn(&env->iob);
    env->readings_head = (env->readings_head + env->minutes) % TITRI_READINGS;
    env->history_row = titri_history_next(env);
    return TITR_OK;
}

titr_rng_key titri_lane_key(const titri_patients *env, size_t lane, titr_purpose purpose)
{
    const titr_lane_start *start = &env->start[lane];
    return (titr_rng_key){.seed = start->seed,
                          .purpose = purpose,
                          .patient = start->child->patient.key,
                          .episode = start->episode};
}

double titri_clock_min(const titri_patients *env, size_t lane)
{
    return env->def.clock_start_min + env->time_min[lane];
}

static void destroy(titr_env *base)
{
    titri_patients *env = titri_patients_of(base);
    for (size_t i = 0; env->work != NULL && i < env->threads; i++) {
        titr_solver_destroy(env->work[i].solver);
    }
    free(env->memory);
    free(env);
}

static const titr_env_type patients = {.reset = titri_patients_reset,
                                       .step = step,
                                       .state = state,
                                       .visit = titri_patients_visit,
                                       .destroy = destroy};

titr_status titr_env_create(const titr_env_def *def, size_t n_lanes, titr_env **out,
                            titr_error *err)
{
    if (def->task.type != NULL) {
        return titr_task_env_create(def->task, n_lanes, &def->loan, out, err);
    }
    TITR_TRY(titri_env_check(def, n_lanes, err));
    titri_patients *env = calloc(1, sizeof *env);
    if (env == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an environment");
    }
    env->base.type = &patients;
    env->def = *def;
    env->n = n_lanes;
    const titr_status status = fill_in(env, err);
    if (status != TITR_OK) {
        destroy(&env->base);
        return status;
    }
    *out = &env->base;
    return TITR_OK;
}
