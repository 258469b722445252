// SPDX-License-Identifier: GPL-3.0-or-later
/* Six small plots over age: a dot a child, and a box for each figure of a clinic, from one SD below
 * the lowest mean to one above the highest where there is an SD. Boys and girls are told apart by
 * shape as well as by colour [okabe_ito2008]. */
#include "titrate/report/cohort_picture.h"

#include "svg.h"

#include "titrate/report/report.h"

#include <math.h>
#include <stdio.h>

enum {
    COLUMNS = 3,
    ROWS = 2,
    PLOT_W = 290,
    PLOT_H = 190,
    GAP_X = 70,
    GAP_Y = 70,
    LEFT = 60,
    TOP = 84
};
enum { N_PLOTS = COLUMNS * ROWS };
enum { WIDTH = LEFT + COLUMNS * (PLOT_W + GAP_X), HEIGHT = TOP + ROWS * (PLOT_H + GAP_Y) + 20 };
#define MARK 1.8 /* half of a mark's width, pixels */

static const struct shown {
    titr_clinic_quantity what;
    double top, tick;
} shown[N_PLOTS] = {
    {TITR_CLINIC_TDD_U_PER_KG, 1.6, 0.4},      {TITR_CLINIC_TDD_U, 120.0, 20.0},
    {TITR_CLINIC_BASAL_PERCENT, 80.0, 20.0},   {TITR_CLINIC_CR_TDD_G, 1000.0, 200.0},
    {TITR_CLINIC_ISF_TDD_MMOL_L, 250.0, 50.0}, {TITR_CLINIC_ACTION_H, 8.0, 2.0},
};

static const char style[] =
    "<style>text{font:12px sans-serif;fill:#222}.title{font-size:17px;font-weight:bold}"
    ".end{text-anchor:end}.mid{text-anchor:middle}.name{font-weight:bold}"
    ".grid{stroke:#ddd;fill:none}.clinic{fill:#000;fill-opacity:.09;stroke:#000;"
    "stroke-dasharray:4 3}.m{fill:#0072B2}.f{fill:#D55E00}.u{fill:#555}</style>\n"
    "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";

static void draw_axes(const titri_plot *p, const struct shown *s)
{
    char label[16];
    for (int k = 0; k * s->tick <= s->top + 1e-9; k++) {
        (void)snprintf(label, sizeof label, "%g", k * s->tick);
        titri_plot_tick_y(p, k * s->tick, label, "grid");
    }
    for (int age = 2; age <= 18; age += 4) {
        (void)snprintf(label, sizeof label, "%d a", age);
        titri_svg_text(p->out, titri_plot_x(p, age), p->top + p->height + 18.0, "t mid", label);
    }
    titri_plot_name(p, titr_clinic_name(s->what));
}

static void draw_mark(const titri_plot *p, titr_sex sex, double age_years, double value)
{
    const double x = titri_plot_x(p, age_years), y = titri_plot_y(p, value);
    if (sex == TITR_SEX_FEMALE) {
        titr_text_printf(p->out, "<path class=\"f\" d=\"M%.1f %.1fl%.1f %.1fh%.1fz\"/>\n", x,
                         y - 1.3 * MARK, 1.2 * MARK, 2.3 * MARK, -2.4 * MARK);
    } else {
        titr_text_printf(p->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n",
                         sex == TITR_SEX_MALE ? "m" : "u", x, y, MARK);
    }
}

static void draw_clinic(const titri_plot *p, titr_clinic_quantity what)
{
    size_t n = 0;
    const titr_clinic_figure *f = titr_clinic_figures(&n);
    for (size_t i = 0; i < n; i++) {
        if (f[i].quantity == what) {
            const double sd = isnan(f[i].sd[1]) ? 0.0 : f[i].sd[1];
            const double x = titri_plot_x(p, f[i].age_years[0]);
            const double y = titri_plot_y(p, f[i].mean[1] + sd);
            titri_svg_rect(p->out, x, y - 1.0, titri_plot_x(p, f[i].age_years[1]) - x,
                           titri_plot_y(p, f[i].mean[0] - sd) - y + 2.0, "clinic");
        }
    }
}

static void draw_plot(titr_text *out, size_t k, const titr_cohort *cohort, const titr_measured *is)
{
    const struct shown *s = &shown[k];
    const size_t column = k % COLUMNS, row = k / COLUMNS;
    const titri_plot p = {.out = out,
                          .left = LEFT + (double)column * (PLOT_W + GAP_X),
                          .top = TOP + (double)row * (PLOT_H + GAP_Y),
                          .width = PLOT_W,
                          .height = PLOT_H,
                          .x0 = 2.0,
                          .x1 = 18.0,
                          .y0 = 0.0,
                          .y1 = s->top};
    draw_axes(&p, s);
    for (size_t i = 0; i < cohort->n; i++) {
        const titr_patient *who = &cohort->child[i].patient;
        if (!isnan(is[i].cr_g_per_u)) {
            draw_mark(&p, who->sex, who->age_years, titr_clinic_value(s->what, who, &is[i]));
        }
    }
    draw_clinic(&p, s->what);
}

static void draw_legend(titr_text *out)
{
    const titri_plot p = {.out = out, .width = 1.0, .height = 1.0, .x1 = 1.0, .y1 = 1.0};
    titri_plot at = p;
    at.top = 48.0;
    at.left = LEFT;
    draw_mark(&at, TITR_SEX_MALE, 0.0, 0.0);
    titri_svg_text(out, LEFT + 8.0, 53.0, "t", "boys");
    at.left = LEFT + 60.0;
    draw_mark(&at, TITR_SEX_FEMALE, 0.0, 0.0);
    titri_svg_text(out, LEFT + 68.0, 53.0, "t", "girls");
    titri_svg_rect(out, LEFT + 120.0, 42.0, 22.0, 13.0, "clinic");
    titri_svg_text(out, LEFT + 150.0, 53.0, "t", "clinics: means, one SD either way");
    titri_svg_text(out, WIDTH - GAP_X, 53.0, "t end", TITR_REPORT_NOTICE);
}

titr_status titr_cohort_picture(const titr_cohort *cohort, const titr_measured *is,
                                const char *title, char **svg, titr_error *err)
{
    titr_text out = {0};
    titr_text_printf(&out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                     "role=\"img\">\n<title>%s</title>\n",
                     WIDTH, HEIGHT, "Virtual children by age, beside clinics");
    titr_text_printf(&out, "%s", style);
    titr_text_printf(&out, "<text x=\"%d\" y=\"28\" class=\"title\">", LEFT);
    titri_escape(&out, title);
    titr_text_printf(&out, ": %zu virtual children</text>\n", cohort->n);
    draw_legend(&out);
    for (size_t k = 0; k < N_PLOTS; k++) {
        draw_plot(&out, k, cohort, is);
    }
    titr_text_printf(&out, "</svg>\n");
    return titr_text_take(&out, svg, err);
}
