// SPDX-License-Identifier: GPL-3.0-or-later
/* Goals: consensus targets for type 1 diabetes, children included [battelino2019]. */
#include "panels.h"

#include <math.h>
#include <stdio.h>

enum { BELOW, AT_MOST, ABOVE };

static const struct goal {
    const char *name;
    const char *key;     /* of the column that shows true glucose */
    const char *cgm_key; /* of the CGM; NULL: it has none         */
    double bound;        /* NaN: no goal                          */
    int side, digits, glucose;
} goals[] = {
    {"Time in range 70&#8211;180 mg/dL, %", "tir_itt_percent", "cgm_tir_70_180_percent", 70.0,
     ABOVE, 1, 0},
    {"Time in tight range 70&#8211;140 mg/dL, %", "titr_itt_percent", "cgm_titr_70_140_percent",
     (double)NAN, ABOVE, 1, 0},
    {"Time below 70 mg/dL, %", "tbr_itt_below_70_percent", "cgm_tbr_below_70_percent", 4.0, BELOW,
     2, 0},
    {"Time below 54 mg/dL, %", "tbr_itt_below_54_percent", "cgm_tbr_below_54_percent", 1.0, BELOW,
     2, 0},
    {"Time above 180 mg/dL, %", "tar_itt_above_180_percent", "cgm_tar_above_180_percent", 25.0,
     BELOW, 1, 0},
    {"Time above 250 mg/dL, %", "tar_itt_above_250_percent", "cgm_tar_above_250_percent", 5.0,
     BELOW, 1, 0},
    {"Coefficient of variation, %", "cv_percent", "cgm_cv_percent", 36.0, AT_MOST, 1, 0},
    {"Mean glucose", "mean_glucose_mg_dl", "cgm_mean_glucose_mg_dl", (double)NAN, 0, 0, 1},
    {"Standard deviation", "sd_glucose_mg_dl", "cgm_sd_glucose_mg_dl", (double)NAN, 0, 0, 1},
    {"GMI, %", "gmi_percent", "cgm_gmi_percent", (double)NAN, 0, 2, 0},
    {"LBGI", "lbgi", "cgm_lbgi", (double)NAN, 0, 2, 0},
    {"HBGI", "hbgi", "cgm_hbgi", (double)NAN, 0, 2, 0},
    {"Magni risk", "magni_risk", "cgm_magni_risk", (double)NAN, 0, 2, 0},
    {"Insulin, U/day", "insulin_u_per_day", NULL, (double)NAN, 0, 1, 0},
    {"Basal share of insulin, %", "basal_insulin_percent", NULL, (double)NAN, 0, 0, 0},
    {"Carbohydrate, g/day", "carbs_g_per_day", NULL, (double)NAN, 0, 0, 0},
};
#define N_GOALS (sizeof goals / sizeof goals[0])

static int is_met(const struct goal *g, double value)
{
    return g->side == ABOVE     ? value > g->bound
           : g->side == AT_MOST ? value <= g->bound
                                : value < g->bound;
}

static void value_cell(titr_text *page, const titri_view *v, const struct goal *g, double value,
                       int with_goal)
{
    titr_text_printf(page, "<td class=\"num\">");
    if (g->glucose) {
        titri_put_number(page, titri_shown_glucose(v, value), v->mmol ? 1 : g->digits);
    } else {
        titri_put_number(page, value, g->digits);
    }
    if (with_goal && isfinite(g->bound) && isfinite(value)) {
        titr_text_printf(page, is_met(g, value) ? " <span class=\"met\">met</span>"
                                                : " <span class=\"unmet\">not met</span>");
    }
    titr_text_printf(page, "</td>");
}

static void goal_row(titr_text *page, const titri_view *v, const struct goal *g)
{
    const titr_summary *s = &v->summary;
    titr_text_printf(page, "<tr><th scope=\"row\">%s%s%s</th><td class=\"num\">", g->name,
                     g->glucose ? ", " : "", g->glucose ? titri_glucose_unit(v) : "");
    if (isfinite(g->bound)) {
        titr_text_printf(page, "%s%.0f",
                         g->side == ABOVE     ? "&gt;"
                         : g->side == AT_MOST ? "&#8804;"
                                              : "&lt;",
                         g->bound);
    }
    titr_text_printf(page, "</td>");
    value_cell(page, v, g, titri_view_child_mean(v, v->shown, g->key), 1);
    value_cell(page, v, g,
               g->cgm_key != NULL ? titri_view_child_mean(v, v->shown, g->cgm_key) : (double)NAN,
               0);
    value_cell(page, v, g, titr_summary_mean(s, v->shown, g->key), 1);
    if (v->reference != NULL) {
        value_cell(page, v, g, titri_view_child_mean(v, v->reference, g->key), 1);
        value_cell(page, v, g, titr_summary_mean(s, v->reference, g->key), 1);
    }
    titr_text_printf(page, "</tr>\n");
}

static void head_of(titr_text *page, const char *policy, const char *what)
{
    titr_text_printf(page, "<th scope=\"col\" class=\"num\">");
    titri_escape(page, policy);
    titr_text_printf(page, "<br/>");
    titri_escape(page, what);
    titr_text_printf(page, "</th>");
}

void titri_panel_goals(titr_text *page, const titri_view *v)
{
    char what[TITR_ID_MAX + 16];
    titri_section_open(page, "goals", "Metrics and goals");
    titr_text_printf(page,
                     "<p class=\"note\">Goals: international consensus on time in range "
                     "(Battelino et al. 2019). Means over seeds, from true glucose, "
                     "the time after a failure counted as outside the range. The CGM column holds "
                     "the readings that there were.</p>\n<div class=\"wide\"><table>\n<thead><tr>"
                     "<th scope=\"col\">Metric</th><th scope=\"col\" class=\"num\">Goal</th>");
    head_of(page, v->shown->policy, v->patient);
    (void)snprintf(what, sizeof what, "%s, CGM", v->patient);
    head_of(page, v->shown->policy, what);
    head_of(page, v->shown->policy, "all children");
    if (v->reference != NULL) {
        head_of(page, v->reference->policy, v->patient);
        head_of(page, v->reference->policy, "all children");
    }
    titr_text_printf(page, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < N_GOALS; i++) {
        goal_row(page, v, &goals[i]);
    }
    titr_text_printf(page, "</tbody></table></div>\n");
    titri_section_close(page);
}
