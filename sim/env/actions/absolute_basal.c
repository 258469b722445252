// SPDX-License-Identifier: GPL-3.0-or-later
/* A level is a basal rate in U/h, the same for every child: therapy settings are used for meals
 * only, or not at all.
 *
 *   basal = level;  bolus = announced carbohydrate / CR, or 0
 *
 * Oracle: doses worked out by hand, tests/sim/env/actions/test_absolute_basal.c. */
#include "titrate/env/actions.h"

#include <math.h>
#include <stdio.h>

typedef struct absolute_def {
    titr_reals levels_u_per_h;
    int meal_bolus;
    double suspend_below_mg_dl;
} absolute_def;

static const titr_option options[] = {
    {.name = "levels_u_per_h",
     .kind = TITR_OPTION_REALS,
     .unit = "U/h",
     .lo = 0.0,
     .hi = 35.0,
     .text = "0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.5, 2",
     .doc = "basal rates",
     .source = "choice",
     .offset = offsetof(absolute_def, levels_u_per_h)},
    {.name = "meal_bolus",
     .kind = TITR_OPTION_FLAG,
     .unit = "",
     .init = 1,
     .doc = "announced meals are bolused by the carbohydrate ratio; 0: basal is all there is",
     .source = "choice",
     .offset = offsetof(absolute_def, meal_bolus)},
    {.name = "suspend_below_mg_dl",
     .kind = TITR_OPTION_REAL,
     .unit = "mg/dL",
     .init = 0.0,
     .lo = 0.0,
     .hi = 200.0,
     .doc = "only the smallest rate is allowed while the CGM is below this; 0 = never suspended",
     .source = "choice",
     .offset = offsetof(absolute_def, suspend_below_mg_dl)},
};

static size_t n_levels(const void *def)
{
    return ((const absolute_def *)def)->levels_u_per_h.n;
}

static titr_dose dose(const void *def, const titr_record *record, size_t lane, size_t level)
{
    const absolute_def *d = def;
    return (titr_dose){.basal_u_per_h = d->levels_u_per_h.v[level],
                       .bolus_u = d->meal_bolus ? titr_meal_bolus_u(record, lane) : 0.0};
}

static void mask(const void *def, const titr_record *record, size_t lane, unsigned char *allowed)
{
    const absolute_def *d = def;
    const int low = titr_record_cgm_held(record, lane) < d->suspend_below_mg_dl;
    titr_levels_mask(&d->levels_u_per_h, low ? 0.0 : HUGE_VAL, allowed);
}

static void label(const void *def, size_t level, char *text, size_t size)
{
    (void)snprintf(text, size, "%g U/h", ((const absolute_def *)def)->levels_u_per_h.v[level]);
}

const titr_actions_type titr_actions_absolute_basal = {
    .part = {.name = "absolute_basal",
             .doc = "basal rates in U/h, the same for every child",
             .source = "titrate",
             TITR_OPTIONS(options, absolute_def)},
    .n_levels = n_levels,
    .dose = dose,
    .mask = mask,
    .label = label,
};
