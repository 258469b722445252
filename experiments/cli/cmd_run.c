// SPDX-License-Identifier: GPL-3.0-or-later
/* run, evaluate, train, simulate: one experiment file in, one run file out. */
#include "cli.h"

#include "titrate/report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int show_summary(const cli_args *args, const titr_summary *summary)
{
    titr_error err = {0};
    char *text = NULL;
    const titr_summary_detail detail =
        args->replicates ? TITR_SUMMARY_REPLICATES : TITR_SUMMARY_POLICIES;
    const titr_status st = args->json ? titr_summary_json(summary, &text, &err)
                                      : titr_summary_table(summary, detail, &text, &err);
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    (void)fputs(text, stdout);
    free(text);
    return CLI_OK;
}

/* The last lines of a run: where its files are. With --json they go to stderr. */
static int show_files(const cli_args *args, const titr_experiment *e, int with_report)
{
    char run[TITR_TEXT_MAX * 3], page[TITR_TEXT_MAX * 3];
    titr_run_path(e, ".h5", run, sizeof run);
    titr_run_path(e, ".html", page, sizeof page);
    FILE *to = args->json ? stderr : stdout;
    if (with_report) {
        titr_error err = {0};
        titr_reader *reader = NULL;
        titr_status st = titr_reader_open(run, &reader, &err);
        if (st == TITR_OK) {
            const titr_report_def def = {.patient = args->patient, .policy = args->policy};
            st = titr_report_write(reader, &def, page, &err);
        }
        titr_reader_close(reader);
        if (st != TITR_OK) {
            return cli_fail(st, &err);
        }
    }
    if (!args->quiet) {
        (void)fprintf(to, "\nrun:    %s\n", run);
        if (with_report) {
            (void)fprintf(to, "report: %s\n", page);
        }
    }
    return CLI_OK;
}

typedef titr_status evaluation_fn(const cli_args *args, const titr_experiment *e,
                                  const titr_watch *watch, titr_summary *out, titr_error *err);

static int evaluation(const cli_args *args, const titr_experiment *e, evaluation_fn *verb,
                      int with_report)
{
    const titr_watch watch = cli_watch(args);
    titr_error err = {0};
    titr_summary summary;
    const titr_status st = verb(args, e, &watch, &summary, &err);
    cli_watch_end();
    int code = CLI_OK;
    if (st == TITR_OK) {
        code = show_summary(args, &summary);
        titr_summary_fini(&summary);
        /* a task has no glucose to report */
        code = code == CLI_OK ? show_files(args, e, with_report && e->task.type == NULL) : code;
    } else {
        code = cli_fail(st, &err);
    }
    return code;
}

static titr_status verb_run(const cli_args *args, const titr_experiment *e, const titr_watch *watch,
                            titr_summary *out, titr_error *err)
{
    return titr_run(e, args->resume, watch, out, err);
}

static titr_status verb_evaluate(const cli_args *args, const titr_experiment *e,
                                 const titr_watch *watch, titr_summary *out, titr_error *err)
{
    return titr_evaluate(e, args->resume, watch, out, err);
}

static titr_status verb_simulate(const cli_args *args, const titr_experiment *e,
                                 const titr_watch *watch, titr_summary *out, titr_error *err)
{
    return titr_simulate(e, args->policy, args->resume, watch, out, err);
}

static int run_all(const cli_args *args, const titr_experiment *e)
{
    return evaluation(args, e, verb_run, 1);
}

static int run(const cli_args *args)
{
    return cli_with_experiment(args, 1, run_all);
}

static int evaluate_all(const cli_args *args, const titr_experiment *e)
{
    return evaluation(args, e, verb_evaluate, 0);
}

static int evaluate(const cli_args *args)
{
    return cli_with_experiment(args, 1, evaluate_all);
}

static int simulate_all(const cli_args *args, const titr_experiment *e)
{
    return evaluation(args, e, verb_simulate, 0);
}

static int simulate(const cli_args *args)
{
    return cli_with_experiment(args, 1, simulate_all);
}

/* What became of each training job, then where the agents are. */
static int show_training(const cli_args *args, const titr_experiment *e, const titr_training *t)
{
    titr_error err = {0};
    char *text = NULL;
    const titr_status st =
        args->json ? titr_training_json(t, &text, &err) : titr_training_table(t, &text, &err);
    return cli_show(args, e, st, text, "agents", ".agents.h5", &err);
}

static int train_all(const cli_args *args, const titr_experiment *e)
{
    const titr_watch watch = cli_watch(args);
    titr_error err = {0};
    titr_training training = {0};
    const titr_status st = titr_train(e, args->policy, args->resume, &watch, &training, &err);
    cli_watch_end();
    const int code = st == TITR_OK ? show_training(args, e, &training) : cli_fail(st, &err);
    titr_training_fini(&training);
    return code;
}

static int train(const cli_args *args)
{
    return cli_with_experiment(args, 1, train_all);
}

const cli_command cli_cmd_run = {
    .name = "run",
    .usage = "CONFIG",
    .doc = "the whole experiment: train, evaluate, report",
    .help =
        "Trains every learner, evaluates every policy on the same test episodes, writes the run\n"
        "file and a report, and prints the comparison. Ctrl-C saves; --resume goes on, and trains\n"
        "only what is not trained yet.",
    .options = CLI_OPT_RUN | CLI_OPT_RESUME | CLI_OPT_JSON | CLI_OPT_PATIENT | CLI_OPT_POLICY |
               CLI_OPT_REPLICATES,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};

const cli_command cli_cmd_evaluate = {
    .name = "evaluate",
    .usage = "CONFIG",
    .doc = "every policy on the same test episodes, agents as trained",
    .help =
        "Needs what `titrate train` wrote, if the experiment has learners. Prints the comparison,\n"
        "failures first; --json prints it for programs.",
    .options = CLI_OPT_RUN | CLI_OPT_RESUME | CLI_OPT_JSON | CLI_OPT_REPLICATES,
    .min_args = 1,
    .max_args = 1,
    .run = evaluate,
};

const cli_command cli_cmd_simulate = {
    .name = "simulate",
    .usage = "CONFIG",
    .doc = "a cohort under one policy, no learning",
    .help =
        "Plays the test seeds under one policy (--policy, default: the first) and writes the run\n"
        "file. With agent \"replay\" a recorded regimen is simulated. --resume goes on after "
        "Ctrl-C.",
    .options = CLI_OPT_RUN | CLI_OPT_RESUME | CLI_OPT_JSON | CLI_OPT_POLICY | CLI_OPT_REPLICATES,
    .min_args = 1,
    .max_args = 1,
    .run = simulate,
};

const cli_command cli_cmd_train = {
    .name = "train",
    .usage = "CONFIG",
    .doc = "train the learners of an experiment",
    .help =
        "Writes NAME.agents.h5 in the output folder and prints what became of each training job.\n"
        "Ctrl-C saves a checkpoint; --resume goes on from it to the same bits as an uninterrupted\n"
        "training, and trains only policies whose agents are not there yet. --policy trains one\n"
        "policy afresh and keeps the agents of the others.",
    .options = CLI_OPT_RUN | CLI_OPT_RESUME | CLI_OPT_JSON | CLI_OPT_POLICY,
    .min_args = 1,
    .max_args = 1,
    .run = train,
};
