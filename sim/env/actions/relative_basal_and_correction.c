// SPDX-License-Identifier: GPL-3.0-or-later
/* A level scales what the therapy settings would give beyond meals.
 *
 *   basal = level * scheduled basal
 *   bolus = announced carbohydrate / CR + level * correction of the bolus calculator
 *
 * The carbohydrate is always covered; the correction can be left out with meals, between meals, or
 * both. With level 1 and correction at meals this is a child's standard pump therapy.
 * Oracle: doses worked out by hand, tests/sim/env/actions/test_relative_basal_and_correction.c. */
#include "titrate/env/actions.h"

#include <math.h>
#include <stdio.h>

typedef struct relative_def {
    titr_reals levels;
    int correction_with_meals, correction_between_meals;
    double mask_above_1_below_mg_dl;
} relative_def;

static const titr_option options[] = {
    {.name = "levels",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 5.0,
     .text = "0, 0.5, 1, 1.5, 2",
     .doc = "multiples of the scheduled basal rate and of the calculated correction",
     .source = "choice",
     .offset = offsetof(relative_def, levels)},
    {.name = "correction_with_meals",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 1,
     .doc = "a correction is given together with a meal's bolus",
     .source = "choice",
     .offset = offsetof(relative_def, correction_with_meals)},
    {.name = "correction_between_meals",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 0,
     .doc = "a correction is given at decisions without a meal",
     .source = "choice",
     .offset = offsetof(relative_def, correction_between_meals)},
    {.name = "mask_above_1_below_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.0,
     .lo = 0.0,
     .hi = 200.0,
     .doc = "levels above 1 are not allowed while the CGM is below this; 0 = always allowed",
     .source = "choice",
     .offset = offsetof(relative_def, mask_above_1_below_mg_dl)},
};

static size_t n_levels(const void *def)
{
    return ((const relative_def *)def)->levels.n;
}

static titr_dose dose(const void *def, const titr_record *record, size_t lane, size_t level)
{
    const relative_def *d = def;
    const double scale = d->levels.v[level];
    const int meal = record->col[TITR_OBS_CARBS_ANNOUNCED][lane] > 0.0;
    const int corrects = meal ? d->correction_with_meals : d->correction_between_meals;
    const double correction_u = corrects ? scale * titr_correction_bolus_u(record, lane) : 0.0;
    return (titr_dose){.basal_u_per_h = scale * record->col[TITR_OBS_BASAL][lane],
                       .bolus_u = titr_meal_bolus_u(record, lane) + correction_u};
}

static void mask(const void *def, const titr_record *record, size_t lane, unsigned char *allowed)
{
    const relative_def *d = def;
    const int low = titr_record_cgm_held(record, lane) < d->mask_above_1_below_mg_dl;
    titr_levels_mask(&d->levels, low ? 1.0 : HUGE_VAL, allowed);
}

static void label(const void *def, size_t level, char *text, size_t size)
{
    const relative_def *d = def;
    (void)snprintf(text, size, "%g x basal and correction", d->levels.v[level]);
}

const titr_actions_type titr_actions_relative_basal_and_correction = {
    .part = {.name = "relative_basal_and_correction",
             .doc = "multiples of scheduled basal and calculated correction; meals are bolused",
             .source = "titrate",
             TITR_OPTIONS(options, relative_def)},
    .n_levels = n_levels,
    .dose = dose,
    .mask = mask,
    .label = label,
};
