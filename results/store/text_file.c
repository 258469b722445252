// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/store/text_file.h"

#include "replace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static titr_status write_bytes(const char *path, const char *bytes, size_t n, titr_error *err)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        return titr_fail(err, TITR_ERR_IO, "cannot write %s: %s", path, strerror(errno));
    }
    const size_t written = fwrite(bytes, 1, n, f);
    const int reason = errno;
    if (fclose(f) != 0 || written != n) {
        return titr_fail(err, TITR_ERR_IO, "cannot write %s: %s", path,
                         strerror(written != n ? reason : errno));
    }
    return TITR_OK;
}

titr_status titr_text_file_write(const char *path, const char *bytes, size_t n, titr_error *err)
{
    titri_replace place;
    TITR_TRY(titri_replace_begin(&place, path, err));
    const titr_status status = write_bytes(place.tmp, bytes, n, err);
    if (status != TITR_OK) {
        titri_replace_abort(&place);
        return status;
    }
    return titri_replace_commit(&place, err);
}
