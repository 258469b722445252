// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"

static const struct column {
    const char *head, *key;
    int digits, glucose; /* glucose: in the unit on show */
} columns[] = {
    {"&lt;70 %", "tbr_itt_below_70_percent", 2, 0},
    {"&lt;54 %", "tbr_itt_below_54_percent", 2, 0},
    {"&gt;180 %", "tar_itt_above_180_percent", 1, 0},
    {"&gt;250 %", "tar_itt_above_250_percent", 1, 0},
    {"Mean", "mean_glucose_mg_dl", 0, 1},
    {"CV %", "cv_percent", 1, 0},
    {"Insulin U/day", "insulin_u_per_day", 1, 0},
};
#define N_COLUMNS (sizeof columns / sizeof columns[0])

static void head(titr_text *page, const titri_view *v)
{
    titr_text_printf(
        page,
        "<p class=\"note\">Best first. TIR: time in range 70&#8211;180 mg/dL. Times in ranges "
        "count the time after a failure as outside, on the side that was left; mean, "
        "CV and insulin are those of the time followed. In brackets: 95 %% intervals. "
        "Averages give every child the same weight and are of true glucose.</p>\n"
        "<div class=\"wide\"><table>\n<thead><tr><th "
        "scope=\"col\">"
        "Policy</th><th scope=\"col\" class=\"num\">Failed</th>"
        "<th scope=\"col\" class=\"num\">Failures per 100 days</th>"
        "<th scope=\"col\" class=\"num\">TIR %%</th>");
    if (*v->summary.compare_to != '\0') {
        titr_text_printf(page, "<th scope=\"col\" class=\"num\">minus ");
        titri_escape(page, v->summary.compare_to);
        titr_text_printf(page, "</th>");
    }
    for (size_t c = 0; c < N_COLUMNS; c++) {
        titr_text_printf(page, "<th scope=\"col\" class=\"num\">%s%s%s</th>", columns[c].head,
                         columns[c].glucose ? " " : "",
                         columns[c].glucose ? titri_glucose_unit(v) : "");
    }
    titr_text_printf(page, "<th scope=\"col\">Worst child<span class=\"ci\">TIR "
                           "%%</span></th></tr></thead>\n<tbody>\n");
}

static void interval_cell(titr_text *page, titr_interval i, int digits, int with_sign)
{
    titr_text_printf(page, "<td class=\"num\">");
    titri_put_interval(page, i, digits, with_sign);
    titr_text_printf(page, "</td>");
}

static void row_of(titr_text *page, const titri_view *v, const titr_summary_row *row)
{
    const size_t failures = row->terminated + row->faults;
    titr_text_printf(page, "<tr%s><th scope=\"row\">", row == v->shown ? " class=\"shown\"" : "");
    titri_escape(page, row->policy);
    if (row->replicates > 1) {
        titr_text_printf(page, "<br>%zu trainings, interquartile mean TIR ", row->replicates);
        titri_put_interval(page, row->replicates_iqm, 1, 0);
    }
    titr_text_printf(page,
                     "</th><td class=\"num%s\">%zu / %zu%s<span class=\"ci\">%.1f %% "
                     "(%.1f\xE2\x80\x93%.1f)</span></td>",
                     failures > 0 ? " alert" : "", failures, row->episodes,
                     row->valid ? "" : " FAULT", row->failed_percent.estimate,
                     row->failed_percent.lo, row->failed_percent.hi);
    interval_cell(page, row->failures_per_100_patient_days, 2, 0);
    interval_cell(page, row->tir_itt_percent, 1, 0);
    if (row == v->reference) {
        titr_text_printf(page, "<td class=\"num\">reference</td>");
    } else if (*v->summary.compare_to != '\0') {
        interval_cell(page, row->tir_itt_difference, 1, 1);
    }
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const double value = titr_summary_mean(&v->summary, row, columns[c].key);
        titri_cell(page, columns[c].glucose ? titri_shown_glucose(v, value) : value,
                   columns[c].glucose && v->mmol ? 1 : columns[c].digits);
    }
    titr_text_printf(page, "<td>");
    titri_escape(page, row->worst_patient);
    titr_text_printf(page, "<span class=\"ci\">");
    titri_put_number(page, titr_summary_worst(&v->summary, row, "tir_itt_percent"), 1);
    titr_text_printf(page, "</span></td></tr>\n");
}

static void validity(titr_text *page, const titri_view *v)
{
    for (size_t r = 0; r < v->summary.n_rows; r++) {
        const titr_summary_row *row = &v->summary.row[r];
        if (!row->valid) {
            titr_text_printf(page,
                             "<p class=\"invalid\"><strong>Invalid comparison.</strong> "
                             "%zu of %zu episodes of ",
                             row->faults, row->episodes);
            titri_escape(page, row->policy);
            titr_text_printf(page, " could not be computed (FAULT).</p>\n");
        }
    }
}

void titri_panel_comparison(titr_text *page, const titri_view *v)
{
    titri_section_open(page, "comparison", "Comparison of policies");
    validity(page, v);
    head(page, v);
    for (size_t r = 0; r < v->summary.n_rows; r++) {
        row_of(page, v, &v->summary.row[v->ranked[r]]);
    }
    titr_text_printf(page,
                     "</tbody></table></div>\n"
                     "<p class=\"note\">A failure is an episode that left the clinical limits "
                     "(TERMINATED) or could not be computed (FAULT).</p>\n");
    titri_section_close(page);
}
