// SPDX-License-Identifier: GPL-3.0-or-later
/* What the shield did: by policy over all episodes, and decision by decision on the day on show. */
#include "panels.h"

#include "titrate/base/units.h"

#include <stdio.h>
#include <string.h>

#define ROW 15.0
#define NAME_MAX 64
#define COLUMNS_MAX (TITR_SHIELD_RULES_MAX + 2)
#define NUMBER_MAX 127 /* of a rule in a run file, an int8 */

static const char prefix[] = "shield_", suffix[] = "_per_day";

/* Keys of the shield that are above 0 for any policy. @return their number. */
static size_t acted(const titri_view *v, size_t column[COLUMNS_MAX])
{
    const titr_summary *s = &v->summary;
    size_t n = 0;
    for (size_t k = 0; k < s->n_keys && n < COLUMNS_MAX; k++) {
        int any = 0;
        for (size_t r = 0; r < s->n_rows; r++) {
            any = any || s->row[r].mean[k] > 0.0;
        }
        if (any && strncmp(s->key[k], prefix, sizeof prefix - 1) == 0) {
            column[n++] = k;
        }
    }
    return n;
}

/* "max_iob" of "shield_max_iob_per_day". */
static void put_key(titr_text *page, const char *key)
{
    char name[TITR_METRIC_KEY_MAX];
    const char *end = strstr(key, suffix);
    (void)snprintf(name, sizeof name, "%.*s",
                   (int)(end != NULL ? (size_t)(end - key) : strlen(key)) - (int)sizeof prefix + 1,
                   key + sizeof prefix - 1);
    titri_escape(page, strcmp(name, "withheld_u") == 0 ? "withheld, U" : name);
}

void titri_panel_shield(titr_text *page, const titri_view *v)
{
    size_t column[COLUMNS_MAX];
    const size_t n = acted(v, column);
    if (n == 0) {
        return;
    }
    titri_section_open(page, "shield", "Interventions of the shield");
    titr_text_printf(page, "<p class=\"note\">Doses per day that the shield lowered between "
                           "policy and pump, in all and by rule, and the insulin that it withheld "
                           "per day. A dose that two rules lowered counts for each.</p>\n"
                           "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Policy"
                           "</th>");
    for (size_t c = 0; c < n; c++) {
        titr_text_printf(page, "<th scope=\"col\" class=\"num\">");
        put_key(page, v->summary.key[column[c]]);
        titr_text_printf(page, "</th>");
    }
    titr_text_printf(page, "</tr></thead>\n<tbody>\n");
    for (size_t r = 0; r < v->summary.n_rows; r++) {
        const titr_summary_row *row = &v->summary.row[v->ranked[r]];
        titr_text_printf(page, "<tr%s><th scope=\"row\">",
                         row == v->shown ? " class=\"shown\"" : "");
        titri_escape(page, row->policy);
        titr_text_printf(page, "</th>");
        for (size_t c = 0; c < n; c++) {
            titri_cell(page, row->mean[column[c]], 2);
        }
        titr_text_printf(page, "</tr>\n");
    }
    titr_text_printf(page, "</tbody></table></div>\n");
    titri_section_close(page);
}

static void name_of(const titri_view *v, size_t number, char name[NAME_MAX])
{
    if (number <= v->n_rules) {
        (void)snprintf(name, NAME_MAX, "%.40s", v->rule[number - 1]);
    } else {
        (void)snprintf(name, NAME_MAX, "rule %zu", number);
    }
}

static size_t times(const titri_lowered *day, size_t number)
{
    size_t n = 0;
    for (size_t i = 0; i < day->n; i++) {
        n += day->rule[i] == (double)number ? 1 : 0;
    }
    return n;
}

void titri_shield_counts(titr_text *page, const titri_view *v, const titri_lowered *day)
{
    char name[NAME_MAX];
    const char *between = "";
    for (size_t number = 1; number <= NUMBER_MAX; number++) {
        const size_t n = times(day, number);
        if (n > 0) {
            name_of(v, number, name);
            titr_text_printf(page, "%s", between);
            titri_escape(page, name);
            titr_text_printf(page, " %zu", n);
            between = ", ";
        }
    }
}

double titri_shield_height(const titri_lowered *day)
{
    double height = 0.0;
    for (size_t number = 1; number <= NUMBER_MAX; number++) {
        height += times(day, number) > 0 ? ROW : 0.0;
    }
    return height;
}

/* Marks of one rule, its name before them. */
static void one_row(const titri_plot *p, const titri_view *v, const titri_lowered *day,
                    size_t number, double y)
{
    char name[NAME_MAX];
    name_of(v, number, name);
    titri_svg_text(p->out, p->left - 6.0, y + ROW - 4.0, "t end", name);
    for (size_t i = 0; i < day->n; i++) {
        if (day->rule[i] == (double)number) {
            const double x = titri_plot_x(p, day->minute[i]);
            titri_svg_rect(p->out, x, y + 2.0, titri_plot_x(p, day->end_minute[i]) - x, ROW - 4.0,
                           "lowered");
        }
    }
}

void titri_shield_rows(titr_text *page, const titri_view *v, const titri_lowered *day, double left,
                       double top, double width)
{
    const titri_plot p = {page, left, top, width, titri_shield_height(day), 0.0, TITR_MIN_PER_DAY,
                          0.0,  1.0};
    titri_plot_clock(&p, 1);
    titri_plot_name(&p, "Doses lowered by the shield, and the rule that had the last word");
    double y = top;
    for (size_t number = 1; number <= NUMBER_MAX; number++) {
        if (times(day, number) > 0) {
            one_row(&p, v, day, number, y);
            y += ROW;
        }
    }
}
