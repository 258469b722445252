// SPDX-License-Identifier: GPL-3.0-or-later
/* The environment's contract around any task: lanes, ends, the record's columns, saving. A step is
 * counted as a minute, so that everything that counts minutes counts steps. */
#include "titrate/env/task.h"
#include "titrate/env/type.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The start's draws are of another stream than the steps'. */
#define START_STREAM (TITR_PURPOSE_TASK + (1U << TITR_PURPOSE_PART_SHIFT))

/* An environment of task lanes; arrays are [n] unless it says otherwise, and stand in `memory`. */
typedef struct task_env {
    titr_env base;
    const titr_task_type *type;
    const void *def;
    titr_task_shape shape;
    size_t n;
    double *state; /* [n_state][n] */
    double *reward, *elapsed_min, *time_min;
    titr_flag *runs, *terminated;
    titr_rng_key *key;
    uint32_t *index; /* steps made in the episode */
    titr_lane_start *start;
    titr_fault *fault;
    titr_end *end;
    unsigned char *mask; /* [n][n_levels] */
    unsigned char *memory;
} task_env;

static task_env *task_env_of(titr_env *base)
{
    return (task_env *)base;
}

static double *const *observables(const task_env *env)
{
    return &env->base.view.record.col[TITR_OBS_N];
}

static void look(task_env *env, size_t first, size_t count)
{
    env->type->observe(env->def, env->n, env->state, first, count, observables(env));
    for (size_t l = first; env->type->mask != NULL && l < first + count; l++) {
        env->type->mask(env->def, env->state + l, env->n, env->mask + l * env->shape.n_levels);
    }
}

/* --- memory --- */

#define LINE 64

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

/* The caller's array where it lends one. */
static void *lent(void *theirs, arena *a, size_t n, size_t size)
{
    return theirs != NULL ? theirs : take(a, n, size);
}

static void lay_out(task_env *env, arena *a, const titr_env_loan *loan)
{
    static const titr_env_loan none = {.reward = NULL};
    const size_t n = env->n;
    loan = loan != NULL ? loan : &none;
    env->state = take(a, n * env->shape.n_state, sizeof *env->state);
    for (size_t k = 0; k < env->shape.n_obs; k++) {
        env->base.view.record.col[TITR_OBS_N + k] =
            lent(loan->col[TITR_OBS_N + k], a, n, sizeof(double));
    }
    env->reward = lent(loan->reward, a, n, sizeof *env->reward);
    env->elapsed_min = lent(loan->elapsed_min, a, n, sizeof *env->elapsed_min);
    env->end = lent(loan->end, a, n, sizeof *env->end);
    env->mask = lent(loan->mask, a, n * env->shape.n_levels, 1);
    env->time_min = take(a, n, sizeof *env->time_min);
    env->runs = take(a, n, sizeof *env->runs);
    env->terminated = take(a, n, sizeof *env->terminated);
    env->key = take(a, n, sizeof *env->key);
    env->index = take(a, n, sizeof *env->index);
    env->start = take(a, n, sizeof *env->start);
    env->fault = take(a, n, sizeof *env->fault);
}

static int take_memory(task_env *env, const titr_env_loan *loan)
{
    arena a = {.memory = NULL};
    lay_out(env, &a, loan);
    env->memory = aligned_alloc(LINE, a.used);
    if (env->memory == NULL) {
        return 0;
    }
    memset(env->memory, 0, a.used);
    a = (arena){.memory = env->memory};
    lay_out(env, &a, loan);
    return 1;
}

static void open_view(task_env *env)
{
    titr_env_view *view = &env->base.view;
    view->n = view->record.n = env->n;
    view->n_levels = env->shape.n_levels;
    view->n_states = env->shape.n_state;
    view->takes_levels = 1;
    view->reward = env->reward;
    view->elapsed_min = env->elapsed_min;
    view->time_min = env->time_min;
    view->mask = env->mask;
    view->end = env->end;
    view->fault = env->fault;
    memset(env->mask, 1, env->n * env->shape.n_levels);
    for (size_t l = 0; l < env->n; l++) {
        env->fault[l] = (titr_fault){.code = TITR_FAULT_NONE};
        env->end[l] = TITR_END_TRUNCATED; /* until it is started */
        env->reward[l] = env->elapsed_min[l] = 0.0;
    }
    look(env, 0, env->n);
}

/* --- life of a lane --- */

static titr_status check_start(const task_env *env, const titr_lane_start *start, titr_error *err)
{
    if (start->lane >= env->n) {
        return titr_fail(err, TITR_ERR_ARG, "lane %zu, expected less than %zu", start->lane,
                         env->n);
    }
    return start->child != NULL
               ? TITR_OK
               : titr_fail(err, TITR_ERR_ARG, "lane %zu has no child", start->lane);
}

static void set_key(task_env *env, size_t lane, const titr_lane_start *start)
{
    env->start[lane] = *start;
    env->key[lane] = (titr_rng_key){.seed = start->seed,
                                    .purpose = TITR_PURPOSE_TASK,
                                    .patient = start->child->patient.key,
                                    .episode = start->episode};
}

static titr_status reset(titr_env *base, const titr_lane_start *start, size_t n, titr_error *err)
{
    task_env *env = task_env_of(base);
    for (size_t i = 0; i < n; i++) {
        TITR_TRY(check_start(env, &start[i], err));
    }
    for (size_t i = 0; i < n; i++) {
        const size_t l = start[i].lane;
        set_key(env, l, &start[i]);
        titr_rng_key key = env->key[l];
        key.purpose = START_STREAM;
        env->type->start(env->def, key, env->state + l, env->n);
        env->index[l] = 0;
        env->runs[l] = 1;
        env->end[l] = TITR_END_NONE;
        env->reward[l] = env->elapsed_min[l] = env->time_min[l] = 0.0;
        look(env, l, 1);
    }
    return TITR_OK;
}

static titr_status check_levels(const task_env *env, const int *level, titr_error *err)
{
    const unsigned n_levels = (unsigned)env->shape.n_levels;
    titr_flag wrong = 0;
    for (size_t l = 0; l < env->n; l++) {
        wrong |= env->runs[l] & (titr_flag)((unsigned)level[l] >= n_levels);
    }
    for (size_t l = 0; wrong != 0 && l < env->n; l++) {
        if (env->runs[l] && (unsigned)level[l] >= n_levels) {
            return titr_fail(err, TITR_ERR_ARG, "lane %zu: level %d, expected 0 to %u", l, level[l],
                             n_levels - 1U);
        }
    }
    return TITR_OK;
}

/* What the step did to the lanes that ran. */
static void settle(task_env *env)
{
    const uint32_t steps_max = (uint32_t)env->shape.steps_max;
    for (size_t l = 0; l < env->n; l++) {
        if (!env->runs[l]) {
            continue;
        }
        const uint32_t done = ++env->index[l];
        env->elapsed_min[l] = 1.0;
        env->time_min[l] = (double)done;
        env->end[l] = env->terminated[l]  ? TITR_END_TERMINATED
                      : done >= steps_max ? TITR_END_TRUNCATED
                                          : TITR_END_NONE;
        env->runs[l] = env->end[l] == TITR_END_NONE;
        env->terminated[l] = 0;
    }
}

static titr_status step(titr_env *base, const int *level, titr_error *err)
{
    task_env *env = task_env_of(base);
    TITR_TRY(check_levels(env, level, err));
    const titr_task_lanes lanes = {.n = env->n,
                                   .state = env->state,
                                   .key = env->key,
                                   .index = env->index,
                                   .runs = env->runs,
                                   .level = level,
                                   .reward = env->reward,
                                   .terminated = env->terminated};
    env->type->step(env->def, &lanes);
    settle(env);
    look(env, 0, env->n);
    return TITR_OK;
}

static void state(const titr_env *base, size_t lane, double *x)
{
    const task_env *env = (const task_env *)base;
    for (size_t i = 0; i < env->shape.n_state; i++) {
        x[i] = env->state[i * env->n + lane];
    }
}

/* --- saving and loading: what follows from the state is made anew --- */

static titr_status visit_numbers(task_env *env, titr_visitor *v, titr_error *err)
{
    const size_t n = env->n, shape[] = {env->shape.n_state, n};
    TITR_TRY(titr_state_visit(v, "state", TITR_F64, 2, shape, env->state, err));
    TITR_TRY(titr_visit_vector(v, "reward", TITR_F64, n, env->reward, err));
    TITR_TRY(titr_visit_vector(v, "elapsed_min", TITR_F64, n, env->elapsed_min, err));
    TITR_TRY(titr_visit_vector(v, "steps", TITR_U32, n, env->index, err));
    return titr_visit_vector(v, "end", TITR_I32, n, env->end, err);
}

/* A saved state is a number; of a tabular task, that of one of its states. */
static titr_status check_states(const task_env *env, titr_error *err)
{
    const size_t tabular = env->shape.n_states;
    for (size_t i = 0; i < env->shape.n_state * env->n; i++) {
        const double x = env->state[i];
        if (!isfinite(x) || (tabular > 0 && !(x >= 0.0 && x < (double)tabular && floor(x) == x))) {
            return titr_fail(err, TITR_ERR_CONFIG, "saved state %g of lane %zu, expected %s", x,
                             i % env->n, tabular > 0 ? "a state's number" : "a finite number");
        }
    }
    return TITR_OK;
}

static titr_status visit(titr_env *base, titr_visitor *v, const titr_lane_start *start,
                         titr_error *err)
{
    task_env *env = task_env_of(base);
    TITR_TRY(titr_env_visit_starts(v, v->loading ? start : env->start, env->n, err));
    TITR_TRY(visit_numbers(env, v, err));
    if (!v->loading) {
        return TITR_OK;
    }
    TITR_TRY(check_states(env, err));
    for (size_t l = 0; l < env->n; l++) {
        env->runs[l] = env->end[l] == TITR_END_NONE;
        env->time_min[l] = (double)env->index[l];
        env->start[l].child = NULL;
        if (start[l].child != NULL) {
            set_key(env, l, &start[l]);
        }
    }
    look(env, 0, env->n);
    return TITR_OK;
}

static void destroy(titr_env *base)
{
    task_env *env = task_env_of(base);
    free(env->memory);
    free(env);
}

static const titr_env_type tasks = {
    .reset = reset, .step_levels = step, .state = state, .visit = visit, .destroy = destroy};

/* --- making --- */

titr_task_shape titr_task_shape_of(titr_slot task)
{
    const titr_task_type *type = task.type;
    titr_task_shape shape = {.n_obs = 0};
    type->shape(task.def, &shape);
    return shape;
}

size_t titr_task_observable_find(const titr_task_shape *shape, const char *name)
{
    size_t k = 0;
    while (k < shape->n_obs && strcmp(shape->obs[k].name, name) != 0) {
        k++;
    }
    return k;
}

void titr_task_child(titr_slot task, titr_child *child)
{
    *child = (titr_child){.patient = {.key = 0}};
    (void)snprintf(child->patient.id, sizeof child->patient.id, "%s", titr_slot_part(task)->name);
    child->patient.key = titr_hash32(child->patient.id);
}

titr_status titr_task_env_create(titr_slot task, size_t n_lanes, const titr_env_loan *loan,
                                 titr_env **out, titr_error *err)
{
    const titr_part *part = titr_slot_part(task);
    if (part == NULL || n_lanes == 0) {
        return titr_fail(err, TITR_ERR_ARG, "%zu lanes of %s, expected at least one of a task",
                         n_lanes, part != NULL ? part->name : "no task");
    }
    TITR_TRY(titr_options_check(part->options, part->n_options, task.def, err));
    task_env *env = calloc(1, sizeof *env);
    if (env == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an environment");
    }
    env->base.type = &tasks;
    env->type = task.type;
    env->def = task.def;
    env->shape = titr_task_shape_of(task);
    env->n = n_lanes;
    if (!take_memory(env, loan)) {
        destroy(&env->base);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu lanes of %s", n_lanes, part->name);
    }
    open_view(env);
    *out = &env->base;
    return TITR_OK;
}
