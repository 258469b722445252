// SPDX-License-Identifier: GPL-3.0-or-later
/* The comparison as JSON, and through a run file and back. */
#include "episodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static titr_summary sample(void)
{
    titr_summary s;
    titr_summary_init(&s);
    add_episode(&s, "a", "child#1", 1001, 6, TITR_END_TRUNCATED);
    add_episode(&s, "a", "child#2", 1001, 8, TITR_END_TERMINATED);
    add_episode(&s, "b \"<\"", "child#1", 1001, 5, TITR_END_TRUNCATED);
    add_episode(&s, "b \"<\"", "child#2", 1001, 4, TITR_END_FAULT);
    cr_assert_eq(titr_summary_finish(&s, "a", 7, NULL), TITR_OK);
    return s;
}

static double number_after(const char *json, const char *key)
{
    char quoted[96];
    (void)snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    const char *at = strstr(json, quoted);
    cr_assert_not_null(at, "%s", key);
    return strtod(at + strlen(quoted), NULL);
}

Test(summary_json, keys_carry_units_and_undefined_is_null)
{
    titr_summary s = sample();
    char *json = NULL;
    cr_assert_eq(titr_summary_json(&s, &json, NULL), TITR_OK);
    cr_assert_not_null(strstr(json, "\"notice\": \"SIMULATED - for research"));
    cr_assert_not_null(strstr(json, "\"valid\": false"));
    cr_assert_not_null(strstr(json, "\"policy\": \"b \\\"<\\\"\""));
    cr_assert_not_null(strstr(json, "\"end\": \"terminated\""));
    cr_assert_not_null(strstr(json, "\"patient\": \"child#2\""));
    cr_assert_float_eq(number_after(json, "estimate"), 50.0, 0.0); /* of failed_percent: first */
    cr_assert_float_eq(number_after(json, "tir_70_180_percent"), 80.0, 1e-12);
    cr_assert_float_eq(number_after(json, "tir_itt_percent"), 55.0, 1e-12);
    cr_assert_float_eq(number_after(json, "cgm_tir_70_180_percent"), 80.0, 1e-12);
    const char *difference = strstr(json, "\"tir_itt_difference_percent_points\"");
    cr_assert_not_null(strstr(difference, "\"estimate\": null")); /* a is the reference */
    cr_assert_null(strstr(json, "nan"));
    const char *policies = strstr(json, "\"policies\""),
               *episodes = strstr(json, "\"episodes\": [");
    cr_assert(policies != NULL && episodes != NULL && policies < episodes);
    free(json);
    titr_summary_fini(&s);
}

static void assert_same(const titr_summary *a, const titr_summary *b)
{
    char *x = NULL, *y = NULL;
    cr_assert_eq(titr_summary_json(a, &x, NULL), TITR_OK);
    cr_assert_eq(titr_summary_json(b, &y, NULL), TITR_OK);
    cr_assert_str_eq(x, y);
    free(x);
    free(y);
}

static char path[64];

/* An empty run file, to which `write` adds something. */
static titr_reader *run_with(void (*write)(titr_writer *w, void *ctx), void *ctx)
{
    titr_writer *w = NULL;
    titr_reader *r = NULL;
    titr_error err = {0};
    (void)snprintf(path, sizeof path, "/tmp/titrate_summary_XXXXXX");
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    (void)close(fd);
    cr_assert_eq(titr_writer_open(path, TITR_COMPRESS_NONE, 0, NULL, &w, &err), TITR_OK, "%s",
                 err.what);
    write(w, ctx);
    cr_assert_eq(titr_writer_manifest(w, "{}", &err), TITR_OK);
    cr_assert_eq(titr_writer_commit(w, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    return r;
}

static void write_summary(titr_writer *w, void *ctx)
{
    titr_error err = {0};
    cr_assert_eq(titr_summary_write(ctx, w, &err), TITR_OK, "%s", err.what);
}

Test(summary_file, stored_scores_come_back)
{
    titr_summary s = sample(), back;
    titr_error err = {0};
    titr_reader *r = run_with(write_summary, &s);
    cr_assert_eq(titr_summary_read(r, "a", 7, &back, &err), TITR_OK, "%s", err.what);
    assert_same(&s, &back);
    titr_summary_fini(&back);
    cr_assert_eq(titr_summary_read(r, "c", 7, &back, &err), TITR_ERR_NOT_FOUND);

    double *value = NULL;
    size_t rows = 0;
    cr_assert_eq(titr_reader_sheet_numbers(r, "metrics/policies", "failed_percent_estimate", &value,
                                           &rows, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_eq(rows, 2);
    cr_assert_float_eq(value[0], 50.0, 0.0);
    free(value);
    titr_reader_close(r);
    titr_summary_fini(&s);
    (void)unlink(path);
}

/* Rows of replicates have a sheet of their own, and come back from the episodes. */
Test(summary_file, replicates_come_back)
{
    titr_summary s, back;
    titr_error err = {0};
    titr_summary_init(&s);
    add_episode(&s, "q#1", "child#1", 1001, 6, TITR_END_TRUNCATED);
    add_episode(&s, "q#2", "child#1", 1001, 9, TITR_END_TRUNCATED);
    cr_assert_eq(titr_summary_finish(&s, "", 7, &err), TITR_OK, "%s", err.what);
    titr_reader *r = run_with(write_summary, &s);
    cr_assert_eq(titr_summary_read(r, "", 7, &back, &err), TITR_OK, "%s", err.what);
    assert_same(&s, &back);
    double *value = NULL;
    size_t rows = 0;
    cr_assert_eq(titr_reader_sheet_numbers(r, "metrics/policies", "tir_itt_replicates_max", &value,
                                           &rows, &err),
                 TITR_OK, "%s", err.what);
    cr_assert(rows == 1 && value[0] == 90.0);
    free(value);
    cr_assert_eq(
        titr_reader_sheet_numbers(r, "metrics/replicates", "tir_itt_percent", &value, &rows, &err),
        TITR_OK, "%s", err.what);
    cr_assert(rows == 2 && value[0] == 60.0 && value[1] == 90.0);
    free(value);
    titr_summary_fini(&back);
    titr_reader_close(r);
    titr_summary_fini(&s);
    (void)unlink(path);
}

static void write_nothing(titr_writer *w, void *ctx)
{
    (void)w;
    (void)ctx;
}

static void write_bad_end(titr_writer *w, void *ctx)
{
    static const char *const name[] = {"a"};
    static const double number[] = {1.0}, end[] = {1e300};
    const titr_sheet_column column[] = {{"policy", "1", "policy", NULL, name},
                                        {"patient", "1", "child", NULL, name},
                                        {"episode", "1", "seed", number, NULL},
                                        {"end", "1", "end", end, NULL}};
    (void)ctx;
    cr_assert_eq(titr_writer_sheet(w, "metrics/episodes", column, 4, 1, NULL), TITR_OK);
}

Test(summary_file, absent_and_damaged_scores_are_refused)
{
    titr_summary back;
    titr_error err = {0};
    titr_reader *r = run_with(write_nothing, NULL);
    cr_assert_eq(titr_summary_read(r, "", 7, &back, &err), TITR_ERR_NOT_FOUND);
    cr_assert_eq(titr_summary_of_run(r, 0.0, "", 7, &back, &err), TITR_ERR_ARG); /* no episode */
    titr_reader_close(r);
    (void)unlink(path);
    r = run_with(write_bad_end, NULL);
    cr_assert_eq(titr_summary_read(r, "", 7, &back, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "/metrics/episodes is damaged"), "%s", err.what);
    titr_reader_close(r);
    (void)unlink(path);
}
