// SPDX-License-Identifier: GPL-3.0-or-later
/* Training in rounds: stopped and gone on with, it writes the same bytes; what belongs to another
 * experiment is refused. */
#include "runner/crew.h"
#include "runner/train.h"
#include "small.h"

#include "titrate/base/json_find.h"

#include <criterion/criterion.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two jobs of several slices each. */
#define LONG "policies.q.train_steps=4500", "train.curve_every=1500"

static int there(const titr_experiment *e, const char *suffix)
{
    return access(small_path(e, suffix), F_OK) == 0;
}

/* Bytes of the agents' file. */
static char *slurp(const titr_experiment *e, size_t *n)
{
    FILE *file = fopen(small_path(e, ".agents.h5"), "rb");
    char *bytes = malloc(1 << 20);
    cr_assert(file != NULL && bytes != NULL);
    *n = fread(bytes, 1, 1 << 20, file);
    cr_assert(*n > 0 && *n < 1 << 20);
    (void)fclose(file);
    return bytes;
}

static void train(const titr_experiment *e, int resume)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_train(e, NULL, resume, NULL, NULL, &err), TITR_OK, "%s", err.what);
    cr_assert(there(e, ".agents.h5") && !there(e, ".checkpoint.h5"));
}

Test(train, stopped_and_gone_on_with_it_writes_the_same_bytes)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, NULL);
    small_watch w;
    titr_error err = {.what = ""};
    size_t n = 0, m = 0;
    small_folder(e);
    train(e, 0);
    char *whole = slurp(e, &n);
    for (size_t stop_at = 1; stop_at <= 7; stop_at += 3) {
        (void)unlink(small_path(e, ".agents.h5"));
        small_watch_init(&w, stop_at);
        small_refused(titr_train(e, NULL, 0, &w.watch, NULL, &err), TITR_ERR_STOPPED, &err,
                      "--resume");
        cr_assert_not_null(strstr(err.what, small_path(e, ".checkpoint.h5")), "%s", err.what);
        cr_assert(there(e, ".checkpoint.h5") && !there(e, ".agents.h5"));
        cr_assert(stop_at == 1 ? w.done == 0 : w.done > 0 && w.done < 9000, "%zu", w.done);
        train(e, 1);
        char *resumed = slurp(e, &m);
        cr_assert(m == n && memcmp(whole, resumed, n) == 0);
        free(resumed);
    }
    free(whole);
    small_folder_remove(e);
    small_free(e);
}

/* A lab's agents after loading are those that were trained. */
Test(train, agents_are_loaded_as_they_were_trained)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, NULL);
    titr_error err = {.what = ""};
    small_folder(e);
    titri_lab *trained = small_lab(e), *loaded = small_lab(e);
    cr_assert(titri_has_learners(trained));
    cr_assert_eq(titri_train(trained, NULL, 0, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titri_load_agents(loaded, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(loaded->policy[0].n_jobs, 2);
    for (size_t j = 0; j < 2; j++) {
        const titri_learned *a = &trained->policy[0].learned[j];
        const titri_learned *b = &loaded->policy[0].learned[j];
        const size_t cells = 3 * a->curve.width;
        cr_assert(a->curve.n == 3 && b->curve.n == 3 && b->curve.width == a->curve.width);
        cr_assert_eq(memcmp(a->curve.cell, b->curve.cell, cells * sizeof(double)), 0);
        cr_assert(a->record.decisions == 4500 && b->record.decisions == 4500);
    }
    for (size_t c = 0; c < 2; c++) { /* a copy for each batch */
        titr_agent *agent = NULL;
        cr_assert_eq(titri_lab_agent(loaded, 0, c, 5, &agent, &err), TITR_OK, "%s", err.what);
        titr_agent_destroy(agent);
    }
    titri_lab_destroy(trained);
    titri_lab_destroy(loaded);
    small_folder_remove(e);
    small_free(e);
}

Test(train, what_belongs_to_another_experiment_is_refused)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, NULL);
    small_watch w;
    titr_error err = {.what = ""};
    titr_summary s;
    small_folder(e);
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_IO, &err, "train first");
    small_watch_init(&w, 1);
    cr_assert_eq(titr_train(e, NULL, 0, &w.watch, NULL, &err), TITR_ERR_STOPPED);
    e->seed = 8;
    (void)snprintf(e->seed_text, sizeof e->seed_text, "8");
    small_refused(titr_train(e, NULL, 1, NULL, NULL, &err), TITR_ERR_CONFIG, &err,
                  ".checkpoint.h5");
    train(e, 0);
    e->clinic.target_mg_dl = 110.0; /* may be what settings were titrated to */
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_CONFIG, &err, ".agents.h5");
    e->clinic.target_mg_dl = 120.0;
    e->evaluate.drop_days = 0.5; /* did not shape what was learned */
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}

/* Looks for the checkpoint each time it is told of progress. */
static void look(void *context, const char *what, size_t done, size_t total)
{
    const titr_experiment *e = context;
    (void)what, (void)done, (void)total;
    cr_assert(!there(e, ".checkpoint.h5"));
}

Test(train, without_an_interval_nothing_is_saved_on_the_way)
{
    titr_experiment *e = small_experiment(SMALL_Q, LONG, "train.checkpoint_every_s=0", NULL);
    const titr_watch watch = {.progress = look, .context = e};
    titr_error err = {.what = ""};
    small_folder(e);
    cr_assert_eq(titr_train(e, NULL, 0, &watch, NULL, &err), TITR_OK, "%s", err.what);
    small_folder_remove(e);
    small_free(e);
}

Test(train, what_cannot_be_trained_is_refused)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titr_error err = {.what = ""};
    small_refused(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_ERR_CONFIG, &err, "no policy");
    small_free(e);
    e = small_experiment(SMALL_Q, "output.folder=/nonexistent/folder", NULL);
    small_refused(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_ERR_IO, &err,
                  "/nonexistent/folder");
    small_free(e);
    e = small_experiment(SMALL_Q, "cohort.subjects=child#001", NULL);
    small_folder(e);
    small_refused(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_ERR_RANGE, &err,
                  "split.folds = 2");
    small_folder_remove(e);
    small_free(e);
}

/* --- replicates, and agents that are kept --- */

#define BOTH                                                                                       \
    SMALL_Q ", { name = \"s\"; agent = \"sarsa\"; train_steps = 600;"                              \
            "  observe = ( { name = \"cgm\"; edges = [120.0]; } ); }"

static int same(const titr_memory_visitor *a, const titr_memory_visitor *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static titri_lab *lab_of(const titr_experiment *e)
{
    titr_error err = {.what = ""};
    titri_lab *lab = small_lab(e);
    cr_assert_eq(titri_load_agents(lab, &err), TITR_OK, "%s", err.what);
    return lab;
}

/* Each replicate has seeds of its own; the first is what there is without others, and it matters to
 * none how many there are. */
Test(train, replicates_differ_and_do_not_depend_on_their_number)
{
    titr_experiment *e = small_experiment(SMALL_Q, NULL);
    titri_lab *lab[3] = {NULL};
    small_folder(e);
    for (size_t i = 0; i < 3; i++) {
        e->train.replicates = 1 + (int64_t)i;
        train(e, 0);
        lab[i] = lab_of(e);
        cr_assert_eq(lab[i]->n_policies, 1 + i);
    }
    const titri_policy *three = lab[2]->policy;
    cr_assert_str_eq(lab[0]->policy[0].def->name, "q");
    cr_assert_str_eq(three[2].def->name, "q#3");
    for (size_t j = 0; j < 2; j++) {
        cr_assert(same(&three[0].learned[j].agent, &lab[0]->policy[0].learned[j].agent));
        cr_assert(same(&three[1].learned[j].agent, &lab[1]->policy[1].learned[j].agent));
        for (size_t r = 1; r < 3; r++) {
            cr_assert(!same(&three[r].learned[j].agent, &three[r - 1].learned[j].agent));
        }
    }
    for (size_t i = 0; i < 3; i++) {
        titri_lab_destroy(lab[i]);
    }
    small_folder_remove(e);
    small_free(e);
}

/* Lines of a training: whether each job was trained now. */
static void expect_trained(const titr_experiment *e, const char *policy, int resume,
                           const char *trained_now)
{
    titr_error err = {.what = ""};
    titr_training t;
    char now[16] = "";
    cr_assert_eq(titr_train(e, policy, resume, NULL, &t, &err), TITR_OK, "%s", err.what);
    for (size_t i = 0; i < t.n; i += 2) { /* two folds each */
        now[i / 2] = t.row[i].trained_before ? '-' : t.row[i].policy[0];
    }
    cr_assert_str_eq(now, trained_now);
    titr_training_fini(&t);
}

Test(train, what_fits_is_kept_when_another_learner_changes_or_comes)
{
    titr_experiment *e = small_experiment(BOTH, NULL);
    titr_error err = {.what = ""};
    titr_summary s;
    small_folder(e);
    expect_trained(e, "q", 0, "q"); /* the other one is not there yet */
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_CONFIG, &err,
                  "no agents of policy s");
    expect_trained(e, NULL, 1, "-s");
    expect_trained(e, NULL, 1, "--");
    e->policy[1].train_steps = 300;
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_CONFIG, &err,
                  "s#1 is of another set-up: it was trained with \"train_steps\": 600, the "
                  "experiment has \"train_steps\": 300");
    expect_trained(e, NULL, 1, "-s");
    expect_trained(e, "s", 0, "-s"); /* asked for: again */
    e->train.replicates = 2;
    expect_trained(e, NULL, 1, "-q-s");
    expect_trained(e, "q#2", 0, "-q--");
    expect_trained(e, NULL, 0, "qqss");
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    cr_assert(s.n_rows == 2 && s.row[0].replicates == 2 && s.row[1].replicates == 2);
    titr_summary_fini(&s);
    small_refused(titr_train(e, "bb", 0, NULL, NULL, &err), TITR_ERR_CONFIG, &err, "'bb'");
    small_folder_remove(e);
    small_free(e);
}

Test(train, an_unfinished_training_is_not_lost_to_another_one)
{
    titr_experiment *e = small_experiment(BOTH, NULL);
    small_watch w;
    titr_error err = {.what = ""};
    small_folder(e);
    small_watch_init(&w, 3);
    cr_assert_eq(titr_train(e, NULL, 0, &w.watch, NULL, &err), TITR_ERR_STOPPED);
    small_refused(titr_train(e, "q", 0, NULL, NULL, &err), TITR_ERR_CONFIG, &err,
                  "an unfinished training");
    small_refused(titr_train(e, "q", 1, NULL, NULL, &err), TITR_ERR_CONFIG, &err,
                  "of another policy");
    train(e, 1);
    small_folder_remove(e);
    small_free(e);
}

#define JUDGED                                                                                     \
    "train.curve_every=600", "train.evaluate_every=900", "train.evaluate_episodes=2",              \
        "train.keep=best", "train.replicates=2"

/* The best agent so far, patience and due validations are part of what is saved. */
Test(train, validated_and_stopped_it_goes_on_to_the_same_bytes)
{
    titr_experiment *e = small_experiment(SMALL_Q, "policies.q.train_steps=4500", JUDGED, NULL);
    small_watch w;
    titr_error err = {.what = ""};
    size_t n = 0, m = 0;
    small_folder(e);
    train(e, 0);
    char *whole = slurp(e, &n);
    for (size_t stop_at = 5; stop_at <= 4000; stop_at = 7 * stop_at) { /* in validations, mostly */
        (void)unlink(small_path(e, ".agents.h5"));
        small_watch_init(&w, stop_at);
        cr_assert_eq(titr_train(e, NULL, 0, &w.watch, NULL, &err), TITR_ERR_STOPPED, "%zu",
                     stop_at);
        small_watch_init(&w, 300);
        const titr_status st = titr_train(e, NULL, 1, &w.watch, NULL, &err);
        cr_assert(st == TITR_ERR_STOPPED, "%s", err.what);
        train(e, 1);
        char *resumed = slurp(e, &m);
        cr_assert(m == n && memcmp(whole, resumed, n) == 0, "stopped at %zu", stop_at);
        free(resumed);
    }
    free(whole);
    small_folder_remove(e);
    small_free(e);
}

Test(train, threads_change_nothing)
{
    titr_experiment *e =
        small_experiment(SMALL_Q, "policies.q.train_steps=3000", JUDGED, "train.patience=1", NULL);
    size_t n = 0, m = 0;
    small_folder(e);
    train(e, 0);
    char *one = slurp(e, &n);
    omp_set_num_threads(3);
    train(e, 0);
    char *three = slurp(e, &m);
    cr_assert(m == n && memcmp(one, three, n) == 0);
    free(one);
    free(three);
    small_folder_remove(e);
    small_free(e);
}

/* All at once where nobody would be without work, else as many as there are threads. */
Test(train, few_jobs_hold_memory_at_once)
{
    cr_assert_eq(titri_crew_at_once(1, 2), 1);
    cr_assert_eq(titri_crew_at_once(3, 2), 3);
    cr_assert_eq(titri_crew_at_once(4, 2), 2);
    cr_assert_eq(titri_crew_at_once(100, 8), 8);
    cr_assert_eq(titri_crew_at_once(0, 8), 0);
}

Test(train, what_became_of_it_is_told_as_a_table_and_as_json)
{
    titr_training_row row[] = {{.policy = "q#1",
                                .job = "fold_1",
                                .decisions = 600,
                                .wall_s = 2.0,
                                .decisions_per_s = 300.0,
                                .validations = 3,
                                .last_score = 71.25,
                                .best_score = 80.5,
                                .best_at = 200,
                                .stopped_early = 1},
                               {.policy = "s",
                                .job = "child#001",
                                .decisions = 500,
                                .decisions_per_s = (double)NAN,
                                .last_score = (double)NAN,
                                .best_score = (double)NAN,
                                .trained_before = 1}};
    const titr_training t = {row, 2, TITR_SCORE_TIR_ITT};
    char *text = NULL, *json = NULL;
    cr_assert_eq(titr_training_table(&t, &text, NULL), TITR_OK);
    cr_assert_eq(titr_training_json(&t, &json, NULL), TITR_OK);
    cr_assert_not_null(strstr(text, "best tir_itt"), "%s", text);
    cr_assert_not_null(strstr(text, "71.25       80.5 at       200  stopped early\n"), "%s", text);
    const char *second = strstr(text, "\ns  ");
    cr_assert(second != NULL && strstr(second, "trained before\n") != NULL, "%s", text);
    cr_assert_null(strstr(text, "nan"), "%s", text);
    cr_assert_eq(titr_json_number_at(json, "score", -1.0), -1.0);
    cr_assert_not_null(strstr(json, "\"best_at\": 200"), "%s", json);
    cr_assert_not_null(strstr(json, "\"wall_s\": null"), "%s", json);
    free(text);
    free(json);
}

Test(train, memory_is_told_before_it_is_taken)
{
    titr_experiment *e = small_experiment("{ name = \"d\"; agent = \"dqn\"; train_steps = 6;"
                                          "  observe = ( { name = \"cgm\"; bins = 4; } ); }",
                                          NULL);
    small_watch w;
    titr_error err = {.what = ""};
    small_folder(e);
    small_watch_init(&w, 0);
    cr_assert_eq(titr_train(e, NULL, 0, &w.watch, NULL, &err), TITR_OK, "%s", err.what);
    cr_assert_not_null(strstr(w.line, "training holds "), "%s", w.line);
    cr_assert_not_null(strstr(w.line, " MB: 1 of 2 jobs at a time"), "%s", w.line);
    small_folder_remove(e);
    small_free(e);
}
