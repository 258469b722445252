// SPDX-License-Identifier: GPL-3.0-or-later
/* Learning curves, grown as training goes on and saved with it. */
#include "curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 100000000

static const titr_sheet_column fixed[TITRI_CURVE_VALIDATED] = {
    [TITRI_CURVE_DECISIONS] = {"decisions", "1", "decisions made so far, all lanes", NULL, NULL},
    [TITRI_CURVE_REWARD] = {"reward", "1", "mean reward per decision since the last row", NULL,
                            NULL},
    [TITRI_CURVE_TIR] = {"tir_70_180_percent", "%", "time in range while exploring", NULL, NULL},
    [TITRI_CURVE_TERMINATED] = {"terminated", "1", "episodes that left the clinical limits", NULL,
                                NULL},
    [TITRI_CURVE_EPISODES] = {"episodes", "1", "episodes that ended since the last row", NULL,
                              NULL},
    [TITRI_CURVE_RETURN] = {"episode_return", "1", "mean sum of rewards of these episodes", NULL,
                            NULL},
    [TITRI_CURVE_SCORE] = {"validation_score", "1",
                           "what this validation is judged by: train.score", NULL, NULL},
    [TITRI_CURVE_VALIDATION_TIR] = {"validation_tir_itt_percent", "%",
                                    "greedy episodes: mean tir_itt_percent", NULL, NULL},
    [TITRI_CURVE_VALIDATION_REWARD] = {"validation_reward", "1",
                                       "greedy episodes: mean reward per decision", NULL, NULL},
    [TITRI_CURVE_VALIDATION_RETURN] = {"validation_return", "1",
                                       "greedy episodes: mean sum of rewards", NULL, NULL},
    [TITRI_CURVE_VALIDATION_FAILED] = {"validation_failed", "1",
                                       "greedy episodes that were terminated or faulted", NULL,
                                       NULL},
};

size_t titri_curve_columns(const titr_agent_type *type, int validated, titr_sheet_column *column)
{
    size_t n = validated ? TITRI_CURVE_VALIDATED : TITRI_CURVE_TRAINING;
    memcpy(column, fixed, n * sizeof *column);
    for (size_t i = 0; i < type->n_reported; i++) {
        const titr_reported *r = &type->reported[i];
        column[n++] = (titr_sheet_column){r->name, r->unit, r->doc, NULL, NULL};
    }
    return n;
}

void titri_curve_fini(titri_curve *c)
{
    free(c->cell);
    *c = (titri_curve){0};
}

static titr_status reserve(titri_curve *c, size_t rows, titr_error *err)
{
    if (rows > c->capacity) {
        const size_t capacity = 2 * c->capacity + rows + 16;
        double *grown = realloc(c->cell, capacity * c->width * sizeof *grown);
        if (grown == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for the learning curve");
        }
        c->cell = grown;
        c->capacity = capacity;
    }
    return TITR_OK;
}

titr_status titri_curve_append(titri_curve *c, const double *row, titr_error *err)
{
    TITR_TRY(reserve(c, c->n + 1, err));
    memcpy(&c->cell[c->n * c->width], row, c->width * sizeof *row);
    c->n++;
    return TITR_OK;
}

static double mean_of(double sum, double n)
{
    return n > 0.0 ? sum / n : (double)NAN;
}

void titri_curve_close(titri_curve *c, int64_t decisions, double *row)
{
    double *open = c->open;
    row[TITRI_CURVE_DECISIONS] = (double)decisions;
    row[TITRI_CURVE_REWARD] = mean_of(open[TITRI_CURVE_REWARD], open[TITRI_CURVE_DECISIONS]);
    row[TITRI_CURVE_TIR] = mean_of(100.0 * open[TITRI_CURVE_TIR], open[TITRI_CURVE_DECISIONS]);
    row[TITRI_CURVE_TERMINATED] = open[TITRI_CURVE_TERMINATED];
    row[TITRI_CURVE_EPISODES] = open[TITRI_CURVE_EPISODES];
    row[TITRI_CURVE_RETURN] = mean_of(open[TITRI_CURVE_RETURN], open[TITRI_CURVE_EPISODES]);
    memset(open, 0, sizeof c->open);
}

titr_status titri_curve_visit(titri_curve *c, titr_visitor *v, titr_error *err)
{
    int64_t n = (int64_t)c->n;
    TITR_TRY(titr_visit_vector(v, "curve_n", TITR_I64, 1, &n, err));
    if (n < 0 || n > ROWS_MAX) {
        return titr_fail(err, TITR_ERR_CONFIG, "learning curve of %lld rows", (long long)n);
    }
    TITR_TRY(reserve(c, (size_t)n, err));
    const size_t shape[2] = {(size_t)n, c->width};
    TITR_TRY(titr_state_visit(v, "curve", TITR_F64, 2, shape, c->cell, err));
    c->n = (size_t)n;
    return titr_visit_vector(v, "curve_open", TITR_F64, TITRI_CURVE_TRAINING, c->open, err);
}
