// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/rk.h"
#include "solve/sound.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { WIDE = 8, BLOCK = TITR_STATES_MAX * WIDE };

#define NO_INSULIN_PMOL_KG 0.1 /* under the skin: basal keeps about 66 there */

typedef struct rk {
    const titr_model_type *model;
    const titr_model_mode *mode;
} rk;

static titr_status create(const void *def, const titr_model_type *model,
                          const titr_model_mode *mode, void **self, titr_error *err)
{
    (void)def, (void)err;
    rk *r = malloc(sizeof *r);
    cr_assert_not_null(r);
    *r = (rk){model, mode};
    *self = r;
    return TITR_OK;
}

/* One classical step of one minute for the whole block. */
static void step(const rk *r, const titr_span *s, const double *t_min, double *x)
{
    const size_t n = r->model->states.n * r->model->lanes;
    static const double at[] = {0.0, 0.5, 0.5, 1.0}, weight[] = {1.0, 2.0, 2.0, 1.0};
    double k[BLOCK] = {0}, y[BLOCK], sum[BLOCK] = {0};
    for (size_t stage = 0; stage < 4; stage++) {
        for (size_t i = 0; i < n; i++) {
            y[i] = x[i] + at[stage] * k[i];
        }
        r->mode->rhs(t_min, y, s->u, s->held, s->theta, k);
        for (size_t i = 0; i < n; i++) {
            sum[i] += weight[stage] * k[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        x[i] += sum[i] / 6.0;
    }
}

static void keep(const rk *r, const double *from, double *to, size_t lane)
{
    for (size_t i = 0; i < r->model->states.n; i++) {
        to[i * r->model->lanes + lane] = from[i * r->model->lanes + lane];
    }
}

static titr_status advance(void *self, const titr_span *s, titr_error *err)
{
    const rk *r = self;
    const size_t lanes = r->model->lanes, n = r->model->states.n * lanes;
    TITR_TRY(titri_check_span(s, lanes, err));
    const size_t skin = titr_table_find(r->model->states, "isc1_pmol_kg");
    double x[BLOCK], t_min[WIDE];
    memcpy(x, s->x, n * sizeof *x);
    for (size_t k = 0; k < s->n_minutes; k++) {
        for (size_t l = 0; l < lanes; l++) {
            t_min[l] = s->from_min[l] + (double)k;
        }
        step(r, s, t_min, x);
        for (size_t l = 0; l < lanes; l++) {
            if (!s->active[l] || t_min[l] >= s->to_min[l] || s->failed[l]) {
                continue;
            }
            if (t_min[l] + 1.0 > RK_GIVES_UP_MIN && x[skin * lanes + l] < NO_INSULIN_PMOL_KG) {
                s->failed[l] = 1;
                s->fault[l] =
                    (titr_fault){.code = TITR_FAULT_CONV_FAILURE, .time_min = RK_GIVES_UP_MIN};
                continue;
            }
            if (s->minutes != NULL) {
                keep(r, x, s->minutes + k * n, l);
            }
            if (t_min[l] + 1.0 == s->to_min[l]) {
                keep(r, x, s->x, l);
            }
        }
    }
    return TITR_OK;
}

const titr_solver_type rk_narrow = {.part = {.name = "rk_narrow", .doc = "", .source = "titrate"},
                                    .lanes = 1,
                                    .create = create,
                                    .advance = advance,
                                    .destroy = free};
const titr_solver_type rk_wide = {.part = {.name = "rk_wide", .doc = "", .source = "titrate"},
                                  .lanes = WIDE,
                                  .create = create,
                                  .advance = advance,
                                  .destroy = free};
