// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/metrics/readings.h
 * @brief Readings of a real sensor, from a CSV file.
 *
 * Header  first line, names in any case, other columns are ignored:
 *           time_min                   minutes, or
 *           time, timestamp            "2015-06-06T16:50[:27[.5]][Z|+01:00]", a blank for the T is
 *                                      fine; taken as clock time, a zone is not applied
 *           glucose_mg_dl, cgm_mg_dl, gl, cgm, bg   mg/dL, or glucose_mmol_l   mmol/L
 *           id                         optional: whose reading it is
 * Rows    in any order; an empty value, NA or NaN is a missing reading. Fields may be quoted.
 * Times   of a series begin at midnight of its first day; time_min is taken as it stands.
 * Errors  TITR_ERR_IO when the file cannot be read; TITR_ERR_CONFIG with file, line, column, value
 *         and what was expected.
 */
#ifndef TITR_METRICS_READINGS_H
#define TITR_METRICS_READINGS_H

#include "titrate/metrics/metric.h"

/** All series of a file, in the order in which their ids first appear. */
typedef struct titr_readings {
    size_t n;                   /* series */
    struct titr_readings_of {   /* one person's */
        char id[TITR_NAME_MAX]; /* "" when the file has no column id */
        titr_series series;     /* owned */
    } * of;                     /* owned */
} titr_readings;

/** @param[in] column glucose column to use; NULL = the only one there is (two are an error). */
titr_status titr_readings_read_csv(const char *path, const char *column, titr_readings *out,
                                   titr_error *err) TITR_NODISCARD;
/** The series of `id`; NULL = the only one there is (several are an error that lists them).
 *  @return borrowed; NULL with `err` filled. */
const titr_series *titr_readings_pick(const titr_readings *readings, const char *id,
                                      titr_error *err);
/** Release every series. */
void titr_readings_fini(titr_readings *readings);

#endif
