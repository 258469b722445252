// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns through chunk-sized buffers. Memory: chunk_rows x bytes of a row, whatever the length. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Rows of a chunk, so that no column's chunk exceeds TITRI_CHUNK_BYTES. */
static size_t rows_of_chunk(const titri_column *column, size_t n_columns)
{
    size_t rows = TITRI_CHUNK_ROWS;
    for (size_t c = 0; c < n_columns; c++) {
        const size_t fit = TITRI_CHUNK_BYTES / column[c].size;
        rows = fit < rows ? fit : rows;
    }
    return rows == 0 ? 1 : rows;
}

titr_status titri_table_init(titri_table *t, titri_output *out, const char *group,
                             const titri_column *column, size_t n_columns,
                             const titri_filters *filters, titr_error *err)
{
    *t = (titri_table){.out = out,
                       .group = group,
                       .filters = filters,
                       .column = column,
                       .n_columns = n_columns,
                       .chunk_rows = rows_of_chunk(column, n_columns)};
    t->chunk = calloc(n_columns, sizeof *t->chunk);
    t->order = calloc(n_columns, sizeof *t->order);
    int complete = t->chunk != NULL && t->order != NULL;
    for (size_t c = 0; t->chunk != NULL && c < n_columns; c++) {
        t->chunk[c].dataset = H5I_INVALID_HID;
    }
    for (size_t c = 0; complete && c < n_columns; c++) {
        t->order[c] = c;
        t->chunk[c].values = malloc(t->chunk_rows * column[c].size + TITRI_FLETCHER32_BYTES);
        complete = t->chunk[c].values != NULL;
    }
    if (!complete) {
        titri_table_fini(t);
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for the columns of /%s",
                         out->place.path, group);
    }
    return TITR_OK;
}

/* @param[in] chunk rows of it. @param[in] rows of the table if that is known, else 0. */
static titr_status make_datasets(titri_table *t, size_t chunk, size_t rows, titr_error *err)
{
    const hid_t group = titri_h5_make_group(t->out->file, t->group);
    titr_status status = group < 0 ? titri_output_fail(t->out, t->group, "", err) : TITR_OK;
    for (size_t c = 0; c < t->n_columns && status == TITR_OK; c++) {
        t->chunk[c].dataset =
            titri_h5_create_column(group, &t->column[c], rows, chunk, t->filters->compression);
        if (!titri_output_fine(t->out, t->chunk[c].dataset)) {
            status = titri_output_fail(t->out, t->group, t->column[c].name, err);
        }
    }
    titri_h5_close(group);
    return status;
}

/* A chunk is whole in the file: zeros, HDF5's fill value, behind the rows that there are. */
static void pad(titri_table *t, size_t rows)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        const size_t size = t->column[c].size;
        memset(t->chunk[c].values + t->filled * size, 0, (rows - t->filled) * size);
    }
}

/* @param[in] last nothing follows: a table of less than a chunk gets a chunk of its own size. */
static titr_status flush(titri_table *t, int last, titr_error *err)
{
    const int is_short = last && t->written == 0 && t->filled > 0;
    const size_t rows = is_short ? t->filled : t->chunk_rows;
    if (t->chunk[0].dataset < 0) {
        TITR_TRY(make_datasets(t, rows, is_short ? rows : 0, err));
    }
    if (t->filled == 0) {
        return TITR_OK;
    }
    pad(t, rows);
    TITR_TRY(titri_table_put(t, rows, !is_short, err));
    t->written += t->filled;
    t->filled = 0;
    return TITR_OK;
}

static inline void pick(char *to, const char *from, size_t stride, size_t rows, size_t size)
{
    for (size_t i = 0; i < rows; i++) {
        memcpy(to + i * size, from + i * stride, size);
    }
}

static void gather(char *to, const titri_source *source, size_t from, size_t rows, size_t size)
{
    const size_t stride = source->stride == 0 ? size : source->stride;
    const char *values = (const char *)source->values + from * stride;
    if (stride == size) {
        memcpy(to, values, rows * size);
    } else if (size == sizeof(float)) { /* a size that the compiler knows needs no call per row */
        pick(to, values, stride, rows, sizeof(float));
    } else {
        pick(to, values, stride, rows, size);
    }
}

titr_status titri_table_add(titri_table *t, const titri_source *source, size_t rows,
                            titr_error *err)
{
    for (size_t done = 0; done < rows;) {
        const size_t room = t->chunk_rows - t->filled;
        const size_t take = rows - done < room ? rows - done : room;
        for (size_t c = 0; c < t->n_columns; c++) {
            const size_t size = t->column[c].size;
            gather(t->chunk[c].values + t->filled * size, &source[c], done, take, size);
        }
        t->filled += take;
        done += take;
        if (t->filled == t->chunk_rows) {
            TITR_TRY(flush(t, 0, err));
        }
    }
    return TITR_OK;
}

titr_status titri_table_finish(titri_table *t, titr_error *err)
{
    TITR_TRY(flush(t, 1, err));
    for (size_t c = 0; c < t->n_columns; c++) {
        const hid_t dataset = t->chunk[c].dataset;
        t->chunk[c].dataset = H5I_INVALID_HID;
        if (!titri_output_fine(t->out, H5Dclose(dataset))) {
            return titri_output_fail(t->out, t->group, t->column[c].name, err);
        }
    }
    return TITR_OK;
}

void titri_table_fini(titri_table *t)
{
    for (size_t c = 0; t->chunk != NULL && c < t->n_columns; c++) {
        titri_h5_close(t->chunk[c].dataset);
        free(t->chunk[c].values);
    }
    free(t->chunk);
    free(t->order);
    *t = (titri_table){.group = NULL};
}
