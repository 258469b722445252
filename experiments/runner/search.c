// SPDX-License-Identifier: GPL-3.0-or-later
#include "search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 200  /* of step 3 before the grid counts as exhausted */
#define CHANGED 3U /* options that step 3 changes, at most */

/* Where a search stands. */
typedef struct state {
    const titri_search *s;
    double *tried; /* [most][n_axes] */
    size_t n;      /* trials made */
    double *value; /* [n_axes] of the best */
    double best;
    uint32_t drawn; /* random numbers used */
} state;

static int was_tried(const state *w, const double *value)
{
    const size_t size = w->s->n_axes * sizeof *value;
    int seen = 0;
    for (size_t i = 0; i < w->n && !seen; i++) {
        seen = memcmp(&w->tried[i * w->s->n_axes], value, size) == 0;
    }
    return seen;
}

/* Try a setting unless that was done or trials are used up. @param[out] better 1: it is kept. */
static titr_status attempt(state *w, const double *value, int *better, titr_error *err)
{
    const titri_search *s = w->s;
    *better = 0;
    if (w->n >= s->most || was_tried(w, value)) {
        return TITR_OK;
    }
    memcpy(&w->tried[w->n * s->n_axes], value, s->n_axes * sizeof *value);
    double score = 0.0;
    TITR_TRY(s->score(s->context, w->n, value, &score, err));
    w->n++;
    if (score > w->best) { /* never true for NaN */
        w->best = score;
        memmove(w->value, value, s->n_axes * sizeof *value);
        *better = 1;
    }
    return TITR_OK;
}

/* Step 2. */
static titr_status climb(state *w, titr_error *err)
{
    const titri_search *s = w->s;
    for (int moved = 1; moved;) {
        moved = 0;
        for (size_t a = 0; a < s->n_axes; a++) {
            double value[TITRI_AXES_MAX];
            for (size_t i = 0; i < s->axis[a].values.n; i++) {
                int better = 0;
                memcpy(value, w->value, s->n_axes * sizeof *value);
                value[a] = s->axis[a].values.v[i];
                TITR_TRY(attempt(w, value, &better, err));
                moved |= better;
            }
        }
    }
    return TITR_OK;
}

static size_t draw(state *w, size_t n)
{
    return (size_t)(titr_rng_uniform(w->s->key, w->drawn++) * (double)n);
}

/* Step 3: a setting that was not tried. @return 0 when none was found. */
static int draw_setting(state *w, double *value)
{
    const titri_search *s = w->s;
    for (int i = 0; i < DRAWS; i++) {
        memcpy(value, w->value, s->n_axes * sizeof *value);
        const size_t changed = 1 + draw(w, CHANGED);
        for (size_t k = 0; k < changed; k++) {
            const size_t a = draw(w, s->n_axes);
            value[a] = s->axis[a].values.v[draw(w, s->axis[a].values.n)];
        }
        if (!was_tried(w, value)) {
            return 1;
        }
    }
    return 0;
}

static titr_status search(state *w, titr_error *err)
{
    double value[TITRI_AXES_MAX];
    int better = 0;
    memcpy(value, w->value, w->s->n_axes * sizeof *value);
    TITR_TRY(attempt(w, value, &better, err));
    TITR_TRY(climb(w, err));
    while (w->n < w->s->most && draw_setting(w, value)) {
        TITR_TRY(attempt(w, value, &better, err));
        if (better) {
            TITR_TRY(climb(w, err));
        }
    }
    return TITR_OK;
}

titr_status titri_search_run(const titri_search *s, double *value, double *best, size_t *tried,
                             titr_error *err)
{
    state w = {.s = s, .value = value, .best = -HUGE_VAL};
    w.tried = calloc(s->most * s->n_axes + 1, sizeof *w.tried);
    if (w.tried == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a search of %zu trials", s->most);
    }
    const titr_status st = search(&w, err);
    *best = w.best;
    *tried = w.n;
    free(w.tried);
    return st;
}
