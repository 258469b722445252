// SPDX-License-Identifier: GPL-3.0-or-later
/* NAME.tmp as an HDF5 file, from its root attributes to its final name. */
#include "output.h"

#include <errno.h>
#include <string.h>

#define NOTICE "SIMULATED - for research and education, not a medical device"

static hid_t create(titri_output *out)
{
    /* the 1.10 format has checksums in all its metadata; naming it rather than "latest" keeps the
     * bytes the same with a newer library */
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    const hid_t driver = titri_driver_use(access, &out->disk);
    hid_t file = H5I_INVALID_HID;
    if (driver >= 0 && H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_obj_track_times(creation, 0) >= 0) {
        file = H5Fcreate(out->place.tmp, H5F_ACC_TRUNC, creation, access);
    }
    titri_h5_close(creation);
    titri_h5_close(access);
    if (driver >= 0) {
        (void)H5FDunregister(driver); /* an open file keeps its driver */
    }
    return file;
}

static herr_t describe(hid_t file, const char *content)
{
    const int fine = titri_h5_set_text(file, "content", content) >= 0 &&
                     titri_h5_set_int(file, "schema_version", TITR_SCHEMA_VERSION) >= 0 &&
                     titri_h5_set_text(file, "titrate_version", TITR_VERSION) >= 0 &&
                     titri_h5_set_text(file, "notice", NOTICE) >= 0;
    return fine ? 0 : -1;
}

titr_status titri_output_open(titri_output *out, const char *path, const char *content,
                              titr_error *err)
{
    titri_h5_quiet();
    *out = (titri_output){.place = TITRI_REPLACE_NONE, .file = H5I_INVALID_HID};
    TITR_TRY(titri_replace_begin(&out->place, path, err));
    out->disk.fd = out->place.fd;
    out->file = create(out);
    const herr_t done = out->file < 0 ? -1 : describe(out->file, content);
    if (!titri_output_fine(out, done)) {
        const titr_status status = titri_output_fail(out, "", "", err);
        titri_output_abort(out);
        return status;
    }
    return TITR_OK;
}

int titri_output_fine(const titri_output *out, int64_t done)
{
    return done >= 0 && out->disk.error == 0;
}

titr_status titri_output_fail(const titri_output *out, const char *group, const char *name,
                              titr_error *err)
{
    if (out->disk.error != 0) {
        return titr_fail(err, out->disk.error == ENOMEM ? TITR_ERR_NOMEM : TITR_ERR_IO,
                         "cannot write %s: %s", out->place.path, strerror(out->disk.error));
    }
    return TITRI_H5_FAIL(err, TITR_ERR_IO, "cannot write %s%s%s%s%s", out->place.path,
                         group[0] == '\0' ? "" : ": /", group, name[0] == '\0' ? "" : "/", name);
}

titr_status titri_output_manifest(titri_output *out, const char *json, titr_error *err)
{
    return titri_output_fine(out, titri_h5_write_manifest(out->file, json))
               ? TITR_OK
               : titri_output_fail(out, "manifest", "", err);
}

titr_status titri_output_commit(titri_output *out, titr_error *err)
{
    const hid_t file = out->file;
    titr_status status = TITR_OK;
    out->file = H5I_INVALID_HID;
    if (!titri_output_fine(out, H5Fclose(file))) {
        status = titri_output_fail(out, "", "", err);
        titri_replace_abort(&out->place);
        return status;
    }
    return titri_replace_commit(&out->place, err);
}

void titri_output_abort(titri_output *out)
{
    if (out->file >= 0) {
        (void)H5Fclose(out->file);
        out->file = H5I_INVALID_HID;
    }
    titri_replace_abort(&out->place);
}
