// SPDX-License-Identifier: GPL-3.0-or-later
/* What HDF5's filters make of a chunk - shuffle, deflate, Fletcher-32, in this order - outside of
 * HDF5 and its lock, for H5Dwrite_chunk. Any HDF5 reads the result with its own filters. */
#ifndef TITRI_STORE_FILTER_H
#define TITRI_STORE_FILTER_H

#include "fletcher32.h"
#include "layout.h"

#define ZLIB_CONST
#include <zlib.h>

/* One thread's. Must not move between init and fini. */
typedef struct titri_filter {
    titr_compression compression;
    z_stream deflate;
    uint8_t *plane; /* owned: shuffled values of the chunk */
} titri_filter;

/* 1 if the values' bytes are shuffled before they are deflated. */
int titri_filter_shuffles(const titri_column *column);

/* @param[in] bytes of the largest chunk. On failure nothing is left. */
titr_status titri_filter_init(titri_filter *f, titr_compression compression, size_t bytes,
                              titr_error *err) TITR_NODISCARD;
/* Fine on a zeroed one. */
void titri_filter_fini(titri_filter *f);

/* Filter `rows` values in place.
 * @param[in,out] chunk has TITRI_FLETCHER32_BYTES of room behind the values.
 * @param[out] skipped HDF5's filter mask: bit i, the i-th filter was left out.
 * @return bytes of the filtered chunk. */
size_t titri_filter_chunk(titri_filter *f, const titri_column *column, size_t rows, void *chunk,
                          uint32_t *skipped);

#endif
