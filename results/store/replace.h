// SPDX-License-Identifier: GPL-3.0-or-later
/* A file comes into being whole or not at all:
 *   begin: NAME.tmp in the same folder   commit: fsync, rename, fsync folder   abort: remove it
 * Between begin and commit the file is written through `fd`, by whoever likes. */
#ifndef TITRI_STORE_REPLACE_H
#define TITRI_STORE_REPLACE_H

#include "titrate/base/status.h"

typedef struct titri_replace {
    char *path, *tmp; /* owned; NULL: nothing begun             */
    int fd;           /* of NAME.tmp, locked until the end      */
} titri_replace;
#define TITRI_REPLACE_NONE ((titri_replace){NULL, NULL, -1})

/* Create an empty NAME.tmp. Refuses a folder that is missing or not writable, a path that is a
 * folder, and a NAME.tmp that another process is writing. */
titr_status titri_replace_begin(titri_replace *r, const char *path, titr_error *err) TITR_NODISCARD;
/* NAME.tmp becomes NAME; r is released in any case, on failure NAME.tmp is removed. */
titr_status titri_replace_commit(titri_replace *r, titr_error *err) TITR_NODISCARD;
/* Remove NAME.tmp and release; fine when nothing was begun. */
void titri_replace_abort(titri_replace *r);

#endif
