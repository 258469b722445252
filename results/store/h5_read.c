// SPDX-License-Identifier: GPL-3.0-or-later
/* Reading HDF5 as untrusted input: a file may be cut, damaged, foreign, or made to harm. */
#include "h5.h"

#include "sha256.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_ATTRIBUTE_MAX ((size_t)64 << 10)
#define MANIFEST_MAX ((size_t)64 << 20)
/* gzip cannot make more than 1032 bytes of one: more values than that per stored byte are a lie */
#define EXPANSION_MAX 1100.0
#define CHUNK_BYTES_MAX ((hsize_t)16 << 20)

static titr_status check_is_file(const char *path, titr_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return titr_fail(err, TITR_ERR_IO, "cannot read %s: %s", path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return titr_fail(err, TITR_ERR_IO, "cannot read %s: it is %s, expected a file", path,
                         S_ISDIR(st.st_mode) ? "a folder" : "a device");
    }
    if (st.st_size == 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s is empty, expected a file that titrate wrote",
                         path);
    }
    return TITR_OK;
}

titr_status titri_h5_get_text(hid_t object, const char *file_name, const char *name, char **text,
                              titr_error *err)
{
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    const hid_t type = attribute < 0 ? -1 : H5Aget_type(attribute);
    const hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    titr_status status = TITR_OK;
    *text = NULL;
    if (type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
        H5Tis_variable_str(type) == 0 && H5Sget_simple_extent_type(space) == H5S_SCALAR &&
        H5Tget_size(type) <= TEXT_ATTRIBUTE_MAX) {
        *text = calloc(1, H5Tget_size(type) + 1);
        if (*text == NULL) {
            status =
                titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for attribute %s", file_name, name);
        } else if (H5Aread(attribute, type, *text) < 0) {
            free(*text);
            *text = NULL;
        }
    }
    titri_h5_close(space);
    titri_h5_close(type);
    titri_h5_close(attribute);
    return status;
}

static herr_t get_int(hid_t object, const char *name, int32_t *value)
{
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    const hid_t type = attribute < 0 ? -1 : H5Aget_type(attribute);
    const hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    herr_t status = -1;
    if (type >= 0 && space >= 0 && H5Tequal(type, H5T_STD_I32LE) > 0 &&
        H5Sget_simple_extent_type(space) == H5S_SCALAR) {
        status = H5Aread(attribute, H5T_STD_I32LE, value);
    }
    titri_h5_close(space);
    titri_h5_close(type);
    titri_h5_close(attribute);
    return status;
}

static titr_status check_content(hid_t file, const char *path, const char *content, titr_error *err)
{
    int32_t schema = 0;
    char *found = NULL;
    titr_status status = TITR_OK;
    TITR_TRY(titri_h5_get_text(file, path, "content", &found, err));
    if (found == NULL || get_int(file, "schema_version", &schema) < 0 || schema < 1) {
        status = titr_fail(err, TITR_ERR_CONFIG, "%s was not written by titrate: expected a %s",
                           path, content);
    } else if (strcmp(found, content) != 0) {
        status =
            titr_fail(err, TITR_ERR_CONFIG, "%s is a %.40s, expected a %s", path, found, content);
    } else if (schema > TITR_SCHEMA_VERSION) {
        status = titr_fail(err, TITR_ERR_CONFIG,
                           "%s has schema version %d, this titrate reads up to %d: use a newer one",
                           path, (int)schema, TITR_SCHEMA_VERSION);
    }
    free(found);
    return status;
}

titr_status titri_h5_open_file(const char *path, const char *content, hid_t *file, titr_error *err)
{
    titri_h5_quiet();
    TITR_TRY(check_is_file(path, err));
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    (void)H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    const hid_t opened = H5Fopen(path, H5F_ACC_RDONLY, access);
    titri_h5_close(access);
    if (opened < 0) {
        return TITRI_H5_FAIL(err, TITR_ERR_CONFIG,
                             "%s cannot be read: cut off, damaged, or not an HDF5 file", path);
    }
    const titr_status status = check_content(opened, path, content, err);
    if (status != TITR_OK) {
        (void)H5Fclose(opened);
        return status;
    }
    *file = opened;
    return TITR_OK;
}

/* Every name on the way is a hard link: no other file is opened on behalf of this one. */
int titri_h5_has(hid_t file, const char *path)
{
    char prefix[1024];
    const size_t n = strlen(path);
    if (n >= sizeof prefix) {
        return 0;
    }
    for (size_t i = 1; i <= n; i++) {
        H5L_info_t info;
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        memcpy(prefix, path, i);
        prefix[i] = '\0';
        if (H5Lexists(file, prefix, H5P_DEFAULT) <= 0 ||
            H5Lget_info(file, prefix, &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD) {
            return 0;
        }
    }
    return n > 0;
}

typedef struct extent {
    int rank;
    hsize_t size[H5S_MAX_RANK];
    hsize_t elements;
} extent;

static herr_t get_extent(hid_t dataset, extent *e)
{
    const hid_t space = H5Dget_space(dataset);
    e->rank = space < 0 || H5Sget_simple_extent_type(space) == H5S_NULL
                  ? -1
                  : H5Sget_simple_extent_dims(space, e->size, NULL);
    e->elements = 1;
    for (int i = 0; i < e->rank; i++) {
        const hsize_t most = (hsize_t)1 << 48;
        e->elements =
            e->size[i] != 0 && e->elements > most / e->size[i] ? most : e->elements * e->size[i];
    }
    titri_h5_close(space);
    return e->rank;
}

static hsize_t count_chunks(hid_t dataset)
{
    hsize_t n = 0;
    const hid_t space = H5Dget_space(dataset);
    const herr_t done = space < 0 ? -1 : H5Dget_num_chunks(dataset, space, &n);
    titri_h5_close(space);
    return done < 0 ? HSIZE_UNDEF : n;
}

/* Chunks are of sane size and all there: a missing one would be read as zeros without an error. */
static int chunks_are_whole(hid_t dataset, hid_t properties, const extent *e, size_t bytes)
{
    hsize_t chunk[H5S_MAX_RANK];
    hsize_t expected = e->elements > 0;
    hsize_t elements = 1;
    if (H5Pget_chunk(properties, H5S_MAX_RANK, chunk) != e->rank) {
        return 0;
    }
    for (int i = 0; i < e->rank && e->elements > 0; i++) {
        if (chunk[i] == 0 || chunk[i] > CHUNK_BYTES_MAX) {
            return 0;
        }
        expected *= (e->size[i] + chunk[i] - 1) / chunk[i];
        elements = elements > CHUNK_BYTES_MAX ? elements : elements * chunk[i];
    }
    return count_chunks(dataset) == expected && elements <= CHUNK_BYTES_MAX &&
           elements * bytes <= CHUNK_BYTES_MAX;
}

/* The storage is in this file and can hold what the shape promises. */
static int storage_is_sound(hid_t dataset, const extent *e, size_t bytes)
{
    const hid_t properties = H5Dget_create_plist(dataset);
    const double promised = (double)e->elements * (double)bytes;
    const double stored = (double)H5Dget_storage_size(dataset);
    const H5D_layout_t layout = properties < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(properties);
    int sound = bytes > 0 && promised <= stored * EXPANSION_MAX;
    if (layout == H5D_CHUNKED) {
        sound = sound && chunks_are_whole(dataset, properties, e, bytes);
    } else {
        sound = sound && (layout == H5D_CONTIGUOUS || layout == H5D_COMPACT) &&
                H5Pget_external_count(properties) == 0 && promised <= stored;
    }
    titri_h5_close(properties);
    return sound;
}

titr_status titri_h5_open_dataset(hid_t file, const char *file_name, const char *name,
                                  hid_t *dataset, titr_error *err)
{
    if (!titri_h5_has(file, name)) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s has no %s", file_name, name);
    }
    const hid_t opened = H5Dopen2(file, name, H5P_DEFAULT);
    if (opened < 0) {
        return TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: %s is damaged", file_name, name);
    }
    extent e;
    const hid_t type = H5Dget_type(opened);
    const int sound =
        type >= 0 && get_extent(opened, &e) >= 0 && storage_is_sound(opened, &e, H5Tget_size(type));
    titri_h5_close(type);
    if (!sound) {
        titri_h5_close(opened);
        return TITRI_H5_FAIL(err, TITR_ERR_CONFIG,
                             "%s: %s is damaged: its data are not what its shape promises",
                             file_name, name);
    }
    *dataset = opened;
    return TITR_OK;
}

titr_status titri_h5_open_column(hid_t file, const char *file_name, const char *name,
                                 hid_t *dataset, size_t *rows, titr_error *err)
{
    hid_t opened = H5I_INVALID_HID;
    extent e;
    TITR_TRY(titri_h5_open_dataset(file, file_name, name, &opened, err));
    if (get_extent(opened, &e) != 1) {
        titri_h5_close(opened);
        return titr_fail(err, TITR_ERR_CONFIG, "%s: %s has %d dimensions, expected 1", file_name,
                         name, e.rank);
    }
    *dataset = opened;
    *rows = e.size[0];
    return TITR_OK;
}

static titr_status check_sum(hid_t dataset, const char *file_name, const char *json,
                             titr_error *err)
{
    char hex[TITR_SHA256_HEX];
    titri_sha256 sum;
    char *expected = NULL;
    TITR_TRY(titri_h5_get_text(dataset, file_name, "sha256", &expected, err));
    titri_sha256_init(&sum);
    titri_sha256_add(&sum, json, strlen(json));
    titri_sha256_hex(&sum, hex);
    const int equal = expected != NULL && strcmp(expected, hex) == 0;
    free(expected);
    return equal ? TITR_OK
                 : titr_fail(err, TITR_ERR_CONFIG, "%s: /manifest is damaged: its SHA-256 differs",
                             file_name);
}

titr_status titri_h5_read_manifest(hid_t file, const char *file_name, char **json, titr_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    TITR_TRY(titri_h5_open_dataset(file, file_name, "/manifest", &dataset, err));
    extent e;
    const hid_t type = H5Dget_type(dataset);
    char *text = NULL;
    titr_status status = TITR_OK;
    if (get_extent(dataset, &e) != 0 || H5Tget_class(type) != H5T_STRING ||
        H5Tis_variable_str(type) != 0 || H5Tget_size(type) > MANIFEST_MAX) {
        status = titr_fail(err, TITR_ERR_CONFIG, "%s: /manifest is not one text", file_name);
        goto done;
    }
    text = calloc(1, H5Tget_size(type) + 1);
    if (text == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for /manifest", file_name);
        goto done;
    }
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0) {
        status = TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: /manifest is damaged", file_name);
        goto done;
    }
    status = check_sum(dataset, file_name, text, err);
    if (status == TITR_OK) {
        *json = text;
        text = NULL;
    }
done:
    free(text);
    titri_h5_close(type);
    titri_h5_close(dataset);
    return status;
}
