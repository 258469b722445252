// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables for a terminal: cells of equal size, columns aligned by characters. */
#ifndef TITRI_STATS_GRID_H
#define TITRI_STATS_GRID_H

#include "titrate/base/text.h"
#include "titrate/stats/stats.h"

#define TITRI_CELL_MAX 96

/* Row by row; row 0 is the head. */
typedef struct titri_grid {
    char (*cell)[TITRI_CELL_MAX]; /* owned: free it */
    size_t rows, columns;
} titri_grid;

titr_status titri_grid_make(titri_grid *g, size_t rows, size_t columns,
                            titr_error *err) TITR_NODISCARD;
char *titri_grid_at(const titri_grid *g, size_t row, size_t column);
/* First and, if `last_left`, last column aligned left, the others right. */
void titri_grid_put(titr_text *text, const titri_grid *g, int last_left);
/* A control character in a name would break the line or drive the terminal. */
void titri_put_plain(titr_text *text, const char *name);
/* "1.0 [0.0, 3.6]" with `digits` decimals, with a plus if `sign` is "+"; "-" where undefined. */
void titri_cell_interval(char *cell, titr_interval i, int digits, const char *sign);
void titri_cell_number(char *cell, double value, int digits);

#endif
