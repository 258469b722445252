// SPDX-License-Identifier: GPL-3.0-or-later
/* Policies judged from the decisions of another one: each policy is a job of its own, jobs run side
 * by side and write rows of their own, so that the result does not depend on threads. */
#include "titrate/runner/ope.h"

#include "guard.h"
#include "ope_estimate.h"
#include "ope_sheets.h"
#include "ope_target.h"
#include "study.h"
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Look for Ctrl-C after so many rounds of a fit. */
#define ROUNDS_BETWEEN_LOOKS 4
#define LEAST_ROUNDS 100

typedef struct judging {
    titri_lab *lab;
    titri_ope_log log;
    size_t *policy, n; /* [n] who is judged */
    int truth;
    titr_judgement *out;
    size_t done, total; /* steps of the work */
} judging;

static int is_stopped(const judging *j)
{
    return titri_stopped(j->lab->watch);
}

static void step_done(judging *j)
{
#pragma omp critical(titri_judging)
    titri_progress(j->lab->watch, "judging, policies and horizons", ++j->done, j->total);
}

/* --- one policy and horizon --- */

static titr_status fit(const judging *j, size_t policy, titri_ope_cut *cut, titr_error *err)
{
    const titr_experiment *e = j->lab->e;
    const double steps = fmax(cut->steps, LEAST_ROUNDS);
    const int64_t rounds = e->ope.rounds > 0 ? e->ope.rounds : (int64_t)steps;
    const titr_fqe_def def = {.hidden = e->ope.hidden,
                              .learning_rate = e->ope.learning_rate,
                              .batch = e->ope.batch,
                              .steps = e->ope.steps,
                              .rounds = rounds,
                              .deterministic = e->ope.deterministic,
                              .seed = titri_lab_seed(j->lab, policy, 0)};
    titr_fqe *f = NULL;
    TITR_TRY(titr_fqe_create(&def, &cut->fqe, &f, err));
    titr_status st = TITR_OK;
    for (int64_t k = 0; st == TITR_OK && k < rounds; k++) {
        st = k % ROUNDS_BETWEEN_LOOKS == 0 && is_stopped(j) ? TITR_ERR_STOPPED
                                                            : titr_fqe_round(f, err);
    }
    st = st == TITR_OK ? titr_fqe_values(f, cut->q, err) : st;
    titr_fqe_destroy(f);
    return st;
}

/* Rows of a policy and horizon: one per estimator. */
static titr_judged *rows_of(const judging *j, size_t k, size_t horizon)
{
    return &j->out->row[(horizon * j->n + k) * TITR_OPE_N];
}

static titr_status judge_horizon(judging *j, size_t k, size_t horizon, const float *p,
                                 titr_error *err)
{
    const double horizon_h = j->lab->e->ope.horizons_h.v[horizon];
    titri_ope_cut cut;
    titr_status st = titri_ope_cut_make(&cut, j->lab, &j->log, p, horizon_h, err);
    st = st == TITR_OK ? fit(j, j->policy[k], &cut, err) : st;
    if (st == TITR_OK) {
        titri_ope_cut_values(&cut);
    }
    for (size_t m = 0; st == TITR_OK && m < TITR_OPE_N; m++) {
        st = is_stopped(j)
                 ? TITR_ERR_STOPPED
                 : titri_ope_estimate(j->lab, &j->log, &cut.ope, &rows_of(j, k, horizon)[m], err);
    }
    titri_ope_cut_fini(&cut);
    step_done(j);
    return st;
}

/* --- one policy --- */

static titr_status judge_truth(judging *j, size_t k, titr_error *err)
{
    double mean[TITR_REALS_MAX], se[TITR_REALS_MAX];
    TITR_TRY(titri_ope_truth(j->lab, j->policy[k], mean, se, err));
    for (size_t h = 0; h < j->lab->e->ope.horizons_h.n; h++) {
        for (size_t m = 0; m < TITR_OPE_N; m++) {
            rows_of(j, k, h)[m].truth = mean[h];
            rows_of(j, k, h)[m].truth_se = se[h];
        }
    }
    step_done(j);
    return TITR_OK;
}

static titr_status judge_policy(judging *j, size_t k, titr_error *err)
{
    const size_t rows = j->log.first[j->log.n];
    float *p = calloc(rows * j->log.n_levels + 1, sizeof *p);
    if (p == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu decisions", rows);
    }
    titr_status st = titri_ope_probabilities(j->lab, &j->log, j->policy[k], p, err);
    for (size_t h = 0; st == TITR_OK && h < j->lab->e->ope.horizons_h.n; h++) {
        st = judge_horizon(j, k, h, p, err);
    }
    free(p);
    return st == TITR_OK && j->truth ? judge_truth(j, k, err) : st;
}

static titr_status judge_policies(judging *j, titr_error *err)
{
    titr_status worst = TITR_OK;
#pragma omp parallel for schedule(dynamic)
    for (size_t k = 0; k < j->n; k++) {
        titr_error own = {.what = ""};
        titr_status before;
#pragma omp atomic read
        before = worst;
        const titr_status st = before == TITR_OK ? judge_policy(j, k, &own) : before;
#pragma omp critical(titri_error)
        {
            if (st != TITR_OK && worst == TITR_OK) {
                worst = st;
                if (err != NULL) {
                    *err = own;
                }
            }
        }
    }
    return worst == TITR_ERR_STOPPED
               ? titr_fail(err, worst, "off-policy evaluation stopped; nothing was written")
               : worst;
}

/* --- who is judged --- */

/* One of the data's own episodes must not be what the policy learned from. */
static titr_status check_study(const judging *j, size_t policy, titr_error *err)
{
    const titr_policy_def *def = j->lab->policy[policy].def;
    const char *own = j->lab->policy[policy].data_sha256;
    char path[TITR_TEXT_MAX * 3], data[TITR_SHA256_HEX];
    if (own[0] == '\0') {
        return TITR_OK;
    }
    titri_ope_data_path(j->lab->e, path, sizeof path);
    TITR_TRY(titri_study_sha256(path, data, err));
    for (size_t i = 0; strcmp(data, own) == 0 && i < j->log.n; i++) {
        const size_t child = j->log.child[i], job = titri_lab_job(j->lab, policy, child);
        if (titri_lab_in_job(j->lab, policy, job, child)) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "policy %s has learned from the episodes of %s in %s: they say "
                             "nothing new about it",
                             def->name, j->lab->cohort.child[child].patient.id, path);
        }
    }
    return TITR_OK;
}

/* Whether the policy chooses levels: by its first episode. */
static titr_status try_policy(const judging *j, size_t policy, titr_error *err)
{
    titri_ope_log first = j->log;
    first.n = 1;
    const titr_policy_def *def = j->lab->policy[policy].def;
    if (!titri_has_variant(j->lab->e, def, TITRI_PLAIN)) {
        return titr_fail(err, TITR_ERR_ARG,
                         "policy %s acts behind the shield: what is given is not what it chooses",
                         def->name);
    }
    float *p = calloc(first.first[1] * first.n_levels + 1, sizeof *p);
    if (p == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for an episode");
    }
    titr_error inner = {.what = ""};
    titr_status st = titri_ope_probabilities(j->lab, &first, policy, p, &inner);
    free(p);
    if (st == TITR_ERR_ARG) {
        return titr_fail(err, st, "policy %s: %s: it cannot be judged from data", def->name,
                         inner.what);
    }
    if (st != TITR_OK) {
        return titr_fail(err, st, "%s", inner.what);
    }
    return check_study(j, policy, err);
}

/* Policies that cannot be judged are left out with a notice, unless one is asked for by name. */
static titr_status choose_policies(judging *j, const char *only, titr_error *err)
{
    j->policy = calloc(j->lab->n_policies + 1, sizeof *j->policy);
    if (j->policy == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the policies");
    }
    for (size_t p = 0; p < j->lab->n_policies; p++) {
        titr_error own = {.what = ""};
        if (only != NULL && !titri_lab_named(j->lab, p, only)) {
            continue;
        }
        const titr_status st = try_policy(j, p, &own);
        if (st == TITR_ERR_ARG && only == NULL) {
            titri_notice(j->lab->watch, "%s", own.what);
        } else if (st != TITR_OK) {
            return titr_fail(err, st, "%s", own.what);
        } else {
            j->policy[j->n++] = p;
        }
    }
    return j->n > 0 ? TITR_OK
                    : titr_fail(err, TITR_ERR_CONFIG,
                                "policies: none of them chooses levels: there is nobody to judge");
}

/* --- the whole --- */

static titr_status make_rows(judging *j, titr_error *err)
{
    titr_judgement *out = j->out;
    const titr_experiment *e = j->lab->e;
    (void)snprintf(out->data_policy, sizeof out->data_policy, "%.*s", TITR_NAME_MAX - 1,
                   e->ope.data_policy);
    out->episodes = j->log.n;
    out->faults = j->log.faults;
    for (size_t c = 0; c < j->lab->cohort.n; c++) {
        size_t own = 0;
        for (size_t i = 0; i < j->log.n; i++) {
            own += j->log.child[i] == c;
        }
        out->children += own > 0;
    }
    out->n = e->ope.horizons_h.n * j->n * TITR_OPE_N;
    out->row = calloc(out->n + 1, sizeof *out->row);
    if (out->row == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu estimates", out->n);
    }
    for (size_t r = 0; r < out->n; r++) {
        titr_judged *row = &out->row[r];
        const size_t k = r / TITR_OPE_N % j->n;
        row->method = (titr_ope_method)(r % TITR_OPE_N);
        row->horizon_h = e->ope.horizons_h.v[r / TITR_OPE_N / j->n];
        row->lo = row->hi = row->truth = row->truth_se = (double)NAN;
        (void)snprintf(row->policy, sizeof row->policy, "%.*s", TITR_NAME_MAX - 1,
                       j->lab->policy[j->policy[k]].def->name);
    }
    return TITR_OK;
}

static titr_status judge_all(judging *j, const char *only, titr_error *err)
{
    TITR_TRY(titri_ope_log_read(&j->log, j->lab, err));
    if (titri_has_learners(j->lab)) {
        TITR_TRY(titri_load_agents(j->lab, err));
    }
    if (j->log.faults > 0) {
        titri_notice(j->lab->watch, "%zu episodes of '%s' ended by a fault and are left out",
                     j->log.faults, j->lab->e->ope.data_policy);
    }
    TITR_TRY(choose_policies(j, only, err));
    TITR_TRY(make_rows(j, err));
    j->total = j->n * (j->lab->e->ope.horizons_h.n + (j->truth ? 1 : 0));
    TITR_TRY(judge_policies(j, err));
    TITR_TRY(j->truth ? titri_judge_accuracy(j->out, j->n, err) : TITR_OK);
    return titri_judge_write(j->lab->e, j->out, err);
}

static titr_status check(const titr_experiment *e, titr_error *err)
{
    if (e->ope.data_policy[0] == '\0') {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "ope.data_policy: none, expected the policy of the run whose decisions "
                         "are the data");
    }
    if (e->ope.horizons_h.n == 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "ope.horizons_h: none, expected at least one, e.g. [6, 24]");
    }
    return TITR_OK;
}

titr_status titr_judge(const titr_experiment *e, const char *policy, int truth,
                       const titr_watch *watch, titr_judgement *out, titr_error *err)
{
    titr_judgement made = {.row = NULL};
    judging j = {.truth = truth, .out = &made};
    TITR_TRY(check(e, err));
    titr_status st = titri_lab_create(e, watch, &j.lab, err);
    st = st == TITR_OK ? judge_all(&j, policy, err) : st;
    titri_ope_log_fini(&j.log);
    titri_lab_destroy(j.lab);
    free(j.policy);
    if (st != TITR_OK) {
        titr_judgement_fini(&made);
        return st;
    }
    *out = made;
    return TITR_OK;
}
