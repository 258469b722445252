// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/batch.h"

#include "titrate/base/units.h"

#include <stdlib.h>
#include <string.h>

enum { LANES = 8 };

/* What a child is told of at a minute's beginning: food while it lasts and when it stops, insulin
 * when it changes. */
struct batch_input {
    titr_event event[2];
    size_t n;
};

struct batch_block {
    _Alignas(64) double x[TITR_STATES_MAX * LANES];
    double u[TITR_INPUTS_MAX * LANES], held[TITR_HELD_MAX * LANES], theta[TITR_THETA_MAX * LANES];
    const batch_input *day[LANES]; /* of the child in the lane */
    titr_flag active[LANES], failed[LANES];
    titr_fault fault[LANES];
};

static void tell(batch_input *in, size_t t, size_t input, double amount)
{
    in->event[in->n++] = (titr_event){(double)t, TITR_EVENT_RATE, input, amount, 1.0};
}

static titr_status plan_inputs(batch *b, titr_error *err)
{
    const workload *w = b->w;
    b->input = calloc(w->n_minutes, sizeof *b->input);
    if (b->input == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the inputs of a day");
    }
    titr_mouth mouth = {0};
    double last_g = 0.0;
    for (size_t i = 0; i < w->n_minutes; i++) {
        const size_t t = i % WORKLOAD_DAY_MIN;
        if (t == 0) {
            mouth = (titr_mouth){0};
            last_g = 0.0;
        }
        const double bite_g = titr_mouth_bite(&mouth, w->carbs_g[i]);
        if (bite_g > 0.0 || last_g > 0.0) {
            tell(&b->input[i], t, 0, bite_g * TITR_MG_PER_G);
        }
        if (t == 0 || w->insulin_u[i] != w->insulin_u[i - 1]) {
            tell(&b->input[i], t, 1, w->insulin_u[i]);
        }
        last_g = bite_g;
    }
    return TITR_OK;
}

titr_status batch_init(batch *out, const workload *w, titr_slot solver, titr_variant variant,
                       size_t n, titr_error *err)
{
    *out = (batch){.w = w,
                   .model = titr_model_variant(titr_model_find("glucose_s2008"), variant),
                   .n = n,
                   .lanes = titr_variant_lanes(variant)};
    if (out->lanes != LANES || n % LANES != 0) {
        return titr_fail(err, TITR_ERR_ARG, "%zu patients in blocks of %zu lanes", n, out->lanes);
    }
    out->blocks = n / LANES;
    out->block = aligned_alloc(64, out->blocks * sizeof *out->block);
    if (out->block == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu patients", n);
    }
    TITR_TRY(plan_inputs(out, err));
    const titr_slot as = {titr_solver_variant(solver.type, variant), solver.def};
    return titr_solver_create(as, out->model, &out->model->modes[0], &out->solver, err);
}

void batch_fini(batch *b)
{
    titr_solver_destroy(b->solver);
    free(b->block);
    free(b->input);
}

titr_status batch_begin(batch *b, titr_error *err)
{
    memset(b->block, 0, b->blocks * sizeof *b->block);
    for (size_t i = 0; i < b->n; i++) {
        batch_block *k = &b->block[i / LANES];
        const titr_patient *patient = &b->w->cohort.child[i % b->w->cohort.n].patient;
        TITR_TRY(b->model->individualise(patient, i % LANES, k->theta, err));
        b->model->initial(patient, i % LANES, k->x, k->u, k->held);
        k->active[i % LANES] = 1;
        k->day[i % LANES] = b->input + i % b->w->cohort.n * WORKLOAD_DAY_MIN;
    }
    return TITR_OK;
}

static void set_inputs(const batch *b, batch_block *k, size_t t)
{
    const titr_model_mode *mode = &b->model->modes[0];
    for (size_t l = 0; l < LANES; l++) {
        const batch_input *in = &k->day[l][t];
        for (size_t e = 0; e < in->n; e++) {
            mode->at_event(&in->event[e], l, k->x, k->u, k->held, k->theta);
        }
    }
}

static titr_status advance(batch *b, size_t block, size_t t, titr_error *err)
{
    batch_block *k = &b->block[block];
    double from_min[LANES], to_min[LANES];
    for (size_t l = 0; l < LANES; l++) {
        from_min[l] = (double)t;
        to_min[l] = (double)t + 1.0;
    }
    set_inputs(b, k, t);
    const titr_span span = {.from_min = from_min,
                            .to_min = to_min,
                            .active = k->active,
                            .x = k->x,
                            .u = k->u,
                            .held = k->held,
                            .theta = k->theta,
                            .failed = k->failed,
                            .fault = k->fault};
    TITR_TRY(titr_solver_advance(b->solver, &span, err));
    for (size_t l = 0; l < LANES; l++) {
        if (k->failed[l]) {
            return titr_fail(err, TITR_ERR_SOLVER, "lane %zu: %s at %zu min", l,
                             titr_fault_name(k->fault[l].code), t);
        }
    }
    return TITR_OK;
}

titr_status batch_minute(batch *b, size_t t, titr_error *err)
{
    for (size_t block = 0; block < b->blocks; block++) {
        TITR_TRY(advance(b, block, t, err));
    }
    return TITR_OK;
}

void batch_state(const batch *b, size_t i, double *x)
{
    for (size_t k = 0; k < b->model->states.n; k++) {
        x[k] = b->block[i / LANES].x[k * LANES + i % LANES];
    }
}

static void keep(const batch *b, size_t block, size_t t, double *glucose_mg_dl)
{
    double y[TITR_OUTPUTS_MAX * LANES];
    b->model->output(b->block[block].x, b->block[block].theta, y);
    for (size_t l = 0; l < LANES; l++) {
        const size_t patient = block * LANES + l;
        if (patient < b->w->cohort.n) {
            glucose_mg_dl[patient * WORKLOAD_DAY_MIN + t] = y[l];
        }
    }
}

titr_status batch_day(batch *b, double *glucose_mg_dl, titr_error *err)
{
    TITR_TRY(batch_begin(b, err));
    /* decisions of 5 min, block by block, as an environment goes */
    for (size_t first = 0; first < WORKLOAD_DAY_MIN; first += 5) {
        for (size_t block = 0; block < b->blocks; block++) {
            for (size_t t = first; t < first + 5; t++) {
                TITR_TRY(advance(b, block, t, err));
                if (glucose_mg_dl != NULL) {
                    keep(b, block, t, glucose_mg_dl);
                }
            }
        }
    }
    return TITR_OK;
}
