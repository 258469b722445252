// SPDX-License-Identifier: GPL-3.0-or-later
#include "recall.h"

#include "task.h"

#include <math.h>
#include <string.h>

void titri_sight_init(titri_sight *s, const titri_lab *lab, size_t n_columns)
{
    *s = (titri_sight){.first = lab->e->task.type != NULL ? TITR_OBS_N : 0, .n_columns = n_columns};
    s->record =
        (titr_record){.n = 1, .stride = 1, .cgm_history = s->history, .cgm_newest = &s->newest};
    for (size_t i = 0; i < TITR_COLUMNS_MAX; i++) {
        s->record.col[i] = &s->value[i];
    }
}

void titri_sight_see(titri_sight *s, const float *row, int begins)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        s->value[s->first + i] = (double)row[i];
    }
    for (size_t ago = 0; begins && ago < TITR_CGM_HISTORY; ago++) {
        s->history[ago] = s->value[TITR_OBS_CGM]; /* before the start, its first reading */
    }
    const double held_mg_dl = s->history[s->newest], now_mg_dl = s->value[TITR_OBS_CGM];
    s->newest = (s->newest + TITR_CGM_HISTORY - 1) % TITR_CGM_HISTORY;
    s->history[s->newest] = isnan(now_mg_dl) ? held_mg_dl : now_mg_dl; /* as a receiver shows it */
}

/* The columns must be those that policies read now. */
static titr_status check_columns(const titri_recall *r, const titri_lab *lab, titr_error *err)
{
    size_t n = 0, n_mask = 0;
    const char *const *names = titr_reader_panel(r->reader, TITR_PANEL_OBSERVATIONS, &n);
    (void)titr_reader_panel(r->reader, TITR_PANEL_MASK, &n_mask);
    const int of_task = lab->e->task.type != NULL;
    if (n == 0 || n_mask == 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s: written without record.learning = true: there is nothing to learn "
                         "from",
                         r->path);
    }
    if (titr_reader_of_task(r->reader) != of_task) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: a run on %s, expected one on %s", r->path,
                         of_task ? "children" : "a task", of_task ? "the task" : "children");
    }
    if (n_mask != r->n_levels) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: a run with %zu levels, expected %zu", r->path,
                         n_mask, r->n_levels);
    }
    for (size_t i = 0; !of_task && i < TITR_OBS_N; i++) {
        if (n != TITR_OBS_N || strcmp(names[i], titr_observable_table()[i].name) != 0) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s: written by another version: its observables are not these",
                             r->path);
        }
    }
    return n <= TITR_TASK_OBS_MAX || !of_task
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG, "%s: %zu observables of a task, at most %d",
                           r->path, n, TITR_TASK_OBS_MAX);
}

titr_status titri_recall_open(titri_recall *r, const titri_lab *lab, const char *path,
                              titr_error *err)
{
    *r = (titri_recall){.path = path, .n_levels = titri_levels(lab->e)};
    titr_trajectory_init(&r->t);
    TITR_TRY(titr_reader_open(path, &r->reader, err));
    (void)titr_reader_panel(r->reader, TITR_PANEL_OBSERVATIONS, &r->n_columns);
    titri_sight_init(&r->sight, lab, r->n_columns);
    return check_columns(r, lab, err);
}

void titri_recall_close(titri_recall *r)
{
    titr_trajectory_fini(&r->t);
    titr_reader_close(r->reader);
    r->reader = NULL;
}

void titri_recall_look(titri_recall *r, size_t k, unsigned char *mask)
{
    const float *allowed = titr_trajectory_panel_row(&r->t, TITR_PANEL_MASK, k);
    for (size_t a = 0; a < r->n_levels; a++) {
        mask[a] = allowed[a] > 0.0F;
    }
    titri_sight_see(&r->sight, titr_trajectory_panel_row(&r->t, TITR_PANEL_OBSERVATIONS, k),
                    k == 0);
}
