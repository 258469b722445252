// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns of one episode in memory. */
#include "layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void titr_trajectory_init(titr_trajectory *t)
{
    memset(t, 0, sizeof *t);
    titr_trajectory_clear(t);
}

void titr_trajectory_fini(titr_trajectory *t)
{
#define X(name, type, unit, doc) free(t->name);
    TITR_STEP_COLUMNS(X)
#undef X
#define X(name, type, unit, doc) free(t->minutes.name);
    TITR_MINUTE_COLUMNS(X)
#undef X
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        free(t->panel[p]);
    }
    memset(t, 0, sizeof *t);
}

/* Row k of every panel: not known yet. */
static void blank_panels(titr_trajectory *t, size_t k)
{
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        for (size_t i = 0; i < t->width[p]; i++) {
            t->panel[p][k * t->width[p] + i] = (float)NAN;
        }
    }
}

void titr_trajectory_clear(titr_trajectory *t)
{
    t->n = 0;
    t->minutes.n = 0;
    t->end = 0;
    t->end_min = 0.0;
    t->fault[0] = '\0';
    t->final_glucose_mg_dl = (float)NAN;
    t->final_cgm_mg_dl = (float)NAN;
    blank_panels(t, 0);
}

/* Every column of `column` gets room for `capacity` values. */
static titr_status grow(titr_trajectory *t, const titri_column *column, size_t n_columns,
                        size_t capacity, titr_error *err)
{
    for (size_t c = 0; c < n_columns; c++) {
        void *values = realloc(titri_column_values(t, &column[c]), capacity * column[c].size);
        if (values == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for a trajectory of %zu rows",
                             capacity);
        }
        memcpy((char *)t + column[c].offset, &values, sizeof values);
    }
    return TITR_OK;
}

/* Room for the rows and the one behind the last. */
static titr_status grow_panel(titr_trajectory *t, size_t panel, size_t capacity, size_t width,
                              titr_error *err)
{
    if (width == 0) {
        return TITR_OK;
    }
    float *rows = realloc(t->panel[panel], (capacity + 1) * width * sizeof *rows);
    if (rows == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu rows of %zu columns", capacity,
                         width);
    }
    t->panel[panel] = rows;
    return TITR_OK;
}

titr_status titr_trajectory_set_panel(titr_trajectory *t, titr_panel panel, size_t width,
                                      titr_error *err)
{
    if (t->n != 0 && width != t->width[panel]) {
        return titr_fail(err, TITR_ERR_ARG, "panels are chosen before the first row (%zu rows)",
                         t->n);
    }
    if (width > TITR_PANEL_COLUMNS_MAX) {
        return titr_fail(err, TITR_ERR_ARG, "panel of %zu columns, at most %d", width,
                         TITR_PANEL_COLUMNS_MAX);
    }
    TITR_TRY(grow_panel(t, panel, t->capacity, width, err));
    t->width[panel] = width;
    blank_panels(t, t->n);
    return TITR_OK;
}

float *titr_trajectory_panel_row(const titr_trajectory *t, titr_panel panel, size_t k)
{
    return t->width[panel] == 0 ? NULL : t->panel[panel] + k * t->width[panel];
}

/* The next capacity of at least n rows; 0 when n is out of reach. */
static size_t next_capacity(size_t n, size_t capacity)
{
    const size_t most = (size_t)1 << 40; /* far below any overflow of rows times bytes */
    if (n > most) {
        return 0;
    }
    size_t next = capacity == 0 ? 256 : capacity;
    while (next < n) {
        next *= 2;
    }
    return next;
}

static titr_status grow_steps(titr_trajectory *t, size_t capacity, titr_error *err)
{
    TITR_TRY(grow(t, titri_step_column, TITRI_N_STEP, capacity, err));
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        TITR_TRY(grow_panel(t, p, capacity, t->width[p], err));
    }
    t->capacity = capacity;
    return TITR_OK;
}

titr_status titri_trajectory_reserve(titr_trajectory *t, size_t n, size_t n_minutes,
                                     titr_error *err)
{
    const size_t steps = next_capacity(n, t->capacity);
    const size_t minutes =
        n_minutes == 0 ? t->minutes.capacity : next_capacity(n_minutes, t->minutes.capacity);
    if (steps == 0 || (minutes == 0 && n_minutes != 0)) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a trajectory of %zu rows",
                         n > n_minutes ? n : n_minutes);
    }
    if (steps > t->capacity) {
        TITR_TRY(grow_steps(t, steps, err));
    }
    if (minutes > t->minutes.capacity) {
        TITR_TRY(grow(t, titri_minute_column, TITRI_N_MINUTE, minutes, err));
        t->minutes.capacity = minutes;
    }
    return TITR_OK;
}

titr_status titr_trajectory_append(titr_trajectory *t, const titr_step *row, titr_error *err)
{
    if (t->n == t->capacity) {
        TITR_TRY(titri_trajectory_reserve(t, t->n + 1, 0, err));
    }
    const size_t k = t->n++;
#define X(name, type, unit, doc) t->name[k] = row->name;
    TITR_STEP_COLUMNS(X)
#undef X
    blank_panels(t, t->n);
    return TITR_OK;
}

titr_status titr_trajectory_append_minute(titr_trajectory *t, const titr_minute *row,
                                          titr_error *err)
{
    if (t->minutes.n == t->minutes.capacity) {
        TITR_TRY(titri_trajectory_reserve(t, t->n, t->minutes.n + 1, err));
    }
    const size_t k = t->minutes.n++;
#define X(name, type, unit, doc) t->minutes.name[k] = row->name;
    TITR_MINUTE_COLUMNS(X)
#undef X
    return TITR_OK;
}

titr_step titr_trajectory_row(const titr_trajectory *t, size_t k)
{
    const titr_step row = {
#define X(name, type, unit, doc) .name = t->name[k],
        TITR_STEP_COLUMNS(X)
#undef X
    };
    return row;
}
