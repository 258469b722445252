// SPDX-License-Identifier: GPL-3.0-or-later
/* A CSV file while it is written; errors are remembered and told at the end. */
#ifndef TITRI_STORE_CSV_H
#define TITRI_STORE_CSV_H

#include "layout.h"
#include "replace.h"

#include <stdio.h>

typedef struct titri_csv {
    titri_replace place;
    FILE *file;
    int in_row; /* a value precedes on this line */
} titri_csv;

titr_status titri_csv_open(titri_csv *csv, const char *path, titr_error *err) TITR_NODISCARD;
void titri_csv_text(titri_csv *csv, const char *text);
void titri_csv_real(titri_csv *csv, double value);
/* Value of a column's kind. */
void titri_csv_value(titri_csv *csv, titri_kind kind, const void *value);
void titri_csv_end_row(titri_csv *csv);
/* Becomes PATH if `status` is TITR_OK and all was written; else it is removed. Returns the first
 * failure. */
titr_status titri_csv_close(titri_csv *csv, titr_status status, titr_error *err) TITR_NODISCARD;

#endif
