// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/discount.h
 * @brief The discount over an interval of any length: decisions come at irregular times.
 *
 *   gamma(elapsed) = gamma^(elapsed / decision interval)   with a gamma per decision interval, or
 *                  = 0.5^(elapsed / half life)             with a half life
 */
#ifndef TITR_AGENTS_DISCOUNT_H
#define TITR_AGENTS_DISCOUNT_H

/** How a learner discounts. */
typedef struct titr_discount {
    double gamma;         /* per interval_min, (0, 1]; NaN: by the half life    */
    double half_life_min; /* a reward so far ahead counts half                  */
    double interval_min;  /* regular time between decisions                     */
} titr_discount;

/** Discount over elapsed_min; exactly gamma over a regular interval. */
double titr_discount_over(const titr_discount *d, double elapsed_min);

#endif
