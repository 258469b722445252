// SPDX-License-Identifier: GPL-3.0-or-later
/* Options of the verbs: one table, each verb says which it takes. */
#include "cli.h"

#include "titrate/base/variant.h"

#include <getopt.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct option_row {
    const char *name, *value, *doc;
    char letter;
    unsigned bit; /* 0 = every verb */
} option_row;

static const option_row rows[] = {
    {"define", "KEY=VALUE", "override a config key, e.g. -D train.steps=1000 (repeatable)", 'D',
     CLI_OPT_DEFINE},
    {"output", "PATH", "where to write", 'o', CLI_OPT_OUTPUT},
    {"json", NULL, "machine-readable output on stdout", 'j', CLI_OPT_JSON},
    {"resume", NULL, "go on from what an interrupted run saved", 'r', CLI_OPT_RESUME},
    {"threads", "N", "number of threads; results do not depend on it", 't', CLI_OPT_THREADS},
    {"vectors", "BITS",
     "width of vector instructions: 128, 256 or 512; results do not depend on it", 'v',
     CLI_OPT_THREADS},
    {"policy", "NAME", "which policy", 'p', CLI_OPT_POLICY},
    {"replicates", NULL, "a row for each training of a policy as well", 'n', CLI_OPT_REPLICATES},
    {"patient", "ID", "which child", 'c', CLI_OPT_PATIENT},
    {"column", "NAME", "glucose column of a CSV that has several", 'g', CLI_OPT_COLUMN},
    {"mmol", NULL, "show glucose in mmol/L", 'm', CLI_OPT_MMOL},
    {"days", "N", "length of the test, days", 'd', CLI_OPT_DAYS},
    {"within", "MG_DL", "largest error that a recommended step may have (default 0.1)", 'w',
     CLI_OPT_WITHIN},
    {"drop-days", "N", "leave out the first N days", 'x', CLI_OPT_DROP_DAYS},
    {"markdown", NULL, "as a Markdown page", 'k', CLI_OPT_MARKDOWN},
    {"onnx", "FILE", "write what a policy has learned as an ONNX model", 'e', CLI_OPT_ONNX},
    {"truth", NULL, "play every policy in the simulator as well: errors and rank correlation", 'u',
     CLI_OPT_TRUTH},
    {"quiet", NULL, "no progress, no notices", 'q', 0},
    {"help", NULL, "this text", 'h', 0},
};
#define N_ROWS (sizeof rows / sizeof rows[0])

static int accepts(const cli_command *command, const option_row *row)
{
    return row->bit == 0 || (command->options & row->bit) != 0;
}

static void show_help(const cli_command *command)
{
    (void)printf("usage: titrate %s [options] %s\n\n%s\n\n", command->name, command->usage,
                 command->help);
    for (size_t i = 0; i < N_ROWS; i++) {
        if (accepts(command, &rows[i])) {
            char left[48];
            (void)snprintf(left, sizeof left, "-%c, --%s%s%s", rows[i].letter, rows[i].name,
                           rows[i].value ? " " : "", rows[i].value ? rows[i].value : "");
            (void)printf("  %-26s %s\n", left, rows[i].doc);
        }
    }
}

static int bad(const cli_command *command, const char *what, const char *which)
{
    (void)fprintf(stderr, "titrate %s: %s%s; see titrate %s --help\n", command->name, what, which,
                  command->name);
    return -1;
}

static int number(const cli_command *command, const char *name, const char *text, double lo,
                  double hi, double *out)
{
    char *end = NULL;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= lo && value <= hi)) {
        (void)fprintf(stderr, "titrate %s: --%s %s: expected a number in [%g, %g]\n", command->name,
                      name, text, lo, hi);
        return -1;
    }
    *out = value;
    return 1;
}

static int vectors(const cli_command *command, const char *text, cli_args *args)
{
    titr_variant variant;
    titr_error err = {.what = ""};
    if (strcmp(text, "128") != 0 && strcmp(text, "256") != 0 && strcmp(text, "512") != 0) {
        (void)fprintf(stderr, "titrate %s: --vectors %s: expected 128, 256 or 512\n", command->name,
                      text);
        return -1;
    }
    args->vector_bits = (size_t)strtoul(text, NULL, 10);
    if (titr_variant_wide(args->vector_bits, &variant, &err) != TITR_OK) {
        (void)fprintf(stderr, "titrate %s: --vectors %s: %s\n", command->name, text, err.what);
        return -1;
    }
    return 1;
}

/* Take one option over. @return 1 go on, 0 help shown, -1 bad. */
static int take(const cli_command *command, const option_row *row, const char *value,
                cli_args *args)
{
    double threads = 0.0;
    switch (row->letter) {
    case 'D':
        if (args->n_define == CLI_OVERRIDES_MAX) {
            return bad(command, "too many overrides", "");
        }
        args->define[args->n_define++] = value;
        return 1;
    case 'o':
        args->output = value;
        return 1;
    case 'p':
        args->policy = value;
        return 1;
    case 'c':
        args->patient = value;
        return 1;
    case 'g':
        args->column = value;
        return 1;
    case 'e':
        args->onnx = value;
        return 1;
    case 'j':
        args->json = 1;
        return 1;
    case 'u':
        args->truth = 1;
        return 1;
    case 'r':
        args->resume = 1;
        return 1;
    case 'm':
        args->mmol = 1;
        return 1;
    case 'k':
        args->markdown = 1;
        return 1;
    case 'q':
        args->quiet = 1;
        return 1;
    case 'n':
        args->replicates = 1;
        return 1;
    case 'd':
        return number(command, row->name, value, 0.01, 3650.0, &args->days);
    case 'x':
        return number(command, row->name, value, 0.0, 3650.0, &args->drop_days);
    case 'w':
        return number(command, row->name, value, 1e-9, 1e3, &args->within_mg_dl);
    case 't':
        if (number(command, row->name, value, 1.0, 4096.0, &threads) < 0) {
            return -1;
        }
        if (threads != floor(threads)) {
            return bad(command, "expected a whole number: --threads ", value);
        }
        omp_set_num_threads((int)threads);
        return 1;
    case 'v':
        return vectors(command, value, args);
    default:
        show_help(command);
        return 0;
    }
}

static const option_row *row_of(int letter)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (rows[i].letter == letter) {
            return &rows[i];
        }
    }
    return NULL;
}

/* getopt's tables for this verb. */
static void tables(const cli_command *command, struct option *longs, char *shorts)
{
    size_t n = 0;
    *shorts++ = ':';
    for (size_t i = 0; i < N_ROWS; i++) {
        if (accepts(command, &rows[i])) {
            const int has = rows[i].value ? required_argument : no_argument;
            longs[n++] = (struct option){rows[i].name, has, NULL, rows[i].letter};
            *shorts++ = rows[i].letter;
            if (rows[i].value) {
                *shorts++ = ':';
            }
        }
    }
    longs[n] = (struct option){0};
    *shorts = '\0';
}

static int unknown_option(const cli_command *command, const char *given)
{
    const char *names[N_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < N_ROWS; i++) {
        if (accepts(command, &rows[i])) {
            names[n++] = rows[i].name;
        }
    }
    const char *near = strncmp(given, "--", 2) == 0 ? titr_nearest(given + 2, names, n) : NULL;
    (void)fprintf(stderr, "titrate %s: no option '%s'%s%s%s; see titrate %s --help\n",
                  command->name, given, near ? "; did you mean '--" : "", near ? near : "",
                  near ? "'?" : "", command->name);
    return -1;
}

static int take_arguments(const cli_command *command, int argc, char **argv, cli_args *args)
{
    for (int i = optind; i < argc; i++) {
        if (args->n_args == CLI_ARGS_MAX) {
            return bad(command, "too many arguments", "");
        }
        args->arg[args->n_args++] = argv[i];
    }
    if (args->n_args < command->min_args) {
        return bad(command, "missing argument: ", command->usage);
    }
    if (args->n_args > command->max_args) {
        return bad(command, "unexpected argument: ", args->arg[command->max_args]);
    }
    return 1;
}

int cli_parse(const cli_command *command, int argc, char **argv, cli_args *args)
{
    struct option longs[N_ROWS + 1];
    char shorts[2 * N_ROWS + 2];
    tables(command, longs, shorts);
    *args = (cli_args){
        .verb = command->name, .days = (double)NAN, .drop_days = (double)NAN, .within_mg_dl = 0.1};
    opterr = 0;
    int letter = 0;
    while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (letter == ':') {
            return bad(command, "a value is missing after ", argv[optind - 1]);
        }
        const option_row *row = row_of(letter);
        if (row == NULL) {
            return unknown_option(command, argv[optind - 1]);
        }
        const int taken = take(command, row, optarg, args);
        if (taken <= 0) {
            return taken;
        }
    }
    return take_arguments(command, argc, argv, args);
}
