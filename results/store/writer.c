// SPDX-License-Identifier: GPL-3.0-or-later
/* A run's file: opening, episodes, manifest, and the end. Sheets and patients: sheets.c. */
#include "writer.h"

#include "doses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static titr_status open_tables(titr_writer *w, int with_minutes, const titr_table *panels,
                               titr_error *err)
{
    titri_output *out = &w->out;
    const titri_layout *layout = w->layout;
    TITR_TRY(titri_table_init(&w->episodes, out, "episodes", layout->episode, layout->n_episode,
                              &w->filters, err));
    TITR_TRY(
        titri_table_init(&w->steps, out, "steps", layout->step, layout->n_step, &w->filters, err));
    if (with_minutes) {
        TITR_TRY(titri_table_init(&w->minutes, out, "minutes", titri_minute_column, TITRI_N_MINUTE,
                                  &w->filters, err));
    }
    if (layout == &titri_layout_children) {
        TITR_TRY(titri_doses_init(&w->doses, out, &w->filters, err));
    }
    for (size_t p = 0; panels != NULL && p < TITR_N_PANELS; p++) {
        TITR_TRY(
            titri_panel_out_init(&w->panel[p], out, (titr_panel)p, panels[p], &w->filters, err));
    }
    return TITR_OK;
}

static titr_status open_run(const char *path, const titri_layout *layout,
                            titr_compression compression, int with_minutes,
                            const titr_table *panels, titr_writer **out, titr_error *err)
{
    titr_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "%s: no memory for a writer", path);
    }
    w->layout = layout;
    titr_status status = titri_output_open(&w->out, path, layout->content, err);
    if (status == TITR_OK) {
        status = titri_filters_init(&w->filters, compression, TITRI_CHUNK_BYTES, err);
    }
    if (status == TITR_OK) {
        status = open_tables(w, with_minutes, panels, err);
    }
    if (status != TITR_OK) {
        titr_writer_abort(w);
        return status;
    }
    *out = w;
    return TITR_OK;
}

titr_status titr_writer_open(const char *path, titr_compression compression, int with_minutes,
                             const titr_table *panels, titr_writer **out, titr_error *err)
{
    return open_run(path, &titri_layout_children, compression, with_minutes, panels, out, err);
}

titr_status titr_writer_open_task(const char *path, titr_compression compression,
                                  const titr_table *panels, titr_writer **out, titr_error *err)
{
    return open_run(path, &titri_layout_task, compression, 0, panels, out, err);
}

static titr_status check_episode(const titr_writer *w, const titr_trajectory *t, titr_error *err)
{
    if (w->failed) {
        return titr_fail(err, TITR_ERR_IO, "%s: an earlier write failed", w->out.place.path);
    }
    if (t->n > INT32_MAX || t->minutes.n > INT32_MAX) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: episode of %s with %zu steps, at most %d",
                         w->out.place.path, t->patient, t->n > t->minutes.n ? t->n : t->minutes.n,
                         INT32_MAX);
    }
    return TITR_OK;
}

static titr_status append_rows(titri_table *table, const titr_trajectory *t, size_t rows,
                               titr_error *err)
{
    titri_source source[TITRI_N_STEP];
    for (size_t c = 0; c < table->n_columns; c++) {
        source[c] = (titri_source){titri_column_values(t, &table->column[c]), 0};
    }
    return titri_table_add(table, source, rows, err);
}

/* Where the rows that come next will stand. */
static double next_row(const titri_table *table)
{
    return (double)(table->written + table->filled);
}

static titr_status append_header(titr_writer *w, const titr_trajectory *t, double first_step,
                                 double first_minute, titr_error *err)
{
    const int with_minutes = w->minutes.out != NULL;
    titri_episode row;
    memset(&row, 0, sizeof row); /* texts are stored to their full width */
    (void)snprintf(row.policy, sizeof row.policy, "%s", t->policy);
    (void)snprintf(row.patient, sizeof row.patient, "%s", t->patient);
    (void)snprintf(row.seed, sizeof row.seed, "%llu", (unsigned long long)t->seed);
    (void)snprintf(row.fault, sizeof row.fault, "%s", t->fault);
    row.episode = t->episode;
    row.end = (int8_t)t->end;
    row.horizon_min = t->horizon_min;
    row.end_min = t->end_min;
    row.final_glucose_mg_dl = t->final_glucose_mg_dl;
    row.final_cgm_mg_dl = t->final_cgm_mg_dl;
    row.first_step = first_step;
    row.first_minute = first_minute;
    row.n_steps = (int32_t)t->n;
    row.n_minutes = with_minutes ? (int32_t)t->minutes.n : 0;
    titri_source source[TITRI_N_EPISODE];
    for (size_t c = 0; c < w->layout->n_episode; c++) {
        source[c] = (titri_source){(const char *)&row + w->layout->episode[c].offset, 0};
    }
    return titri_table_add(&w->episodes, source, 1, err);
}

titr_status titr_writer_append(titr_writer *w, const titr_trajectory *t, titr_error *err)
{
    TITR_TRY(check_episode(w, t, err));
    const double first_step = next_row(&w->steps);
    const double first_minute = next_row(&w->minutes);
    titr_status status = append_rows(&w->steps, t, t->n, err);
    if (status == TITR_OK && w->minutes.out != NULL) {
        status = append_rows(&w->minutes, t, t->minutes.n, err);
    }
    for (size_t p = 0; p < TITR_N_PANELS && status == TITR_OK; p++) {
        status = titri_panel_out_add(&w->panel[p], t, (titr_panel)p, err);
    }
    if (status == TITR_OK && w->doses.out != NULL) {
        status = titri_doses_add(&w->doses, t, next_row(&w->episodes), err);
    }
    if (status == TITR_OK) {
        status = append_header(w, t, first_step, first_minute, err);
    }
    w->failed = status != TITR_OK;
    return status;
}

titr_status titr_writer_manifest(titr_writer *w, const char *json, titr_error *err)
{
    const titr_status status = titri_output_manifest(&w->out, json, err);
    w->failed = w->failed || status != TITR_OK;
    w->has_manifest = 1;
    return status;
}

/* What a reader needs to know about the tables beyond their columns. */
static titr_status annotate(titr_writer *w, titr_error *err)
{
    const hid_t end = H5Dopen2(w->out.file, "/episodes/end", H5P_DEFAULT);
    const herr_t done = end < 0 ? -1 : titri_h5_set_text(end, "codes", TITRI_END_CODES);
    titri_h5_close(end);
    return titri_output_fine(&w->out, done) ? TITR_OK : titri_output_fail(&w->out, "", "", err);
}

static titr_status finish_tables(titr_writer *w, titr_error *err)
{
    titri_table *const tables[] = {&w->steps, &w->minutes, &w->doses, &w->episodes};
    if (w->failed) {
        return titr_fail(err, TITR_ERR_IO, "%s: an earlier write failed", w->out.place.path);
    }
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i]->out != NULL) {
            TITR_TRY(titri_table_finish(tables[i], err));
        }
    }
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        TITR_TRY(titri_panel_out_finish(&w->panel[p], err));
    }
    TITR_TRY(annotate(w, err));
    return w->has_manifest ? TITR_OK : titr_writer_manifest(w, "{}", err);
}

titr_status titr_writer_commit(titr_writer *w, titr_error *err)
{
    titr_status status = finish_tables(w, err);
    if (status == TITR_OK) {
        status = titri_output_commit(&w->out, err);
    }
    titr_writer_abort(w);
    return status;
}

void titr_writer_abort(titr_writer *w)
{
    if (w == NULL) {
        return;
    }
    titri_table_fini(&w->steps);
    titri_table_fini(&w->minutes);
    titri_table_fini(&w->doses);
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        titri_panel_out_fini(&w->panel[p]);
    }
    titri_table_fini(&w->episodes);
    titri_filters_fini(&w->filters);
    titri_output_abort(&w->out);
    free(w);
}
