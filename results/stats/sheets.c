// SPDX-License-Identifier: GPL-3.0-or-later
/* The comparison in a run file: written as sheets, or made afresh from its episodes. */
#include "titrate/stats/summary.h"

#include <stdlib.h>

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

static void policy_columns(const titr_summary *s, sheet *h)
{
    const titr_summary_row *row = s->row;
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

#define FIXED_COLUMNS 24 /* room for those that are no metric */

static titr_status write_policies(const titr_summary *s, titr_writer *w, titr_error *err)
{
    sheet h;
    TITR_TRY(sheet_init(&h, FIXED_COLUMNS + s->n_keys, s->n_rows, err));
    policy_columns(s, &h);
    for (size_t k = 0; k < s->n_keys; k++) {
        double *value = numbers(&h, s->key[k], s->unit[k], s->doc[k]);
        for (size_t r = 0; value != NULL && r < s->n_rows; r++) {
            value[r] = s->row[r].mean[k];
        }
    }
    const titr_status status = sheet_write(&h, w, "metrics/policies", err);
    sheet_fini(&h);
    return status;
}

static titr_status write_episodes(const titr_summary *s, titr_writer *w, titr_error *err)
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
    const titr_status status = sheet_write(&h, w, "metrics/episodes", err);
    sheet_fini(&h);
    return status;
}

titr_status titr_summary_write(const titr_summary *s, titr_writer *w, titr_error *err)
{
    TITR_TRY(write_policies(s, w, err));
    return write_episodes(s, w, err);
}

titr_status titr_summary_of_run(titr_reader *run, double drop_min, const char *compare_to,
                                uint64_t seed, titr_summary *out, titr_error *err)
{
    titr_status status = TITR_OK;
    titr_summary summary;
    titr_trajectory t;
    titr_summary_init(&summary);
    titr_trajectory_init(&t);
    for (size_t k = 0; k < titr_reader_episodes(run) && status == TITR_OK; k++) {
        status = titr_reader_episode(run, k, &t, err);
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
