// SPDX-License-Identifier: GPL-3.0-or-later
#include "common.h"

titr_status titri_patient_check(const titr_patient *patient, titr_table params, titr_error *err)
{
    if (!(patient->weight_kg > 0.0 && patient->weight_kg <= 250.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: weight = %g kg, allowed (0, 250]", patient->id,
                         patient->weight_kg);
    }
    for (size_t i = 0; i < params.n; i++) {
        const titr_quantity *q = &params.row[i];
        const double v = patient->params[i];
        if (!(v >= q->lo && v <= q->hi)) {
            return titr_fail(err, TITR_ERR_RANGE, "%s: %s = %g %s, allowed [%g, %g]", patient->id,
                             q->name, v, q->unit, q->lo, q->hi);
        }
    }
    return TITR_OK;
}
