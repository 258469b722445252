// SPDX-License-Identifier: GPL-3.0-or-later
/* Logging by several threads: the file does not tell how many there were, nor does the memory that
 * it takes tell how many episodes. */
#include "sample.h"
#include "store/h5.h"
#include "support/allocations.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[256];
static char path[300];

static void setup(void)
{
    sample_folder(folder);
    (void)snprintf(path, sizeof path, "%s/run.h5", folder);
}

static void teardown(void)
{
    sample_folder_remove(folder);
}

TestSuite(store_log, .init = setup, .fini = teardown);

/* More than two chunks of /steps, /minutes and the panels, and a part of one. */
static const sample_run large = {61, 4, 45000, 40000, 2, TITR_COMPRESS_GZIP};

static char *write_by(int threads, const sample_run *run, size_t *bytes)
{
    titr_error err = {.what = ""};
    omp_set_num_threads(threads);
    cr_assert_eq(sample_write(run, path, &err), TITR_OK, "%s", err.what);
    return sample_slurp(path, bytes);
}

Test(store_log, the_same_file_by_any_number_of_threads)
{
    static const int threads[] = {2, 5, 40}; /* 40: more than a writer takes */
    sample_run run = large;
    for (int compression = TITR_COMPRESS_NONE; compression <= TITR_COMPRESS_GZIP; compression++) {
        size_t bytes = 0, n = 0;
        run.compression = (titr_compression)compression;
        char *one = write_by(1, &run, &n);
        for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
            char *many = write_by(threads[i], &run, &bytes);
            cr_assert(bytes == n && memcmp(one, many, n) == 0, "%d threads", threads[i]);
            free(many);
        }
        free(one);
    }
}

/* --- several writers at once --- */

typedef struct own_file {
    sample_run run;
    char path[310];
    titr_status status;
} own_file;

static void *write_own(void *data)
{
    own_file *own = data;
    own->status = sample_write(&own->run, own->path, NULL);
    return NULL;
}

Test(store_log, writers_of_two_threads_do_not_meet)
{
    own_file own[2];
    pthread_t thread[2];
    for (size_t i = 0; i < 2; i++) {
        own[i].run = large;
        own[i].run.seed += i;
        (void)snprintf(own[i].path, sizeof own[i].path, "%s/run_%zu.h5", folder, i);
        cr_assert_eq(pthread_create(&thread[i], NULL, write_own, &own[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        size_t bytes[2];
        (void)pthread_join(thread[i], NULL);
        cr_assert_eq(own[i].status, TITR_OK);
        char *alone = write_by(1, &own[i].run, &bytes[0]);
        char *beside = sample_slurp(own[i].path, &bytes[1]);
        cr_assert(bytes[0] == bytes[1] && memcmp(alone, beside, bytes[0]) == 0, "writer %zu", i);
        free(alone);
        free(beside);
    }
}

/* --- damage --- */

/* Where the chunk of row `first` of a column lies. */
static haddr_t chunk_address(const char *column, hsize_t first, hsize_t *bytes)
{
    unsigned skipped = 0;
    haddr_t address = HADDR_UNDEF;
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, column, H5P_DEFAULT);
    cr_assert(H5Dget_chunk_info_by_coord(dataset, &first, &skipped, &address, bytes) >= 0);
    (void)H5Dclose(dataset);
    (void)H5Fclose(file);
    return address;
}

static titr_status verify(titr_error *err)
{
    titr_reader *r = NULL;
    TITR_TRY(titr_reader_open(path, &r, err));
    const titr_status status = titr_reader_verify(r, err);
    titr_reader_close(r);
    return status;
}

static void damage_middle(const char *column)
{
    titr_error err = {.what = ""};
    hsize_t bytes = 0;
    unsigned char byte = 0;
    const haddr_t address = chunk_address(column, 65536, &bytes);
    const off_t at = (off_t)(address + bytes / 2);
    const int fd = open(path, O_RDWR);
    cr_assert_eq(pread(fd, &byte, 1, at), 1);
    byte ^= 1;
    cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
    cr_assert_eq(verify(&err), TITR_ERR_CONFIG);
    cr_assert(strstr(err.what, column) && strstr(err.what, "is damaged"), "%s", err.what);
    byte ^= 1;
    cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
    cr_assert_eq(verify(&err), TITR_OK, "%s", err.what);
    (void)close(fd);
}

Test(store_log, a_damaged_chunk_is_refused)
{
    static const char *const columns[] = {"/steps/cgm_mg_dl", "/steps/action_level",
                                          "/steps/shield_rule", "/minutes/time_min"};
    sample_run run = large;
    for (int compression = TITR_COMPRESS_NONE; compression <= TITR_COMPRESS_GZIP; compression++) {
        titr_error err = {.what = ""};
        run.compression = (titr_compression)compression;
        cr_assert_eq(sample_write(&run, path, &err), TITR_OK, "%s", err.what);
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
            damage_middle(columns[i]);
        }
    }
}

/* --- the last chunk --- */

/* It is whole, with HDF5's fill value behind the last row: a longer table would show it. */
Test(store_log, the_last_chunk_is_filled_up_with_zeros)
{
    titr_error err = {.what = ""};
    float behind[100];
    hsize_t rows = 0;
    cr_assert_eq(sample_write(&large, path, &err), TITR_OK, "%s", err.what);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, "/steps/cgm_mg_dl", H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    cr_assert_eq(H5Sget_simple_extent_dims(space, &rows, NULL), 1);
    cr_assert(rows > 65536 && rows % 65536 < 65536 - 100);
    const hsize_t longer = rows + 100;
    cr_assert(H5Dset_extent(dataset, &longer) >= 0);
    cr_assert(titri_h5_read_rows(dataset, H5T_NATIVE_FLOAT, rows, 100, behind) >= 0);
    for (size_t i = 0; i < 100; i++) {
        cr_assert_eq(behind[i], 0.0F);
    }
    (void)H5Sclose(space);
    (void)H5Dclose(dataset);
    (void)H5Fclose(file);
}

/* --- memory --- */

/* What docs/file-format.md states for a run of steps without minutes and panels. */
static size_t stated_bytes(size_t threads, size_t longest)
{
    const size_t mib = (size_t)1 << 20;
    const size_t steps = (size_t)65536 * 71, doses = (size_t)65536 * 24;
    const size_t episodes = (size_t)5461 * 369;
    return steps + doses + episodes + threads * 13 * mib / 10 + longest * 24 + 4 * mib;
}

/* The most that a writer held while it was given `episodes` episodes of two. */
static size_t most_held(size_t episodes, size_t threads, const titr_trajectory *t)
{
    titr_error err = {.what = ""};
    titr_writer *w = NULL;
    omp_set_num_threads((int)threads);
    const size_t before = allocations_mark();
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_GZIP, 0, NULL, &w, &err), TITR_OK);
    for (size_t k = 0; k < episodes; k++) {
        cr_assert_eq(titr_writer_append(w, &t[k % 2], &err), TITR_OK, "%s", err.what);
    }
    cr_assert_eq(titr_writer_commit(w, &err), TITR_OK, "%s", err.what);
    return allocations_most() - before;
}

Test(store_log, memory_does_not_grow_with_the_episodes, .timeout = 120)
{
    static const sample_run run = {62, 2, 20000, 0, 0, TITR_COMPRESS_GZIP};
    titr_trajectory t[2];
    for (size_t i = 0; i < 2; i++) {
        titr_trajectory_init(&t[i]);
        sample_episode(&run, i, &t[i]);
    }
    for (size_t threads = 1; threads <= 2; threads++) {
        (void)most_held(10, threads, t); /* what the libraries set up once */
        const size_t few = most_held(10, threads, t), many = most_held(100, threads, t);
        cr_log_info("%zu threads: %zu bytes for 10 episodes, %zu for 100, stated %zu", threads, few,
                    many, stated_bytes(threads, 30000));
        cr_expect_leq(many, stated_bytes(threads, 30000));
        cr_expect_leq(many, few + ((size_t)1 << 20)); /* HDF5's list of chunks */
    }
    for (size_t i = 0; i < 2; i++) {
        titr_trajectory_fini(&t[i]);
    }
}
