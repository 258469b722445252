// SPDX-License-Identifier: GPL-3.0-or-later
/* export: a run as CSV files, or a learned policy as an ONNX model. */
#include "cli.h"

#include "titrate/store/export.h"

#include <stdio.h>
#include <string.h>

/* RUN.h5 -> RUN.csv/ beside it. */
static void folder_path(const char *run, char *folder, size_t size)
{
    const char *dot = strrchr(run, '.');
    const int stem = dot != NULL && strcmp(dot, ".h5") == 0 ? (int)(dot - run) : (int)strlen(run);
    (void)snprintf(folder, size, "%.*s.csv", stem, run);
}

static int export_run(const cli_args *args)
{
    if (cli_readable(args->arg[0]) != CLI_OK) {
        return CLI_BAD_INPUT;
    }
    char folder[4096];
    folder_path(args->arg[0], folder, sizeof folder);
    const char *path = args->output ? args->output : folder;
    const char *table = args->n_args > 1 ? args->arg[1] : NULL;
    titr_error err = {0};
    titr_reader *reader = NULL;
    titr_status st = titr_reader_open(args->arg[0], &reader, &err);
    if (st == TITR_OK && table != NULL && args->output == NULL) {
        st =
            titr_fail(&err, TITR_ERR_ARG, "one table goes to one file: name it with --output FILE");
    }
    if (st == TITR_OK) {
        st = table != NULL ? titr_export_table(reader, table, path, &err)
                           : titr_export_folder(reader, path, &err);
    }
    titr_reader_close(reader);
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    (void)printf("%s: %s\n", table != NULL ? "table" : "folder", path);
    return CLI_OK;
}

static int export_policy(const cli_args *args, const titr_experiment *e)
{
    const titr_watch watch = cli_watch(args);
    titr_error err = {0};
    const titr_status st =
        titr_export_onnx(e, args->policy, args->patient, args->onnx, &watch, &err);
    cli_watch_end();
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    (void)printf("model: %s\n", args->onnx);
    return CLI_OK;
}

static int export_what(const cli_args *args)
{
    if (args->onnx != NULL && args->n_args > 1) {
        (void)fprintf(stderr, "titrate export: unexpected argument: %s: --onnx takes a CONFIG\n",
                      args->arg[1]);
        return CLI_BAD_INPUT;
    }
    if (args->onnx != NULL) {
        return cli_with_experiment(args, 0, export_policy);
    }
    if (args->policy != NULL || args->patient != NULL || args->n_define > 0) {
        (void)fprintf(stderr, "titrate export: --policy, --patient and --define are for --onnx\n");
        return CLI_BAD_INPUT;
    }
    return export_run(args);
}

const cli_command cli_cmd_export = {
    .name = "export",
    .usage = "RUN.h5 [TABLE] | CONFIG --onnx FILE",
    .doc = "a run as CSV files, or a learned policy as an ONNX model",
    .help =
        "Writes RUN.csv/ beside the run (or --output FOLDER): steps.csv, episodes.csv and the\n"
        "sheets. With TABLE (steps, minutes, episodes, or a sheet such as patients) one file.\n\n"
        "With --onnx: the network that a policy of CONFIG has learned (NAME.agents.h5 in the\n"
        "output folder, which --output names), with its normalisation: from an observation to\n"
        "the value of each level. --policy names it (\"NAME#2\" a replicate), --patient the\n"
        "child whose fold's agent is meant where there are several.",
    .options = CLI_OPT_OUTPUT | CLI_OPT_ONNX | CLI_OPT_POLICY | CLI_OPT_PATIENT | CLI_OPT_DEFINE,
    .min_args = 1,
    .max_args = 2,
    .run = export_what,
};
