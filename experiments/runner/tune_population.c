// SPDX-License-Identifier: GPL-3.0-or-later
/* Tuning for a population: one setting per fold, found on the children of the other folds.
 *
 *   a trial plays every training child on the first `seeds` training seeds, `episode_days` each
 *   score = mean over children of (time in range of the whole horizon %                        (1)
 *             - 0.5 low - 10 very low) - 5 max(0, low - 1.2) - 60 failed
 *
 * low, very low = time below 70, 54 mg/dL of the whole horizon, %; failed = share of episodes that
 * a clinical limit ended. What such an episode did not live counts as out of range, as in
 * tir_itt. 1.2 % leaves room below the 2 % that a policy is held to on new children: low is the
 * mean over children, as there. Trials go on until their simulated days are used up: as many as a
 * learner's training job plays, so that both are paid the same. A trial in which the solver fails
 * has no score.
 *
 * The search (search.h) follows from the scores alone. So those are all that a stopped tuning
 * saves, and going on is the search once more, with the scores known so far. */
#include "guard.h"
#include "search.h"

#include "titrate/base/clinical.h"
#include "titrate/base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOW_WEIGHT 0.5
#define VERY_LOW_WEIGHT 10.0
#define LOW_PERCENT 1.2
#define LOW_EXCESS_WEIGHT 5.0
#define FAILED_WEIGHT 60.0

/* Decisions of one child in a trial. */
typedef struct tally {
    double in_range, low, very_low, failed, faults;
} tally;

/* Scores of all folds, in the order of the trials. */
typedef struct book {
    double *score;  /* [n_folds][row] */
    int64_t *tried; /* [n_folds] */
    double *value;  /* [n_folds][TITRI_AXES_MAX] the best */
    size_t n_folds, row;
} book;

typedef struct tuning {
    const titri_lab *lab;
    size_t policy, fold, n_children;
    size_t *child; /* [n_children] who is played */
    tally *tally;  /* [n_children] */
    book *book;
} tuning;

double titri_tune_days(const titr_experiment *e)
{
    int64_t most = 0;
    for (size_t p = 0; p < e->n_policies; p++) {
        const titr_agent_type *type = e->policy[p].agent.type;
        const int64_t own =
            e->policy[p].train_steps > 0 ? e->policy[p].train_steps : e->train.steps;
        most = type->learns && own > most ? own : most;
    }
    const double steps = (double)(most > 0 ? most : e->train.steps);
    return isnan(e->tune.days) ? steps * e->scenario.decision_interval_min / TITR_MIN_PER_DAY
                               : e->tune.days;
}

/* An episode of a trial. */
static titr_env_def env_of(const titri_lab *lab, size_t policy)
{
    titr_env_def def = titri_lab_env(lab, policy, 1);
    def.horizon_min =
        fmin(def.horizon_min, titri_whole_intervals_min(&def, lab->e->tune.episode_days));
    return def;
}

double titri_tune_trial_days(const titri_lab *lab, size_t n_children)
{
    return env_of(lab, 0).horizon_min / TITR_MIN_PER_DAY * (double)lab->e->tune.seeds *
           (double)n_children;
}

static void count(const titri_roller *r, tally *sum)
{
    for (size_t l = 0; l < r->n; l++) {
        if (r->acted[l]) {
            const double glucose_mg_dl = (double)r->row[l].glucose_mg_dl;
            sum->in_range += glucose_mg_dl >= TITR_LOW_MG_DL && glucose_mg_dl <= TITR_HIGH_MG_DL;
            sum->low += glucose_mg_dl < TITR_LOW_MG_DL;
            sum->very_low += glucose_mg_dl < TITR_VERY_LOW_MG_DL;
            sum->failed += r->view->end[l] == TITR_END_TERMINATED;
            sum->faults += r->view->end[l] == TITR_END_FAULT;
        }
    }
}

static titr_status play(const tuning *t, titri_roller *roller, const titr_lane_start *start,
                        tally *sum, titr_error *err)
{
    TITR_TRY(titri_roller_start(roller, start, roller->n, err));
    while (titri_roller_running(roller) > 0) {
        if (titri_stopped(t->lab->watch)) {
            return TITR_ERR_STOPPED;
        }
        TITR_TRY(titri_roller_step(roller, TITR_ACT_GREEDY, err));
        count(roller, sum);
    }
    return TITR_OK;
}

static titr_status play_child(const tuning *t, size_t child, tally *sum, titr_error *err)
{
    const titri_lab *lab = t->lab;
    const size_t n = (size_t)lab->e->tune.seeds;
    const titr_env_def def = env_of(lab, t->policy);
    titr_agent *agent = NULL;
    titri_roller *roller = NULL;
    titr_lane_start *start = calloc(n, sizeof *start);
    *sum = (tally){0};
    if (start == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu episodes", n);
    }
    for (size_t k = 0; k < n; k++) {
        start[k] = (titr_lane_start){k, &lab->cohort.child[child],
                                     titri_lab_therapy(lab, t->policy, child), lab->e->seed,
                                     (uint32_t)(lab->e->split.seeds_train_from + (int64_t)k)};
    }
    titr_status st = titri_lab_agent(lab, t->policy, child, n, &agent, err);
    if (st == TITR_OK) {
        st =
            titri_roller_create(&def, &lab->policy[t->policy].def->observe, agent, n, &roller, err);
    }
    st = st == TITR_OK ? titri_guard_training(lab, t->policy, roller, err) : st;
    st = st == TITR_OK ? play(t, roller, start, sum, err) : st;
    titri_roller_destroy(roller);
    titr_agent_destroy(agent);
    free(start);
    return st;
}

static titr_status play_children(const tuning *t, titr_error *err)
{
    titr_status worst = TITR_OK;
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < t->n_children; i++) {
        titr_error own = {.what = ""};
        const titr_status st = play_child(t, t->child[i], &t->tally[i], &own);
        if (st != TITR_OK) {
#pragma omp critical(titri_error)
            {
                worst = worst == TITR_OK || worst == TITR_ERR_STOPPED ? st : worst;
                if (err != NULL) {
                    *err = own;
                }
            }
        }
    }
    return worst;
}

/* Equation (1), summed in the order of the children. */
static double judge(const tuning *t)
{
    const titr_env_def def = env_of(t->lab, t->policy);
    const double episodes = (double)t->lab->e->tune.seeds * (double)t->n_children;
    const double decisions = episodes * def.horizon_min / def.decision_interval_min;
    tally all = {0};
    for (size_t i = 0; i < t->n_children; i++) {
        all.in_range += t->tally[i].in_range;
        all.low += t->tally[i].low;
        all.very_low += t->tally[i].very_low;
        all.failed += t->tally[i].failed;
        all.faults += t->tally[i].faults;
    }
    const double low_percent = 100.0 * all.low / decisions;
    const double score = 100.0 * (all.in_range - VERY_LOW_WEIGHT * all.very_low) / decisions -
                         LOW_WEIGHT * low_percent -
                         LOW_EXCESS_WEIGHT * fmax(0.0, low_percent - LOW_PERCENT) -
                         FAILED_WEIGHT * all.failed / episodes;
    return all.faults > 0.0 ? (double)NAN : score;
}

static size_t trials_of(const tuning *t)
{
    const double days = titri_tune_days(t->lab->e);
    return (size_t)fmax(1.0, floor(days / titri_tune_trial_days(t->lab, t->n_children)));
}

static void tell_progress(const tuning *t)
{
    char what[TITR_TEXT_MAX];
    (void)snprintf(what, sizeof what, "tuning %.60s, trials of fold %zu/%zu",
                   t->lab->policy[t->policy].def->name, t->fold + 1, t->book->n_folds);
    titri_progress(t->lab->watch, what, (size_t)t->book->tried[t->fold], trials_of(t));
}

/* All children's slots hold the setting under trial; what was found is written at the end. */
static void set_all(const tuning *t, const double *value)
{
    const titri_policy *p = &t->lab->policy[t->policy];
    for (size_t c = 0; c < t->lab->cohort.n; c++) {
        titri_tune_set(p->def->agent.type, value, p->tuned[c].def);
    }
}

/* titri_score_fn: as written in the book, or by playing. */
static titr_status score(void *context, size_t trial, const double *value, double *out,
                         titr_error *err)
{
    tuning *t = context;
    double *row = &t->book->score[t->fold * t->book->row];
    if (trial >= (size_t)t->book->tried[t->fold]) {
        set_all(t, value);
        TITR_TRY(play_children(t, err));
        row[trial] = judge(t);
        t->book->tried[t->fold] = (int64_t)trial + 1;
    }
    *out = row[trial];
    tell_progress(t);
    return TITR_OK;
}

static void tell_result(const tuning *t, const double *value, double best, size_t tried)
{
    const titri_policy *p = &t->lab->policy[t->policy];
    const titr_agent_type *type = p->def->agent.type;
    const double trial = titri_tune_trial_days(t->lab, t->n_children);
    char text[400];
    int n =
        snprintf(text, sizeof text,
                 "%.40s, fold %zu: %zu trials of %g d = %.6g of %.6g simulated days, score %.2f:",
                 p->def->name, t->fold + 1, tried, trial, (double)tried * trial,
                 titri_tune_days(t->lab->e), best);
    for (size_t i = 0; i < type->n_tune && n > 0 && (size_t)n < sizeof text; i++) {
        n +=
            snprintf(text + n, sizeof text - (size_t)n, " %s = %g", type->tune[i].option, value[i]);
    }
    titri_notice(t->lab->watch, "%s", text);
}

static titr_status tune_fold(tuning *t, titr_error *err)
{
    const titri_lab *lab = t->lab;
    const titri_policy *p = &lab->policy[t->policy];
    const titr_agent_type *type = p->def->agent.type;
    const titri_search search = {.axis = type->tune,
                                 .n_axes = type->n_tune,
                                 .most = trials_of(t),
                                 .key = {.seed = lab->e->seed,
                                         .purpose = TITR_PURPOSE_TUNE,
                                         .patient = titr_hash32(p->def->name),
                                         .episode = (uint32_t)t->fold},
                                 .score = score,
                                 .context = t};
    double *value = &t->book->value[t->fold * TITRI_AXES_MAX], best = -HUGE_VAL;
    size_t tried = 0;
    titri_tune_get(type, p->def->agent.def, value);
    TITR_TRY(titri_search_run(&search, value, &best, &tried, err));
    tell_result(t, value, best, tried);
    return TITR_OK;
}

/* The children that fold f is tuned on. */
static void take_children(tuning *t, size_t fold)
{
    t->fold = fold;
    t->n_children = 0;
    for (size_t c = 0; c < t->lab->cohort.n; c++) {
        if (titri_lab_in_job(t->lab, t->policy, fold, c)) {
            t->child[t->n_children++] = c;
        }
    }
}

static titr_status visit_book(void *context, titr_visitor *v, titr_error *err)
{
    book *b = context;
    TITR_TRY(titr_visit_vector(v, "tried", TITR_I64, b->n_folds, b->tried, err));
    return titr_visit_vector(v, "score", TITR_F64, b->n_folds * b->row, b->score, err);
}

static titr_status tune_folds(tuning *t, titr_error *err)
{
    const titri_policy *p = &t->lab->policy[t->policy];
    for (size_t f = 0; f < t->book->n_folds; f++) {
        take_children(t, f);
        if (t->n_children == 0) {
            return titr_fail(err, TITR_ERR_RANGE,
                             "split.folds = %zu leaves no child to tune %s on: fewer folds or more "
                             "children are needed",
                             t->book->n_folds, p->def->name);
        }
        TITR_TRY(tune_fold(t, err));
    }
    for (size_t c = 0; c < t->lab->cohort.n; c++) {
        const size_t fold = titri_lab_job(t->lab, t->policy, c);
        titri_tune_set(p->def->agent.type, &t->book->value[fold * TITRI_AXES_MAX], p->tuned[c].def);
    }
    return TITR_OK;
}

static titr_status make_book(tuning *t, titr_error *err)
{
    book *b = t->book;
    for (size_t f = 0; f < b->n_folds; f++) {
        take_children(t, f);
        const size_t trials = t->n_children > 0 ? trials_of(t) : 0;
        b->row = trials > b->row ? trials : b->row;
    }
    b->score = calloc(b->n_folds * b->row + 1, sizeof *b->score);
    b->tried = calloc(b->n_folds + 1, sizeof *b->tried);
    b->value = calloc(b->n_folds * TITRI_AXES_MAX + 1, sizeof *b->value);
    return b->score != NULL && b->tried != NULL && b->value != NULL
               ? TITR_OK
               : titr_fail(err, TITR_ERR_NOMEM, "no memory for a tuning of %zu trials", b->row);
}

/* What is of no use, because the experiment has changed since, is told and forgotten. */
static void load_book(tuning *t, const char *path, const char *manifest)
{
    book *b = t->book;
    titr_error err = {.what = ""};
    if (titr_checkpoint_load(path, manifest, visit_book, b, &err) != TITR_OK) {
        memset(b->tried, 0, b->n_folds * sizeof *b->tried);
        titri_notice(t->lab->watch, "tuning begins anew: %s", err.what);
    }
}

/* Go on from a stopped tuning of this policy, if there is one; a stop saves where it is. */
static titr_status tune_with_book(tuning *t, titr_error *err)
{
    const titr_experiment *e = t->lab->e;
    char suffix[TITR_TEXT_MAX + 16], path[TITR_TEXT_MAX * 3], *manifest = NULL;
    (void)snprintf(suffix, sizeof suffix, ".%s.tuning.h5", t->lab->policy[t->policy].def->name);
    titr_run_path(e, suffix, path, sizeof path);
    TITR_TRY(titr_experiment_json(e, &manifest, err));
    if (access(path, F_OK) == 0) {
        load_book(t, path, manifest);
    }
    titr_status st = tune_folds(t, err);
    if (st == TITR_ERR_STOPPED) {
        st = titr_checkpoint_save(path, manifest, visit_book, t->book, err);
        st = st != TITR_OK ? st
                           : titr_fail(err, TITR_ERR_STOPPED,
                                       "tuning stopped; %s holds the trials made: the same command "
                                       "goes on from there",
                                       path);
    } else if (st == TITR_OK) {
        (void)unlink(path);
    }
    free(manifest);
    return st;
}

titr_status titri_tune_population(titri_lab *lab, size_t policy, titr_error *err)
{
    titri_policy *p = &lab->policy[policy];
    book notes = {.n_folds = (size_t)lab->e->split.folds};
    tuning t = {.lab = lab, .policy = policy, .book = &notes};
    p->tuned = calloc(lab->cohort.n, sizeof *p->tuned);
    t.child = calloc(lab->cohort.n, sizeof *t.child);
    t.tally = calloc(lab->cohort.n, sizeof *t.tally);
    titr_status st = TITR_OK;
    if (p->tuned == NULL || t.child == NULL || t.tally == NULL) {
        st = titr_fail(err, TITR_ERR_NOMEM, "no memory to tune %s", p->def->name);
    }
    for (size_t c = 0; st == TITR_OK && c < lab->cohort.n; c++) {
        st = titr_slot_copy(&p->tuned[c], p->def->agent, err);
    }
    st = st == TITR_OK ? make_book(&t, err) : st;
    st = st == TITR_OK ? tune_with_book(&t, err) : st;
    free(notes.score);
    free(notes.tried);
    free(notes.value);
    free(t.child);
    free(t.tally);
    return st;
}
