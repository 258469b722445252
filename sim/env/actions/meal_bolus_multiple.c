// SPDX-License-Identifier: GPL-3.0-or-later
/* A level scales the meal part of the bolus alone; basal runs as scheduled. Corrections are for the
 * learner to find: it may observe correction_to_meal_ratio. Between meals only the first level is
 * allowed, and no bolus is given.
 *
 *   basal = scheduled basal
 *   bolus = level * announced carbohydrate / CR
 *
 * Oracle: doses worked out by hand, tests/sim/env/actions/test_meal_bolus_multiple.c. */
#include "titrate/env/actions.h"

#include <stdio.h>

typedef struct bolus_def {
    titr_reals levels;
} bolus_def;

static const titr_option options[] = {
    {.name = "levels",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 5.0,
     .text = "0.5, 0.75, 1, 1.5, 2",
     .doc = "multiples of announced carbohydrate / CR",
     .source = "choice",
     .offset = offsetof(bolus_def, levels)},
};

static size_t n_levels(const void *def)
{
    return ((const bolus_def *)def)->levels.n;
}

static titr_dose dose(const void *def, const titr_record *record, size_t lane, size_t level)
{
    const double level_1_u = titr_meal_bolus_u(record, lane);
    return (titr_dose){.basal_u_per_h = record->col[TITR_OBS_BASAL][lane],
                       .bolus_u = ((const bolus_def *)def)->levels.v[level] * level_1_u};
}

static void mask(const void *def, const titr_record *record, size_t lane, unsigned char *allowed)
{
    titr_meal_mask(record, lane, n_levels(def), allowed);
}

static void label(const void *def, size_t level, char *text, size_t size)
{
    (void)snprintf(text, size, "%g x carbs/CR", ((const bolus_def *)def)->levels.v[level]);
}

const titr_actions_type titr_actions_meal_bolus_multiple = {
    .part = {.name = "meal_bolus_multiple",
             .doc = "multiples of the meal bolus, no correction; scheduled basal",
             .source = "titrate",
             TITR_OPTIONS(options, bolus_def)},
    .n_levels = n_levels,
    .dose = dose,
    .mask = mask,
    .label = label,
};
