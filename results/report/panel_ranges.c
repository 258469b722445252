// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VERY_LOW, LOW, IN, HIGH, VERY_HIGH, N_BANDS };
static const char *const band_class[N_BANDS] = {"vlow", "low", "in", "high", "vhigh"};
static const char *const band_range_mg_dl[N_BANDS] = {"&lt;54",
                                                      "54\xE2\x80\x93"
                                                      "69",
                                                      "70\xE2\x80\x93"
                                                      "180",
                                                      "181\xE2\x80\x93"
                                                      "250",
                                                      "&gt;250"};
static const char *const band_range_mmol[N_BANDS] = {"&lt;3.0",
                                                     "3.0\xE2\x80\x93"
                                                     "3.8",
                                                     "3.9\xE2\x80\x93"
                                                     "10.0",
                                                     "10.1\xE2\x80\x93"
                                                     "13.9",
                                                     "&gt;13.9"};
static const char *const band_name[N_BANDS] = {"very low", "low", "in range", "high", "very high"};

#define BAR_LEFT 250.0
#define BAR_WIDTH 560.0
#define ROW_HEIGHT 30.0
#define TOP 52.0
#define NAME_FITS 30 /* characters left of the bars */

/* Shares that add up to 100, failures counted. */
static void shares(const titri_view *v, const titr_summary_row *row, double share[N_BANDS])
{
    const titr_summary *s = &v->summary;
    const double below_70 = titr_summary_mean(s, row, "tbr_itt_below_70_percent");
    const double above_180 = titr_summary_mean(s, row, "tar_itt_above_180_percent");
    share[VERY_LOW] = titr_summary_mean(s, row, "tbr_itt_below_54_percent");
    share[LOW] = below_70 - share[VERY_LOW];
    share[IN] = titr_summary_mean(s, row, "tir_itt_percent");
    share[VERY_HIGH] = titr_summary_mean(s, row, "tar_itt_above_250_percent");
    share[HIGH] = above_180 - share[VERY_HIGH];
}

static void legend(titr_text *page, const titri_view *v)
{
    const char *const *range = v->mmol ? band_range_mmol : band_range_mg_dl;
    for (size_t b = 0; b < N_BANDS; b++) {
        const double x = BAR_LEFT + 116.0 * (double)b;
        titr_text_printf(page,
                         "<rect x=\"%.1f\" y=\"10\" width=\"14\" height=\"14\" "
                         "class=\"%s\"/>\n",
                         x, band_class[b]);
        if (b == VERY_LOW || b == VERY_HIGH) {
            titr_text_printf(page,
                             "<rect x=\"%.1f\" y=\"10\" width=\"14\" height=\"14\" "
                             "class=\"hatch\"/>\n",
                             x);
        }
        titr_text_printf(page, "<text x=\"%.1f\" y=\"21\" class=\"t\">%s</text>\n", x + 19.0,
                         band_name[b]);
        titr_text_printf(page, "<text x=\"%.1f\" y=\"36\" class=\"t dim\">%s</text>\n", x + 19.0,
                         range[b]);
    }
}

static void bar(titr_text *page, const double share[N_BANDS], double top)
{
    double x = BAR_LEFT;
    char label[32];
    for (size_t b = 0; b < N_BANDS; b++) {
        const double width = BAR_WIDTH * fmax(share[b], 0.0) / 100.0;
        if (!(width > 0.0)) {
            continue;
        }
        titri_svg_rect(page, x, top, width, ROW_HEIGHT - 8.0, band_class[b]);
        if (b == VERY_LOW || b == VERY_HIGH) {
            titri_svg_rect(page, x, top, width, ROW_HEIGHT - 8.0, "hatch");
        }
        if (width >= 40.0) {
            const char *how = b == IN                           ? "t mid inv"
                              : b == VERY_LOW || b == VERY_HIGH ? "t mid halo"
                                                                : "t mid";
            (void)snprintf(label, sizeof label, "%.1f", share[b]);
            titri_svg_text(page, x + 0.5 * width, top + 15.5, how, label);
        }
        x += width;
    }
}

static void row_of(titr_text *page, const titri_view *v, const titr_summary_row *row, double top)
{
    double share[N_BANDS];
    char text[TITR_NAME_MAX + 8];
    shares(v, row, share);
    const int fits = strlen(row->policy) <= NAME_FITS;
    (void)snprintf(text, sizeof text, "%.*s%s", fits ? NAME_FITS : NAME_FITS - 1, row->policy,
                   fits ? "" : "\xE2\x80\xA6");
    titri_svg_text(page, 4.0, top + 15.5, row == v->shown ? "t strong" : "t", text);
    (void)snprintf(text, sizeof text, "%.1f", share[VERY_LOW] + share[LOW]);
    titri_svg_text(page, BAR_LEFT - 8.0, top + 15.5, "t end", isnan(share[LOW]) ? "" : text);
    bar(page, share, top);
    (void)snprintf(text, sizeof text, "%.1f", share[VERY_HIGH] + share[HIGH]);
    titri_svg_text(page, BAR_LEFT + BAR_WIDTH + 52.0, top + 15.5, "t end",
                   isnan(share[HIGH]) ? "" : text);
}

static void data_table(titr_text *page, const titri_view *v)
{
    const char *const *range = v->mmol ? band_range_mmol : band_range_mg_dl;
    titr_text_printf(page, "<details><summary>The same as a table</summary>\n<div class=\"wide\">"
                           "<table><thead><tr><th scope=\"col\">Policy</th>");
    for (size_t b = 0; b < N_BANDS; b++) {
        titr_text_printf(page, "<th scope=\"col\" class=\"num\">%s %s %%</th>", band_name[b],
                         range[b]);
    }
    titr_text_printf(page, "</tr></thead><tbody>\n");
    for (size_t r = 0; r < v->summary.n_rows; r++) {
        const titr_summary_row *row = &v->summary.row[v->ranked[r]];
        double share[N_BANDS];
        shares(v, row, share);
        titr_text_printf(page, "<tr><th scope=\"row\">");
        titri_escape(page, row->policy);
        titr_text_printf(page, "</th>");
        for (size_t b = 0; b < N_BANDS; b++) {
            titri_cell(page, share[b], 2);
        }
        titr_text_printf(page, "</tr>\n");
    }
    titr_text_printf(page, "</tbody></table></div></details>\n");
}

void titri_panel_ranges(titr_text *page, const titri_view *v)
{
    const double height = TOP + ROW_HEIGHT * (double)v->summary.n_rows + 4.0;
    titri_section_open(page, "ranges", "Time in ranges");
    titri_svg_open(page, "ranges-chart", 900.0, height, "Time in glucose ranges by policy",
                   "One stacked bar per policy: share of time very low, low, in range, high and "
                   "very high, failures counted. The numbers are in the table below.");
    legend(page, v);
    titri_svg_text(page, BAR_LEFT - 8.0, 44.0, "t end dim", "low, all %");
    titri_svg_text(page, BAR_LEFT + BAR_WIDTH + 82.0, 44.0, "t end dim", "high, all %");
    for (size_t r = 0; r < v->summary.n_rows; r++) {
        row_of(page, v, &v->summary.row[v->ranked[r]], TOP + ROW_HEIGHT * (double)r);
    }
    titri_svg_close(page);
    data_table(page, v);
    titri_section_close(page);
}
