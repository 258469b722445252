// SPDX-License-Identifier: GPL-3.0-or-later
/* CSV of a sensor: what is read, and what is refused with file, line and column. */
#include "metric_cases.h"

#include <unistd.h>

static char path[64];

static void write_csv(const char *text)
{
    (void)snprintf(path, sizeof path, "/tmp/titrate_readings_XXXXXX");
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
}

static titr_status read_text(const char *text, const char *column, titr_readings *out,
                             titr_error *err)
{
    write_csv(text);
    const titr_status status = titr_readings_read_csv(path, column, out, err);
    (void)unlink(path);
    return status;
}

Test(readings, clock_times_quotes_ids_missing_and_order)
{
    titr_readings r;
    titr_error err = {0};
    cr_assert_eq(read_text("\xEF\xBB\xBF\"id\",\"Time\",\"gl\"\r\n"
                           "\"A, \"\"one\"\"\",2015-06-06T23:50:30,100\r\n"
                           "B,2015-06-06 10:00,5e1\r\n"
                           "\"A, \"\"one\"\"\",2015-06-07T00:05:00.5Z,120.5\r\n"
                           "\r\n"
                           "B,2015-06-06 09:55,\r\n"
                           "B,2015-06-06 09:50:00+02:00,70\r\n"
                           "B,2015-06-06 09:45,NA\n"
                           "B,2015-06-06 10:05,54",
                           NULL, &r, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_eq(r.n, 2);
    cr_assert_str_eq(r.of[0].id, "A, \"one\"");
    cr_assert_eq(r.of[0].series.n, 2);
    cr_assert_float_eq(r.of[0].series.time_min[0], 1430.5, 1e-9); /* from midnight of 6 June */
    cr_assert_float_eq(r.of[0].series.time_min[1], 1445.0 + 0.5 / 60.0, 1e-7);
    cr_assert_float_eq(r.of[0].series.glucose_mg_dl[1], 120.5, 0.0);
    cr_assert_eq(r.of[1].series.n, 3);
    cr_assert_float_eq(r.of[1].series.time_min[0], 590.0, 1e-9);
    cr_assert_float_eq(r.of[1].series.glucose_mg_dl[0], 70.0, 0.0);
    cr_assert_float_eq(r.of[1].series.glucose_mg_dl[2], 54.0, 0.0);
    cr_assert(isnan(r.of[1].series.horizon_min));

    cr_assert_eq(titr_readings_pick(&r, "B", &err), &r.of[1].series);
    cr_assert_null(titr_readings_pick(&r, NULL, &err));
    cr_assert_eq(err.code, TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "2 ids"));
    cr_assert_null(titr_readings_pick(&r, "C", &err));
    cr_assert_eq(err.code, TITR_ERR_NOT_FOUND);
    cr_assert_not_null(strstr(err.what, "nearest is 'B'"));
    titr_readings_fini(&r);
}

Test(readings, minutes_and_mmol)
{
    titr_readings r;
    titr_error err = {0};
    cr_assert_eq(read_text("glucose_mmol_l,note,time_min\n10,x,0\n5.5,y,5\n", NULL, &r, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_eq(r.n, 1);
    const titr_series *s = titr_readings_pick(&r, NULL, &err);
    cr_assert_not_null(s);
    cr_assert_float_eq(s->glucose_mg_dl[0], 180.16, 1e-9);
    cr_assert_float_eq(s->time_min[1], 5.0, 0.0);
    titr_readings_fini(&r);
}

Test(readings, leap_days_and_new_year)
{
    titr_readings r;
    titr_error err = {0};
    cr_assert_eq(read_text("time,bg\n2024-02-28 23:59,100\n2024-03-01 00:00,100\n", NULL, &r, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_float_eq(r.of[0].series.time_min[1] - r.of[0].series.time_min[0], 1441.0, 1e-9);
    titr_readings_fini(&r);
    cr_assert_eq(read_text("time,bg\n1999-12-31 23:59,100\n2000-01-01 00:00,100\n", NULL, &r, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_float_eq(r.of[0].series.time_min[1] - r.of[0].series.time_min[0], 1.0, 1e-9);
    titr_readings_fini(&r);
}

Test(readings, one_column_of_two_must_be_named)
{
    static const char text[] = "id,time_min,bg,cgm\np,0,100,110\n";
    titr_readings r;
    titr_error err = {0};
    cr_assert_eq(read_text(text, NULL, &r, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "'cgm' and 'bg' both hold glucose"), "%s", err.what);
    cr_assert_eq(read_text(text, "bg", &r, &err), TITR_OK);
    cr_assert_float_eq(r.of[0].series.glucose_mg_dl[0], 100.0, 0.0);
    titr_readings_fini(&r);
    cr_assert_eq(read_text(text, "sensor", &r, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "no column 'sensor'"), "%s", err.what);
}

Test(readings, refused_with_line_and_reason)
{
    static const struct {
        const char *text, *said;
    } row[] = {
        {"", "empty file"},
        {"time_min\n0\n", ":1: no glucose column"},
        {"gl\n100\n", ":1: no time column"},
        {"time_min,gl,GL\n0,1,1\n", ":1: column 'GL' stands twice"},
        {"time_min,gl\n", "no reading in column 'gl'"},
        {"time_min,gl\n0,\n", "no reading in column 'gl'"},
        {"time_min,gl\n0,100\n5,abc\n", ":3: gl = 'abc', expected a number in mg/dL"},
        {"time_min,gl\n0,100\n5,100 mg\n", ":3: gl = '100 mg'"},
        {"time_min,gl\n0,inf\n", ":2: gl = 'inf'"},
        {"time_min,gl\n0,-5\n", ":2: gl = -5 mg/dL, allowed [-1, 3000]"},
        {"time_min,gl\n0,3001\n", ":2: gl = 3001 mg/dL"},
        {"time_min,glucose_mmol_l\n0,200\n", ":2: glucose_mmol_l = 200 mmol/L"},
        {"time_min,gl\nnoon,100\n", ":2: time_min = 'noon', expected a number of minutes"},
        {"time,gl\n5,100\n", ":2: time = '5', expected a date and time"},
        {"time,gl\n2023-02-29 10:00,100\n", ":2: time = '2023-02-29 10:00'"},
        {"time,gl\n2023-13-01 10:00,100\n", ":2: time"},
        {"time,gl\n2023-12-01 24:00,100\n", ":2: time"},
        {"time,gl\n2023-12-01 10:00:0x,100\n", ":2: time"},
        {"time,gl\n2023-12-01 10:00 local,100\n", ":2: time"},
        {"time_min,gl\n0,100,7\n", ":2: 3 fields, the header has 2"},
        {"time_min,gl\n0\n", ":2: 1 fields, the header has 2"},
        {"time_min,gl\n\"0,100\n", ":2: a quoted field has no closing quote"},
        {"id,time_min,gl\n"
         "0123456789012345678901234567890123456789012345678901234567890123,0,100\n",
         ":2: id '01234567890123456789...' is longer than 63 bytes"},
        {"time_min,gl\n0,5\n1,5\n2,5\n3,5\n4,5\n5,5\n6,5\n7,5\n8,5\n9,5\n10,5\n11,5.5\n",
         "name the column glucose_mmol_l"},
        {"time_min,glucose_mmol_l\n0,90\n1,90\n2,90\n3,90\n4,90\n5,90\n6,90\n7,90\n8,90\n9,90\n"
         "10,90\n11,88.5\n",
         "the lowest of 12 readings is 88.5, too high for mmol/L: name the column glucose_mg_dl"},
        {"time_min,gl\n0,\x01\x02\n", ":2: not text: expected a CSV file"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        titr_readings r;
        titr_error err = {0};
        cr_assert_eq(read_text(row[i].text, NULL, &r, &err), TITR_ERR_CONFIG, "row %zu", i);
        cr_assert_not_null(strstr(err.what, row[i].said), "row %zu: %s", i, err.what);
        cr_assert_eq(strncmp(err.what, path, strlen(path)), 0, "%s", err.what);
        cr_assert_null(strchr(err.what, '\n'));
    }
}

Test(readings, unreadable_and_binary_files)
{
    titr_readings r;
    titr_error err = {0};
    cr_assert_eq(titr_readings_read_csv("/nonexistent/x.csv", NULL, &r, &err), TITR_ERR_IO);
    cr_assert_not_null(strstr(err.what, "No such file"));
    cr_assert_eq(titr_readings_read_csv("/", NULL, &r, &err), TITR_ERR_IO);
    char *longer = malloc(10001);
    memset(longer, 'a', 10000);
    longer[10000] = '\0';
    cr_assert_eq(read_text(longer, NULL, &r, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "not text"));
    char commas[300];
    memset(commas, ',', 299);
    commas[299] = '\0';
    cr_assert_eq(read_text(commas, NULL, &r, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "more than 128 columns"));
    free(longer);
}

/* Whole days earlier or later, rows in another order: the same series. */
Test(readings, shift_by_days_and_order_change_nothing)
{
    titr_readings a, b;
    titr_error err = {0};
    cr_assert_eq(read_text("time,gl\n2020-01-01 08:00,90\n2020-01-02 09:00,190\n", NULL, &a, &err),
                 TITR_OK);
    cr_assert_eq(read_text("time,gl\n2023-07-15 09:00,190\n2023-07-14 08:00,90\n", NULL, &b, &err),
                 TITR_OK);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_float_eq(a.of[0].series.time_min[i], b.of[0].series.time_min[i], 0.0);
        cr_assert_float_eq(a.of[0].series.glucose_mg_dl[i], b.of[0].series.glucose_mg_dl[i], 0.0);
    }
    titr_readings_fini(&a);
    titr_readings_fini(&b);
}
