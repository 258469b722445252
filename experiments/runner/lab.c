// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes an experiment ready to run and answers what belongs to which policy and child. */
#include "job.h"

#include "titrate/base/rng.h"
#include "titrate/base/units.h"
#include "titrate/base/visit_memory.h"
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

static const titr_agent_type *agent_type(const titri_lab *lab, size_t policy)
{
    return lab->policy[policy].def->agent.type;
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

size_t titri_lab_job(const titri_lab *lab, size_t policy, size_t child)
{
    return lab->policy[policy].def->scope == TITR_SCOPE_PER_CHILD
               ? child
               : child % (size_t)lab->e->split.folds;
}

int titri_lab_in_job(const titri_lab *lab, size_t policy, size_t job, size_t child)
{
    const int own = titri_lab_job(lab, policy, child) == job;
    if (lab->policy[policy].def->scope == TITR_SCOPE_PER_CHILD) {
        return own;
    }
    return lab->e->split.folds == 1 || !own; /* one fold: nobody is left out */
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

titr_env_def titri_lab_env(const titri_lab *lab, size_t policy, int training)
{
    titr_env_def def = lab->env;
    if (training && lab->e->train_solver.type != NULL) {
        def.solver = lab->e->train_solver;
    }
    if (isnan(lab->e->terminal_penalty) && def.ends_at_limits) {
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
        .announce_late = e->scenario.announce_late,
        .iob_peak_min = e->iob.peak_min,
        .iob_duration_min = e->iob.duration_min,
        .vector_bits = e->vector_bits,
    };
    memcpy(def.scenario, e->scenario.part, sizeof def.scenario);
    return def;
}

static titr_status find_body(titri_lab *lab, titr_error *err)
{
    const titr_experiment *e = lab->e;
    lab->model = titr_model_find(e->body.model);
    if (lab->model == NULL) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "body.model: no model '%s'", e->body.model);
    }
    const size_t mode = titr_model_mode_find(lab->model, e->body.mode);
    if (mode == lab->model->n_modes) {
        return titr_fail(err, TITR_ERR_NOT_FOUND, "body.mode: model %s has no mode '%s'",
                         e->body.model, e->body.mode);
    }
    lab->mode = &lab->model->modes[mode];
    return TITR_OK;
}

/* The constant levels of the action set as policies of their own. */
static titr_status add_constant_levels(titri_lab *lab, size_t n_levels, titr_error *err)
{
    const titr_actions_type *actions = lab->e->actions.type;
    const titr_agent_type *type = titr_agent_find("constant_level");
    for (size_t level = 0; level < n_levels; level++) {
        titr_policy_def *own = calloc(1, sizeof *own);
        if (own == NULL) {
            return titr_fail(err, TITR_ERR_NOMEM, "no memory for the constant policies");
        }
        titri_policy *p = &lab->policy[lab->n_policies++];
        *p = (titri_policy){.def = own, .own = own};
        size_t n_common = 0;
        const titr_option *common = titr_policy_options(&n_common);
        titr_options_default(common, n_common, own);
        TITR_TRY(titr_slot_init(&own->agent, type, err));
        *(int64_t *)titr_slot_field(own->agent, "level") = (int64_t)level;
        own->settings = TITR_SETTINGS_TITRATED;
        char label[64];
        actions->label(lab->e->actions.def, level, label, sizeof label);
        (void)snprintf(own->name, TITR_NAME_MAX, "constant: %.50s", label);
    }
    return TITR_OK;
}

static titr_status list_policies(titri_lab *lab, titr_error *err)
{
    const titr_experiment *e = lab->e;
    const titr_actions_type *actions = e->actions.type;
    const size_t n_levels = e->evaluate.constant_levels ? actions->n_levels(e->actions.def) : 0;
    lab->policy = calloc(e->n_policies + n_levels + 1, sizeof *lab->policy);
    if (lab->policy == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu policies", e->n_policies);
    }
    for (size_t i = 0; i < e->n_policies; i++) {
        titri_policy *p = &lab->policy[lab->n_policies++];
        p->def = &e->policy[i];
        for (size_t k = 0; k < i; k++) {
            p->inner = strcmp(e->policy[k].name, p->def->of) == 0 ? k : p->inner;
        }
    }
    return n_levels > 0 ? add_constant_levels(lab, n_levels, err) : TITR_OK;
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

/* Who lives in which world. */
static titr_status fill_world(titri_lab *lab, titr_error *err)
{
    const titr_experiment *e = lab->e;
    TITR_TRY(find_body(lab, err));
    TITR_TRY(titr_cohort_load(e->cohort.source, e->cohort.path, e->cohort.subjects, lab->model,
                              &lab->cohort, err));
    if (e->cohort.path[0] != '\0' && lab->cohort.note[0] != '\0') {
        titri_notice(lab->watch, "%s: %s", e->cohort.path, lab->cohort.note);
    }
    lab->env = env_of(e, lab->model, lab->mode);
    return prepare_scenario(lab, err);
}

/* All that takes time: settings and options that are found by trying. */
static titr_status tune_all(titri_lab *lab, titr_error *err)
{
    TITR_TRY(titrate_settings(lab, err));
    for (size_t p = 0; p < lab->n_policies; p++) {
        if (lab->policy[p].def->tuned) {
            TITR_TRY(titri_tune(lab, p, err));
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
    st = st == TITR_OK ? list_policies(lab, err) : st;
    st = st == TITR_OK ? type_settings(lab, err) : st;
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
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_prepare(e, watch, &lab, err));
    const titr_status st = tune_all(lab, err);
    if (st != TITR_OK) {
        titri_lab_destroy(lab);
        return st;
    }
    *out = lab;
    return TITR_OK;
}

static void policy_fini(titri_policy *p, size_t n_children)
{
    for (size_t c = 0; p->tuned != NULL && c < n_children; c++) {
        titr_slot_fini(&p->tuned[c]);
    }
    free(p->tuned);
    for (size_t j = 0; j < p->n_jobs; j++) {
        titr_agent_destroy(p->trained[j]);
        titri_curve_fini(&p->curve[j]);
    }
    free(p->trained);
    free(p->curve);
    if (p->own != NULL) {
        titr_slot_fini(&p->own->agent);
        free(p->own);
    }
}

void titri_lab_destroy(titri_lab *lab)
{
    if (lab == NULL) {
        return;
    }
    for (size_t p = 0; lab->policy != NULL && p < lab->n_policies; p++) {
        policy_fini(&lab->policy[p], lab->cohort.n);
    }
    release_scenario(lab);
    free(lab->policy);
    free(lab->typed);
    free(lab->titrated);
    titr_cohort_fini(&lab->cohort);
    free(lab);
}

/* What the trained agent knows, into a fresh one. */
static titr_status copy_learned(const titr_agent *from, titr_agent *to, titr_error *err)
{
    titr_memory_visitor memory;
    titr_memory_visitor_init(&memory);
    titr_status st = from->type->visit(from->self, &memory.base, err);
    if (st == TITR_OK) {
        titr_memory_visitor_load(&memory);
        st = to->type->visit(to->self, &memory.base, err);
    }
    titr_memory_visitor_fini(&memory);
    return st;
}

/* A seed for each agent: of the experiment's, the policy's name and the training job. */
static uint64_t agent_seed(const titri_lab *lab, size_t policy, size_t job)
{
    const titr_rng_key key = {.seed = lab->e->seed,
                              .purpose = TITR_PURPOSE_AGENT,
                              .patient = titr_hash32(lab->policy[policy].def->name),
                              .episode = (uint32_t)job};
    uint32_t word[4];
    titr_rng_words(key, 0, word);
    return (uint64_t)word[0] << 32 | word[1];
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as wrappers are stacked */
titr_status titri_lab_agent(const titri_lab *lab, size_t policy, size_t child, size_t n_lanes,
                            titr_agent **out, titr_error *err)
{
    const titri_policy *p = &lab->policy[policy];
    const titr_agent_type *type = agent_type(lab, policy);
    const titr_actions_type *actions = lab->e->actions.type;
    titr_agent_context context = {
        .n_lanes = n_lanes,
        .n_levels = actions->n_levels(lab->e->actions.def),
        .n_obs = titr_observer_size(&p->def->observe),
        .observer = &p->def->observe,
        .actions = lab->e->actions,
        .decision_interval_min = lab->e->scenario.decision_interval_min,
        .seed = agent_seed(lab, policy, titri_lab_job(lab, policy, child)),
    };
    if (type->wraps) {
        titr_agent *inner = NULL;
        TITR_TRY(titri_lab_agent(lab, p->inner, child, n_lanes, &inner, err));
        context.inner = inner;
    }
    titr_agent *agent = NULL;
    const titr_slot slot = p->tuned != NULL ? p->tuned[child] : p->def->agent;
    TITR_TRY(titr_agent_create(slot, &context, &agent, err));
    if (p->trained != NULL) {
        const titr_status st =
            copy_learned(p->trained[titri_lab_job(lab, policy, child)], agent, err);
        if (st != TITR_OK) {
            titr_agent_destroy(agent);
            return st;
        }
    }
    *out = agent;
    return TITR_OK;
}

int titri_lab_same_agent(const titri_lab *lab, size_t policy, size_t a, size_t b)
{
    for (int wraps = 1; wraps; policy = lab->policy[policy].inner) {
        const titri_policy *p = &lab->policy[policy];
        const int learned =
            p->trained == NULL || titri_lab_job(lab, policy, a) == titri_lab_job(lab, policy, b);
        if (p->tuned != NULL || !learned) {
            return a == b;
        }
        wraps = agent_type(lab, policy)->wraps;
    }
    return 1;
}
