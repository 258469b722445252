// SPDX-License-Identifier: GPL-3.0-or-later
#include "svg.h"

#include <math.h>
#include <string.h>

static const char *entity_of(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F ? "\xEF\xBF\xBD" : NULL;
    }
}

void titri_escape(titr_text *out, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        const size_t length = titr_utf8_length(text, left);
        const char *entity = length == 0 ? "\xEF\xBF\xBD" : entity_of((unsigned char)*text);
        if (entity != NULL) {
            titr_text_add(out, entity, strlen(entity));
        } else {
            titr_text_add(out, text, length);
        }
        text += length > 0 ? length : 1;
        left -= length > 0 ? length : 1;
    }
}

double titri_plot_x(const titri_plot *p, double x)
{
    return p->left + p->width * (x - p->x0) / (p->x1 - p->x0);
}

double titri_plot_y(const titri_plot *p, double y)
{
    const double inside = fmin(fmax(y, p->y0), p->y1);
    return p->top + p->height * (p->y1 - inside) / (p->y1 - p->y0);
}

void titri_svg_open(titr_text *out, const char *id, double width, double height, const char *title,
                    const char *description)
{
    titr_text_printf(out,
                     "<div class=\"chart\"><svg role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
                     "aria-labelledby=\"%s-t %s-d\">",
                     width, height, id, id);
    titr_text_printf(out, "<title id=\"%s-t\">", id);
    titri_escape(out, title);
    titr_text_printf(out, "</title><desc id=\"%s-d\">", id);
    titri_escape(out, description);
    titr_text_printf(out, "</desc>\n");
}

void titri_svg_close(titr_text *out)
{
    titr_text_printf(out, "</svg></div>\n");
}

void titri_svg_text(titr_text *out, double x, double y, const char *how, const char *text)
{
    titr_text_printf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, how);
    titri_escape(out, text);
    titr_text_printf(out, "</text>\n");
}

void titri_svg_line(titr_text *out, double x0, double y0, double x1, double y1, const char *how)
{
    titr_text_printf(out, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", how, x0, y0, x1, y1);
}

void titri_svg_rect(titr_text *out, double x, double y, double width, double height,
                    const char *how)
{
    titr_text_printf(out,
                     "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>\n",
                     x, y, width, height, how);
}

void titri_plot_tick_y(const titri_plot *p, double y, const char *label, const char *how)
{
    const double at = titri_plot_y(p, y);
    titri_svg_line(p->out, p->left, at, p->left + p->width, at, how);
    titri_svg_text(p->out, p->left - 6.0, at + 4.0, "t end", label);
}

void titri_plot_clock(const titri_plot *p, int with_labels)
{
    for (int hour = 0; hour <= 24; hour += 3) {
        const double at = titri_plot_x(p, 60.0 * hour);
        titri_svg_line(p->out, at, p->top, at, p->top + p->height, "grid");
        if (with_labels) {
            const char label[] = {
                (char)('0' + hour / 10), (char)('0' + hour % 10), ':', '0', '0', '\0'};
            titri_svg_text(p->out, at, p->top + p->height + 18.0, "t mid", label);
        }
    }
}

void titri_plot_name(const titri_plot *p, const char *name)
{
    titri_svg_text(p->out, p->left, p->top - 7.0, "t name", name);
}

void titri_plot_line(const titri_plot *p, const double *x, const double *y, size_t n,
                     const char *how)
{
    int pen_down = 0;
    titr_text_printf(p->out, "<path class=\"%s\" d=\"", how);
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i])) {
            pen_down = 0;
            continue;
        }
        titr_text_printf(p->out, "%s%.1f %.1f", pen_down ? "L" : "M", titri_plot_x(p, x[i]),
                         titri_plot_y(p, y[i]));
        pen_down = 1;
    }
    titr_text_printf(p->out, "\"/>\n");
}

void titri_plot_steps(const titri_plot *p, const double *x, const double *y, size_t n, double x_end,
                      const char *how)
{
    titr_text_printf(p->out, "<path class=\"%s\" d=\"", how);
    for (size_t i = 0; i < n; i++) {
        const double level = titri_plot_y(p, y[i]);
        if (i == 0) {
            titr_text_printf(p->out, "M%.1f %.1f", titri_plot_x(p, x[i]), level);
        } else if (y[i] != y[i - 1]) {
            titr_text_printf(p->out, "H%.1fV%.1f", titri_plot_x(p, x[i]), level);
        }
    }
    if (n > 0) {
        titr_text_printf(p->out, "H%.1f", titri_plot_x(p, x_end));
    }
    titr_text_printf(p->out, "\"/>\n");
}

void titri_plot_band(const titri_plot *p, const double *x, const double *lo, const double *hi,
                     size_t n, const char *how)
{
    titr_text_printf(p->out, "<path class=\"%s\" d=\"", how);
    for (size_t i = 0; i < n; i++) {
        titr_text_printf(p->out, "%s%.1f %.1f", i == 0 ? "M" : "L", titri_plot_x(p, x[i]),
                         titri_plot_y(p, hi[i]));
    }
    for (size_t i = n; i-- > 0;) {
        titr_text_printf(p->out, "L%.1f %.1f", titri_plot_x(p, x[i]), titri_plot_y(p, lo[i]));
    }
    titr_text_printf(p->out, "Z\"/>\n");
}
