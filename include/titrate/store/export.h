// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/export.h
 * @brief A run as CSV files, for spreadsheets and for programs that do not read HDF5.
 *
 *   steps.csv     one row per decision, with the episode's policy, patient and number in front
 *   minutes.csv   one row per minute, likewise; only if minutes were recorded
 *   episodes.csv  one row per episode
 *   patients.csv, published_settings.csv, training/..., metrics/...   the run's sheets
 *   manifest.json
 *
 * Quoting is RFC 4180's, lines end in LF, the first line names the columns, which end in their
 * unit. Numbers have as many digits as it takes to read back the stored value; NaN, Inf, -Inf.
 *
 * Errors   TITR_ERR_IO with the system's reason; each file is whole or not there.
 */
#ifndef TITR_STORE_EXPORT_H
#define TITR_STORE_EXPORT_H

#include "titrate/store/store.h"

/** All of it into `folder`, which is made if it is missing. */
titr_status titr_export_folder(titr_reader *r, const char *folder, titr_error *err) TITR_NODISCARD;
/** One table to the file `path`: "steps", "minutes", "episodes" or a sheet, e.g. "patients".
 *  @return TITR_ERR_NOT_FOUND when the run has no such table. */
titr_status titr_export_table(titr_reader *r, const char *table, const char *path,
                              titr_error *err) TITR_NODISCARD;

#endif
