// SPDX-License-Identifier: GPL-3.0-or-later
/* From a stored episode to a series of readings. */
#include "titrate/env/env.h"
#include "titrate/metrics/metric.h"

#include <math.h>
#include <stdlib.h>

void titr_series_fini(titr_series *series)
{
    /* the arrays are const for readers only: they come from malloc in this layer */
    free((void *)series->time_min);
    free((void *)series->glucose_mg_dl);
    *series = (titr_series){0};
}

static void add_doses(const titr_trajectory *t, double from_min, titr_series *s)
{
    for (size_t k = 0; k < t->n; k++) {
        if ((double)t->time_min[k] >= from_min) {
            s->insulin_u += (double)t->insulin_u[k];
            s->basal_insulin_u += (double)t->basal_insulin_u[k];
            s->carbs_g += (double)t->carbs_g[k];
        }
    }
}

/* How often each rule acted at step k. */
static void add_rules(const titr_trajectory *t, size_t k, titr_series *s)
{
    const float *withheld_u = titr_trajectory_panel_row(t, TITR_PANEL_SHIELD, k);
    for (size_t i = 0; i < t->width[TITR_PANEL_SHIELD] && i < TITR_SHIELD_RULES_MAX; i++) {
        s->rule_lowered[i] += withheld_u[i] > 0.0F;
    }
}

static void add_shield(const titr_trajectory *t, double from_min, titr_series *s)
{
    size_t n_rules = 0;
    (void)titr_shield_all(&n_rules);
    for (size_t k = 0; k < t->n; k++) {
        if ((double)t->time_min[k] < from_min || t->shield_rule[k] == 0) {
            continue;
        }
        const titr_dose withheld = {
            (double)t->dose_proposed_basal_u_per_h[k] - (double)t->dose_given_basal_u_per_h[k],
            (double)t->dose_proposed_bolus_u[k] - (double)t->dose_given_bolus_u[k]};
        s->shield_lowered++;
        s->withheld_u += titr_dose_insulin_u(withheld, (double)t->elapsed_min[k]);
        add_rules(t, k, s);
    }
    s->rules_unknown = s->shield_lowered > 0 && t->width[TITR_PANEL_SHIELD] != n_rules;
}

titr_status titr_series_of(const titr_trajectory *t, int cgm, double from_min, titr_series *series,
                           titr_error *err)
{
    const float *column = cgm ? t->cgm_mg_dl : t->glucose_mg_dl;
    double *time_min = malloc((t->n + 1) * sizeof *time_min);
    double *glucose_mg_dl = malloc((t->n + 1) * sizeof *glucose_mg_dl);
    if (time_min == NULL || glucose_mg_dl == NULL) {
        free(time_min);
        free(glucose_mg_dl);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a series of %zu readings", t->n);
    }
    titr_series s = {
        .time_min = time_min,
        .glucose_mg_dl = glucose_mg_dl,
        .duration_min = fmax(t->end_min - from_min, 0.0),
        .horizon_min = t->horizon_min,
        .end_min = t->end_min,
        .failed = t->end == TITR_END_TERMINATED || t->end == TITR_END_FAULT,
        .final_glucose_mg_dl = (double)t->final_glucose_mg_dl,
    };
    for (size_t k = 0; k < t->n; k++) {
        if ((double)t->time_min[k] >= from_min && isfinite((double)column[k])) {
            time_min[s.n] = (double)t->time_min[k];
            glucose_mg_dl[s.n] = (double)column[k];
            s.n++;
        }
    }
    add_doses(t, from_min, &s);
    add_shield(t, from_min, &s);
    *series = s;
    return TITR_OK;
}
