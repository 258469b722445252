// SPDX-License-Identifier: GPL-3.0-or-later
/* CSV tables: what is read, and that each kind of broken file is told in one line. */
#include "titrate/base/csv.h"

#include "support/temp_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static titr_status read_text(const char *text, size_t n, titr_csv *csv, titr_error *err)
{
    char path[TEMP_PATH_MAX];
    cr_assert(temp_file(path, text, n));
    const titr_status status = titr_csv_read(path, csv, err);
    temp_remove(path);
    return status;
}

Test(csv, cells_are_trimmed_and_lines_counted)
{
    const char text[] = "\xef\xbb\xbfName, \"b\" ,c\r\n\r\nx, 1.5 ,-2e3\r\n\"y\",+3,nan\n";
    titr_csv csv;
    titr_error err = {0};
    cr_assert_eq(read_text(text, strlen(text), &csv, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(csv.n_columns, 3);
    cr_assert_eq(csv.n_rows, 2);
    cr_assert_str_eq(titr_csv_name(&csv, 0), "Name");
    cr_assert_eq(titr_csv_column(&csv, "b"), 1);
    cr_assert_eq(titr_csv_column(&csv, "d"), 3);
    cr_assert_str_eq(titr_csv_text(&csv, 1, 0), "y");
    double v = 0.0;
    cr_assert_eq(titr_csv_real(&csv, 0, 1, &v, &err), TITR_OK);
    cr_assert_eq(v, 1.5);
    cr_assert_eq(titr_csv_real(&csv, 0, 2, &v, &err), TITR_OK);
    cr_assert_eq(v, -2000.0);
    cr_assert_eq(titr_csv_real(&csv, 1, 2, &v, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, ":4: column c: 'nan', expected a number"), "%s", err.what);
    cr_assert_eq(v, -2000.0, "written although refused");
    titr_csv_fini(&csv);
}

Test(csv, numbers_are_decimal_and_finite)
{
    static const char *const wrong[] = {"", "0x10", "inf", "1e999", "1.2.3", "1 2", "e", "--1"};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        char text[64];
        const int n = snprintf(text, sizeof text, "a,b\n1,%s\n", wrong[k]);
        titr_csv csv;
        titr_error err = {0};
        double v = 0.0;
        cr_assert_eq(read_text(text, (size_t)n, &csv, &err), TITR_OK, "%s", err.what);
        cr_assert_eq(titr_csv_real(&csv, 0, 1, &v, &err), TITR_ERR_CONFIG, "'%s'", wrong[k]);
        titr_csv_fini(&csv);
    }
}

Test(csv, broken_files_are_told_by_line)
{
    static const struct {
        const char *text;
        size_t n; /* 0 = the length of the text */
        const char *says;
    } cases[] = {
        {"", 0, "the file is empty"},
        {"\n \n", 0, "the file is empty"},
        {"a,b\n1,2\n1\n", 0, ":3: 1 values, expected 2"},
        {"a,b\n1,2,3\n", 0, ":2: 3 values, expected 2"},
        {"a,b,a\n1,2,3\n", 0, ":1: columns 1 and 3 are both 'a'"},
        {"a,,b\n1,2,3\n", 0, ":1: column 2 has no name"},
        {"a,b\n1,\0002\n", 8, ":2: byte 0x00"},
        {"\x89HDF\r\n\x1a\n", 0, "byte 0x1a"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        titr_csv csv;
        titr_error err = {0};
        const size_t n = cases[k].n > 0 ? cases[k].n : strlen(cases[k].text);
        cr_assert_eq(read_text(cases[k].text, n, &csv, &err), TITR_ERR_CONFIG, "case %zu", k);
        cr_assert_not_null(strstr(err.what, cases[k].says), "%s", err.what);
        cr_assert_null(strchr(err.what, '\n'), "%s", err.what);
    }
    titr_csv csv;
    titr_error err = {0};
    cr_assert_eq(titr_csv_read("/nonexistent/x.csv", &csv, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "/nonexistent/x.csv: cannot be opened"), "%s", err.what);
    cr_assert_eq(titr_csv_read("/", &csv, &err), TITR_ERR_IO, "a folder opens but does not read");
}

/* Longer than any buffer that grows. */
Test(csv, a_long_file_is_read_whole)
{
    enum { ROWS = 20000 };
    char *text = malloc(ROWS * 16 + 16);
    cr_assert_not_null(text);
    size_t n = (size_t)snprintf(text, 32, "k,square\n");
    for (int k = 0; k < ROWS; k++) {
        n += (size_t)snprintf(text + n, 32, "%d,%d\n", k, k * k);
    }
    titr_csv csv;
    titr_error err = {0};
    cr_assert_eq(read_text(text, n, &csv, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(csv.n_rows, ROWS);
    double v = 0.0;
    cr_assert_eq(titr_csv_real(&csv, ROWS - 1, 1, &v, &err), TITR_OK);
    cr_assert_eq(v, (double)(ROWS - 1) * (ROWS - 1));
    titr_csv_fini(&csv);
    free(text);
}
