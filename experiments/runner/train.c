// SPDX-License-Identifier: GPL-3.0-or-later
/* All training jobs of an experiment, in rounds. A checkpoint holds every job; the agents file
 * holds what each job learned and its curve. Both carry a manifest of everything that shapes
 * learning, so that they are never mixed up with another experiment's. */
#include "train.h"

#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUND_DECISIONS 4096

/* All jobs of the lab; also what a checkpoint visits. */
typedef struct job_list {
    titri_lab *lab;
    titri_job **job;
    size_t n;
} job_list;

static int learns(const titri_lab *lab, size_t policy)
{
    const titr_agent_type *type = lab->policy[policy].def->agent.type;
    return type->learns;
}

int titri_has_learners(const titri_lab *lab)
{
    int any = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        any |= learns(lab, p);
    }
    return any;
}

static size_t jobs_of(const titri_lab *lab, size_t policy)
{
    if (!learns(lab, policy)) {
        return 0;
    }
    return lab->policy[policy].def->scope == TITR_SCOPE_PER_CHILD ? lab->cohort.n
                                                                  : (size_t)lab->e->split.folds;
}

static void list_fini(job_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        titri_job_destroy(list->job[i]);
    }
    free(list->job);
}

static titr_status list_init(job_list *list, titri_lab *lab, titr_error *err)
{
    *list = (job_list){.lab = lab};
    size_t total = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        total += jobs_of(lab, p);
    }
    list->job = calloc(total + 1, sizeof(titri_job *));
    if (list->job == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu training jobs", total);
    }
    for (size_t p = 0; p < lab->n_policies; p++) {
        for (size_t j = 0; j < jobs_of(lab, p); j++) {
            const titr_status st = titri_job_create(lab, p, j, &list->job[list->n], err);
            if (st != TITR_OK) {
                list_fini(list);
                return st;
            }
            list->n++;
        }
    }
    return TITR_OK;
}

/* The part of the experiment that shapes what is learned, as JSON. */
static titr_status training_manifest(const titr_experiment *e, char **json, titr_error *err)
{
    titr_experiment *copy = malloc(sizeof *copy);
    if (copy == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the manifest");
    }
    *copy = *e; /* shallow: slots stay the original's */
    copy->n_policies = 0;
    for (size_t p = 0; p < e->n_policies; p++) {
        const titr_agent_type *type = e->policy[p].agent.type;
        if (type->learns) {
            copy->policy[copy->n_policies++] = e->policy[p];
        }
    }
    memset(&copy->evaluate, 0, sizeof copy->evaluate);
    memset(&copy->record, 0, sizeof copy->record);
    memset(&copy->output, 0, sizeof copy->output);
    copy->split.seeds_test_from = copy->split.seeds_test_to = 0;
    copy->train.checkpoint_every_s = 0.0;
    const titr_status st = titr_experiment_json(copy, json, err);
    free(copy);
    return st;
}

static titr_status visit_jobs(void *context, titr_visitor *v, titr_error *err)
{
    const job_list *list = context;
    for (size_t i = 0; i < list->n; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "job_%zu", i);
        TITR_TRY(titr_visit_enter(v, name, err));
        TITR_TRY(titri_job_visit(list->job[i], v, err));
        TITR_TRY(titr_visit_leave(v, err));
    }
    return TITR_OK;
}

/* What the agents file holds: each job's learned state and curve. */
static titr_status visit_agents(void *context, titr_visitor *v, titr_error *err)
{
    const job_list *list = context;
    for (size_t i = 0; i < list->n; i++) {
        titri_job *job = list->job[i];
        char name[32];
        (void)snprintf(name, sizeof name, "agent_%zu", i);
        TITR_TRY(titr_visit_enter(v, name, err));
        TITR_TRY(job->agent->type->visit(job->agent->self, v, err));
        TITR_TRY(titri_curve_visit(&job->curve, v, err));
        TITR_TRY(titr_visit_leave(v, err));
    }
    return TITR_OK;
}

/* One round of all jobs over the threads. */
static titr_status advance_all(const job_list *list, titr_error *err)
{
    titr_status worst = TITR_OK;
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < list->n; i++) {
        titr_error own = {0};
        const titr_status st = titri_job_advance(list->job[i], ROUND_DECISIONS, &own);
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
    return worst;
}

static void count(const job_list *list, size_t *done, size_t *wanted)
{
    *done = *wanted = 0;
    for (size_t i = 0; i < list->n; i++) {
        const titri_job *job = list->job[i];
        const int64_t capped = titri_job_done(job) ? job->decisions_wanted : job->decisions;
        *done += (size_t)capped;
        *wanted += (size_t)job->decisions_wanted;
    }
}

static titr_status stop_with_checkpoint(job_list *list, const char *path, const char *manifest,
                                        titr_error *err)
{
    TITR_TRY(titr_checkpoint_save(path, manifest, visit_jobs, list, err));
    return titr_fail(err, TITR_ERR_STOPPED,
                     "training stopped; %s holds everything: go on with --resume", path);
}

static titr_status rounds(job_list *list, const char *path, const char *manifest, titr_error *err)
{
    const titri_lab *lab = list->lab;
    const double every_s = lab->e->train.checkpoint_every_s; /* 0: only when stopped */
    time_t saved = time(NULL); /* paces checkpoints only, never results */
    for (;;) {
        size_t done = 0, wanted = 0;
        count(list, &done, &wanted);
        titri_progress(lab->watch, "training, decisions", done, wanted);
        if (done == wanted) {
            return TITR_OK;
        }
        if (titri_stopped(lab->watch)) {
            return stop_with_checkpoint(list, path, manifest, err);
        }
        if (every_s > 0.0 && difftime(time(NULL), saved) >= every_s) {
            TITR_TRY(titr_checkpoint_save(path, manifest, visit_jobs, list, err));
            saved = time(NULL);
        }
        TITR_TRY(advance_all(list, err));
    }
}

/* The lab takes the agents and curves over. */
static titr_status hand_over(job_list *list, titr_error *err)
{
    titri_lab *lab = list->lab;
    for (size_t i = 0; i < list->n; i++) {
        titri_job *job = list->job[i];
        titri_policy *p = &lab->policy[job->policy];
        if (p->trained == NULL) {
            const size_t n = jobs_of(lab, job->policy);
            p->trained = calloc(n + 1, sizeof(titr_agent *));
            p->curve = calloc(n + 1, sizeof *p->curve);
            if (p->trained == NULL || p->curve == NULL) {
                return titr_fail(err, TITR_ERR_NOMEM, "no memory for the trained agents");
            }
            p->n_jobs = n;
        }
        p->trained[job->index] = job->agent;
        p->curve[job->index] = job->curve;
        job->agent = NULL;
        job->curve = (titri_curve){0};
    }
    return TITR_OK;
}

static titr_status train_list(job_list *list, const char *manifest, int resume, titr_error *err)
{
    char checkpoint[TITR_TEXT_MAX * 3], agents[TITR_TEXT_MAX * 3];
    titr_run_path(list->lab->e, ".checkpoint.h5", checkpoint, sizeof checkpoint);
    titr_run_path(list->lab->e, ".agents.h5", agents, sizeof agents);
    if (resume && access(checkpoint, F_OK) == 0) {
        TITR_TRY(titr_checkpoint_load(checkpoint, manifest, visit_jobs, list, err));
    }
    TITR_TRY(rounds(list, checkpoint, manifest, err));
    TITR_TRY(titr_checkpoint_save(agents, manifest, visit_agents, list, err));
    (void)unlink(checkpoint); /* finished: nothing is left to resume */
    return hand_over(list, err);
}

titr_status titri_train(titri_lab *lab, int resume, titr_error *err)
{
    char *manifest = NULL;
    TITR_TRY(training_manifest(lab->e, &manifest, err));
    job_list list = {0};
    titr_status st = list_init(&list, lab, err);
    if (st == TITR_OK) {
        st = train_list(&list, manifest, resume, err);
        list_fini(&list);
    }
    free(manifest);
    return st;
}

titr_status titri_load_agents(titri_lab *lab, titr_error *err)
{
    char path[TITR_TEXT_MAX * 3];
    titr_run_path(lab->e, ".agents.h5", path, sizeof path);
    if (access(path, F_OK) != 0) {
        return titr_fail(err, TITR_ERR_IO, "%s: no trained agents there; train first", path);
    }
    char *manifest = NULL;
    TITR_TRY(training_manifest(lab->e, &manifest, err));
    job_list list = {0};
    titr_status st = list_init(&list, lab, err);
    if (st == TITR_OK) {
        st = titr_checkpoint_load(path, manifest, visit_agents, &list, err);
        st = st == TITR_OK ? hand_over(&list, err) : st;
        list_fini(&list);
    }
    free(manifest);
    return st;
}

static titr_status write_curve(titr_writer *w, const char *policy, const char *job,
                               const titri_curve *c, titr_error *err)
{
    char group[TITR_TEXT_MAX * 2];
    (void)snprintf(group, sizeof group, "training/%s/%s", policy, job);
    const titr_sheet_column columns[] = {
        {"decisions", "1", "decisions made so far, all lanes", c->decisions, NULL},
        {"reward", "1", "mean reward per decision since the last row", c->reward, NULL},
        {"tir_70_180_percent", "%", "time in range while exploring", c->tir_percent, NULL},
        {"terminated", "1", "episodes that left the clinical limits", c->terminated, NULL},
    };
    return titr_writer_sheet(w, group, columns, 4, c->n, err);
}

titr_status titri_write_curves(const titri_lab *lab, titr_writer *w, titr_error *err)
{
    for (size_t p = 0; p < lab->n_policies; p++) {
        const titri_policy *policy = &lab->policy[p];
        for (size_t j = 0; j < policy->n_jobs; j++) {
            char job[TITR_ID_MAX + 16];
            if (policy->def->scope == TITR_SCOPE_PER_CHILD) {
                (void)snprintf(job, sizeof job, "%s", lab->cohort.child[j].patient.id);
            } else {
                (void)snprintf(job, sizeof job, "fold_%zu", j + 1);
            }
            TITR_TRY(write_curve(w, policy->def->name, job, &policy->curve[j], err));
        }
    }
    return TITR_OK;
}

titr_status titr_train(const titr_experiment *e, int resume, const titr_watch *watch,
                       titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_create(e, watch, &lab, err));
    titr_status st = TITR_OK;
    if (titri_has_learners(lab)) {
        st = titri_train(lab, resume, err);
    } else {
        st = titr_fail(err, TITR_ERR_CONFIG, "no policy of this experiment learns");
    }
    titri_lab_destroy(lab);
    return st;
}
