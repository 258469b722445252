// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/store/version.h
 * @brief Which storage library is linked.
 */
#ifndef TITR_STORE_VERSION_H
#define TITR_STORE_VERSION_H

#include <stddef.h>

/** "HDF5 1.10.8". */
void titr_store_library(char *text, size_t size);

#endif
