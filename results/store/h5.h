// SPDX-License-Identifier: GPL-3.0-or-later
/* HDF5 as the store uses it: every call checked, every failure one line. Handles follow HDF5's
 * convention: negative = failed, and HDF5's own error stack tells why until the next call. */
#ifndef TITRI_STORE_H5_H
#define TITRI_STORE_H5_H

#include "layout.h"

#include <hdf5.h>

#define TITRI_CHUNK_ROWS 65536
#define TITRI_CHUNK_BYTES ((size_t)1 << 20) /* a chunk of a wide column has fewer rows */
#define TITRI_PATH_MAX 512                  /* of a name inside the file */
#define TITRI_CONTENT_RUN "titrate run"
#define TITRI_CONTENT_TASK "titrate task run"
#define TITRI_CONTENT_CHECKPOINT "titrate checkpoint"

/* No printing by HDF5, no filter plugins. First call of every way into the store. */
void titri_h5_quiet(void);

/* The failure that HDF5 just reported. A reason of the system's (full disk) gives TITR_ERR_IO,
 * anything else `code`. `format` tells what could not be done. */
titr_status titri_h5_fail_at(titr_error *err, titr_status code, const char *file, int line,
                             const char *format, ...) TITR_PRINTF(5, 6);
#define TITRI_H5_FAIL(err, code, ...)                                                              \
    titri_h5_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)

/* Close any handle but a file's; keeps the reason of an earlier failure, a negative id is fine. */
void titri_h5_close(hid_t id);

/* 1 if "a/b" names members and nothing else: no empty name, "." or "..". */
int titri_h5_names_members(const char *path);

/* Type of a value in the file (little-endian, IEEE); TEXT: UTF-8 of `size` bytes. Caller closes. */
hid_t titri_h5_type(titri_kind kind, size_t size);

/* --- writing --- */
/* Group by path from `parent`, missing ones made. Caller closes. */
hid_t titri_h5_make_group(hid_t parent, const char *path);
/* 1-D dataset with unit, description and source. rows = 0: it can grow. Caller closes. */
hid_t titri_h5_create_column(hid_t group, const titri_column *column, size_t rows,
                             size_t chunk_rows, titr_compression compression);
herr_t titri_h5_write_rows(hid_t dataset, size_t first, size_t rows, const void *values);
herr_t titri_h5_set_text(hid_t object, const char *name, const char *text);
herr_t titri_h5_set_int(hid_t object, const char *name, int value);
/* Creation properties of a dataset whose content does not depend on when it was made. */
hid_t titri_h5_dataset_properties(void);
/* The text /manifest and its SHA-256. */
herr_t titri_h5_write_manifest(hid_t file, const char *json);

/* --- reading: nothing in the file is believed before it was checked --- */
/* Opens a file of this content and schema. */
titr_status titri_h5_open_file(const char *path, const char *content, hid_t *file,
                               titr_error *err) TITR_NODISCARD;
/* A dataset reached through hard links only, with local storage as large as its shape says. */
titr_status titri_h5_open_dataset(hid_t file, const char *file_name, const char *name,
                                  hid_t *dataset, titr_error *err) TITR_NODISCARD;
/* The same, and 1-D. */
titr_status titri_h5_open_column(hid_t file, const char *file_name, const char *name,
                                 hid_t *dataset, size_t *rows, titr_error *err) TITR_NODISCARD;
/* 1 if the path exists, hard links only. */
int titri_h5_has(hid_t file, const char *path);
herr_t titri_h5_read_rows(hid_t dataset, hid_t memory_type, size_t first, size_t rows,
                          void *values);
/* Scalar text attribute. @param[out] text malloc'ed; NULL when there is none that can be read. */
titr_status titri_h5_get_text(hid_t object, const char *file_name, const char *name, char **text,
                              titr_error *err) TITR_NODISCARD;
titr_status titri_h5_read_manifest(hid_t file, const char *file_name, char **json,
                                   titr_error *err) TITR_NODISCARD;

#endif
