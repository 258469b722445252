// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"

#include <math.h>
#include <stdio.h>

static void entry(titr_text *page, const char *name, const char *value)
{
    if (*value != '\0') {
        titr_text_printf(page, "<div><dt>%s</dt><dd>", name);
        titri_escape(page, value);
        titr_text_printf(page, "</dd></div>\n");
    }
}

static void number_entry(titr_text *page, const char *name, double value, int digits,
                         const char *unit)
{
    char text[64] = "";
    if (isfinite(value)) {
        (void)snprintf(text, sizeof text, "%.*f %s", digits, value, unit);
    }
    entry(page, name, text);
}

/* What the run found about the policy on show, in plain words. */
static void headline(titr_text *page, const titri_view *v)
{
    const titr_summary_row *row = v->shown;
    const titr_interval d = row->tir_itt_difference;
    titr_text_printf(page, "<p class=\"headline\"><strong>");
    titri_escape(page, row->policy);
    titr_text_printf(page,
                     "</strong>: %zu of %zu episodes failed (exact 95\xC2\xA0%% interval %.1f to "
                     "%.1f\xC2\xA0%%). ",
                     row->terminated + row->faults, row->episodes, row->failed_percent.lo,
                     row->failed_percent.hi);
    if (isfinite(row->tir_itt_percent.estimate)) {
        titr_text_printf(page,
                         "Time in range 70\xE2\x80\x93"
                         "180 mg/dL, failures counted: %.1f\xC2\xA0%%",
                         row->tir_itt_percent.estimate);
    }
    if (v->reference != NULL && isfinite(d.estimate)) {
        titr_text_printf(page, ", %.1f points %s ", fabs(d.estimate),
                         d.estimate < 0.0 ? "below" : "above");
        titri_escape(page, v->reference->policy);
        titr_text_printf(page, " (paired 95\xC2\xA0%% interval %+.1f to %+.1f%s)", d.lo, d.hi,
                         d.lo <= 0.0 && d.hi >= 0.0 ? ": no clear difference" : "");
    }
    titr_text_printf(page, ".</p>\n");
}

void titri_panel_identity(titr_text *page, const titri_view *v)
{
    char text[2 * TITR_TEXT_MAX + 4];
    titr_text_printf(page, "<section id=\"identity\">\n<dl class=\"identity\">\n");
    entry(page, "Child (virtual)", v->patient);
    number_entry(page, "Age", v->age_years, v->age_years < 2.0 ? 1 : 0, "years");
    number_entry(page, "Weight", v->weight_kg, 1, "kg");
    number_entry(page, "Height", v->height_cm, 0, "cm");
    entry(page, "Sex", v->sex);
    entry(page, "Policy on show", v->shown->policy);
    entry(page, "Compared with", v->reference != NULL ? v->reference->policy : "");
    (void)snprintf(text, sizeof text, "%zu children, %zu episodes per policy", v->shown->children,
                   v->shown->episodes);
    entry(page, "Cohort", text);
    number_entry(page, "Horizon", v->horizon_days, 0, "days");
    (void)snprintf(text, sizeof text, "%s%s%s", v->model, *v->mode != '\0' ? ", " : "", v->mode);
    entry(page, "Body model", text);
    entry(page, "Sensor", v->sensor);
    entry(page, "Seed", v->seed);
    entry(page, "titrate version", v->version);
    titr_text_printf(page, "</dl>\n");
    headline(page, v);
    titri_section_close(page);
}
