// SPDX-License-Identifier: GPL-3.0-or-later
/* metrics: score any trajectory: a run file, or the CSV of a real sensor. */
#include "cli.h"

#include "titrate/base/json_find.h"
#include "titrate/base/text.h"
#include "titrate/base/units.h"
#include "titrate/metrics/readings.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_taken(titr_text *text, titr_status st, titr_error *err)
{
    char *taken = NULL;
    st = st == TITR_OK ? titr_text_take(text, &taken, err) : st;
    titr_text_fini(text);
    if (st != TITR_OK) {
        return cli_fail(st, err);
    }
    (void)fputs(taken, stdout);
    free(taken);
    return CLI_OK;
}

static void add_scores(const cli_args *args, const char *id, const titr_scores *scores,
                       titr_json *json)
{
    if (!args->json) {
        if (id[0] != '\0') {
            titr_text_printf(&json->text, "%s\n", id);
        }
        for (size_t i = 0; i < scores->n; i++) {
            if (!isnan(scores->score[i].value)) { /* no insulin, no failure in a sensor's file */
                titr_text_printf(&json->text, "  %-28s %12.6g %s\n", scores->score[i].key,
                                 scores->score[i].value, scores->score[i].unit);
            }
        }
        return;
    }
    titr_json_open(json, NULL, '{');
    titr_json_text(json, "id", id);
    titr_scores_json(scores, json);
    titr_json_close(json, '}');
}

static titr_status score_series(const cli_args *args, const char *id, const titr_series *series,
                                titr_json *json, titr_error *err)
{
    titr_scores scores = {0};
    TITR_TRY(titr_scores_compute(series, NULL, &scores, err));
    add_scores(args, id, &scores, json);
    titr_scores_fini(&scores);
    return TITR_OK;
}

static titr_status score_csv(const cli_args *args, titr_json *json, titr_error *err)
{
    titr_readings readings = {0};
    TITR_TRY(titr_readings_read_csv(args->arg[0], args->column, &readings, err));
    titr_status st = TITR_OK;
    size_t scored = 0;
    for (size_t i = 0; st == TITR_OK && i < readings.n; i++) {
        if (args->patient == NULL || strcmp(args->patient, readings.of[i].id) == 0) {
            st = score_series(args, readings.of[i].id, &readings.of[i].series, json, err);
            scored++;
        }
    }
    if (st == TITR_OK && scored == 0) {
        (void)titr_readings_pick(&readings, args->patient, err);
        st = TITR_ERR_NOT_FOUND;
    }
    titr_readings_fini(&readings);
    return st;
}

static int metrics_of_csv(const cli_args *args)
{
    titr_json json = {.indent = 1};
    titr_error err = {0};
    if (args->json) {
        titr_json_open(&json, NULL, '[');
    }
    const titr_status st = score_csv(args, &json, &err);
    if (args->json) {
        titr_json_close(&json, ']');
        titr_text_add(&json.text, "\n", 1);
    }
    return print_taken(&json.text, st, &err);
}

/* Scores of other days than those left out by the run want its steps. */
static titr_status score_run(const cli_args *args, titr_reader *reader, double drop_min,
                             const char *compare_to, uint64_t key, titr_summary *summary,
                             titr_error *err)
{
    char what[32];
    (void)titr_json_text_at(titr_reader_manifest(reader), "experiment.record.what", what,
                            sizeof what);
    return strcmp(what, "summary") == 0 && isnan(args->drop_days)
               ? titr_summary_read(reader, compare_to, key, summary, err)
               : titr_summary_of_run(reader, drop_min, compare_to, key, summary, err);
}

/* As the run itself compared, unless the user says otherwise. */
static titr_status summarise(const cli_args *args, titr_reader *reader, titr_summary *summary,
                             titr_error *err)
{
    const char *m = titr_reader_manifest(reader);
    char seed[32], compare_to[TITR_TEXT_MAX];
    (void)titr_json_text_at(m, "experiment.seed", seed, sizeof seed);
    (void)titr_json_text_at(m, "experiment.evaluate.compare_to", compare_to, sizeof compare_to);
    const double days = isnan(args->drop_days)
                            ? titr_json_number_at(m, "experiment.evaluate.drop_days", 0.0)
                            : args->drop_days;
    const uint64_t key = strtoull(seed, NULL, 10);
    const double drop_min = days * TITR_MIN_PER_DAY;
    if (args->policy != NULL) {
        return score_run(args, reader, drop_min, args->policy, key, summary, err);
    }
    const titr_status st = score_run(args, reader, drop_min, compare_to, key, summary, err);
    return st == TITR_ERR_NOT_FOUND /* a run of one policy may name one that is not in it */
               ? score_run(args, reader, drop_min, "", key, summary, err)
               : st;
}

static int metrics_of_run(const cli_args *args)
{
    titr_error err = {0};
    titr_reader *reader = NULL;
    titr_summary summary;
    char *text = NULL;
    titr_status st = titr_reader_open(args->arg[0], &reader, &err);
    if (st == TITR_OK) {
        st = summarise(args, reader, &summary, &err);
    }
    titr_reader_close(reader);
    if (st == TITR_OK) {
        st = args->json
                 ? titr_summary_json(&summary, &text, &err)
                 : titr_summary_table(
                       &summary, args->replicates ? TITR_SUMMARY_REPLICATES : TITR_SUMMARY_POLICIES,
                       &text, &err);
        titr_summary_fini(&summary);
    }
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    (void)fputs(text, stdout);
    free(text);
    return CLI_OK;
}

/* An option that means nothing for this kind of file. */
static int refuse_option(const char *name, const char *kind)
{
    (void)fprintf(stderr, "titrate metrics: --%s is for %s; see titrate metrics --help\n", name,
                  kind);
    return CLI_BAD_INPUT;
}

static int metrics(const cli_args *args)
{
    const char *dot = strrchr(args->arg[0], '.');
    const int run = dot != NULL && strcmp(dot, ".h5") == 0;
    if (run && (args->patient != NULL || args->column != NULL)) {
        return refuse_option(args->patient != NULL ? "patient" : "column", "a sensor's CSV");
    }
    if (!run && (args->policy != NULL || !isnan(args->drop_days))) {
        return refuse_option(args->policy != NULL ? "policy" : "drop-days", "a run");
    }
    if (cli_readable(args->arg[0]) != CLI_OK) {
        return CLI_BAD_INPUT;
    }
    return run ? metrics_of_run(args) : metrics_of_csv(args);
}

const cli_command cli_cmd_metrics = {
    .name = "metrics",
    .usage = "FILE",
    .doc = "score any trajectory: a run file, or a sensor's CSV",
    .help =
        "A name that ends in .h5 is a run: one row per policy, as the run compared them unless\n"
        "--policy or --drop-days say otherwise.\n"
        "Anything else is a CSV with a header: time_min or an ISO time, and glucose_mg_dl,\n"
        "glucose_mmol_l, gl, cgm or bg; with a column id, --patient picks one.\n"
        "Of several glucose columns, --column names the one to score. --drop-days is for runs.",
    .options = CLI_OPT_JSON | CLI_OPT_POLICY | CLI_OPT_PATIENT | CLI_OPT_COLUMN |
               CLI_OPT_DROP_DAYS | CLI_OPT_REPLICATES,
    .min_args = 1,
    .max_args = 1,
    .run = metrics,
};
