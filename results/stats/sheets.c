// SPDX-License-Identifier: GPL-3.0-or-later
/* The comparison in a run file: written as sheets, or made afresh from its episodes. */
#include "returns.h"

#include "titrate/base/units.h"
#include "titrate/env/env.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns being filled, each its own array. */
typedef struct sheet {
    titr_sheet_column *column;
    size_t n, rows;
    int failed; /* 1 = out of memory */
} sheet;

static void sheet_fini(sheet *h)
{
    for (size_t c = 0; c < h->n; c++) {
        free((void *)h->column[c].number);
        free((void *)h->column[c].text);
    }
    free(h->column);
}

static titr_status sheet_init(sheet *h, size_t most, size_t rows, titr_error *err)
{
    *h = (sheet){.column = calloc(most, sizeof *h->column), .rows = rows};
    return h->column != NULL ? TITR_OK : titr_fail(err, TITR_ERR_NOMEM, "no memory for a sheet");
}

/* A new column of numbers. @return its values to fill; NULL when there is no memory. */
static double *numbers(sheet *h, const char *name, const char *unit, const char *doc)
{
    double *value = calloc(h->rows + 1, sizeof *value);
    h->failed |= value == NULL;
    h->column[h->n++] =
        (titr_sheet_column){.name = name, .unit = unit, .doc = doc, .number = value};
    return value;
}

static const char **texts(sheet *h, const char *name, const char *doc)
{
    const char **text = calloc(h->rows + 1, sizeof *text);
    h->failed |= text == NULL;
    h->column[h->n++] = (titr_sheet_column){.name = name, .unit = "1", .doc = doc, .text = text};
    return text;
}

/* Column `name` = `member` of every record, an array of structs with a double there. */
static void copy_numbers(sheet *h, const char *name, const char *unit, const char *doc,
                         const void *first, size_t stride)
{
    double *value = numbers(h, name, unit, doc);
    for (size_t r = 0; value != NULL && r < h->rows; r++) {
        value[r] = *(const double *)((const char *)first + r * stride);
    }
}

static void copy_counts(sheet *h, const char *name, const char *doc, const size_t *first,
                        size_t stride)
{
    double *value = numbers(h, name, "1", doc);
    for (size_t r = 0; value != NULL && r < h->rows; r++) {
        value[r] = (double)*(const size_t *)((const char *)first + r * stride);
    }
}

static void copy_texts(sheet *h, const char *name, const char *doc, const char *first,
                       size_t stride)
{
    const char **text = texts(h, name, doc);
    for (size_t r = 0; text != NULL && r < h->rows; r++) {
        text[r] = first + r * stride;
    }
}

static titr_status sheet_write(const sheet *h, titr_writer *w, const char *group, titr_error *err)
{
    if (h->failed) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the sheet %s", group);
    }
    return titr_writer_sheet(w, group, h->column, h->n, h->rows, err);
}

static void policy_columns(const titr_summary_row *row, sheet *h)
{
    const size_t stride = sizeof *row;
    copy_texts(h, "policy", "policy", row->policy, stride);
    copy_numbers(h, "failed_percent_estimate", "%", "episodes that failed",
                 &row->failed_percent.estimate, stride);
    copy_numbers(h, "failed_percent_lo", "%", "exact 95 % interval, low end",
                 &row->failed_percent.lo, stride);
    copy_numbers(h, "failed_percent_hi", "%", "exact 95 % interval, high end",
                 &row->failed_percent.hi, stride);
    copy_numbers(h, "failures_per_100_patient_days", "1", "failures per 100 patient-days",
                 &row->failures_per_100_patient_days.estimate, stride);
    copy_numbers(h, "failures_per_100_patient_days_lo", "1", "exact 95 % interval, low end",
                 &row->failures_per_100_patient_days.lo, stride);
    copy_numbers(h, "failures_per_100_patient_days_hi", "1", "exact 95 % interval, high end",
                 &row->failures_per_100_patient_days.hi, stride);
    copy_counts(h, "terminated", "episodes that left the clinical limits", &row->terminated,
                stride);
    copy_counts(h, "faults", "episodes that could not be computed", &row->faults, stride);
    copy_counts(h, "episodes", "episodes", &row->episodes, stride);
    copy_counts(h, "children", "children", &row->children, stride);
    copy_counts(h, "replicates", "trainings of the policy", &row->replicates, stride);
    copy_numbers(h, "tir_itt_replicates_iqm", "%", "interquartile mean over its trainings",
                 &row->replicates_iqm.estimate, stride);
    copy_numbers(h, "tir_itt_replicates_iqm_lo", "%", "bootstrap 95 % interval, low end",
                 &row->replicates_iqm.lo, stride);
    copy_numbers(h, "tir_itt_replicates_iqm_hi", "%", "bootstrap 95 % interval, high end",
                 &row->replicates_iqm.hi, stride);
    copy_numbers(h, "tir_itt_replicates_min", "%", "mean of the worst training",
                 &row->replicates_min, stride);
    copy_numbers(h, "tir_itt_replicates_max", "%", "mean of the best training",
                 &row->replicates_max, stride);
    copy_numbers(h, "patient_days", "d", "time followed", &row->patient_days, stride);
    copy_numbers(h, "tir_itt_percent_lo", "%", "bootstrap 95 % interval, low end",
                 &row->tir_itt_percent.lo, stride);
    copy_numbers(h, "tir_itt_percent_hi", "%", "bootstrap 95 % interval, high end",
                 &row->tir_itt_percent.hi, stride);
    copy_numbers(h, "tir_itt_difference_percent_points", "%", "paired difference to the reference",
                 &row->tir_itt_difference.estimate, stride);
    copy_numbers(h, "tir_itt_difference_lo", "%", "bootstrap 95 % interval, low end",
                 &row->tir_itt_difference.lo, stride);
    copy_numbers(h, "tir_itt_difference_hi", "%", "bootstrap 95 % interval, high end",
                 &row->tir_itt_difference.hi, stride);
    copy_texts(h, "worst_patient", "child with the lowest tir_itt_percent", row->worst_patient,
               stride);
}

/* Of a benchmark task. */
static void return_columns(const titr_summary_row *row, sheet *h)
{
    const size_t stride = sizeof *row;
    copy_texts(h, "policy", "policy", row->policy, stride);
    copy_counts(h, "episodes", "episodes", &row->episodes, stride);
    copy_counts(h, "replicates", "trainings of the policy", &row->replicates, stride);
    copy_numbers(h, "return_replicates_iqm", "1", "interquartile mean over its trainings",
                 &row->replicates_iqm.estimate, stride);
    copy_numbers(h, "return_replicates_iqm_lo", "1", "bootstrap 95 % interval, low end",
                 &row->replicates_iqm.lo, stride);
    copy_numbers(h, "return_replicates_iqm_hi", "1", "bootstrap 95 % interval, high end",
                 &row->replicates_iqm.hi, stride);
    copy_numbers(h, "return_replicates_min", "1", "mean of the worst training",
                 &row->replicates_min, stride);
    copy_numbers(h, "return_replicates_max", "1", "mean of the best training", &row->replicates_max,
                 stride);
    copy_numbers(h, "return_lo", "1", "of the mean: bootstrap 95 % interval, low end",
                 &row->tir_itt_percent.lo, stride);
    copy_numbers(h, "return_hi", "1", "of the mean: bootstrap 95 % interval, high end",
                 &row->tir_itt_percent.hi, stride);
    copy_numbers(h, "return_difference", "1", "paired difference to the reference",
                 &row->tir_itt_difference.estimate, stride);
    copy_numbers(h, "return_difference_lo", "1", "bootstrap 95 % interval, low end",
                 &row->tir_itt_difference.lo, stride);
    copy_numbers(h, "return_difference_hi", "1", "bootstrap 95 % interval, high end",
                 &row->tir_itt_difference.hi, stride);
    copy_numbers(h, "return_sd", "1", "sample standard deviation over episodes", &row->returns.sd,
                 stride);
    copy_numbers(h, "return_iqm", "1", "interquartile mean over episodes", &row->returns.iqm,
                 stride);
    copy_numbers(h, "return_min", "1", "lowest return of an episode", &row->returns.min, stride);
    copy_numbers(h, "return_max", "1", "highest return of an episode", &row->returns.max, stride);
    copy_counts(h, "terminated", "episodes that the task ended", &row->terminated, stride);
    copy_counts(h, "faults", "episodes that could not be computed", &row->faults, stride);
}

#define FIXED_COLUMNS 32 /* room for those that are no metric */

static titr_status write_rows(const titr_summary *s, const titr_summary_row *row, size_t n,
                              const char *group, titr_writer *w, titr_error *err)
{
    sheet h;
    TITR_TRY(sheet_init(&h, FIXED_COLUMNS + s->n_keys, n, err));
    if (s->of_task) {
        return_columns(row, &h);
    } else {
        policy_columns(row, &h);
    }
    for (size_t k = 0; k < s->n_keys; k++) {
        double *value = numbers(&h, s->key[k], s->unit[k], s->doc[k]);
        for (size_t r = 0; value != NULL && r < n; r++) {
            value[r] = row[r].mean[k];
        }
    }
    const titr_status status = sheet_write(&h, w, group, err);
    sheet_fini(&h);
    return status;
}

static titr_status write_episodes(const titr_summary *s, const char *group, titr_writer *w,
                                  titr_error *err)
{
    sheet h;
    const titr_summary_episode *e = s->episode;
    TITR_TRY(sheet_init(&h, FIXED_COLUMNS + s->n_keys, s->n_episodes, err));
    copy_texts(&h, "policy", "policy", e->policy, sizeof *e);
    copy_texts(&h, "patient", "child", e->patient, sizeof *e);
    double *number = numbers(&h, "episode", "1", "number of the episode seed");
    double *end = numbers(&h, "end", "1", "1 terminated, 2 truncated, 3 fault");
    for (size_t i = 0; number != NULL && end != NULL && i < s->n_episodes; i++) {
        number[i] = e[i].episode;
        end[i] = e[i].end;
    }
    for (size_t k = 0; k < s->n_keys; k++) {
        double *value = numbers(&h, s->key[k], s->unit[k], s->doc[k]);
        for (size_t i = 0; value != NULL && i < s->n_episodes; i++) {
            value[i] = e[i].scores.score[k].value;
        }
    }
    const titr_status status = sheet_write(&h, w, group, err);
    sheet_fini(&h);
    return status;
}

/* "PREFIX/name" */
typedef struct path {
    char text[2 * TITR_NAME_MAX];
} path;

static path under(const char *prefix, const char *name)
{
    path p;
    (void)snprintf(p.text, sizeof p.text, "%s/%s", prefix, name);
    return p;
}

titr_status titr_summary_write_under(const titr_summary *s, const char *prefix, titr_writer *w,
                                     titr_error *err)
{
    TITR_TRY(write_rows(s, s->row, s->n_rows, under(prefix, "policies").text, w, err));
    if (s->n_replicates > 0) {
        TITR_TRY(
            write_rows(s, s->replicate, s->n_replicates, under(prefix, "replicates").text, w, err));
    }
    return write_episodes(s, under(prefix, "episodes").text, w, err);
}

titr_status titr_summary_write(const titr_summary *s, titr_writer *w, titr_error *err)
{
    return titr_summary_write_under(s, "metrics", w, err);
}

/* The columns of sheet "PREFIX/episodes" that tell whose scores a row holds. */
typedef struct identities {
    char **policy, **patient;
    double *number, *end;
    size_t rows;
} identities;

static void identities_fini(identities *who)
{
    free(who->policy);
    free(who->patient);
    free(who->number);
    free(who->end);
}

static titr_status read_identities(titr_reader *run, const char *group, identities *who,
                                   titr_error *err)
{
    size_t n[4] = {0};
    TITR_TRY(titr_reader_sheet_texts(run, group, "policy", &who->policy, &n[0], err));
    TITR_TRY(titr_reader_sheet_texts(run, group, "patient", &who->patient, &n[1], err));
    TITR_TRY(titr_reader_sheet_numbers(run, group, "episode", &who->number, &n[2], err));
    TITR_TRY(titr_reader_sheet_numbers(run, group, "end", &who->end, &n[3], err));
    if (n[0] != n[1] || n[0] != n[2] || n[0] != n[3]) {
        return titr_fail(err, TITR_ERR_CONFIG, "/%s is damaged: columns of unequal length", group);
    }
    for (size_t i = 0; i < n[0]; i++) {
        if (!(who->number[i] >= 0.0 && who->number[i] <= (double)UINT32_MAX) ||
            !(who->end[i] >= 0.0 && who->end[i] <= (double)TITR_END_FAULT)) {
            return titr_fail(err, TITR_ERR_CONFIG, "/%s is damaged: row %zu has end %g", group, i,
                             who->end[i]);
        }
    }
    who->rows = n[0];
    return TITR_OK;
}

static titr_status read_episodes(titr_reader *run, const char *group, titr_summary *s,
                                 titr_error *err)
{
    identities who = {0};
    titr_status status = read_identities(run, group, &who, err);
    if (status == TITR_OK) {
        s->episode = calloc(who.rows + 1, sizeof *s->episode);
        if (s->episode == NULL) {
            (void)titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu scored episodes", who.rows);
            status = TITR_ERR_NOMEM;
        }
    }
    for (size_t i = 0; status == TITR_OK && i < who.rows; i++) {
        titr_summary_episode *e = &s->episode[s->n_episodes++];
        (void)snprintf(e->policy, sizeof e->policy, "%s", who.policy[i]);
        (void)snprintf(e->patient, sizeof e->patient, "%s", who.patient[i]);
        e->episode = (uint32_t)who.number[i];
        e->end = (int)who.end[i];
    }
    identities_fini(&who);
    return status;
}

/* Empty scores with this version's keys, for every episode. */
static titr_status prepare_scores(titr_summary *s, titr_error *err)
{
    const titr_series nothing = {.horizon_min = (double)NAN};
    const titr_trajectory none = {.n = 0};
    for (size_t i = 0; i < s->n_episodes; i++) {
        titr_scores *scores = &s->episode[i].scores;
        TITR_TRY(s->of_task ? titri_returns_score(&none, scores, err)
                            : titr_scores_compute(&nothing, &nothing, scores, err));
    }
    return TITR_OK;
}

/* A metric that the run does not have stays undefined. */
static titr_status read_scores(titr_reader *run, const char *group, titr_summary *s,
                               titr_error *err)
{
    for (size_t k = 0; s->n_episodes > 0 && k < s->episode[0].scores.n; k++) {
        double *value = NULL;
        size_t rows = 0;
        const titr_status status = titr_reader_sheet_numbers(
            run, group, s->episode[0].scores.score[k].key, &value, &rows, err);
        if (status != TITR_OK && status != TITR_ERR_NOT_FOUND) {
            return status;
        }
        for (size_t i = 0; i < s->n_episodes; i++) {
            s->episode[i].scores.score[k].value = i < rows ? value[i] : (double)NAN;
        }
        free(value);
    }
    for (size_t i = 0; i < s->n_episodes; i++) {
        s->episode[i].days = titr_scores_get(&s->episode[i].scores, "follow_up_days");
    }
    return TITR_OK;
}

titr_status titr_summary_read_under(titr_reader *run, const char *prefix, titr_summary *out,
                                    titr_error *err)
{
    const path group = under(prefix, "episodes");
    titr_summary summary;
    titr_summary_init(&summary);
    summary.of_task = titr_reader_of_task(run);
    titr_status status = read_episodes(run, group.text, &summary, err);
    if (status == TITR_OK) {
        status = prepare_scores(&summary, err);
    }
    if (status == TITR_OK) {
        status = read_scores(run, group.text, &summary, err);
    }
    if (status != TITR_OK) {
        titr_summary_fini(&summary);
        return status;
    }
    summary.capacity = summary.n_episodes;
    *out = summary;
    return TITR_OK;
}

titr_status titr_summary_read(titr_reader *run, const char *compare_to, uint64_t seed,
                              titr_summary *out, titr_error *err)
{
    titr_summary summary;
    TITR_TRY(titr_summary_read_under(run, "metrics", &summary, err));
    titr_status status = titr_summary_finish(&summary, compare_to, seed, err);
    if (status != TITR_OK) {
        titr_summary_fini(&summary);
        return status;
    }
    *out = summary;
    return TITR_OK;
}

/* 1 if the run's shield has the rules that are registered here, in the same order. */
static int knows_rules(const titr_reader *run)
{
    size_t n = 0, n_own = 0;
    const char *const *name = titr_reader_panel(run, TITR_PANEL_SHIELD, &n);
    const titr_shield_type *const *own = titr_shield_all(&n_own);
    int same = n == n_own;
    for (size_t i = 0; same && i < n; i++) {
        same = strcmp(name[i], own[i]->part.name) == 0;
    }
    return same;
}

titr_status titr_summary_of_run(titr_reader *run, double drop_min, const char *compare_to,
                                uint64_t seed, titr_summary *out, titr_error *err)
{
    titr_status status = TITR_OK;
    titr_summary summary;
    titr_trajectory t;
    titr_summary_init(&summary);
    summary.of_task = titr_reader_of_task(run);
    titr_trajectory_init(&t);
    for (size_t k = 0; k < titr_reader_episodes(run) && status == TITR_OK; k++) {
        status = titr_reader_episode(run, k, &t, err);
        if (status == TITR_OK && drop_min > 0.0 && drop_min >= t.horizon_min) {
            status = titr_fail(err, TITR_ERR_RANGE,
                               "%g days are left out of an episode of %g: nothing to score",
                               drop_min / TITR_MIN_PER_DAY, t.horizon_min / TITR_MIN_PER_DAY);
        }
        if (status == TITR_OK && t.n == 0 && t.end_min > 0.0) {
            status = titr_fail(err, TITR_ERR_CONFIG,
                               "the run recorded no steps (record.what = \"summary\"): there is "
                               "nothing to score afresh");
        }
        if (!knows_rules(run)) {
            t.width[TITR_PANEL_SHIELD] = 0; /* what a column counts is not known */
        }
        if (status == TITR_OK) {
            status = titr_summary_add(&summary, &t, drop_min, err);
        }
    }
    if (status == TITR_OK) {
        status = titr_summary_finish(&summary, compare_to, seed, err);
    }
    titr_trajectory_fini(&t);
    if (status != TITR_OK) {
        titr_summary_fini(&summary);
        return status;
    }
    *out = summary;
    return TITR_OK;
}
