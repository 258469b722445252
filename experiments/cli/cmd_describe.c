// SPDX-License-Identifier: GPL-3.0-or-later
/* describe: one part, or the whole config vocabulary. */
#include "cli.h"

#include "titrate/runner/kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 256

/* The part of any kind with that name. @return NULL after a message. */
static const titr_part *find(const char *name)
{
    const char *names[NAMES_MAX];
    size_t n_kinds = 0, n = 0;
    const titr_kind *kinds = titr_kinds(&n_kinds);
    for (size_t k = 0; k < n_kinds; k++) {
        const titr_part *part = NULL;
        for (size_t i = 0; (part = kinds[k].at(i)) != NULL && n < NAMES_MAX; i++) {
            if (strcmp(part->name, name) == 0) {
                return part;
            }
            names[n++] = part->name;
        }
    }
    const char *near = titr_nearest(name, names, n);
    (void)fprintf(stderr, "titrate describe: nothing is called '%s'%s%s%s; see titrate list\n",
                  name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return NULL;
}

static void describe_model(const titr_model_type *model)
{
    (void)printf("\nmodes:\n");
    for (size_t i = 0; i < model->n_modes; i++) {
        (void)printf("  %-14s %s\n", model->modes[i].name, model->modes[i].doc);
    }
    const struct {
        const char *title;
        titr_table table;
    } tables[] = {{"states", model->states},
                  {"inputs", model->inputs},
                  {"parameters", model->params},
                  {"outputs", model->outputs}};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        (void)printf("\n%s:\n", tables[t].title);
        for (size_t i = 0; i < tables[t].table.n; i++) {
            const titr_quantity *q = &tables[t].table.row[i];
            (void)printf("  %-26s %-14s [%g, %g]  %s\n", q->name, q->unit, q->lo, q->hi, q->source);
        }
    }
}

static int describe(const cli_args *args)
{
    const titr_describe_format format =
        args->markdown ? TITR_DESCRIBE_MARKDOWN : TITR_DESCRIBE_TEXT;
    const int whole = strcmp(args->arg[0], "config") == 0;
    const titr_part *part = whole ? NULL : find(args->arg[0]);
    if (!whole && part == NULL) {
        return CLI_BAD_INPUT;
    }
    char *text = NULL;
    titr_error err = {0};
    const titr_status st = whole ? titr_experiment_describe(format, &text, &err)
                                 : titr_part_describe(part, format, &text, &err);
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    (void)fputs(text, stdout);
    free(text);
    const titr_model_type *model = whole ? NULL : titr_model_find(args->arg[0]);
    if (model != NULL) {
        describe_model(model);
    }
    return CLI_OK;
}

const cli_command cli_cmd_describe = {
    .name = "describe",
    .usage = "NAME",
    .doc = "a part's options with unit, range and source; `describe config`: every key",
    .help = "NAME is anything that `titrate list` shows, or \"config\".",
    .options = CLI_OPT_MARKDOWN,
    .min_args = 1,
    .max_args = 1,
    .run = describe,
};
