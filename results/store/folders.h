// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TITRI_STORE_FOLDERS_H
#define TITRI_STORE_FOLDERS_H

#include "titrate/base/status.h"

#include <stddef.h>

/* Make the folders that a path names before each of its slashes from byte `from` on, where they are
 * missing. The path is as before afterwards. */
titr_status titri_make_folders(char *path, size_t from, titr_error *err) TITR_NODISCARD;

#endif
