// SPDX-License-Identifier: GPL-3.0-or-later
/* Episodes of several worlds -> a summary per policy. */
#include "titrate/stats/robustness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void titr_robustness_init(titr_robustness *r)
{
    *r = (titr_robustness){0};
}

void titr_robustness_fini(titr_robustness *r)
{
    for (size_t p = 0; p < r->n; p++) {
        titr_summary_fini(&r->policy[p].cells);
    }
    free(r->policy);
    *r = (titr_robustness){0};
}

/* A policy's name without the number of its replicate, and the cell with it: "q#3" in cell "late"
 * is training "late#3" of policy "q". */
static void name_both(const char *name, const char *cell, char policy[TITR_NAME_MAX],
                      char row[TITR_NAME_MAX])
{
    size_t length = 0;
    const size_t number = titr_replicate_number(name, &length);
    (void)snprintf(policy, TITR_NAME_MAX, "%.*s", (int)length, name);
    if (number > 0) {
        (void)snprintf(row, TITR_NAME_MAX, "%s#%zu", cell, number);
    } else {
        (void)snprintf(row, TITR_NAME_MAX, "%s", cell);
    }
}

static size_t index_of(const titr_robustness *r, const char *policy)
{
    size_t p = 0;
    while (p < r->n && strcmp(r->policy[p].policy, policy) != 0) {
        p++;
    }
    return p;
}

/* @return NULL: no memory. */
static titr_robust_policy *policy_called(titr_robustness *r, const char *policy, titr_error *err)
{
    const size_t p = index_of(r, policy);
    if (p == r->capacity) {
        const size_t capacity = r->capacity > 0 ? 2 * r->capacity : 8;
        titr_robust_policy *grown = realloc(r->policy, capacity * sizeof *grown);
        if (grown == NULL) {
            (void)titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu policies", capacity);
            return NULL;
        }
        r->policy = grown;
        r->capacity = capacity;
    }
    if (p == r->n) {
        (void)snprintf(r->policy[p].policy, sizeof r->policy[p].policy, "%s", policy);
        titr_summary_init(&r->policy[p].cells);
        r->n++;
    }
    return &r->policy[p];
}

titr_status titr_robustness_add(titr_robustness *r, const char *cell, const titr_trajectory *t,
                                double drop_min, titr_error *err)
{
    char policy[TITR_NAME_MAX];
    titr_trajectory named = *t; /* shallow */
    name_both(t->policy, cell, policy, named.policy);
    titr_robust_policy *p = policy_called(r, policy, err);
    return p != NULL ? titr_summary_add(&p->cells, &named, drop_min, err) : TITR_ERR_NOMEM;
}

int titr_robustness_find(const titr_robustness *r, const char *cell, const titr_trajectory *t,
                         size_t *policy, size_t *episode)
{
    char name[TITR_NAME_MAX], row[TITR_NAME_MAX];
    name_both(t->policy, cell, name, row);
    *policy = index_of(r, name);
    const titr_summary *s = *policy < r->n ? &r->policy[*policy].cells : NULL;
    for (size_t i = 0; s != NULL && i < s->n_episodes; i++) {
        const titr_summary_episode *e = &s->episode[i];
        /* taken ones have no scores: asked last, as another thread may be taking others */
        if (e->episode == t->episode && strcmp(e->policy, row) == 0 &&
            strcmp(e->patient, t->patient) == 0 && e->scores.n > 0) {
            *episode = i;
            return 1;
        }
    }
    return 0;
}

titr_status titr_robustness_take(titr_robustness *r, const char *cell, const titr_trajectory *t,
                                 titr_robustness *from, titr_error *err)
{
    size_t p = 0, i = 0;
    if (!titr_robustness_find(from, cell, t, &p, &i)) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "no scores of %s in cell %s", t->policy, cell);
    }
    titr_summary_episode *old = &from->policy[p].cells.episode[i];
    const titr_trajectory nothing = {.horizon_min = (double)NAN};
    titr_robust_policy *own = policy_called(r, from->policy[p].policy, err);
    if (own == NULL) {
        return TITR_ERR_NOMEM;
    }
    TITR_TRY(titr_summary_add(&own->cells, &nothing, 0.0, err)); /* makes room */
    titr_summary_episode *e = &own->cells.episode[own->cells.n_episodes - 1];
    titr_scores_fini(&e->scores);
    *e = *old;
    old->scores = (titr_scores){0};
    return TITR_OK;
}

titr_status titr_robustness_finish(titr_robustness *r, uint64_t seed, titr_error *err)
{
    for (size_t p = 0; p < r->n; p++) {
        titr_summary *s = &r->policy[p].cells;
        int has_nominal = 0;
        for (size_t i = 0; i < s->n_episodes; i++) {
            has_nominal |= titr_policy_covers(TITR_CELL_NOMINAL, s->episode[i].policy);
        }
        TITR_TRY(titr_summary_finish(s, has_nominal ? TITR_CELL_NOMINAL : "", seed, err));
    }
    return TITR_OK;
}

static int is_nominal(const titr_summary_row *row)
{
    return strcmp(row->policy, TITR_CELL_NOMINAL) == 0;
}

const titr_summary_row *titr_robust_worst(const titr_robust_policy *p)
{
    const titr_summary_row *worst = NULL;
    for (size_t r = 0; r < p->cells.n_rows; r++) {
        const titr_summary_row *row = &p->cells.row[r];
        const double itt = row->tir_itt_percent.estimate;
        /* a cell whose tir_itt is not known is none that could be told of */
        if (!is_nominal(row) && !isnan(itt) &&
            (worst == NULL || itt < worst->tir_itt_percent.estimate)) {
            worst = row;
        }
    }
    return worst;
}

double titr_robust_mean(const titr_robust_policy *p, const char *key)
{
    double sum = 0.0, n = 0.0;
    for (size_t r = 0; r < p->cells.n_rows; r++) {
        if (!is_nominal(&p->cells.row[r])) {
            sum += titr_summary_mean(&p->cells, &p->cells.row[r], key);
            n += 1.0;
        }
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

double titr_robust_mean_failed(const titr_robust_policy *p)
{
    double sum = 0.0, n = 0.0;
    for (size_t r = 0; r < p->cells.n_rows; r++) {
        if (!is_nominal(&p->cells.row[r])) {
            sum += p->cells.row[r].failed_percent.estimate;
            n += 1.0;
        }
    }
    return n > 0.0 ? sum / n : (double)NAN;
}
