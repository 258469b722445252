// SPDX-License-Identifier: GPL-3.0-or-later
/* Vector pictures written as text: a plot area with linear axes, and what is drawn in it.
 * Coordinates have one decimal, so a picture's bytes do not depend on the machine. */
#ifndef TITRI_REPORT_SVG_H
#define TITRI_REPORT_SVG_H

#include "titrate/base/text.h"

/* Text content or attribute value: & < > " ' escaped, control characters and bytes that are no
 * UTF-8 become U+FFFD. */
void titri_escape(titr_text *out, const char *text);

/* One plot area inside a picture: data [x0, x1] x [y0, y1] to pixels. */
typedef struct titri_plot {
    titr_text *out;
    double left, top, width, height; /* pixels     */
    double x0, x1, y0, y1;           /* data range */
} titri_plot;

double titri_plot_x(const titri_plot *p, double x);
double titri_plot_y(const titri_plot *p, double y); /* kept inside the plot area */

/* <svg role="img"> with title and description for those who cannot see it. `id` is unique in the
 * page. */
void titri_svg_open(titr_text *out, const char *id, double width, double height, const char *title,
                    const char *description);
void titri_svg_close(titr_text *out);

/* Text at pixels; `how` = classes, e.g. "t end". The text is escaped. */
void titri_svg_text(titr_text *out, double x, double y, const char *how, const char *text);
void titri_svg_line(titr_text *out, double x0, double y0, double x1, double y1, const char *how);
void titri_svg_rect(titr_text *out, double x, double y, double width, double height,
                    const char *how);

/* Horizontal line and label at y; `how` = "grid" or "limit". */
void titri_plot_tick_y(const titri_plot *p, double y, const char *label, const char *how);
/* Vertical grid lines and clock labels "00:00" every 3 h; x in minutes of the day. */
void titri_plot_clock(const titri_plot *p, int with_labels);
/* Name of the y axis, above its top left corner. */
void titri_plot_name(const titri_plot *p, const char *name);
/* Line through the points; NaN breaks it. */
void titri_plot_line(const titri_plot *p, const double *x, const double *y, size_t n,
                     const char *how);
/* Steps: y[i] holds from x[i] to x[i + 1], the last one until x_end. */
void titri_plot_steps(const titri_plot *p, const double *x, const double *y, size_t n, double x_end,
                      const char *how);
/* Area between two lines over the same x; none may be NaN. */
void titri_plot_band(const titri_plot *p, const double *x, const double *lo, const double *hi,
                     size_t n, const char *how);

#endif
