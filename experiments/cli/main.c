// SPDX-License-Identifier: GPL-3.0-or-later
/* titrate: the table of verbs. */
#include "cli.h"

#include "titrate/agents/blas.h"
#include "titrate/runner/version.h"
#include "titrate/solve/version.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

static const cli_command *const commands[] = {
    &cli_cmd_run,    &cli_cmd_simulate,   &cli_cmd_train, &cli_cmd_evaluate, &cli_cmd_verify,
    &cli_cmd_report, &cli_cmd_metrics,    &cli_cmd_list,  &cli_cmd_describe, &cli_cmd_check,
    &cli_cmd_export, &cli_cmd_robustness, &cli_cmd_ope,   &cli_cmd_cohort,
};
#define N_COMMANDS (sizeof commands / sizeof commands[0])

static void usage(FILE *to)
{
    (void)fprintf(to, "titrate - simulate, learn and judge doses for virtual children\n\n"
                      "usage: titrate VERB [options] [arguments]\n\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        (void)fprintf(to, "  %-10s %-14s %s\n", commands[i]->name, commands[i]->usage,
                      commands[i]->doc);
    }
    (void)fprintf(to, "\n  titrate VERB --help   options of a verb\n"
                      "  titrate --version     version and libraries\n\n"
                      "exit codes: 0 done, 1 failed, 2 bad input or usage, 130 stopped (saved)\n"
                      "SIMULATED - for research and education, not a medical device\n");
}

static void version(void)
{
    char libraries[512], blas[128];
    titr_library_versions(libraries, sizeof libraries);
    titr_blas_library(blas, sizeof blas);
    (void)printf("titrate %s\n%s\n%s SUNDIALS\n%s\n", titr_version(), libraries, titr_solve_build(),
                 blas);
}

static int unknown_verb(const char *verb)
{
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i]->name;
    }
    const char *near = titr_nearest(verb, names, N_COMMANDS);
    (void)fprintf(stderr, "titrate: no verb '%s'%s%s%s; see titrate --help\n", verb,
                  near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return CLI_BAD_INPUT;
}

static int run_verb(int argc, char **argv)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i]->name, argv[1]) == 0) {
            cli_args args;
            const int parsed = cli_parse(commands[i], argc - 1, argv + 1, &args);
            if (parsed <= 0) {
                return parsed == 0 ? CLI_OK : CLI_BAD_INPUT;
            }
            return commands[i]->run(&args);
        }
    }
    return unknown_verb(argv[1]);
}

int main(int argc, char **argv)
{
    (void)gsl_set_error_handler_off(); /* its default aborts */
    cli_fill_descriptors();
    cli_catch_signals();
    int code = CLI_OK;
    if (argc < 2) {
        usage(stderr);
        return CLI_BAD_INPUT;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        usage(stdout);
    } else if (strcmp(argv[1], "--version") == 0) {
        version();
    } else {
        code = run_verb(argc, argv);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "titrate: cannot write to standard output\n");
        return code == CLI_OK ? CLI_FAILED : code;
    }
    return code;
}
