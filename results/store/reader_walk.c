// SPDX-License-Identifier: GPL-3.0-or-later
/* Reading all of a run, to verify or to hash it. */
#include "reader.h"
#include "sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct walk {
    titr_reader *r;
    const char *group; /* "" or "/steps" */
    titri_block_fn *block;
    void *ctx;
    titr_status status;
    titr_error *err;
} walk;

static titr_status walk_rows(const walk *w, const char *name, hid_t dataset, hid_t type,
                             size_t rows, titr_error *err)
{
    const size_t size = H5Tget_size(type);
    const size_t fit = TITRI_CHUNK_BYTES / size;
    const size_t most = fit < 1 ? 1 : fit < TITRI_CHUNK_ROWS ? fit : TITRI_CHUNK_ROWS;
    titr_status status = TITR_OK;
    char *values = malloc(most * size);
    if (values == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory to read %s", w->r->path, name);
    }
    for (size_t first = 0; first < rows && status == TITR_OK; first += most) {
        const size_t n = rows - first < most ? rows - first : most;
        if (titri_h5_read_rows(dataset, type, first, n, values) < 0) {
            status = TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: %s is damaged", w->r->path, name);
        } else if (w->block != NULL) {
            w->block(w->ctx, name, values, n * size);
        }
    }
    free(values);
    return status;
}

static titr_status walk_dataset(const walk *w, const char *name, titr_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    size_t rows = 0;
    TITR_TRY(titri_h5_open_column(w->r->file, w->r->path, name, &dataset, &rows, err));
    const hid_t type = H5Dget_type(dataset);
    const H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    titr_status status = TITR_OK;
    if (class == H5T_INTEGER || class == H5T_FLOAT ||
        (class == H5T_STRING && H5Tis_variable_str(type) == 0)) {
        status = walk_rows(w, name, dataset, type, rows, err);
    } else {
        status = titr_fail(err, TITR_ERR_CONFIG, "%s: %s has a type that titrate does not write",
                           w->r->path, name);
    }
    titri_h5_close(type);
    titri_h5_close(dataset);
    return status;
}

static titr_status walk_object(const walk *w, const char *name, const H5L_info_t *info,
                               titr_error *err)
{
    if (info->type != H5L_TYPE_HARD) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: %s is a link, expected data", w->r->path, name);
    }
    const hid_t object = H5Oopen(w->r->file, name, H5P_DEFAULT);
    if (object < 0) {
        return TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: %s is damaged", w->r->path, name);
    }
    const H5I_type_t kind = H5Iget_type(object);
    titri_h5_close(object);
    /* the manifest is read and checked on opening */
    return kind == H5I_GROUP || strcmp(name, "/manifest") == 0 ? TITR_OK
                                                               : walk_dataset(w, name, err);
}

static herr_t walk_one(hid_t group, const char *member, const H5L_info_t *info, void *data)
{
    walk *w = data;
    char name[TITRI_PATH_MAX];
    (void)group;
    const int length = snprintf(name, sizeof name, "%s/%s", w->group, member);
    if (length >= TITRI_PATH_MAX) {
        w->status = titr_fail(w->err, TITR_ERR_CONFIG, "%s: the name %.40s... is too long",
                              w->r->path, name);
    } else {
        w->status = walk_object(w, name, info, w->err);
    }
    return w->status == TITR_OK ? 0 : 1;
}

titr_status titri_reader_walk(titr_reader *r, const char *group, titri_block_fn *block, void *ctx,
                              titr_error *err)
{
    walk w = {r, group, block, ctx, TITR_OK, err};
    const hid_t opened = H5Gopen2(r->file, group[0] == '\0' ? "/" : group, H5P_DEFAULT);
    /* visits each object once, whatever circle its links make */
    const herr_t done =
        opened < 0 ? -1 : H5Lvisit(opened, H5_INDEX_NAME, H5_ITER_INC, walk_one, &w);
    if (done < 0 && w.status == TITR_OK) {
        w.status = TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: %s is damaged", r->path,
                                 group[0] == '\0' ? "the file" : group);
    }
    titri_h5_close(opened);
    return w.status;
}

titr_status titr_reader_verify(titr_reader *r, titr_error *err)
{
    return titri_reader_walk(r, "", NULL, NULL, err);
}

static void add_block(void *ctx, const char *name, const void *values, size_t bytes)
{
    titri_sha256_add(ctx, name, strlen(name) + 1);
    titri_sha256_add(ctx, values, bytes);
}

titr_status titr_reader_sha256(titr_reader *r, char hex[TITR_SHA256_HEX], titr_error *err)
{
    static const char *const groups[] = {
        "/episodes",           "/steps",      "/minutes", "/states", "/observations", "/mask",
        "/final_observations", "/final_mask", "/shield"};
    titri_sha256 sum;
    titri_sha256_init(&sum);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (titri_h5_has(r->file, groups[i])) {
            TITR_TRY(titri_reader_walk(r, groups[i], add_block, &sum, err));
        }
    }
    titri_sha256_hex(&sum, hex);
    return TITR_OK;
}
