// SPDX-License-Identifier: GPL-3.0-or-later
/* Chunks of a table's columns on their way into the file.
 *
 *   values of a chunk --all threads, outside of HDF5--> filtered --the caller's thread--> the file
 *
 * HDF5 sees filtered chunks only: its lock is held while they are copied into the file, not while
 * they are compressed, so neither threads nor writers wait for each other. They are written in one
 * order whatever the number of threads, and by one thread: HDF5 keeps the reason of a failure with
 * the thread.
 */
#include "table.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* Less than this is filtered before a second thread has begun. */
#define WORTH_THREADS ((size_t)1 << 20)

static size_t thread_number(void)
{
#ifdef _OPENMP
    return (size_t)omp_get_thread_num();
#else
    return 0;
#endif
}

static size_t count_threads(const titri_table *t, size_t rows)
{
    size_t bytes = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        bytes += rows * t->column[c].size;
    }
    return bytes < WORTH_THREADS ? 1 : t->filters->n;
}

/* Chunks that took most the last time go first, so that no thread is left alone with a long one.
 * What a chunk takes follows from its values, and so does the order. */
static void order_chunks(titri_table *t)
{
    for (size_t i = 1; i < t->n_columns; i++) {
        const size_t c = t->order[i];
        size_t at = i;
        for (; at > 0 && t->chunk[t->order[at - 1]].bytes < t->chunk[c].bytes; at--) {
            t->order[at] = t->order[at - 1];
        }
        t->order[at] = c;
    }
}

static herr_t write_chunk(const titri_table *t, const titri_chunk *chunk, int grows)
{
    const hsize_t first = t->written;
    const hsize_t size = t->written + t->filled;
    const herr_t grown = grows ? H5Dset_extent(chunk->dataset, &size) : 0;
    return grown < 0 ? grown
                     : H5Dwrite_chunk(chunk->dataset, H5P_DEFAULT, chunk->skipped, &first,
                                      chunk->bytes, chunk->values);
}

/* Write chunk number `at` of the order and those behind it that are filtered already.
 * @return where to go on; with *failed, what could not be written. */
static size_t write_filtered(const titri_table *t, int grows, size_t at, int *failed)
{
    while (!*failed && at < t->n_columns) {
        const titri_chunk *chunk = &t->chunk[t->order[at]];
        if (!atomic_load_explicit(&chunk->filtered, memory_order_acquire)) {
            break;
        }
        *failed = !titri_output_fine(t->out, write_chunk(t, chunk, grows));
        at += !*failed;
    }
    return at;
}

titr_status titri_table_put(titri_table *t, size_t rows, int grows, titr_error *err)
{
    const size_t threads = count_threads(t, rows);
    size_t written = 0;
    int failed = 0;
    order_chunks(t);
    for (size_t c = 0; c < t->n_columns; c++) {
        atomic_store_explicit(&t->chunk[c].filtered, 0, memory_order_relaxed);
    }
#pragma omp parallel for schedule(dynamic) num_threads((int)threads)
    for (size_t i = 0; i < t->n_columns; i++) {
        const size_t thread = thread_number();
        titri_chunk *chunk = &t->chunk[t->order[i]];
        chunk->bytes = titri_filter_chunk(&t->filters->filter[thread], &t->column[t->order[i]],
                                          rows, chunk->values, &chunk->skipped);
        atomic_store_explicit(&chunk->filtered, 1, memory_order_release);
        if (thread == 0) { /* the caller's */
            written = write_filtered(t, grows, written, &failed);
        }
    }
    (void)threads;
    written = write_filtered(t, grows, written, &failed);
    return failed ? titri_output_fail(t->out, t->group, t->column[t->order[written]].name, err)
                  : TITR_OK;
}
