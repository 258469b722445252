// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate safe-picture [FILE.svg]: the safe variant of the S2008 body beside the faithful
 * one where they part, for child#001: after an overdose, and without insulin. Holds: the two are
 * the same (1e-6 mg/dL) as long as glucose is above 18 mg/dL and utilisation is not negative; the
 * safe one never falls below zero and comes back after the overdose. With FILE, draws it (model
 * card).
 */
#include "support/body.h"
#include "titrate/base/units.h"
#include "titrate/cohort/cohort.h"

#include <math.h>
#include <stdio.h>

#define MINUTES 1440
#define SAME_MG_DL 1e-6
enum { X_GP = 3, X_X = 6, N_MODES = 2 };
static const char *const modes[N_MODES] = {"safe", "faithful"};

typedef struct story {
    const char *title;
    double basal_factor, bolus_u, meal_g; /* bolus at 60 min, meal at 720 min */
    double top_mg_dl;                     /* of the picture                   */
    double glucose[N_MODES][MINUTES + 1];
    int parted; /* first minute in which the variants need not agree; MINUTES + 1 = none */
} story;

static double param(const titr_patient *p, const char *name)
{
    return p->params[titr_table_find(titr_model_find("glucose_s2008")->params, name)];
}

static titr_status play(const titr_child *child, story *s, size_t mode, titr_error *err)
{
    titr_slot slot = {0};
    body b = {0};
    TITR_TRY(titr_slot_init(&slot, titr_solver_find("cvode"), err));
    (void)slot_set(slot, "rtol", 1e-10);
    titr_status status = body_init(&b, &child->patient, modes[mode], slot, err);
    titr_slot_fini(&slot);
    const double basal = s->basal_factor * child->published.basal_u_per_h[0] / TITR_MIN_PER_HOUR;
    const double vg = param(&child->patient, "Vg"), vm0 = param(&child->patient, "Vm0");
    const double vmx = param(&child->patient, "Vmx");
    for (int t = 0; t <= MINUTES && status == TITR_OK; t++) {
        s->glucose[mode][t] = body_output(&b, "glucose_mg_dl");
        if (b.x[X_GP] < 18.0 * vg || vm0 + vmx * b.x[X_X] < 0.0) {
            s->parted = t < s->parted ? t : s->parted;
        }
        status =
            body_minute(&b, t == 720 ? s->meal_g : 0.0, basal + (t == 60 ? s->bolus_u : 0.0), err);
        if (status == TITR_OK && b.fault.code != TITR_FAULT_NONE) {
            status = titr_fail(err, TITR_ERR_SOLVER, "%s at %g min", titr_fault_name(b.fault.code),
                               b.fault.time_min);
        }
    }
    body_fini(&b);
    return status;
}

/* @return 1 if the story holds. @param[out] apart largest difference before the variants part. */
static int holds(const story *s, double *apart)
{
    int ok = s->parted <= MINUTES; /* otherwise it shows nothing */
    *apart = 0.0;
    for (int t = 0; t <= MINUTES; t++) {
        ok = ok && s->glucose[0][t] >= 0.0;
        if (t < s->parted) {
            *apart = fmax(*apart, fabs(s->glucose[0][t] - s->glucose[1][t]));
        }
    }
    return ok && *apart <= SAME_MG_DL && (s->meal_g == 0.0 || s->glucose[0][MINUTES] > 70.0);
}

enum { WIDTH = 420, HEIGHT = 240, LEFT = 50, TOP = 40 };

static void draw_line(FILE *f, const story *s, size_t mode, int x0)
{
    static const char *const style[N_MODES] = {
        "stroke=\"#1f5fa8\" stroke-width=\"2\"",
        "stroke=\"#b5432a\" stroke-width=\"2\" stroke-dasharray=\"6 4\""};
    (void)fprintf(f, "<polyline fill=\"none\" %s points=\"", style[mode]);
    for (int t = 0; t <= MINUTES; t += 5) {
        const double y = fmin(fmax(s->glucose[mode][t] / s->top_mg_dl, 0.0), 1.0);
        (void)fprintf(f, "%.1f,%.1f ", x0 + (double)WIDTH * t / MINUTES, TOP + HEIGHT * (1.0 - y));
    }
    (void)fprintf(f, "\"/>\n");
}

static void draw_story(FILE *f, const story *s, int x0)
{
    (void)fprintf(f,
                  "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" "
                  "stroke=\"#888\"/>\n<text x=\"%d\" y=\"%d\">%s</text>\n",
                  x0, TOP, WIDTH, HEIGHT, x0, TOP - 12, s->title);
    for (int k = 0; k <= 4; k++) {
        (void)fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f</text>\n", x0 - 6,
                      TOP + HEIGHT - HEIGHT * k / 4 + 4, s->top_mg_dl * k / 4.0);
        (void)fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d h</text>\n",
                      x0 + WIDTH * k / 4, TOP + HEIGHT + 18, 6 * k);
    }
    for (size_t mode = 0; mode < N_MODES; mode++) {
        draw_line(f, s, mode, x0);
    }
}

static int draw(const char *path, const story *stories, int n)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        return 0;
    }
    const int step = WIDTH + LEFT + 30;
    (void)fprintf(f,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                  "font-family=\"sans-serif\" font-size=\"12\">\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                  n * step, TOP + HEIGHT + 60);
    for (int k = 0; k < n; k++) {
        draw_story(f, &stories[k], LEFT + k * step);
    }
    (void)fprintf(f,
                  "<text x=\"%d\" y=\"%d\">glucose, mg/dL, child#001. "
                  "<tspan fill=\"#1f5fa8\">safe: solid</tspan>, "
                  "<tspan fill=\"#b5432a\">faithful: dashed</tspan>. "
                  "SIMULATED - for research and education, not a medical device</text>\n</svg>\n",
                  LEFT, TOP + HEIGHT + 45);
    return fclose(f) == 0;
}

int main(int argc, char **argv)
{
    static story stories[] = {
        {.title = "overdose: 10 U at 1 h; 60 g at 12 h",
         .basal_factor = 1.0,
         .bolus_u = 10.0,
         .meal_g = 60.0,
         .top_mg_dl = 240.0,
         .parted = MINUTES + 1},
        {.title = "no insulin from the start", .top_mg_dl = 4000.0, .parted = MINUTES + 1},
    };
    enum { N = sizeof stories / sizeof stories[0] };
    titr_cohort cohort = {0};
    titr_error err = {0};
    titr_status status = titr_cohort_load(
        &(titr_cohort_request){.source = "s2008-published", .subjects = "child#001"},
        titr_model_find("glucose_s2008"), &cohort, &err);
    int ok = 0;
    double worst = 0.0;
    for (size_t k = 0; k < N && status == TITR_OK; k++) {
        double apart = 0.0;
        for (size_t mode = 0; mode < N_MODES && status == TITR_OK; mode++) {
            status = play(&cohort.child[0], &stories[k], mode, &err);
        }
        ok += status == TITR_OK && holds(&stories[k], &apart);
        worst = fmax(worst, apart);
        (void)printf("%s: part at %d min; at the end safe %.1f, faithful %.1f mg/dL\n",
                     stories[k].title, stories[k].parted, stories[k].glucose[0][MINUTES],
                     stories[k].glucose[1][MINUTES]);
    }
    titr_cohort_fini(&cohort);
    if (status != TITR_OK || (argc > 1 && !draw(argv[1], stories, N))) {
        (void)printf("%s\n", status != TITR_OK ? err.what : "the picture cannot be written");
        ok = 0;
    }
    (void)printf("safe-picture: compared %d of %d, ok %d, worst %.1e mg/dL before they part (bound "
                 "%g), skipped 0\n",
                 N, N, ok, worst, SAME_MG_DL);
    return ok == N ? 0 : 1;
}
