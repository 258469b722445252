// SPDX-License-Identifier: GPL-3.0-or-later
/* One training job: whom it plays, what it counts, its curve, and that it goes on from a checkpoint
 * as if nothing had happened. */
#include "runner/job.h"
#include "small.h"

#include "titrate/base/visit_memory.h"

#include <criterion/criterion.h>
#include <string.h>

#define THREE "cohort.subjects=child#001,child#002,child#003", "split.folds=3"
enum { LANES = 3, STEPS = 24 }; /* of two hours at 5 min */

static titri_job *job_of(const titri_lab *lab, size_t index)
{
    titri_job *job = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_job_create(lab, 0, index, &job, &err), TITR_OK, "%s", err.what);
    return job;
}

static void advance(titri_job *job, int64_t slice)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titri_job_advance(job, slice, &err), TITR_OK, "%s", err.what);
}

static void check_start(const titri_lab *lab, const titri_job *job, size_t lane, size_t child,
                        uint32_t episode)
{
    const titr_lane_start *s = &job->start[lane];
    cr_assert_eq(s->child, &lab->cohort.child[child], "lane %zu plays %s", lane,
                 s->child->patient.id);
    cr_assert(s->lane == lane && s->episode == episode && s->seed == 7, "lane %zu plays episode %u",
              lane, (unsigned)s->episode);
    cr_assert_eq(s->therapy, titri_lab_therapy(lab, 0, child));
}

/* Episode s is child s mod 2 of those learned from, on seed s / 2, again from the first seed after
 * the last. */
Test(job, children_and_seeds_follow_one_sequence)
{
    titr_experiment *e =
        small_experiment(SMALL_Q, THREE, "scenario.horizon_days=0.08333333333333333",
                         "split.seeds_train=[5,6]", "policies.q.train_steps=1000", NULL);
    titri_lab *lab = small_lab(e);
    titri_job *job = job_of(lab, 1); /* child#002 is left out */
    cr_assert(job->n_children == 2 && job->child[0] == 0 && job->child[1] == 2);
    cr_assert(!titri_job_done(job));
    advance(job, 1); /* a whole step of all lanes */
    cr_assert_eq(job->record.decisions, LANES);
    check_start(lab, job, 0, 0, 5);
    check_start(lab, job, 1, 2, 5);
    check_start(lab, job, 2, 0, 6);
    advance(job, (int64_t)LANES * STEPS); /* one step into the next episodes */
    check_start(lab, job, 0, 2, 6);
    check_start(lab, job, 1, 0, 5);
    check_start(lab, job, 2, 2, 5);
    advance(job, 1000000);
    cr_assert(titri_job_done(job));
    cr_assert(job->record.decisions >= 1000 && job->record.decisions < 1000 + LANES);
    titri_job_destroy(job);
    titri_job_destroy(NULL);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(job, the_policys_own_number_of_decisions_comes_first)
{
    titr_experiment *e = small_experiment(SMALL_Q, "train.steps=77", NULL);
    titri_lab *lab = small_lab(e);
    titri_job *job = job_of(lab, 0);
    cr_assert_eq(job->decisions_wanted, 600);
    titri_job_destroy(job);
    e->policy[0].train_steps = 0;
    job = job_of(lab, 0);
    cr_assert_eq(job->decisions_wanted, 77);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}

/* Means of what the steps of a block showed, added up here. */
Test(job, the_curve_holds_the_means_of_each_block)
{
    titr_experiment *e =
        small_experiment(SMALL_Q, "train.curve_every=30", "policies.q.train_steps=1000", NULL);
    titri_lab *lab = small_lab(e);
    titri_job *job = job_of(lab, 0);
    for (size_t block = 0; block < 20; block++) { /* more than the first reservation */
        double reward = 0.0, in_range = 0.0;
        for (size_t k = 0; k < 10; k++) {
            advance(job, LANES);
            for (size_t l = 0; l < LANES; l++) {
                const double glucose = (double)job->roller->row[l].glucose_mg_dl;
                reward += job->roller->view->reward[l] / 30.0;
                in_range += glucose >= 70.0 && glucose <= 180.0 ? 100.0 / 30.0 : 0.0;
            }
        }
        cr_assert_eq(job->curve.n, block + 1);
        const double *row = &job->curve.cell[block * job->curve.width];
        cr_assert_eq(row[TITRI_CURVE_DECISIONS], 30.0 * (double)(block + 1));
        cr_assert_float_eq(row[TITRI_CURVE_REWARD], reward, 1e-9);
        cr_assert_float_eq(row[TITRI_CURVE_TIR], in_range, 1e-9);
        cr_assert_eq(row[TITRI_CURVE_TERMINATED], 0.0);
    }
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(job, no_curve_unless_asked_for)
{
    titr_experiment *e = small_experiment(SMALL_Q, "train.curve_every=0", NULL);
    titri_lab *lab = small_lab(e);
    titri_job *job = job_of(lab, 0);
    advance(job, 600);
    cr_assert_eq(job->curve.n, 0);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}

static void save(titri_job *job, titr_memory_visitor *memory)
{
    titr_error err = {.what = ""};
    titr_memory_visitor_init(memory);
    cr_assert_eq(titri_job_visit(job, &memory->base, &err), TITR_OK, "%s", err.what);
}

/* From its beginning, in the middle of episodes, and at its end. */
static void goes_on(titr_experiment *e)
{
    static const int64_t stops[] = {0, 100, 600};
    titri_lab *lab = small_lab(e);
    titr_memory_visitor whole, half, resumed;
    titri_job *job = job_of(lab, 0);
    advance(job, 600);
    save(job, &whole);
    titri_job_destroy(job);
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        titr_error err = {.what = ""};
        job = job_of(lab, 0);
        advance(job, stops[i]);
        save(job, &half);
        titri_job_destroy(job);
        job = job_of(lab, 0);
        titr_memory_visitor_load(&half);
        cr_assert_eq(titri_job_visit(job, &half.base, &err), TITR_OK, "%s", err.what);
        cr_assert_geq(job->record.decisions, stops[i]);
        advance(job, 600);
        save(job, &resumed);
        cr_assert_eq(resumed.size, whole.size);
        cr_assert_eq(memcmp(resumed.bytes, whole.bytes, whole.size), 0, "stopped at %d",
                     (int)stops[i]);
        titri_job_destroy(job);
        titr_memory_visitor_fini(&half);
        titr_memory_visitor_fini(&resumed);
    }
    titr_memory_visitor_fini(&whole);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(job, goes_on_from_a_checkpoint_as_if_it_had_not_stopped)
{
    goes_on(small_experiment(SMALL_Q, "train.curve_every=60", "scenario.horizon_days=0.25", NULL));
}

Test(job, goes_on_with_the_children_that_training_has_put_off)
{
    goes_on(small_experiment(SMALL_Q, "train.settings_cv=0.2", "train.body_cv=0.3",
                             "scenario.horizon_days=0.25", NULL));
}

static void load_refused(titri_job *job, titr_memory_visitor *memory, const char *words)
{
    titr_error err = {.what = ""};
    titr_memory_visitor_load(memory);
    small_refused(titri_job_visit(job, &memory->base, &err), TITR_ERR_CONFIG, &err, words);
}

Test(job, a_checkpoint_of_others_is_refused)
{
    titr_experiment *many = small_experiment(SMALL_Q, THREE, NULL);
    titr_experiment *few = small_experiment(SMALL_Q, NULL);
    titri_lab *three = small_lab(many), *two = small_lab(few);
    titri_job *job = job_of(three, 0), *other = job_of(two, 0);
    titr_memory_visitor memory;
    advance(job, 1);
    save(job, &memory);
    load_refused(other, &memory, "checkpoint: lane 1 plays child 2 of 2");
    memory.size -= 4;
    load_refused(job, &memory, "");
    titr_memory_visitor_fini(&memory);
    titri_job_destroy(job);
    titri_job_destroy(other);
    titri_lab_destroy(three);
    titri_lab_destroy(two);
    small_free(many);
    small_free(few);
}

Test(job, somebody_must_be_left_to_learn_from)
{
    titr_experiment *e = small_experiment(SMALL_Q, "cohort.subjects=child#001", NULL);
    titri_lab *lab = small_lab(e);
    titri_job *job = NULL;
    titr_error err = {.what = ""};
    small_refused(titri_job_create(lab, 0, 0, &job, &err), TITR_ERR_RANGE, &err,
                  "split.folds = 2 leaves no child to train q on");
    cr_assert_null(job);
    lab->env.decision_interval_min = 0.5;
    cr_assert_eq(titri_job_create(lab, 0, 1, &job, &err), TITR_OK, "%s", err.what);
    small_refused(titri_job_advance(job, 1, &err), TITR_ERR_RANGE, &err, "decision_interval");
    cr_assert(!titri_job_done(job) && job->agent == NULL);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}

/* A visitor that loads -1 wherever it is asked. */
static titr_status load_minus_1(titr_visitor *v, const char *name, titr_dtype dtype, size_t dims,
                                const size_t *shape, void *data, titr_error *err)
{
    (void)v, (void)name, (void)dims, (void)shape, (void)err;
    cr_assert_eq(dtype, TITR_I64);
    *(int64_t *)data = -1;
    return TITR_OK;
}

Test(job, a_curve_of_impossible_length_is_refused)
{
    titr_visitor v = {.loading = 1, .value = load_minus_1};
    titri_curve curve = {.width = 4};
    titr_error err = {.what = ""};
    small_refused(titri_curve_visit(&curve, &v, &err), TITR_ERR_CONFIG, &err,
                  "learning curve of -1 rows");
    titri_curve_fini(&curve);
}
