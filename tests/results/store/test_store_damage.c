// SPDX-License-Identifier: GPL-3.0-or-later
/* Files that are cut, damaged, foreign or made to harm: one line, never wrong data, no crash. */
#include "sample.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];
static char path[300];
static const sample_run small = {11, 4, 20, 30, 2, TITR_COMPRESS_GZIP};

static void setup(void)
{
    sample_folder(folder);
    (void)snprintf(path, sizeof path, "%s/run.h5", folder);
}

static void teardown(void)
{
    sample_folder_remove(folder);
}

TestSuite(store_damage, .init = setup, .fini = teardown);

static void spill(const char *name, const char *content, size_t bytes)
{
    FILE *file = fopen(name, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(content, 1, bytes, file), bytes);
    cr_assert_eq(fclose(file), 0);
}

/* Everything a user can get out of a file, as one text. */
typedef struct everything {
    char sha256[TITR_SHA256_HEX];
    char manifest[200];
    double number[3][8];
    char text[3][8][64];
} everything;

static titr_status read_sheets(titr_reader *r, everything *all, titr_error *err)
{
    static const char *const number[][2] = {
        {"training/q/fold_1", "return"}, {"patients", "weight_kg"}, {"patients", "kabs_per_min"}};
    static const char *const text[][2] = {
        {"training/q/fold_1", "note"}, {"patients", "id"}, {"patients", "sex"}};
    for (size_t i = 0; i < 3; i++) {
        double *values = NULL;
        char **texts = NULL;
        size_t n = 0;
        TITR_TRY(titr_reader_sheet_numbers(r, number[i][0], number[i][1], &values, &n, err));
        memcpy(all->number[i], values, (n < 8 ? n : 8) * sizeof *values);
        free(values);
        TITR_TRY(titr_reader_sheet_texts(r, text[i][0], text[i][1], &texts, &n, err));
        for (size_t k = 0; k < n && k < 8; k++) {
            (void)snprintf(all->text[i][k], sizeof all->text[i][k], "%s", texts[k]);
        }
        free(texts);
    }
    return TITR_OK;
}

static titr_status read_all(const char *name, everything *all, titr_error *err)
{
    titr_reader *r = NULL;
    memset(all, 0, sizeof *all);
    TITR_TRY(titr_reader_open(name, &r, err));
    titr_trajectory t;
    titr_trajectory_init(&t);
    (void)snprintf(all->manifest, sizeof all->manifest, "%s", titr_reader_manifest(r));
    titr_status status = titr_reader_verify(r, err);
    for (size_t k = 0; k < titr_reader_episodes(r) && status == TITR_OK; k++) {
        status = titr_reader_episode(r, k, &t, err);
    }
    if (status == TITR_OK) {
        status = titr_reader_sha256(r, all->sha256, err);
    }
    if (status == TITR_OK) {
        status = read_sheets(r, all, err);
    }
    titr_trajectory_fini(&t);
    titr_reader_close(r);
    return status;
}

static void check_one_line(const titr_error *err)
{
    cr_assert_neq(err->what[0], '\0');
    cr_assert_null(strchr(err->what, '\n'), "%s", err->what);
    cr_assert_not_null(strstr(err->what, "run.h5"), "%s", err->what);
}

Test(store_damage, what_is_not_a_run)
{
    titr_error err;
    titr_reader *r = NULL;
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "No such file or directory"), "%s", err.what);
    cr_assert_eq(titr_reader_open(folder, &r, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "it is a folder"), "%s", err.what);
    spill(path, "", 0);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_ERR_CONFIG);
    cr_assert(strstr(err.what, "is empty"), "%s", err.what);
    spill(path, "time_min,glucose_mg_dl\n0,100\n", 29);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_ERR_CONFIG);
    cr_assert(strstr(err.what, "not an HDF5 file"), "%s", err.what);
    check_one_line(&err);
    cr_assert_null(r);
}

Test(store_damage, cut_at_300_lengths, .timeout = 300)
{
    titr_error err = {.what = ""};
    everything all;
    size_t bytes = 0;
    cr_assert_eq(sample_write(&small, path, &err), TITR_OK, "%s", err.what);
    char *content = sample_slurp(path, &bytes);
    for (size_t i = 0; i < 300; i++) {
        spill(path, content, bytes * i / 300);
        const titr_status status = read_all(path, &all, &err);
        cr_assert(status == TITR_ERR_CONFIG || status == TITR_ERR_IO, "at %zu", bytes * i / 300);
        check_one_line(&err);
    }
    spill(path, content, bytes - 1);
    cr_assert_neq(read_all(path, &all, &err), TITR_OK);
    free(content);
}

static void flip(int fd, off_t at, unsigned bit)
{
    unsigned char byte = 0;
    cr_assert_eq(pread(fd, &byte, 1, at), 1);
    byte = (unsigned char)(byte ^ (1U << bit));
    cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
}

static void flip_bits(titr_compression compression, size_t flips)
{
    titr_error err = {.what = ""};
    sample_run run = small;
    everything whole;
    everything all;
    struct stat st;
    size_t unchanged = 0;
    uint64_t state = 7;
    run.compression = compression;
    cr_assert_eq(sample_write(&run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(read_all(path, &whole, &err), TITR_OK, "%s", err.what);
    const int fd = open(path, O_RDWR);
    cr_assert_eq(fstat(fd, &st), 0);
    for (size_t i = 0; i < flips; i++) {
        const off_t at = (off_t)(sample_next(&state) % (uint64_t)st.st_size);
        const unsigned bit = (unsigned)(sample_next(&state) % 8);
        flip(fd, at, bit);
        if (read_all(path, &all, &err) == TITR_OK) {
            unchanged++;
            cr_assert_eq(memcmp(&all, &whole, sizeof all), 0, "wrong data: byte %lld bit %u",
                         (long long)at, bit);
        } else {
            check_one_line(&err);
        }
        flip(fd, at, bit);
    }
    cr_assert_eq(read_all(path, &all, &err), TITR_OK, "%s", err.what);
    (void)close(fd);
    cr_log_info("%zu flips in %lld bytes: %zu refused, %zu without effect", flips,
                (long long)st.st_size, flips - unchanged, unchanged);
}

Test(store_damage, flipped_bits_gzip, .timeout = 300)
{
    flip_bits(TITR_COMPRESS_GZIP, 1500);
}

Test(store_damage, flipped_bits_plain, .timeout = 300)
{
    flip_bits(TITR_COMPRESS_NONE, 1500);
}
