// SPDX-License-Identifier: GPL-3.0-or-later
/* A file is whole or not there: full disk, places that cannot be written, kill -9 at any moment. */
#include "sample.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[256];
static char path[300];
static char tmp[310];
static const sample_run old_run = {21, 4, 20, 0, 0, TITR_COMPRESS_GZIP};

static void setup(void)
{
    sample_folder(folder);
    (void)snprintf(path, sizeof path, "%s/run.h5", folder);
    (void)snprintf(tmp, sizeof tmp, "%s.tmp", path);
}

static void teardown(void)
{
    sample_folder_remove(folder);
}

TestSuite(store_replace, .init = setup, .fini = teardown);

static void hash(char hex[TITR_SHA256_HEX])
{
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_verify(r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_sha256(r, hex, &err), TITR_OK, "%s", err.what);
    titr_reader_close(r);
}

static void check_refused(titr_status status, const titr_error *err, const char *reason)
{
    cr_assert_eq(status, TITR_ERR_IO);
    cr_assert_not_null(strstr(err->what, reason), "%s", err->what);
    cr_assert_null(strchr(err->what, '\n'), "%s", err->what);
    cr_assert_eq(access(tmp, F_OK), -1, "%s was left behind", tmp);
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes > limit.rlim_max ? limit.rlim_max : bytes;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Every length at which the disk can be full, as far as a run of this kind is concerned. */
static void fill_disk(const sample_run *run, size_t step)
{
    titr_error err = {.what = ""};
    struct stat st;
    char before[TITR_SHA256_HEX];
    char after[TITR_SHA256_HEX];
    cr_assert_eq(sample_write(run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(sample_write(&old_run, path, &err), TITR_OK, "%s", err.what);
    hash(before);
    for (size_t bytes = 0; bytes < (size_t)st.st_size; bytes += step) {
        limit_file_size(bytes);
        const titr_status status = sample_write(run, path, &err);
        limit_file_size(RLIM_INFINITY);
        check_refused(status, &err, "File too large");
        hash(after);
        cr_assert_str_eq(before, after);
    }
    cr_assert_eq(sample_write(run, path, &err), TITR_OK, "%s", err.what);
}

Test(store_replace, full_disk, .timeout = 300)
{
    static const sample_run runs[] = {
        {22, 4, 20, 30, 2, TITR_COMPRESS_GZIP},
        {23, 4, 20, 0, 0, TITR_COMPRESS_NONE},
    };
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    cr_assert_eq(sigaction(SIGXFSZ, &ignore, NULL), 0);
    fill_disk(&runs[0], 509);
    fill_disk(&runs[1], 509);
    /* more than one chunk: a failure while episodes are still being appended */
    const sample_run large = {24, 3, 60000, 0, 0, TITR_COMPRESS_NONE};
    fill_disk(&large, 400000);
}

Test(store_replace, places_that_cannot_be_written)
{
    titr_error err = {.what = ""};
    cr_assert_eq(sample_write(&old_run, folder, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "is a folder"), "%s", err.what);
    (void)snprintf(path, sizeof path, "%s/none/run.h5", folder);
    cr_assert_eq(sample_write(&old_run, path, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "/none: No such file or directory"), "%s", err.what);
    (void)snprintf(path, sizeof path, "%s/", folder);
    cr_assert_eq(sample_write(&old_run, path, &err), TITR_ERR_IO);
    cr_assert_eq(sample_write(&old_run, "", &err), TITR_ERR_IO);
    cr_assert_eq(sample_write(&old_run, "/dev/null", &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "a device"), "%s", err.what);
    cr_assert_eq(sample_write(&old_run, "/proc/titrate.h5", &err), TITR_ERR_IO);
    (void)snprintf(path, sizeof path, "%s/file/run.h5", folder);
    (void)snprintf(tmp, sizeof tmp, "%s/file", folder);
    cr_assert_eq(sample_write(&old_run, tmp, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(sample_write(&old_run, path, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "Not a directory") || strstr(err.what, "not a folder"), "%s",
              err.what);
}

Test(store_replace, a_folder_without_permission)
{
    titr_error err = {.what = ""};
    if (geteuid() == 0) {
        /* root may write anywhere: become nobody in this test's own process */
        cr_assert_eq(chown(folder, 65534, 65534), 0);
        cr_assert_eq(setuid(65534), 0);
    }
    cr_assert_eq(sample_write(&old_run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(chmod(folder, 0500), 0);
    check_refused(sample_write(&old_run, path, &err), &err, "Permission denied");
    cr_assert_eq(chmod(folder, 0700), 0);
    cr_assert_eq(chmod(path, 0), 0);
    titr_reader *r = NULL;
    cr_assert_neq(titr_reader_open(path, &r, &err), TITR_OK);
    cr_assert(strstr(err.what, "Permission denied"), "%s", err.what);
}

Test(store_replace, one_writer_at_a_time)
{
    titr_error err = {.what = ""};
    titr_writer *first = NULL;
    titr_writer *second = NULL;
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_NONE, 0, NULL, &first, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_NONE, 0, NULL, &second, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "another process is writing"), "%s", err.what);
    cr_assert_null(second);
    cr_assert_eq(titr_writer_commit(first, &err), TITR_OK, "%s", err.what);
    char hex[TITR_SHA256_HEX];
    hash(hex);
}

Test(store_replace, abort_leaves_nothing)
{
    titr_error err = {.what = ""};
    titr_writer *w = NULL;
    titr_writer_abort(NULL);
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_GZIP, 0, NULL, &w, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(access(tmp, F_OK), 0);
    titr_writer_abort(w);
    cr_assert_eq(access(tmp, F_OK), -1);
    cr_assert_eq(access(path, F_OK), -1);
}

/* The child replaces the file again and again, by two runs in turn, until it is killed. */
static void write_for_ever(const sample_run run[2])
{
    for (size_t i = 0;; i++) {
        if (sample_write(&run[i % 2], path, NULL) != TITR_OK) {
            _exit(1);
        }
    }
}

Test(store_replace, kill_9_at_any_moment, .timeout = 300)
{
    static const sample_run run[2] = {{31, 12, 600, 0, 0, TITR_COMPRESS_GZIP},
                                      {32, 12, 600, 0, 0, TITR_COMPRESS_GZIP}};
    titr_error err = {.what = ""};
    char expected[2][TITR_SHA256_HEX];
    char found[TITR_SHA256_HEX];
    uint64_t state = 99;
    size_t stale = 0;
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(sample_write(&run[i], path, &err), TITR_OK, "%s", err.what);
        hash(expected[i]);
    }
    for (size_t i = 0; i < 20; i++) {
        const pid_t child = fork();
        cr_assert_geq(child, 0);
        if (child == 0) {
            write_for_ever(run);
        }
        const struct timespec wait = {0, (long)(sample_next(&state) % 60000000U)};
        (void)nanosleep(&wait, NULL);
        cr_assert_eq(kill(child, SIGKILL), 0);
        int status = 0;
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        stale += access(tmp, F_OK) == 0;
        hash(found);
        cr_assert(strcmp(found, expected[0]) == 0 || strcmp(found, expected[1]) == 0);
    }
    cr_log_info("20 kills: %zu left a .tmp, none harmed the file", stale);
    /* what the dead left behind is in nobody's way */
    cr_assert_eq(sample_write(&run[0], path, &err), TITR_OK, "%s", err.what);
}

Test(store_replace, a_file_takes_another_name_or_keeps_its_own)
{
    titr_error err = {.what = ""};
    char partial[310], before[TITR_SHA256_HEX], after[TITR_SHA256_HEX];
    const sample_run new_run = {25, 4, 20, 0, 0, TITR_COMPRESS_NONE};
    (void)snprintf(partial, sizeof partial, "%s/partial.h5", folder);
    cr_assert_eq(sample_write(&new_run, path, &err), TITR_OK, "%s", err.what);
    hash(before);
    cr_assert_eq(titr_file_rename(path, partial, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(access(path, F_OK), -1);
    cr_assert_eq(sample_write(&old_run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_file_rename(partial, path, &err), TITR_OK, "%s", err.what);
    hash(after);
    cr_assert_str_eq(before, after);

    check_refused(titr_file_rename(partial, path, &err), &err, "No such file");
    check_refused(titr_file_rename(path, folder, &err), &err, "cannot rename");
    (void)snprintf(partial, sizeof partial, "%s/none/run.h5", folder);
    check_refused(titr_file_rename(path, partial, &err), &err, "No such file");
    hash(after);
    cr_assert_str_eq(before, after);
}
