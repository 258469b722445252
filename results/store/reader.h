// SPDX-License-Identifier: GPL-3.0-or-later
/* A run's file while it is read. */
#ifndef TITRI_STORE_READER_H
#define TITRI_STORE_READER_H

#include "panel_in.h"

#define TITRI_BLOCK_EPISODES 512

struct titr_reader {
    char *path, *manifest, *note; /* owned; note of /patients, NULL: none */
    hid_t file;
    const titri_layout *layout;
    titri_input episodes, steps, minutes; /* n_columns 0: not in the file */
    titri_panel_in panel[TITR_N_PANELS];
    /* rows [block_first, block_first + block_n) of /episodes */
    titri_episode *block;
    size_t block_first, block_n;
};

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
/* TEXT, F32, or F64 for any other number. */
titri_kind titri_reader_kind(titr_reader *r, const char *group, const char *column);

/* Row k of /episodes. */
titr_status titri_reader_row(titr_reader *r, size_t k, titri_episode *row,
                             titr_error *err) TITR_NODISCARD;

#endif
