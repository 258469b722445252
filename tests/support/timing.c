// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/timing.h"

#include <stdlib.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double timing_wall_s(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double timing_cpu_s(void)
{
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}

static int by_value(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double timing_median(double *value, size_t n)
{
    qsort(value, n, sizeof *value, by_value);
    return 0.5 * (value[(n - 1) / 2] + value[n / 2]);
}
