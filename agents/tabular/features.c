// SPDX-License-Identifier: GPL-3.0-or-later
/* Plain bins and tile coding [sutton2018, 9.5.4].
 *
 * With k tilings each value's bins become tiles of k grids. In tile i, which reaches from b_i to
 * b_(i+1), a value stands at
 *   p = (x - b_i) / (b_(i+1) - b_i), held within [0, 1]                                      (1)
 * and is in the next tile of tiling t where
 *   p + (t s_d mod k) / k >= 1,   s_d = 1, 3, 5, ... for the shifted axes d = 0, 1, 2, ...   (2)
 * so that every grid is displaced by another part of a tile along the vector of the first odd
 * numbers, and the first one is the plain bins. The outermost bins end at the plausible range; what
 * has no width or no edge is not shifted, discrete values are crossed with all. */
#include "features.h"

#include <stdint.h>
#include <stdlib.h>

static size_t values_of(const titr_observe *entry)
{
    return entry->history > 1 ? entry->history : 1;
}

static int is_shifted(const titr_observe *entry, size_t tilings)
{
    return tilings > 1 && entry->discrete == 0 && entry->edges.n > 0;
}

static size_t tiles_along(const titr_observe *entry, size_t tilings)
{
    return titr_observe_bins(entry) + (is_shifted(entry, tilings) ? 1 : 0);
}

size_t titri_features_count(const titr_observer *observer, size_t tilings)
{
    size_t n = tilings;
    for (size_t k = 0; k < observer->n; k++) {
        const size_t tiles = tiles_along(&observer->entry[k], tilings);
        for (size_t i = values_of(&observer->entry[k]); i > 0; i--) {
            if (n > SIZE_MAX / tiles) {
                return SIZE_MAX;
            }
            n *= tiles;
        }
    }
    return n;
}

static void cut(titri_features *f)
{
    const titr_observer *observer = f->observer;
    size_t d = 0, odd = 1;
    for (size_t k = 0; k < observer->n; k++) {
        const titr_observe *entry = &observer->entry[k];
        const int shifted = is_shifted(entry, f->tilings);
        for (size_t i = values_of(entry); i > 0; i--) {
            titri_axis *axis = &f->axis[d++];
            axis->entry = entry;
            axis->tiles = tiles_along(entry, f->tilings);
            axis->shift = shifted ? odd : 0;
            odd += shifted ? 2 : 0;
        }
    }
}

static void find_ranges(titri_features *f, double *bounds)
{
    titr_observer_range(f->observer, bounds, bounds + f->n_axes);
    for (size_t d = 0; d < f->n_axes; d++) {
        f->axis[d].lo = bounds[d];
        f->axis[d].hi = bounds[f->n_axes + d];
    }
}

int titri_features_init(titri_features *f, const titr_observer *observer, size_t tilings)
{
    *f = (titri_features){
        .observer = observer, .n_axes = titr_observer_size(observer), .tilings = tilings};
    double *bounds = calloc(2 * f->n_axes + 1, sizeof *bounds);
    f->axis = calloc(f->n_axes + 1, sizeof *f->axis);
    const int complete = bounds != NULL && f->axis != NULL;
    if (complete) {
        cut(f);
        find_ranges(f, bounds);
        f->n = titri_features_count(observer, tilings);
    }
    free(bounds);
    return complete;
}

void titri_features_fini(titri_features *f)
{
    free(f->axis);
}

/* Equation (1). */
static double place_in_bin(const titri_axis *axis, size_t bin, double value)
{
    const titr_reals *edges = &axis->entry->edges;
    const double from = bin > 0 ? edges->v[bin - 1] : axis->lo;
    const double to = bin < edges->n ? edges->v[bin] : axis->hi;
    const double place = to > from ? (value - from) / (to - from) : 0.0;
    return place > 0.0 ? (place < 1.0 ? place : 1.0) : 0.0;
}

/* Equation (2): 1 where tiling t has the value in the next tile. */
static size_t is_in_next(const titri_axis *axis, size_t t, size_t tilings, double place)
{
    const size_t by = t * axis->shift % tilings;
    return by > 0 && place + (double)by / (double)tilings >= 1.0;
}

void titri_features_of(const titri_features *f, const double *obs, size_t *feature)
{
    for (size_t t = 0; t < f->tilings; t++) {
        feature[t] = t;
    }
    for (size_t d = 0; d < f->n_axes; d++) {
        const titri_axis *axis = &f->axis[d];
        const size_t bin = titr_observe_bin(axis->entry, obs[d]);
        const double place = axis->shift > 0 ? place_in_bin(axis, bin, obs[d]) : 0.0;
        for (size_t t = 0; t < f->tilings; t++) {
            feature[t] = feature[t] * axis->tiles + bin + is_in_next(axis, t, f->tilings, place);
        }
    }
}

size_t titri_features_distance(const titri_features *f, size_t a, size_t b)
{
    size_t sum = 0;
    for (size_t d = f->n_axes; d-- > 0;) {
        const titri_axis *axis = &f->axis[d];
        const size_t x = a % axis->tiles, y = b % axis->tiles;
        const size_t apart = x > y ? x - y : y - x;
        sum += axis->entry->discrete > 0 ? apart > 0 : apart;
        a /= axis->tiles;
        b /= axis->tiles;
    }
    return sum;
}
