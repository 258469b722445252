// SPDX-License-Identifier: GPL-3.0-or-later
/* verify: the solver's error for the children and meals of this experiment. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int show(const cli_args *args, const titr_verify_row *row, size_t n)
{
    double worst = 0.0;
    size_t faults = 0;
    if (!args->json) {
        (void)printf("%-16s %22s %10s  %s\n", "child", "max error, mg/dL", "at, min", "fault");
    } else {
        (void)printf("{\"children\": [");
    }
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, row[i].worst_mg_dl);
        faults += row[i].fault[0] != '\0';
        if (args->json) {
            (void)printf("%s\n {\"patient\": \"%s\", \"max_error_mg_dl\": %.9g, \"at_min\": %.9g, "
                         "\"fault\": \"%s\"}",
                         i ? "," : "", row[i].patient, row[i].worst_mg_dl, row[i].at_min,
                         row[i].fault);
        } else {
            (void)printf("%-16s %22.3g %10.0f  %s\n", row[i].patient, row[i].worst_mg_dl,
                         row[i].at_min, row[i].fault[0] ? row[i].fault : "-");
        }
    }
    if (args->json) {
        (void)printf("],\n \"max_error_mg_dl\": %.9g, \"faults\": %zu}\n", worst, faults);
    } else {
        (void)printf("worst of %zu children: %.3g mg/dL, %zu faults\n", n, worst, faults);
    }
    return faults == 0 ? CLI_OK : CLI_FAILED;
}

static int verify(const cli_args *args)
{
    titr_experiment e;
    const int read = cli_experiment(args, 0, &e);
    if (read != CLI_OK) {
        return read;
    }
    const titr_watch watch = cli_watch(args);
    titr_error err = {0};
    titr_verify_row *row = NULL;
    size_t n = 0;
    const double days = isnan(args->days) ? 1.0 : args->days;
    const titr_status st = titr_verify(&e, days, &watch, &row, &n, &err);
    cli_watch_end();
    const int code = st == TITR_OK ? show(args, row, n) : cli_fail(st, &err);
    free(row);
    titr_experiment_fini(&e);
    return code;
}

const cli_command cli_cmd_verify = {
    .name = "verify",
    .usage = "CONFIG",
    .doc = "the solver's error for this very set-up, child by child",
    .help =
        "Each child lives --days (default 1) twice under the same doses: with the experiment's\n"
        "solver and with the reference at rtol 1e-12. Exit code 1 if either faults.",
    .options = CLI_OPT_DEFINE | CLI_OPT_THREADS | CLI_OPT_JSON | CLI_OPT_DAYS,
    .min_args = 1,
    .max_args = 1,
    .run = verify,
};
