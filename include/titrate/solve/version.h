// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/solve/version.h
 * @brief Which solver library is linked.
 */
#ifndef TITR_SOLVE_VERSION_H
#define TITR_SOLVE_VERSION_H

#include <stddef.h>

/** "SUNDIALS 6.4.1"; the same for every build of that version. */
void titr_solve_library(char *text, size_t size);
/** "optimised" or "packaged": how that library was compiled. Same results, other speed, so it
 * stands in no run file. @return static string. */
const char *titr_solve_build(void);

#endif
