// SPDX-License-Identifier: GPL-3.0-or-later
/* What panels share. */
#include "panels.h"

#include "titrate/base/units.h"

#include <math.h>
#include <stdio.h>

double titri_shown_glucose(const titri_view *view, double mg_dl)
{
    return view->mmol ? mg_dl / TITR_MG_DL_PER_MMOL_L : mg_dl;
}

const char *titri_glucose_unit(const titri_view *view)
{
    return view->mmol ? "mmol/L" : "mg/dL";
}

void titri_put_number(titr_text *page, double value, int digits)
{
    if (isfinite(value)) {
        titr_text_printf(page, "%.*f", digits, value);
    } else {
        titr_text_printf(page, "\xE2\x80\x93"); /* en dash */
    }
}

void titri_put_glucose(titr_text *page, const titri_view *view, double mg_dl)
{
    titri_put_number(page, titri_shown_glucose(view, mg_dl), view->mmol ? 1 : 0);
}

void titri_put_interval(titr_text *page, titr_interval interval, int digits, int with_sign)
{
    if (!isfinite(interval.estimate)) {
        titri_put_number(page, interval.estimate, digits);
    } else if (with_sign) {
        titr_text_printf(page, "%+.*f <span class=\"ci\">(%+.*f to %+.*f)</span>", digits,
                         interval.estimate, digits, interval.lo, digits, interval.hi);
    } else {
        titr_text_printf(page, "%.*f <span class=\"ci\">(%.*f\xE2\x80\x93%.*f)</span>", digits,
                         interval.estimate, digits, interval.lo, digits, interval.hi);
    }
}

void titri_glucose_frame(const titri_plot *p, const titri_view *v, int with_clock_labels)
{
    const struct {
        double mg_dl;
        const char *how;
    } line[] = {
        {54.0, "grid"}, {70.0, "limit"}, {180.0, "limit"}, {250.0, "grid"}, {p->y1, "grid"}};
    char label[32];
    const double top = titri_plot_y(p, 180.0), bottom = titri_plot_y(p, 70.0);
    titri_svg_rect(p->out, p->left, top, p->width, bottom - top, "target");
    titri_plot_clock(p, with_clock_labels);
    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
        (void)snprintf(label, sizeof label, "%.*f", v->mmol ? 1 : 0,
                       titri_shown_glucose(v, line[i].mg_dl));
        titri_plot_tick_y(p, line[i].mg_dl, label, line[i].how);
    }
    (void)snprintf(label, sizeof label, "Glucose, %s", titri_glucose_unit(v));
    titri_plot_name(p, label);
}

void titri_section_open(titr_text *page, const char *id, const char *heading)
{
    titr_text_printf(page, "<section id=\"%s\">\n<h2>", id);
    titri_escape(page, heading);
    titr_text_printf(page, "</h2>\n");
}

void titri_section_close(titr_text *page)
{
    titr_text_printf(page, "</section>\n");
}

void titri_cell(titr_text *page, double value, int digits)
{
    titr_text_printf(page, "<td class=\"num\">");
    titri_put_number(page, value, digits);
    titr_text_printf(page, "</td>");
}
