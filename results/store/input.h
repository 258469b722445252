// SPDX-License-Identifier: GPL-3.0-or-later
/* A table of equally long columns while it is read. */
#ifndef TITRI_STORE_INPUT_H
#define TITRI_STORE_INPUT_H

#include "h5.h"

/* Columns of equal length, opened and checked against their table. */
typedef struct titri_input {
    size_t n_columns, rows;
    hid_t *dataset; /* owned; open as long as the reader, so that chunks stay in their caches */
    hid_t *type;    /* owned; memory types                                                    */
} titri_input;

/* Opens "/group/name" for every column. */
titr_status titri_input_open(titri_input *in, hid_t file, const char *path, const char *group,
                             const titri_column *column, size_t n_columns,
                             titr_error *err) TITR_NODISCARD;
void titri_input_close(titri_input *in);
titr_status titri_input_read(const titri_input *in, const char *path, const char *group,
                             const titri_column *column, size_t c, size_t first, size_t rows,
                             void *values, titr_error *err) TITR_NODISCARD;

#endif
