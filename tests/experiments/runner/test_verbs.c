// SPDX-License-Identifier: GPL-3.0-or-later
/* The verbs: what each does of the chain, and which policies it takes along. */
#include "small.h"

#include <criterion/criterion.h>
#include <string.h>

#define MANY                                                                                       \
    SMALL_BB ", { name = \"cb\"; agent = \"constant_basal\"; }, "                                  \
             "{ name = \"ls\"; agent = \"low_suspend\"; of = \"bb\"; }, " SMALL_Q

static void simulate(titr_experiment *e, const char *policy, const char *expected)
{
    titr_summary s;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_simulate(e, policy, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    cr_assert(s.n_rows == 1 && s.n_episodes == 4);
    cr_assert_str_eq(s.row[0].policy, expected);
    titr_summary_fini(&s);
}

Test(verbs, simulate_plays_one_policy)
{
    titr_experiment *e =
        small_experiment(MANY, "evaluate.compare_to=cb", "scenario.horizon_days=0.25", NULL);
    titr_summary s;
    titr_error err = {.what = ""};
    small_folder(e);
    simulate(e, NULL, "bb"); /* the first */
    simulate(e, "cb", "cb");
    simulate(e, "ls", "ls"); /* and what it acts through */
    small_refused(titr_simulate(e, "lz", 0, NULL, &s, &err), TITR_ERR_NOT_FOUND, &err,
                  "no policy 'lz' in the experiment; did you mean 'ls'?");
    small_refused(titr_simulate(e, "q", 0, NULL, &s, &err), TITR_ERR_IO, &err, "train first");
    cr_assert_eq(e->n_policies, 4); /* the experiment is left as it was */
    cr_assert_eq(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_OK, "%s", err.what);
    simulate(e, "q", "q");
    small_folder_remove(e);
    small_free(e);
}

Test(verbs, run_trains_what_learns_unless_that_is_done)
{
    titr_experiment *e = small_experiment(MANY, "scenario.horizon_days=0.25", NULL);
    titr_summary s;
    titr_error err = {.what = ""};
    small_folder(e);
    for (int resume = 0; resume < 2; resume++) {
        small_watch w;
        small_watch_init(&w, 0);
        cr_assert_eq(titr_run(e, resume, &w.watch, &s, &err), TITR_OK, "%s", err.what);
        cr_assert(s.n_rows == 4 && s.n_episodes == 16);
        cr_assert_eq(w.training > 0, !resume);
        cr_assert_eq(w.done, 8); /* of four policies of two children */
        titr_summary_fini(&s);
    }
    small_watch w; /* and the agents of another training do not count */
    small_watch_init(&w, 0);
    e->policy[3].train_steps = 300;
    cr_assert_eq(titr_run(e, 1, &w.watch, &s, &err), TITR_OK, "%s", err.what);
    cr_assert_gt(w.training, 0);
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}

Test(verbs, a_learner_among_several_can_be_simulated)
{
    titr_experiment *e = small_experiment(
        SMALL_Q ", { name = \"own\"; agent = \"q_learning\"; scope = \"per_child\"; train_steps = "
                "300; observe = ( { name = \"cgm\"; edges = [120.0]; } ); }",
        "scenario.horizon_days=0.25", NULL);
    titr_error err = {.what = ""};
    small_folder(e);
    cr_assert_eq(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_OK, "%s", err.what);
    simulate(e, "q", "q");
    simulate(e, "own", "own");
    small_folder_remove(e);
    small_free(e);
}

Test(verbs, what_cannot_be_set_up_is_refused_by_each)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titr_summary s;
    titr_verification v = {.row = NULL};
    titr_error err = {.what = ""};
    strcpy(e->body.mode, "wild");
    small_refused(titr_run(e, 0, NULL, &s, &err), TITR_ERR_NOT_FOUND, &err, "body.mode");
    small_refused(titr_simulate(e, NULL, 0, NULL, &s, &err), TITR_ERR_NOT_FOUND, &err, "body.mode");
    small_refused(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_ERR_NOT_FOUND, &err, "body.mode");
    small_refused(titr_evaluate(e, 0, NULL, &s, &err), TITR_ERR_NOT_FOUND, &err, "body.mode");
    small_refused(titr_verify(e, 1.0, 0.1, NULL, &v, &err), TITR_ERR_NOT_FOUND, &err, "body.mode");
    small_free(e);
}
