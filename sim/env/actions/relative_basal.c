// SPDX-License-Identifier: GPL-3.0-or-later
/* A level scales the scheduled basal rate; announced meals are bolused, nothing is corrected.
 *
 *   basal = level * scheduled basal;  bolus = announced carbohydrate / CR
 *
 * Oracle: doses worked out by hand, tests/sim/env/actions/test_relative_basal.c. */
#include "titrate/env/actions.h"

#include <math.h>
#include <stdio.h>

typedef struct basal_def {
    titr_reals levels;
    double mask_above_1_below_mg_dl;
} basal_def;

static const titr_option options[] = {
    {.name = "levels",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 5.0,
     .text = "0, 0.5, 1, 1.5, 2",
     .doc = "multiples of the scheduled basal rate",
     .source = "choice",
     .offset = offsetof(basal_def, levels)},
    {.name = "mask_above_1_below_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.0,
     .lo = 0.0,
     .hi = 200.0,
     .doc = "levels above 1 are not allowed while the CGM is below this; 0 = always allowed",
     .source = "choice",
     .offset = offsetof(basal_def, mask_above_1_below_mg_dl)},
};

static size_t n_levels(const void *def)
{
    return ((const basal_def *)def)->levels.n;
}

static titr_dose dose(const void *def, const titr_record *record, size_t lane, size_t level)
{
    const basal_def *d = def;
    return (titr_dose){.basal_u_per_h = d->levels.v[level] * record->col[TITR_OBS_BASAL][lane],
                       .bolus_u = titr_meal_bolus_u(record, lane)};
}

static void mask(const void *def, const titr_record *record, size_t lane, unsigned char *allowed)
{
    const basal_def *d = def;
    const int low = titr_record_cgm_held(record, lane) < d->mask_above_1_below_mg_dl;
    titr_levels_mask(&d->levels, low ? 1.0 : HUGE_VAL, allowed);
}

static void label(const void *def, size_t level, char *text, size_t size)
{
    (void)snprintf(text, size, "%g x basal", ((const basal_def *)def)->levels.v[level]);
}

const titr_actions_type titr_actions_relative_basal = {
    .part = {.name = "relative_basal",
             .doc = "multiples of scheduled basal; meals are bolused, nothing is corrected",
             .source = "titrate",
             TITR_OPTIONS(options, basal_def)},
    .n_levels = n_levels,
    .dose = dose,
    .mask = mask,
    .label = label,
};
