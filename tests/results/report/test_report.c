// SPDX-License-Identifier: GPL-3.0-or-later
/* The page: well-formed, self-contained, escaped, the same bytes twice, within its size. */
#include "sample_run.h"

#include "titrate/report/report.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_BUDGET 153600 /* 150 KiB */

static titr_status write_page(const char *run, const titr_report_def *def, const char *page,
                              titr_error *err)
{
    titr_reader *reader = NULL;
    cr_assert_eq(titr_reader_open(run, &reader, err), TITR_OK, "%s", err->what);
    const titr_status status = titr_report_write(reader, def, page, err);
    titr_reader_close(reader);
    return status;
}

static char *read_page(const char *page)
{
    struct stat about;
    FILE *f = fopen(page, "r");
    cr_assert_not_null(f);
    cr_assert_eq(fstat(fileno(f), &about), 0);
    char *text = calloc((size_t)about.st_size + 1, 1);
    cr_assert_eq(fread(text, 1, (size_t)about.st_size, f), (size_t)about.st_size);
    (void)fclose(f);
    return text;
}

/* Page of a sample run. @return malloc'ed; the files are removed. */
static char *page_of(const sample_run *sample, const titr_report_def *def)
{
    char page[96];
    titr_error err = {0};
    const char *run = sample_run_write(sample);
    (void)snprintf(page, sizeof page, "%s.html", run);
    cr_assert_eq(write_page(run, def, page, &err), TITR_OK, "%s", err.what);
    char *text = read_page(page);
    (void)unlink(run);
    (void)unlink(page);
    return text;
}

/* Every tag that opens is closed in order; quotes around every attribute. Void tags end in "/>". */
static void assert_balanced(const char *html)
{
    enum { DEPTH_MAX = 64, NAME_SIZE = 24 };
    static char open[DEPTH_MAX][NAME_SIZE];
    size_t depth = 0;
    for (const char *s = strchr(html, '<'); s != NULL; s = strchr(s, '<')) {
        char name[NAME_SIZE] = "";
        const int closing = s[1] == '/';
        const char *at = s + 1 + closing;
        for (size_t n = 0; n + 1 < NAME_SIZE && isalnum((unsigned char)*at); n++) {
            name[n] = *at++;
        }
        int quoted = 0;
        for (; *at != '\0' && (quoted || *at != '>'); at++) {
            quoted ^= *at == '"';
            cr_assert(quoted || *at != '<', "'<' inside a tag: %.60s", s);
        }
        cr_assert_eq(*at, '>', "tag without end: %.60s", s);
        if (s[1] != '!') {
            cr_assert_neq(name[0], '\0', "'<' that is no tag: %.60s", s);
            if (closing) {
                cr_assert_gt(depth, 0, "</%s> too many", name);
                cr_assert_str_eq(open[--depth], name);
            } else if (at[-1] != '/') {
                cr_assert_lt(depth, DEPTH_MAX);
                (void)snprintf(open[depth++], NAME_SIZE, "%s", name);
            }
        }
        s = at;
    }
    cr_assert_eq(depth, 0, "<%s> is not closed", depth > 0 ? open[depth - 1] : "");
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *s = strstr(text, what); s != NULL; s = strstr(s + 1, what)) {
        n++;
    }
    return n;
}

/* Every row of every table has as many cells as its first row. */
static void assert_rectangular(const char *html)
{
    for (const char *table = strstr(html, "<table"); table != NULL;
         table = strstr(table + 1, "<table")) {
        const char *end = strstr(table, "</table>");
        size_t columns = 0;
        cr_assert_not_null(end);
        for (const char *row = strstr(table, "<tr"); row != NULL && row < end;
             row = strstr(row + 1, "<tr")) {
            const char *row_end = strstr(row, "</tr>");
            size_t cells = 0;
            cr_assert_not_null(row_end);
            for (const char *s = row + 3; s < row_end; s++) {
                cells += strncmp(s, "<td", 3) == 0 || strncmp(s, "<th", 3) == 0;
            }
            columns = columns == 0 ? cells : columns;
            cr_assert_eq(cells, columns, "%zu cells in a table of %zu columns: %.80s", cells,
                         columns, row);
        }
    }
}

static const titr_report_def plain;

Test(report, is_well_formed_self_contained_and_small)
{
    const sample_run sample = sample_run_default();
    char *page = page_of(&sample, &plain);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_lt(strlen(page), SIZE_BUDGET, "%zu bytes", strlen(page));
    cr_assert_eq(count(page, ">" TITR_REPORT_NOTICE "<"), 2, "top and bottom");
    cr_assert_eq(count(page, "default-src 'none'; style-src 'unsafe-inline'"), 1);
    static const char *const never[] = {"http://", "https://", "<script", "javascript:", "<img",
                                        "<link",   "@import",  "src=",    ">nan",        ">inf"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        cr_assert_eq(count(page, never[i]), 0, "%s", never[i]);
    }
    /* every chart tells those who cannot see it what it shows, and gives its numbers */
    cr_assert_eq(count(page, "<svg role=\"img\""), 5);
    cr_assert_eq(count(page, "</title><desc"), 5);
    cr_assert_eq(count(page, "<details><summary>The same"), 5);
    free(page);
}

Test(report, panels_stand_in_order)
{
    static const char *const id[] = {"\"identity\"",    "\"comparison\"", "\"ranges\"",
                                     "\"percentiles\"", "\"day\"",        "\"goals\"",
                                     "\"provenance\"",  "\"limits\""};
    const sample_run sample = sample_run_default();
    char *page = page_of(&sample, &plain);
    const char *at = page;
    for (size_t i = 0; i < sizeof id / sizeof id[0]; i++) {
        at = strstr(at, id[i]);
        cr_assert_not_null(at, "%s", id[i]);
    }
    cr_assert_not_null(strstr(page, "0 of 6 episodes failed"));
    cr_assert_not_null(strstr(page, "<dd>q_population</dd>")); /* the learner is on show */
    cr_assert_not_null(strstr(page, "<dd>child#008</dd>"));    /* its worst child */
    cr_assert_not_null(strstr(page, "<dd>41.0 kg</dd>"));
    cr_assert_not_null(strstr(page, "Level chosen by the policy: \xE2\x80\xA6 x basal</text>"));
    cr_assert_not_null(strstr(page, ">1.5</text>"));
    free(page);
}

Test(report, same_run_same_bytes)
{
    const sample_run sample = sample_run_default();
    char *a = page_of(&sample, &plain), *b = page_of(&sample, &plain);
    cr_assert_str_eq(a, b);
    free(a);
    free(b);
}

Test(report, stored_scores_and_fresh_ones_give_the_same_page)
{
    sample_run sample = sample_run_default();
    char *a = page_of(&sample, &plain);
    sample.scores = 0;
    char *b = page_of(&sample, &plain);
    cr_assert_str_eq(a, b);
    free(a);
    free(b);
}

Test(report, hostile_names_are_escaped)
{
    sample_run sample = sample_run_default();
    sample.policy[0] = "<script>alert(1)</script>";
    sample.policy[1] = "\"onload=\"x&amp;'\xFF\x01";
    sample.patient[2] = "</svg><b>'\"&";
    sample.experiment = "</title><script>alert('x')</script>";
    sample.learner = 0; /* a group of the file cannot bear such a name */
    const titr_report_def def = {.policy = sample.policy[1], .patient = sample.patient[2]};
    char *page = page_of(&sample, &def);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_eq(count(page, "<script"), 0);
    cr_assert_eq(count(page, "<b>"), 0);
    cr_assert_eq(count(page, "\"onload"), 0);
    cr_assert_not_null(strstr(page, "&lt;/svg&gt;&lt;b&gt;&#39;&quot;&amp;"));
    cr_assert_not_null(strstr(page, "&quot;onload=&quot;x&amp;amp;&#39;\xEF\xBF\xBD"));
    free(page);
}

Test(report, failures_and_faults_stand_out)
{
    sample_run sample = sample_run_default();
    sample.failures = sample.faults = 1;
    char *page = page_of(&sample, &plain);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_eq(count(page, "Invalid comparison."), 2);
    cr_assert_not_null(strstr(page, "alert\">2 / 6 FAULT"));
    cr_assert_not_null(strstr(page, "2 of 6 episodes failed"));
    cr_assert_not_null(strstr(page, "1 of 2 episodes of this child failed"));
    free(page);
}

Test(report, too_little_data_draws_no_percentiles)
{
    sample_run sample = sample_run_default();
    sample.days = 0.5;
    sample.seeds = 1;
    char *page = page_of(&sample, &plain);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_not_null(strstr(page, "Less than 24 hours of data"));
    cr_assert_not_null(strstr(page, "Less than 7 days of data")); /* all three children */
    cr_assert_eq(count(page, "class=\"outer\""), 0);
    free(page);
}

Test(report, doses_chosen_directly_have_no_levels)
{
    sample_run sample = sample_run_default();
    sample.levels = 0;
    char *page = page_of(&sample, &plain);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_not_null(strstr(page, "chose doses directly"));
    cr_assert_eq(count(page, "Level chosen by the policy"), 0);
    free(page);
}

/* Rule 2 every 4 h from midnight, rule 3, whose name the run does not tell, 2 h later. */
Test(report, the_shield_is_shown_where_it_acted)
{
    sample_run sample = sample_run_default();
    char *page = page_of(&sample, &plain);
    cr_assert_eq(count(page, "id=\"shield\""), 0);
    cr_assert_eq(count(page, "class=\"lowered\""), 0);
    free(page);
    sample.shield = 1;
    page = page_of(&sample, &plain);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_eq(count(page, "id=\"shield\""), 1);
    cr_assert_not_null(strstr(page, "<td class=\"num\">12.00</td>")); /* doses and U per day */
    cr_assert_not_null(strstr(page, "The shield lowered doses on this day: &lt;b&gt;second 6, "
                                    "rule 3 6.</p>"));
    cr_assert_eq(count(page, "class=\"lowered\""), 12);
    cr_assert_eq(count(page, ">rule 3</text>"), 1);
    cr_assert_eq(count(page, "<b>"), 0);
    free(page);
}

/* Two jobs: means -4 and -2 at 100 and 200 decisions; one of them has no third point. The plot's x
 * runs from 64 to 878 over 200 decisions. */
Test(report, learning_curves_are_means_over_jobs)
{
    sample_run sample = sample_run_default();
    char *page = page_of(&sample, &plain);
    const char *section = strstr(page, "<section id=\"training\">");
    cr_assert_eq(section != NULL, sample.learner);
    if (section != NULL) {
        cr_assert_not_null(strstr(section, "mean of 2 training jobs"));
        const char *line = strstr(section, "class=\"median\" d=\"M471.0 ");
        cr_assert_not_null(line, "%.900s", section);
        double first = 0.0, second = 0.0;
        cr_assert_eq(sscanf(line, "class=\"median\" d=\"M471.0 %lfL878.0 %lf", &first, &second), 2,
                     "%.80s", line);
        cr_assert_gt(first, second); /* lower on the page is less */
        cr_assert_null(strstr(section, "curve-validation"));
    }
    free(page);
}

Test(report, mmol)
{
    const sample_run sample = sample_run_default();
    const titr_report_def def = {.mmol = 1};
    char *page = page_of(&sample, &def);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_not_null(strstr(page, "Glucose, mmol/L"));
    cr_assert_not_null(strstr(page, ">10.0</text>")); /* 180 mg/dL */
    free(page);
}

Test(report, a_single_policy_needs_no_reference)
{
    sample_run sample = sample_run_default();
    sample.policy[1] = NULL;
    sample.learner = 0;
    const titr_report_def def = {.patient = "child#002", .policy = "bb_clinic"};
    char *page = page_of(&sample, &def);
    assert_balanced(page);
    assert_rectangular(page);
    cr_assert_not_null(strstr(page, "<dd>child#002</dd>"));
    cr_assert_eq(count(page, "<dt>Compared with</dt>"), 0);
    free(page);
}

Test(report, refuses_what_the_run_does_not_have)
{
    titr_error err = {0};
    const sample_run sample = sample_run_default();
    const char *run = sample_run_write(&sample);
    titr_report_def def = {.policy = "q_poulation"};
    cr_assert_eq(write_page(run, &def, "/tmp/titrate_never.html", &err), TITR_ERR_NOT_FOUND);
    cr_assert_str_eq(err.what, "the run has no policy 'q_poulation', nearest is 'q_population'");
    def = (titr_report_def){.patient = "child#009"};
    cr_assert_eq(write_page(run, &def, "/tmp/titrate_never.html", &err), TITR_ERR_NOT_FOUND);
    cr_assert_neq(access("/tmp/titrate_never.html", F_OK), 0);
    cr_assert_eq(write_page(run, &plain, "/nonexistent/page.html", &err), TITR_ERR_IO);
    cr_assert_eq(write_page(run, &plain, run, &err), TITR_ERR_ARG); /* not over the run itself */
    (void)unlink(run);
}
