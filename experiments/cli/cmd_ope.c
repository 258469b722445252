// SPDX-License-Identifier: GPL-3.0-or-later
/* ope: policies judged from the decisions of another one. */
#include "cli.h"

#include "titrate/runner/ope.h"

static int show(const cli_args *args, const titr_experiment *e, const titr_judgement *j)
{
    titr_error err = {0};
    char *text = NULL;
    const titr_status st =
        args->json ? titr_judgement_json(j, &text, &err) : titr_judgement_table(j, &text, &err);
    return cli_show(args, e, st, text, "estimates", ".ope.h5", &err);
}

static int judge(const cli_args *args, const titr_experiment *e)
{
    const titr_watch watch = cli_watch(args);
    titr_error err = {0};
    titr_judgement judgement = {.row = NULL};
    const titr_status st = titr_judge(e, args->policy, args->truth, &watch, &judgement, &err);
    cli_watch_end();
    const int code = st == TITR_OK ? show(args, e, &judgement) : cli_fail(st, &err);
    titr_judgement_fini(&judgement);
    return code;
}

static int ope(const cli_args *args)
{
    return cli_with_experiment(args, 1, judge);
}

const cli_command cli_cmd_ope = {
    .name = "ope",
    .usage = "CONFIG",
    .doc = "judge policies from the decisions of another one",
    .help =
        "Off-policy evaluation: estimates what each policy of the experiment would have earned "
        "from\n"
        "the episodes of ope.data_policy in the run file ope.data_path (default: the experiment's\n"
        "own), recorded with record.learning = true. Weighted estimates (wis, pdwis, dr, wdr) "
        "need\n"
        "decisions that were left to chance, e.g. agent \"epsilon_soft\", and are refused below "
        "an\n"
        "effective sample size of 20; fitted Q evaluation (fqe) needs neither. Learners are taken "
        "as\n"
        "`titrate train` left them. --truth plays every policy in the simulator as well and "
        "prints\n"
        "error and rank correlation of each estimator. Writes NAME.ope.h5.",
    .options = CLI_OPT_RUN | CLI_OPT_JSON | CLI_OPT_POLICY | CLI_OPT_TRUTH,
    .min_args = 1,
    .max_args = 1,
    .run = ope,
};
