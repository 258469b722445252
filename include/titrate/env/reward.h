// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/reward.h
 * @brief Rewards, computed from true glucose, which no agent sees.
 *
 * reward = step(...) + (TERMINATED ? -terminal_penalty : 0). Dying must not pay: the penalty is at
 * least worst_step / (1 - gamma), the discounted worst that living on could cost.
 */
#ifndef TITR_ENV_REWARD_H
#define TITR_ENV_REWARD_H

#include "titrate/base/option.h"

/** A registered reward: a constant table of functions. */
typedef struct titr_reward_type {
    titr_part part; /* name, doc, source, options */
    /** Reward of one decision interval. @param[in] before, after true glucose at its two ends. */
    double (*step)(const void *def, double before_mg_dl, double after_mg_dl);
    /** The largest possible -step for glucose within the clinical limits [lo, hi] mg/dL, >= 0; more
     *  where a deadly interval can earn something that the penalty has to take back. */
    double (*worst)(const void *def, double lo_mg_dl, double hi_mg_dl);
    int literature_only; /* 1: telescopes or otherwise must not be learned from; a warning is shown
                          */
} titr_reward_type;

/** Registered reward by name. @return static object, NULL if unknown. */
const titr_reward_type *titr_reward_find(const char *name);
/** Registered rewards in list order. @return static array of *n entries. */
const titr_reward_type *const *titr_reward_all(size_t *n);

/** Discount per minute-span: 0.5^(elapsed / half life). */
double titr_gamma(double half_life_min, double elapsed_min);
/** Smallest terminal penalty that does not make dying pay. */
double titr_terminal_penalty_min(titr_slot reward, double lo_mg_dl, double hi_mg_dl,
                                 double half_life_min, double decision_interval_min);

#endif
