// SPDX-License-Identifier: GPL-3.0-or-later
/* A run's tables as CSV files. */
#include "titrate/store/export.h"

#include "csv.h"
#include "folders.h"
#include "reader.h"

#include "titrate/base/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- steps and minutes: rows of an episode behind who it is --- */

typedef struct rows {
    const titri_column *column;
    size_t n_columns;
    int with_panels;
} rows;

static void write_names(titri_csv *csv, const titr_reader *r, const rows *what)
{
    titri_csv_text(csv, "policy");
    titri_csv_text(csv, "patient");
    titri_csv_text(csv, "episode");
    for (size_t c = 0; c < what->n_columns; c++) {
        titri_csv_text(csv, what->column[c].name);
    }
    for (size_t p = 0; what->with_panels && p < TITR_N_PANELS; p++) {
        for (size_t i = 0; i < r->panel[p].rows.n_columns; i++) {
            char name[2 * TITR_NAME_MAX];
            (void)snprintf(name, sizeof name, "%s%s", titri_panel_info_of[p].prefix,
                           r->panel[p].name[i]);
            titri_csv_text(csv, name);
        }
    }
    titri_csv_end_row(csv);
}

static void write_row(titri_csv *csv, const titr_trajectory *t, const rows *what, size_t k)
{
    titri_csv_text(csv, t->policy);
    titri_csv_text(csv, t->patient);
    titri_csv_real(csv, t->episode);
    for (size_t c = 0; c < what->n_columns; c++) {
        const titri_column *column = &what->column[c];
        const char *values = titri_column_values(t, column);
        titri_csv_value(csv, column->kind, values + k * column->size);
    }
    for (size_t p = 0; what->with_panels && p < TITR_N_PANELS; p++) {
        for (size_t i = 0; i < t->width[p]; i++) {
            titri_csv_value(csv, TITRI_F32, titr_trajectory_panel_row(t, (titr_panel)p, k) + i);
        }
    }
    titri_csv_end_row(csv);
}

static titr_status export_rows(titr_reader *r, titri_csv *csv, const rows *what, int minutes,
                               titr_error *err)
{
    titr_trajectory t;
    titr_status status = TITR_OK;
    titr_trajectory_init(&t);
    write_names(csv, r, what);
    for (size_t k = 0; k < r->episodes.rows && status == TITR_OK; k++) {
        status = titr_reader_episode(r, k, &t, err);
        const size_t n = minutes ? t.minutes.n : t.n;
        for (size_t i = 0; i < n && status == TITR_OK; i++) {
            write_row(csv, &t, what, i);
        }
    }
    titr_trajectory_fini(&t);
    return status;
}

static titr_status export_steps(titr_reader *r, titri_csv *csv, titr_error *err)
{
    const rows what = {r->layout->step, r->layout->n_step, 1};
    return export_rows(r, csv, &what, 0, err);
}

static titr_status export_minutes(titr_reader *r, titri_csv *csv, titr_error *err)
{
    const rows what = {titri_minute_column, TITRI_N_MINUTE, 0};
    return export_rows(r, csv, &what, 1, err);
}

static titr_status export_episodes(titr_reader *r, titri_csv *csv, titr_error *err)
{
    for (size_t c = 0; c < r->layout->n_episode; c++) {
        titri_csv_text(csv, r->layout->episode[c].name);
    }
    titri_csv_end_row(csv);
    for (size_t k = 0; k < r->episodes.rows; k++) {
        titri_episode row;
        TITR_TRY(titri_reader_row(r, k, &row, err));
        for (size_t c = 0; c < r->layout->n_episode; c++) {
            const titri_column *column = &r->layout->episode[c];
            titri_csv_value(csv, column->kind, (const char *)&row + column->offset);
        }
        titri_csv_end_row(csv);
    }
    return TITR_OK;
}

/* --- sheets --- */

typedef struct sheet_column {
    char name[TITR_NAME_MAX];
    double *number; /* owned, or NULL */
    char **text;    /* owned, or NULL */
    titri_kind kind;
    size_t rows;
} sheet_column;

typedef struct sheet {
    sheet_column *column; /* owned */
    size_t n;
    int failed; /* out of memory */
} sheet;

static void add_column(void *ctx, const char *name)
{
    sheet *s = ctx;
    sheet_column *more = realloc(s->column, (s->n + 1) * sizeof *more);
    if (more == NULL) {
        s->failed = 1;
        return;
    }
    s->column = more;
    more[s->n] = (sheet_column){.rows = 0};
    (void)snprintf(more[s->n].name, sizeof more[s->n].name, "%s", name);
    s->n++;
}

static titr_status read_sheet(titr_reader *r, const char *group, sheet *s, titr_error *err)
{
    TITR_TRY(titri_reader_columns(r, group, add_column, s, err));
    if (s->failed) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for /%s", r->path, group);
    }
    for (size_t c = 0; c < s->n; c++) {
        sheet_column *column = &s->column[c];
        column->kind = titri_reader_kind(r, group, column->name);
        TITR_TRY(
            column->kind == TITRI_TEXT
                ? titr_reader_sheet_texts(r, group, column->name, &column->text, &column->rows, err)
                : titr_reader_sheet_numbers(r, group, column->name, &column->number, &column->rows,
                                            err));
        if (column->rows != s->column[0].rows) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s: /%s/%s has %zu rows, expected %zu", r->path,
                             group, column->name, column->rows, s->column[0].rows);
        }
    }
    return TITR_OK;
}

static void write_sheet(titri_csv *csv, const sheet *s)
{
    for (size_t c = 0; c < s->n; c++) {
        titri_csv_text(csv, s->column[c].name);
    }
    titri_csv_end_row(csv);
    for (size_t i = 0; s->n > 0 && i < s->column[0].rows; i++) {
        for (size_t c = 0; c < s->n; c++) {
            const sheet_column *column = &s->column[c];
            if (column->kind == TITRI_TEXT) {
                titri_csv_text(csv, column->text[i]);
            } else if (column->kind == TITRI_F32) {
                const float value = (float)column->number[i];
                titri_csv_value(csv, TITRI_F32, &value);
            } else {
                titri_csv_real(csv, column->number[i]);
            }
        }
        titri_csv_end_row(csv);
    }
}

static titr_status export_sheet(titr_reader *r, const char *group, titri_csv *csv, titr_error *err)
{
    sheet s = {.n = 0};
    const titr_status status = read_sheet(r, group, &s, err);
    if (status == TITR_OK) {
        write_sheet(csv, &s);
    }
    for (size_t c = 0; c < s.n; c++) {
        free(s.column[c].number);
        free(s.column[c].text);
    }
    free(s.column);
    return status;
}

/* --- one table, all tables --- */

static const struct {
    const char *name;
    titr_status (*write)(titr_reader *r, titri_csv *csv, titr_error *err);
} tables[] = {{"steps", export_steps}, {"minutes", export_minutes}, {"episodes", export_episodes}};
enum { N_TABLES = sizeof tables / sizeof tables[0] };

typedef struct search {
    const char *name;
    char nearest[TITR_TEXT_MAX]; /* of the tables seen so far */
} search;

static void compare_name(void *ctx, const char *table)
{
    search *s = ctx;
    const char *const both[] = {s->nearest, table};
    const size_t first = s->nearest[0] == '\0';
    if (titr_nearest(s->name, both + first, 2 - first) == table) {
        (void)snprintf(s->nearest, sizeof s->nearest, "%s", table);
    }
}

static titr_status refuse_table(titr_reader *r, const char *table, titr_error *err)
{
    search s = {.name = table};
    TITR_TRY(titri_reader_tables(r, compare_name, &s, err));
    const int near = s.nearest[0] != '\0';
    return titr_fail(err, TITR_ERR_NOT_FOUND, "%s has no table '%s'%s%s%s", r->path, table,
                     near ? "; did you mean '" : "", s.nearest, near ? "'?" : "");
}

titr_status titr_export_table(titr_reader *r, const char *table, const char *path, titr_error *err)
{
    titri_csv csv;
    size_t k = 0;
    if (!titri_h5_has(r->file, table)) {
        return refuse_table(r, table, err);
    }
    while (k < N_TABLES && strcmp(tables[k].name, table) != 0) {
        k++;
    }
    TITR_TRY(titr_reader_spare(r, path, err));
    TITR_TRY(titri_csv_open(&csv, path, err));
    const titr_status status =
        k < N_TABLES ? tables[k].write(r, &csv, err) : export_sheet(r, table, &csv, err);
    return titri_csv_close(&csv, status, err);
}

typedef struct job {
    titr_reader *r;
    const char *folder;
    titr_status status;
    titr_error *err;
} job;

static titr_status place(const job *j, const char *table, const char *suffix, char path[1024])
{
    /* a made-up file could name a group ".." */
    if (!titri_h5_names_members(table)) {
        return titr_fail(j->err, TITR_ERR_CONFIG, "%s: '%s' cannot name a file", j->r->path, table);
    }
    const int n = snprintf(path, 1024, "%s/%s%s", j->folder, table, suffix);
    if (n >= 1024) {
        return titr_fail(j->err, TITR_ERR_IO, "the name of folder %.80s... is too long", j->folder);
    }
    const size_t folder = strlen(j->folder);
    return titri_make_folders(path, folder, j->err); /* of FOLDER/TABLE.csv, from FOLDER on */
}

static void export_one(void *ctx, const char *table)
{
    job *j = ctx;
    char path[1024];
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        if (strcmp(table, titri_panel_info_of[p].group) == 0) {
            return; /* columns of steps.csv */
        }
    }
    if (j->status != TITR_OK) {
        return;
    }
    j->status = place(j, table, ".csv", path);
    if (j->status == TITR_OK) {
        j->status = titr_export_table(j->r, table, path, j->err);
    }
}

static titr_status export_manifest(const job *j)
{
    char path[1024];
    titri_csv csv;
    TITR_TRY(place(j, "manifest", ".json", path));
    TITR_TRY(titri_csv_open(&csv, path, j->err));
    (void)fputs(j->r->manifest, csv.file);
    titri_csv_end_row(&csv);
    return titri_csv_close(&csv, TITR_OK, j->err);
}

titr_status titr_export_folder(titr_reader *r, const char *folder, titr_error *err)
{
    job j = {r, folder, TITR_OK, err};
    TITR_TRY(titri_reader_tables(r, export_one, &j, err));
    return j.status == TITR_OK ? export_manifest(&j) : j.status;
}
