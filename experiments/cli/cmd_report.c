// SPDX-License-Identifier: GPL-3.0-or-later
/* report: one self-contained page about a run. */
#include "cli.h"

#include "titrate/report/report.h"

#include <stdio.h>
#include <string.h>

/* RUN.h5 -> RUN.html beside it. */
static void page_path(const char *run, char *page, size_t size)
{
    const char *dot = strrchr(run, '.');
    const int stem = dot != NULL && strcmp(dot, ".h5") == 0 ? (int)(dot - run) : (int)strlen(run);
    (void)snprintf(page, size, "%.*s.html", stem, run);
}

static int report(const cli_args *args)
{
    if (cli_readable(args->arg[0]) != CLI_OK) {
        return CLI_BAD_INPUT;
    }
    char page[4096];
    page_path(args->arg[0], page, sizeof page);
    const char *path = args->output ? args->output : page;
    titr_error err = {0};
    titr_reader *reader = NULL;
    titr_status st = titr_reader_open(args->arg[0], &reader, &err);
    if (st == TITR_OK) {
        const titr_report_def def = {args->patient, args->policy, args->mmol};
        st = titr_report_write(reader, &def, path, &err);
    }
    titr_reader_close(reader);
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    (void)printf("report: %s\n", path);
    return CLI_OK;
}

const cli_command cli_cmd_report = {
    .name = "report",
    .usage = "RUN.h5",
    .doc = "one self-contained HTML page: comparison, glucose profile, a child's day",
    .help = "Writes RUN.html beside the run, or --output FILE.",
    .options = CLI_OPT_OUTPUT | CLI_OPT_PATIENT | CLI_OPT_POLICY | CLI_OPT_MMOL,
    .min_args = 1,
    .max_args = 1,
    .run = report,
};
