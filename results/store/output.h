// SPDX-License-Identifier: GPL-3.0-or-later
/* An HDF5 file while it is written: NAME.tmp, its handle, and what went wrong with it. */
#ifndef TITRI_STORE_OUTPUT_H
#define TITRI_STORE_OUTPUT_H

#include "driver.h"
#include "h5.h"
#include "replace.h"

typedef struct titri_output {
    titri_replace place;
    titri_disk disk;
    hid_t file;
} titri_output;

/* Begin NAME.tmp with the root attributes. `out` must not move until it is released. */
titr_status titri_output_open(titri_output *out, const char *path, const char *content,
                              titr_error *err) TITR_NODISCARD;
/* 1 if HDF5 was content with a step (`done` >= 0) and so is the disk. */
int titri_output_fine(const titri_output *out, int64_t done);
/* The failure of `what` ("/steps/reward"; "" for the file): the disk's reason, else HDF5's. */
titr_status titri_output_fail(const titri_output *out, const char *group, const char *name,
                              titr_error *err);
/* The manifest, once. */
titr_status titri_output_manifest(titri_output *out, const char *json,
                                  titr_error *err) TITR_NODISCARD;
/* Close, fsync, rename. Released in any case; on failure NAME.tmp is removed. */
titr_status titri_output_commit(titri_output *out, titr_error *err) TITR_NODISCARD;
/* Remove NAME.tmp and release; fine on one that failed to open. */
void titri_output_abort(titri_output *out);

#endif
