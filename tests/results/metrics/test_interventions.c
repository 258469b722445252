// SPDX-License-Identifier: GPL-3.0-or-later
/* Against counts by hand over a small episode. */
#include "metric_cases.h"

#include "titrate/agents/shield.h"

static const titr_metric_type *family(void)
{
    return titr_metric_find("interventions");
}

/* Half a day of six decisions of 2 h; rule 2 lowers the bolus of two of them, rule 10 the rate of
 * one of these as well. */
static titr_series half_a_day(titr_trajectory *t, size_t width)
{
    titr_series s = {0};
    titr_trajectory_init(t);
    cr_assert_eq(titr_trajectory_set_panel(t, TITR_PANEL_SHIELD, width, NULL), TITR_OK);
    for (int k = 0; k < 6; k++) {
        titr_step row = {.time_min = (float)(120 * k), .elapsed_min = 120.0F};
        row.dose_proposed_bolus_u = row.dose_given_bolus_u = 3.0F;
        row.dose_proposed_basal_u_per_h = row.dose_given_basal_u_per_h = 0.5F;
        if (k >= 4) {
            row.dose_given_bolus_u = 1.0F;
            row.shield_rule = 2;
        }
        if (k == 5) {
            row.dose_given_basal_u_per_h = 0.0F;
            row.shield_rule = 10;
        }
        cr_assert_eq(titr_trajectory_append(t, &row, NULL), TITR_OK);
        float *withheld_u = titr_trajectory_panel_row(t, TITR_PANEL_SHIELD, t->n - 1);
        for (size_t i = 0; i < width; i++) {
            withheld_u[i] = i == 1 && k >= 4 ? 2.0F : i == 9 && k == 5 ? 1.0F : 0.0F;
        }
    }
    t->horizon_min = t->end_min = 720.0;
    cr_assert_eq(titr_series_of(t, 0, 0.0, &s, NULL), TITR_OK);
    return s;
}

static size_t rules(void)
{
    size_t n = 0;
    (void)titr_shield_all(&n);
    return n;
}

Test(interventions, counts_per_day)
{
    titr_trajectory t;
    titr_series s = half_a_day(&t, rules());
    double out[32];
    cr_assert_eq(value_of(family(), &s, "shield_interventions_per_day"), 4.0);
    cr_assert_float_eq(value_of(family(), &s, "shield_withheld_u_per_day"), 10.0, 1e-12);
    family()->compute(&s, out);
    for (size_t i = 0; i < rules(); i++) {
        cr_assert_eq(out[2 + i], i == 1 ? 4.0 : i == 9 ? 2.0 : 0.0, "rule %zu", i + 1);
    }
    titr_series_fini(&s);
    cr_assert_eq(titr_series_of(&t, 0, 600.0, &s, NULL), TITR_OK);
    cr_assert_eq(value_of(family(), &s, "shield_interventions_per_day"), 12.0, "the last 2 h");
    titr_series_fini(&s);
    titr_trajectory_fini(&t);
}

/* A run that does not tell which rules acted, and one in which none did. */
Test(interventions, unknown_rules)
{
    titr_trajectory t;
    titr_series s = half_a_day(&t, 0);
    cr_assert_eq(value_of(family(), &s, "shield_interventions_per_day"), 4.0);
    cr_assert(isnan(value_of(family(), &s, "shield_max_bolus_per_day")));
    titr_series_fini(&s);
    memset(t.shield_rule, 0, t.n);
    cr_assert_eq(titr_series_of(&t, 0, 0.0, &s, NULL), TITR_OK);
    cr_assert_eq(value_of(family(), &s, "shield_max_bolus_per_day"), 0.0);
    titr_series_fini(&s);
    titr_trajectory_fini(&t);
}

/* Each registered rule has its value, in the registry's order. */
Test(interventions, every_rule_has_a_key)
{
    size_t n = 0;
    const titr_shield_type *const *all = titr_shield_all(&n);
    cr_assert_eq(family()->n_values, 2 + n);
    for (size_t i = 0; i < n; i++) {
        char key[TITR_METRIC_KEY_MAX];
        (void)snprintf(key, sizeof key, "shield_%s_per_day", all[i]->part.name);
        cr_assert_str_eq(family()->value[2 + i].key, key);
    }
}

Test(interventions, a_plain_series_has_none)
{
    static const double at[] = {0.0, 5.0}, glucose[] = {100.0, 110.0};
    const titr_series s = plain_series(at, glucose, 2);
    cr_assert(isnan(value_of(family(), &s, "shield_interventions_per_day")));
    cr_assert(isnan(value_of(family(), &s, "shield_max_iob_per_day")));
}
