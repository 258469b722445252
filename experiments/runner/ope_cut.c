// SPDX-License-Identifier: GPL-3.0-or-later
/* An episode's first hours, as arrays for the estimators. */
#include "ope_log.h"

#include "titrate/agents/discount.h"
#include "titrate/agents/levels.h"
#include "titrate/base/math.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double titri_ope_discount(const titri_lab *lab, double elapsed_min)
{
    const titr_discount none = {1.0, 1.0, lab->env.decision_interval_min};
    const titr_discount by_half = {(double)NAN, lab->e->ope.half_life_min,
                                   lab->env.decision_interval_min};
    return titr_discount_over(isnan(lab->e->ope.half_life_min) ? &none : &by_half, elapsed_min);
}

/* Discounted number of decisions from time_min to the horizon, at regular times. */
static double left_at(const titri_lab *lab, double time_min, double horizon_min)
{
    const double interval_min = lab->env.decision_interval_min;
    const double discount = titri_ope_discount(lab, interval_min);
    const double n = fmax(1.0, ceil((horizon_min - time_min) / interval_min - 1e-6));
    return discount < 1.0 ? (1.0 - titr_pow(discount, n)) / (1.0 - discount) : n;
}

/* How many decisions of episode i lie before the horizon. */
static size_t rows_before(const titri_ope_log *log, size_t i, double horizon_min)
{
    size_t n = 0;
    for (size_t k = log->first[i]; k < log->first[i + 1]; k++) {
        n += log->time_min[k] < horizon_min - 1e-6;
    }
    return n;
}

static titr_status allocate(titri_ope_cut *c, const titri_ope_log *log, double horizon_min,
                            titr_error *err)
{
    c->first = calloc(log->n + 1, sizeof *c->first);
    if (c->first == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu episodes", log->n);
    }
    for (size_t i = 0; i < log->n; i++) {
        c->first[i + 1] = c->first[i] + rows_before(log, i, horizon_min);
    }
    const size_t rows = c->first[log->n] + 1;
    c->obs = calloc(rows * log->n_obs, sizeof *c->obs);
    c->probability = calloc(2 * rows * log->n_levels, sizeof *c->probability);
    c->level = calloc(rows, sizeof *c->level);
    c->choice = calloc(rows, 1);
    c->target = calloc(7 * rows, sizeof *c->target);
    if (!c->obs || !c->probability || !c->level || !c->choice || !c->target) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu decisions", rows - 1);
    }
    c->q = c->probability + rows * log->n_levels;
    c->behaviour = c->target + rows;
    c->reward = c->target + 2 * rows;
    c->discount = c->target + 3 * rows;
    c->left = c->target + 4 * rows;
    c->q_given = c->target + 5 * rows;
    c->v = c->target + 6 * rows;
    return TITR_OK;
}

static void fill_row(titri_ope_cut *c, const titri_lab *lab, const titri_ope_log *log,
                     const float *probability, size_t from, size_t to)
{
    const size_t levels = log->n_levels;
    memcpy(&c->obs[to * log->n_obs], &log->obs[from * log->n_obs], log->n_obs * sizeof *c->obs);
    memcpy(&c->probability[to * levels], &probability[from * levels], levels * sizeof *probability);
    c->level[to] = log->level[from];
    c->choice[to] = titr_levels_allowed(&log->mask[from * levels], levels) > 1;
    c->target[to] = fmin(1.0, (double)probability[from * levels + (size_t)log->level[from]]);
    c->behaviour[to] = fmin(1.0, log->propensity[from]);
    c->reward[to] = log->reward[from];
    c->discount[to] = titri_ope_discount(lab, log->elapsed_min[from]);
}

titr_status titri_ope_cut_make(titri_ope_cut *cut, const titri_lab *lab, const titri_ope_log *log,
                               const float *probability, double horizon_h, titr_error *err)
{
    const double horizon_min = 60.0 * horizon_h;
    *cut = (titri_ope_cut){.steps = ceil(horizon_min / lab->env.decision_interval_min - 1e-9)};
    TITR_TRY(allocate(cut, log, horizon_min, err));
    for (size_t i = 0; i < log->n; i++) {
        for (size_t to = cut->first[i], from = log->first[i]; to < cut->first[i + 1];
             to++, from++) {
            fill_row(cut, lab, log, probability, from, to);
            cut->left[to] = left_at(lab, log->time_min[from], horizon_min);
        }
    }
    cut->fqe = (titr_fqe_data){.n = log->n,
                               .n_obs = log->n_obs,
                               .n_levels = log->n_levels,
                               .first = cut->first,
                               .obs = cut->obs,
                               .discrete = log->discrete,
                               .level = cut->level,
                               .probability = cut->probability,
                               .reward = cut->reward,
                               .discount = cut->discount,
                               .left = cut->left};
    cut->ope = (titr_ope_data){.n = log->n,
                               .first = cut->first,
                               .target = cut->target,
                               .behaviour = cut->behaviour,
                               .choice = cut->choice,
                               .reward = cut->reward,
                               .discount = cut->discount,
                               .least_ess = TITR_OPE_LEAST_ESS};
    return TITR_OK;
}

void titri_ope_cut_values(titri_ope_cut *cut)
{
    const size_t levels = cut->fqe.n_levels;
    for (size_t k = 0; k < cut->first[cut->fqe.n]; k++) {
        const float *p = &cut->probability[k * levels], *q = &cut->q[k * levels];
        cut->q_given[k] = (double)q[cut->level[k]];
        cut->v[k] = 0.0;
        for (size_t a = 0; a < levels; a++) {
            cut->v[k] += (double)p[a] * (double)q[a];
        }
    }
    cut->ope.q = cut->q_given;
    cut->ope.v = cut->v;
}

void titri_ope_cut_fini(titri_ope_cut *cut)
{
    free(cut->first);
    free(cut->obs);
    free(cut->probability);
    free(cut->level);
    free(cut->choice);
    free(cut->target);
    *cut = (titri_ope_cut){0};
}
