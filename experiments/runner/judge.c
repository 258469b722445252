// SPDX-License-Identifier: GPL-3.0-or-later
/* Greedy episodes on validation seeds, scored by the metrics of the comparison. */
#include "judge.h"

#include "episodes.h"

#include "titrate/base/units.h"
#include "titrate/metrics/metric.h"

#include <math.h>
#include <stdlib.h>

struct titri_judge {
    const titri_lab *lab;
    titr_agent *agent;
    titri_roller *roller;
    size_t n;               /* lanes = episodes */
    titr_lane_start *start; /* [n] */
    titr_trajectory *t;     /* [n] */
    double *sum;            /* [n] of rewards */
    double *decisions;      /* [n] */
};

static void place(titri_judge *j, size_t policy, const size_t *child, size_t n_children)
{
    const titri_lab *lab = j->lab;
    const int64_t first = lab->e->split.seeds_validate_from;
    const uint64_t n_seeds = (uint64_t)(lab->e->split.seeds_validate_to - first + 1);
    for (size_t l = 0; l < j->n; l++) {
        const size_t c = child[l % n_children];
        j->start[l] = (titr_lane_start){l, &lab->cohort.child[c], titri_lab_therapy(lab, policy, c),
                                        lab->e->seed,
                                        (uint32_t)((uint64_t)first + (l / n_children) % n_seeds)};
    }
}

static titr_status fill(titri_judge *j, size_t policy, size_t job, const size_t *child,
                        size_t n_children, titr_error *err)
{
    const titri_lab *lab = j->lab;
    j->start = calloc(j->n, sizeof *j->start);
    j->t = calloc(j->n, sizeof *j->t);
    j->sum = calloc(j->n, sizeof *j->sum);
    j->decisions = calloc(j->n, sizeof *j->decisions);
    if (j->start == NULL || j->t == NULL || j->sum == NULL || j->decisions == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory to validate %zu episodes", j->n);
    }
    for (size_t l = 0; l < j->n; l++) {
        titr_trajectory_init(&j->t[l]);
    }
    place(j, policy, child, n_children);
    TITR_TRY(titri_lab_learner(lab, policy, job, child[0], j->n, &j->agent, err));
    const titr_env_def env = titri_lab_env(lab, policy, 1);
    TITR_TRY(titri_roller_create(&env, &lab->policy[policy].def->observe, j->agent, j->n,
                                 &j->roller, err));
    return titri_guard_training(lab, policy, j->roller, err);
}

titr_status titri_judge_create(const titri_lab *lab, size_t policy, size_t job, const size_t *child,
                               size_t n_children, titri_judge **out, titr_error *err)
{
    titri_judge *j = calloc(1, sizeof *j);
    if (j == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for validations");
    }
    j->lab = lab;
    j->n = (size_t)lab->e->train.evaluate_episodes;
    const titr_status st = fill(j, policy, job, child, n_children, err);
    if (st != TITR_OK) {
        titri_judge_destroy(j);
        return st;
    }
    *out = j;
    return TITR_OK;
}

void titri_judge_destroy(titri_judge *j)
{
    if (j == NULL) {
        return;
    }
    for (size_t l = 0; j->t != NULL && l < j->n; l++) {
        titr_trajectory_fini(&j->t[l]);
    }
    titri_roller_destroy(j->roller);
    titr_agent_destroy(j->agent);
    free(j->start);
    free(j->t);
    free(j->sum);
    free(j->decisions);
    free(j);
}

/* Begin all episodes anew. */
static titr_status begin(titri_judge *j, titr_error *err)
{
    for (size_t l = 0; l < j->n; l++) {
        titr_trajectory_clear(&j->t[l]);
        j->t[l].horizon_min = j->lab->env.horizon_min;
        j->sum[l] = j->decisions[l] = 0.0;
    }
    return titri_roller_start(j->roller, j->start, j->n, err);
}

static titr_status note(titri_judge *j, titr_error *err)
{
    const titri_roller *r = j->roller;
    for (size_t l = 0; l < r->n; l++) {
        if (!r->acted[l]) {
            continue;
        }
        j->sum[l] += r->view->reward[l];
        j->decisions[l] += 1.0;
        TITR_TRY(titr_trajectory_append(&j->t[l], &r->row[l], err));
        if (r->view->end[l] != TITR_END_NONE) {
            titri_end_episode(r->view, l, &j->t[l]);
        }
    }
    return TITR_OK;
}

static titr_status tir_itt_of(const titr_trajectory *t, double drop_min, double *out,
                              titr_error *err)
{
    titr_series series = {0};
    titr_scores scores = {0};
    TITR_TRY(titr_series_of(t, 0, drop_min, &series, err));
    const titr_status st = titr_scores_compute(&series, NULL, &scores, err);
    if (st == TITR_OK) {
        *out = titr_scores_get(&scores, "tir_itt_percent");
        titr_scores_fini(&scores);
    }
    titr_series_fini(&series);
    return st;
}

static titr_status verdict_of(const titri_judge *j, titri_verdict *out, titr_error *err)
{
    const double drop_min = j->lab->e->evaluate.drop_days * TITR_MIN_PER_DAY;
    double tir = 0.0, sum = 0.0, decisions = 0.0, n = 0.0, failed = 0.0;
    for (size_t l = 0; l < j->n; l++) {
        const titr_end end = j->roller->view->end[l];
        failed += end != TITR_END_TRUNCATED;
        if (end == TITR_END_FAULT) {
            continue;
        }
        double own = (double)NAN; /* a task has no glucose */
        if (!j->roller->view->takes_levels) {
            TITR_TRY(tir_itt_of(&j->t[l], drop_min, &own, err));
        }
        tir += own;
        sum += j->sum[l];
        decisions += j->decisions[l];
        n += 1.0;
    }
    const double nothing = (double)NAN;
    *out = (titri_verdict){n > 0.0 ? tir / n : nothing, n > 0.0 ? sum / decisions : nothing,
                           n > 0.0 ? sum / n : nothing, failed};
    return TITR_OK;
}

titr_status titri_judge_play(titri_judge *j, titr_memory_visitor *learned, titri_verdict *out,
                             titr_error *err)
{
    TITR_TRY(j->agent->type->visit(j->agent->self, &learned->base, err));
    TITR_TRY(begin(j, err));
    while (titri_roller_running(j->roller) > 0) {
        if (titri_stopped(j->lab->watch)) {
            return TITR_ERR_STOPPED;
        }
        TITR_TRY(titri_roller_step(j->roller, TITR_ACT_GREEDY, err));
        TITR_TRY(note(j, err));
    }
    return verdict_of(j, out, err);
}

double titri_judge_score(const titri_lab *lab, const titri_verdict *verdict)
{
    switch (titri_lab_score(lab)) {
    case TITR_SCORE_REWARD:
        return verdict->reward;
    case TITR_SCORE_RETURN:
        return verdict->episode_return;
    default:
        return verdict->tir_itt_percent;
    }
}
