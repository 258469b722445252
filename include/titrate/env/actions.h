// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/actions.h
 * @brief Action sets: from a learner's level to a physical dose.
 */
#ifndef TITR_ENV_ACTIONS_H
#define TITR_ENV_ACTIONS_H

#include "titrate/base/option.h"
#include "titrate/env/record.h"

#define TITR_LEVELS_MAX 64

/** A dose request for the coming interval, before the pump. */
typedef struct titr_dose {
    double basal_u_per_h;
    double bolus_u;
} titr_dose;

typedef struct titr_actions_type {
    titr_part part;
    /** Number of levels, 1..TITR_LEVELS_MAX. */
    size_t (*n_levels)(const void *def);
    /** Dose of `level` for lane `lane`. @param[in] level < n_levels. */
    titr_dose (*dose)(const void *def, const titr_record *record, size_t lane, size_t level);
    /** Which levels are allowed now: mask[level] = 1 or 0; at least one is 1. */
    void (*mask)(const void *def, const titr_record *record, size_t lane, unsigned char *mask);
    /** Short text of a level for tables and reports, e.g. "1.5 x basal". */
    void (*label)(const void *def, size_t level, char *text, size_t size);
} titr_actions_type;

const titr_actions_type *titr_actions_find(const char *name);
const titr_actions_type *const *titr_actions_all(size_t *n);

/** Bolus that a bolus calculator proposes now: announced carbohydrate / CR + max(0, CGM - target)
 *  / CF - insulin on board (never below zero, and IOB only reduces the correction), U. */
double titr_bolus_calculator_u(const titr_record *record, size_t lane);

#endif
