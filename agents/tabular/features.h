// SPDX-License-Identifier: GPL-3.0-or-later
/* From an observation to the features that are active there: one cell of the plain bins, or one
 * tile of each of several shifted grids. */
#ifndef TITR_AGENTS_TABULAR_FEATURES_H
#define TITR_AGENTS_TABULAR_FEATURES_H

#include "titrate/agents/observe.h"

/* One observed value as it is cut. */
typedef struct titri_axis {
    const titr_observe *entry; /* its bins */
    double lo, hi;             /* where the outermost bins end */
    size_t tiles;              /* along it, in each tiling */
    size_t shift; /* odd; tiling t is shifted by t * shift tilings-ths of a tile; 0: none */
} titri_axis;

typedef struct titri_features {
    const titr_observer *observer; /* borrowed */
    titri_axis *axis;              /* [n_axes] in the order of the observed values */
    size_t n_axes, tilings;
    size_t n; /* tiles of all tilings, each has as many */
} titri_features;

/* How many features there will be; SIZE_MAX: more than a size_t holds. */
size_t titri_features_count(const titr_observer *observer, size_t tilings);
/* @param[in] observer borrowed for the features' life. @return 0 without memory. */
int titri_features_init(titri_features *f, const titr_observer *observer, size_t tilings);
void titri_features_fini(titri_features *f);
/* @param[out] feature [tilings] the active ones, that of tiling t in [t, t + 1) n / tilings. */
void titri_features_of(const titri_features *f, const double *obs, size_t *feature);
/* How many bins two cells are apart, summed over the axes; discrete values differ or do not.
 * Plain bins only. */
size_t titri_features_distance(const titri_features *f, size_t a, size_t b);

#endif
