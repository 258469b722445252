// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/metrics/ranges.h
 * @brief Shares of readings in the consensus glucose ranges [battelino2019].
 */
#ifndef TITR_METRICS_RANGES_H
#define TITR_METRICS_RANGES_H

#include "titrate/metrics/metric.h"

/** Per cent of readings, 0..100; all NaN when there is no reading. */
typedef struct titr_ranges {
    double in_70_180, in_70_140; /* both ends included */
    double below_70, below_54;   /* strictly           */
    double above_180, above_250; /* strictly           */
} titr_ranges;

/** Shares of one series. */
titr_ranges titr_ranges_of(const titr_series *series);

#endif
