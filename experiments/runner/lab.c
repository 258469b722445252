// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes an experiment ready to run and answers what belongs to which policy and child. */
#include "lab.h"
#include "task.h"

#include "titrate/base/rng.h"
#include "titrate/base/units.h"
#include "titrate/env/reward.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void titri_notice(const titr_watch *watch, const char *fmt, ...)
{
    if (watch == NULL || watch->notice == NULL) {
        return;
    }
    char line[512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
#pragma omp critical(titri_notice)
    watch->notice(watch->context, line);
}

void titri_progress(const titr_watch *watch, const char *what, size_t done, size_t total)
{
    if (watch != NULL && watch->progress != NULL) {
        watch->progress(watch->context, what, done, total);
    }
}

int titri_stopped(const titr_watch *watch)
{
    return watch != NULL && watch->stop != NULL && watch->stop(watch->context);
}

void titr_run_path(const titr_experiment *e, const char *suffix, char *path, size_t size)
{
    (void)snprintf(path, size, "%s/%s%s", e->output.folder, e->name, suffix);
}

double titri_whole_intervals_min(const titr_env_def *env, double days)
{
    const double interval_min = env->decision_interval_min;
    return ceil(days * TITR_MIN_PER_DAY / interval_min) * interval_min;
}

size_t titri_lab_test_seeds(const titri_lab *lab)
{
    const titr_experiment *e = lab->e;
    const int64_t all = e->split.seeds_test_to - e->split.seeds_test_from + 1;
    const int64_t wanted = e->evaluate.episodes_per_child;
    return (size_t)(wanted > 0 && wanted < all ? wanted : all);
}

titr_score_what titri_lab_score(const titri_lab *lab)
{
    const titr_score_what score = (titr_score_what)lab->e->train.score;
    const titr_score_what usual =
        lab->e->task.type != NULL ? TITR_SCORE_RETURN : TITR_SCORE_TIR_ITT;
    return score != TITR_SCORE_AUTO ? score : usual;
}

size_t titri_lab_job(const titri_lab *lab, size_t policy, size_t child)
{
    return lab->policy[policy].def->scope == TITR_SCOPE_PER_CHILD ? child
                                                                  : child % titri_lab_folds(lab);
}

size_t titri_lab_folds(const titri_lab *lab)
{
    return lab->e->task.type != NULL ? 1 : (size_t)lab->e->split.folds;
}

int titri_lab_in_job(const titri_lab *lab, size_t policy, size_t job, size_t child)
{
    const int own = titri_lab_job(lab, policy, child) == job;
    if (lab->policy[policy].def->scope == TITR_SCOPE_PER_CHILD) {
        return own;
    }
    return titri_lab_folds(lab) == 1 || !own; /* one fold: nobody is left out */
}

const titr_therapy *titri_lab_therapy(const titri_lab *lab, size_t policy, size_t child)
{
    switch (lab->policy[policy].def->settings) {
    case TITR_SETTINGS_TITRATED:
        return &lab->titrated[child];
    case TITR_SETTINGS_TYPED:
        return &lab->typed[policy * lab->cohort.n + child];
    default:
        return &lab->cohort.child[child].published;
    }
}

titr_therapy titri_lab_evaluated(const titri_lab *lab, size_t policy, size_t child)
{
    titr_therapy t = *titri_lab_therapy(lab, policy, child);
    const titr_experiment *e = lab->e;
    for (size_t hour = 0; e->task.type == NULL && hour < 24; hour++) {
        t.basal_u_per_h[hour] *= e->evaluate.basal_factor;
        t.cr_g_per_u[hour] *= e->evaluate.cr_factor;
        t.cf_mg_dl_per_u[hour] *= e->evaluate.cf_factor;
    }
    return t;
}

titr_env_def titri_lab_env(const titri_lab *lab, size_t policy, int training)
{
    titr_env_def def = lab->env;
    if (training && lab->e->train_solver.type != NULL) {
        def.solver = lab->e->train_solver;
    }
    if (def.task.type == NULL && isnan(lab->e->terminal_penalty) && def.ends_at_limits) {
        def.terminal_penalty = titr_terminal_penalty_min(
            def.reward, def.limit_lo_mg_dl, def.limit_hi_mg_dl,
            lab->policy[policy].def->gamma_half_life_min, def.decision_interval_min);
    }
    return def;
}

static titr_env_def env_of(const titr_experiment *e, const titr_model_type *model,
                           const titr_model_mode *mode)
{
    titr_env_def def = {
        .model = model,
        .mode = mode,
        .solver = e->solver,
        .n_scenario = e->scenario.n_parts,
        .sensor = e->sensor,
        .pump = e->delivery,
        .actions = e->actions,
        .reward = e->reward,
        .terminal_penalty = isnan(e->terminal_penalty) ? 0.0 : e->terminal_penalty,
        .horizon_min = e->scenario.horizon_days * TITR_MIN_PER_DAY,
        .decision_interval_min = e->scenario.decision_interval_min,
        .clock_start_min = e->scenario.clock_start_min,
        .limit_lo_mg_dl = e->scenario.limit_lo_mg_dl,
        .limit_hi_mg_dl = e->scenario.limit_hi_mg_dl,
        .ends_at_limits = e->scenario.ends_at_limits,
        .announce = (titr_announce)e->scenario.announce,
        .announce_delay_min = e->scenario.announce_delay_min,
        .insulin_sensitivity = e->body.insulin_sensitivity,
        .iob_peak_min = e->iob.peak_min,
        .iob_duration_min = e->iob.duration_min,
        .vector_bits = e->vector_bits,
    };
    memcpy(def.scenario, e->scenario.part, sizeof def.scenario);
    return def;
}

static const titr_model_mode *mode_of(const titr_model_type *model, const titr_experiment *e)
{
    const size_t mode = titr_model_mode_find(model, e->body.mode);
    return mode < model->n_modes ? &model->modes[mode] : NULL;
}

static titr_status find_body(titri_lab *lab, titr_error *err)
{
    const titr_experiment *e = lab->e;
    lab->model = titr_model_find(e->body.model);
    if (lab->model == NULL) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "body.model: no model '%s'", e->body.model);
    }
    lab->mode = mode_of(lab->model, e);
    if (lab->mode == NULL) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "body.mode: model %s has no mode '%s'",
                         e->body.model, e->body.mode);
    }
    return TITR_OK;
}

/* "typed": what the user typed, where typed; the rest as published. */
static void type_child(const titr_policy_def *d, const titr_therapy *own, titr_therapy *typed)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): list_policies gives each a def */
    const double basal = d->settings_basal_u_per_h, cr = d->settings_cr_g_per_u;
    const double cf = d->settings_cf_mg_dl_per_u, target = d->settings_target_mg_dl;
    titr_therapy_flat(typed, basal > 0.0 ? basal : own->basal_u_per_h[0],
                      cr > 0.0 ? cr : own->cr_g_per_u[0], cf > 0.0 ? cf : own->cf_mg_dl_per_u[0],
                      target > 0.0 ? target : own->target_mg_dl[0], own->tdi_u_per_day);
}

static titr_status type_settings(titri_lab *lab, titr_error *err)
{
    lab->typed = calloc(lab->n_policies * lab->cohort.n + 1, sizeof *lab->typed);
    if (lab->typed == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the therapy settings");
    }
    for (size_t p = 0; p < lab->n_policies; p++) {
        for (size_t c = 0; c < lab->cohort.n; c++) {
            type_child(lab->policy[p].def, &lab->cohort.child[c].published,
                       &lab->typed[p * lab->cohort.n + c]);
        }
    }
    return TITR_OK;
}

/* Settings of all children, in parallel: each child depends on itself alone. */
static titr_status titrate_settings(titri_lab *lab, titr_error *err)
{
    int wanted = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): list_policies gives each a def */
        wanted |= lab->policy[p].def->settings == TITR_SETTINGS_TITRATED;
    }
    lab->titrated = calloc(lab->cohort.n + 1, sizeof *lab->titrated);
    if (lab->titrated == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the therapy settings");
    }
    titr_status worst = TITR_OK;
    if (wanted) {
#pragma omp parallel for schedule(dynamic)
        for (size_t c = 0; c < lab->cohort.n; c++) {
            titr_error own = {0};
            const titr_status st =
                titri_titrate(lab, &lab->cohort.child[c], &lab->titrated[c], &own);
            if (st != TITR_OK) {
#pragma omp critical(titri_error)
                {
                    worst = st;
                    if (err != NULL) {
                        *err = own;
                    }
                }
            }
        }
    }
    return worst;
}

/* Load what scenario parts name (a dosing record, say); lab_destroy releases it. */
static titr_status prepare_scenario(titri_lab *lab, titr_error *err)
{
    for (size_t i = 0; i < lab->env.n_scenario; i++) {
        const titr_scenario_type *type = lab->env.scenario[i].type;
        titr_error inner = {0};
        const titr_status st =
            type->prepare != NULL ? type->prepare(lab->env.scenario[i].def, &inner) : TITR_OK;
        if (st != TITR_OK) {
            const int of_events = lab->e->scenario.events[0] != '\0';
            return titr_fail(err, st, "scenario.%s: %s", of_events ? "events" : "parts",
                             inner.what);
        }
        lab->n_prepared++;
    }
    return TITR_OK;
}

static void release_scenario(titri_lab *lab)
{
    for (size_t i = 0; i < lab->n_prepared; i++) {
        const titr_scenario_type *type = lab->env.scenario[i].type;
        if (type->release != NULL) {
            type->release(lab->env.scenario[i].def);
        }
    }
}

titr_status titri_lab_enter(const titri_lab *lab, const titr_experiment *e, titri_lab *cell,
                            titr_error *err)
{
    *cell = *lab;
    cell->e = e;
    cell->n_prepared = 0;
    cell->mode = mode_of(lab->model, e);
    if (cell->mode == NULL) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "body.mode: model %s has no mode '%s'",
                         lab->model->part.name, e->body.mode);
    }
    cell->env = env_of(e, cell->model, cell->mode);
    return prepare_scenario(cell, err);
}

void titri_lab_leave(titri_lab *cell)
{
    release_scenario(cell);
}

/* Who lives in which world. */
static titr_status fill_world(titri_lab *lab, titr_error *err)
{
    const titr_experiment *e = lab->e;
    if (e->task.type != NULL) {
        lab->env = titri_task_env(e->task);
        return titri_task_cohort(e->task, &lab->cohort, err);
    }
    TITR_TRY(find_body(lab, err));
    const titr_cohort_request who = titr_experiment_cohort(e);
    TITR_TRY(titr_cohort_load(&who, lab->model, &lab->cohort, err));
    if (e->cohort.path[0] != '\0' && lab->cohort.note[0] != '\0') {
        titri_notice(lab->watch, "%s: %s", e->cohort.path, lab->cohort.note);
    } else if (strcmp(e->cohort.source, "sample") == 0) {
        titri_notice(lab->watch, "%s", lab->cohort.note);
    }
    lab->env = env_of(e, lab->model, lab->mode);
    return prepare_scenario(lab, err);
}

/* All that takes time: settings and options that are found by trying. */
static titr_status tune_all(titri_lab *lab, int learners_only, titr_error *err)
{
    TITR_TRY(titrate_settings(lab, err));
    for (size_t p = 0; p < lab->n_policies; p++) {
        const int tuned = lab->policy[p].def->tuned;
        if (tuned != TITR_TUNED_NO && (!learners_only || titri_lab_learns(lab, p))) {
            TITR_TRY(tuned == TITR_TUNED_POPULATION ? titri_tune_population(lab, p, err)
                                                    : titri_tune(lab, p, err));
        }
    }
    return TITR_OK;
}

titr_status titri_lab_prepare(const titr_experiment *e, const titr_watch *watch, titri_lab **out,
                              titr_error *err)
{
    titri_lab *lab = calloc(1, sizeof *lab);
    if (lab == NULL) {
        (void)titr_fail(err, TITR_ERR_NOMEM, "no memory for the experiment");
        return TITR_ERR_NOMEM;
    }
    lab->e = e;
    lab->watch = watch;
    titr_status st = fill_world(lab, err);
    st = st == TITR_OK ? titri_lab_list_policies(lab, err) : st;
    st = st == TITR_OK ? type_settings(lab, err) : st;
    if (st != TITR_OK) {
        titri_lab_destroy(lab);
        return st;
    }
    *out = lab;
    return TITR_OK;
}

static titr_status create(const titr_experiment *e, int learners_only, const titr_watch *watch,
                          titri_lab **out, titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_prepare(e, watch, &lab, err));
    const titr_status st = tune_all(lab, learners_only, err);
    if (st != TITR_OK) {
        titri_lab_destroy(lab);
        return st;
    }
    *out = lab;
    return TITR_OK;
}

titr_status titri_lab_create(const titr_experiment *e, const titr_watch *watch, titri_lab **out,
                             titr_error *err)
{
    return create(e, 0, watch, out, err);
}

titr_status titri_lab_create_school(const titr_experiment *e, const titr_watch *watch,
                                    titri_lab **out, titr_error *err)
{
    return create(e, 1, watch, out, err);
}

void titri_lab_destroy(titri_lab *lab)
{
    if (lab == NULL) {
        return;
    }
    for (size_t p = 0; lab->policy != NULL && p < lab->n_policies; p++) {
        titri_policy_fini(&lab->policy[p], lab->cohort.n);
    }
    release_scenario(lab);
    free(lab->policy);
    free(lab->typed);
    free(lab->titrated);
    titr_cohort_fini(&lab->cohort);
    free(lab);
}
