// SPDX-License-Identifier: GPL-3.0-or-later
#include "folders.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

titr_status titri_make_folders(char *path, size_t from, titr_error *err)
{
    for (size_t i = from; path[i] != '\0'; i++) {
        if (path[i] != '/') {
            continue;
        }
        path[i] = '\0';
        const int made = mkdir(path, 0777);
        const titr_status status =
            made == 0 || errno == EEXIST
                ? TITR_OK
                : titr_fail(err, TITR_ERR_IO, "cannot make folder %s: %s", path, strerror(errno));
        path[i] = '/';
        TITR_TRY(status);
    }
    return TITR_OK;
}
