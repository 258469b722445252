// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters.h"

#include <stdlib.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#define THREADS_MAX 32 /* a table's columns do not keep more of them busy */

/* A checksum alone takes less time than a second thread to begin. */
static size_t count_threads(titr_compression compression)
{
    size_t n = 1;
#ifdef _OPENMP
    n = compression == TITR_COMPRESS_GZIP ? (size_t)omp_get_max_threads() : 1;
#else
    (void)compression;
#endif
    return n < THREADS_MAX ? n : THREADS_MAX;
}

titr_status titri_filters_init(titri_filters *f, titr_compression compression, size_t bytes,
                               titr_error *err)
{
    const size_t n = count_threads(compression);
    *f = (titri_filters){.compression = compression, .filter = calloc(n, sizeof *f->filter)};
    if (f->filter == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu threads", n);
    }
    for (f->n = 0; f->n < n; f->n++) {
        const titr_status status = titri_filter_init(&f->filter[f->n], compression, bytes, err);
        if (status != TITR_OK) {
            titri_filters_fini(f);
            return status;
        }
    }
    return TITR_OK;
}

void titri_filters_fini(titri_filters *f)
{
    for (size_t i = 0; i < f->n; i++) {
        titri_filter_fini(&f->filter[i]);
    }
    free(f->filter);
    *f = (titri_filters){.n = 0};
}
