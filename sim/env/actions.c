// SPDX-License-Identifier: GPL-3.0-or-later
/* What action sets share: the bolus calculator and masks over a list of levels. */
#include "titrate/env/actions.h"

#include <math.h>
#include <string.h>

titr_calculator titr_calculator_of(const titr_record *record, size_t lane)
{
    return (titr_calculator){.carbs_g = record->col[TITR_OBS_CARBS_ANNOUNCED][lane],
                             .cr_g_per_u = record->col[TITR_OBS_CR][lane],
                             .cgm_mg_dl = record->col[TITR_OBS_CGM][lane],
                             .target_mg_dl = record->col[TITR_OBS_TARGET][lane],
                             .cf_mg_dl_per_u = record->col[TITR_OBS_CF][lane],
                             .bolus_iob_u = record->col[TITR_OBS_BOLUS_IOB][lane]};
}

double titr_meal_bolus_u(const titr_record *record, size_t lane)
{
    return titr_calculator_meal_u(titr_calculator_of(record, lane));
}

double titr_correction_bolus_u(const titr_record *record, size_t lane)
{
    return fmax(0.0, titr_calculator_needed_u(titr_calculator_of(record, lane)));
}

double titr_bolus_calculator_u(const titr_record *record, size_t lane)
{
    return titr_calculator_proposal_u(titr_calculator_of(record, lane));
}

void titr_levels_mask(const titr_reals *levels, double most, unsigned char *mask)
{
    size_t smallest = 0;
    if (most == HUGE_VAL) {
        memset(mask, 1, levels->n);
        return;
    }
    for (size_t i = 0; i < levels->n; i++) {
        smallest = levels->v[i] < levels->v[smallest] ? i : smallest;
        mask[i] = levels->v[i] <= most;
    }
    mask[smallest] = 1;
}

void titr_meal_mask(const titr_record *record, size_t lane, size_t n, unsigned char *mask)
{
    const int meal = record->col[TITR_OBS_CARBS_ANNOUNCED][lane] > 0.0;
    for (size_t level = 0; level < n; level++) {
        mask[level] = meal || level == 0;
    }
}
