// SPDX-License-Identifier: GPL-3.0-or-later
/* One training job. Lane starts follow one sequence, episode s = (child s mod n, seed s / n), taken
 * by whichever lane is free next in lane order: the same on any number of threads. */
#include "job.h"

#include "titrate/base/clinical.h"

#include <stdlib.h>

static int in_range(float glucose_mg_dl)
{
    return (double)glucose_mg_dl >= TITR_LOW_MG_DL && (double)glucose_mg_dl <= TITR_HIGH_MG_DL;
}

static titr_status curve_add(titri_job *job, titr_error *err)
{
    titri_curve *c = &job->curve;
    const titri_roller *r = job->roller;
    for (size_t l = 0; l < r->n; l++) {
        if (r->acted[l] && r->view->end[l] != TITR_END_FAULT) {
            c->reward_sum += r->view->reward[l];
            c->in_range += in_range(r->row[l].glucose_mg_dl);
            c->terminated_sum += r->view->end[l] == TITR_END_TERMINATED;
            c->decisions_sum += 1.0;
        }
    }
    const int64_t every = job->lab->e->train.curve_every; /* 0: no curve */
    return every > 0 && c->decisions_sum >= (double)every
               ? titri_curve_close(c, job->decisions, err)
               : TITR_OK;
}

static void next_episode(titri_job *job, size_t lane)
{
    const titri_lab *lab = job->lab;
    const int64_t first = lab->e->split.seeds_train_from;
    const uint64_t n_seeds = (uint64_t)(lab->e->split.seeds_train_to - first + 1);
    const uint64_t s = job->episodes++;
    const size_t child = job->child[s % job->n_children];
    job->start[lane] = (titr_lane_start){
        lane, &lab->cohort.child[child], titri_lab_therapy(lab, job->policy, child), lab->e->seed,
        (uint32_t)((uint64_t)first + (s / job->n_children) % n_seeds)};
}

static titr_status start_free_lanes(titri_job *job, titr_error *err)
{
    for (size_t l = 0; l < job->roller->n; l++) {
        if (!job->roller->running[l]) {
            next_episode(job, l);
            TITR_TRY(titri_roller_start(job->roller, &job->start[l], 1, err));
        }
    }
    return TITR_OK;
}

static titr_status fill(titri_job *job, titr_error *err)
{
    const titri_lab *lab = job->lab;
    const titr_policy_def *def = lab->policy[job->policy].def;
    job->child = calloc(lab->cohort.n, sizeof *job->child);
    const size_t lanes = (size_t)lab->e->train.parallel_patients;
    job->start = calloc(lanes, sizeof *job->start);
    if (job->child == NULL || job->start == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for training %s", def->name);
    }
    for (size_t c = 0; c < lab->cohort.n; c++) {
        if (titri_lab_in_job(lab, job->policy, job->index, c)) {
            job->child[job->n_children++] = c;
        }
    }
    if (job->n_children == 0) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "split.folds = %lld leaves no child to train %s on: fewer folds or more "
                         "children are needed",
                         (long long)lab->e->split.folds, def->name);
    }
    job->decisions_wanted = def->train_steps > 0 ? def->train_steps : lab->e->train.steps;
    TITR_TRY(titri_lab_agent(lab, job->policy, job->child[0], lanes, &job->agent, err));
    const titr_env_def env = titri_lab_env(lab, job->policy, 1);
    return titri_roller_create(&env, &def->observe, job->agent, lanes, &job->roller, err);
}

titr_status titri_job_create(const titri_lab *lab, size_t policy, size_t index, titri_job **out,
                             titr_error *err)
{
    titri_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for a training job");
    }
    job->lab = lab;
    job->policy = policy;
    job->index = index;
    const titr_status st = fill(job, err);
    if (st != TITR_OK) {
        titri_job_destroy(job);
        return st;
    }
    *out = job;
    return TITR_OK;
}

void titri_job_destroy(titri_job *job)
{
    if (job == NULL) {
        return;
    }
    titri_roller_destroy(job->roller);
    titr_agent_destroy(job->agent);
    free(job->child);
    free(job->start);
    titri_curve_fini(&job->curve);
    free(job);
}

int titri_job_done(const titri_job *job)
{
    return job->decisions >= job->decisions_wanted;
}

titr_status titri_job_advance(titri_job *job, int64_t slice, titr_error *err)
{
    const int64_t until = job->decisions + slice;
    while (!titri_job_done(job) && job->decisions < until) {
        TITR_TRY(start_free_lanes(job, err));
        TITR_TRY(titri_roller_step(job->roller, TITR_ACT_EXPLORE, err));
        const titr_transitions t = titri_roller_transitions(job->roller);
        TITR_TRY(job->agent->type->learn(job->agent->self, &t, err));
        job->decisions += (int64_t)job->roller->n; /* every lane ran: free ones were started */
        TITR_TRY(curve_add(job, err));
    }
    return TITR_OK;
}

/* Which child and seed each lane plays; loading finds the child again. */
static titr_status visit_starts(titri_job *job, titr_visitor *v, titr_error *err)
{
    const titri_lab *lab = job->lab;
    const size_t n = job->roller->n, shape[2] = {n, 2};
    int64_t *who = calloc(2 * n, sizeof *who);
    if (who == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu lanes", n);
    }
    for (size_t l = 0; l < n && !v->loading; l++) {
        who[2 * l] = job->start[l].child - lab->cohort.child;
        who[2 * l + 1] = job->start[l].episode;
    }
    titr_status st = titr_state_visit(v, "lane_child_episode", TITR_I64, 2, shape, who, err);
    for (size_t l = 0; st == TITR_OK && l < n; l++) {
        const size_t child = (size_t)who[2 * l];
        if (child >= lab->cohort.n) { /* a negative number as well */
            st = titr_fail(err, TITR_ERR_CONFIG, "checkpoint: lane %zu plays child %lld of %zu", l,
                           (long long)who[2 * l], lab->cohort.n);
            break;
        }
        job->start[l] = (titr_lane_start){l, &lab->cohort.child[child],
                                          titri_lab_therapy(lab, job->policy, child), lab->e->seed,
                                          (uint32_t)who[2 * l + 1]};
    }
    free(who);
    return st;
}

typedef titr_status visit_fn(void *self, titr_visitor *v, titr_error *err);

/* `visit` inside a group of its own. */
static titr_status visit_group(const char *name, visit_fn *visit, void *self, titr_visitor *v,
                               titr_error *err)
{
    TITR_TRY(titr_visit_enter(v, name, err));
    TITR_TRY(visit(self, v, err));
    return titr_visit_leave(v, err);
}

static titr_status visit_environment(void *self, titr_visitor *v, titr_error *err)
{
    titri_job *job = self;
    return titri_roller_visit(job->roller, v, job->start, err);
}

/* The running episodes: who plays where, what the agent remembers of them, the environment. */
static titr_status visit_episodes(titri_job *job, titr_visitor *v, titr_error *err)
{
    const titr_agent *agent = job->agent;
    TITR_TRY(visit_starts(job, v, err));
    if (agent->type->visit_lanes != NULL) {
        TITR_TRY(visit_group("agent_lanes", agent->type->visit_lanes, agent->self, v, err));
    }
    return visit_group("environment", visit_environment, job, v, err);
}

titr_status titri_job_visit(titri_job *job, titr_visitor *v, titr_error *err)
{
    int64_t counters[2] = {job->decisions, (int64_t)job->episodes};
    TITR_TRY(titr_visit_vector(v, "counters", TITR_I64, 2, counters, err));
    job->decisions = counters[0];
    job->episodes = (uint64_t)counters[1];
    TITR_TRY(titri_curve_visit(&job->curve, v, err));
    TITR_TRY(visit_group("agent", job->agent->type->visit, job->agent->self, v, err));
    if (job->agent->type->visit_training != NULL) {
        TITR_TRY(
            visit_group("training", job->agent->type->visit_training, job->agent->self, v, err));
    }
    /* not begun: no lane has a child yet */
    return job->episodes == 0 ? TITR_OK : visit_episodes(job, v, err);
}
