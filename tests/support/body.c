// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/body.h"

#include "titrate/base/units.h"

#include <math.h>

int slot_set(titr_slot slot, const char *option, double value)
{
    const titr_part *part = titr_slot_part(slot);
    const titr_option *o = titr_option_find(part->options, part->n_options, option);
    if (o == NULL) {
        return 0;
    }
    void *field = (char *)slot.def + o->offset;
    if (o->kind == TITR_OPTION_REAL) {
        *(double *)field = value;
    } else if (o->kind == TITR_OPTION_INT) {
        *(int64_t *)field = (int64_t)value;
    } else if (o->kind == TITR_OPTION_FLAG || o->kind == TITR_OPTION_CHOICE) {
        *(int *)field = (int)value;
    } else {
        return 0;
    }
    return 1;
}

titr_status body_init(body *out, const titr_patient *patient, const char *mode, titr_slot solver,
                      titr_error *err)
{
    return body_init_of(titr_model_find("glucose_s2008"), out, patient, mode, solver, err);
}

titr_status body_init_of(const titr_model_type *model, body *out, const titr_patient *patient,
                         const char *mode, titr_slot solver, titr_error *err)
{
    *out = (body){.model = model};
    const size_t m = titr_model_mode_find(out->model, mode);
    if (m == out->model->n_modes) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "no mode '%s'", mode);
    }
    out->mode = &out->model->modes[m];
    TITR_TRY(out->model->individualise(patient, 0, out->theta, err));
    out->model->initial(patient, 0, out->x, out->u, out->held);
    return titr_solver_create(solver, out->model, out->mode, &out->solver, err);
}

void body_fini(body *b)
{
    titr_solver_destroy(b->solver);
    b->solver = NULL;
}

void body_rate(body *b, size_t input, double amount, double duration_min)
{
    const titr_event event = {b->time_min, TITR_EVENT_RATE, input, amount, duration_min};
    b->mode->at_event(&event, 0, b->x, b->u, b->held, b->theta);
}

titr_status body_advance(body *b, double minutes, double *rows, titr_error *err)
{
    const double to = b->time_min + minutes;
    const titr_flag active = 1;
    titr_flag failed = 0;
    titr_span span = {
        .from_min = &b->time_min,
        .to_min = &to,
        .active = &active,
        .x = b->x,
        .u = b->u,
        .held = b->held,
        .theta = b->theta,
        .n_minutes = (size_t)minutes,
        .failed = &failed,
        .fault = &b->fault,
    };
    span.minutes = rows;
    b->fault = (titr_fault){.code = TITR_FAULT_NONE};
    TITR_TRY(titr_solver_advance(b->solver, &span, err));
    b->time_min = to;
    return TITR_OK;
}

titr_status body_minute(body *b, double announced_g, double insulin_u_per_min, titr_error *err)
{
    const double bite_g = titr_mouth_bite(&b->mouth, announced_g);
    body_rate(b, titr_table_find(b->model->inputs, "carbs_mg_per_min"), bite_g * TITR_MG_PER_G,
              1.0);
    body_rate(b, titr_table_find(b->model->inputs, "insulin_u_per_min"), insulin_u_per_min, 1.0);
    return body_advance(b, 1.0, NULL, err);
}

double body_output(const body *b, const char *name)
{
    double y[TITR_OUTPUTS_MAX];
    const size_t i = titr_table_find(b->model->outputs, name);
    b->model->output(b->x, b->theta, y);
    return i < b->model->outputs.n ? y[i] : (double)NAN;
}
