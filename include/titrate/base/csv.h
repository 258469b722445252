// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/csv.h
 * @brief A whole CSV file as a table of text cells, checked for shape.
 *
 *   header line, then rows of as many cells; blanks and one pair of quotes around a cell are
 *   dropped; empty lines are skipped; cells hold no commas.
 *
 * Errors     TITR_ERR_CONFIG with file:line for what cannot be a table: missing or empty file,
 *            binary content, repeated or empty column name, row of another length;
 *            TITR_ERR_IO when reading fails half way; TITR_ERR_NOMEM.
 * Ownership  titr_csv owns its cells: titr_csv_fini.
 */
#ifndef TITR_BASE_CSV_H
#define TITR_BASE_CSV_H

#include "titrate/base/status.h"

#include <stddef.h>

/** A file as text cells. */
typedef struct titr_csv {
    char *path, *text;        /* owned: name for messages; the bytes that the cells point into */
    char **cell;              /* [n_rows + 1][n_columns], row 0 is the header */
    size_t *line;             /* [n_rows + 1] line number in the file          */
    size_t n_rows, n_columns; /* rows below the header */
} titr_csv;

/** @param[out] out owned by the caller. */
titr_status titr_csv_read(const char *path, titr_csv *out, titr_error *err) TITR_NODISCARD;
/** Release the cells; an empty table is fine. */
void titr_csv_fini(titr_csv *csv);
/** Name of a column. */
const char *titr_csv_name(const titr_csv *csv, size_t column);
/** Column by name. @return n_columns when there is none. */
size_t titr_csv_column(const titr_csv *csv, const char *name);
/** Text of a cell, rows counted from 0. */
const char *titr_csv_text(const titr_csv *csv, size_t row, size_t column);
/** Cell as a finite decimal number; TITR_ERR_CONFIG names file, line, column and text. */
titr_status titr_csv_real(const titr_csv *csv, size_t row, size_t column, double *value,
                          titr_error *err) TITR_NODISCARD;

#endif
