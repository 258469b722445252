// SPDX-License-Identifier: GPL-3.0-or-later
/* A training job saved and loaded: counters, curve, what was learned so far and at its best, and
 * while it runs the whole training, episodes under way included. */
#include "job.h"

#include <stdlib.h>

typedef titr_status visit_fn(void *self, titr_visitor *v, titr_error *err);

/* `visit` inside a group of its own. */
static titr_status visit_group(const char *name, visit_fn *visit, void *self, titr_visitor *v,
                               titr_error *err)
{
    TITR_TRY(titr_visit_enter(v, name, err));
    TITR_TRY(visit(self, v, err));
    return titr_visit_leave(v, err);
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
        who[2 * l] = (int64_t)job->seated[l];
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
        titri_job_seat(job, l, child, (uint32_t)who[2 * l + 1]);
    }
    free(who);
    return st;
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
    TITR_TRY(titr_visit_vector(v, "lane_return", TITR_F64, job->roller->n, job->lane_return, err));
    if (agent->type->visit_lanes != NULL) {
        TITR_TRY(visit_group("agent_lanes", agent->type->visit_lanes, agent->self, v, err));
    }
    return visit_group("environment", visit_environment, job, v, err);
}

static titr_status visit_running(titri_job *job, titr_visitor *v, titr_error *err)
{
    const titr_agent_type *type = job->agent->type;
    TITR_TRY(visit_group("agent", type->visit, job->agent->self, v, err));
    if (type->visit_training != NULL) {
        TITR_TRY(visit_group("training", type->visit_training, job->agent->self, v, err));
    }
    /* not begun: no lane has a child yet */
    return job->episodes == 0 ? TITR_OK : visit_episodes(job, v, err);
}

static titr_status visit_record(titri_record *r, titr_visitor *v, titr_error *err)
{
    int64_t *counter[] = {&r->decisions, &r->validations, &r->validated_at,
                          &r->best_at,   &r->in_vain,     &r->stopped_early};
    double *score[] = {&r->last, &r->best, &r->to_beat};
    int64_t counters[6];
    double scores[3];
    for (size_t i = 0; i < 6; i++) {
        counters[i] = *counter[i];
    }
    for (size_t i = 0; i < 3; i++) {
        scores[i] = *score[i];
    }
    TITR_TRY(titr_visit_vector(v, "record", TITR_I64, 6, counters, err));
    TITR_TRY(titr_visit_vector(v, "record_scores", TITR_F64, 3, scores, err));
    for (size_t i = 0; i < 6; i++) {
        *counter[i] = counters[i];
    }
    for (size_t i = 0; i < 3; i++) {
        *score[i] = scores[i];
    }
    return TITR_OK;
}

/* What an agent's visit saved, through another visitor: an agent that can do no more than act is
 * made for it. */
static titr_status visit_memory(const titri_lab *lab, size_t policy, size_t job, size_t child,
                                titr_memory_visitor *memory, titr_visitor *v, titr_error *err)
{
    titr_agent *agent = NULL;
    TITR_TRY(titri_lab_learner(lab, policy, job, child, 1, &agent, err));
    titr_status st = TITR_OK;
    if (!v->loading) {
        titr_memory_visitor_load(memory);
        st = agent->type->visit(agent->self, &memory->base, err);
    }
    st = st == TITR_OK ? visit_group("agent", agent->type->visit, agent->self, v, err) : st;
    if (v->loading && st == TITR_OK) {
        titr_memory_visitor_fini(memory);
        titr_memory_visitor_init(memory);
        st = agent->type->visit(agent->self, &memory->base, err);
    }
    titr_agent_destroy(agent);
    return st;
}

static titr_status visit_best(void *self, titr_visitor *v, titr_error *err)
{
    titri_job *job = self;
    return visit_memory(job->lab, job->policy, job->index, job->child[0], &job->best, v, err);
}

titr_status titri_learned_visit(const titri_lab *lab, size_t policy, size_t job, size_t child,
                                titri_learned *what, titr_visitor *v, titr_error *err)
{
    TITR_TRY(visit_record(&what->record, v, err));
    TITR_TRY(titri_curve_visit(&what->curve, v, err));
    return visit_memory(lab, policy, job, child, &what->agent, v, err);
}

/* How far it is; loading makes a running job's agent and environment. */
static titr_status visit_stage(titri_job *job, titr_visitor *v, titr_error *err)
{
    int64_t counters[3] = {job->stage, (int64_t)job->episodes, job->best.size > 0};
    TITR_TRY(titr_visit_vector(v, "counters", TITR_I64, 3, counters, err));
    if (!v->loading) {
        return TITR_OK;
    }
    if (counters[0] < TITRI_WAITING || counters[0] > TITRI_FINISHED) {
        return titr_fail(err, TITR_ERR_CONFIG, "checkpoint: a job at stage %lld",
                         (long long)counters[0]);
    }
    titri_job_end(job);
    job->stage = (titri_stage)counters[0];
    job->episodes = (uint64_t)counters[1];
    job->best.size = counters[2] != 0; /* there will be one */
    return job->stage == TITRI_RUNNING ? titri_job_begin(job, err) : TITR_OK;
}

titr_status titri_job_visit(titri_job *job, titr_visitor *v, titr_error *err)
{
    TITR_TRY(visit_stage(job, v, err));
    TITR_TRY(visit_record(&job->record, v, err));
    job->decisions_before = v->loading ? job->record.decisions : job->decisions_before;
    TITR_TRY(titri_curve_visit(&job->curve, v, err));
    if (job->best.size > 0) {
        TITR_TRY(visit_group("best", visit_best, job, v, err));
    }
    switch (job->stage) {
    case TITRI_RUNNING:
        return visit_running(job, v, err);
    case TITRI_FINISHED:
        return visit_memory(job->lab, job->policy, job->index, job->child[0], &job->learned, v,
                            err);
    default:
        return TITR_OK;
    }
}
