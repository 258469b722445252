// SPDX-License-Identifier: GPL-3.0-or-later
#include "ope_target.h"

#include "episodes.h"

#include "titrate/stats/stats.h"

#include <math.h>
#include <stdlib.h>

/* --- what it would have done --- */

/* A policy led through the log. */
typedef struct follower {
    const titri_lab *lab;
    const titri_ope_log *log;
    size_t policy;
    titr_agent *agent; /* of `child`; NULL: none yet */
    size_t child;
    titri_sight sight;
    double *obs; /* [n_obs] of the policy */
    double p[TITR_LEVELS_MAX];
} follower;

static int same_setting(float logged, double own)
{
    return fabs((double)logged - own) <= 1e-5 * (1.0 + fabs(own));
}

/* A level is a multiple of settings: they must be those of the log. */
static titr_status check_settings(const follower *f, const float *row, size_t child,
                                  titr_error *err)
{
    if (f->lab->e->task.type != NULL) {
        return TITR_OK;
    }
    const titr_therapy own = titri_lab_evaluated(f->lab, f->policy, child);
    const size_t hour = titr_therapy_hour(fmod((double)row[TITR_OBS_TIME_OF_DAY], 1440.0));
    if (same_setting(row[TITR_OBS_BASAL], own.basal_u_per_h[hour]) &&
        same_setting(row[TITR_OBS_CR], own.cr_g_per_u[hour]) &&
        same_setting(row[TITR_OBS_CF], own.cf_mg_dl_per_u[hour]) &&
        same_setting(row[TITR_OBS_TARGET], own.target_mg_dl[hour])) {
        return TITR_OK;
    }
    return titr_fail(err, TITR_ERR_CONFIG,
                     "policy %s: its settings of %s are not those of the data, basal %g U/h, CR %g "
                     "g/U, CF %g mg/dL/U, target %g mg/dL at hour %zu: a level means another dose",
                     f->lab->policy[f->policy].def->name, f->lab->cohort.child[child].patient.id,
                     (double)row[TITR_OBS_BASAL], (double)row[TITR_OBS_CR],
                     (double)row[TITR_OBS_CF], (double)row[TITR_OBS_TARGET], hour);
}

static titr_status change_child(follower *f, size_t child, titr_error *err)
{
    if (f->agent != NULL && titri_lab_same_agent(f->lab, f->policy, f->child, child)) {
        return TITR_OK;
    }
    titr_agent_destroy(f->agent);
    f->agent = NULL;
    f->child = child;
    return titri_lab_agent(f->lab, f->policy, child, 1, &f->agent, err);
}

static titr_status follow_episode(follower *f, size_t i, float *p, titr_error *err)
{
    const titri_ope_log *log = f->log;
    const titr_observer *observer = &f->lab->policy[f->policy].def->observe;
    const titr_rng_key key = {.patient = f->lab->cohort.child[log->child[i]].patient.key};
    const unsigned char running = 1;
    TITR_TRY(change_child(f, log->child[i], err));
    for (size_t k = log->first[i]; k < log->first[i + 1]; k++) {
        const float *row = &log->obs[k * log->n_obs];
        const uint32_t index = (uint32_t)(k - log->first[i]);
        const unsigned char first = index == 0;
        TITR_TRY(check_settings(f, row, log->child[i], err));
        titri_sight_see(&f->sight, row, first);
        titr_observer_fill(observer, &f->sight.record, f->obs);
        const titr_batch batch = {1,      &f->sight.record, f->obs, &log->mask[k * log->n_levels],
                                  &first, &running,         &key,   &index};
        TITR_TRY(titr_agent_probabilities(f->agent, &batch, log->n_levels, f->p, err));
        for (size_t a = 0; a < log->n_levels; a++) {
            p[k * log->n_levels + a] = (float)f->p[a];
        }
    }
    return TITR_OK;
}

titr_status titri_ope_probabilities(const titri_lab *lab, const titri_ope_log *log, size_t policy,
                                    float *p, titr_error *err)
{
    follower *f = calloc(1, sizeof *f);
    double *obs = calloc(titr_observer_size(&lab->policy[policy].def->observe) + 1, sizeof *obs);
    titr_status st = TITR_OK;
    if (f == NULL || obs == NULL) {
        st = titr_fail(err, TITR_ERR_NOMEM, "no memory to follow a log");
    } else {
        *f = (follower){.lab = lab, .log = log, .policy = policy, .obs = obs};
        titri_sight_init(&f->sight, lab, log->n_obs);
        for (size_t i = 0; st == TITR_OK && i < log->n; i++) {
            st = follow_episode(f, i, p, err);
        }
        titr_agent_destroy(f->agent);
    }
    free(obs);
    free(f);
    return st;
}

/* --- what it truly earns --- */

static double return_of(const titri_lab *lab, const titr_trajectory *t, double horizon_h)
{
    double sum = 0.0, weight = 1.0;
    for (size_t k = 0; k < t->n && (double)t->time_min[k] < 60.0 * horizon_h - 1e-6; k++) {
        sum += weight * (double)t->reward[k];
        weight *= titri_ope_discount(lab, (double)t->elapsed_min[k]);
    }
    return sum;
}

/* One child's mean returns into the sums over children, and their squared standard errors.
 * @param[out] value [n_seeds] work space. @return TITR_ERR_SOLVER if all its episodes faulted. */
static titr_status play_child(const titri_lab *lab, size_t policy, size_t child, titr_trajectory *t,
                              double *value, double *mean, double *squared_se, titr_error *err)
{
    const titr_reals *horizons = &lab->e->ope.horizons_h;
    const titri_ward ward = {policy, child, 1, titri_lab_test_seeds(lab), TITRI_PLAIN};
    TITR_TRY(titri_episodes(lab, &ward, t, err));
    for (size_t h = 0; h < horizons->n; h++) {
        size_t n = 0;
        for (size_t l = 0; l < ward.n_seeds; l++) {
            if (t[l].end != TITR_END_FAULT) {
                value[n++] = return_of(lab, &t[l], horizons->v[h]);
            }
        }
        if (n == 0) {
            return titr_fail(err, TITR_ERR_SOLVER, "policy %s: all episodes of %s faulted",
                             lab->policy[policy].def->name, t[0].patient);
        }
        const double sd = titr_sd(value, n);
        mean[h] += titr_mean(value, n);
        squared_se[h] += sd * sd / (double)n;
    }
    return TITR_OK;
}

titr_status titri_ope_truth(const titri_lab *lab, size_t policy, double *mean, double *se,
                            titr_error *err)
{
    const size_t n_seeds = titri_lab_test_seeds(lab), n_horizons = lab->e->ope.horizons_h.n;
    double *value = calloc(n_seeds, sizeof *value);
    titr_trajectory *t = calloc(n_seeds, sizeof *t);
    titr_status st = value == NULL || t == NULL
                         ? titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu episodes", n_seeds)
                         : TITR_OK;
    for (size_t l = 0; t != NULL && l < n_seeds; l++) {
        titr_trajectory_init(&t[l]);
    }
    for (size_t h = 0; h < n_horizons; h++) {
        mean[h] = se[h] = 0.0;
    }
    for (size_t c = 0; st == TITR_OK && c < lab->cohort.n; c++) {
        st = play_child(lab, policy, c, t, value, mean, se, err);
    }
    for (size_t h = 0; h < n_horizons; h++) {
        mean[h] /= (double)lab->cohort.n;
        se[h] = sqrt(se[h]) / (double)lab->cohort.n;
    }
    for (size_t l = 0; t != NULL && l < n_seeds; l++) {
        titr_trajectory_fini(&t[l]);
    }
    free(t);
    free(value);
    return st;
}
