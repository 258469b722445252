// SPDX-License-Identifier: GPL-3.0-or-later
#include "ope_estimate.h"

#include "titrate/base/rng.h"
#include "titrate/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define INTERVAL_LEVEL 0.95

/* Episodes of a child stand side by side. @return the first episode behind those of episode i's. */
static size_t child_end(const titri_ope_log *log, size_t i)
{
    size_t end = i + 1;
    while (end < log->n && log->child[end] == log->child[i]) {
        end++;
    }
    return end;
}

/* Equation (1). */
static titr_status by_child(const titri_ope_log *log, const titr_ope_data *data,
                            titr_ope_method method, titr_ope_estimate *out, titr_error *err)
{
    titr_ope_estimate all = {0.0, 0.0, TITR_OPE_FINE};
    double children = 0.0, inverse = 0.0;
    for (size_t i = 0, end = 0; i < log->n; i = end) {
        end = child_end(log, i);
        titr_ope_data own = *data;
        titr_ope_estimate e;
        own.first += i;
        own.n = end - i;
        own.count = data->count != NULL ? data->count + i : NULL;
        own.least_ess = 0.0;
        TITR_TRY(titr_ope(&own, method, &e, err));
        all.refusal =
            e.refusal != TITR_OPE_FINE && e.refusal != TITR_OPE_LOW_ESS ? e.refusal : all.refusal;
        all.value += e.value;
        inverse += e.ess > 0.0 ? 1.0 / e.ess : HUGE_VAL;
        children += 1.0;
    }
    all.value /= children;
    all.ess = children * children / inverse;
    if (all.refusal == TITR_OPE_FINE && !(all.ess >= data->least_ess && isfinite(all.value))) {
        all.refusal = TITR_OPE_LOW_ESS;
    }
    if (all.refusal != TITR_OPE_FINE) {
        all.value = (double)NAN;
    }
    *out = all;
    return TITR_OK;
}

/* How often each episode counts in a bootstrap draw: each child keeps its number of episodes. */
static void draw_counts(const titri_ope_log *log, titr_rng_key key, double *count)
{
    for (size_t i = 0, end = 0; i < log->n; i = end) {
        end = child_end(log, i);
        for (size_t m = i; m < end; m++) {
            count[m] = 0.0;
        }
        for (size_t m = i; m < end; m++) {
            count[i + titr_rng_below(key, (uint32_t)m, (uint32_t)(end - i))] += 1.0;
        }
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* @param[out] count [n], value [draws] work space. */
static titr_status bootstrap(const titri_lab *lab, const titri_ope_log *log,
                             const titr_ope_data *data, double *count, double *value,
                             titr_judged *row, titr_error *err)
{
    titr_ope_data drawn = *data;
    size_t n = 0;
    drawn.count = count;
    drawn.least_ess = 0.0;
    for (uint32_t k = 0; k < (uint32_t)lab->e->ope.draws; k++) {
        const titr_rng_key key = {.seed = lab->e->seed,
                                  .purpose = TITR_PURPOSE_BOOTSTRAP,
                                  .patient = titr_hash32("ope"),
                                  .episode = k};
        titr_ope_estimate own;
        draw_counts(log, key, count);
        TITR_TRY(by_child(log, &drawn, row->method, &own, err));
        if (isfinite(own.value)) {
            value[n++] = own.value;
        }
    }
    qsort(value, n, sizeof *value, ascending);
    row->lo = titr_quantile_sorted(value, n, 0.5 - 0.5 * INTERVAL_LEVEL);
    row->hi = titr_quantile_sorted(value, n, 0.5 + 0.5 * INTERVAL_LEVEL);
    return TITR_OK;
}

titr_status titri_ope_estimate(const titri_lab *lab, const titri_ope_log *log,
                               const titr_ope_data *data, titr_judged *row, titr_error *err)
{
    TITR_TRY(by_child(log, data, row->method, &row->estimate, err));
    if (row->estimate.refusal != TITR_OPE_FINE) {
        titr_ope_why(data, &row->estimate, row->why, sizeof row->why);
        return TITR_OK;
    }
    if (row->method == TITR_OPE_MODEL) {
        return TITR_OK; /* what is uncertain is the fit, which episodes drawn anew do not change */
    }
    double *count = calloc(data->n, sizeof *count);
    double *value = calloc((size_t)lab->e->ope.draws, sizeof *value);
    const titr_status st = count == NULL || value == NULL
                               ? titr_fail(err, TITR_ERR_NOMEM, "no memory for a bootstrap")
                               : bootstrap(lab, log, data, count, value, row, err);
    free(count);
    free(value);
    return st;
}
