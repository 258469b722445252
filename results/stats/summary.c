// SPDX-License-Identifier: GPL-3.0-or-later
/* Episodes -> one row per policy. */
#include "titrate/stats/summary.h"

#include "titrate/base/option.h"
#include "titrate/base/units.h"
#include "titrate/env/env.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL 0.95
#define DRAWS 2000
static const char ranking_key[] = "tir_itt_percent";

void titr_summary_init(titr_summary *s)
{
    *s = (titr_summary){0};
}

static void forget_rows(titr_summary *s)
{
    for (size_t r = 0; r < s->n_rows; r++) {
        free(s->row[r].mean);
        free(s->row[r].worst);
    }
    free(s->row);
    free(s->key);
    free((void *)s->unit);
    free((void *)s->doc);
    s->row = NULL;
    s->key = NULL;
    s->unit = s->doc = NULL;
    s->n_rows = s->n_keys = 0;
}

void titr_summary_fini(titr_summary *s)
{
    forget_rows(s);
    for (size_t i = 0; i < s->n_episodes; i++) {
        titr_scores_fini(&s->episode[i].scores);
    }
    free(s->episode);
    *s = (titr_summary){0};
}

static titr_status reserve_one(titr_summary *s, titr_error *err)
{
    if (s->n_episodes == s->capacity) {
        const size_t capacity = s->capacity > 0 ? 2 * s->capacity : 64;
        void *grown = realloc(s->episode, capacity * sizeof *s->episode);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu scored episodes", capacity);
        }
        s->episode = grown;
        s->capacity = capacity;
    }
    return TITR_OK;
}

titr_status titr_summary_add(titr_summary *s, const titr_trajectory *t, double drop_min,
                             titr_error *err)
{
    TITR_TRY(reserve_one(s, err));
    titr_summary_episode *e = &s->episode[s->n_episodes];
    titr_series truth = {0}, cgm = {0};
    titr_status status = titr_series_of(t, 0, drop_min, &truth, err);
    if (status == TITR_OK) {
        status = titr_series_of(t, 1, drop_min, &cgm, err);
    }
    if (status == TITR_OK) {
        status = titr_scores_compute(&truth, &cgm, &e->scores, err);
    }
    if (status == TITR_OK) {
        (void)snprintf(e->policy, sizeof e->policy, "%s", t->policy);
        (void)snprintf(e->patient, sizeof e->patient, "%s", t->patient);
        e->episode = t->episode;
        e->end = t->end;
        e->days = t->end_min / TITR_MIN_PER_DAY;
        s->n_episodes++;
    }
    titr_series_fini(&truth);
    titr_series_fini(&cgm);
    return status;
}

/* The episodes of one policy, and which child each is of. */
typedef struct members {
    size_t n, n_children;
    size_t *episode;       /* [n] index in titr_summary.episode        */
    size_t *child;         /* [n] 0..n_children-1                      */
    const char **patient;  /* [n_children]                             */
    double *value, *means; /* [n] scratch: a value of each, of each child */
    size_t *count;         /* [n_children] scratch                     */
} members;

static void members_fini(members *m)
{
    free(m->episode);
    free(m->child);
    free((void *)m->patient);
    free(m->value);
    free(m->means);
    free(m->count);
    *m = (members){0};
}

static size_t child_number(members *m, const char *patient)
{
    for (size_t c = m->n_children; c-- > 0;) {
        if (strcmp(m->patient[c], patient) == 0) {
            return c;
        }
    }
    m->patient[m->n_children] = patient;
    return m->n_children++;
}

static titr_status members_of(const titr_summary *s, const char *policy, members *out,
                              titr_error *err)
{
    const size_t most = s->n_episodes + 1;
    members m = {.episode = calloc(most, sizeof *m.episode),
                 .child = calloc(most, sizeof *m.child),
                 .patient = calloc(most, sizeof *m.patient),
                 .value = calloc(most, sizeof *m.value),
                 .means = calloc(most, sizeof *m.means),
                 .count = calloc(most, sizeof *m.count)};
    if (m.episode == NULL || m.child == NULL || m.patient == NULL || m.value == NULL ||
        m.means == NULL || m.count == NULL) {
        members_fini(&m);
        (void)titr_fail(err, TITR_ERR_NOMEM, "no memory to compare %zu episodes", s->n_episodes);
        return TITR_ERR_NOMEM;
    }
    for (size_t i = 0; i < s->n_episodes; i++) {
        if (strcmp(s->episode[i].policy, policy) == 0) {
            m.episode[m.n] = i;
            m.child[m.n] = child_number(&m, s->episode[i].patient);
            m.n++;
        }
    }
    *out = m;
    return TITR_OK;
}

/* Bootstrap interval of m->value over children, then seeds. NaN values are left out, and a child
 * that has no other. */
static titr_status interval_of_values(const members *m, uint64_t seed, titr_interval *out,
                                      size_t *used, titr_error *err)
{
    titr_status status = TITR_OK;
    double *value = calloc(m->n + 1, sizeof *value);
    size_t *group = calloc(m->n + 1, sizeof *group);
    size_t *number = calloc(m->n_children + 1, sizeof *number);
    size_t n = 0, n_groups = 0;
    *out = (titr_interval){(double)NAN, (double)NAN, (double)NAN};
    if (value == NULL || group == NULL || number == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "no memory to resample %zu episodes", m->n);
        goto done;
    }
    for (size_t i = 0; i < m->n; i++) {
        if (isfinite(m->value[i])) {
            if (number[m->child[i]] == 0) {
                number[m->child[i]] = ++n_groups;
            }
            value[n] = m->value[i];
            group[n] = number[m->child[i]] - 1;
            n++;
        }
    }
    *used = n;
    if (n > 0) {
        status = titr_interval_bootstrap(value, group, n, n_groups, LEVEL, DRAWS, seed, out, err);
    }
done:
    free(value);
    free(group);
    free(number);
    return status;
}

/* m->value[i] = score `key` of the policy's i-th episode. */
static void load_values(const titr_summary *s, members *m, size_t key)
{
    for (size_t i = 0; i < m->n; i++) {
        m->value[i] = s->episode[m->episode[i]].scores.score[key].value;
    }
}

static size_t key_number(const titr_summary *s, const char *key)
{
    size_t k = 0;
    while (k < s->n_keys && strcmp(s->key[k], key) != 0) {
        k++;
    }
    return k;
}

static void count_ends(const titr_summary *s, const members *m, titr_summary_row *row)
{
    for (size_t i = 0; i < m->n; i++) {
        const titr_summary_episode *e = &s->episode[m->episode[i]];
        row->terminated += e->end == TITR_END_TERMINATED;
        row->faults += e->end == TITR_END_FAULT;
        row->patient_days += e->days;
    }
    const size_t failures = row->terminated + row->faults;
    const titr_interval share = titr_interval_proportion(failures, m->n, LEVEL);
    row->failed_percent =
        (titr_interval){100.0 * share.estimate, 100.0 * share.lo, 100.0 * share.hi};
    row->failures_per_100_patient_days =
        titr_interval_rate(failures, row->patient_days / 100.0, LEVEL);
    row->valid = row->faults == 0;
}

/* The child with the lowest mean of the ranking key; 0 when none has one. */
static size_t worst_child(const titr_summary *s, members *m)
{
    size_t worst = 0;
    load_values(s, m, key_number(s, ranking_key));
    titr_group_means(m->value, m->child, m->n, m->n_children, m->means, m->count);
    for (size_t c = 1; c < m->n_children; c++) {
        if (m->means[c] < m->means[worst] || isnan(m->means[worst])) {
            worst = c;
        }
    }
    return worst;
}

static titr_status make_row(const titr_summary *s, members *m, uint64_t seed, titr_summary_row *row,
                            titr_error *err)
{
    size_t used = 0;
    row->mean = calloc(s->n_keys, sizeof *row->mean);
    row->worst = calloc(s->n_keys, sizeof *row->worst);
    if (row->mean == NULL || row->worst == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu metrics", s->n_keys);
    }
    row->episodes = m->n;
    row->children = m->n_children;
    count_ends(s, m, row);
    const size_t worst = worst_child(s, m);
    (void)snprintf(row->worst_patient, sizeof row->worst_patient, "%s", m->patient[worst]);
    TITR_TRY(interval_of_values(m, seed, &row->tir_itt_percent, &used, err));
    for (size_t k = 0; k < s->n_keys; k++) {
        load_values(s, m, k);
        titr_group_means(m->value, m->child, m->n, m->n_children, m->means, m->count);
        row->mean[k] = titr_mean_known(m->means, m->n_children);
        row->worst[k] = m->means[worst];
    }
    return TITR_OK;
}

/* Episode of `policy` for the same child and seed. @return NULL when there is none. */
static const titr_summary_episode *partner(const titr_summary *s, const members *reference,
                                           const titr_summary_episode *e)
{
    for (size_t i = 0; i < reference->n; i++) {
        const titr_summary_episode *other = &s->episode[reference->episode[i]];
        if (other->episode == e->episode && strcmp(other->patient, e->patient) == 0) {
            return other;
        }
    }
    return NULL;
}

static titr_status compare(const titr_summary *s, members *m, const members *reference,
                           uint64_t seed, titr_summary_row *row, titr_error *err)
{
    const size_t key = key_number(s, ranking_key);
    for (size_t i = 0; i < m->n; i++) {
        const titr_summary_episode *e = &s->episode[m->episode[i]];
        const titr_summary_episode *other = partner(s, reference, e);
        m->value[i] = other != NULL ? e->scores.score[key].value - other->scores.score[key].value
                                    : (double)NAN;
    }
    return interval_of_values(m, seed, &row->tir_itt_difference, &row->pairs, err);
}

/* Rows without values, one per policy in order of first appearance; and the keys. */
static titr_status list_policies(titr_summary *s, titr_error *err)
{
    s->row = calloc(s->n_episodes, sizeof *s->row);
    s->n_keys = s->episode[0].scores.n;
    s->key = calloc(s->n_keys, sizeof *s->key);
    s->unit = calloc(s->n_keys, sizeof *s->unit);
    s->doc = calloc(s->n_keys, sizeof *s->doc);
    if (s->row == NULL || s->key == NULL || s->unit == NULL || s->doc == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a summary of %zu episodes",
                         s->n_episodes);
    }
    for (size_t k = 0; k < s->n_keys; k++) {
        const struct titr_score *score = &s->episode[0].scores.score[k];
        (void)snprintf(s->key[k], sizeof s->key[k], "%s", score->key);
        s->unit[k] = score->unit;
        s->doc[k] = score->doc;
    }
    for (size_t i = 0; i < s->n_episodes; i++) {
        if (titr_summary_find(s, s->episode[i].policy) == NULL) {
            titr_summary_row *row = &s->row[s->n_rows++];
            (void)snprintf(row->policy, sizeof row->policy, "%s", s->episode[i].policy);
            row->tir_itt_difference = (titr_interval){(double)NAN, (double)NAN, (double)NAN};
        }
    }
    return TITR_OK;
}

static titr_status fill_rows(titr_summary *s, const char *compare_to, uint64_t seed,
                             titr_error *err)
{
    members reference = {0};
    titr_status status = TITR_OK;
    if (*compare_to != '\0') {
        TITR_TRY(members_of(s, compare_to, &reference, err));
    }
    for (size_t r = 0; r < s->n_rows && status == TITR_OK; r++) {
        titr_summary_row *row = &s->row[r];
        members m = {0};
        status = members_of(s, row->policy, &m, err);
        if (status == TITR_OK) {
            status = make_row(s, &m, seed, row, err);
        }
        if (status == TITR_OK && reference.n > 0 && strcmp(row->policy, compare_to) != 0) {
            status = compare(s, &m, &reference, seed, row, err);
        }
        members_fini(&m);
    }
    members_fini(&reference);
    return status;
}

/* compare_to must be among the rows. */
static titr_status check_reference(const titr_summary *s, const char *compare_to, titr_error *err)
{
    if (*compare_to == '\0' || titr_summary_find(s, compare_to) != NULL) {
        return TITR_OK;
    }
    const char **names = calloc(s->n_rows + 1, sizeof *names);
    const char *near = NULL;
    for (size_t r = 0; names != NULL && r < s->n_rows; r++) {
        names[r] = s->row[r].policy;
    }
    if (names != NULL) {
        near = titr_nearest(compare_to, names, s->n_rows);
    }
    const titr_status status = titr_fail(
        err, TITR_ERR_NOT_FOUND, "no episode of policy '%s' to compare with%s%s%s", compare_to,
        near != NULL ? ", nearest is '" : "", near != NULL ? near : "", near != NULL ? "'" : "");
    free((void *)names);
    return status;
}

titr_status titr_summary_finish(titr_summary *s, const char *compare_to, uint64_t seed,
                                titr_error *err)
{
    forget_rows(s);
    if (s->n_episodes == 0) {
        return titr_fail(err, TITR_ERR_ARG, "no episode to summarise");
    }
    titr_status status = list_policies(s, err);
    if (status == TITR_OK) {
        status = check_reference(s, compare_to, err);
    }
    if (status == TITR_OK) {
        (void)snprintf(s->compare_to, sizeof s->compare_to, "%s", compare_to);
        status = fill_rows(s, compare_to, seed, err);
    }
    if (status != TITR_OK) {
        forget_rows(s);
    }
    return status;
}

const titr_summary_row *titr_summary_find(const titr_summary *s, const char *policy)
{
    for (size_t r = 0; r < s->n_rows; r++) {
        if (strcmp(s->row[r].policy, policy) == 0) {
            return &s->row[r];
        }
    }
    return NULL;
}

double titr_summary_mean(const titr_summary *s, const titr_summary_row *row, const char *key)
{
    const size_t k = key_number(s, key);
    return k < s->n_keys ? row->mean[k] : (double)NAN;
}

double titr_summary_worst(const titr_summary *s, const titr_summary_row *row, const char *key)
{
    const size_t k = key_number(s, key);
    return k < s->n_keys ? row->worst[k] : (double)NAN;
}
