// SPDX-License-Identifier: GPL-3.0-or-later
/* ./dev validate three-ages [FILE.svg]: toddlers, schoolchildren and adolescents of each body on
 * the very same treatment per kg of body weight: 0.3 U/kg/d of basal insulin and three meals of 1.5
 * g/kg with 0.12 U/kg each. Holds: the median days of any two ages are at least 30 mg/dL apart
 * where they are widest (with parameters per kg alone they would be one line). With FILE, draws
 * them.
 */
#include "support/body.h"
#include "titrate/base/units.h"
#include "titrate/cohort/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MINUTES 1440
#define BASAL_U_PER_KG_D 0.3
#define MEAL_G_PER_KG 1.5
#define BOLUS_U_PER_KG 0.12
#define APART_MG_DL 30.0
enum { CHILDREN = 60, AGES = 3, BODIES = 2, PAIRS = 3 };

static const struct age {
    const char *name;
    double years[2];
    const char *colour; /* colour-blind safe [okabe_ito2008], and another dash each */
    const char *dash;
} ages[AGES] = {{"2 to 4 years", {2.0, 4.0}, "#D55E00", "none"},
                {"7 to 9 years", {7.0, 9.0}, "#009E73", "9 4"},
                {"14 to 16 years", {14.0, 16.0}, "#0072B2", "3 3"}};
static const char *const bodies[BODIES] = {"glucose_s2008", "glucose_hovorka"};
static const int meal_min[] = {480, 780, 1080};

/* Quartiles of a group, minute by minute. */
typedef struct day {
    double quartile[3][MINUTES];
} day;

static titr_status play(const titr_model_type *model, const titr_patient *p, titr_slot solver,
                        double *mg_dl, titr_error *err)
{
    body b = {0};
    const size_t safe = titr_model_mode_find(model, "safe");
    titr_status status = body_init_of(
        model, &b, p, model->modes[safe < model->n_modes ? safe : 0].name, solver, err);
    const double kg = p->weight_kg, basal = BASAL_U_PER_KG_D * kg / TITR_MIN_PER_DAY;
    for (int t = 0; t < MINUTES && status == TITR_OK; t++) {
        double carbs_g = 0.0, bolus_u = 0.0;
        for (size_t k = 0; k < 3; k++) {
            carbs_g += t == meal_min[k] ? MEAL_G_PER_KG * kg : 0.0;
            bolus_u += t == meal_min[k] ? BOLUS_U_PER_KG * kg : 0.0;
        }
        mg_dl[t] = body_output(&b, "plasma_glucose_mg_dl");
        status = body_minute(&b, carbs_g, basal + bolus_u, err);
        if (status == TITR_OK && b.fault.code != TITR_FAULT_NONE) {
            status =
                titr_fail(err, TITR_ERR_SOLVER, "%s: %s", p->id, titr_fault_name(b.fault.code));
        }
    }
    body_fini(&b);
    return status;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static titr_status live(const char *name, const struct age *age, day *out, titr_error *err)
{
    static double mg_dl[CHILDREN][MINUTES];
    const titr_model_type *model = titr_model_find(name);
    titr_sample sample = titr_sample_init();
    titr_cohort cohort;
    titr_slot solver = {0};
    sample.n = CHILDREN;
    sample.age_years[0] = age->years[0];
    sample.age_years[1] = age->years[1];
    TITR_TRY(titr_slot_init(&solver, titr_solver_find("rk4"), err));
    titr_status status = titr_cohort_load(
        &(titr_cohort_request){.source = "sample", .sample = &sample}, model, &cohort, err);
    for (size_t i = 0; i < CHILDREN && status == TITR_OK; i++) {
        status = play(model, &cohort.child[i].patient, solver, mg_dl[i], err);
    }
    for (size_t t = 0; t < MINUTES && status == TITR_OK; t++) {
        double all[CHILDREN];
        for (size_t i = 0; i < CHILDREN; i++) {
            all[i] = mg_dl[i][t];
        }
        qsort(all, CHILDREN, sizeof all[0], by_value);
        for (size_t q = 0; q < 3; q++) {
            out->quartile[q][t] = all[(q + 1) * CHILDREN / 4];
        }
    }
    titr_slot_fini(&solver);
    titr_cohort_fini(&cohort);
    return status;
}

/* ---- the picture ---- */

enum { WIDTH = 520, HEIGHT = 300, LEFT = 56, TOP = 66, STEP_X = 600, TOP_MG_DL = 500 };

static double x_of(size_t panel, double t)
{
    return LEFT + (double)(panel * STEP_X) + WIDTH * t / MINUTES;
}

static double y_of(double mg_dl)
{
    return TOP + HEIGHT * (1.0 - fmin(fmax(mg_dl, 0.0), TOP_MG_DL) / TOP_MG_DL);
}

static void draw_age(FILE *out, size_t panel, const struct age *age, const day *d)
{
    (void)fprintf(out, "<path fill=\"%s\" fill-opacity=\".15\" d=\"", age->colour);
    for (size_t t = 0; t < MINUTES; t += 10) {
        (void)fprintf(out, "%s%.1f %.1f", t == 0 ? "M" : "L", x_of(panel, (double)t),
                      y_of(d->quartile[2][t]));
    }
    for (size_t t = MINUTES; t >= 10; t -= 10) {
        (void)fprintf(out, "L%.1f %.1f", x_of(panel, (double)(t - 10)),
                      y_of(d->quartile[0][t - 10]));
    }
    (void)fprintf(out,
                  "z\"/>\n<path fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\" "
                  "stroke-dasharray=\"%s\" d=\"",
                  age->colour, age->dash);
    for (size_t t = 0; t < MINUTES; t += 5) {
        (void)fprintf(out, "%s%.1f %.1f", t == 0 ? "M" : "L", x_of(panel, (double)t),
                      y_of(d->quartile[1][t]));
    }
    (void)fprintf(out, "\"/>\n");
}

static void draw_frame(FILE *out, size_t panel)
{
    (void)fprintf(
        out, "<text x=\"%.1f\" y=\"%d\" font-weight=\"bold\">%s, plasma glucose, mg/dL</text>\n",
        x_of(panel, 0.0), TOP - 10, bodies[panel]);
    for (int g = 0; g <= TOP_MG_DL; g += 100) {
        (void)fprintf(out,
                      "<path stroke=\"#ddd\" d=\"M%.1f %.1fh%d\"/><text x=\"%.1f\" y=\"%.1f\" "
                      "text-anchor=\"end\">%d</text>\n",
                      x_of(panel, 0.0), y_of(g), WIDTH, x_of(panel, 0.0) - 6.0, y_of(g) + 4.0, g);
    }
    for (int h = 0; h <= 24; h += 4) {
        (void)fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%02d:00</text>\n",
                      x_of(panel, 60.0 * h), TOP + HEIGHT + 18, h);
    }
}

static int draw(const char *path, day days[BODIES][AGES])
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        return 0;
    }
    (void)fprintf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" role=\"img\" "
        "font-family=\"sans-serif\" font-size=\"13\">\n<title>Three ages on the same "
        "treatment per kg</title>\n<rect width=\"100%%\" height=\"100%%\" "
        "fill=\"#fff\"/>\n",
        LEFT + 2 * STEP_X, TOP + HEIGHT + 40);
    for (size_t a = 0; a < AGES; a++) {
        const int x = LEFT + 190 * (int)a;
        (void)fprintf(out,
                      "<path stroke=\"%s\" stroke-width=\"2.5\" stroke-dasharray=\"%s\" "
                      "d=\"M%d 22h36\"/><text x=\"%d\" y=\"26\">%s</text>\n",
                      ages[a].colour, ages[a].dash, x, x + 44, ages[a].name);
    }
    (void)fprintf(out, "<text x=\"%d\" y=\"26\">median and quartiles of %d; simulated</text>\n",
                  LEFT + 190 * AGES, CHILDREN);
    for (size_t b = 0; b < BODIES; b++) {
        draw_frame(out, b);
        for (size_t a = 0; a < AGES; a++) {
            draw_age(out, b, &ages[a], &days[b][a]);
        }
    }
    (void)fprintf(out, "</svg>\n");
    return fclose(out) == 0;
}

static double widest(const day *a, const day *b)
{
    double most = 0.0;
    for (size_t t = 0; t < MINUTES; t++) {
        most = fmax(most, fabs(a->quartile[1][t] - b->quartile[1][t]));
    }
    return most;
}

int main(int argc, char **argv)
{
    static day days[BODIES][AGES];
    int ok = 0, n = 0;
    double least = HUGE_VAL;
    for (size_t b = 0; b < BODIES; b++) {
        for (size_t a = 0; a < AGES; a++) {
            titr_error err = {0};
            if (live(bodies[b], &ages[a], &days[b][a], &err) != TITR_OK) {
                (void)fprintf(stderr, "three-ages: %s\n", err.what);
                return 1;
            }
        }
        for (size_t k = 0; k < PAIRS; k++) {
            const size_t one = k == 2 ? 1 : 0, other = k == 0 ? 1 : 2;
            const double apart = widest(&days[b][one], &days[b][other]);
            (void)printf("%-16s %s beside %s: %.0f mg/dL apart at their widest\n", bodies[b],
                         ages[one].name, ages[other].name, apart);
            least = fmin(least, apart);
            ok += apart >= APART_MG_DL;
            n++;
        }
    }
    if (argc > 1 && !draw(argv[1], days)) {
        return 1;
    }
    (void)printf("three-ages: compared %d of %d, ok %d, worst %.0f mg/dL (bound %.0f), skipped 0\n",
                 n, n, ok, least, APART_MG_DL);
    return ok == n ? 0 : 1;
}
