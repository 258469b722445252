// SPDX-License-Identifier: GPL-3.0-or-later
/* What is found before anything runs, and at which key. */
#include "small.h"

#include <criterion/criterion.h>

static void refused(titr_experiment *e, titr_status status, const char *words)
{
    titr_error err = {.what = ""};
    small_refused(titr_experiment_rehearse(e, &err), status, &err, words);
    small_free(e);
}

Test(rehearse, what_can_run_is_accepted)
{
    titr_error err = {.what = ""};
    titr_experiment *e = small_experiment(SMALL_BB ", " SMALL_Q, NULL);
    cr_assert_eq(titr_experiment_rehearse(e, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_experiment_rehearse(e, &err), TITR_OK, "a second time: %s", err.what);
    small_free(e);
}

Test(rehearse, parts_that_do_not_fit_are_refused_at_their_key)
{
    refused(small_experiment(SMALL_BB, "actions.levels=[]", NULL), TITR_ERR_CONFIG,
            "actions: no level, expected at least one");
    refused(small_experiment(SMALL_Q, "policies.q.fallback_level=63", NULL), TITR_ERR_RANGE,
            "policies.q.fallback_level: 63, the action set has levels 0 to");
    refused(small_experiment(SMALL_BB, "scenario.parts.meals_fixed.carbs_g=[1.0,2.0]", NULL),
            TITR_ERR_RANGE, "scenario.parts: meals_fixed: 1 values of time_of_day_min and 2 of");
    refused(small_experiment(SMALL_Q, "split.folds=3", NULL), TITR_ERR_CONFIG,
            "split.folds: 3, expected at most the number of children, 2");
    titr_experiment *e =
        small_experiment(SMALL_Q, "split.folds=3", "policies.q.scope=per_child", NULL);
    cr_assert_eq(titr_experiment_rehearse(e, NULL), TITR_OK);
    small_free(e);
}

Test(rehearse, files_that_are_missing_are_refused_at_their_key)
{
    refused(small_experiment(SMALL_BB,
                             "scenario.parts=({name=\"meals_record\";path=\"none.csv\";})", NULL),
            TITR_ERR_IO, "scenario.parts: none.csv: cannot be read: No such file");
    refused(small_experiment(SMALL_BB, "scenario.parts=({name=\"meals_record\";})",
                             "scenario.events=none.csv", NULL),
            TITR_ERR_IO, "scenario.events: none.csv: cannot be read");
    refused(small_experiment("{ name = \"r\"; agent = \"replay\"; path = \"none.csv\"; }", NULL),
            TITR_ERR_IO, "policies.r: none.csv: cannot be read");
}

Test(rehearse, names_are_those_of_the_run)
{
    titr_error err = {.what = ""};
    titr_experiment *e =
        small_experiment(SMALL_BB, "evaluate.constant_levels=true", "actions.levels=[1.0]",
                         "actions.name=meal_bolus_multiple", NULL);
    cr_assert_eq(titr_experiment_find(e, NULL, NULL, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_experiment_find(e, "bb", "child#002", &err), TITR_OK, "%s", err.what);
    small_refused(titr_experiment_find(e, "bbb", NULL, &err), TITR_ERR_NOT_FOUND, &err,
                  "no policy 'bbb' in the experiment; did you mean 'bb'?");
    small_refused(titr_experiment_find(e, "nobody at all", NULL, &err), TITR_ERR_NOT_FOUND, &err,
                  "the first is 'bb'");
    small_refused(titr_experiment_find(e, NULL, "child#003", &err), TITR_ERR_NOT_FOUND, &err,
                  "no patient 'child#003' in the experiment; did you mean 'child#001'?");
    small_free(e);
}
