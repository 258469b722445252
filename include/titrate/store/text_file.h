// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/text_file.h
 * @brief A text (a page, a table) written whole or not at all: NAME.tmp, fsync, rename.
 */
#ifndef TITR_STORE_TEXT_FILE_H
#define TITR_STORE_TEXT_FILE_H

#include "titrate/base/status.h"

#include <stddef.h>

/** @return TITR_ERR_IO with the system's reason; an older file of that name is then untouched. */
titr_status titr_text_file_write(const char *path, const char *bytes, size_t n,
                                 titr_error *err) TITR_NODISCARD;

#endif
