// SPDX-License-Identifier: GPL-3.0-or-later
/* Episodes -> one row per policy. */
#include "returns.h"

#include "titrate/base/option.h"
#include "titrate/base/units.h"
#include "titrate/env/env.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL 0.95
#define DRAWS 2000

/* What policies are ranked by. */
static const char *ranking_key(const titr_summary *s)
{
    return s->of_task ? TITRI_RETURN : "tir_itt_percent";
}

void titr_summary_init(titr_summary *s)
{
    *s = (titr_summary){0};
}

static void free_rows(titr_summary_row *row, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        free(row[r].mean);
        free(row[r].worst);
    }
    free(row);
}

static void forget_rows(titr_summary *s)
{
    free_rows(s->row, s->n_rows);
    free_rows(s->replicate, s->n_replicates);
    s->replicate = NULL;
    s->n_replicates = 0;
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

static titr_status score_glucose(const titr_trajectory *t, double drop_min, titr_scores *scores,
                                 titr_error *err)
{
    titr_series truth = {0}, cgm = {0};
    titr_status status = titr_series_of(t, 0, drop_min, &truth, err);
    if (status == TITR_OK) {
        status = titr_series_of(t, 1, drop_min, &cgm, err);
    }
    if (status == TITR_OK) {
        status = titr_scores_compute(&truth, &cgm, scores, err);
    }
    titr_series_fini(&truth);
    titr_series_fini(&cgm);
    return status;
}

titr_status titr_summary_add(titr_summary *s, const titr_trajectory *t, double drop_min,
                             titr_error *err)
{
    TITR_TRY(reserve_one(s, err));
    titr_summary_episode *e = &s->episode[s->n_episodes];
    const titr_status status = s->of_task ? titri_returns_score(t, &e->scores, err)
                                          : score_glucose(t, drop_min, &e->scores, err);
    if (status == TITR_OK) {
        (void)snprintf(e->policy, sizeof e->policy, "%s", t->policy);
        (void)snprintf(e->patient, sizeof e->patient, "%s", t->patient);
        e->episode = t->episode;
        e->end = t->end;
        e->days = t->end_min / TITR_MIN_PER_DAY;
        s->n_episodes++;
    }
    return status;
}

/* The episodes of one policy, and which child each is of. A pair is a child and a seed: as many
 * episodes as the policy has replicates. */
typedef struct members {
    size_t n, n_children, n_pairs;
    size_t *episode;       /* [n] index in titr_summary.episode        */
    size_t *child;         /* [n] 0..n_children-1                      */
    size_t *pair;          /* [n] 0..n_pairs-1                         */
    size_t *first;         /* [n_pairs] the pair's first member        */
    const char **patient;  /* [n_children]                             */
    double *value, *means; /* [n] scratch: a value of each, of each child */
    double *mean;          /* [n_pairs] scratch: mean value of each pair  */
    size_t *count;         /* [n] scratch                              */
} members;

static void members_fini(members *m)
{
    free(m->episode);
    free(m->child);
    free(m->pair);
    free(m->first);
    free((void *)m->patient);
    free(m->value);
    free(m->means);
    free(m->mean);
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

/* The pair of member i. Replicates come one after the other with the same pairs in the same order,
 * so the one behind the last found is looked at first. */
static size_t pair_number(const titr_summary *s, members *m, size_t i, size_t *next)
{
    const titr_summary_episode *e = &s->episode[m->episode[i]];
    size_t length = 0;
    const int alone = titr_replicate_number(e->policy, &length) == 0;
    for (size_t k = 0; !alone && k < m->n_pairs; k++) {
        const size_t p = (*next + k) % m->n_pairs;
        if (m->child[m->first[p]] == m->child[i] &&
            s->episode[m->episode[m->first[p]]].episode == e->episode) {
            *next = p + 1;
            return p;
        }
    }
    m->first[m->n_pairs] = i;
    return m->n_pairs++;
}

static titr_status members_of(const titr_summary *s, const char *policy, members *out,
                              titr_error *err)
{
    const size_t most = s->n_episodes + 1;
    members m = {.episode = calloc(most, sizeof *m.episode),
                 .child = calloc(most, sizeof *m.child),
                 .pair = calloc(most, sizeof *m.pair),
                 .first = calloc(most, sizeof *m.first),
                 .mean = calloc(most, sizeof *m.mean),
                 .patient = calloc(most, sizeof *m.patient),
                 .value = calloc(most, sizeof *m.value),
                 .means = calloc(most, sizeof *m.means),
                 .count = calloc(most, sizeof *m.count)};
    size_t next = 0;
    if (m.episode == NULL || m.child == NULL || m.pair == NULL || m.first == NULL ||
        m.mean == NULL || m.patient == NULL || m.value == NULL || m.means == NULL ||
        m.count == NULL) {
        members_fini(&m);
        (void)titr_fail(err, TITR_ERR_NOMEM, "no memory to compare %zu episodes", s->n_episodes);
        return TITR_ERR_NOMEM;
    }
    for (size_t i = 0; i < s->n_episodes; i++) {
        if (titr_policy_covers(policy, s->episode[i].policy)) {
            m.episode[m.n] = i;
            m.child[m.n] = child_number(&m, s->episode[i].patient);
            m.pair[m.n] = pair_number(s, &m, m.n, &next);
            m.n++;
        }
    }
    *out = m;
    return TITR_OK;
}

/* Bootstrap interval of m->mean over children, then seeds. NaN values are left out, and a child
 * that has no other. */
static titr_status interval_of_pairs(const members *m, uint64_t seed, titr_interval *out,
                                     size_t *used, titr_error *err)
{
    titr_status status = TITR_OK;
    double *value = calloc(m->n_pairs + 1, sizeof *value);
    size_t *group = calloc(m->n_pairs + 1, sizeof *group);
    size_t *number = calloc(m->n_children + 1, sizeof *number);
    size_t n = 0, n_groups = 0;
    *out = (titr_interval){(double)NAN, (double)NAN, (double)NAN};
    if (value == NULL || group == NULL || number == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "no memory to resample %zu episodes", m->n);
        goto done;
    }
    for (size_t p = 0; p < m->n_pairs; p++) {
        const size_t child = m->child[m->first[p]];
        if (isfinite(m->mean[p])) {
            if (number[child] == 0) {
                number[child] = ++n_groups;
            }
            value[n] = m->mean[p];
            group[n] = number[child] - 1;
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

/* m->mean[p] = mean of m->value over the replicates of each pair. */
static void average_pairs(members *m)
{
    titr_group_means(m->value, m->pair, m->n, m->n_pairs, m->mean, m->count);
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
    load_values(s, m, key_number(s, ranking_key(s)));
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
    load_values(s, m, key_number(s, ranking_key(s)));
    average_pairs(m);
    TITR_TRY(interval_of_pairs(m, seed, &row->tir_itt_percent, &used, err));
    if (s->of_task) {
        titri_returns_spread(m->value, m->n, &row->returns);
    }
    for (size_t k = 0; k < s->n_keys; k++) {
        load_values(s, m, k);
        titr_group_means(m->value, m->child, m->n, m->n_children, m->means, m->count);
        row->mean[k] = titr_mean_known(m->means, m->n_children);
        row->worst[k] = m->means[worst];
    }
    return TITR_OK;
}

/* The reference's mean for the same child and seed. @return NaN when it has none. */
static double partner(const titr_summary *s, const members *reference,
                      const titr_summary_episode *e)
{
    for (size_t p = 0; p < reference->n_pairs; p++) {
        const titr_summary_episode *other = &s->episode[reference->episode[reference->first[p]]];
        if (other->episode == e->episode && strcmp(other->patient, e->patient) == 0) {
            return reference->mean[p];
        }
    }
    return (double)NAN;
}

/* @param[in] reference its means are of the ranking key. */
static titr_status compare(const titr_summary *s, members *m, const members *reference,
                           uint64_t seed, titr_summary_row *row, titr_error *err)
{
    load_values(s, m, key_number(s, ranking_key(s)));
    average_pairs(m);
    for (size_t p = 0; p < m->n_pairs; p++) {
        m->mean[p] -= partner(s, reference, &s->episode[m->episode[m->first[p]]]);
    }
    return interval_of_pairs(m, seed, &row->tir_itt_difference, &row->pairs, err);
}

/* Names and units of the metrics. */
static titr_status list_keys(titr_summary *s, titr_error *err)
{
    s->n_keys = s->episode[0].scores.n;
    s->key = calloc(s->n_keys, sizeof *s->key);
    s->unit = calloc(s->n_keys, sizeof *s->unit);
    s->doc = calloc(s->n_keys, sizeof *s->doc);
    if (s->key == NULL || s->unit == NULL || s->doc == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a summary of %zu metrics", s->n_keys);
    }
    for (size_t k = 0; k < s->n_keys; k++) {
        const struct titr_score *score = &s->episode[0].scores.score[k];
        (void)snprintf(s->key[k], sizeof s->key[k], "%s", score->key);
        s->unit[k] = score->unit;
        s->doc[k] = score->doc;
    }
    return TITR_OK;
}

static titr_summary_row empty_row(const char *policy, size_t length)
{
    const titr_interval unknown = {(double)NAN, (double)NAN, (double)NAN};
    titr_summary_row row = {.replicates = 1,
                            .replicates_iqm = unknown,
                            .replicates_min = (double)NAN,
                            .replicates_max = (double)NAN,
                            .tir_itt_difference = unknown};
    (void)snprintf(row.policy, sizeof row.policy, "%.*s", (int)length, policy);
    return row;
}

/* Row in a list by name. @return NULL if there is none. */
static titr_summary_row *find_row(titr_summary_row *row, size_t n, const char *policy)
{
    for (size_t r = 0; r < n; r++) {
        if (strcmp(row[r].policy, policy) == 0) {
            return &row[r];
        }
    }
    return NULL;
}

/* Rows without values in order of first appearance: all names as rows of replicates first. */
static titr_status list_policies(titr_summary *s, titr_error *err)
{
    titr_summary_row *name = calloc(s->n_episodes, sizeof *name);
    s->row = calloc(s->n_episodes, sizeof *s->row);
    if (name == NULL || s->row == NULL) {
        free(name);
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a summary of %zu episodes",
                         s->n_episodes);
    }
    size_t n = 0;
    for (size_t i = 0; i < s->n_episodes; i++) {
        const char *policy = s->episode[i].policy;
        if (find_row(name, n, policy) == NULL) {
            name[n++] = empty_row(policy, strlen(policy));
        }
    }
    for (size_t i = 0; i < n; i++) {
        size_t length = 0, alike = 0;
        const size_t number = titr_replicate_number(name[i].policy, &length);
        titr_summary_row row = empty_row(name[i].policy, length);
        for (size_t k = 0; k < n; k++) {
            alike += (size_t)titr_policy_covers(row.policy, name[k].policy);
        }
        if (number == 0 || alike == 1) { /* a replicate alone has its own name */
            s->row[s->n_rows++] = name[i];
            continue;
        }
        name[s->n_replicates++] = name[i];
        if (find_row(s->row, s->n_rows, row.policy) == NULL) {
            row.replicates = alike;
            s->row[s->n_rows++] = row;
        }
    }
    s->replicate = name;
    return TITR_OK;
}

/* How much the trainings of one policy differ. */
static titr_status spread(const titr_summary *s, uint64_t seed, titr_summary_row *row,
                          titr_error *err)
{
    double *score = calloc(s->n_replicates + 1, sizeof *score);
    size_t n = 0;
    if (score == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu replicates", row->replicates);
    }
    for (size_t r = 0; r < s->n_replicates; r++) {
        const double own = s->replicate[r].tir_itt_percent.estimate;
        if (titr_policy_covers(row->policy, s->replicate[r].policy) && isfinite(own)) {
            score[n++] = own;
            row->replicates_min = n == 1 ? own : fmin(own, row->replicates_min);
            row->replicates_max = n == 1 ? own : fmax(own, row->replicates_max);
        }
    }
    const titr_status st =
        n > 0 ? titr_interval_iqm(score, n, 1, LEVEL, DRAWS, seed, &row->replicates_iqm, err)
              : TITR_OK;
    free(score);
    return st;
}

static titr_status fill_row(titr_summary *s, const members *reference, const char *compare_to,
                            uint64_t seed, titr_summary_row *row, titr_error *err)
{
    members m = {0};
    TITR_TRY(members_of(s, row->policy, &m, err));
    titr_status status = make_row(s, &m, seed, row, err);
    if (status == TITR_OK && reference->n > 0 && !titr_policy_covers(compare_to, row->policy)) {
        status = compare(s, &m, reference, seed, row, err);
    }
    members_fini(&m);
    return status;
}

static titr_status fill_rows(titr_summary *s, const char *compare_to, uint64_t seed,
                             titr_error *err)
{
    members reference = {0};
    titr_status status = TITR_OK;
    if (*compare_to != '\0') {
        TITR_TRY(members_of(s, compare_to, &reference, err));
        load_values(s, &reference, key_number(s, ranking_key(s)));
        average_pairs(&reference);
    }
    for (size_t r = 0; r < s->n_replicates && status == TITR_OK; r++) {
        status = fill_row(s, &reference, compare_to, seed, &s->replicate[r], err);
    }
    for (size_t r = 0; r < s->n_rows && status == TITR_OK; r++) {
        status = fill_row(s, &reference, compare_to, seed, &s->row[r], err);
        if (status == TITR_OK && s->row[r].replicates > 1) {
            status = spread(s, seed, &s->row[r], err);
        }
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
    titr_status status = list_keys(s, err);
    if (status == TITR_OK) {
        status = list_policies(s, err);
    }
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
    const titr_summary_row *row = find_row(s->row, s->n_rows, policy);
    return row != NULL ? row : find_row(s->replicate, s->n_replicates, policy);
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
