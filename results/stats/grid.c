// SPDX-License-Identifier: GPL-3.0-or-later
#include "grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

char *titri_grid_at(const titri_grid *g, size_t row, size_t column)
{
    return g->cell[row * g->columns + column];
}

/* Characters of a UTF-8 text. */
static size_t width_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static size_t column_width(const titri_grid *g, size_t column)
{
    size_t width = 0;
    for (size_t r = 0; r < g->rows; r++) {
        const size_t own = width_of(titri_grid_at(g, r, column));
        width = own > width ? own : width;
    }
    return width;
}

/* A control character in a name would break the line or drive the terminal. */
void titri_put_plain(titr_text *text, const char *cell)
{
    for (; *cell != '\0'; cell++) {
        const unsigned char c = (unsigned char)*cell;
        titr_text_add(text, c < 0x20 || c == 0x7F ? "?" : cell, 1);
    }
}

/* First and, if `last_left`, last column aligned left, the others right. */
void titri_grid_put(titr_text *text, const titri_grid *g, int last_left)
{
    for (size_t r = 0; r < g->rows; r++) {
        for (size_t c = 0; c < g->columns; c++) {
            const int left = c == 0 || (last_left && c + 1 == g->columns);
            const size_t gap = column_width(g, c) - width_of(titri_grid_at(g, r, c));
            titr_text_printf(text, "%*s", (int)((c > 0 ? 2 : 0) + (left ? 0 : gap)), "");
            titri_put_plain(text, titri_grid_at(g, r, c));
            if (left && c + 1 < g->columns) {
                titr_text_printf(text, "%*s", (int)gap, "");
            }
        }
        titr_text_add(text, "\n", 1);
    }
}

/* "1.0 [0.0, 3.6]" with `digits` decimals; "-" where undefined. */
void titri_cell_interval(char *cell, titr_interval i, int digits, const char *sign)
{
    if (isnan(i.estimate)) {
        (void)snprintf(cell, TITRI_CELL_MAX, "-");
    } else if (*sign == '+') {
        (void)snprintf(cell, TITRI_CELL_MAX, "%+.*f [%+.*f, %+.*f]", digits, i.estimate, digits,
                       i.lo, digits, i.hi);
    } else {
        (void)snprintf(cell, TITRI_CELL_MAX, "%.*f [%.*f, %.*f]", digits, i.estimate, digits, i.lo,
                       digits, i.hi);
    }
}

void titri_cell_number(char *cell, double value, int digits)
{
    if (isnan(value)) {
        (void)snprintf(cell, TITRI_CELL_MAX, "-");
    } else {
        (void)snprintf(cell, TITRI_CELL_MAX, "%.*f", digits, value);
    }
}

titr_status titri_grid_make(titri_grid *g, size_t rows, size_t columns, titr_error *err)
{
    *g = (titri_grid){calloc(rows * columns + 1, sizeof *g->cell), rows, columns};
    return g->cell != NULL
               ? TITR_OK
               : titr_fail(err, TITR_ERR_NOMEM, "no memory for a table of %zu rows", rows);
}
