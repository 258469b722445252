// SPDX-License-Identifier: GPL-3.0-or-later
/* A run's file: opening with every offset checked, and episodes. */
#include "reader.h"

#include "titrate/env/env.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Read one column of a block of /episodes and lay it into the rows. */
static titr_status scatter(titr_reader *r, size_t c, size_t first, size_t rows, char *packed,
                           titr_error *err)
{
    const titri_column *column = &r->layout->episode[c];
    TITR_TRY(
        titri_input_read(&r->episodes, r->path, "episodes", column, c, first, rows, packed, err));
    for (size_t i = 0; i < rows; i++) {
        const char *value = packed + i * column->size;
        if (column->kind == TITRI_TEXT && memchr(value, '\0', column->size) == NULL) {
            return titr_fail(err, TITR_ERR_CONFIG, "%s: /episodes/%s row %zu is not a text",
                             r->path, column->name, first + i);
        }
        memcpy((char *)&r->block[i] + column->offset, value, column->size);
    }
    return TITR_OK;
}

static titr_status load_block(titr_reader *r, size_t first, titr_error *err)
{
    const size_t left = r->episodes.rows - first;
    const size_t rows = left < TITRI_BLOCK_EPISODES ? left : TITRI_BLOCK_EPISODES;
    char *packed = malloc((size_t)TITRI_BLOCK_EPISODES * TITRI_FAULT_MAX);
    if (packed == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for /episodes", r->path);
    }
    titr_status status = TITR_OK;
    r->block_n = 0;
    for (size_t i = 0; i < rows; i++) {
        r->block[i] =
            (titri_episode){.final_glucose_mg_dl = (float)NAN, .final_cgm_mg_dl = (float)NAN};
    }
    for (size_t c = 0; c < r->layout->n_episode && status == TITR_OK; c++) {
        status = scatter(r, c, first, rows, packed, err);
    }
    free(packed);
    if (status == TITR_OK) {
        r->block_first = first;
        r->block_n = rows;
    }
    return status;
}

titr_status titri_reader_row(titr_reader *r, size_t k, titri_episode *row, titr_error *err)
{
    if (k >= r->episodes.rows) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: episode %zu, expected less than %zu", r->path, k,
                         r->episodes.rows);
    }
    if (k < r->block_first || k >= r->block_first + r->block_n) {
        TITR_TRY(load_block(r, k - k % TITRI_BLOCK_EPISODES, err));
    }
    *row = r->block[k - r->block_first];
    return TITR_OK;
}

/* Values that a writer cannot have written. */
static titr_status check_row(const titr_reader *r, size_t k, const titri_episode *row,
                             titr_error *err)
{
    const size_t digits = strspn(row->seed, "0123456789");
    errno = 0;
    (void)strtoull(row->seed, NULL, 10);
    if (digits == 0 || row->seed[digits] != '\0' || errno != 0) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: episode %zu has seed '%s', expected a number",
                         r->path, k, row->seed);
    }
    if (!(row->episode >= 0.0 && row->episode <= UINT32_MAX) || row->end < 0 ||
        row->end > TITR_END_FAULT) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: episode %zu has number %g and end %d, expected 0 to 2^32 - 1 and 0 "
                         "to %d",
                         r->path, k, row->episode, row->end, TITR_END_FAULT);
    }
    return TITR_OK;
}

/* Episodes follow each other without gap and fill /steps and /minutes exactly. */
static titr_status check_episodes(titr_reader *r, titr_error *err)
{
    double step = 0.0;
    double minute = 0.0;
    for (size_t k = 0; k < r->episodes.rows; k++) {
        titri_episode row;
        TITR_TRY(titri_reader_row(r, k, &row, err));
        TITR_TRY(check_row(r, k, &row, err));
        if (row.first_step != step || row.first_minute != minute || row.n_steps < 0 ||
            row.n_minutes < 0) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s: episode %zu begins at step %g and minute %g, expected %g and %g",
                             r->path, k, row.first_step, row.first_minute, step, minute);
        }
        step += row.n_steps;
        minute += row.n_minutes;
    }
    if (step != (double)r->steps.rows || minute != (double)r->minutes.rows) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: episodes have %.0f steps and %.0f minutes, the file %zu and %zu",
                         r->path, step, minute, r->steps.rows, r->minutes.rows);
    }
    return TITR_OK;
}

/* What was assumed of the children; runs without it are fine. */
static titr_status read_note(titr_reader *r, titr_error *err)
{
    if (!titri_h5_has(r->file, "/patients")) {
        return TITR_OK;
    }
    const hid_t group = H5Gopen2(r->file, "/patients", H5P_DEFAULT);
    const titr_status status =
        group < 0 ? TITR_OK : titri_h5_get_text(group, r->path, "note", &r->note, err);
    titri_h5_close(group);
    return status;
}

/* A run on a task, or else one on children. */
static titr_status open_file(titr_reader *r, titr_error *err)
{
    r->layout = &titri_layout_task;
    if (titri_h5_open_file(r->path, r->layout->content, &r->file, NULL) == TITR_OK) {
        return TITR_OK;
    }
    r->layout = &titri_layout_children;
    return titri_h5_open_file(r->path, r->layout->content, &r->file, err);
}

static titr_status open_all(titr_reader *r, titr_error *err)
{
    TITR_TRY(open_file(r, err));
    TITR_TRY(titri_h5_read_manifest(r->file, r->path, &r->manifest, err));
    TITR_TRY(titri_input_open(&r->episodes, r->file, r->path, "episodes", r->layout->episode,
                              r->layout->n_episode, err));
    TITR_TRY(titri_input_open(&r->steps, r->file, r->path, "steps", r->layout->step,
                              r->layout->n_step, err));
    if (titri_h5_has(r->file, "/minutes")) {
        TITR_TRY(titri_input_open(&r->minutes, r->file, r->path, "minutes", titri_minute_column,
                                  TITRI_N_MINUTE, err));
    }
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        TITR_TRY(titri_panel_in_open(&r->panel[p], r->file, r->path, (titr_panel)p, r->steps.rows,
                                     r->episodes.rows, err));
    }
    TITR_TRY(read_note(r, err));
    return check_episodes(r, err);
}

titr_status titr_reader_open(const char *path, titr_reader **out, titr_error *err)
{
    titr_reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for a reader", path);
    }
    r->file = H5I_INVALID_HID;
    r->block = calloc(TITRI_BLOCK_EPISODES, sizeof *r->block);
    r->path = malloc(strlen(path) + 1);
    titr_status status = TITR_OK;
    if (r->block == NULL || r->path == NULL) {
        status = titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for a reader", path);
    } else {
        memcpy(r->path, path, strlen(path) + 1);
        status = open_all(r, err);
    }
    if (status != TITR_OK) {
        titr_reader_close(r);
        return status;
    }
    *out = r;
    return TITR_OK;
}

titr_status titr_reader_spare(const titr_reader *r, const char *path, titr_error *err)
{
    struct stat run;
    struct stat other;
    if (stat(r->path, &run) == 0 && stat(path, &other) == 0 && run.st_ino == other.st_ino &&
        run.st_dev == other.st_dev) {
        return titr_fail(err, TITR_ERR_ARG, "%s is the run itself, expected another file to write",
                         path);
    }
    return TITR_OK;
}

void titr_reader_close(titr_reader *r)
{
    if (r == NULL) {
        return;
    }
    titri_input_close(&r->episodes);
    titri_input_close(&r->steps);
    titri_input_close(&r->minutes);
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        titri_panel_in_close(&r->panel[p]);
    }
    if (r->file >= 0) {
        (void)H5Fclose(r->file);
    }
    free(r->block);
    free(r->manifest);
    free(r->note);
    free(r->path);
    free(r);
}

int titr_reader_of_task(const titr_reader *r)
{
    return r->layout == &titri_layout_task;
}

size_t titr_reader_episodes(const titr_reader *r)
{
    return r->episodes.rows;
}

const char *titr_reader_manifest(const titr_reader *r)
{
    return r->manifest;
}

const char *titr_reader_cohort_note(const titr_reader *r)
{
    return r->note == NULL ? "" : r->note;
}

const char *const *titr_reader_panel(const titr_reader *r, titr_panel panel, size_t *n)
{
    *n = r->panel[panel].rows.n_columns;
    return r->panel[panel].name;
}

static titr_status header(titr_reader *r, size_t k, titr_trajectory *t, titri_episode *row,
                          titr_error *err)
{
    TITR_TRY(titri_reader_row(r, k, row, err));
    titr_trajectory_clear(t);
    (void)snprintf(t->policy, sizeof t->policy, "%s", row->policy);
    (void)snprintf(t->patient, sizeof t->patient, "%s", row->patient);
    (void)snprintf(t->fault, sizeof t->fault, "%s", row->fault);
    t->end = (unsigned char)row->end; /* checked on opening: 0 to TITR_END_FAULT */
    t->horizon_min = row->horizon_min;
    t->end_min = row->end_min;
    t->final_glucose_mg_dl = row->final_glucose_mg_dl;
    t->final_cgm_mg_dl = row->final_cgm_mg_dl;
    t->episode = (uint32_t)row->episode;
    t->seed = strtoull(row->seed, NULL, 10);
    return TITR_OK;
}

titr_status titr_reader_episode_header(titr_reader *r, size_t k, titr_trajectory *t,
                                       titr_error *err)
{
    titri_episode row;
    TITR_TRY(header(r, k, t, &row, err));
    t->n = (size_t)row.n_steps;
    return TITR_OK;
}

static titr_status read_columns(titr_reader *r, const titri_input *in, const char *group,
                                const titri_column *column, size_t first, size_t rows,
                                titr_trajectory *t, titr_error *err)
{
    for (size_t c = 0; c < in->n_columns; c++) {
        TITR_TRY(titri_input_read(in, r->path, group, &column[c], c, first, rows,
                                  titri_column_values(t, &column[c]), err));
    }
    return TITR_OK;
}

/* Columns that a task does not have. */
static void blank_steps(titr_trajectory *t, size_t n)
{
    for (size_t c = 0; c < TITRI_N_STEP; c++) {
        const titri_column *column = &titri_step_column[c];
        void *values = titri_column_values(t, column);
        memset(values, 0, n * column->size);
        for (size_t i = 0; column->kind == TITRI_F32 && i < n; i++) {
            ((float *)values)[i] = (float)NAN;
        }
    }
}

titr_status titr_reader_episode(titr_reader *r, size_t k, titr_trajectory *t, titr_error *err)
{
    titri_episode row;
    TITR_TRY(header(r, k, t, &row, err));
    const size_t first = (size_t)row.first_step;
    const size_t first_minute = (size_t)row.first_minute;
    const size_t n = (size_t)row.n_steps;
    const size_t n_minutes = (size_t)row.n_minutes;
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        const size_t width = r->panel[p].rows.n_columns;
        TITR_TRY(titr_trajectory_set_panel(t, (titr_panel)p, width, err));
    }
    TITR_TRY(titri_trajectory_reserve(t, n, n_minutes, err));
    if (titr_reader_of_task(r)) {
        blank_steps(t, n);
    }
    TITR_TRY(read_columns(r, &r->steps, "steps", r->layout->step, first, n, t, err));
    TITR_TRY(read_columns(r, &r->minutes, "minutes", titri_minute_column, first_minute, n_minutes,
                          t, err));
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        TITR_TRY(titri_panel_in_read(&r->panel[p], r->path, (titr_panel)p, first, n, k, t, err));
    }
    t->n = n;
    t->minutes.n = n_minutes;
    return TITR_OK;
}
