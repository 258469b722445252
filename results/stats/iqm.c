// SPDX-License-Identifier: GPL-3.0-or-later
/* The interquartile mean over runs and its stratified bootstrap [agarwal2021]. */
#include "titrate/base/rng.h"
#include "titrate/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double titr_iqm_sorted(const double *sorted, size_t n)
{
    const size_t cut = n / 4;
    return titr_mean(sorted + cut, n - 2 * cut);
}

/* Sorts `scores`. */
static double iqm_of(double *scores, size_t n)
{
    qsort(scores, n, sizeof *scores, ascending);
    return titr_iqm_sorted(scores, n);
}

static titr_status check(const double *score, size_t n, double level, size_t draws, titr_error *err)
{
    if (n == 0 || draws == 0 || n > UINT32_MAX || draws > UINT32_MAX) {
        return titr_fail(err, TITR_ERR_ARG,
                         "interquartile mean of %zu scores, %zu draws: neither may be 0", n, draws);
    }
    if (!(level > 0.0 && level < 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "bootstrap level = %g, allowed (0, 1)", level);
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(score[i])) {
            return titr_fail(err, TITR_ERR_RANGE, "score %zu = %g: expected a finite one", i,
                             score[i]);
        }
    }
    return TITR_OK;
}

titr_status titr_interval_iqm(const double *score, size_t n_runs, size_t n_tasks, double level,
                              size_t draws, uint64_t seed, titr_interval *out, titr_error *err)
{
    const size_t n = n_runs * n_tasks;
    TITR_TRY(check(score, n, level, draws, err));
    double *drawn = malloc(n * sizeof *drawn), *iqm = malloc(draws * sizeof *iqm);
    if (drawn == NULL || iqm == NULL) {
        free(drawn);
        free(iqm);
        return titr_fail(err, TITR_ERR_NOMEM, "bootstrap: no memory for %zu draws", draws);
    }
    memcpy(drawn, score, n * sizeof *drawn);
    const double estimate = iqm_of(drawn, n);
    for (size_t d = 0; d < draws; d++) {
        const titr_rng_key key = {
            .seed = seed, .purpose = TITR_PURPOSE_BOOTSTRAP, .patient = (uint32_t)d, .episode = 1};
        for (size_t i = 0; i < n; i++) {
            const size_t run = titr_rng_below(key, (uint32_t)i, (uint32_t)n_runs);
            drawn[i] = score[run * n_tasks + i % n_tasks];
        }
        iqm[d] = iqm_of(drawn, n);
    }
    qsort(iqm, draws, sizeof *iqm, ascending);
    const double tail = 0.5 * (1.0 - level);
    *out = (titr_interval){estimate, titr_quantile_sorted(iqm, draws, tail),
                           titr_quantile_sorted(iqm, draws, 1.0 - tail)};
    free(drawn);
    free(iqm);
    return TITR_OK;
}
