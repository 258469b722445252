// SPDX-License-Identifier: GPL-3.0-or-later
/* Dosing records: what is read, what is tolerated, and one clear line for each way to be wrong. */
#include "titrate/env/dosing.h"

#include "support/temp_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char path[TEMP_PATH_MAX];

static void put(const char *bytes, size_t n)
{
    if (path[0] != '\0') {
        temp_remove(path);
    }
    cr_assert(temp_file(path, bytes, n));
}

static void teardown(void)
{
    temp_remove(path);
}

TestSuite(dosing, .fini = teardown);

static titr_dosing read_ok(const char *text)
{
    titr_error err = {0};
    titr_dosing d = {0};
    put(text, strlen(text));
    cr_assert_eq(titr_dosing_read(path, &d, &err), TITR_OK, "%s", err.what);
    return d;
}

Test(dosing, columns_in_any_order)
{
    titr_dosing d =
        read_ok("insulin_u,time_min,basal_u_per_h,carbs_g\n1.25,0,0.35,30\n0,7.5,0,0\n");
    cr_assert_eq(d.n, 2);
    cr_assert_eq(d.has_basal, 1);
    cr_assert_float_eq(d.rows[0].insulin_u, 1.25, 0.0);
    cr_assert_float_eq(d.rows[0].carbs_g, 30.0, 0.0);
    cr_assert_float_eq(d.rows[0].basal_u_per_h, 0.35, 0.0);
    cr_assert_float_eq(d.rows[1].time_min, 7.5, 0.0);
    titr_dosing_fini(&d);
    cr_assert_eq(d.n, 0);
}

Test(dosing, what_spreadsheets_write_is_tolerated)
{
    titr_dosing d =
        read_ok("\xef\xbb\xbf\"time_min\", carbs_g ,insulin_u\r\n\r\n0,0,0\r\n5,1e1,.5");
    cr_assert_eq(d.n, 2);
    cr_assert_eq(d.has_basal, 0);
    cr_assert_float_eq(d.rows[1].carbs_g, 10.0, 0.0);
    cr_assert_float_eq(d.rows[1].insulin_u, 0.5, 0.0);
    cr_assert_float_eq(d.rows[1].basal_u_per_h, 0.0, 0.0);
    titr_dosing_fini(&d);
}

Test(dosing, find_gives_the_first_row_not_before)
{
    titr_dosing d = read_ok("time_min,carbs_g,insulin_u\n0,1,0\n5,2,0\n10,3,0\n");
    cr_assert_eq(titr_dosing_find(&d, 0.0), 0);
    cr_assert_eq(titr_dosing_find(&d, 0.5), 1);
    cr_assert_eq(titr_dosing_find(&d, 5.0), 1);
    cr_assert_eq(titr_dosing_find(&d, 10.5), 3);
    titr_dosing_fini(&d);
}

Test(dosing, many_rows)
{
    static char text[100000];
    size_t n = (size_t)snprintf(text, sizeof text, "time_min,carbs_g,insulin_u\n");
    for (int k = 0; k < 5000; k++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%d,0\n", 5 * k, k % 100);
    }
    titr_dosing d = read_ok(text);
    cr_assert_eq(d.n, 5000);
    cr_assert_float_eq(d.rows[4999].time_min, 24995.0, 0.0);
    titr_dosing_fini(&d);
}

#define HEADER "time_min,carbs_g,insulin_u\n"

/* what the file holds, and the message after its path */
static const struct bad {
    const char *text, *message;
} bad[] = {
    {"", ": the file is empty, expected a header time_min,carbs_g,insulin_u[,basal_u_per_h]"},
    {"\n \n", ": the file is empty, expected a header time_min,carbs_g,insulin_u[,basal_u_per_h]"},
    {HEADER, ": a header without rows, expected at least one"},
    {"time_min,carb_g,insulin_u\n0,0,0\n", ":1: unknown column 'carb_g', expected carbs_g"},
    {"0,0,0\n", ":1: unknown column '0', expected time_min,carbs_g,insulin_u[,basal_u_per_h]"},
    {"time_min,carbs_g\n0,0\n", ":1: missing column 'insulin_u', expected the header "
                                "time_min,carbs_g,insulin_u[,basal_u_per_h]"},
    {"time_min,carbs_g,carbs_g\n", ":1: repeated column 'carbs_g', expected each column once"},
    {HEADER "0,0,0\n5,0", ":3: 2 values, expected 3 as in the header"},
    {HEADER "0,0,0,9\n", ":2: 4 values, expected 3 as in the header"},
    {HEADER "0,0,0,x\n", ":2: 4 values, expected 3 as in the header"},
    {HEADER "0,,0\n", ":2: column carbs_g: '', expected a number in [0, 500] g"},
    {HEADER "0,ten,0\n", ":2: column carbs_g: 'ten', expected a number in [0, 500] g"},
    {HEADER "0,1 0,0\n", ":2: column carbs_g: '1 0', expected a number in [0, 500] g"},
    {HEADER "0,0x1,0\n", ":2: column carbs_g: '0x1', expected a number in [0, 500] g"},
    {HEADER "0,0,nan\n", ":2: column insulin_u: 'nan', expected a number in [0, 100] U"},
    {HEADER "0,0,1e999\n", ":2: column insulin_u: '1e999', expected a number in [0, 100] U"},
    {HEADER "0,0,-1\n", ":2: column insulin_u: '-1', expected a number in [0, 100] U"},
    {HEADER "-5,0,0\n", ":2: column time_min: '-5', expected a number in [0, 10000000] min"},
    {HEADER "5,0,0\n5,0,0\n",
     ":3: column time_min: 5, expected a time after 5 min, the row before"},
    {HEADER "10,0,0\n5,0,0\n",
     ":3: column time_min: 5, expected a time after 10 min, the row before"},
    {"\x89HDF\r\n\x1a\n", ":1: not plain text, expected CSV with "
                          "time_min,carbs_g,insulin_u[,basal_u_per_h]"},
};

Test(dosing, every_bad_file_gets_one_clear_line)
{
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        titr_error err = {0};
        titr_dosing d = {.n = 77};
        put(bad[k].text, strlen(bad[k].text));
        cr_assert_eq(titr_dosing_read(path, &d, &err), TITR_ERR_CONFIG, "case %zu", k);
        cr_assert_eq(strncmp(err.what, path, strlen(path)), 0);
        cr_expect_str_eq(err.what + strlen(path), bad[k].message);
        cr_assert_eq(d.n, 77, "output is untouched");
    }
}

Test(dosing, zero_bytes_are_not_text)
{
    titr_error err = {0};
    titr_dosing d = {0};
    put(HEADER "0,0\0,0\n", sizeof HEADER "0,0\0,0\n" - 1);
    cr_assert_eq(titr_dosing_read(path, &d, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, ":2: not plain text"));
}

Test(dosing, missing_files_and_directories)
{
    titr_error err = {0};
    titr_dosing d = {0};
    cr_assert_eq(titr_dosing_read("/nowhere/doses.csv", &d, &err), TITR_ERR_IO);
    cr_assert_str_eq(err.what, "/nowhere/doses.csv: cannot be read: No such file or directory");
    cr_assert_eq(titr_dosing_read("/tmp", &d, &err), TITR_ERR_IO);
    cr_assert_str_eq(err.what, "/tmp: cannot be read: Is a directory");
}
