// SPDX-License-Identifier: GPL-3.0-or-later
/* check: is a config or a run file whole and right, without running anything. */
#include "cli.h"

#include "titrate/config/config.h"

#include <stdio.h>
#include <string.h>

static int check_run(const char *path)
{
    if (cli_readable(path) != CLI_OK) {
        return CLI_BAD_INPUT;
    }
    titr_error err = {0};
    titr_reader *reader = NULL;
    titr_status st = titr_reader_open(path, &reader, &err);
    if (st == TITR_OK) {
        st = titr_reader_verify(reader, &err);
    }
    char hex[TITR_SHA256_HEX];
    if (st == TITR_OK) {
        st = titr_reader_sha256(reader, hex, &err);
    }
    if (st == TITR_OK) {
        (void)printf("%s: whole; %zu episodes; SHA-256 of the trajectories %s\n", path,
                     titr_reader_episodes(reader), hex);
    }
    titr_reader_close(reader);
    return st == TITR_OK ? CLI_OK : cli_fail(st, &err);
}

static int check_config(const cli_args *args)
{
    titr_error err = {0};
    titr_experiment e;
    const titr_status st =
        titr_config_rehearse(args->arg[0], args->define, args->n_define, &e, &err);
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    (void)printf("%s: experiment '%s' is well-formed; %zu policies\n", args->arg[0], e.name,
                 e.n_policies);
    titr_experiment_fini(&e);
    return CLI_OK;
}

static int check(const cli_args *args)
{
    const char *dot = strrchr(args->arg[0], '.');
    const int run = dot != NULL && strcmp(dot, ".h5") == 0;
    return run ? check_run(args->arg[0]) : check_config(args);
}

const cli_command cli_cmd_check = {
    .name = "check",
    .usage = "CONFIG|RUN.h5",
    .doc = "validate a config, or every block of a run file, without running",
    .help =
        "A name that ends in .h5 is read as a run file, anything else as a config. Of a run it\n"
        "prints the SHA-256 of the trajectories: equal runs have the same, whatever their\n"
        "manifest and compression.",
    .options = CLI_OPT_DEFINE,
    .min_args = 1,
    .max_args = 1,
    .run = check,
};
