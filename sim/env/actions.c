// SPDX-License-Identifier: GPL-3.0-or-later
/* What action sets share: the bolus calculator and masks over a list of levels. */
#include "titrate/env/actions.h"

#include <math.h>

static double seen(const titr_record *record, titr_observable what, size_t lane)
{
    return record->col[what][lane];
}

double titr_meal_bolus_u(const titr_record *record, size_t lane)
{
    return seen(record, TITR_OBS_CARBS_ANNOUNCED, lane) / seen(record, TITR_OBS_CR, lane);
}

double titr_correction_bolus_u(const titr_record *record, size_t lane)
{
    const double above_mg_dl =
        seen(record, TITR_OBS_CGM, lane) - seen(record, TITR_OBS_TARGET, lane);
    const double needed_u = above_mg_dl / seen(record, TITR_OBS_CF, lane);
    return fmax(0.0, needed_u - seen(record, TITR_OBS_BOLUS_IOB, lane));
}

double titr_bolus_calculator_u(const titr_record *record, size_t lane)
{
    return titr_meal_bolus_u(record, lane) + titr_correction_bolus_u(record, lane);
}

void titr_levels_mask(const titr_reals *levels, double most, unsigned char *mask)
{
    size_t smallest = 0;
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
