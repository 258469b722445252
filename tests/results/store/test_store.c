// SPDX-License-Identifier: GPL-3.0-or-later
/* What is written comes back, to the last bit; equal content is an equal file. */
#include "sample.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

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

TestSuite(store, .init = setup, .fini = teardown);

static void check_round_trip(const sample_run *run)
{
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    titr_trajectory expected;
    titr_trajectory got;
    titr_trajectory_init(&expected);
    titr_trajectory_init(&got);
    cr_assert_eq(sample_write(run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_episodes(r), run->episodes);
    /* backwards, so that no order is taken for granted */
    for (size_t k = run->episodes; k-- > 0;) {
        sample_episode(run, k, &expected);
        cr_assert_eq(titr_reader_episode(r, k, &got, &err), TITR_OK, "%s", err.what);
        cr_assert(sample_equal(&expected, &got), "episode %zu differs", k);
    }
    cr_assert_eq(titr_reader_verify(r, &err), TITR_OK, "%s", err.what);
    titr_reader_close(r);
    titr_trajectory_fini(&got);
    titr_trajectory_fini(&expected);
}

Test(store, round_trip)
{
    static const sample_run runs[] = {
        {1, 0, 0, 0, 0, TITR_COMPRESS_GZIP}, /* empty run                    */
        {2, 3, 0, 0, 0, TITR_COMPRESS_NONE}, /* episodes without a step      */
        {3, 1, 7, 0, 0, TITR_COMPRESS_GZIP},         {4, 7, 40, 0, 0, TITR_COMPRESS_NONE},
        {5, 7, 40, 200, 0, TITR_COMPRESS_GZIP},      {6, 7, 40, 0, 4, TITR_COMPRESS_GZIP},
        {7, 7, 40, 90, 3, TITR_COMPRESS_NONE},       {8, 1200, 2, 0, 0, TITR_COMPRESS_GZIP},
        {9, 6, 40000, 30000, 2, TITR_COMPRESS_GZIP}, /* more than one chunk of each  */
    };
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        check_round_trip(&runs[i]);
    }
}

/* --- equal content, equal file --- */

static void write_and_hash(const sample_run *run, char hex[TITR_SHA256_HEX])
{
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    cr_assert_eq(sample_write(run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_sha256(r, hex, &err), TITR_OK, "%s", err.what);
    titr_reader_close(r);
}

Test(store, equal_runs_are_equal_files_and_others_differ)
{
    static const sample_run run = {51, 9, 700, 60, 3, TITR_COMPRESS_GZIP};
    sample_run other = run;
    sample_run plain = run;
    const struct timespec a_second = {1, 50000000}; /* a time of day in the file would show */
    char hex[4][TITR_SHA256_HEX];
    size_t bytes[2];
    other.seed++;
    plain.compression = TITR_COMPRESS_NONE;
    write_and_hash(&run, hex[0]);
    char *first = sample_slurp(path, &bytes[0]);
    (void)nanosleep(&a_second, NULL);
    write_and_hash(&run, hex[1]);
    char *second = sample_slurp(path, &bytes[1]);
    cr_assert_eq(bytes[0], bytes[1]);
    cr_assert_eq(memcmp(first, second, bytes[0]), 0);
    write_and_hash(&other, hex[2]);
    write_and_hash(&plain, hex[3]);
    cr_assert_str_eq(hex[0], hex[1]);
    cr_assert_str_neq(hex[0], hex[2]);
    cr_assert_str_eq(hex[0], hex[3], "the trajectories' hash depends on the compression");
    free(first);
    free(second);
}

/* --- headers, sheets, members --- */

Test(store, headers_come_without_columns)
{
    static const sample_run run = {52, 1100, 3, 0, 0, TITR_COMPRESS_GZIP};
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    titr_trajectory expected;
    titr_trajectory got;
    titr_trajectory_init(&expected);
    titr_trajectory_init(&got);
    cr_assert_eq(sample_write(&run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    for (size_t i = 0; i < run.episodes; i++) {
        const size_t k = i * 7 % run.episodes; /* not in order */
        sample_episode(&run, k, &expected);
        cr_assert_eq(titr_reader_episode_header(r, k, &got, &err), TITR_OK, "%s", err.what);
        cr_assert_str_eq(got.policy, expected.policy);
        cr_assert_eq(got.episode, expected.episode);
        cr_assert_eq(got.seed, expected.seed);
        cr_assert_eq(got.n, expected.n);
        cr_assert_eq(got.end, expected.end);
    }
    cr_assert_eq(titr_reader_episode(r, run.episodes, &got, &err), TITR_ERR_RANGE);
    cr_assert(strstr(err.what, "episode 1100, expected less than 1100"), "%s", err.what);
    titr_reader_close(r);
    titr_trajectory_fini(&got);
    titr_trajectory_fini(&expected);
}

static titr_reader *write_and_open(const sample_run *run)
{
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    cr_assert_eq(sample_write(run, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    return r;
}

static double number_of(titr_reader *r, const char *group, const char *column, size_t row)
{
    titr_error err = {.what = ""};
    double *values = NULL;
    size_t rows = 0;
    cr_assert_eq(titr_reader_sheet_numbers(r, group, column, &values, &rows, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_lt(row, rows);
    const double value = values[row];
    free(values);
    return value;
}

Test(store, sheets_and_patients_come_back)
{
    static const sample_run run = {53, 2, 3, 0, 4, TITR_COMPRESS_NONE};
    titr_error err = {.what = ""};
    titr_reader *r = write_and_open(&run);
    double *values = NULL;
    char **texts = NULL;
    size_t rows = 0;
    cr_assert_float_eq(number_of(r, "training/q/fold_1", "return", 2), 1.0 / 3.0, 0.0);
    cr_assert_float_eq(number_of(r, "patients", "weight_kg", 1), 35.5561, 0.0);
    cr_assert_float_eq(number_of(r, "patients", "kabs_per_min", 1), 1.25, 0.0);
    cr_assert_float_eq(number_of(r, "published_settings", "basal_u_per_h", 47), 0.43, 1e-15);
    cr_assert_eq(titr_reader_sheet_texts(r, "training/q/fold_1", "note", &texts, &rows, &err),
                 TITR_OK);
    cr_assert_eq(rows, 3);
    cr_assert_str_eq(texts[1], "");
    cr_assert_str_eq(texts[2], "caf\xc3\xa9, \"quoted\"");
    free(texts);
    cr_assert_eq(titr_reader_sheet_numbers(r, "patients", "id", &values, &rows, &err),
                 TITR_ERR_CONFIG);
    cr_assert(strstr(err.what, "does not hold numbers"), "%s", err.what);
    cr_assert_eq(titr_reader_sheet_texts(r, "patients", "age_years", &texts, &rows, &err),
                 TITR_ERR_CONFIG);
    cr_assert_eq(titr_reader_sheet_numbers(r, "patients", "shoe_size", &values, &rows, &err),
                 TITR_ERR_NOT_FOUND);
    cr_assert(strstr(err.what, "has no /patients/shoe_size"), "%s", err.what);
    cr_assert(strstr(titr_reader_manifest(r), "\"experiment\": \"sample\""));
    titr_reader_close(r);
}

enum { NAMES_MAX = 400 };

static void append_name(void *ctx, const char *name)
{
    char *names = ctx;
    const size_t n = strlen(names);
    (void)snprintf(names + n, NAMES_MAX - n, "%s;", name);
}

Test(store, members_are_listed_in_name_order)
{
    static const sample_run run = {54, 2, 3, 0, 3, TITR_COMPRESS_NONE};
    titr_error err = {.what = ""};
    titr_reader *r = write_and_open(&run);
    char names[NAMES_MAX] = "";
    size_t n = 0;
    cr_assert_eq(titr_reader_list(r, "training/q", append_name, names, &err), TITR_OK);
    cr_assert_str_eq(names, "fold_1;");
    names[0] = '\0';
    cr_assert_eq(titr_reader_list(r, "/training/q/fold_1", append_name, names, &err), TITR_OK);
    cr_assert_str_eq(names, "note;return;step;");
    cr_assert_str_eq(titr_reader_cohort_note(r), "made up");
    cr_assert_eq(titr_reader_list(r, "metrics", append_name, names, &err), TITR_ERR_NOT_FOUND);
    cr_assert_eq(titr_reader_has(r, "/patients/id"), 1);
    cr_assert_eq(titr_reader_has(r, "/minutes"), 0);
    cr_assert_eq(titr_reader_has(r, ""), 0);
    const char *const *states = titr_reader_panel(r, TITR_PANEL_STATES, &n);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(states[1], "a_tissue_glucose_mg_kg"); /* the model's order, not the names' */
    titr_reader_close(r);
}

/* --- misuse --- */

static titr_writer *open_writer(void)
{
    titr_error err = {.what = ""};
    titr_writer *w = NULL;
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_NONE, 0, NULL, &w, &err), TITR_OK, "%s",
                 err.what);
    return w;
}

Test(store, sheets_with_impossible_names_are_refused)
{
    static const char *const bad[] = {"", "a//b", "a/", "/a", "..", "a/./b"};
    static const double one[] = {1.0};
    const titr_sheet_column column = {"x", "1", "a number", one, NULL};
    const titr_sheet_column neither = {"y", "1", "nothing", NULL, NULL};
    titr_error err = {.what = ""};
    titr_writer *w = open_writer();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(titr_writer_sheet(w, bad[i], &column, 1, 1, &err), TITR_ERR_ARG, "'%s'",
                     bad[i]);
    }
    cr_assert_eq(titr_writer_sheet(w, "fine", &neither, 1, 1, &err), TITR_ERR_ARG);
    cr_assert(strstr(err.what, "neither numbers nor texts"), "%s", err.what);
    /* none of these spoilt the file */
    cr_assert_eq(titr_writer_sheet(w, "fine", &column, 1, 1, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_writer_sheet(w, "none", &column, 1, 0, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_writer_commit(w, &err), TITR_OK, "%s", err.what);
    titr_reader *r = NULL;
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    cr_assert_str_eq(titr_reader_manifest(r), "{}");
    cr_assert_eq(titr_reader_verify(r, &err), TITR_OK, "%s", err.what);
    titr_reader_close(r);
}

Test(store, after_a_failed_write_nothing_is_kept)
{
    static const double one[] = {1.0};
    const titr_sheet_column column = {"x", "1", "a number", one, NULL};
    titr_error err = {.what = ""};
    titr_trajectory t;
    struct stat st;
    titr_writer *w = open_writer();
    titr_trajectory_init(&t);
    cr_assert_eq(titr_writer_sheet(w, "twice", &column, 1, 1, &err), TITR_OK);
    cr_assert_eq(titr_writer_sheet(w, "twice", &column, 1, 1, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "/twice/x"), "%s", err.what);
    cr_assert_eq(titr_writer_append(w, &t, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "an earlier write failed"), "%s", err.what);
    cr_assert_eq(titr_writer_commit(w, &err), TITR_ERR_IO);
    cr_assert_eq(stat(path, &st), -1);
    w = open_writer();
    cr_assert_eq(titr_trajectory_set_panel(&t, TITR_PANEL_STATES, 2, &err), TITR_OK);
    cr_assert_eq(titr_writer_append(w, &t, &err), TITR_ERR_ARG);
    cr_assert(strstr(err.what, "2 states, expected 0"), "%s", err.what);
    titr_writer_abort(w);
    titr_trajectory_fini(&t);
}
