// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/runner/version.h
 * @brief What this program was built from.
 */
#ifndef TITR_RUNNER_VERSION_H
#define TITR_RUNNER_VERSION_H

#include <stddef.h>

/** Version of titrate, e.g. "0.1.0". @return static string. */
const char *titr_version(void);
/** One line "SUNDIALS 6.4.1, HDF5 1.10.8, GSL 2.7.1, OpenBLAS 0.3.21". */
void titr_library_versions(char *text, size_t size);

#endif
