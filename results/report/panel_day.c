// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels.h"

#include "titrate/base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEFT 96.0
#define WIDTH 780.0
#define SHIELD_GAP 26.0
#define LABELS_MAX 10 /* more action levels than that get every n-th name only */

/* The decisions of one day, time as minutes since midnight. */
typedef struct day_columns {
    size_t n;
    double *minute, *glucose, *cgm, *bolus_u, *basal_u_per_h, *carbs_g, *level, *end_minute, *rule;
    int has_levels, shielded;
    double *memory; /* owned: one block behind all columns */
} day_columns;

enum { MINUTE, GLUCOSE, CGM, BOLUS, BASAL, CARBS, LEVEL, END, RULE, N_COLUMNS };

static titr_status cut_day(const titr_trajectory *t, double from_min, day_columns *d)
{
    *d = (day_columns){.memory = calloc(N_COLUMNS * (t->n + 1), sizeof(double))};
    if (d->memory == NULL) {
        return TITR_ERR_NOMEM;
    }
    double **column[] = {&d->minute,  &d->glucose, &d->cgm,        &d->bolus_u, &d->basal_u_per_h,
                         &d->carbs_g, &d->level,   &d->end_minute, &d->rule};
    for (size_t c = 0; c < N_COLUMNS; c++) {
        *column[c] = d->memory + c * (t->n + 1);
    }
    for (size_t k = 0; k < t->n; k++) {
        const double minute = (double)t->time_min[k] - from_min;
        if (!(minute >= 0.0 && minute < TITR_MIN_PER_DAY)) {
            continue;
        }
        const size_t i = d->n++;
        d->minute[i] = minute;
        d->end_minute[i] = fmin(minute + (double)t->elapsed_min[k], TITR_MIN_PER_DAY);
        d->glucose[i] = (double)t->glucose_mg_dl[k];
        d->cgm[i] = (double)t->cgm_mg_dl[k];
        d->bolus_u[i] = (double)t->insulin_u[k] - (double)t->basal_insulin_u[k];
        d->basal_u_per_h[i] = (double)t->programmed_basal_u_per_h[k];
        d->carbs_g[i] = (double)t->carbs_g[k];
        d->level[i] = (double)t->action_level[k];
        d->rule[i] = (double)t->shield_rule[k];
        d->has_levels = d->has_levels || t->action_level[k] >= 0;
        d->shielded = d->shielded || t->shield_rule[k] != 0;
    }
    return TITR_OK;
}

static double highest(const double *value, size_t n, double least)
{
    double top = least;
    for (size_t i = 0; i < n; i++) {
        top = isfinite(value[i]) ? fmax(top, value[i]) : top;
    }
    return top;
}

/* A round number, at least `value`: the top of an axis. */
static double round_up(double value)
{
    static const double round[] = {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0};
    const double power = pow(10.0, floor(log10(value)));
    size_t i = 0;
    while (i + 1 < sizeof round / sizeof round[0] && round[i] * power < value) {
        i++;
    }
    return round[i] * power;
}

static void glucose_plot(titr_text *page, const titri_view *v, const day_columns *own,
                         const day_columns *other, double top)
{
    const double high = fmax(highest(own->glucose, own->n, 280.0),
                             highest(own->cgm, own->n, highest(other->glucose, other->n, 280.0)));
    const titri_plot p = {page,
                          LEFT,
                          top,
                          WIDTH,
                          230.0,
                          0.0,
                          TITR_MIN_PER_DAY,
                          0.0,
                          fmin(50.0 * ceil(high / 50.0), 650.0)};
    titri_glucose_frame(&p, v, 0);
    titri_plot_line(&p, other->minute, other->glucose, other->n, "ref");
    titri_plot_line(&p, own->minute, own->cgm, own->n, "cgm");
    titri_plot_line(&p, own->minute, own->glucose, own->n, "median");
}

/* Meals eaten: consecutive intervals with carbohydrate are one meal. */
static void carbs_plot(titr_text *page, const day_columns *d, double top)
{
    char label[32];
    const titri_plot p = {page, LEFT, top, WIDTH, 34.0, 0.0, TITR_MIN_PER_DAY, 0.0, 1.0};
    titri_plot_clock(&p, 0);
    titri_plot_name(&p, "Carbohydrate eaten, g");
    for (size_t i = 0; i < d->n;) {
        if (!(d->carbs_g[i] > 0.0)) {
            i++;
            continue;
        }
        double grams = 0.0;
        const double begin = titri_plot_x(&p, d->minute[i]);
        double end = begin;
        for (; i < d->n && d->carbs_g[i] > 0.0; i++) {
            grams += d->carbs_g[i];
            end = titri_plot_x(&p, d->end_minute[i]);
        }
        titri_svg_rect(page, begin, top + 18.0, fmax(end - begin, 2.0), 16.0, "carbs");
        (void)snprintf(label, sizeof label, "%.0f", grams);
        titri_svg_text(page, 0.5 * (begin + end), top + 14.0, "t mid", label);
    }
}

static void bolus_plot(titr_text *page, const day_columns *d, double top)
{
    char label[32];
    const double high = round_up(highest(d->bolus_u, d->n, 0.5));
    const titri_plot p = {page, LEFT, top, WIDTH, 80.0, 0.0, TITR_MIN_PER_DAY, 0.0, high};
    titri_plot_clock(&p, 0);
    (void)snprintf(label, sizeof label, "%g", high);
    titri_plot_tick_y(&p, high, label, "grid");
    titri_plot_tick_y(&p, 0.0, "0", "grid");
    titri_plot_name(&p, "Bolus delivered, U per decision interval");
    titr_text_printf(page, "<path class=\"stem\" d=\"");
    for (size_t i = 0; i < d->n; i++) {
        if (d->bolus_u[i] > 1e-6) { /* the pump's smallest pulse is far above rounding */
            titr_text_printf(page, "M%.1f %.1fV%.1f", titri_plot_x(&p, d->minute[i]),
                             titri_plot_y(&p, 0.0), titri_plot_y(&p, d->bolus_u[i]));
        }
    }
    titr_text_printf(page, "\"/>\n");
    double last_labelled = -1e9;
    for (size_t i = 0; i < d->n; i++) {
        if (d->bolus_u[i] >= 0.25 * high && d->minute[i] - last_labelled > 45.0) {
            (void)snprintf(label, sizeof label, "%.2f", d->bolus_u[i]);
            titri_svg_text(page, titri_plot_x(&p, d->minute[i]) + 3.0,
                           titri_plot_y(&p, d->bolus_u[i]) + 9.0, "t small", label);
            last_labelled = d->minute[i];
        }
    }
}

static void basal_plot(titr_text *page, const day_columns *d, double top)
{
    char label[32];
    const double high = round_up(highest(d->basal_u_per_h, d->n, 0.1));
    const titri_plot p = {page, LEFT, top, WIDTH, 70.0, 0.0, TITR_MIN_PER_DAY, 0.0, high};
    titri_plot_clock(&p, !d->has_levels);
    (void)snprintf(label, sizeof label, "%g", high);
    titri_plot_tick_y(&p, high, label, "grid");
    titri_plot_tick_y(&p, 0.0, "0", "grid");
    titri_plot_name(&p, "Basal rate set at the pump, U/h");
    const double end = d->n > 0 ? d->end_minute[d->n - 1] : 0.0;
    titri_plot_steps(&p, d->minute, d->basal_u_per_h, d->n, end, "basal");
}

/* Bytes at the end of every label that are the same whole words: "x basal" of "0.5 x basal". */
static size_t common_end(const titri_view *v)
{
    size_t shared = v->n_labels > 1 ? strlen(v->label[0]) : 0;
    const char *first = v->n_labels > 0 ? v->label[0] : "";
    const size_t length = strlen(first);
    for (size_t i = 1; i < v->n_labels; i++) {
        const char *other = v->label[i];
        const size_t other_length = strlen(other);
        size_t n = 0;
        while (n < shared && n < other_length &&
               first[length - 1 - n] == other[other_length - 1 - n]) {
            n++;
        }
        shared = n;
    }
    while (shared > 0 && first[length - shared] != ' ') {
        shared--; /* begin at a blank */
    }
    return shared;
}

static void level_name(const titri_plot *p, const titri_view *v, size_t shared)
{
    char name[TITR_NAME_MAX + 64];
    const char *end = shared > 0 ? v->label[0] + strlen(v->label[0]) - shared : "";
    (void)snprintf(name, sizeof name, "Level chosen by the policy%s%.60s",
                   shared > 0 ? ": \xE2\x80\xA6" : "", end);
    titri_plot_name(p, name);
}

/* What the policy chose, as steps over the names of its levels. */
static void level_plot(titr_text *page, const titri_view *v, const day_columns *d, double top)
{
    char label[64];
    const double most = highest(d->level, d->n, 1.0);
    const int named = (double)v->n_labels > most;
    const size_t n_levels = named ? v->n_labels : (size_t)most + 1;
    const size_t shared = named ? common_end(v) : 0;
    const titri_plot p = {page,
                          LEFT,
                          top,
                          WIDTH,
                          90.0,
                          0.0,
                          TITR_MIN_PER_DAY,
                          0.0,
                          (double)(n_levels > 1 ? n_levels - 1 : 1)};
    titri_plot_clock(&p, 1);
    level_name(&p, v, shared);
    const size_t every = (n_levels + LABELS_MAX - 1) / LABELS_MAX;
    for (size_t i = 0; i < n_levels; i += every) {
        if (named) {
            const size_t own = strlen(v->label[i]) - shared;
            (void)snprintf(label, sizeof label, "%.*s%s", (int)(own < 13 ? own : 12), v->label[i],
                           own < 13 ? "" : "\xE2\x80\xA6");
        } else {
            (void)snprintf(label, sizeof label, "level %zu", i);
        }
        titri_plot_tick_y(&p, (double)i, label, "grid");
    }
    const double end = d->n > 0 ? d->end_minute[d->n - 1] : 0.0;
    titri_plot_steps(&p, d->minute, d->level, d->n, end, "level");
}

static void legend(titr_text *page, const titri_view *v, const day_columns *other)
{
    char text[TITR_NAME_MAX + 48];
    titri_svg_line(page, LEFT, 12.0, LEFT + 24.0, 12.0, "median");
    titri_svg_text(page, LEFT + 30.0, 16.0, "t", "true glucose");
    titri_svg_line(page, LEFT + 130.0, 12.0, LEFT + 154.0, 12.0, "cgm");
    titri_svg_text(page, LEFT + 160.0, 16.0, "t", "CGM reading");
    titri_svg_rect(page, LEFT + 262.0, 6.0, 24.0, 12.0, "target");
    titri_svg_text(page, LEFT + 292.0, 16.0, "t",
                   v->mmol ? "target 3.9\xE2\x80\x93"
                             "10.0"
                           : "target 70\xE2\x80\x93"
                             "180");
    if (other->n > 0) {
        titri_svg_line(page, LEFT + 430.0, 12.0, LEFT + 454.0, 12.0, "ref");
        (void)snprintf(text, sizeof text, "true glucose, same day under %.30s",
                       v->reference->policy);
        titri_svg_text(page, LEFT + 460.0, 16.0, "t", text);
    }
}

/* Sums and means of each hour that has decisions. */
static void data_table(titr_text *page, const titri_view *v, const day_columns *d)
{
    titr_text_printf(page,
                     "<details><summary>The same by the hour</summary>\n<div class=\"wide\">"
                     "<table><thead><tr><th scope=\"col\">Hour</th><th scope=\"col\" class=\"num\">"
                     "Mean glucose, %s</th><th scope=\"col\" class=\"num\">Mean CGM, %s</th>"
                     "<th scope=\"col\" class=\"num\">Carbohydrate, g</th><th scope=\"col\" "
                     "class=\"num\">Bolus, U</th><th scope=\"col\" class=\"num\">Mean basal rate, "
                     "U/h</th></tr></thead><tbody>\n",
                     titri_glucose_unit(v), titri_glucose_unit(v));
    for (size_t i = 0; i < d->n;) {
        const size_t hour = (size_t)(d->minute[i] / 60.0);
        double glucose = 0.0, cgm = 0.0, carbs = 0.0, bolus = 0.0, basal = 0.0;
        size_t n = 0, n_cgm = 0;
        for (; i < d->n && (size_t)(d->minute[i] / 60.0) == hour; i++, n++) {
            glucose += d->glucose[i];
            cgm += isfinite(d->cgm[i]) ? d->cgm[i] : 0.0;
            n_cgm += isfinite(d->cgm[i]) ? 1 : 0;
            carbs += d->carbs_g[i];
            bolus += d->bolus_u[i];
            basal += d->basal_u_per_h[i];
        }
        titr_text_printf(page, "<tr><th scope=\"row\">%02zu:00</th>", hour);
        titri_cell(page, titri_shown_glucose(v, glucose / (double)n), v->mmol ? 1 : 0);
        titri_cell(page, n_cgm > 0 ? titri_shown_glucose(v, cgm / (double)n_cgm) : (double)NAN,
                   v->mmol ? 1 : 0);
        titri_cell(page, carbs, 0);
        titri_cell(page, fabs(bolus), 2);
        titri_cell(page, basal / (double)n, 3);
        titr_text_printf(page, "</tr>\n");
    }
    titr_text_printf(page, "</tbody></table></div></details>\n");
}

/* How often this child left the limits, since a whole day on show does not tell. */
static void failures(titr_text *page, const titri_view *v)
{
    size_t n = 0, failed = 0;
    for (size_t i = 0; i < v->summary.n_episodes; i++) {
        const titr_summary_episode *e = &v->summary.episode[i];
        if (titr_policy_covers(v->shown->policy, e->policy) &&
            strcmp(e->patient, v->patient) == 0) {
            n++;
            failed += titr_scores_get(&e->scores, "failed") > 0.0 ? 1 : 0;
        }
    }
    if (failed > 0) {
        titr_text_printf(page,
                         "<p class=\"invalid\">%zu of %zu episodes of this child failed under "
                         "this policy.</p>\n",
                         failed, n);
    }
}

static titri_lowered lowered_of(const day_columns *d)
{
    return (titri_lowered){d->minute, d->end_minute, d->rule, d->n};
}

static void totals(titr_text *page, const titri_view *v, const day_columns *d)
{
    double insulin = 0.0, carbs = 0.0;
    for (size_t i = 0; i < d->n; i++) {
        carbs += d->carbs_g[i];
        insulin += d->bolus_u[i];
    }
    titr_text_printf(page, "<p class=\"note\">Day %.0f of episode %u",
                     floor(v->day.from_min / TITR_MIN_PER_DAY) + 1.0, v->shown_episode.episode);
    if (isfinite(v->day.tir_percent)) {
        titr_text_printf(page, ", the median whole day of this child by time in range (%.0f %%)",
                         v->day.tir_percent);
    }
    titr_text_printf(page, ": %.0f g of carbohydrate, %.1f U as boluses.%s", carbs, fabs(insulin),
                     d->has_levels ? "" : " The policy chose doses directly, not levels.");
    if (d->shielded) {
        const titri_lowered lowered = lowered_of(d);
        titr_text_printf(page, " The shield lowered doses on this day: ");
        titri_shield_counts(page, v, &lowered);
        titr_text_printf(page, ".");
    }
    titr_text_printf(page, "</p>\n");
}

static void draw(titr_text *page, const titri_view *v, const day_columns *own,
                 const day_columns *other)
{
    char text[256];
    const titri_lowered lowered = lowered_of(own);
    const double above = own->has_levels ? 686.0 : 576.0, rows = titri_shield_height(&lowered);
    const double height = rows > 0.0 ? above + SHIELD_GAP + rows + 24.0 : above;
    (void)snprintf(text, sizeof text,
                   "Glucose, sensor reading, carbohydrate, boluses, basal rate and choices over "
                   "one day of %.40s under %.60s. The numbers are in the table below.",
                   v->patient, v->shown->policy);
    titri_svg_open(page, "day-chart", 900.0, height, "One day of the child", text);
    legend(page, v, other);
    glucose_plot(page, v, own, other, 50.0);
    carbs_plot(page, own, 312.0);
    bolus_plot(page, own, 376.0);
    basal_plot(page, own, 480.0);
    if (own->has_levels) {
        level_plot(page, v, own, 574.0);
    }
    if (rows > 0.0) {
        titri_shield_rows(page, v, &lowered, LEFT, above + SHIELD_GAP, WIDTH);
    }
    titri_svg_close(page);
}

titr_status titri_panel_day(titr_text *page, const titri_view *v, titr_error *err)
{
    day_columns own = {0}, other = {0};
    titr_status status = TITR_OK;
    titri_section_open(page, "day", "One day of the child");
    if (!v->has_day) {
        titr_text_printf(page, "<p class=\"note\">The run recorded no decisions of this child.</p>"
                               "\n");
        titri_section_close(page);
        return TITR_OK;
    }
    if (cut_day(&v->shown_episode, v->day.from_min, &own) != TITR_OK ||
        cut_day(&v->reference_episode, v->day.from_min, &other) != TITR_OK) {
        status = titr_fail(err, TITR_ERR_NOMEM, "no memory for one day");
    } else {
        failures(page, v);
        totals(page, v, &own);
        draw(page, v, &own, &other);
        data_table(page, v, &own);
    }
    free(own.memory);
    free(other.memory);
    titri_section_close(page);
    return status;
}
