// SPDX-License-Identifier: GPL-3.0-or-later
/* What all solvers share: creation from a slot, fault names. */
#include "sound.h"

#include <stdlib.h>

struct titr_solver {
    const titr_solver_type *type;
    void *self;
};

const char *titr_fault_name(titr_fault_code code)
{
    static const char *const names[] = {
#define X(name, text, meaning) [TITR_FAULT_##name] = (text),
        TITR_FAULT_MAP(X)
#undef X
    };
    const size_t i = (size_t)code;
    return i < sizeof names / sizeof names[0] ? names[i] : "unknown fault";
}

titr_status titr_solver_create(titr_slot slot, const titr_model_type *model,
                               const titr_model_mode *mode, titr_solver **out, titr_error *err)
{
    const titr_solver_type *type = slot.type;
    if (type->lanes != model->lanes) {
        return titr_fail(err, TITR_ERR_ARG, "solver %s takes %zu lanes, model %s has %zu",
                         type->part.name, type->lanes, model->part.name, model->lanes);
    }
    TITR_TRY(titr_options_check(type->part.options, type->part.n_options, slot.def, err));
    titr_solver *solver = malloc(sizeof *solver);
    if (solver == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "solver %s: no memory", type->part.name);
    }
    solver->type = type;
    const titr_status status = type->create(slot.def, model, mode, &solver->self, err);
    if (status != TITR_OK) {
        free(solver);
        return status;
    }
    *out = solver;
    return TITR_OK;
}

titr_status titri_check_span(const titr_span *span, size_t lanes, titr_error *err)
{
    titr_flag wrong = 0;
    for (size_t l = 0; l < lanes; l++) {
        wrong |= span->active[l] & !(span->to_min[l] >= span->from_min[l]);
    }
    for (size_t l = 0; wrong && l < lanes; l++) {
        if (span->active[l] && !(span->to_min[l] >= span->from_min[l])) {
            return titr_fail(err, TITR_ERR_ARG, "span from %g to %g min, expected to >= from",
                             span->from_min[l], span->to_min[l]);
        }
    }
    return TITR_OK;
}

titr_status titr_solver_advance(titr_solver *solver, const titr_span *span, titr_error *err)
{
    return solver->type->advance(solver->self, span, err);
}

void titr_solver_destroy(titr_solver *solver)
{
    if (solver != NULL) {
        solver->type->destroy(solver->self);
        free(solver);
    }
}
