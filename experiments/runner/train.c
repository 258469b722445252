// SPDX-License-Identifier: GPL-3.0-or-later
/* All training jobs of an experiment, in rounds. A checkpoint holds every job; the agents file
 * holds what each job learned and its curve. */
#include "train.h"

#include "agents_file.h"
#include "crew.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUND_S 0.25      /* the user sees progress and can stop as often */
#define WORTH_TELLING 1e6 /* bytes */
#define SAVING_SHARE 0.05 /* of the time is spent on checkpoints at most */

/* The jobs to be done; also what a checkpoint visits. */
typedef struct job_list {
    titri_lab *lab;
    titri_job **job;
    size_t n;
    unsigned char *chosen, *loaded; /* [policies] trained now; found in the file read last */
    char checkpoint[TITR_TEXT_MAX * 3], agents[TITR_TEXT_MAX * 3];
} job_list;

int titri_has_learners(const titri_lab *lab)
{
    int any = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        any |= titri_lab_learns(lab, p);
    }
    return any;
}

static void list_fini(job_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        titri_job_destroy(list->job[i]);
    }
    free(list->job);
    free(list->chosen);
    free(list->loaded);
}

static titr_status list_init(job_list *list, titri_lab *lab, titr_error *err)
{
    *list = (job_list){.lab = lab,
                       .chosen = calloc(lab->n_policies + 1, 1),
                       .loaded = calloc(lab->n_policies + 1, 1)};
    titr_run_path(lab->e, ".checkpoint.h5", list->checkpoint, sizeof list->checkpoint);
    titr_run_path(lab->e, ".agents.h5", list->agents, sizeof list->agents);
    return list->chosen != NULL && list->loaded != NULL
               ? TITR_OK
               : titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu policies", lab->n_policies);
}

/* The jobs of the chosen policies. */
static titr_status make_jobs(job_list *list, titr_error *err)
{
    const titri_lab *lab = list->lab;
    size_t total = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        total += list->chosen[p] ? titri_lab_jobs(lab, p) : 0;
    }
    list->job = calloc(total + 1, sizeof(titri_job *));
    if (list->job == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu training jobs", total);
    }
    for (size_t p = 0; p < lab->n_policies; p++) {
        const size_t n = list->chosen[p] ? titri_lab_jobs(lab, p) : 0;
        for (size_t j = 0; j < n; j++) {
            TITR_TRY(titri_job_create(lab, p, j, &list->job[list->n], err));
            list->n++;
        }
    }
    return TITR_OK;
}

/* --- checkpoints --- */

static titr_status visit_jobs(void *context, size_t policy, titr_visitor *v, titr_error *err)
{
    const job_list *list = context;
    for (size_t i = 0; i < list->n; i++) {
        titri_job *job = list->job[i];
        if (job->policy == policy) {
            char name[32];
            (void)snprintf(name, sizeof name, "job_%zu", job->index);
            TITR_TRY(titr_visit_enter(v, name, err));
            TITR_TRY(titri_job_visit(job, v, err));
            TITR_TRY(titr_visit_leave(v, err));
        }
    }
    return TITR_OK;
}

static titri_agents checkpoint_of(job_list *list)
{
    return (titri_agents){.lab = list->lab,
                          .chosen = list->chosen,
                          .visit = visit_jobs,
                          .context = list,
                          .loaded = list->loaded};
}

static titr_status save_checkpoint(job_list *list, titr_error *err)
{
    titri_agents file = checkpoint_of(list);
    return titri_agents_save(&file, list->checkpoint, err);
}

/* Go on from a checkpoint; one that holds more than is wanted would be lost with the next one. */
static titr_status load_checkpoint(job_list *list, titr_error *err)
{
    titri_agents file = checkpoint_of(list);
    TITR_TRY(titri_agents_load(&file, list->checkpoint, err));
    return file.others == 0
               ? TITR_OK
               : titr_fail(err, TITR_ERR_CONFIG,
                           "%s holds the unfinished training of another policy: go on with all, or "
                           "remove it",
                           list->checkpoint);
}

static titr_status stop_with_checkpoint(job_list *list, titr_error *err)
{
    TITR_TRY(save_checkpoint(list, err));
    return titr_fail(err, TITR_ERR_STOPPED,
                     "training stopped; %s holds everything: go on with --resume",
                     list->checkpoint);
}

/* --- rounds --- */

static void count(const job_list *list, size_t *done, size_t *wanted)
{
    *done = *wanted = 0;
    for (size_t i = 0; i < list->n; i++) {
        const titri_job *job = list->job[i];
        const int64_t made = job->record.decisions;
        const int64_t capped =
            titri_job_done(job) || made > job->decisions_wanted ? job->decisions_wanted : made;
        *done += (size_t)capped;
        *wanted += (size_t)job->decisions_wanted;
    }
}

static int all_done(const job_list *list)
{
    int done = 1;
    for (size_t i = 0; i < list->n; i++) {
        done &= titri_job_done(list->job[i]);
    }
    return done;
}

static titr_status rounds(job_list *list, titr_error *err)
{
    const titri_lab *lab = list->lab;
    const double every_s = lab->e->train.checkpoint_every_s; /* 0: only when stopped */
    double saved_s = omp_get_wtime(), cost_s = 0.0;          /* pace checkpoints, never results */
    for (;;) {
        size_t done = 0, wanted = 0;
        count(list, &done, &wanted);
        titri_progress(lab->watch, "training, decisions", done, wanted);
        if (all_done(list)) {
            return TITR_OK;
        }
        if (titri_stopped(lab->watch)) {
            return stop_with_checkpoint(list, err);
        }
        const double now_s = omp_get_wtime(), since_s = now_s - saved_s;
        if (every_s > 0.0 && since_s >= every_s && since_s * SAVING_SHARE >= cost_s) {
            TITR_TRY(save_checkpoint(list, err));
            saved_s = omp_get_wtime();
            cost_s = saved_s - now_s;
        }
        const double round_s = every_s > 0.0 && every_s < ROUND_S ? every_s : ROUND_S;
        TITR_TRY(titri_crew_work(list->job, list->n, lab->watch, round_s, err));
    }
}

/* --- what was learned --- */

/* Room in the lab for what a policy learns. */
static titr_status make_room(titri_lab *lab, size_t policy, titr_error *err)
{
    titri_policy *p = &lab->policy[policy];
    const size_t n = titri_lab_jobs(lab, policy);
    titr_sheet_column column[TITRI_CURVE_MAX];
    p->learned = calloc(n + 1, sizeof *p->learned);
    if (p->learned == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the trained agents");
    }
    p->n_jobs = n;
    for (size_t j = 0; j < n; j++) {
        titr_memory_visitor_init(&p->learned[j].agent);
        p->learned[j].curve.width =
            titri_curve_columns(p->def->agent.type, lab->e->train.evaluate_every > 0, column);
    }
    return TITR_OK;
}

/* The lab takes over what was learned. */
static titr_status hand_over(job_list *list, titr_error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        titri_job *job = list->job[i];
        titri_policy *p = &list->lab->policy[job->policy];
        if (p->learned == NULL) {
            TITR_TRY(make_room(list->lab, job->policy, err));
        }
        p->learned[job->index] = (titri_learned){.agent = job->learned,
                                                 .curve = job->curve,
                                                 .record = job->record,
                                                 .wall_s = job->wall_s,
                                                 .decisions_before = job->decisions_before};
        titr_memory_visitor_init(&job->learned);
        job->curve = (titri_curve){0};
    }
    return TITR_OK;
}

static void forget(titri_policy *p)
{
    titri_learned_free(p->learned, p->n_jobs);
    p->learned = NULL;
    p->n_jobs = 0;
}

/* A child whom the job may be asked about. */
static size_t child_of(const titri_lab *lab, size_t policy, size_t job)
{
    size_t c = 0;
    while (c + 1 < lab->cohort.n && !titri_lab_in_job(lab, policy, job, c)) {
        c++;
    }
    return c;
}

static titr_status visit_learned(void *context, size_t policy, titr_visitor *v, titr_error *err)
{
    titri_lab *lab = ((job_list *)context)->lab;
    titri_policy *p = &lab->policy[policy];
    if (p->learned == NULL) {
        TITR_TRY(make_room(lab, policy, err));
    }
    for (size_t j = 0; j < p->n_jobs; j++) {
        char name[32];
        (void)snprintf(name, sizeof name, "job_%zu", j);
        TITR_TRY(titr_visit_enter(v, name, err));
        TITR_TRY(
            titri_learned_visit(lab, policy, j, child_of(lab, policy, j), &p->learned[j], v, err));
        TITR_TRY(titr_visit_leave(v, err));
    }
    return TITR_OK;
}

/* Load what the agents file has of the chosen policies. */
static titr_status load_agents(job_list *list, titri_misfit misfit, titr_error *err)
{
    titri_lab *lab = list->lab;
    titri_agents file = {.lab = lab,
                         .chosen = list->chosen,
                         .visit = visit_learned,
                         .context = list,
                         .misfit = misfit,
                         .loaded = list->loaded};
    const titr_status st = titri_agents_load(&file, list->agents, err);
    for (size_t p = 0; p < lab->n_policies; p++) {
        if (list->chosen[p] && (st != TITR_OK || !list->loaded[p])) {
            forget(&lab->policy[p]);
        }
    }
    return st;
}

/* Write all that the lab knows by now. */
static titr_status save_agents(job_list *list, titr_error *err)
{
    titri_agents file = {
        .lab = list->lab, .chosen = list->chosen, .visit = visit_learned, .context = list};
    for (size_t p = 0; p < list->lab->n_policies; p++) {
        list->chosen[p] = list->lab->policy[p].learned != NULL;
    }
    return titri_agents_save(&file, list->agents, err);
}

/* --- the whole training --- */

/* Learners that are not named, or with `resume` all of them, are taken from the agents file where
 * it fits; list->chosen becomes the others. A file that cannot be read is as good as none. */
static titr_status keep_trained(job_list *list, const char *only, int resume, titr_error *err)
{
    const titri_lab *lab = list->lab;
    for (size_t p = 0; p < lab->n_policies; p++) {
        const int named = only != NULL && titri_lab_named(lab, p, only);
        list->chosen[p] = titri_lab_learns(lab, p) && !(named && !resume);
    }
    if ((only != NULL || resume) && access(list->agents, F_OK) == 0) {
        titr_error inner = {.what = ""};
        const titr_status st = load_agents(list, TITRI_MISFIT_SKIPS, &inner);
        if (st != TITR_OK && st != TITR_ERR_CONFIG) {
            return titr_fail(err, st, "%s", inner.what);
        }
    }
    for (size_t p = 0; p < lab->n_policies; p++) {
        const int wanted = only == NULL || titri_lab_named(lab, p, only);
        list->chosen[p] = titri_lab_learns(lab, p) && wanted && lab->policy[p].learned == NULL;
        if (titri_lab_learns(lab, p) && !wanted && lab->policy[p].learned == NULL) {
            titri_notice(lab->watch, "%s: not trained, and %s has no agents of it that fit",
                         lab->policy[p].def->name, list->agents);
        }
    }
    return TITR_OK;
}

/* What the jobs that run at once hold, as far as their agents tell. */
static void tell_memory(const job_list *list)
{
    const titri_lab *lab = list->lab;
    const size_t at_once = titri_crew_at_once(list->n, (size_t)omp_get_max_threads());
    double most = 0.0;
    for (size_t first = 0; first + at_once <= list->n; first++) {
        double bytes = 0.0;
        for (size_t i = first; i < first + at_once; i++) {
            bytes += (double)titri_lab_memory(lab, list->job[i]->policy);
        }
        most = bytes > most ? bytes : most;
    }
    if (most >= WORTH_TELLING) {
        titri_notice(lab->watch, "training holds %.3g MB: %zu of %zu jobs at a time", most * 1e-6,
                     at_once, list->n);
    }
}

static titr_status train_list(job_list *list, const char *only, int resume, titr_error *err)
{
    TITR_TRY(keep_trained(list, only, resume, err));
    TITR_TRY(make_jobs(list, err));
    if (list->n == 0) {
        return TITR_OK; /* all of it was trained before */
    }
    const int unfinished = access(list->checkpoint, F_OK) == 0;
    if (only != NULL && !resume && unfinished) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s holds an unfinished training: go on with --resume, or remove it",
                         list->checkpoint);
    }
    if (resume && unfinished) {
        TITR_TRY(load_checkpoint(list, err));
    }
    tell_memory(list);
    TITR_TRY(rounds(list, err));
    TITR_TRY(hand_over(list, err));
    TITR_TRY(save_agents(list, err));
    (void)unlink(list->checkpoint); /* finished: nothing is left to resume */
    return TITR_OK;
}

titr_status titri_train(titri_lab *lab, const char *only, int resume, titr_error *err)
{
    job_list list;
    titr_status st = list_init(&list, lab, err);
    st = st == TITR_OK ? train_list(&list, only, resume, err) : st;
    list_fini(&list);
    return st;
}

static titr_status load_all(job_list *list, titr_error *err)
{
    const titri_lab *lab = list->lab;
    for (size_t p = 0; p < lab->n_policies; p++) {
        list->chosen[p] = titri_lab_learns(lab, p) != 0;
    }
    if (access(list->agents, F_OK) != 0) {
        return titr_fail(err, TITR_ERR_IO, "%s: no trained agents there; train first",
                         list->agents);
    }
    TITR_TRY(load_agents(list, TITRI_MISFIT_FAILS, err));
    for (size_t p = 0; p < lab->n_policies; p++) {
        if (list->chosen[p] && lab->policy[p].learned == NULL) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "%s has no agents of policy %s: train it first, with --resume to keep "
                             "the others",
                             list->agents, lab->policy[p].def->name);
        }
    }
    return TITR_OK;
}

titr_status titri_load_agents(titri_lab *lab, titr_error *err)
{
    job_list list;
    titr_status st = list_init(&list, lab, err);
    st = st == TITR_OK ? load_all(&list, err) : st;
    list_fini(&list);
    return st;
}

titr_status titr_train(const titr_experiment *e, const char *policy, int resume,
                       const titr_watch *watch, titr_training *out, titr_error *err)
{
    titri_lab *lab = NULL;
    TITR_TRY(titri_lab_create_school(e, watch, &lab, err));
    int learner = 0;
    for (size_t p = 0; p < lab->n_policies; p++) {
        learner |= titri_lab_learns(lab, p) && (policy == NULL || titri_lab_named(lab, p, policy));
    }
    titr_status st = TITR_OK;
    if (learner) {
        st = titri_train(lab, policy, resume, err);
    } else if (policy == NULL) {
        st = titr_fail(err, TITR_ERR_CONFIG, "no policy of this experiment learns");
    } else {
        st = titr_fail(err, TITR_ERR_CONFIG, "no policy '%s' that learns is in the experiment",
                       policy);
    }
    if (st == TITR_OK && out != NULL) {
        st = titri_training_list(lab, out, err);
    }
    titri_lab_destroy(lab);
    return st;
}
