// SPDX-License-Identifier: GPL-3.0-or-later
/* A closed loop with announced meals: between meals a level scales the basal rate or the calculated
 * correction, at an announced meal it scales the bolus for the carbohydrate. The first levels are
 * those of the basal rate, then come those of the meal bolus, then those of the correction; the
 * mask allows the ones of the time between meals or the others.
 *
 *   between meals   basal = level * scheduled basal, no bolus; or
 *                   basal as scheduled, bolus = level * the calculator's correction, at least 0
 *   at a meal       basal as scheduled, bolus = level * announced carbohydrate / CR
 *
 * Where meals are not announced only basal and corrections are left.
 * Oracle: doses worked out by hand, tests/sim/env/actions/test_basal_and_meal_multiple.c. */
#include "titrate/env/actions.h"

#include <stdio.h>

typedef struct loop_def {
    titr_reals basal, meal, correction;
} loop_def;

static const titr_option options[] = {
    {.name = "basal",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 50.0,
     .text = "0, 0.5, 1, 1.5, 2, 3, 5",
     .doc = "multiples of the scheduled basal rate, between meals",
     .source = "choice",
     .offset = offsetof(loop_def, basal)},
    {.name = "meal",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 5.0,
     .text = "0.75, 1, 1.25, 1.5",
     .doc = "multiples of announced carbohydrate / CR, at a meal",
     .source = "choice",
     .offset = offsetof(loop_def, meal)},
    {.name = "correction",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 0.0,
     .hi = 5.0,
     .text = "",
     .doc = "multiples of the bolus calculator's correction, between meals; empty = none",
     .source = "choice",
     .offset = offsetof(loop_def, correction)},
};

/* Lists that are too long together are refused by who makes the environment. */
static size_t n_levels(const void *def)
{
    const loop_def *d = def;
    return d->basal.n + d->meal.n + d->correction.n;
}

static titr_dose dose(const void *def, const titr_record *record, size_t lane, size_t level)
{
    const loop_def *d = def;
    const double basal_u_per_h = record->col[TITR_OBS_BASAL][lane];
    if (level < d->basal.n) {
        return (titr_dose){.basal_u_per_h = d->basal.v[level] * basal_u_per_h};
    }
    const size_t beyond = d->basal.n + d->meal.n;
    return (titr_dose){
        .basal_u_per_h = basal_u_per_h,
        .bolus_u = level < beyond
                       ? d->meal.v[level - d->basal.n] * titr_meal_bolus_u(record, lane)
                       : d->correction.v[level - beyond] * titr_correction_bolus_u(record, lane)};
}

static void mask(const void *def, const titr_record *record, size_t lane, unsigned char *allowed)
{
    const loop_def *d = def;
    const size_t n = n_levels(def), beyond = d->basal.n + d->meal.n;
    const int meal = record->col[TITR_OBS_CARBS_ANNOUNCED][lane] > 0.0 && d->meal.n > 0;
    const int only_meals = d->basal.n + d->correction.n == 0;
    for (size_t level = 0; level < n; level++) {
        const int is_meal = level >= d->basal.n && level < beyond;
        allowed[level] = is_meal == (meal || only_meals);
    }
}

static void label(const void *def, size_t level, char *text, size_t size)
{
    const loop_def *d = def;
    const size_t beyond = d->basal.n + d->meal.n;
    if (level < d->basal.n) {
        (void)snprintf(text, size, "%g x basal", d->basal.v[level]);
    } else if (level >= beyond) {
        (void)snprintf(text, size, "%g x correction", d->correction.v[level - beyond]);
    } else {
        (void)snprintf(text, size, "%g x carbs/CR", d->meal.v[level - d->basal.n]);
    }
}

const titr_actions_type titr_actions_basal_and_meal_multiple = {
    .part = {.name = "basal_and_meal_multiple",
             .doc = "multiples of the scheduled basal rate or the correction between meals, of the "
                    "meal bolus at meals",
             .source = "titrate",
             TITR_OPTIONS(options, loop_def)},
    .n_levels = n_levels,
    .dose = dose,
    .mask = mask,
    .label = label,
};
