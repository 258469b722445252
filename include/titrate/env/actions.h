// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/actions.h
 * @brief Action sets: from a learner's level to a physical dose.
 */
#ifndef TITR_ENV_ACTIONS_H
#define TITR_ENV_ACTIONS_H

#include "titrate/base/option.h"
#include "titrate/base/units.h"
#include "titrate/env/record.h"

/** Levels of any action set. */
#define TITR_LEVELS_MAX 64

/** A dose request for the coming interval, before the pump. */
typedef struct titr_dose {
    double basal_u_per_h; /* rate until the next decision */
    double bolus_u;       /* at once */
} titr_dose;

/** Insulin of a dose over an interval, U. */
static inline double titr_dose_insulin_u(titr_dose dose, double interval_min)
{
    return dose.basal_u_per_h * interval_min / TITR_MIN_PER_HOUR + dose.bolus_u;
}

/** A registered action set: a constant table of functions. */
typedef struct titr_actions_type {
    titr_part part; /* name, doc, source, options */
    /** Number of levels, 1..TITR_LEVELS_MAX. */
    size_t (*n_levels)(const void *def);
    /** Dose of `level` for lane `lane`. @param[in] level < n_levels. */
    titr_dose (*dose)(const void *def, const titr_record *record, size_t lane, size_t level);
    /** Which levels are allowed now: mask[level] = 1 or 0; at least one is 1. */
    void (*mask)(const void *def, const titr_record *record, size_t lane, unsigned char *mask);
    /** Short text of a level for tables and reports, e.g. "1.5 x basal". */
    void (*label)(const void *def, size_t level, char *text, size_t size);
} titr_actions_type;

/** Registered action set by name. @return static object, NULL if unknown. */
const titr_actions_type *titr_actions_find(const char *name);
/** Registered action sets in list order. @return static array of *n entries. */
const titr_actions_type *const *titr_actions_all(size_t *n);

/** What a bolus calculator works with. */
typedef struct titr_calculator {
    double carbs_g;        /* announced                          */
    double cr_g_per_u;     /* carbohydrate ratio                 */
    double cgm_mg_dl;      /* latest reading; NaN: there is none */
    double target_mg_dl;   /* that a correction aims at          */
    double cf_mg_dl_per_u; /* correction factor                  */
    double bolus_iob_u;    /* insulin on board from boluses      */
} titr_calculator;

/** Bolus for the announced carbohydrate: carbs / CR, U. */
static inline double titr_calculator_meal_u(titr_calculator c)
{
    return c.carbs_g / c.cr_g_per_u;
}

/** Insulin beyond the meal: (CGM - target) / CF - insulin on board, U; below 0: too much is in; 0
 *  without a reading, as a calculator that is given none. */
static inline double titr_calculator_needed_u(titr_calculator c)
{
    const double needed_u = (c.cgm_mg_dl - c.target_mg_dl) / c.cf_mg_dl_per_u - c.bolus_iob_u;
    return needed_u == needed_u ? needed_u : 0.0; /* NaN equals nothing */
}

/** What it proposes: meal bolus plus correction, U; insulin on board reduces the correction only.
 */
static inline double titr_calculator_proposal_u(titr_calculator c)
{
    const double needed_u = titr_calculator_needed_u(c);
    return titr_calculator_meal_u(c) + (needed_u > 0.0 ? needed_u : 0.0);
}

/** The calculator's inputs as the record shows them. */
titr_calculator titr_calculator_of(const titr_record *record, size_t lane);
/** titr_calculator_meal_u of a lane. */
double titr_meal_bolus_u(const titr_record *record, size_t lane);
/** Correction that the calculator proposes, at least 0, U. */
double titr_correction_bolus_u(const titr_record *record, size_t lane);
/** titr_calculator_proposal_u of a lane. */
double titr_bolus_calculator_u(const titr_record *record, size_t lane);

/** A mask that allows the levels up to `most`, and always the smallest one.
 *  @param[out] mask [levels->n] */
void titr_levels_mask(const titr_reals *levels, double most, unsigned char *mask);
/** A mask that allows all of `n` levels at an announced meal, and only the first between meals. */
void titr_meal_mask(const titr_record *record, size_t lane, size_t n, unsigned char *mask);

#endif
