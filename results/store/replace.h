// SPDX-License-Identifier: GPL-3.0-or-later
/* A file comes into being whole or not at all:
 *   begin: NAME.tmp in the same folder   commit: fsync, rename, fsync folder   abort: remove it
 * The file is written between begin and commit by whoever likes, under the name `tmp`. */
#ifndef TITRI_STORE_REPLACE_H
#define TITRI_STORE_REPLACE_H

#include "titrate/base/status.h"

typedef struct titri_replace {
    char *path, *tmp; /* owned */
} titri_replace;

/* Create an empty NAME.tmp. Refuses a folder that is missing or not writable, a path that is a
 * folder, and a NAME.tmp that another process is writing. */
titr_status titri_replace_begin(titri_replace *r, const char *path, titr_error *err) TITR_NODISCARD;
/* The closed NAME.tmp becomes NAME; r is released in any case, on failure NAME.tmp is removed. */
titr_status titri_replace_commit(titri_replace *r, titr_error *err) TITR_NODISCARD;
/* Remove NAME.tmp and release; fine on a zeroed or released record. */
void titri_replace_abort(titri_replace *r);

#endif
