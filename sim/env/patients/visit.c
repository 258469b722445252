// SPDX-License-Identifier: GPL-3.0-or-later
/* Saving and loading. What follows from child, key and time (theta, menu) is not saved but made
 * anew; a fault is told once, by the step that ended its lane. */
#include "patients.h"

typedef struct array {
    const char *name;
    void *data;
    size_t rows, width; /* doubles */
} array;

static titr_status visit_doubles(const array *a, size_t n, titr_visitor *v, titr_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i].width > 0) {
            const size_t shape[] = {a[i].rows, a[i].width};
            TITR_TRY(titr_state_visit(v, a[i].name, TITR_F64, 2, shape, a[i].data, err));
        }
    }
    return TITR_OK;
}

static titr_status check_place(const char *name, int64_t place, size_t n, titr_error *err)
{
    return place >= 0 && (uint64_t)place < n
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG, "saved %s = %lld, expected 0 to %zu", name,
                           (long long)place, n - 1);
}

/* A place in a ring of n. */
static titr_status visit_place(titr_visitor *v, const char *name, size_t n, size_t *place,
                               titr_error *err)
{
    int64_t value = (int64_t)*place;
    TITR_TRY(titr_visit_vector(v, name, TITR_I64, 1, &value, err));
    TITR_TRY(v->loading ? check_place(name, value, n, err) : TITR_OK);
    *place = (size_t)value;
    return TITR_OK;
}

static titr_status visit_numbers(titri_patients *env, titr_visitor *v, titr_error *err)
{
    const size_t n = env->n, rows = env->blocks, lanes = env->lanes;
    const array arrays[] = {
        {"state", env->x, rows, env->model->states.n * lanes},
        {"input", env->u, rows, env->model->inputs.n * lanes},
        {"held", env->held, rows, env->model->held.n * lanes},
        {"iob_bolus_u", env->iob.bolus_u, rows, env->iob.slots * lanes},
        {"iob_basal_u", env->iob.basal_u, rows, env->iob.slots * lanes},
#define X(name) {#name, env->name, n, 1},
        TITRI_LANE_COLUMNS(X)
#undef X
            {"mouth", env->mouth, n, sizeof *env->mouth / sizeof(double)},
        {"pump", env->pump_state, rows, TITR_PUMP_ROWS * lanes},
        {"sensor", env->sensor_state, rows, env->sensor->n_state * lanes},
        {"readings_mg_dl", env->readings, rows, TITRI_READINGS * lanes},
        {"cgm_history_mg_dl", env->base.view.record.cgm_history, TITR_CGM_HISTORY, rows * lanes},
    };
    TITR_TRY(visit_doubles(arrays, sizeof arrays / sizeof arrays[0], v, err));
    TITR_TRY(visit_place(v, "iob_head", env->iob.slots, &env->iob.head, err));
    TITR_TRY(visit_place(v, "readings_head", TITRI_READINGS, &env->readings_head, err));
    TITR_TRY(visit_place(v, "cgm_history_row", TITR_CGM_HISTORY, &env->history_row, err));
    TITR_TRY(titr_visit_vector(v, "eating", TITR_I64, n, env->eating, err));
    uint32_t *const newest = env->base.view.record.cgm_newest;
    TITR_TRY(titr_visit_vector(v, "cgm_newest", TITR_U32, n, newest, err));
    for (size_t lane = 0; lane < n; lane++) {
        TITR_TRY(check_place("cgm_newest", newest[lane], TITR_CGM_HISTORY, err));
    }
    return titr_visit_vector(v, "end", TITR_I32, n, env->end, err);
}

static titr_status visit_record(titri_patients *env, titr_visitor *v, titr_error *err)
{
    const titr_observable_info *table = titr_observable_table();
    TITR_TRY(titr_visit_enter(v, "record", err));
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        double *column = env->base.view.record.col[i];
        TITR_TRY(titr_visit_vector(v, table[i].name, TITR_F64, env->n, column, err));
    }
    const size_t shape[] = {env->n, env->base.view.n_levels};
    TITR_TRY(titr_state_visit(v, "mask", TITR_U8, 2, shape, env->mask, err));
    return titr_visit_leave(v, err);
}

/* Make anew what follows from child, key and time. */
static titr_status restore(titri_patients *env, const titr_lane_start *start, titr_error *err)
{
    for (size_t lane = 0; lane < env->n; lane++) {
        env->start[lane].child = NULL;
        env->fault[lane] = (titr_fault){.code = TITR_FAULT_NONE};
        env->n_minutes[lane] = 0;
        if (start[lane].child != NULL) {
            titr_lane_start own = start[lane];
            own.lane = lane;
            TITR_TRY(titri_lane_settle(env, &own, err));
        }
    }
    titri_iob_scan(&env->iob, env->blocks);
    return TITR_OK;
}

titr_status titri_patients_visit(titr_env *base, titr_visitor *v, const titr_lane_start *start,
                                 titr_error *err)
{
    titri_patients *env = titri_patients_of(base);
    TITR_TRY(titr_env_visit_starts(v, v->loading ? start : env->start, env->n, err));
    TITR_TRY(visit_numbers(env, v, err));
    TITR_TRY(visit_record(env, v, err));
    return v->loading ? restore(env, start, err) : TITR_OK;
}
