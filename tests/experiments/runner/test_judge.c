// SPDX-License-Identifier: GPL-3.0-or-later
/* Validation while training: what it plays and finds, that it leaves training as it was, and what
 * follows from it. */
#include "runner/evaluate.h"
#include "runner/job.h"
#include "runner/train.h"
#include "small.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define VALIDATED "train.evaluate_every=60", "train.evaluate_episodes=3"

static titri_job *job_of(const titri_lab *lab)
{
    titri_job *job = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_job_create(lab, 0, 0, &job, &err), TITR_OK, "%s", err.what);
    return job;
}

static void advance(titri_job *job, int64_t slice)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titri_job_advance(job, slice, &err), TITR_OK, "%s", err.what);
}

static double cell(const titri_job *job, size_t row, size_t column)
{
    return job->curve.cell[row * job->curve.width + column];
}

static titri_job *trained(const titr_experiment *e, titri_lab **lab)
{
    *lab = small_lab(e);
    titri_job *job = job_of(*lab);
    advance(job, 100000);
    cr_assert(titri_job_done(job));
    return job;
}

Test(judge, training_is_the_same_with_and_without_it)
{
    titr_experiment *with = small_experiment(SMALL_Q, VALIDATED, "train.curve_every=60", NULL);
    titr_experiment *without = small_experiment(SMALL_Q, "train.curve_every=60", NULL);
    titri_lab *a = NULL, *b = NULL;
    titri_job *judged = trained(with, &a), *plain = trained(without, &b);
    cr_assert_eq(judged->learned.size, plain->learned.size);
    cr_assert_eq(memcmp(judged->learned.bytes, plain->learned.bytes, plain->learned.size), 0);
    cr_assert_eq(judged->record.validations, 10);
    cr_assert_eq(plain->record.validations, 0);
    cr_assert(isnan(plain->record.best) && plain->record.best_at == 0);
    titri_job_destroy(judged);
    titri_job_destroy(plain);
    titri_lab_destroy(a);
    titri_lab_destroy(b);
    small_free(with);
    small_free(without);
}

/* The comparison of the whole program, of the same agent on the same child and seeds, finds the
 * same. */
Test(judge, scores_are_those_of_the_comparison)
{
    titr_experiment *e =
        small_experiment(SMALL_Q, VALIDATED, "split.seeds_validate=[2001,2003]", NULL);
    titr_error err = {.what = ""};
    titr_summary s;
    small_folder(e);
    cr_assert_eq(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_OK, "%s", err.what);
    titri_lab *lab = small_lab(e);
    cr_assert_eq(titri_load_agents(lab, &err), TITR_OK, "%s", err.what);
    const titri_learned *fold = &lab->policy[0].learned[0]; /* learned from child#002 alone */
    const size_t last = fold->curve.n - 1;
    const double *row = &fold->curve.cell[last * fold->curve.width];
    /* the agent of fold 0 serves child#001: here its own child, on the validation seeds */
    e->split.seeds_test_from = 2001;
    e->split.seeds_test_to = 2003;
    lab->cohort.child[0] = lab->cohort.child[1];
    cr_assert_eq(titri_evaluate(lab, NULL, 0, &s, &err), TITR_OK, "%s", err.what);
    double tir = 0.0;
    for (size_t i = 0; i < 3; i++) {
        tir += titr_scores_get(&s.episode[i].scores, "tir_itt_percent") / 3.0;
    }
    cr_assert_float_eq(row[TITRI_CURVE_VALIDATION_TIR], tir, 1e-9, "%g, %g", tir,
                       row[TITRI_CURVE_VALIDATION_TIR]);
    cr_assert_eq(row[TITRI_CURVE_SCORE], row[TITRI_CURVE_VALIDATION_TIR]);
    cr_assert_eq(fold->record.last, row[TITRI_CURVE_SCORE]);
    cr_assert_float_eq(row[TITRI_CURVE_VALIDATION_RETURN],
                       288.0 * row[TITRI_CURVE_VALIDATION_REWARD], 1e-9);
    cr_assert_eq(row[TITRI_CURVE_VALIDATION_FAILED], 0.0);
    titr_summary_fini(&s);
    titri_lab_destroy(lab);
    small_folder_remove(e);
    small_free(e);
}

/* Rows of validation stand at each multiple of evaluate_every; in others its columns are empty. */
Test(judge, the_curve_tells_when_it_was_held)
{
    titr_experiment *e =
        small_experiment(SMALL_Q, "train.curve_every=90", "train.evaluate_every=150",
                         "train.evaluate_episodes=1", "train.score=reward", NULL);
    titri_lab *lab = NULL;
    titri_job *job = trained(e, &lab);
    static const double decisions[] = {90, 150, 240, 300, 390, 450, 540, 600};
    cr_assert_eq(job->curve.n, 8);
    for (size_t i = 0; i < 8; i++) {
        const int held = i % 2 == 1;
        cr_assert_eq(cell(job, i, TITRI_CURVE_DECISIONS), decisions[i]);
        cr_assert_eq(isnan(cell(job, i, TITRI_CURVE_SCORE)), !held);
        cr_assert(!held ||
                  cell(job, i, TITRI_CURVE_SCORE) == cell(job, i, TITRI_CURVE_VALIDATION_REWARD));
        cr_assert(isfinite(cell(job, i, TITRI_CURVE_VALIDATED)), "what the agent reports first");
    }
    cr_assert(job->record.validations == 4 && job->record.validated_at == 600);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}

/* The best of all rows, and the state of the agent then. */
Test(judge, the_best_agent_is_kept)
{
    titr_experiment *e = small_experiment(SMALL_Q, VALIDATED, "train.keep=best", NULL);
    titri_lab *lab = NULL;
    titri_job *job = trained(e, &lab);
    size_t best = 0;
    for (size_t i = 0; i < job->curve.n; i++) {
        best = cell(job, i, TITRI_CURVE_SCORE) > cell(job, best, TITRI_CURVE_SCORE) ? i : best;
    }
    cr_assert_eq(job->record.best, cell(job, best, TITRI_CURVE_SCORE));
    cr_assert_eq((double)job->record.best_at, cell(job, best, TITRI_CURVE_DECISIONS));
    /* a training that ends there */
    e->policy[0].train_steps = job->record.best_at;
    e->train.keep = TITR_KEEP_LAST;
    titri_lab *other = NULL;
    titri_job *shorter = trained(e, &other);
    cr_assert_eq(shorter->learned.size, job->learned.size);
    cr_assert_eq(memcmp(shorter->learned.bytes, job->learned.bytes, job->learned.size), 0);
    titri_job_destroy(job);
    titri_job_destroy(shorter);
    titri_lab_destroy(lab);
    titri_lab_destroy(other);
    small_free(e);
}

Test(judge, training_stops_when_nothing_improves_or_enough_is_reached)
{
    titr_experiment *e = small_experiment(SMALL_Q, VALIDATED, "train.patience=2",
                                          "train.min_improvement=1000", NULL);
    titri_lab *lab = NULL;
    titri_job *job = trained(e, &lab); /* the first one counts, the next two are in vain */
    cr_assert(job->record.stopped_early && job->record.decisions == 180 &&
              job->record.validations == 3);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    e->train.patience = 0;
    e->train.stop_at = -1e9;
    job = trained(e, &lab);
    cr_assert(job->record.stopped_early && job->record.decisions == 60);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    e->train.stop_at = 100.5; /* more than there is */
    job = trained(e, &lab);
    cr_assert(!job->record.stopped_early && job->record.decisions == 600);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}

static int stop_at_once(void *context)
{
    return *(const int *)context;
}

/* Given up when asked to stop, and held when gone on with. */
Test(judge, a_validation_that_was_given_up_is_still_due)
{
    titr_experiment *e = small_experiment(SMALL_Q, VALIDATED, NULL);
    int stop = 1;
    const titr_watch watch = {.stop = stop_at_once, .context = &stop};
    titri_lab *lab = small_lab(e);
    lab->watch = &watch;
    titri_job *job = job_of(lab);
    advance(job, 60);
    cr_assert(job->record.decisions == 60 && job->record.validations == 0);
    advance(job, 60);
    cr_assert(job->record.decisions == 60 && job->record.validations == 0);
    stop = 0;
    advance(job, 1);
    cr_assert(job->record.decisions == 63 && job->record.validations == 1);
    cr_assert_eq(job->record.validated_at, 60);
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(judge, an_environment_that_fails_has_no_score)
{
    titr_experiment *e = small_experiment(SMALL_Q, VALIDATED, "train.keep=best", NULL);
    titri_lab *lab = small_lab(e);
    lab->env.solver = (titr_slot){.type = &small_broken};
    titri_job *job = job_of(lab);
    advance(job, 100000);
    cr_assert(titri_job_done(job) && isnan(job->record.best) && job->record.best_at == 0);
    cr_assert_eq(cell(job, 0, TITRI_CURVE_VALIDATION_FAILED), 3.0);
    cr_assert_gt(job->learned.size, 0); /* the last, for want of a best */
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
}
