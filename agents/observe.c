// SPDX-License-Identifier: GPL-3.0-or-later
/* Observation vectors and the plain-bin table over them. Values stand in the order of the entries;
 * those of a CGM history newest first. The last value varies fastest in the cell's number. */
#include "titrate/agents/observe.h"

#include <stdint.h>

static size_t values_of(const titr_observe *entry)
{
    return entry->history > 1 ? entry->history : 1;
}

size_t titr_observer_size(const titr_observer *observer)
{
    size_t size = 0;
    for (size_t k = 0; k < observer->n; k++) {
        size += values_of(&observer->entry[k]);
    }
    return size;
}

static void range_of(const titr_observe *entry, double *lo, double *hi)
{
    const int own = entry->hi > entry->lo || entry->what >= TITR_OBS_N;
    const titr_observable_info *info = &titr_observable_table()[own ? 0 : entry->what];
    *lo = own ? entry->lo : info->lo;
    *hi = own ? entry->hi : info->hi;
}

void titr_observer_range(const titr_observer *observer, double *lo, double *hi)
{
    for (size_t k = 0; k < observer->n; k++) {
        const titr_observe *entry = &observer->entry[k];
        for (size_t i = values_of(entry); i > 0; i--) {
            range_of(entry, lo++, hi++);
        }
    }
}

static double *fill_lane(const titr_observer *observer, const titr_record *record, size_t lane,
                         double *obs)
{
    for (size_t k = 0; k < observer->n; k++) {
        const titr_observe *entry = &observer->entry[k];
        if (entry->history > 1) {
            for (size_t ago = 0; ago < entry->history; ago++) {
                *obs++ = titr_record_cgm(record, lane, ago);
            }
        } else {
            *obs++ = entry->what == TITR_OBS_CGM ? titr_record_cgm_held(record, lane)
                                                 : record->col[entry->what][lane];
        }
    }
    return obs;
}

void titr_observer_fill(const titr_observer *observer, const titr_record *record, double *obs)
{
    for (size_t lane = 0; lane < record->n; lane++) {
        obs = fill_lane(observer, record, lane, obs);
    }
}

size_t titr_observer_cells(const titr_observer *observer)
{
    size_t cells = 1;
    for (size_t k = 0; k < observer->n; k++) {
        const size_t bins = titr_observe_bins(&observer->entry[k]);
        for (size_t i = values_of(&observer->entry[k]); i > 0; i--) {
            if (cells > SIZE_MAX / bins) {
                return SIZE_MAX;
            }
            cells *= bins;
        }
    }
    return cells;
}

size_t titr_observe_bins(const titr_observe *entry)
{
    return entry->discrete > 0 ? entry->discrete : entry->edges.n + 1;
}

size_t titr_observe_bin(const titr_observe *entry, double value)
{
    size_t bin = 0;
    if (entry->discrete > 0) {
        const double most = (double)(entry->discrete - 1);
        return value > 0.0 ? (size_t)(value < most ? value : most) : 0;
    }
    while (bin < entry->edges.n && entry->edges.v[bin] <= value) {
        bin++;
    }
    return bin;
}

size_t titr_observer_cell(const titr_observer *observer, const double *obs)
{
    size_t cell = 0;
    for (size_t k = 0; k < observer->n; k++) {
        const titr_observe *entry = &observer->entry[k];
        for (size_t i = values_of(entry); i > 0; i--) {
            cell = cell * titr_observe_bins(entry) + titr_observe_bin(entry, *obs++);
        }
    }
    return cell;
}

void titr_observe_equal_bins(titr_observe *entry, unsigned bins)
{
    double lo, hi;
    range_of(entry, &lo, &hi);
    entry->edges.n = bins > 1 ? bins - 1 : 0;
    for (size_t k = 0; k < entry->edges.n; k++) {
        entry->edges.v[k] = lo + (hi - lo) * (double)(k + 1) / bins;
    }
}
