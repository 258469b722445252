// SPDX-License-Identifier: GPL-3.0-or-later
/* A level is a meal bolus in U; basal runs as scheduled. A bolus advisor that must learn how much
 * insulin a meal needs: between meals only level 0 is allowed, and no bolus is given.
 *
 *   basal = scheduled basal
 *   bolus = level at announced meals, else 0
 *
 * Oracle: doses worked out by hand, tests/sim/env/actions/test_absolute_bolus.c. */
#include "titrate/env/actions.h"

#include <stdio.h>

typedef struct bolus_def {
    titr_reals levels_u;
} bolus_def;

static const titr_option options[] = {
    {.name = "levels_u",
     .kind = TITR_OPTION_REALS,
     .unit = "U",
     .lo = 0.0,
     .hi = 30.0,
     .text = "0, 0.2, 0.4, 0.6, 0.8, 1.1, 1.4, 1.8, 2.3, 3, 3.8, 4.8, 6",
     .doc = "meal boluses",
     .source = "choice",
     .offset = offsetof(bolus_def, levels_u)},
};

static size_t n_levels(const void *def)
{
    return ((const bolus_def *)def)->levels_u.n;
}

static titr_dose dose(const void *def, const titr_record *record, size_t lane, size_t level)
{
    const int meal = record->col[TITR_OBS_CARBS_ANNOUNCED][lane] > 0.0;
    return (titr_dose){.basal_u_per_h = record->col[TITR_OBS_BASAL][lane],
                       .bolus_u = meal ? ((const bolus_def *)def)->levels_u.v[level] : 0.0};
}

static void mask(const void *def, const titr_record *record, size_t lane, unsigned char *allowed)
{
    titr_meal_mask(record, lane, n_levels(def), allowed);
}

static void label(const void *def, size_t level, char *text, size_t size)
{
    (void)snprintf(text, size, "%g U", ((const bolus_def *)def)->levels_u.v[level]);
}

const titr_actions_type titr_actions_absolute_bolus = {
    .part = {.name = "absolute_bolus",
             .doc = "meal boluses in U; scheduled basal",
             .source = "titrate",
             TITR_OPTIONS(options, bolus_def)},
    .n_levels = n_levels,
    .dose = dose,
    .mask = mask,
    .label = label,
};
