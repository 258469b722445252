// SPDX-License-Identifier: GPL-3.0-or-later
/* A trace carries its step size, so that a visit with step size alpha moves its pair by alpha times
 * the error of its lambda return, whatever step sizes later visits have:
 *
 *   z = alpha (replacing), z += alpha (accumulating)            at a visit                  (1)
 *   w_j += z_j delta                                            for all pairs j             (2)
 *   z_j *= lambda G                                             from one choice to the next (3)
 *
 * With constant step size z is alpha times the trace of [sutton2018, 12.2] and [singh1996]. A trace
 * is dropped when less than TRACE_LEAST of it is left, and the oldest when there is no room.
 *
 * The lambda return of a visit is complete when its trace ends; its error delta_0 + lambda G
 * delta_1
 * + ... is then what the pair's spread learns from. */
#include "traces.h"

#include <stdlib.h>
#include <string.h>

#define TRACE_LEAST 1e-12
#define TRACES_MAX ((size_t)1024) /* of one tiling */

size_t titri_traces_room(size_t n_pairs, size_t tilings)
{
    const size_t most = TRACES_MAX * tilings;
    return n_pairs < most ? n_pairs : most;
}

int titri_traces_init(titri_traces *e, size_t room)
{
    *e = (titri_traces){.room = room};
    e->trace = calloc(room, sizeof *e->trace);
    return e->trace != NULL;
}

void titri_traces_fini(titri_traces *e)
{
    free(e->trace);
}

/* The return of the latest visit is as complete as it will be. */
static void finish(const titri_trace *z, titri_qtable *t)
{
    titri_qtable_spread(t, (size_t)z->pair, z->alpha, z->error, (1.0 - z->alpha) * z->error);
}

static titri_trace *find(const titri_traces *e, int64_t pair)
{
    for (size_t i = 0; i < e->n; i++) {
        if (e->trace[i].pair == pair) {
            return &e->trace[i];
        }
    }
    return NULL;
}

/* Room for one more trace. */
static titri_trace *append(titri_traces *e, titri_qtable *t)
{
    if (e->n == e->room) {
        finish(&e->trace[0], t);
        memmove(&e->trace[0], &e->trace[1], (e->n - 1) * sizeof e->trace[0]);
        e->n--;
    }
    return &e->trace[e->n++];
}

/* Equation (1). */
static void visit_pair(titri_traces *e, titri_qtable *t, const titri_tabular_def *def, int64_t pair)
{
    const double alpha = titri_step_size(def, t->visits[pair]);
    const double step = alpha / (double)t->tilings;
    titri_trace *z = find(e, pair);
    double rest = 0.0;
    if (z != NULL) {
        finish(z, t);
        rest = def->traces == TITRI_ACCUMULATING ? z->step : 0.0;
    } else {
        z = append(e, t);
    }
    *z =
        (titri_trace){.pair = pair, .step = rest + step, .left = 1.0, .alpha = alpha, .error = 0.0};
    titri_qtable_count(t, (size_t)pair, alpha);
}

void titri_traces_update(titri_traces *e, titri_qtable *t, const titri_tabular_def *def,
                         const int64_t *pair, double target)
{
    const double delta = target - titri_qtable_value(t, pair);
    for (size_t k = 0; k < t->tilings; k++) {
        visit_pair(e, t, def, pair[k]);
    }
    for (size_t i = 0; i < e->n; i++) {
        titri_trace *z = &e->trace[i];
        t->q[z->pair] += z->step * delta;
        z->error += z->left * delta;
    }
}

void titri_traces_decay(titri_traces *e, titri_qtable *t, double part)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->n; i++) {
        titri_trace z = e->trace[i];
        z.step *= part;
        z.left *= part;
        if (z.left >= TRACE_LEAST) {
            e->trace[kept++] = z;
        } else {
            finish(&z, t);
        }
    }
    e->n = kept;
}

void titri_traces_end(titri_traces *e, titri_qtable *t)
{
    for (size_t i = 0; i < e->n; i++) {
        finish(&e->trace[i], t);
    }
    e->n = 0;
}

/* Traces as columns; those not in use are 0. */
static void copy(titri_traces *e, int64_t *pair, double *real, int loading)
{
    for (size_t i = 0; i < e->n; i++) {
        titri_trace *z = &e->trace[i];
        double *column[] = {&z->step, &z->left, &z->alpha, &z->error};
        for (size_t c = 0; c < 4; c++) {
            double *at = &real[4 * i + c];
            *(loading ? column[c] : at) = *(loading ? at : column[c]);
        }
        *(loading ? &z->pair : &pair[i]) = *(loading ? &pair[i] : &z->pair);
    }
}

static titr_status check(const titri_traces *e, int64_t n, const int64_t *pair, size_t n_pairs,
                         titr_error *err)
{
    if (n < 0 || (size_t)n > e->room) {
        return titr_fail(err, TITR_ERR_CONFIG, "%lld saved traces, there is room for %zu",
                         (long long)n, e->room);
    }
    for (int64_t i = 0; i < n; i++) {
        if (pair[i] < 0 || pair[i] >= (int64_t)n_pairs) {
            return titr_fail(err, TITR_ERR_CONFIG, "saved trace of pair %lld is not in the table",
                             (long long)pair[i]);
        }
    }
    return TITR_OK;
}

static titr_status visit_columns(titri_traces *e, titr_visitor *v, size_t n_pairs, int64_t *pair,
                                 double *real, titr_error *err)
{
    const size_t shape[2] = {e->room, 4};
    int64_t n = (int64_t)e->n;
    copy(e, pair, real, 0);
    TITR_TRY(titr_visit_vector(v, "n_traces", TITR_I64, 1, &n, err));
    TITR_TRY(titr_visit_vector(v, "trace_pair", TITR_I64, e->room, pair, err));
    TITR_TRY(titr_state_visit(v, "trace_step_left_alpha_error", TITR_F64, 2, shape, real, err));
    TITR_TRY(check(e, n, pair, n_pairs, err));
    e->n = (size_t)n;
    copy(e, pair, real, 1);
    return TITR_OK;
}

titr_status titri_traces_visit(titri_traces *e, titr_visitor *v, size_t n_pairs, titr_error *err)
{
    int64_t *pair = calloc(e->room, sizeof *pair);
    double *real = calloc(4 * e->room, sizeof *real);
    const titr_status st = pair == NULL || real == NULL
                               ? titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu traces", e->room)
                               : visit_columns(e, v, n_pairs, pair, real, err);
    free(pair);
    free(real);
    return st;
}
