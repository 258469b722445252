// SPDX-License-Identifier: GPL-3.0-or-later
/* What we filter, HDF5's own filters read back: any type, length and content. */
#include "sample.h"
#include "store/filter.h"
#include "store/h5.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX ((size_t)1 << 20)
#define MARK 0x5a

enum { ZEROS, RAMP, NOISE, NOISE_THEN_ZEROS, ZEROS_THEN_NOISE, SENSOR, N_CONTENTS };

static const titri_column columns[] = {
    {"f64", "1", "", "", TITRI_F64, 8, 0},  {"f32", "1", "", "", TITRI_F32, 4, 0},
    {"i32", "1", "", "", TITRI_I32, 4, 0},  {"i16", "1", "", "", TITRI_I16, 2, 0},
    {"i8", "1", "", "", TITRI_I8, 1, 0},    {"letter", "", "", "", TITRI_TEXT, 1, 0},
    {"word", "", "", "", TITRI_TEXT, 7, 0}, {"line", "", "", "", TITRI_TEXT, 192, 0},
};
#define N_COLUMNS (sizeof columns / sizeof columns[0])

/* A file in memory only. */
static hid_t open_file(void)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    titri_h5_quiet();
    cr_assert(H5Pset_fapl_core(access, 1 << 16, 0) >= 0);
    cr_assert(H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0);
    const hid_t file = H5Fcreate("filter", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    cr_assert(file >= 0);
    (void)H5Pclose(access);
    return file;
}

static void fill(int content, uint8_t *bytes, size_t n)
{
    uint64_t state = n + 1;
    for (size_t i = 0; i < n; i++) {
        const uint8_t noise = (uint8_t)sample_next(&state);
        const int noisy = content == NOISE || (content == NOISE_THEN_ZEROS && i < n / 2) ||
                          (content == ZEROS_THEN_NOISE && i >= n / 2) ||
                          (content == SENSOR && i % 4 < 2); /* the low bytes of a float */
        bytes[i] = noisy ? noise : content == RAMP ? (uint8_t)(i / 16) : 0;
    }
}

/* A chunk and what we made of it; a mark stands behind the room that we were given. */
typedef struct filtered {
    uint8_t *values, *chunk;
    size_t bytes;
    uint32_t skipped;
} filtered;

static filtered filter(titri_filter *f, const titri_column *column, size_t rows, int content)
{
    const size_t n = rows * column->size;
    filtered r = {.values = malloc(n), .chunk = malloc(n + TITRI_FLETCHER32_BYTES + 1)};
    fill(content, r.values, n);
    memcpy(r.chunk, r.values, n);
    r.chunk[n + TITRI_FLETCHER32_BYTES] = MARK;
    r.bytes = titri_filter_chunk(f, column, rows, r.chunk, &r.skipped);
    cr_assert_eq(r.chunk[n + TITRI_FLETCHER32_BYTES], MARK);
    cr_assert_leq(r.bytes, n + TITRI_FLETCHER32_BYTES); /* it never grows */
    return r;
}

static void release(filtered *r)
{
    free(r->values);
    free(r->chunk);
}

/* The chunk stands in a dataset as the store makes it; HDF5 reads it.
 * @return what H5Dread answered. */
static herr_t read_back(hid_t file, titr_compression compression, const titri_column *column,
                        size_t rows, const filtered *r, void *values)
{
    const hsize_t first = 0;
    const hid_t made = titri_h5_create_column(file, column, rows, rows, compression);
    const hid_t type = titri_h5_type(column->kind, column->size);
    cr_assert(H5Dwrite_chunk(made, H5P_DEFAULT, r->skipped, &first, r->bytes, r->chunk) >= 0);
    titri_h5_close(
        made); /* while it is open HDF5 1.10 may read fill values (h5py pull request 1190) */
    const hid_t dataset = H5Dopen2(file, column->name, H5P_DEFAULT);
    const herr_t done = titri_h5_read_rows(dataset, type, 0, rows, values);
    titri_h5_close(type);
    titri_h5_close(dataset);
    cr_assert(H5Ldelete(file, column->name, H5P_DEFAULT) >= 0);
    return done;
}

static void init(titri_filter *f, int compression)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titri_filter_init(f, (titr_compression)compression, BYTES_MAX, &err), TITR_OK,
                 "%s", err.what);
}

static void check(hid_t file, titri_filter *f, titr_compression compression,
                  const titri_column *column, size_t rows)
{
    uint8_t *got = malloc(rows * column->size);
    for (int content = 0; content < N_CONTENTS; content++) {
        filtered r = filter(f, column, rows, content);
        memset(got, MARK, rows * column->size);
        cr_assert(read_back(file, compression, column, rows, &r, got) >= 0, "%s x %zu, content %d",
                  column->name, rows, content);
        cr_assert_eq(memcmp(got, r.values, rows * column->size), 0, "%s x %zu, content %d",
                     column->name, rows, content);
        release(&r);
    }
    free(got);
}

Test(filter, hdf5_reads_every_type_and_length, .timeout = 120)
{
    /* one row; around what is deflated whole, probed, stored as one; several pieces */
    static const size_t rows[] = {1,     2,     3,     63,    1000,  4095,   4097,  16383,
                                  16384, 16385, 32769, 65535, 65536, 131072, 200001};
    const hid_t file = open_file();
    for (int compression = TITR_COMPRESS_NONE; compression <= TITR_COMPRESS_GZIP; compression++) {
        titri_filter f;
        init(&f, compression);
        for (size_t c = 0; c < N_COLUMNS; c++) {
            for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                if (rows[i] * columns[c].size <= BYTES_MAX) {
                    check(file, &f, (titr_compression)compression, &columns[c], rows[i]);
                }
            }
        }
        titri_filter_fini(&f);
    }
    (void)H5Fclose(file);
}

/* Which filters were left out, and what is left of the bytes. */
Test(filter, what_cannot_shrink_is_not_deflated)
{
    titri_filter f;
    init(&f, TITR_COMPRESS_GZIP);
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const uint32_t deflate = titri_filter_shuffles(&columns[c]) ? 2 : 1;
        const size_t rows = 100000 / columns[c].size, n = rows * columns[c].size;
        filtered noise = filter(&f, &columns[c], rows, NOISE);
        cr_expect(noise.skipped == deflate && noise.bytes == n + TITRI_FLETCHER32_BYTES, "%s",
                  columns[c].name);
        filtered zeros = filter(&f, &columns[c], rows, ZEROS);
        cr_expect(zeros.skipped == 0 && zeros.bytes < n / 100, "%s", columns[c].name);
        filtered one = filter(&f, &columns[c], 1, NOISE);
        cr_expect(one.skipped == deflate || columns[c].size > 100, "%s", columns[c].name);
        release(&noise);
        release(&zeros);
        release(&one);
    }
    /* two planes of noise are stored, the two others deflated */
    filtered sensor = filter(&f, &columns[1], 65536, SENSOR);
    cr_expect(sensor.skipped == 0 && sensor.bytes > 131072 && sensor.bytes < 133000, "%zu bytes",
              sensor.bytes);
    release(&sensor);
    titri_filter_fini(&f);
}

Test(filter, uncompressed_is_the_values_and_their_checksum)
{
    titri_filter f;
    init(&f, TITR_COMPRESS_NONE);
    filtered r = filter(&f, &columns[1], 1000, RAMP);
    cr_assert(r.skipped == 0 && r.bytes == 4000 + TITRI_FLETCHER32_BYTES);
    cr_assert_eq(memcmp(r.chunk, r.values, 4000), 0);
    release(&r);
    titri_filter_fini(&f);
}

/* A chunk's bytes do not tell what was filtered before it. */
Test(filter, the_same_bytes_from_a_fresh_filter_and_from_a_used_one)
{
    static const int before[] = {SENSOR, NOISE, ZEROS, RAMP};
    titri_filter used;
    init(&used, TITR_COMPRESS_GZIP);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        for (int content = 0; content < N_CONTENTS; content++) {
            titri_filter fresh;
            init(&fresh, TITR_COMPRESS_GZIP);
            filtered other = filter(&used, &columns[i % N_COLUMNS], 65536 / (i + 1), before[i]);
            filtered a = filter(&used, &columns[1], 40000, content);
            filtered b = filter(&fresh, &columns[1], 40000, content);
            cr_assert(a.bytes == b.bytes && a.skipped == b.skipped);
            cr_assert_eq(memcmp(a.chunk, b.chunk, a.bytes), 0, "content %d", content);
            release(&a);
            release(&b);
            release(&other);
            titri_filter_fini(&fresh);
        }
    }
    titri_filter_fini(&used);
}

/* Any byte of a chunk that is not what was written is found by HDF5. */
Test(filter, damage_is_found)
{
    const hid_t file = open_file();
    uint8_t *got = malloc(BYTES_MAX);
    for (int compression = TITR_COMPRESS_NONE; compression <= TITR_COMPRESS_GZIP; compression++) {
        titri_filter f;
        init(&f, compression);
        for (int content = 0; content < N_CONTENTS; content++) {
            filtered r = filter(&f, &columns[1], 20000, content);
            for (size_t k = 0; k < 20; k++) {
                const size_t at = k * (r.bytes - 1) / 19;
                r.chunk[at] ^= 0x10;
                cr_expect(
                    read_back(file, (titr_compression)compression, &columns[1], 20000, &r, got) < 0,
                    "byte %zu of %zu, content %d", at, r.bytes, content);
                r.chunk[at] ^= 0x10;
            }
            release(&r);
        }
        titri_filter_fini(&f);
    }
    free(got);
    (void)H5Fclose(file);
}
