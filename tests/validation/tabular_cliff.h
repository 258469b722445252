// SPDX-License-Identifier: GPL-3.0-or-later
/* Policies that keep exploring, on CliffWalking: epsilon 0.1, gamma 1. The best such policy is
 * worth -20.71 from the start, and its greedy path -15; that of the optimal values -45.80 and -13
 * (solved exactly, as the references of the other checks). */
#ifndef TESTS_VALIDATION_TABULAR_CLIFF_H
#define TESTS_VALIDATION_TABULAR_CLIFF_H

/* Prints a line per method. @return 1 if all are within bounds. */
int tabular_cliff(void);

#endif
