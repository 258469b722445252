// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/env/dosing.h
 * @brief A dosing record: what a child ate and was given, from a CSV file.
 *
 *   time_min,carbs_g,insulin_u[,basal_u_per_h]
 *   0,0,0,0.35
 *   480,30,2.5,0.35
 *
 * The header line is required; its columns may stand in any order. Times are minutes since the
 * episode's start and strictly ascending; one with a fraction belongs to the minute that holds it.
 * Line ends LF or CRLF, a byte order mark, quotes around a value and empty lines are tolerated.
 *
 * Ownership  titr_dosing owns its rows; titr_dosing_fini releases them.
 * Errors     TITR_ERR_IO when the file cannot be read (missing, a directory, no permission);
 *            TITR_ERR_CONFIG with file, line, column and what was expected for anything else.
 */
#ifndef TITR_ENV_DOSING_H
#define TITR_ENV_DOSING_H

#include "titrate/base/status.h"

#include <stddef.h>

/** One line of the file. */
typedef struct titr_dosing_row {
    double time_min;      /* since the episode's start, [0, 1e7]                            */
    double carbs_g;       /* eaten from time_min on, [0, 500]                               */
    double insulin_u;     /* bolus at time_min, [0, 100]                                    */
    double basal_u_per_h; /* basal rate from time_min until the next row, [0, 35]; 0 without
                             the column                                                     */
    size_t line;          /* of the file, from 1: for messages                              */
} titr_dosing_row;

/** A whole file. */
typedef struct titr_dosing {
    titr_dosing_row *rows; /* owned, in order of time */
    size_t n;              /* >= 1 after a successful read                         */
    int has_basal;         /* 1 = the file has the column basal_u_per_h            */
} titr_dosing;

/** @param[out] out owned by the caller: titr_dosing_fini; written only on TITR_OK. */
titr_status titr_dosing_read(const char *path, titr_dosing *out, titr_error *err) TITR_NODISCARD;
/** Release the rows. */
void titr_dosing_fini(titr_dosing *dosing);
/** Index of the first row at or after `time_min`; n when there is none. */
size_t titr_dosing_find(const titr_dosing *dosing, double time_min);

#endif
