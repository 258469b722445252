// SPDX-License-Identifier: GPL-3.0-or-later
/* All registered metrics of one series, and again of its CGM. */
#include "titrate/metrics/metric.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 32 /* of one family */

static void score(const titr_metric_type *type, const titr_series *series, const char *prefix,
                  titr_scores *out)
{
    double value[VALUES_MAX];
    type->compute(series, value);
    for (size_t i = 0; i < type->n_values; i++) {
        struct titr_score *s = &out->score[out->n++];
        (void)snprintf(s->key, sizeof s->key, "%s%s", prefix, type->value[i].key);
        s->unit = type->value[i].unit;
        s->doc = type->value[i].doc;
        s->value = value[i];
    }
}

titr_status titr_scores_compute(const titr_series *truth, const titr_series *cgm, titr_scores *out,
                                titr_error *err)
{
    size_t n_types = 0, n_values = 0;
    const titr_metric_type *const *all = titr_metric_all(&n_types);
    for (size_t i = 0; i < n_types; i++) {
        n_values += all[i]->n_values;
    }
    titr_scores scores = {.score = calloc(2 * n_values + 1, sizeof *scores.score)};
    if (scores.score == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu metrics", 2 * n_values);
    }
    for (size_t i = 0; i < n_types; i++) {
        score(all[i], truth, "", &scores);
    }
    for (size_t i = 0; cgm != NULL && i < n_types; i++) {
        if (all[i]->of_readings) {
            score(all[i], cgm, "cgm_", &scores);
        }
    }
    *out = scores;
    return TITR_OK;
}

void titr_scores_fini(titr_scores *scores)
{
    free(scores->score);
    *scores = (titr_scores){0};
}

double titr_scores_get(const titr_scores *scores, const char *key)
{
    for (size_t i = 0; i < scores->n; i++) {
        if (strcmp(scores->score[i].key, key) == 0) {
            return scores->score[i].value;
        }
    }
    return (double)NAN;
}

void titr_scores_json(const titr_scores *scores, titr_json *json)
{
    for (size_t i = 0; i < scores->n; i++) {
        titr_json_real(json, scores->score[i].key, scores->score[i].value);
    }
}
