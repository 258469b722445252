// SPDX-License-Identifier: GPL-3.0-or-later
/* The picture of work-precision: error to the right, speed upwards, so that better is up and to
 * the left. Colours are told apart by the colour-blind [okabe_ito2008], markers by everybody. */
#include "work_precision.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH = 760, HEIGHT = 520, LEFT = 90, TOP = 60, RIGHT = 30, BOTTOM = 144, TEXT_PX = 15 };
enum { LEGEND_COLUMNS = 3 };

/* How a series looks and where its points' labels stand. */
typedef struct look {
    const char *colour;
    const char *marker; /* SVG of one around (0, 0) */
    int label_dx, label_dy;
    const char *anchor;
} look;

static const look looks[WP_SERIES] = {
    {"#0072B2", "<circle r=\"6\"/>", 0, 24, "middle"},
    {"#D55E00", "<rect x=\"-5.5\" y=\"-5.5\" width=\"11\" height=\"11\"/>", 0, 24, "middle"},
    {"#009E73", "<path d=\"M0,-7.5 L7,5.5 L-7,5.5 Z\"/>", 10, 18, "start"},
    {"#000000", "<path d=\"M0,-7.5 L7,0 L0,7.5 L-7,0 Z\"/>", -6, -12, "end"},
    {"#AA4499", "<path d=\"M0,7.5 L7,-5.5 L-7,-5.5 Z\"/>", -6, -12, "end"},
};

/* No error and an infinite one have no place on a logarithmic axis: they stand at its ends. */
static double in_sight(double error_mg_dl)
{
    return fmin(fmax(error_mg_dl, 1e-12), 1e3);
}

/* Decades that the axes span: whole powers of ten. */
typedef struct frame {
    int x_lo, x_hi, y_lo, y_hi;
} frame;

static frame frame_of(const wp_series *series, double floor_mg_dl)
{
    double x_lo = in_sight(floor_mg_dl), x_hi = x_lo, y_lo = HUGE_VAL, y_hi = 0.0;
    for (const wp_series *s = series; s < series + WP_SERIES; s++) {
        for (const wp_point *p = s->point; p < s->point + s->n; p++) {
            x_lo = fmin(x_lo, in_sight(p->error_mg_dl));
            x_hi = fmax(x_hi, in_sight(p->error_mg_dl));
            y_lo = fmin(y_lo, p->speed);
            y_hi = fmax(y_hi, p->speed);
        }
    }
    return (frame){(int)floor(log10(x_lo)), (int)ceil(log10(x_hi)), (int)floor(log10(y_lo)),
                   (int)ceil(log10(y_hi))};
}

static double x_of(const frame *f, double error_mg_dl)
{
    return LEFT + WIDTH * (log10(in_sight(error_mg_dl)) - f->x_lo) / (f->x_hi - f->x_lo);
}

static double y_of(const frame *f, double speed)
{
    return TOP + HEIGHT * (1.0 - (log10(speed) - f->y_lo) / (f->y_hi - f->y_lo));
}

/* 10 to the k as text at (x, y) */
static void draw_power(FILE *out, int k, double x, double y, const char *anchor)
{
    (void)fprintf(out,
                  "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">10<tspan dy=\"-6\" "
                  "font-size=\"12\">%s%d</tspan></text>\n",
                  x, y, anchor, k < 0 ? "&#8722;" : "", k < 0 ? -k : k);
}

static void draw_grid(FILE *out, const frame *f)
{
    for (int k = f->x_lo; k <= f->x_hi; k++) {
        const double x = x_of(f, pow(10.0, k));
        (void)fprintf(out, "<path stroke=\"#ddd\" d=\"M%.1f,%d V%d\"/>\n", x, TOP, TOP + HEIGHT);
        draw_power(out, k, x, TOP + HEIGHT + 24, "middle");
    }
    for (int k = f->y_lo; k <= f->y_hi; k++) {
        const double y = y_of(f, pow(10.0, k));
        (void)fprintf(out, "<path stroke=\"#ddd\" d=\"M%d,%.1f H%d\"/>\n", LEFT, y, LEFT + WIDTH);
        draw_power(out, k, LEFT - 10, y + 5, "end");
    }
}

/* What lies left of the floor cannot be told from no error. */
static void draw_floor(FILE *out, const frame *f, double floor_mg_dl)
{
    const double x = x_of(f, floor_mg_dl);
    (void)fprintf(out,
                  "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#eee\"/>\n"
                  "<text transform=\"translate(%.1f,%d) rotate(-90)\" fill=\"#555\" "
                  "font-size=\"13\">tight references differ by this much</text>\n",
                  LEFT, TOP, x - LEFT, HEIGHT, x - 6, TOP + HEIGHT - 12);
}

static void draw_axes(FILE *out)
{
    (void)fprintf(out,
                  "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" "
                  "stroke=\"#444\"/>\n"
                  "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">largest error of glucose at any "
                  "minute, mg/dL</text>\n"
                  "<text transform=\"translate(24,%d) rotate(-90)\" text-anchor=\"middle\">"
                  "speed, patient-minutes per second of one core</text>\n",
                  LEFT, TOP, WIDTH, HEIGHT, LEFT + WIDTH / 2, TOP + HEIGHT + 50, TOP + HEIGHT / 2);
}

/* "1e-6" for a tolerance, "0.5 min" for a step */
static void draw_label(FILE *out, const wp_series *s, const wp_point *p, const look *how, double x,
                       double y)
{
    (void)fprintf(out,
                  "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"13\" fill=\"%s\"%s>",
                  x + how->label_dx, y + how->label_dy, how->anchor, how->colour,
                  p->is_default ? " font-weight=\"bold\"" : "");
    if (s->unit[0] == '\0') {
        (void)fprintf(out, "1e%.0f</text>\n", log10(p->setting));
    } else {
        (void)fprintf(out, "%g %s</text>\n", p->setting, s->unit);
    }
}

static void draw_series(FILE *out, const frame *f, const wp_series *s, const look *how)
{
    (void)fprintf(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"",
                  how->colour);
    for (const wp_point *p = s->point; p < s->point + s->n; p++) {
        (void)fprintf(out, "%.1f,%.1f ", x_of(f, p->error_mg_dl), y_of(f, p->speed));
    }
    (void)fprintf(out, "\"/>\n");
    for (const wp_point *p = s->point; p < s->point + s->n; p++) {
        const double x = x_of(f, p->error_mg_dl), y = y_of(f, p->speed);
        (void)fprintf(out,
                      "<g transform=\"translate(%.1f,%.1f)\" fill=\"%s\" stroke=\"%s\" "
                      "stroke-width=\"2\">%s</g>\n",
                      x, y, p->is_default ? how->colour : "white", how->colour, how->marker);
        draw_label(out, s, p, how, x, y);
    }
}

static void draw_legend(FILE *out, const wp_series *series)
{
    for (int k = 0; k < WP_SERIES; k++) {
        const int x = LEFT + 10 + k % LEGEND_COLUMNS * (WIDTH / LEGEND_COLUMNS);
        const int y = TOP + HEIGHT + 80 + k / LEGEND_COLUMNS * 24;
        (void)fprintf(out,
                      "<g transform=\"translate(%d,%d)\" fill=\"white\" stroke=\"%s\" "
                      "stroke-width=\"2\">%s</g>\n<text x=\"%d\" y=\"%d\">%s (%s)</text>\n",
                      x, y - 5, looks[k].colour, looks[k].marker, x + 14, y, series[k].label,
                      series[k].option);
    }
}

int wp_draw(const char *path, const wp_series *series, double floor_mg_dl)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return 0;
    }
    const frame f = frame_of(series, floor_mg_dl);
    (void)fprintf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                  "font-family=\"sans-serif\" font-size=\"%d\">\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
                  "<text x=\"%d\" y=\"28\" font-weight=\"bold\">Speed and error of the solvers; up "
                  "and to the left is better</text>\n"
                  "<text x=\"%d\" y=\"48\" font-size=\"13\">ten published children, 24 h, inputs "
                  "change every minute; filled marker, bold: the solver's default</text>\n",
                  LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM, TEXT_PX, LEFT, LEFT);
    draw_floor(out, &f, floor_mg_dl);
    draw_grid(out, &f);
    draw_axes(out);
    for (size_t k = 0; k < WP_SERIES; k++) {
        draw_series(out, &f, &series[k], &looks[k]);
    }
    draw_legend(out, series);
    (void)fprintf(out,
                  "<text x=\"%d\" y=\"%d\" font-size=\"12\">SIMULATED - for research and "
                  "education, not a medical device</text>\n</svg>\n",
                  LEFT, TOP + HEIGHT + BOTTOM - 12);
    return fclose(out) == 0;
}
