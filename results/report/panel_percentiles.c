// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"

#include <math.h>
#include <stdio.h>

#define TOP_MG_DL 350.0 /* higher values are drawn at the edge, and the chart says so */

/* Highest value to draw: 300 or 350 mg/dL. */
static double scale_of(const titri_profile *a, const titri_profile *b)
{
    double highest = 0.0;
    for (size_t i = 0; i < a->n; i++) {
        highest = fmax(highest, a->mg_dl[TITRI_P95][i]);
    }
    for (size_t i = 0; i < b->n; i++) {
        highest = fmax(highest, b->mg_dl[TITRI_P95][i]);
    }
    return fmin(fmax(ceil(highest / 50.0) * 50.0, 300.0), TOP_MG_DL);
}

/* The circle closes one bin past midnight at either end: cut off by the clip path. */
static void curves(const titri_plot *p, const titri_profile *own, const titri_profile *other,
                   const char *id)
{
    titr_text_printf(p->out,
                     "<clipPath id=\"%s-clip\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                     "height=\"%.1f\"/></clipPath><g clip-path=\"url(#%s-clip)\">\n",
                     id, p->left, p->top, p->width, p->height, id);
    titri_plot_band(p, own->minute, own->mg_dl[TITRI_P5], own->mg_dl[TITRI_P95], own->n, "outer");
    titri_plot_band(p, own->minute, own->mg_dl[TITRI_P25], own->mg_dl[TITRI_P75], own->n, "inner");
    if (other->n > 0) {
        titri_plot_line(p, other->minute, other->mg_dl[TITRI_P5], other->n, "ref thin");
        titri_plot_line(p, other->minute, other->mg_dl[TITRI_P95], other->n, "ref thin");
        titri_plot_line(p, other->minute, other->mg_dl[TITRI_P50], other->n, "ref");
    }
    titri_plot_line(p, own->minute, own->mg_dl[TITRI_P50], own->n, "median");
    titr_text_printf(p->out, "</g>\n");
}

static void legend(titr_text *page, const titri_view *v, double y)
{
    char text[TITR_NAME_MAX + 64];
    titri_svg_rect(page, 60.0, y - 10.0, 26.0, 12.0, "outer");
    titri_svg_text(page, 92.0, y, "t",
                   "5\xE2\x80\x93"
                   "95 %");
    titri_svg_rect(page, 160.0, y - 10.0, 26.0, 12.0, "inner");
    titri_svg_text(page, 192.0, y, "t",
                   "25\xE2\x80\x93"
                   "75 %");
    titri_svg_line(page, 264.0, y - 4.0, 290.0, y - 4.0, "median");
    (void)snprintf(text, sizeof text, "median, %.40s", v->shown->policy);
    titri_svg_text(page, 296.0, y, "t", text);
    if (v->reference != NULL) {
        titri_svg_line(page, 560.0, y - 4.0, 586.0, y - 4.0, "ref");
        (void)snprintf(text, sizeof text, "5, 50, 95 %%, %.40s", v->reference->policy);
        titri_svg_text(page, 592.0, y, "t", text);
    }
}

/* One row per hour of the day: the bin that holds its half hour. */
static void data_table(titr_text *page, const titri_view *v, const titri_profile *profile)
{
    static const char *const head[] = {"5 %", "25 %", "50 %", "75 %", "95 %"};
    titr_text_printf(page,
                     "<details><summary>The same as a table (%s)</summary>\n"
                     "<div class=\"wide\"><table><thead><tr><th scope=\"col\">Time</th>",
                     titri_glucose_unit(v));
    for (size_t p = 0; p < TITRI_N_PERCENTILES; p++) {
        titr_text_printf(page, "<th scope=\"col\" class=\"num\">%s</th>", head[p]);
    }
    titr_text_printf(page, "</tr></thead><tbody>\n");
    for (size_t i = 1, last = 0; i + 1 < profile->n; i++) {
        const size_t hour = (size_t)(profile->minute[i] / 60.0);
        if (i > 1 && hour == last) {
            continue;
        }
        last = hour;
        titr_text_printf(page, "<tr><th scope=\"row\">%02zu:00</th>", hour);
        for (size_t p = 0; p < TITRI_N_PERCENTILES; p++) {
            titri_cell(page, titri_shown_glucose(v, profile->mg_dl[p][i]), v->mmol ? 1 : 0);
        }
        titr_text_printf(page, "</tr>\n");
    }
    titr_text_printf(page, "</tbody></table></div></details>\n");
}

static void chart(titr_text *page, const titri_view *v, const char *id, const char *whose,
                  const titri_profile *own, const titri_profile *other)
{
    char text[256];
    titr_text_printf(page, "<h3>");
    titri_escape(page, whose);
    titr_text_printf(page, "</h3>\n");
    const char *gate = titri_profile_gate(own);
    if (gate != NULL) {
        titr_text_printf(page, "<p class=\"note\">%s</p>\n", gate);
        return;
    }
    (void)snprintf(text, sizeof text,
                   "Percentiles of glucose by time of day, %.60s, policy %.60s, %.0f days of data. "
                   "The numbers are in the table below.",
                   whose, v->shown->policy, own->days);
    titri_svg_open(page, id, 900.0, 330.0, "Glucose percentiles by time of day", text);
    const double top = scale_of(own, other);
    const titri_plot plot = {page, 54.0, 28.0, 824.0, 240.0, 0.0, 1440.0, 0.0, top};
    titri_glucose_frame(&plot, v, 1);
    curves(&plot, own, other, id);
    legend(page, v, 316.0);
    titri_svg_close(page);
    titr_text_printf(
        page, "<p class=\"note\">%.0f days of true glucose in bins of %.0f min.%s</p>\n", own->days,
        own->bin_min,
        top >= TOP_MG_DL ? " Values above the top of the chart are drawn at its edge." : "");
    data_table(page, v, own);
}

void titri_panel_percentiles(titr_text *page, const titri_view *v)
{
    char whose[128];
    titri_section_open(page, "percentiles", "Ambulatory glucose profile (percentile view)");
    (void)snprintf(whose, sizeof whose, "%s", v->patient);
    chart(page, v, "profile-child", whose, &v->child, &v->child_reference);
    (void)snprintf(whose, sizeof whose, "All %zu children", v->shown->children);
    chart(page, v, "profile-all", whose, &v->all, &v->all_reference);
    titri_section_close(page);
}
