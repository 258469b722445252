// SPDX-License-Identifier: GPL-3.0-or-later
/* A run as CSV: every number reads back as what was stored, every text as it was. */
#include "titrate/store/export.h"

#include "sample.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char folder[256];
static char run_path[300];
static char out[300];
static titr_reader *reader;
static const sample_run run = {41, 5, 12, 8, 2, TITR_COMPRESS_GZIP};

static void setup(void)
{
    titr_error err = {.what = ""};
    sample_folder(folder);
    (void)snprintf(run_path, sizeof run_path, "%s/run.h5", folder);
    (void)snprintf(out, sizeof out, "%s/out.csv", folder);
    cr_assert_eq(sample_write(&run, run_path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_open(run_path, &reader, &err), TITR_OK, "%s", err.what);
}

static void teardown(void)
{
    titr_reader_close(reader);
    sample_folder_remove(folder);
}

TestSuite(export, .init = setup, .fini = teardown);

static void export_to(const char *table)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_export_table(reader, table, out, &err), TITR_OK, "%s", err.what);
}

/* Next field of a line without quotes; numbers are compared as floats, bit by bit. */
static const char *next_field(char **line)
{
    static char field[64];
    const size_t n = strcspn(*line, ",\n");
    (void)snprintf(field, sizeof field, "%.*s", (int)n, *line);
    *line += n + ((*line)[n] != '\0');
    return field;
}

static void check_float(char **line, float expected)
{
    const char *field = next_field(line);
    const float got = strtof(field, NULL);
    cr_assert((isnan(got) && isnan(expected)) || memcmp(&got, &expected, sizeof got) == 0,
              "'%s' for %.9g", field, (double)expected);
}

Test(export, steps_read_back_with_who_they_belong_to)
{
    titr_trajectory t;
    titr_trajectory_init(&t);
    export_to("steps");
    char *content = sample_slurp(out, NULL);
    char *line = content;
    cr_assert_eq(strncmp(line, "policy,patient,episode,time_min,glucose_mg_dl,", 46), 0);
    line = strchr(line, '\n') + 1;
    cr_assert_not_null(strstr(content, ",reward,plasma_glucose_mg_kg,a_tissue_glucose_mg_kg,"
                                       "observed_plasma_glucose_mg_kg,"
                                       "observed_a_tissue_glucose_mg_kg,"
                                       "allowed_plasma_glucose_mg_kg,"
                                       "allowed_a_tissue_glucose_mg_kg,"
                                       "withheld_u_plasma_glucose_mg_kg,"
                                       "withheld_u_a_tissue_glucose_mg_kg\n"));
    for (size_t k = 0; k < run.episodes; k++) {
        sample_episode(&run, k, &t);
        for (size_t i = 0; i < t.n; i++) {
            cr_assert_str_eq(next_field(&line), t.policy);
            cr_assert_str_eq(next_field(&line), t.patient);
            cr_assert_eq(strtoul(next_field(&line), NULL, 10), t.episode);
#define X(name, type, unit, doc) check_float(&line, (float)t.name[i]);
            TITR_STEP_COLUMNS(X)
#undef X
            for (size_t p = 0; p < TITR_N_PANELS; p++) {
                check_float(&line, titr_trajectory_panel_row(&t, (titr_panel)p, i)[0]);
                check_float(&line, titr_trajectory_panel_row(&t, (titr_panel)p, i)[1]);
            }
        }
    }
    cr_assert_eq(*line, '\0');
    free(content);
    titr_trajectory_fini(&t);
}

Test(export, texts_are_quoted_and_numbers_short)
{
    export_to("episodes");
    char *content = sample_slurp(out, NULL);
    cr_assert_not_null(strstr(content, "\npolicy_0,child#001,18446744073709551516,1001,"), "%s",
                       content);
    cr_assert_not_null(strstr(content, ",NaN,NaN,\"cvode: \"\"too much work\"\", t = 0\","), "%s",
                       content);
    free(content);
    export_to("training/q/fold_1");
    content = sample_slurp(out, NULL);
    cr_assert_str_eq(content, "step,return,note\n"
                              "100,-1.5,first\n"
                              "200,2.25,\n"
                              "300,0.3333333333333333,\"caf\xc3\xa9, \"\"quoted\"\"\"\n");
    free(content);
    export_to("doses");
    content = sample_slurp(out, NULL);
    cr_assert_eq(strstr(content, "episode_row,time_min,bolus_u,basal_u_per_h,carbs_g\n0,0,"),
                 content);
    free(content);
    export_to("minutes");
    content = sample_slurp(out, NULL);
    cr_assert_eq(strncmp(content,
                         "policy,patient,episode,time_min,glucose_mg_dl,insulin_u,carbs_g\n"
                         "policy_0,child#001,1001,1,",
                         90),
                 0, "%s", content);
    cr_assert_not_null(strstr(content, ",0.05,0\n"));
    free(content);
}

Test(export, a_folder_holds_every_table)
{
    static const char *const names[] = {"steps.csv",
                                        "minutes.csv",
                                        "episodes.csv",
                                        "doses.csv",
                                        "final_observations.csv",
                                        "final_mask.csv",
                                        "patients.csv",
                                        "training/q/fold_1.csv",
                                        "manifest.json",
                                        "published_settings.csv"};
    titr_error err = {.what = ""};
    char target[400];
    char path[600];
    (void)snprintf(target, sizeof target, "%s/csv", folder);
    cr_assert_eq(titr_export_folder(reader, target, &err), TITR_OK, "%s", err.what);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", target, names[i]);
        cr_assert_eq(unlink(path), 0, "%s", path);
    }
    static const char *const folders[] = {"training/q", "training", "."};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", target, folders[i]);
        cr_assert(rmdir(path) == 0 || i == 2, "%s holds more than expected", path);
    }
    cr_assert_eq(rmdir(target), 0, "%s holds more than expected", target);
}

Test(export, never_over_the_run_itself)
{
    titr_error err = {.what = ""};
    char link[300];
    size_t before = 0, after = 0;
    char *was = sample_slurp(run_path, &before);
    cr_assert_eq(titr_export_table(reader, "steps", run_path, &err), TITR_ERR_ARG);
    cr_assert(strstr(err.what, "is the run itself"), "%s", err.what);
    (void)snprintf(link, sizeof link, "%s/link", folder); /* nor under another name of it */
    cr_assert_eq(symlink(run_path, link), 0);
    cr_assert_eq(titr_export_table(reader, "steps", link, &err), TITR_ERR_ARG);
    (void)unlink(link);
    char *is = sample_slurp(run_path, &after);
    cr_assert(before == after && memcmp(was, is, before) == 0);
    free(was);
    free(is);
}

Test(export, refusals)
{
    titr_error err = {.what = ""};
    char inside[400];
    struct rlimit limit;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    cr_assert_eq(titr_export_table(reader, "meals", out, &err), TITR_ERR_NOT_FOUND);
    cr_assert(strstr(err.what, "has no table 'meals'"), "%s", err.what);
    cr_assert_eq(titr_export_table(reader, "patient", out, &err), TITR_ERR_NOT_FOUND);
    cr_assert(strstr(err.what, "did you mean 'patients'?"), "%s", err.what);
    (void)snprintf(inside, sizeof inside, "%s/none/steps.csv", folder);
    cr_assert_eq(titr_export_table(reader, "steps", inside, &err), TITR_ERR_IO);
    (void)snprintf(inside, sizeof inside, "%s/below", run_path); /* a file is no folder */
    cr_assert_eq(titr_export_folder(reader, inside, &err), TITR_ERR_IO);
    cr_assert(strstr(err.what, "cannot make folder"), "%s", err.what);
    cr_assert_eq(sigaction(SIGXFSZ, &ignore, NULL), 0);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 100;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    const titr_status status = titr_export_table(reader, "steps", out, &err);
    limit.rlim_cur = before;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(status, TITR_ERR_IO);
    cr_assert(strstr(err.what, "File too large"), "%s", err.what);
    cr_assert_eq(access(out, F_OK), -1);
}
