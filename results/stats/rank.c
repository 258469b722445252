// SPDX-License-Identifier: GPL-3.0-or-later
#include "titrate/stats/stats.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

static int all_equal(const double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (x[i] != x[0]) {
            return 0;
        }
    }
    return 1;
}

double titr_spearman(const double *x, const double *y, size_t n)
{
    if (n < 2 || all_equal(x, n) || all_equal(y, n)) {
        return (double)NAN;
    }
    double *work = calloc(2 * n, sizeof *work);
    const double rho = work != NULL ? gsl_stats_spearman(x, 1, y, 1, n, work) : (double)NAN;
    free(work);
    return rho;
}
