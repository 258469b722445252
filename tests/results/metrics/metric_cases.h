// SPDX-License-Identifier: GPL-3.0-or-later
/* Helpers of the metric tests: small series, and the reference series with their scores. */
#ifndef TITR_TESTS_METRIC_CASES_H
#define TITR_TESTS_METRIC_CASES_H

#include "titrate/metrics/metric.h"
#include "titrate/metrics/readings.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A plain CGM series over borrowed arrays. */
static inline titr_series plain_series(const double *time_min, const double *glucose_mg_dl,
                                       size_t n)
{
    return (titr_series){.n = n,
                         .time_min = time_min,
                         .glucose_mg_dl = glucose_mg_dl,
                         .insulin_u = (double)NAN,
                         .basal_insulin_u = (double)NAN,
                         .carbs_g = (double)NAN,
                         .duration_min = (double)NAN,
                         .horizon_min = (double)NAN,
                         .end_min = (double)NAN,
                         .final_glucose_mg_dl = (double)NAN};
}

/* Value of `key` of the family, by the contract every family has. */
static inline double value_of(const titr_metric_type *type, const titr_series *series,
                              const char *key)
{
    double out[32];
    type->compute(series, out);
    for (size_t i = 0; i < type->n_values; i++) {
        if (strcmp(type->value[i].key, key) == 0) {
            return out[i];
        }
    }
    cr_assert_fail("no key %s", key);
    return (double)NAN;
}

static inline double of_glucose(const titr_metric_type *type, const double *glucose_mg_dl, size_t n,
                                const char *key)
{
    double time_min[256];
    cr_assert_leq(n, 256);
    for (size_t i = 0; i < n; i++) {
        time_min[i] = 5.0 * (double)i;
    }
    const titr_series series = plain_series(time_min, glucose_mg_dl, n);
    return value_of(type, &series, key);
}

static inline void assert_close(double got, double want, double rel, double abs, const char *what)
{
    cr_assert(fabs(got - want) <= rel * fabs(want) + abs, "%s: got %.17g, want %.17g", what, got,
              want);
}

/* Whole file as text, malloc'ed. @return NULL when it cannot be read. */
char *slurp(const char *path);

/* Number after "key": behind the first occurrence of `after`. @return NaN when there is none. */
static inline double json_number(const char *json, const char *after, const char *key)
{
    char quoted[96];
    (void)snprintf(quoted, sizeof quoted, "\"%s\":", after);
    const char *at = strstr(json, quoted);
    (void)snprintf(quoted, sizeof quoted, "\"%s\":", key);
    at = at != NULL ? strstr(at, quoted) : NULL;
    return at != NULL ? strtod(at + strlen(quoted), NULL) : (double)NAN;
}

/* Score every id of the reference series iglu_*.csv with `type` and compare the named values with
 * those an independent program found: 1e-9 relative. Skips when the folder is absent. */
typedef struct reference_key {
    const char *ours, *theirs;
} reference_key;
void assert_agrees_with_reference(const titr_metric_type *type, const reference_key *key,
                                  size_t n_keys);

#endif
