// SPDX-License-Identifier: GPL-3.0-or-later
/* HDF5: the reason of a failure, types, and making files, groups, columns and attributes. */
#include "h5.h"

#include "filter.h"
#include "sha256.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void titri_h5_quiet(void)
{
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    (void)H5PLset_loading_state(0); /* a foreign file must not choose code to load */
}

/* What the error stack says: the system's reason if there is one, else the innermost text. */
typedef struct reason {
    char system[128], inner[160];
} reason;

static herr_t look(unsigned n, const H5E_error2_t *e, void *data)
{
    static const char mark[] = "error message = '";
    reason *r = data;
    const char *text = e->desc == NULL ? "" : e->desc;
    if (n == 0) {
        (void)snprintf(r->inner, sizeof r->inner, "%s", text);
    }
    const char *found = strstr(text, mark);
    if (found != NULL && r->system[0] == '\0') {
        found += sizeof mark - 1;
        const int length = (int)strcspn(found, "'");
        (void)snprintf(r->system, sizeof r->system, "%.*s", length, found);
    }
    return 0;
}

titr_status titri_h5_fail_at(titr_error *err, titr_status code, const char *file, int line,
                             const char *format, ...)
{
    reason r = {.system = "", .inner = ""};
    char what[384];
    va_list args;
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, look, &r);
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (r.system[0] != '\0') {
        return titr_fail_at(err, TITR_ERR_IO, file, line, "%s: %s", what, r.system);
    }
    if (r.inner[0] != '\0') {
        return titr_fail_at(err, code, file, line, "%s (%s)", what, r.inner);
    }
    return titr_fail_at(err, code, file, line, "%s", what);
}

void titri_h5_close(hid_t id)
{
    if (id >= 0) {
        const hid_t why = H5Eget_current_stack();
        (void)H5Idec_ref(id);
        (void)H5Eset_current_stack(why);
    }
}

int titri_h5_names_members(const char *path)
{
    const char *name = path;
    for (;;) {
        const size_t n = strcspn(name, "/");
        if (n == 0 || (n == 1 && name[0] == '.') || (n == 2 && name[0] == '.' && name[1] == '.')) {
            return 0;
        }
        if (name[n] == '\0') {
            return 1;
        }
        name += n + 1;
    }
}

static hid_t text_type(size_t size)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    if (H5Tset_size(type, size) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
        H5Tset_strpad(type, H5T_STR_NULLTERM) < 0) {
        titri_h5_close(type);
        return H5I_INVALID_HID;
    }
    return type;
}

hid_t titri_h5_type(titri_kind kind, size_t size)
{
    switch (kind) {
    case TITRI_F64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case TITRI_F32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case TITRI_I32:
        return H5Tcopy(H5T_STD_I32LE);
    case TITRI_I16:
        return H5Tcopy(H5T_STD_I16LE);
    case TITRI_I8:
        return H5Tcopy(H5T_STD_I8LE);
    case TITRI_TEXT:
        return text_type(size);
    }
    return H5I_INVALID_HID;
}

static herr_t set_attribute(hid_t object, const char *name, hid_t type, const void *value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const herr_t status = attribute < 0 ? -1 : H5Awrite(attribute, type, value);
    titri_h5_close(attribute);
    titri_h5_close(space);
    return status;
}

herr_t titri_h5_set_text(hid_t object, const char *name, const char *text)
{
    const hid_t type = text_type(strlen(text) + 1);
    const herr_t status = type < 0 ? -1 : set_attribute(object, name, type, text);
    titri_h5_close(type);
    return status;
}

herr_t titri_h5_set_int(hid_t object, const char *name, int value)
{
    const int32_t stored = value;
    return set_attribute(object, name, H5T_STD_I32LE, &stored);
}

/* Member `name` of `parent`, opened or made. */
static hid_t step_into(hid_t parent, const char *name, hid_t properties)
{
    const htri_t there = H5Lexists(parent, name, H5P_DEFAULT);
    if (there < 0) {
        return H5I_INVALID_HID;
    }
    return there > 0 ? H5Gopen2(parent, name, H5P_DEFAULT)
                     : H5Gcreate2(parent, name, H5P_DEFAULT, properties, H5P_DEFAULT);
}

hid_t titri_h5_make_group(hid_t parent, const char *path)
{
    /* one level at a time: groups that HDF5 makes on the way would carry the time of day */
    char names[TITRI_PATH_MAX];
    const size_t bytes = strlen(path) + 1;
    if (bytes > sizeof names) {
        return H5I_INVALID_HID;
    }
    memcpy(names, path, bytes);
    const hid_t properties = H5Pcreate(H5P_GROUP_CREATE);
    (void)H5Pset_obj_track_times(properties, 0);
    /* a table's columns keep their order */
    (void)H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    hid_t group = H5Gopen2(parent, ".", H5P_DEFAULT);
    char *rest = NULL;
    for (char *name = strtok_r(names, "/", &rest); name != NULL && group >= 0;
         name = strtok_r(NULL, "/", &rest)) {
        const hid_t next = step_into(group, name, properties);
        titri_h5_close(group);
        group = next;
    }
    titri_h5_close(properties);
    return group;
}

hid_t titri_h5_dataset_properties(void)
{
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    if (properties >= 0 && H5Pset_obj_track_times(properties, 0) < 0) {
        titri_h5_close(properties);
        return H5I_INVALID_HID;
    }
    return properties;
}

static herr_t set_filters(hid_t properties, size_t chunk_rows, const titri_column *column,
                          titr_compression compression)
{
    const hsize_t chunk = chunk_rows;
    herr_t status = H5Pset_chunk(properties, 1, &chunk);
    if (compression == TITR_COMPRESS_GZIP && status >= 0) {
        status = titri_filter_shuffles(column) ? H5Pset_shuffle(properties) : 0;
        status = status < 0 ? status : H5Pset_deflate(properties, 1);
    }
    return status < 0 ? status : H5Pset_fletcher32(properties);
}

/* The dataset alone, without attributes. */
static hid_t create_plain(hid_t group, const titri_column *column, size_t rows, size_t chunk_rows,
                          titr_compression compression)
{
    const hsize_t size = rows;
    const hsize_t most = rows == 0 ? H5S_UNLIMITED : rows;
    const hid_t properties = titri_h5_dataset_properties();
    const hid_t type = titri_h5_type(column->kind, column->size);
    const hid_t space = H5Screate_simple(1, &size, &most);
    /* columns are written in whole chunks: the chunk cache would only copy them once more */
    const hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    hid_t dataset = H5I_INVALID_HID;
    if (type >= 0 && space >= 0 && H5Pset_chunk_cache(access, 0, 0, 1.0) >= 0 &&
        set_filters(properties, chunk_rows, column, compression) >= 0) {
        dataset = H5Dcreate2(group, column->name, type, space, H5P_DEFAULT, properties, access);
    }
    titri_h5_close(access);
    titri_h5_close(space);
    titri_h5_close(type);
    titri_h5_close(properties);
    return dataset;
}

hid_t titri_h5_create_column(hid_t group, const titri_column *column, size_t rows,
                             size_t chunk_rows, titr_compression compression)
{
    const hid_t dataset = create_plain(group, column, rows, chunk_rows, compression);
    if (dataset >= 0 && (titri_h5_set_text(dataset, "unit", column->unit) < 0 ||
                         titri_h5_set_text(dataset, "description", column->doc) < 0 ||
                         titri_h5_set_text(dataset, "source", column->source) < 0)) {
        titri_h5_close(dataset);
        return H5I_INVALID_HID;
    }
    return dataset;
}

/* Rows [first, first + rows) of a 1-D dataset as selection of its file space. */
static hid_t select_rows(hid_t dataset, size_t first, size_t rows)
{
    const hsize_t start = first;
    const hsize_t count = rows;
    const hid_t space = H5Dget_space(dataset);
    if (space >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) < 0) {
        titri_h5_close(space);
        return H5I_INVALID_HID;
    }
    return space;
}

herr_t titri_h5_write_rows(hid_t dataset, size_t first, size_t rows, const void *values)
{
    const hsize_t count = rows;
    const hid_t type = H5Dget_type(dataset);
    const hid_t space = select_rows(dataset, first, rows);
    const hid_t memory = H5Screate_simple(1, &count, NULL);
    herr_t status = -1;
    if (type >= 0 && space >= 0 && memory >= 0) {
        status = H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, values);
    }
    titri_h5_close(memory);
    titri_h5_close(space);
    titri_h5_close(type);
    return status;
}

herr_t titri_h5_read_rows(hid_t dataset, hid_t type, size_t first, size_t rows, void *values)
{
    const hsize_t count = rows;
    const hid_t space = select_rows(dataset, first, rows);
    const hid_t memory = H5Screate_simple(1, &count, NULL);
    herr_t status = -1;
    if (space >= 0 && memory >= 0) {
        status = H5Dread(dataset, type, memory, space, H5P_DEFAULT, values);
    }
    titri_h5_close(memory);
    titri_h5_close(space);
    return status;
}

herr_t titri_h5_write_manifest(hid_t file, const char *json)
{
    const hid_t properties = titri_h5_dataset_properties();
    const hid_t type = text_type(strlen(json) + 1);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t dataset =
        H5Dcreate2(file, "manifest", type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    herr_t status = -1;
    if (dataset >= 0) {
        char hex[TITR_SHA256_HEX];
        titri_sha256 sum;
        titri_sha256_init(&sum);
        titri_sha256_add(&sum, json, strlen(json));
        titri_sha256_hex(&sum, hex);
        status = H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, json);
        /* a scalar has no chunks and so no Fletcher32: readers check this instead */
        status = status < 0 ? status : titri_h5_set_text(dataset, "sha256", hex);
    }
    titri_h5_close(dataset);
    titri_h5_close(space);
    titri_h5_close(type);
    titri_h5_close(properties);
    return status;
}
