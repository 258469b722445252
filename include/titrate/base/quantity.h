// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/base/quantity.h
 * @brief A named scalar with unit, range and source: one row of a model's tables.
 */
#ifndef TITR_BASE_QUANTITY_H
#define TITR_BASE_QUANTITY_H

#include <stddef.h>

/** One state, parameter, input, held value or output. */
typedef struct titr_quantity {
    const char *name;   /* snake_case, ends in its unit unless dimensionless; unique in its table */
    const char *unit;   /* UCUM, e.g. "mg/dL"; "1" if dimensionless                               */
    double init;        /* default, in `unit`                                                     */
    double lo, hi;      /* closed plausible range, in `unit`; a parameter outside is an error     */
    const char *source; /* key in docs/references.bib, "derived", or "assumed"                    */
} titr_quantity;

/** Rows of quantities, static. */
typedef struct titr_table {
    const titr_quantity *row; /* n rows */
    size_t n;                 /* 0 = empty table */
} titr_table;
/** Initialiser of a titr_table from an array. */
#define TITR_TABLE(rows)                                                                           \
    {                                                                                              \
        (rows), sizeof(rows) / sizeof((rows)[0])                                                   \
    }

/** Index of `name` in `table`. @return table.n when it is not there. */
size_t titr_table_find(titr_table table, const char *name);

#endif
