// SPDX-License-Identifier: GPL-3.0-or-later
/* Evaluations: what is written, stopped and gone on with, and that nothing is ever half. */
#include "runner/evaluate.h"
#include "small.h"

#include <criterion/criterion.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TWO SMALL_BB ", { name = \"cb\"; agent = \"constant_basal\"; }"

enum { DAY = 288 };

static titr_reader *open_run(const titr_experiment *e, const char *suffix)
{
    titr_reader *r = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_reader_open(small_path(e, suffix), &r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_verify(r, &err), TITR_OK, "%s", err.what);
    return r;
}

static void hash(const titr_experiment *e, char hex[TITR_SHA256_HEX])
{
    titr_error err = {.what = ""};
    titr_reader *r = open_run(e, ".h5");
    cr_assert_eq(titr_reader_sha256(r, hex, &err), TITR_OK, "%s", err.what);
    titr_reader_close(r);
}

static void evaluate(const titr_experiment *e, int resume, titr_summary *s)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_evaluate(e, resume, NULL, s, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(access(small_path(e, ".partial.h5"), F_OK), -1);
}

/* Policies, their children, their seeds, in that order, whatever finished first. */
Test(evaluate, every_policy_plays_every_child_and_seed)
{
    titr_experiment *e = small_experiment(TWO, "evaluate.compare_to=cb", NULL);
    titr_summary s;
    titr_error err = {.what = ""};
    small_folder(e);
    omp_set_num_threads(4);
    evaluate(e, 0, &s);
    cr_assert(s.n_rows == 2 && s.n_episodes == 8);
    const titr_summary_row *bb = titr_summary_find(&s, "bb");
    cr_assert(bb->episodes == 4 && bb->children == 2 && bb->pairs == 4 && bb->valid);
    cr_assert(bb->terminated == 0 && bb->tir_itt_difference.estimate > 0.0); /* it boluses */
    titr_reader *r = open_run(e, ".h5");
    cr_assert_eq(titr_reader_episodes(r), 8);
    for (size_t k = 0; k < 8; k++) {
        titr_trajectory t;
        titr_trajectory_init(&t);
        cr_assert_eq(titr_reader_episode(r, k, &t, &err), TITR_OK, "%s", err.what);
        cr_assert_str_eq(t.policy, k < 4 ? "bb" : "cb");
        cr_assert_str_eq(t.patient, k / 2 % 2 == 0 ? "child#001" : "child#002");
        cr_assert(t.episode == 1001 + k % 2 && t.n == DAY);
        titr_trajectory_fini(&t);
    }
    cr_assert(titr_reader_has(r, "settings/bb") && titr_reader_has(r, "metrics/policies"));
    cr_assert(titr_reader_has(r, "patients") && titr_reader_has(r, "actions"));
    cr_assert_not_null(strstr(titr_reader_manifest(r), "\"low_share_percent\": 1"));
    titr_reader_close(r);
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}

/* Stopped in the second child of the first policy, and in the second policy. */
Test(evaluate, stopped_and_gone_on_with_it_is_the_whole)
{
    static const size_t stop_at[] = {DAY + 100, 3 * DAY + 100};
    static const size_t kept[] = {2, 6};
    /* a solver of one lane: children are played one by one */
    titr_experiment *e = small_experiment(TWO, "solver.name=cvode", "solver.rtol=1e-6", NULL);
    char whole[TITR_SHA256_HEX], resumed[TITR_SHA256_HEX];
    titr_summary s;
    titr_error err = {.what = ""};
    small_watch w;
    small_folder(e);
    evaluate(e, 0, &s);
    titr_summary_fini(&s);
    hash(e, whole);
    for (size_t i = 0; i < 2; i++) {
        (void)unlink(small_path(e, ".h5"));
        small_watch_init(&w, stop_at[i]);
        small_refused(titr_evaluate(e, 0, &w.watch, &s, &err), TITR_ERR_STOPPED, &err, "--resume");
        cr_assert_not_null(strstr(err.what, small_path(e, ".partial.h5")), "%s", err.what);
        cr_assert_eq(access(small_path(e, ".h5"), F_OK), -1);
        titr_reader *r = open_run(e, ".partial.h5");
        cr_assert_eq(titr_reader_episodes(r), kept[i]);
        titr_reader_close(r);
        evaluate(e, 1, &s);
        cr_assert_eq(s.n_episodes, 8);
        titr_summary_fini(&s);
        hash(e, resumed);
        cr_assert_str_eq(whole, resumed);
    }
    small_folder_remove(e);
    small_free(e);
}

Test(evaluate, an_evaluation_of_another_experiment_is_not_gone_on_with)
{
    titr_experiment *e = small_experiment(TWO, NULL);
    titr_summary s;
    titr_error err = {.what = ""};
    small_watch w;
    small_folder(e);
    small_watch_init(&w, DAY + 100);
    cr_assert_eq(titr_evaluate(e, 0, &w.watch, &s, &err), TITR_ERR_STOPPED);
    e->evaluate.drop_days = 0.25;
    small_refused(titr_evaluate(e, 1, NULL, &s, &err), TITR_ERR_CONFIG, &err,
                  "was made by another experiment");
    evaluate(e, 0, &s); /* without --resume it starts again */
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}

Test(evaluate, a_summary_keeps_scores_without_rows)
{
    titr_experiment *e = small_experiment(SMALL_BB, "record.what=summary", NULL);
    titr_experiment *full = small_experiment(SMALL_BB, NULL);
    titr_summary s, f;
    small_folder(e);
    small_folder(full);
    evaluate(e, 0, &s);
    evaluate(full, 0, &f);
    for (size_t k = 0; k < s.n_keys; k++) {
        cr_assert_eq(memcmp(&s.row[0].mean[k], &f.row[0].mean[k], sizeof(double)), 0, "%s",
                     s.key[k]);
    }
    titr_reader *r = open_run(e, ".h5");
    titr_trajectory t;
    titr_trajectory_init(&t);
    cr_assert_eq(titr_reader_episode_header(r, 0, &t, NULL), TITR_OK);
    cr_assert(titr_reader_episodes(r) == 4 && t.n == 0 && t.end == TITR_END_TRUNCATED);
    titr_trajectory_fini(&t);
    titr_reader_close(r);
    titr_summary_fini(&s);
    titr_summary_fini(&f);
    small_folder_remove(e);
    small_folder_remove(full);
    small_free(e);
    small_free(full);
}

/* Nothing stays behind, small_folder_remove sees to that. */
Test(evaluate, what_fails_leaves_nothing)
{
    titr_experiment *e = small_experiment(SMALL_BB, "output.folder=/nonexistent/folder", NULL);
    titr_summary s;
    titr_error err = {.what = ""};
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_IO, &err, "/nonexistent/folder");
    small_folder(e);
    titri_lab *lab = small_lab(e);
    lab->env.decision_interval_min = 0.5;
    small_refused(titri_evaluate(lab, NULL, 0, &s, &err), TITR_ERR_RANGE, &err,
                  "decision_interval");
    cr_assert_eq(access(small_path(e, ".partial.h5"), F_OK), -1);
    titri_lab_destroy(lab);
    (void)snprintf(e->evaluate.compare_to, sizeof e->evaluate.compare_to, "nobody");
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_NOT_FOUND, &err, "nobody");
    e->evaluate.compare_to[0] = '\0';
    /* a folder in the place of the run */
    cr_assert_eq(mkdir(small_path(e, ".h5"), 0777), 0);
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_IO, &err, "cannot rename");
    cr_assert_eq(rmdir(small_path(e, ".h5")), 0);
    evaluate(e, 1, &s); /* what was played is still there */
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}

/* Two policies that act through a learner and change nothing: the same doses, so the same glucose.
 */
Test(evaluate, wrappers_are_shown_what_the_learner_observes)
{
    titr_experiment *e = small_experiment(
        SMALL_Q ", { name = \"soft\"; agent = \"epsilon_soft\"; of = \"q\"; epsilon = 0.0; }"
                ", { name = \"all\"; agent = \"ensemble\"; of = \"soft\"; }",
        "evaluate.compare_to=q", NULL);
    titr_summary s;
    titr_error err = {.what = ""};
    small_folder(e);
    cr_assert_eq(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_OK, "%s", err.what);
    evaluate(e, 0, &s);
    titr_reader *r = open_run(e, ".h5");
    for (size_t k = 0; k < 12; k++) {
        titr_trajectory own, through;
        titr_trajectory_init(&own);
        titr_trajectory_init(&through);
        cr_assert_eq(titr_reader_episode(r, k % 4, &own, &err), TITR_OK, "%s", err.what);
        cr_assert_eq(titr_reader_episode(r, k, &through, &err), TITR_OK, "%s", err.what);
        cr_assert_eq(own.n, through.n);
        for (size_t i = 0; i < own.n; i++) {
            cr_assert_eq(own.action_level[i], through.action_level[i]);
            cr_assert_eq(own.glucose_mg_dl[i], through.glucose_mg_dl[i]);
        }
        titr_trajectory_fini(&own);
        titr_trajectory_fini(&through);
    }
    titr_reader_close(r);
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}
