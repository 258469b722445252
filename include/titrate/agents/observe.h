// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/agents/observe.h
 * @brief What a policy reads of the clinic record, and how plain bins divide it.
 */
#ifndef TITR_AGENTS_OBSERVE_H
#define TITR_AGENTS_OBSERVE_H

#include "titrate/base/option.h"
#include "titrate/env/record.h"

/** Entries of one policy's list. */
#define TITR_OBSERVE_MAX 16

/** One entry of a policy's `observe` list. */
typedef struct titr_observe {
    size_t what; /* column of the record: a titr_observable, or TITR_OBS_N + k of a task */
    titr_reals
        edges; /* ascending inner bin edges; bin = how many edges are <= value; n = 0: one bin */
    unsigned history; /* CGM only: number of past readings as separate values; 0 and 1 = latest */
    size_t
        discrete;  /* > 0: the value is one of 0 .. discrete - 1, each a bin of its own; no edges */
    double lo, hi; /* a task's plausible range; both 0: the clinic record's, by `what` */
} titr_observe;

/** A policy's whole `observe` list. */
typedef struct titr_observer {
    titr_observe entry[TITR_OBSERVE_MAX]; /* in the order of the config */
    size_t n;                             /* entries in use */
} titr_observer;

/** Number of values per lane. */
size_t titr_observer_size(const titr_observer *observer);
/** Fill obs [record->n][size]. */
void titr_observer_fill(const titr_observer *observer, const titr_record *record, double *obs);
/** Plausible range of each value. @param[out] lo, hi [size]; equal where there is none. */
void titr_observer_range(const titr_observer *observer, double *lo, double *hi);
/** Number of bins of one value of the entry: edges + 1, or `discrete`. */
size_t titr_observe_bins(const titr_observe *entry);
/** Bin of one value; what lies outside of all bins is in the outermost, NaN in the first. */
size_t titr_observe_bin(const titr_observe *entry, double value);
/** Number of cells of the plain-bin table: product of the bins of all values; SIZE_MAX when that is
 *  more than a size_t holds. */
size_t titr_observer_cells(const titr_observer *observer);
/** Cell of one observation vector. */
size_t titr_observer_cell(const titr_observer *observer, const double *obs);
/** Edges that cut [lo, hi] of the observable into `bins` equal parts, at most TITR_REALS_MAX + 1.
 */
void titr_observe_equal_bins(titr_observe *entry, unsigned bins);

#endif
