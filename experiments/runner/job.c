// SPDX-License-Identifier: GPL-3.0-or-later
/* One training job. Lane starts follow one sequence, episode s = (child s mod n, seed s / n), taken
 * by whichever lane is free next in lane order: the same on any number of threads. A replicate
 * takes the seeds from another one on, and draws its exploration from a seed of its own. */
#include "job.h"

#include "guard.h"
#include "study.h"
#include "unsettle.h"

#include "titrate/base/clinical.h"
#include "titrate/store/tensorboard.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#define STUDY_STEPS 64

static int in_range(float glucose_mg_dl)
{
    return (double)glucose_mg_dl >= TITR_LOW_MG_DL && (double)glucose_mg_dl <= TITR_HIGH_MG_DL;
}

/* --- learning curve --- */

/* What the last step showed, into the open sums. */
static void observe_step(titri_job *job)
{
    const titri_roller *r = job->roller;
    double *open = job->curve.open;
    for (size_t l = 0; l < r->n; l++) {
        const titr_end end = r->view->end[l];
        if (!r->acted[l] || end == TITR_END_FAULT) {
            continue;
        }
        job->lane_return[l] += r->view->reward[l];
        open[TITRI_CURVE_REWARD] += r->view->reward[l];
        open[TITRI_CURVE_TIR] +=
            r->view->takes_levels ? (double)NAN : in_range(r->row[l].glucose_mg_dl);
        open[TITRI_CURVE_TERMINATED] += end == TITR_END_TERMINATED;
        open[TITRI_CURVE_DECISIONS] += 1.0;
        if (end != TITR_END_NONE) {
            open[TITRI_CURVE_EPISODES] += 1.0;
            open[TITRI_CURVE_RETURN] += job->lane_return[l];
        }
    }
}

/* A row of the curve, and the next block begins. @param[in] verdict NULL: no validation. */
static titr_status close_row(titri_job *job, const titri_verdict *verdict, titr_error *err)
{
    const titr_agent_type *type = job->agent->type;
    double row[TITRI_CURVE_MAX];
    for (size_t i = 0; i < job->curve.width; i++) {
        row[i] = (double)NAN;
    }
    titri_curve_close(&job->curve, job->record.decisions, row);
    if (verdict != NULL) {
        row[TITRI_CURVE_SCORE] = titri_judge_score(job->lab, verdict);
        row[TITRI_CURVE_VALIDATION_TIR] = verdict->tir_itt_percent;
        row[TITRI_CURVE_VALIDATION_REWARD] = verdict->reward;
        row[TITRI_CURVE_VALIDATION_RETURN] = verdict->episode_return;
        row[TITRI_CURVE_VALIDATION_FAILED] = verdict->failed;
    }
    if (type->report != NULL) {
        type->report(job->agent->self, &row[job->curve.width - type->n_reported]);
    }
    TITR_TRY(titri_curve_append(&job->curve, row, err));
    return titri_job_publish(job, err);
}

static titr_status close_row_when_due(titri_job *job, titr_error *err)
{
    const int64_t every = job->lab->e->train.curve_every; /* 0: no curve */
    return every > 0 && job->curve.open[TITRI_CURVE_DECISIONS] >= (double)every
               ? close_row(job, NULL, err)
               : TITR_OK;
}

/* --- episodes --- */

void titri_job_seat(titri_job *job, size_t lane, size_t child, uint32_t episode)
{
    const titri_lab *lab = job->lab;
    const titr_child *who = &lab->cohort.child[child];
    job->seated[lane] = child;
    const titr_therapy *own = titri_lab_therapy(lab, job->policy, child);
    const titr_rng_key key = {
        .seed = lab->e->seed, .patient = who->patient.key, .episode = episode};
    const int is_child = lab->e->task.type == NULL;
    if (is_child && lab->e->train.settings_cv > 0.0) {
        job->therapy[lane] = titri_unsettle(own, key, lab->e->train.settings_cv);
        own = &job->therapy[lane];
    }
    if (is_child && lab->e->train.body_cv > 0.0) {
        const titr_model_type *model = titr_model_find(lab->e->body.model);
        job->body[lane] = titri_unsettle_body(who, model, key, lab->e->train.body_cv);
        who = &job->body[lane];
    }
    job->start[lane] = (titr_lane_start){lane, who, own, lab->e->seed, episode};
}

static void next_episode(titri_job *job, size_t lane)
{
    const titri_lab *lab = job->lab;
    const int64_t first = lab->e->split.seeds_train_from;
    const uint64_t n_seeds = (uint64_t)(lab->e->split.seeds_train_to - first + 1);
    uint32_t word[4];
    titri_lab_words(lab, job->policy, job->index, word);
    const uint64_t shift = lab->policy[job->policy].replicate > 0 ? word[2] % n_seeds : 0;
    const uint64_t s = job->episodes++;
    const size_t child = job->child[s % job->n_children];
    titri_job_seat(job, lane, child,
                   (uint32_t)((uint64_t)first + (s / job->n_children + shift) % n_seeds));
    job->lane_return[lane] = 0.0;
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

/* --- from waiting to finished --- */

static titr_status fill(titri_job *job, titr_error *err)
{
    const titri_lab *lab = job->lab;
    const titr_policy_def *def = lab->policy[job->policy].def;
    titr_sheet_column column[TITRI_CURVE_MAX];
    job->child = calloc(lab->cohort.n, sizeof *job->child);
    if (job->child == NULL) {
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
    job->curve.width =
        titri_curve_columns(def->agent.type, lab->e->train.evaluate_every > 0, column);
    return TITR_OK;
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
    job->record = (titri_record){.last = (double)NAN, .best = (double)NAN, .to_beat = (double)NAN};
    titr_memory_visitor_init(&job->best);
    titr_memory_visitor_init(&job->learned);
    const titr_status st = fill(job, err);
    if (st != TITR_OK) {
        titri_job_destroy(job);
        return st;
    }
    *out = job;
    return TITR_OK;
}

void titri_job_end(titri_job *job)
{
    const titr_status closed = titr_tensorboard_close(job->events, NULL);
    (void)closed; /* it was flushed after each row */
    titri_judge_destroy(job->judge);
    titri_roller_destroy(job->roller);
    titr_agent_destroy(job->agent);
    free(job->start);
    free(job->lane_return);
    free(job->therapy);
    free(job->body);
    free(job->seated);
    job->therapy = NULL;
    job->body = NULL;
    job->seated = NULL;
    job->events = NULL;
    job->judge = NULL;
    job->roller = NULL;
    job->agent = NULL;
    job->start = NULL;
    job->lane_return = NULL;
}

void titri_job_destroy(titri_job *job)
{
    if (job == NULL) {
        return;
    }
    titri_job_end(job);
    titr_memory_visitor_fini(&job->best);
    titr_memory_visitor_fini(&job->learned);
    titri_curve_fini(&job->curve);
    free(job->child);
    free(job);
}

static titr_status make(titri_job *job, titr_error *err)
{
    const titri_lab *lab = job->lab;
    const titri_policy *policy = &lab->policy[job->policy];
    const size_t lanes = titri_studies(policy->def) ? 1 : (size_t)lab->e->train.parallel_patients;
    job->start = calloc(lanes, sizeof *job->start);
    job->lane_return = calloc(lanes, sizeof *job->lane_return);
    job->therapy = calloc(lanes, sizeof *job->therapy);
    job->body = calloc(lanes, sizeof *job->body);
    job->seated = calloc(lanes, sizeof *job->seated);
    if (!job->start || !job->therapy || !job->body || !job->seated || job->lane_return == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for training %s", policy->def->name);
    }
    TITR_TRY(
        titri_lab_learner(lab, job->policy, job->index, job->child[0], lanes, &job->agent, err));
    const titr_env_def env = titri_lab_env(lab, job->policy, 1);
    TITR_TRY(
        titri_roller_create(&env, &policy->def->observe, job->agent, lanes, &job->roller, err));
    TITR_TRY(titri_guard_training(lab, job->policy, job->roller, err));
    job->roller->seed = policy->replicate > 0 ? titri_lab_seed(lab, job->policy, job->index) : 0;
    return lab->e->train.evaluate_every > 0
               ? titri_judge_create(lab, job->policy, job->index, job->child, job->n_children,
                                    &job->judge, err)
               : TITR_OK;
}

titr_status titri_job_begin(titri_job *job, titr_error *err)
{
    const titr_status st = make(job, err);
    if (st != TITR_OK) {
        titri_job_end(job);
        return st;
    }
    job->stage = TITRI_RUNNING;
    return TITR_OK;
}

/* Keep what was learned, release the rest. */
static titr_status finish(titri_job *job, titr_error *err)
{
    if (job->lab->e->train.keep == TITR_KEEP_BEST && job->best.size > 0) {
        job->learned = job->best;
        titr_memory_visitor_init(&job->best);
    } else {
        TITR_TRY(job->agent->type->visit(job->agent->self, &job->learned.base, err));
        titr_memory_visitor_fini(&job->best);
    }
    titri_job_end(job);
    job->stage = TITRI_FINISHED;
    return TITR_OK;
}

/* --- validation --- */

static int has_all_decisions(const titri_job *job)
{
    return job->record.stopped_early || job->record.decisions >= job->decisions_wanted;
}

/* At every multiple of train.evaluate_every, and at the end. */
static int is_due(const titri_job *job)
{
    const int64_t every = job->lab->e->train.evaluate_every;
    const titri_record *r = &job->record;
    if (every == 0 || r->stopped_early || r->decisions == 0 || r->validated_at == r->decisions) {
        return 0;
    }
    return has_all_decisions(job) || r->decisions / every > r->validated_at / every;
}

/* What the score means for the best, for patience and for going on. */
static void weigh(titri_job *job, double score, titr_memory_visitor *now)
{
    const titr_experiment *e = job->lab->e;
    titri_record *r = &job->record;
    r->last = score;
    r->validations++;
    r->validated_at = r->decisions;
    if (score > r->best || (isnan(r->best) && !isnan(score))) {
        r->best = score;
        r->best_at = r->decisions;
        if (e->train.keep == TITR_KEEP_BEST) {
            titr_memory_visitor_fini(&job->best);
            job->best = *now;
            titr_memory_visitor_init(now);
        }
    }
    const int improved = score > r->to_beat + e->train.min_improvement || isnan(r->to_beat);
    r->to_beat = improved ? score : r->to_beat;
    r->in_vain = improved ? 0 : r->in_vain + 1;
    r->stopped_early =
        (e->train.patience > 0 && r->in_vain >= e->train.patience) || score >= e->train.stop_at;
}

static titr_status validate(titri_job *job, titr_error *err)
{
    titr_memory_visitor now;
    titri_verdict verdict;
    titr_memory_visitor_init(&now);
    titr_status st = job->agent->type->visit(job->agent->self, &now.base, err);
    if (st == TITR_OK) {
        titr_memory_visitor_load(&now);
        st = titri_judge_play(job->judge, &now, &verdict, err);
    }
    if (st == TITR_OK) {
        st = close_row(job, &verdict, err);
    }
    if (st == TITR_OK) {
        weigh(job, titri_judge_score(job->lab, &verdict), &now);
    }
    titr_memory_visitor_fini(&now);
    return st;
}

/* --- going on --- */

int titri_job_done(const titri_job *job)
{
    return job->stage == TITRI_FINISHED;
}

/* Gradient steps on a file's transitions, which the agent gets first; STUDY_STEPS at a time. */
static titr_status study(titri_job *job, int64_t most, titr_error *err)
{
    const titr_policy_def *def = job->lab->policy[job->policy].def;
    titr_agent *agent = job->agent;
    const int64_t n = most < STUDY_STEPS ? most : STUDY_STEPS;
    if (job->record.decisions == 0) {
        TITR_TRY(titri_study(job->lab, def, job->child, job->n_children, agent, err));
    }
    TITR_TRY(agent->type->learn_offline(agent->self, n, err));
    job->record.decisions += n;
    job->curve.open[TITRI_CURVE_DECISIONS] += (double)n;
    job->curve.open[TITRI_CURVE_REWARD] = (double)NAN; /* nothing was tried */
    job->curve.open[TITRI_CURVE_TIR] = (double)NAN;
    return close_row_when_due(job, err);
}

static titr_status step(titri_job *job, titr_error *err)
{
    if (titri_studies(job->lab->policy[job->policy].def)) {
        return study(job, job->decisions_wanted - job->record.decisions, err);
    }
    TITR_TRY(start_free_lanes(job, err));
    TITR_TRY(titri_roller_step(job->roller, TITR_ACT_EXPLORE, err));
    const titr_transitions t = titri_roller_transitions(job->roller);
    TITR_TRY(job->agent->type->learn(job->agent->self, &t, err));
    job->record.decisions += (int64_t)job->roller->n; /* every lane ran: free ones were started */
    observe_step(job);
    return close_row_when_due(job, err);
}

static titr_status go_on(titri_job *job, int64_t until, titr_error *err)
{
    for (;;) {
        if (is_due(job)) {
            TITR_TRY(validate(job, err));
        }
        if (has_all_decisions(job)) {
            return finish(job, err);
        }
        if (job->record.decisions >= until) {
            return TITR_OK;
        }
        TITR_TRY(step(job, err));
    }
}

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

titr_status titri_job_advance(titri_job *job, int64_t slice, titr_error *err)
{
    const double begun_s = now_s(); /* for the user alone */
    if (job->stage == TITRI_FINISHED) {
        return TITR_OK;
    }
    if (job->stage == TITRI_WAITING) {
        TITR_TRY(titri_job_begin(job, err));
    }
    const titr_status st = go_on(job, job->record.decisions + slice, err);
    job->wall_s += now_s() - begun_s;
    return st == TITR_ERR_STOPPED ? TITR_OK : st; /* the validation is still due */
}
