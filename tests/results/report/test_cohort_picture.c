// SPDX-License-Identifier: GPL-3.0-or-later
/* The picture of a cohort: a mark for each child in each plot, a box for each figure, and what it
 * is. */
#include "titrate/report/cohort_picture.h"

#include "titrate/cohort/sample.h"
#include "titrate/report/report.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what)) {
        n++;
    }
    return n;
}

Test(cohort_picture, every_child_stands_in_every_plot)
{
    const titr_model_type *model = titr_model_find("glucose_hovorka");
    titr_sample sample = titr_sample_init();
    titr_cohort cohort;
    titr_error err = {.what = ""};
    char *svg = NULL;
    sample.n = 10;
    sample.stratified = 1; /* five girls */
    cr_assert_eq(titr_cohort_load(&(titr_cohort_request){.source = "sample", .sample = &sample},
                                  model, &cohort, &err),
                 TITR_OK, "%s", err.what);
    titr_measured is[10];
    cr_assert_eq(titr_cohort_measure(&cohort, model, is, &err), TITR_OK, "%s", err.what);
    is[0].cr_g_per_u = (double)NAN; /* one that was not tested is not shown */
    cr_assert_eq(titr_cohort_picture(&cohort, is, "a <b> & c", &svg, &err), TITR_OK, "%s",
                 err.what);
    const size_t boys = count(svg, "class=\"m\""), girls = count(svg, "class=\"f\"");
    cr_expect_eq(boys + girls, 6 * 9 + 2, "%zu + %zu", boys, girls); /* and the legend */
    cr_expect_eq(count(svg, "class=\"clinic\""), 11 + 1); /* fasting glucose has no plot */
    cr_expect_eq(count(svg, "a &lt;b&gt; &amp; c"), 1);
    cr_expect_eq(count(svg, TITR_REPORT_NOTICE), 1);
    cr_expect_eq(count(svg, "nan"), 0);
    free(svg);
    titr_cohort_fini(&cohort);
}
