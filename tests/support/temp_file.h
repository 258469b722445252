// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file support/temp_file.h
 * @brief A file with given bytes for the time of a test.
 */
#ifndef TITR_TESTS_SUPPORT_TEMP_FILE_H
#define TITR_TESTS_SUPPORT_TEMP_FILE_H

#include <stddef.h>

#define TEMP_PATH_MAX 64

/** @param[out] path where the bytes are now. @return 0 when it could not be written. */
int temp_file(char path[TEMP_PATH_MAX], const char *bytes, size_t n);
void temp_remove(const char *path);

#endif
