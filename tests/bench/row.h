// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file bench/row.h
 * @brief One row of ./dev bench, as a JSON object on a line.
 */
#ifndef TITR_TESTS_BENCH_ROW_H
#define TITR_TESTS_BENCH_ROW_H

#include "support/timing.h"

typedef struct bench_row {
    const char *name, *unit, *workload;
    double peer;             /* 0: nobody else's figure */
    const char *peer_source; /* NULL: none              */
    const char *error;       /* text, or NULL           */
    double flop_per_unit;    /* 0, or what one unit of `value` takes: for the share of the limit */
} bench_row;

/** Peak of this core for additions and multiplications that are not fused, FLOP/s, with the widest
 *  vectors that the program would use: measured now. */
double bench_peak_flop_per_s(void);

/** Print the row: median of `value` [n], spread = (largest - smallest) / median. Sorts `value`. */
void bench_print(const bench_row *row, double *value, size_t n);

#endif
