// SPDX-License-Identifier: GPL-3.0-or-later
/* A growing table of equally long columns, written through buffers of one chunk each. */
#ifndef TITRI_STORE_TABLE_H
#define TITRI_STORE_TABLE_H

#include "filters.h"
#include "output.h"

#include <stdatomic.h>

/* Where a column's next rows come from. */
typedef struct titri_source {
    const void *values;
    size_t stride; /* bytes from one row to the next; 0 = packed */
} titri_source;

/* The chunk of a column that is being filled. */
typedef struct titri_chunk {
    hid_t dataset;
    char *values;     /* owned: a chunk and TITRI_FLETCHER32_BYTES; filtered in place */
    size_t bytes;     /* of it when it was filtered last                              */
    uint32_t skipped; /* HDF5's filter mask                                           */
    atomic_int filtered;
} titri_chunk;

typedef struct titri_table {
    titri_output *out;            /* borrowed; NULL: no such table */
    const char *group;            /* borrowed                      */
    const titri_filters *filters; /* borrowed             */
    const titri_column *column;   /* borrowed [n_columns] */
    size_t n_columns;
    size_t chunk_rows;
    size_t filled;      /* rows in the buffers */
    size_t written;     /* rows in the file    */
    titri_chunk *chunk; /* owned [n_columns]; the datasets are made with the first rows, so that a
                           short table has short chunks */
    size_t *order;      /* owned [n_columns]: columns as their chunks follow in the file */
} titri_table;

titr_status titri_table_init(titri_table *t, titri_output *out, const char *group,
                             const titri_column *column, size_t n_columns,
                             const titri_filters *filters, titr_error *err) TITR_NODISCARD;
/* Append `rows` rows. @param[in] source [n_columns]. */
titr_status titri_table_add(titri_table *t, const titri_source *source, size_t rows,
                            titr_error *err) TITR_NODISCARD;
/* Filter and write the chunk that is being filled, `rows` long. @param[in] grows the datasets do.
 */
titr_status titri_table_put(titri_table *t, size_t rows, int grows, titr_error *err) TITR_NODISCARD;
/* Write what is still buffered, make the datasets of an empty table, close them. */
titr_status titri_table_finish(titri_table *t, titr_error *err) TITR_NODISCARD;
/* Release; fine on a zeroed table. */
void titri_table_fini(titri_table *t);

#endif
