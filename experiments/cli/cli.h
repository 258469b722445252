// SPDX-License-Identifier: GPL-3.0-or-later
/* The command line: one cmd_<verb>.c per verb, a table of them in main.c, shared options here. The
 * only folder that prints. Exit codes: 0 done, 1 failed, 2 bad input or usage, 130 stopped. */
#ifndef TITRI_CLI_H
#define TITRI_CLI_H

#include "titrate/runner/runner.h"

#define CLI_OVERRIDES_MAX 64
#define CLI_ARGS_MAX 16

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_BAD_INPUT = 2, CLI_STOPPED = 130 };

/* Options that a verb may accept, as bits. */
enum {
    CLI_OPT_DEFINE = 1 << 0,
    CLI_OPT_OUTPUT = 1 << 1,
    CLI_OPT_JSON = 1 << 2,
    CLI_OPT_RESUME = 1 << 3,
    CLI_OPT_THREADS = 1 << 4,
    CLI_OPT_POLICY = 1 << 5,
    CLI_OPT_PATIENT = 1 << 6,
    CLI_OPT_MMOL = 1 << 7,
    CLI_OPT_DAYS = 1 << 8,
    CLI_OPT_MARKDOWN = 1 << 9,
    CLI_OPT_DROP_DAYS = 1 << 10,
    CLI_OPT_COLUMN = 1 << 11,
    CLI_OPT_WITHIN = 1 << 12,
    CLI_OPT_REPLICATES = 1 << 13,
    CLI_OPT_ONNX = 1 << 16,
    CLI_OPT_TRUTH = 1 << 17,
    CLI_OPT_RUN = CLI_OPT_DEFINE | CLI_OPT_OUTPUT | CLI_OPT_THREADS
};

typedef struct cli_args {
    const char *verb;
    const char *define[CLI_OVERRIDES_MAX];
    size_t n_define;
    const char *output, *policy, *patient, *column, *onnx;
    int json, truth, resume, quiet, mmol, markdown, replicates;
    double days, drop_days; /* NaN when not given */
    double within_mg_dl;
    size_t vector_bits; /* 0: the widest */
    const char *arg[CLI_ARGS_MAX];
    size_t n_args;
} cli_args;

typedef struct cli_command {
    const char *name, *usage, *doc, *help; /* usage: the arguments; help: paragraphs */
    unsigned options;
    size_t min_args, max_args;
    int (*run)(const cli_args *args);
} cli_command;

/* Parse argv of one verb. @return 1 = go on, 0 = help was shown, -1 = bad usage (message printed).
 */
int cli_parse(const cli_command *command, int argc, char **argv, cli_args *args);

/* Print one line on stderr and turn a status into an exit code. */
int cli_fail(titr_status status, const titr_error *err);

/* Whether the file of an argument can be read: what is not there is bad input. @return exit code.
 */
int cli_readable(const char *path);

/* Read a config with the -D overrides and -o applied. --policy and --patient must be in it; the
 * folder is made if the verb `writes`.
 * @return exit code. */
int cli_experiment(const cli_args *args, int writes, titr_experiment *e);
/* What a verb does with its experiment. @return exit code. */
typedef int cli_verb(const cli_args *args, const titr_experiment *e);
/* Read the experiment as above and do it. @return exit code. */
int cli_with_experiment(const cli_args *args, int writes, cli_verb *verb);
/* A verb's result on stdout, then which of the experiment's files holds more (with --json on
 * stderr). @param[in] text owned, freed here; read where `status` is TITR_OK.
 * @param[in] err what went wrong elsewhere. */
int cli_show(const cli_args *args, const titr_experiment *e, titr_status status, char *text,
             const char *what, const char *ending, const titr_error *err);

/* Progress bar (on a terminal, after two seconds), notices, Ctrl-C. */
titr_watch cli_watch(const cli_args *args);
void cli_watch_end(void);
void cli_catch_signals(void);
/* A closed stdin, stdout or stderr gives its number to no file of ours. */
void cli_fill_descriptors(void);

extern const cli_command cli_cmd_run, cli_cmd_simulate, cli_cmd_train, cli_cmd_evaluate,
    cli_cmd_verify, cli_cmd_report, cli_cmd_metrics, cli_cmd_list, cli_cmd_describe, cli_cmd_check,
    cli_cmd_export, cli_cmd_robustness, cli_cmd_ope, cli_cmd_cohort;

#endif
