// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile.h"

#include "titrate/base/units.h"
#include "titrate/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define DAYS_FOR_PERCENTILES 7.0

static titr_status reserve(titri_pool *pool, size_t n, titr_error *err)
{
    if (pool->n + n > pool->capacity) {
        const size_t capacity = 2 * (pool->n + n);
        void *grown = realloc(pool->reading, capacity * sizeof *pool->reading);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu readings", capacity);
        }
        pool->reading = grown;
        pool->capacity = capacity;
    }
    return TITR_OK;
}

titr_status titri_pool_add(titri_pool *pool, const titr_trajectory *t, double clock_start_min,
                           double drop_min, titr_error *err)
{
    TITR_TRY(reserve(pool, t->n + 1, err));
    for (size_t k = 0; k < t->n; k++) {
        const double time_min = (double)t->time_min[k];
        const float clock = (float)fmod(time_min + clock_start_min, TITR_MIN_PER_DAY);
        if (time_min >= drop_min && clock >= 0.0F && clock < (float)TITR_MIN_PER_DAY &&
            isfinite((double)t->glucose_mg_dl[k])) {
            pool->reading[pool->n++] = (struct titri_pooled){clock, t->glucose_mg_dl[k]};
        }
    }
    pool->days += fmax(t->end_min - drop_min, 0.0) / TITR_MIN_PER_DAY;
    return TITR_OK;
}

void titri_pool_fini(titri_pool *pool)
{
    free(pool->reading);
    *pool = (titri_pool){0};
}

static int by_time(const void *a, const void *b)
{
    const struct titri_pooled *x = a, *y = b;
    return (x->minute_of_day > y->minute_of_day) - (x->minute_of_day < y->minute_of_day);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* 15 min, or wider when decisions are rarer, so that no bin is empty between two full ones. */
static double bin_width(const titri_pool *pool)
{
    static const double width[] = {15.0, 30.0, 60.0, 120.0, 240.0};
    double gap = 0.0; /* between readings, clock times sorted */
    for (size_t i = 1; i < pool->n; i++) {
        gap = fmax(gap,
                   (double)(pool->reading[i].minute_of_day - pool->reading[i - 1].minute_of_day));
    }
    size_t w = 0;
    while (w + 1 < sizeof width / sizeof width[0] && width[w] < gap) {
        w++;
    }
    return width[w];
}

/* Percentiles of readings [from, to), which are in one bin. */
static void fill_bin(const titri_pool *pool, size_t from, size_t to, double *scratch,
                     titri_profile *out, size_t bin)
{
    static const double share[] = {0.05, 0.25, 0.50, 0.75, 0.95};
    for (size_t i = from; i < to; i++) {
        scratch[i - from] = (double)pool->reading[i].glucose_mg_dl;
    }
    qsort(scratch, to - from, sizeof *scratch, by_value);
    for (size_t p = 0; p < TITRI_N_PERCENTILES; p++) {
        out->mg_dl[p][bin] = titr_quantile_sorted(scratch, to - from, share[p]);
    }
}

/* The day is a circle: its last bin again before midnight 0, its first again after midnight 24. */
static void close_circle(titri_profile *out)
{
    const size_t n = out->n;
    for (size_t p = 0; p < TITRI_N_PERCENTILES; p++) {
        double *q = out->mg_dl[p];
        for (size_t b = n; b > 0; b--) {
            q[b] = q[b - 1];
        }
        q[0] = q[n];
        q[n + 1] = q[1];
    }
    for (size_t b = n; b > 0; b--) {
        out->minute[b] = out->minute[b - 1];
    }
    out->minute[0] = out->minute[n] - TITR_MIN_PER_DAY;
    out->minute[n + 1] = out->minute[1] + TITR_MIN_PER_DAY;
    out->n = n + 2;
}

titr_status titri_profile_make(titri_pool *pool, titri_profile *out, titr_error *err)
{
    *out = (titri_profile){.days = pool->days};
    if (pool->days < DAYS_FOR_PERCENTILES || pool->n == 0) {
        return TITR_OK;
    }
    double *scratch = malloc(pool->n * sizeof *scratch);
    if (scratch == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu readings", pool->n);
    }
    qsort(pool->reading, pool->n, sizeof *pool->reading, by_time);
    out->bin_min = bin_width(pool);
    for (size_t from = 0, to = 0; from < pool->n; from = to) {
        const double bin = floor((double)pool->reading[from].minute_of_day / out->bin_min);
        while (to < pool->n &&
               floor((double)pool->reading[to].minute_of_day / out->bin_min) == bin) {
            to++;
        }
        out->minute[out->n] = (bin + 0.5) * out->bin_min;
        fill_bin(pool, from, to, scratch, out, out->n);
        out->n++;
    }
    close_circle(out);
    free(scratch);
    return TITR_OK;
}

const char *titri_profile_gate(const titri_profile *profile)
{
    if (profile->n > 0) {
        return NULL;
    }
    if (profile->days == 0.0) {
        return "The run recorded no readings.";
    }
    return profile->days < 1.0 ? "Less than 24 hours of data: nothing is shown."
                               : "Less than 7 days of data: no percentile curves are drawn.";
}
