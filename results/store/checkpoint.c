// SPDX-License-Identifier: GPL-3.0-or-later
/* HDF5 back end of the state visitor: one dataset per value under /state, shapes as visited. */
#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct checkpoint {
    titr_visitor base;
    titri_output out;           /* while saving           */
    hid_t file;                 /* while loading          */
    const char *path;           /* for messages, borrowed */
    char group[TITRI_PATH_MAX]; /* "state/agent/q"        */
} checkpoint;

/* A value's shape as stored: a scalar is a vector of one. */
typedef struct shape {
    int rank;
    hsize_t size[H5S_MAX_RANK];
    hsize_t elements;
} shape;

static hid_t type_of(titr_dtype dtype)
{
    switch (dtype) {
    case TITR_F64:
        return H5T_IEEE_F64LE;
    case TITR_F32:
        return H5T_IEEE_F32LE;
    case TITR_I64:
        return H5T_STD_I64LE;
    case TITR_I32:
        return H5T_STD_I32LE;
    case TITR_U32:
        return H5T_STD_U32LE;
    case TITR_U8:
        return H5T_STD_U8LE;
    }
    return H5I_INVALID_HID;
}

static titr_status shape_of(const checkpoint *c, const char *name, size_t dims, const size_t *size,
                            shape *s, titr_error *err)
{
    if (!titri_h5_names_members(name) || strchr(name, '/') != NULL || dims > H5S_MAX_RANK) {
        return titr_fail(err, TITR_ERR_ARG, "%s: '%s' with %zu dimensions cannot be a value",
                         c->path, name, dims);
    }
    *s = (shape){.rank = dims == 0 ? 1 : (int)dims, .size = {1}, .elements = 1};
    for (size_t i = 0; i < dims; i++) {
        s->size[i] = size[i];
        s->elements *= size[i];
    }
    return TITR_OK;
}

/* "3 x 4" */
static void print_shape(const shape *s, char text[128])
{
    size_t at = 0;
    text[0] = '\0';
    for (int i = 0; i < s->rank && at < 100; i++) {
        at += (size_t)snprintf(text + at, 128 - at, "%s%llu", i == 0 ? "" : " x ",
                               (unsigned long long)s->size[i]);
    }
}

/* --- saving --- */

/* Chunks of at most TITRI_CHUNK_BYTES, so that each piece has its Fletcher32. */
static herr_t set_chunks(hid_t properties, const shape *s, size_t bytes)
{
    hsize_t chunk[H5S_MAX_RANK];
    hsize_t total = s->elements * bytes;
    if (s->elements == 0) {
        return 0; /* nothing to protect, and chunks cannot be empty */
    }
    memcpy(chunk, s->size, sizeof chunk);
    for (int i = 0; i < s->rank; i++) {
        while (total > TITRI_CHUNK_BYTES && chunk[i] > 1) {
            total /= chunk[i];
            chunk[i] = (chunk[i] + 1) / 2;
            total *= chunk[i];
        }
    }
    const herr_t status = H5Pset_chunk(properties, s->rank, chunk);
    return status < 0 ? status : H5Pset_fletcher32(properties);
}

static titr_status save_value(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                              const size_t *size, void *data, titr_error *err)
{
    checkpoint *c = (checkpoint *)v;
    shape s = {.rank = 0};
    titr_status status = TITR_OK;
    TITR_TRY(shape_of(c, name, dims, size, &s, err));
    const hid_t group = titri_h5_make_group(c->out.file, c->group);
    const hid_t properties = titri_h5_dataset_properties();
    const hid_t space = H5Screate_simple(s.rank, s.size, NULL);
    hid_t dataset = H5I_INVALID_HID;
    herr_t done = -1;
    if (group >= 0 && set_chunks(properties, &s, titr_dtype_size(dtype)) >= 0) {
        dataset =
            H5Dcreate2(group, name, type_of(dtype), space, H5P_DEFAULT, properties, H5P_DEFAULT);
    }
    if (dataset >= 0) {
        done = s.elements == 0
                   ? 0
                   : H5Dwrite(dataset, type_of(dtype), H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
    }
    if (!titri_output_fine(&c->out, done)) {
        status = titri_output_fail(&c->out, c->group, name, err);
    }
    titri_h5_close(dataset);
    titri_h5_close(space);
    titri_h5_close(properties);
    titri_h5_close(group);
    return status;
}

/* --- loading --- */

static titr_status check_type(const checkpoint *c, const char *name, hid_t dataset,
                              titr_dtype dtype, titr_error *err)
{
    const hid_t type = H5Dget_type(dataset);
    const int equal = type >= 0 && H5Tequal(type, type_of(dtype)) > 0;
    titri_h5_close(type);
    return equal ? TITR_OK
                 : titr_fail(err, TITR_ERR_CONFIG, "%s: /%s/%s has another type than expected",
                             c->path, c->group, name);
}

static titr_status check_shape(const checkpoint *c, const char *name, hid_t dataset, const shape *s,
                               titr_error *err)
{
    shape found = {.size = {0}};
    char expected_text[128];
    char found_text[128];
    const hid_t space = H5Dget_space(dataset);
    found.rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, found.size, NULL);
    titri_h5_close(space);
    if (found.rank == s->rank &&
        memcmp(found.size, s->size, (size_t)s->rank * sizeof s->size[0]) == 0) {
        return TITR_OK;
    }
    print_shape(&found, found_text);
    print_shape(s, expected_text);
    return titr_fail(err, TITR_ERR_CONFIG, "%s: /%s/%s has shape %s, expected %s", c->path,
                     c->group, name, found_text, expected_text);
}

static titr_status load_value(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                              const size_t *size, void *data, titr_error *err)
{
    const checkpoint *c = (const checkpoint *)v;
    char path[2 * TITRI_PATH_MAX];
    shape s = {.rank = 0};
    hid_t dataset = H5I_INVALID_HID;
    TITR_TRY(shape_of(c, name, dims, size, &s, err));
    (void)snprintf(path, sizeof path, "/%s/%s", c->group, name);
    TITR_TRY(titri_h5_open_dataset(c->file, c->path, path, &dataset, err));
    titr_status status = check_type(c, name, dataset, dtype, err);
    if (status == TITR_OK) {
        status = check_shape(c, name, dataset, &s, err);
    }
    if (status == TITR_OK && s.elements > 0 &&
        H5Dread(dataset, type_of(dtype), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
        status = TITRI_H5_FAIL(err, TITR_ERR_CONFIG, "%s: %s is damaged", c->path, path);
    }
    titri_h5_close(dataset);
    return status;
}

/* --- groups --- */

static titr_status enter(titr_visitor *v, const char *name, titr_error *err)
{
    checkpoint *c = (checkpoint *)v;
    const size_t n = strlen(c->group);
    if (!titri_h5_names_members(name) || strchr(name, '/') != NULL ||
        n + strlen(name) + 2 > sizeof c->group) {
        return titr_fail(err, TITR_ERR_ARG, "%s: '%s' in /%s cannot be a group", c->path, name,
                         c->group);
    }
    (void)snprintf(c->group + n, sizeof c->group - n, "/%s", name);
    return TITR_OK;
}

static titr_status leave(titr_visitor *v, titr_error *err)
{
    checkpoint *c = (checkpoint *)v;
    char *slash = strrchr(c->group, '/');
    if (slash == NULL) {
        return titr_fail(err, TITR_ERR_ARG, "%s: left a group that was not entered", c->path);
    }
    *slash = '\0';
    return TITR_OK;
}

titr_status titr_checkpoint_save(const char *path, const char *manifest_json,
                                 titr_status (*visit)(void *ctx, titr_visitor *v, titr_error *err),
                                 void *ctx, titr_error *err)
{
    checkpoint c = {.base = {0, save_value, enter, leave}, .path = path, .group = "state"};
    TITR_TRY(titri_output_open(&c.out, path, TITRI_CONTENT_CHECKPOINT, err));
    titr_status status =
        titri_output_manifest(&c.out, manifest_json == NULL ? "{}" : manifest_json, err);
    if (status == TITR_OK) {
        status = visit(ctx, &c.base, err);
    }
    if (status != TITR_OK) {
        titri_output_abort(&c.out);
        return status;
    }
    return titri_output_commit(&c.out, err);
}

/* The line of a difference, or what of it there is room for. */
static void excerpt(const char *text, size_t at, char out[73])
{
    size_t from = at;
    while (from > 0 && text[from - 1] != '\n') {
        from--;
    }
    from += strspn(text + from, " ");
    (void)snprintf(out, 73, "%.*s", (int)strcspn(text + from, ",\n"), text + from);
    for (char *p = out; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ') {
            *p = ' ';
        }
    }
}

static titr_status check_manifest(const checkpoint *c, const char *expected, titr_error *err)
{
    char *found = NULL;
    TITR_TRY(titri_h5_read_manifest(c->file, c->path, &found, err));
    titr_status status = TITR_OK;
    if (expected != NULL && strcmp(found, expected) != 0) {
        char is[73];
        char should[73];
        size_t at = 0;
        while (found[at] != '\0' && found[at] == expected[at]) {
            at++;
        }
        excerpt(found, at, is);
        excerpt(expected, at, should);
        status = titr_fail(err, TITR_ERR_CONFIG,
                           "%s was saved by another set-up: its manifest has %s, expected %s",
                           c->path, is, should);
    }
    free(found);
    return status;
}

titr_status titr_checkpoint_load(const char *path, const char *manifest_json,
                                 titr_status (*visit)(void *ctx, titr_visitor *v, titr_error *err),
                                 void *ctx, titr_error *err)
{
    checkpoint c = {.base = {1, load_value, enter, leave}, .path = path, .group = "state"};
    TITR_TRY(titri_h5_open_file(path, TITRI_CONTENT_CHECKPOINT, &c.file, err));
    titr_status status = check_manifest(&c, manifest_json, err);
    if (status == TITR_OK) {
        status = visit(ctx, &c.base, err);
    }
    (void)H5Fclose(c.file);
    return status;
}
