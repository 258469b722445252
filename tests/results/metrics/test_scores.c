// SPDX-License-Identifier: GPL-3.0-or-later
/* All metrics of a series; the contract every registered family keeps. */
#include "metric_cases.h"

static const double time_min[] = {0, 5, 10, 15};
static const double glucose[] = {50, 100, 200, 300};
static const double sensor[] = {60, 110, 210, 310};

static titr_series episode(const double *readings)
{
    titr_series s = plain_series(time_min, readings, 4);
    s.insulin_u = 10.0;
    s.basal_insulin_u = 5.0;
    s.carbs_g = 100.0;
    s.duration_min = s.end_min = 20.0;
    s.horizon_min = 40.0;
    s.failed = 1;
    s.final_glucose_mg_dl = 601.0;
    return s;
}

Test(scores, truth_and_cgm)
{
    const titr_series truth = episode(glucose), cgm = episode(sensor);
    titr_scores scores;
    titr_error err = {0};
    cr_assert_eq(titr_scores_compute(&truth, &cgm, &scores, &err), TITR_OK);
    cr_assert_str_eq(scores.score[0].key, "failed"); /* always first */
    cr_assert_float_eq(titr_scores_get(&scores, "mean_glucose_mg_dl"), 162.5, 1e-12);
    cr_assert_float_eq(titr_scores_get(&scores, "cgm_mean_glucose_mg_dl"), 172.5, 1e-12);
    cr_assert_float_eq(titr_scores_get(&scores, "tir_70_180_percent"), 25.0, 0.0);
    cr_assert_float_eq(titr_scores_get(&scores, "tir_itt_percent"), 12.5, 0.0);
    cr_assert(isnan(titr_scores_get(&scores, "cgm_insulin_u_per_day")));
    cr_assert(isnan(titr_scores_get(&scores, "no_such_key")));
    titr_scores_fini(&scores);
    titr_scores_fini(&scores);
}

Test(scores, without_cgm_no_cgm_keys)
{
    const titr_series truth = episode(glucose);
    titr_scores scores;
    cr_assert_eq(titr_scores_compute(&truth, NULL, &scores, NULL), TITR_OK);
    for (size_t i = 0; i < scores.n; i++) {
        cr_assert_neq(strncmp(scores.score[i].key, "cgm_", 4), 0);
    }
    titr_scores_fini(&scores);
}

/* Keys are unique, every value has a unit and a doc line, and lies in its declared range. */
Test(scores, families_keep_the_contract)
{
    const titr_series series = episode(glucose);
    size_t n = 0;
    const titr_metric_type *const *all = titr_metric_all(&n);
    for (size_t i = 0; i < n; i++) {
        double out[32];
        cr_assert_leq(all[i]->n_values, 32);
        cr_assert_eq(titr_metric_find(all[i]->part.name), all[i]);
        all[i]->compute(&series, out);
        for (size_t k = 0; k < all[i]->n_values; k++) {
            const titr_metric_value *v = &all[i]->value[k];
            cr_assert_lt(strlen(v->key) + 4, TITR_METRIC_KEY_MAX);
            cr_assert(v->unit[0] != '\0' && v->doc[0] != '\0' && v->lo < v->hi, "%s", v->key);
            cr_assert(out[k] >= v->lo && out[k] <= v->hi, "%s = %g", v->key, out[k]);
            for (size_t j = 0; j <= i; j++) {
                for (size_t m = 0; m < (j == i ? k : all[j]->n_values); m++) {
                    cr_assert_str_neq(all[j]->value[m].key, v->key);
                }
            }
        }
    }
    cr_assert_null(titr_metric_find("nonsense"));
}
