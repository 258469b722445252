// SPDX-License-Identifier: GPL-3.0-or-later
#include "returns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void put(struct titr_score *score, const char *key, const char *doc, double value)
{
    *score = (struct titr_score){.unit = "1", .doc = doc, .value = value};
    (void)snprintf(score->key, sizeof score->key, "%s", key);
}

titr_status titri_returns_score(const titr_trajectory *t, titr_scores *scores, titr_error *err)
{
    double sum = 0.0;
    struct titr_score *score = calloc(2, sizeof *score);
    if (score == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an episode's scores");
    }
    for (size_t k = 0; k < t->n; k++) {
        sum += (double)t->reward[k];
    }
    put(&score[0], TITRI_RETURN, "sum of the episode's rewards", sum);
    put(&score[1], TITRI_STEPS, "steps of the episode", (double)t->n);
    *scores = (titr_scores){.n = 2, .score = score};
    return TITR_OK;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void titri_returns_spread(double *value, size_t n, titr_returns *out)
{
    qsort(value, n, sizeof *value, ascending);
    *out = (titr_returns){.sd = titr_sd(value, n),
                          .iqm = titr_iqm_sorted(value, n),
                          .min = n > 0 ? value[0] : (double)NAN,
                          .max = n > 0 ? value[n - 1] : (double)NAN};
}
