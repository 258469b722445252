// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/actions.h
 * @brief Action sets: from a learner's level to a physical dose.
 */
#ifndef TITR_ENV_ACTIONS_H
#define TITR_ENV_ACTIONS_H

#include "titrate/base/option.h"
#include "titrate/env/record.h"

/** Levels of any action set. */
#define TITR_LEVELS_MAX 64

/** A dose request for the coming interval, before the pump. */
typedef struct titr_dose {
    double basal_u_per_h; /* rate until the next decision */
    double bolus_u;       /* at once */
} titr_dose;

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

/** Bolus for the announced carbohydrate: carbs / CR, U. */
double titr_meal_bolus_u(const titr_record *record, size_t lane);
/** Correction that a bolus calculator proposes: (CGM - target) / CF - insulin on board from
 * boluses, at least 0, U. */
double titr_correction_bolus_u(const titr_record *record, size_t lane);
/** What a bolus calculator proposes now: meal bolus plus correction, U. Insulin on board reduces
 * the correction only. */
double titr_bolus_calculator_u(const titr_record *record, size_t lane);

/** A mask that allows the levels up to `most`, and always the smallest one.
 *  @param[out] mask [levels->n] */
void titr_levels_mask(const titr_reals *levels, double most, unsigned char *mask);
/** A mask that allows all of `n` levels at an announced meal, and only the first between meals. */
void titr_meal_mask(const titr_record *record, size_t lane, size_t n, unsigned char *mask);

#endif
