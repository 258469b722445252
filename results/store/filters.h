// SPDX-License-Identifier: GPL-3.0-or-later
/* A filter for every thread of a writer. */
#ifndef TITRI_STORE_FILTERS_H
#define TITRI_STORE_FILTERS_H

#include "filter.h"

typedef struct titri_filters {
    titr_compression compression;
    titri_filter *filter; /* owned [n] */
    size_t n;             /* threads   */
} titri_filters;

/* @param[in] bytes of the largest chunk. On failure nothing is left. */
titr_status titri_filters_init(titri_filters *f, titr_compression compression, size_t bytes,
                               titr_error *err) TITR_NODISCARD;
/* Fine on a zeroed one. */
void titri_filters_fini(titri_filters *f);

#endif
