// SPDX-License-Identifier: GPL-3.0-or-later
/* A run's file while it is read. */
#ifndef TITRI_STORE_READER_H
#define TITRI_STORE_READER_H

#include "h5.h"

#define TITRI_BLOCK_EPISODES 512

/* Columns of equal length, opened and checked against their table. */
typedef struct titri_input {
    size_t n_columns, rows;
    hid_t *dataset; /* owned; open as long as the reader, so that chunks stay in their caches */
    hid_t *type;    /* owned; memory types                                                    */
} titri_input;

struct titr_reader {
    char *path, *manifest;
    hid_t file;
    titri_input episodes, steps, minutes, states; /* n_columns 0: not in the file */
    titri_column state_column[TITR_STATES_MAX];
    const char *state_name[TITR_STATES_MAX];
    char *state_names; /* what the two above point into */
    /* rows [block_first, block_first + block_n) of /episodes */
    titri_episode *block;
    size_t block_first, block_n;
};

/* Opens "/group/name" for every column. */
titr_status titri_input_open(titri_input *in, hid_t file, const char *path, const char *group,
                             const titri_column *column, size_t n_columns,
                             titr_error *err) TITR_NODISCARD;
void titri_input_close(titri_input *in);
titr_status titri_input_read(const titri_input *in, const char *path, const char *group,
                             const titri_column *column, size_t c, size_t first, size_t rows,
                             void *values, titr_error *err) TITR_NODISCARD;

/* Calls `block` with every piece of every dataset below `group`, in name order. */
typedef void titri_block_fn(void *ctx, const char *name, const void *values, size_t bytes);
titr_status titri_reader_walk(titr_reader *r, const char *group, titri_block_fn *block, void *ctx,
                              titr_error *err) TITR_NODISCARD;

/* Calls `found` for every group that holds columns ("steps", "training/q/fold_1"), in name order.
 */
titr_status titri_reader_tables(titr_reader *r, void (*found)(void *ctx, const char *name),
                                void *ctx, titr_error *err) TITR_NODISCARD;
/* Calls `found` for every column of `group`, in the order in which they were written. */
titr_status titri_reader_columns(titr_reader *r, const char *group,
                                 void (*found)(void *ctx, const char *name), void *ctx,
                                 titr_error *err) TITR_NODISCARD;
int titri_reader_is_text(titr_reader *r, const char *group, const char *column);

/* Row k of /episodes. */
titr_status titri_reader_row(titr_reader *r, size_t k, titri_episode *row,
                             titr_error *err) TITR_NODISCARD;

#endif
