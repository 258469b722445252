// SPDX-License-Identifier: GPL-3.0-or-later
/* A cohort written is read back as it was, bit for bit; settings and sexes that make no sense are
 * refused. */
#include "titrate/store/cohort_csv.h"

#include "titrate/cohort/sample.h"

#include "support/temp_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static titr_cohort drawn(const char *body, int64_t n)
{
    titr_sample sample = titr_sample_init();
    titr_cohort cohort;
    titr_error err = {.what = ""};
    sample.n = n;
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = &sample},
                                  titr_model_find(body), &cohort, &err),
                 TITR_OK, "%s", err.what);
    return cohort;
}

static void comes_back(const char *body)
{
    const titr_model_type *model = titr_model_find(body);
    titr_cohort cohort = drawn(body, 6), again;
    titr_error err = {.what = ""};
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, "", 0));
    cr_assert_eq(titr_cohort_write_csv(&cohort, model, path, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "file", .path = path}, model,
                                  &again, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_eq(again.n, cohort.n);
    for (size_t i = 0; i < cohort.n; i++) {
        cr_expect_eq(memcmp(&again.child[i], &cohort.child[i], sizeof cohort.child[i]), 0, "%s %s",
                     body, cohort.child[i].patient.id);
    }
    titr_cohort_fini(&cohort);
    titr_cohort_fini(&again);
    temp_remove(path);
}

Test(cohort_csv, what_was_written_comes_back)
{
    comes_back("glucose_s2008");
    comes_back("glucose_hovorka");
}

static void refused(const char *from, const char *to, const char *says)
{
    const titr_model_type *model = titr_model_find("glucose_hovorka");
    titr_cohort cohort = drawn("glucose_hovorka", 1), again;
    titr_error err = {.what = ""};
    char path[TEMP_PATH_MAX], text[4096] = "", changed[4200];
    cr_assert(temp_file(path, "", 0));
    cr_assert_eq(titr_cohort_write_csv(&cohort, model, path, &err), TITR_OK, "%s", err.what);
    FILE *in = fopen(path, "r");
    cr_assert_not_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    (void)fclose(in);
    char *at = strstr(text, from);
    cr_assert_not_null(at, "no %s in %s", from, text);
    const int n = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to,
                           at + strlen(from));
    temp_remove(path);
    cr_assert(temp_file(path, changed, (size_t)n));
    cr_expect_eq(titr_cohort_load(&(titr_cohort_request){.source = "file", .path = path}, model,
                                  &again, &err),
                 TITR_ERR_CONFIG);
    cr_expect_not_null(strstr(err.what, says), "'%s' says not '%s'", err.what, says);
    cr_expect_not_null(strstr(err.what, ":2: "), "%s", err.what);
    titr_cohort_fini(&cohort);
    temp_remove(path);
}

Test(cohort_csv, what_makes_no_sense_is_refused)
{
    refused(",110,", ",20,", "column Target: 20, expected 60 to 250");
    refused(",110,", ",nan,", "Target");
    refused(",male,", ",boy,", "column Sex: 'boy', expected male, female or nothing");
}

Test(cohort_csv, a_folder_that_is_not_there)
{
    titr_cohort cohort = drawn("glucose_hovorka", 1);
    titr_error err = {.what = ""};
    cr_expect_eq(titr_cohort_write_csv(&cohort, titr_model_find("glucose_hovorka"),
                                       "/nonexistent/x.csv", &err),
                 TITR_ERR_IO);
    titr_cohort_fini(&cohort);
}
