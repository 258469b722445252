// SPDX-License-Identifier: GPL-3.0-or-later
/* A growing table of equally long columns, written through buffers of one chunk each. */
#ifndef TITRI_STORE_TABLE_H
#define TITRI_STORE_TABLE_H

#include "output.h"

/* Where a column's next rows come from. */
typedef struct titri_source {
    const void *values;
    size_t stride; /* bytes from one row to the next; 0 = packed */
} titri_source;

typedef struct titri_table {
    titri_output *out; /* borrowed; NULL: no such table */
    const char *group; /* borrowed                      */
    titr_compression compression;
    const titri_column *column; /* borrowed [n_columns] */
    size_t n_columns;
    size_t chunk_rows;
    size_t filled;  /* rows in the buffers */
    size_t written; /* rows in the file    */
    hid_t *dataset; /* made with the first rows, so that a short table has short chunks */
    char **buffer;
} titri_table;

titr_status titri_table_init(titri_table *t, titri_output *out, const char *group,
                             const titri_column *column, size_t n_columns,
                             titr_compression compression, titr_error *err) TITR_NODISCARD;
/* Append `rows` rows. @param[in] source [n_columns]. */
titr_status titri_table_add(titri_table *t, const titri_source *source, size_t rows,
                            titr_error *err) TITR_NODISCARD;
/* Write what is still buffered, make the datasets of an empty table, close them. */
titr_status titri_table_finish(titri_table *t, titr_error *err) TITR_NODISCARD;
/* Release; fine on a zeroed table. */
void titri_table_fini(titri_table *t);

#endif
