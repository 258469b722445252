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
                             titr_compression compression, titr_error *err)
{
    *t = (titri_table){.out = out,
                       .group = group,
                       .compression = compression,
                       .column = column,
                       .n_columns = n_columns,
                       .chunk_rows = rows_of_chunk(column, n_columns)};
    t->dataset = calloc(n_columns, sizeof *t->dataset);
    t->buffer = calloc(n_columns, sizeof *t->buffer);
    int complete = t->dataset != NULL && t->buffer != NULL;
    for (size_t c = 0; t->dataset != NULL && c < n_columns; c++) {
        t->dataset[c] = H5I_INVALID_HID;
    }
    for (size_t c = 0; complete && c < n_columns; c++) {
        t->buffer[c] = malloc(t->chunk_rows * column[c].size);
        complete = t->buffer[c] != NULL;
    }
    if (!complete) {
        titri_table_fini(t);
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for the columns of /%s",
                         out->place.path, group);
    }
    return TITR_OK;
}

/* @param[in] last nothing follows: the size is known and a short table gets one short chunk. */
static titr_status make_datasets(titri_table *t, int last, titr_error *err)
{
    const size_t rows = last ? t->filled : 0;
    const size_t chunk = last && t->filled > 0 ? t->filled : t->chunk_rows;
    const hid_t group = titri_h5_make_group(t->out->file, t->group);
    titr_status status = group < 0 ? titri_output_fail(t->out, t->group, "", err) : TITR_OK;
    for (size_t c = 0; c < t->n_columns && status == TITR_OK; c++) {
        t->dataset[c] = titri_h5_create_column(group, &t->column[c], rows, chunk, t->compression);
        if (!titri_output_fine(t->out, t->dataset[c])) {
            status = titri_output_fail(t->out, t->group, t->column[c].name, err);
        }
    }
    titri_h5_close(group);
    return status;
}

static titr_status flush(titri_table *t, int last, titr_error *err)
{
    if (t->dataset[0] < 0) {
        TITR_TRY(make_datasets(t, last, err));
    }
    const int grows = t->written > 0 || !last;
    const hsize_t size = t->written + t->filled;
    for (size_t c = 0; c < t->n_columns && t->filled > 0; c++) {
        const herr_t grown = grows ? H5Dset_extent(t->dataset[c], &size) : 0;
        const herr_t done =
            grown < 0 ? grown
                      : titri_h5_write_rows(t->dataset[c], t->written, t->filled, t->buffer[c]);
        if (!titri_output_fine(t->out, done)) {
            return titri_output_fail(t->out, t->group, t->column[c].name, err);
        }
    }
    t->written += t->filled;
    t->filled = 0;
    return TITR_OK;
}

static void gather(char *to, const titri_source *source, size_t from, size_t rows, size_t size)
{
    const size_t stride = source->stride == 0 ? size : source->stride;
    const char *values = (const char *)source->values + from * stride;
    if (stride == size) {
        memcpy(to, values, rows * size);
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        memcpy(to + i * size, values + i * stride, size);
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
            gather(t->buffer[c] + t->filled * size, &source[c], done, take, size);
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
        const hid_t dataset = t->dataset[c];
        t->dataset[c] = H5I_INVALID_HID;
        if (!titri_output_fine(t->out, H5Dclose(dataset))) {
            return titri_output_fail(t->out, t->group, t->column[c].name, err);
        }
    }
    return TITR_OK;
}

void titri_table_fini(titri_table *t)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        if (t->dataset != NULL) {
            titri_h5_close(t->dataset[c]);
        }
        if (t->buffer != NULL) {
            free(t->buffer[c]);
        }
    }
    free(t->dataset);
    free(t->buffer);
    *t = (titri_table){.group = NULL};
}
