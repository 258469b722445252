// SPDX-License-Identifier: GPL-3.0-or-later
/* Calls into a state visitor's back end. */
#include "titrate/base/visit.h"

#include <stdio.h>

size_t titr_dtype_size(titr_dtype dtype)
{
    static const size_t size[] = {
        [TITR_F64] = 8, [TITR_F32] = 4, [TITR_I64] = 8,
        [TITR_I32] = 4, [TITR_U32] = 4, [TITR_U8] = 1,
    };
    return size[dtype];
}

titr_status titr_state_visit(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                             const size_t *shape, void *data, titr_error *err)
{
    return v->value(v, name, dtype, dims, shape, data, err);
}

titr_status titr_visit_vector(titr_visitor *v, const char *name, titr_dtype dtype, size_t n,
                              void *data, titr_error *err)
{
    return v->value(v, name, dtype, 1, &n, data, err);
}

titr_status titr_visit_enter(titr_visitor *v, const char *name, titr_error *err)
{
    return v->enter(v, name, err);
}

titr_status titr_visit_leave(titr_visitor *v, titr_error *err)
{
    return v->leave(v, err);
}

titr_status titr_visit_each(titr_visitor *v, const char *name, size_t n, titr_visit_fn *visit,
                            void *self, titr_error *err)
{
    for (size_t i = 0; i < n; i++) {
        char group[64];
        (void)snprintf(group, sizeof group, "%.40s_%zu", name, i);
        TITR_TRY(titr_visit_enter(v, group, err));
        TITR_TRY(visit(self, i, v, err));
        TITR_TRY(titr_visit_leave(v, err));
    }
    return TITR_OK;
}
