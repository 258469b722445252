// SPDX-License-Identifier: GPL-3.0-or-later
/* Learning curves: blocks of decisions averaged, grown as training goes on, saved with it. */
#include "job.h"

#include <stdlib.h>

void titri_curve_fini(titri_curve *c)
{
    free(c->decisions);
    free(c->reward);
    free(c->tir_percent);
    free(c->terminated);
    *c = (titri_curve){0};
}

titr_status titri_curve_close(titri_curve *c, int64_t decisions, titr_error *err)
{
    if (c->n == c->capacity) {
        const size_t capacity = c->capacity * 2 + 16;
        double **column[] = {&c->decisions, &c->reward, &c->tir_percent, &c->terminated};
        for (size_t i = 0; i < 4; i++) {
            double *grown = realloc(*column[i], capacity * sizeof **column[i]);
            if (grown == NULL) {
                return titr_fail(err, TITR_ERR_NOMEM, "no memory for the learning curve");
            }
            *column[i] = grown;
        }
        c->capacity = capacity;
    }
    c->decisions[c->n] = (double)decisions;
    c->reward[c->n] = c->reward_sum / c->decisions_sum;
    c->tir_percent[c->n] = 100.0 * c->in_range / c->decisions_sum;
    c->terminated[c->n] = c->terminated_sum;
    c->n++;
    c->reward_sum = c->in_range = c->terminated_sum = c->decisions_sum = 0.0;
    return TITR_OK;
}

/* Grow the columns so that `n` saved rows can be loaded into them. */
static titr_status curve_reserve(titri_curve *c, size_t n, titr_error *err)
{
    c->decisions_sum = 1.0; /* any: rows are overwritten */
    while (c->n < n) {
        TITR_TRY(titri_curve_close(c, 0, err));
        c->decisions_sum = 1.0;
    }
    return TITR_OK;
}

static titr_status visit_columns(titri_curve *c, titr_visitor *v, titr_error *err)
{
    const struct {
        const char *name;
        double *values;
    } column[] = {{"curve_decisions", c->decisions},
                  {"curve_reward", c->reward},
                  {"curve_tir_percent", c->tir_percent},
                  {"curve_terminated", c->terminated}};
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++) {
        TITR_TRY(titr_visit_vector(v, column[i].name, TITR_F64, c->n, column[i].values, err));
    }
    return TITR_OK;
}

titr_status titri_curve_visit(titri_curve *c, titr_visitor *v, titr_error *err)
{
    int64_t n = (int64_t)c->n;
    TITR_TRY(titr_visit_vector(v, "curve_n", TITR_I64, 1, &n, err));
    if (n < 0 || n > 100000000) {
        return titr_fail(err, TITR_ERR_CONFIG, "learning curve of %lld rows", (long long)n);
    }
    if (v->loading) {
        TITR_TRY(curve_reserve(c, (size_t)n, err));
    }
    TITR_TRY(visit_columns(c, v, err));
    double open[4] = {c->reward_sum, c->in_range, c->terminated_sum, c->decisions_sum};
    TITR_TRY(titr_visit_vector(v, "curve_open", TITR_F64, 4, open, err));
    c->reward_sum = open[0];
    c->in_range = open[1];
    c->terminated_sum = open[2];
    c->decisions_sum = open[3];
    return TITR_OK;
}
