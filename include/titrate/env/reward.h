// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/reward.h
 * @brief Rewards, computed from true glucose, which no agent sees.
 *
 * reward = step(...) + (TERMINATED ? -terminal_penalty : 0). Dying must not pay: the penalty is at
 * least worst_step / (1 - gamma), the discounted worst that living on could cost.
 *
 * Lanes   as in titrate/models/model.h: compiled once per variant, L = TITR_LANES.
 */
#ifndef TITR_ENV_REWARD_H
#define TITR_ENV_REWARD_H

#include "titrate/base/option.h"
#include "titrate/base/variant.h"

/** A registered reward: a constant table of functions. */
typedef struct titr_reward_type {
    titr_part part; /* name, doc, source, options */
    /** Rewards of one decision interval of a block of lanes.
     *  @param[in] before_mg_dl, after_mg_dl [L] true glucose at its two ends. @param[out] reward
     *  [L]. */
    void (*step)(const void *def, const double *before_mg_dl, const double *after_mg_dl,
                 double *reward);
    /** The largest possible -step for glucose within the clinical limits [lo, hi] mg/dL, >= 0; more
     *  where a deadly interval can earn something that the penalty has to take back. */
    double (*worst)(const void *def, double lo_mg_dl, double hi_mg_dl);
    int literature_only; /* 1: telescopes or otherwise must not be learned from; a warning is shown
                          */
} titr_reward_type;

/** Registered reward by name. @return static object, NULL if unknown. */
const titr_reward_type *titr_reward_find(const char *name);
/** The same reward as another variant. */
const titr_reward_type *titr_reward_variant(const titr_reward_type *type, titr_variant variant);
/** Registered rewards in list order. @return static array of *n entries. */
const titr_reward_type *const *titr_reward_all(size_t *n);

/** Discount per minute-span: 0.5^(elapsed / half life). */
double titr_gamma(double half_life_min, double elapsed_min);
/** Smallest terminal penalty that does not make dying pay. */
double titr_terminal_penalty_min(titr_slot reward, double lo_mg_dl, double hi_mg_dl,
                                 double half_life_min, double decision_interval_min);

#endif
