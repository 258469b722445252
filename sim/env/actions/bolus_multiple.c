// SPDX-License-Identifier: GPL-3.0-or-later
/* A level scales the bolus calculator's proposal at announced meals; basal runs as scheduled. A
 * bolus advisor: between meals all levels give the same.
 *
 *   basal = scheduled basal
 *   bolus = level * (announced carbohydrate / CR + correction) at meals, else 0
 *
 * Oracle: doses worked out by hand, tests/sim/env/actions/test_bolus_multiple.c. */
#include "titrate/env/actions.h"

#include <math.h>
#include <stdio.h>

typedef struct bolus_def {
    titr_reals levels;
    double mask_above_1_below_mg_dl;
} bolus_def;

static const titr_option options[] = {
    {.name = "levels",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 5.0,
     .text = "0.5, 0.75, 1, 1.25, 1.5",
     .doc = "multiples of the bolus calculator's proposal",
     .source = "choice",
     .offset = offsetof(bolus_def, levels)},
    {.name = "mask_above_1_below_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.0,
     .lo = 0.0,
     .hi = 200.0,
     .doc = "levels above 1 are not allowed while the CGM is below this; 0 = always allowed",
     .source = "choice",
     .offset = offsetof(bolus_def, mask_above_1_below_mg_dl)},
};

static size_t n_levels(const void *def)
{
    return ((const bolus_def *)def)->levels.n;
}

static titr_dose dose(const void *def, const titr_record *record, size_t lane, size_t level)
{
    const bolus_def *d = def;
    const int meal = record->col[TITR_OBS_CARBS_ANNOUNCED][lane] > 0.0;
    const double proposed_u = meal ? titr_bolus_calculator_u(record, lane) : 0.0;
    return (titr_dose){.basal_u_per_h = record->col[TITR_OBS_BASAL][lane],
                       .bolus_u = d->levels.v[level] * proposed_u};
}

static void mask(const void *def, const titr_record *record, size_t lane, unsigned char *allowed)
{
    const bolus_def *d = def;
    const int low = titr_record_cgm_held(record, lane) < d->mask_above_1_below_mg_dl;
    titr_levels_mask(&d->levels, low ? 1.0 : HUGE_VAL, allowed);
}

static void label(const void *def, size_t level, char *text, size_t size)
{
    (void)snprintf(text, size, "%g x bolus", ((const bolus_def *)def)->levels.v[level]);
}

const titr_actions_type titr_actions_bolus_multiple = {
    .part = {.name = "bolus_multiple",
             .doc = "multiples of the bolus calculator's proposal at meals; scheduled basal",
             .source = "titrate",
             TITR_OPTIONS(options, bolus_def)},
    .n_levels = n_levels,
    .dose = dose,
    .mask = mask,
    .label = label,
};
