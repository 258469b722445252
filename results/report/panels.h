// SPDX-License-Identifier: GPL-3.0-or-later
/* The panels of the page, in the order in which they stand. Each adds one <section>. */
#ifndef TITRI_REPORT_PANELS_H
#define TITRI_REPORT_PANELS_H

#include "svg.h"
#include "view.h"

/* Whose child, which policy, which run. */
void titri_panel_identity(titr_text *page, const titri_view *view);
/* One row per policy, failures first, best first. */
void titri_panel_comparison(titr_text *page, const titri_view *view);
/* How often the shield lowered a dose, by policy and rule; nothing when it never did. */
void titri_panel_shield(titr_text *page, const titri_view *view);
/* Stacked shares of time per policy. */
void titri_panel_ranges(titr_text *page, const titri_view *view);
/* Metrics of the child and of all children beside the consensus goals. */
void titri_panel_goals(titr_text *page, const titri_view *view);
/* Percentiles by time of day: the child on show, and all children. */
void titri_panel_percentiles(titr_text *page, const titri_view *view);
/* A typical day: glucose, carbohydrate, boluses, basal rate, what the policy chose. */
titr_status titri_panel_day(titr_text *page, const titri_view *view,
                            titr_error *err) TITR_NODISCARD;
/* Learning curves of the policy on show, if it was trained in this run. */
titr_status titri_panel_training(titr_text *page, const titri_view *view,
                                 titr_error *err) TITR_NODISCARD;
/* The robustness table, if the run has one. */
titr_status titri_panel_robustness(titr_text *page, const titri_view *view,
                                   titr_error *err) TITR_NODISCARD;
/* How the run was made; what it must not be used for. */
void titri_panel_provenance(titr_text *page, const titri_view *view);
void titri_panel_limits(titr_text *page, const titri_view *view);

/* --- what panels share --- */

/* Numbers of the shield's rules that lowered doses on a day, and which decisions they lowered. */
typedef struct titri_lowered {
    const double *minute, *end_minute, *rule; /* [n] decisions; rule 0: none */
    size_t n;
} titri_lowered;
/* A row for each rule that acted, from `top` on; how high they are together, 0 if none acted. */
void titri_shield_rows(titr_text *page, const titri_view *view, const titri_lowered *day,
                       double left, double top, double width);
double titri_shield_height(const titri_lowered *day);
/* "max_iob 12, low_suspend 3" */
void titri_shield_counts(titr_text *page, const titri_view *view, const titri_lowered *day);

/* Glucose in the unit on show: its number, and the unit's name. */
double titri_shown_glucose(const titri_view *view, double mg_dl);
const char *titri_glucose_unit(const titri_view *view);
/* printf-style "%.*f" with a dash for NaN. */
void titri_put_number(titr_text *page, double value, int digits);
void titri_put_glucose(titr_text *page, const titri_view *view, double mg_dl);
/* "82.1 (80.0 to 84.0)"; with_sign shows the plus. */
void titri_put_interval(titr_text *page, titr_interval interval, int digits, int with_sign);
/* Target range, clock lines, limits 54, 70, 180, 250 and the axis's name. */
void titri_glucose_frame(const titri_plot *plot, const titri_view *view, int with_clock_labels);
/* <section> with heading; the text is escaped. */
void titri_section_open(titr_text *page, const char *id, const char *heading);
void titri_section_close(titr_text *page);
/* <td class="num"> around titri_put_number. */
void titri_cell(titr_text *page, double value, int digits);

#endif
