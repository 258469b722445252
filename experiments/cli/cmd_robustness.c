// SPDX-License-Identifier: GPL-3.0-or-later
/* robustness: the same policies in worlds that are not as they were trained for. */
#include "cli.h"

#include "titrate/config/config.h"
#include "titrate/report/report.h"

#include <stdio.h>
#include <stdlib.h>

static void free_cells(titr_experiment *cell, size_t n)
{
    for (size_t i = 0; cell != NULL && i < n; i++) {
        titr_experiment_fini(&cell[i]);
    }
    free(cell);
}

/* The experiment as each cell changes it. @param[out] out [cells], freed by the caller. */
static titr_status read_cells(const cli_args *args, const titr_experiment *e, titr_experiment **out,
                              titr_error *err)
{
    const size_t n = e->robustness.n_cells;
    titr_experiment *cell = calloc(n + 1, sizeof *cell);
    if (cell == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu cells", n);
    }
    for (size_t i = 0; i < n; i++) {
        const titr_status st = titr_config_cell(args->arg[0], args->define, args->n_define,
                                                &e->robustness.cell[i], &cell[i], err);
        if (st != TITR_OK) {
            free_cells(cell, i);
            return st;
        }
        cell[i].vector_bits = e->vector_bits;
    }
    *out = cell;
    return TITR_OK;
}

static titr_status write_page(const cli_args *args, const char *run, const char *page,
                              titr_error *err)
{
    titr_reader *reader = NULL;
    const titr_report_def def = {.patient = args->patient, .policy = args->policy};
    TITR_TRY(titr_reader_open(run, &reader, err));
    const titr_status st = titr_report_write(reader, &def, page, err);
    titr_reader_close(reader);
    return st;
}

static titr_status show(const cli_args *args, const titr_experiment *e, const titr_robustness *r,
                        titr_error *err)
{
    char *text = NULL, run[TITR_TEXT_MAX * 3], page[TITR_TEXT_MAX * 3];
    titr_run_path(e, ".robustness.h5", run, sizeof run);
    titr_run_path(e, ".robustness.html", page, sizeof page);
    TITR_TRY(args->json ? titr_robustness_json(r, &text, err)
                        : titr_robustness_table(r, &text, err));
    (void)fputs(text, stdout);
    free(text);
    TITR_TRY(write_page(args, run, page, err));
    if (!args->quiet) {
        FILE *to = args->json ? stderr : stdout;
        (void)fprintf(to, "\nrun:    %s\nreport: %s\n", run, page);
    }
    return TITR_OK;
}

static int play(const cli_args *args, const titr_experiment *e)
{
    titr_error err = {0};
    titr_experiment *cell = NULL;
    titr_robustness table;
    titr_status st = e->task.type == NULL ? read_cells(args, e, &cell, &err) : TITR_OK;
    if (st == TITR_OK) {
        const titr_watch watch = cli_watch(args);
        st = titr_robustness_run(e, cell, args->resume, &watch, &table, &err);
        cli_watch_end();
        if (st == TITR_OK) {
            st = show(args, e, &table, &err);
            titr_robustness_fini(&table);
        }
        free_cells(cell, e->robustness.n_cells);
    }
    return st == TITR_OK ? CLI_OK : cli_fail(st, &err);
}

static int run(const cli_args *args)
{
    return cli_with_experiment(args, 1, play);
}

const cli_command cli_cmd_robustness = {
    .name = "robustness",
    .usage = "CONFIG",
    .doc = "every policy when settings, body, sensor or meals are not as told",
    .help =
        "Needs what `titrate train` wrote, if the experiment has learners. Plays the test "
        "episodes\n"
        "once as they are and once for each cell of robustness.cells: a few keys of the config "
        "are\n"
        "otherwise, and nothing is trained, titrated or tuned again. Prints failures, time in "
        "range\n"
        "and below 70 mg/dL, the paired difference to the nominal cell, the mean of the cells and\n"
        "the worst one; writes NAME.robustness.h5 and .html. --resume goes on after Ctrl-C.",
    .options = CLI_OPT_RUN | CLI_OPT_RESUME | CLI_OPT_JSON | CLI_OPT_PATIENT | CLI_OPT_POLICY,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
