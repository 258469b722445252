// SPDX-License-Identifier: GPL-3.0-or-later
/* describe: one part, one section or key of the config, one metric, or the whole vocabulary. */
#include "cli.h"

#include "titrate/metrics/metric.h"
#include "titrate/runner/kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 512

/* Every name there is, for the nearest one. */
typedef struct names {
    const char *name[NAMES_MAX];
    size_t n;
} names;

static void add_name(names *all, const char *name)
{
    if (all->n < NAMES_MAX) {
        all->name[all->n++] = name;
    }
}

/* The part of any kind with that name. */
static const titr_part *find_part(const char *name, names *all)
{
    size_t n = 0;
    const titr_kind *kinds = titr_kinds(&n);
    for (size_t k = 0; k < n; k++) {
        const titr_part *part = NULL;
        for (size_t i = 0; (part = kinds[k].at(i)) != NULL; i++) {
            if (strcmp(part->name, name) == 0) {
                return part;
            }
            add_name(all, part->name);
        }
    }
    return NULL;
}

/* The family that computes a key. */
static const titr_part *find_metric(const char *key, names *all)
{
    size_t n = 0;
    const titr_metric_type *const *family = titr_metric_all(&n);
    const char *plain = strncmp(key, "cgm_", 4) == 0 ? key + 4 : key;
    for (size_t i = 0; i < n; i++) {
        for (size_t v = 0; v < family[i]->n_values; v++) {
            if (strcmp(family[i]->value[v].key, plain) == 0) {
                return &family[i]->part;
            }
            add_name(all, family[i]->value[v].key);
        }
    }
    return NULL;
}

/* 1 if the section is called so: "train.solver", also "observe" for "policies.observe". */
static int is_called(const titr_section *s, const char *name)
{
    const char *dot = strrchr(s->name, '.');
    return s->name[0] != '\0' &&
           (strcmp(s->name, name) == 0 || (dot != NULL && strcmp(dot + 1, name) == 0));
}

/* 1 if `name` is a key of the section: "split.folds"; "seed" is one of the top level, "". */
static int has_key(const titr_section *s, const char *name)
{
    const char *dot = strrchr(name, '.');
    const size_t length = dot != NULL ? (size_t)(dot - name) : 0;
    return strlen(s->name) == length && strncmp(s->name, name, length) == 0 &&
           titr_option_find(s->options, s->n_options, dot != NULL ? dot + 1 : name) != NULL;
}

static const titr_section *find_section(const char *name, names *all)
{
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    for (size_t i = 0; i < n; i++) {
        if (is_called(&section[i], name) || has_key(&section[i], name)) {
            return &section[i];
        }
        if (section[i].name[0] != '\0') {
            add_name(all, section[i].name);
        }
    }
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

static void describe_metric(const titr_metric_type *family)
{
    for (size_t i = 0; i < family->n_values; i++) {
        const titr_metric_value *v = &family->value[i];
        (void)printf("  %-28s %-8s %s%s\n", v->key, v->unit, v->doc,
                     family->of_readings ? "; of the CGM as cgm_..." : "");
    }
}

static int unknown(const char *name, const names *all)
{
    const char *near = titr_nearest(name, all->name, all->n);
    (void)fprintf(stderr, "titrate describe: nothing is called '%s'%s%s%s; see titrate list\n",
                  name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return CLI_BAD_INPUT;
}

/* What a name stands for; one of them, or none. */
typedef struct subject {
    int whole; /* the whole config */
    const titr_section *section;
    const titr_part *part;
} subject;

static subject find(const char *name, names *all)
{
    subject found = {.whole = strcmp(name, "config") == 0};
    if (!found.whole) {
        found.part = find_part(name, all);
    }
    if (!found.whole && found.part == NULL) {
        found.section = find_section(name, all);
    }
    if (!found.whole && found.part == NULL && found.section == NULL) {
        found.part = find_metric(name, all);
    }
    return found;
}

static titr_status text_of(const subject *s, titr_describe_format format, char **text,
                           titr_error *err)
{
    if (s->whole) {
        return titr_experiment_describe(format, text, err);
    }
    return s->section != NULL ? titr_section_describe(s->section, format, text, err)
                              : titr_part_describe(s->part, format, text, err);
}

/* Parts of other kinds with the same name: low_suspend is an agent and a rule of the shield. */
static titr_status add_namesakes(const titr_part *part, titr_describe_format format,
                                 titr_error *err)
{
    size_t n = 0;
    const titr_kind *kinds = titr_kinds(&n);
    for (size_t k = 0; part != NULL && k < n; k++) {
        const titr_part *other = titr_kind_part(&kinds[k], part->name);
        char *text = NULL;
        if (other != NULL && other != part) {
            TITR_TRY(titr_part_describe(other, format, &text, err));
            (void)fputs(text, stdout);
            free(text);
        }
    }
    return TITR_OK;
}

static int describe(const cli_args *args)
{
    names all = {.n = 0};
    const subject s = find(args->arg[0], &all);
    if (!s.whole && s.section == NULL && s.part == NULL) {
        return unknown(args->arg[0], &all);
    }
    char *text = NULL;
    titr_error err = {0};
    const titr_describe_format format =
        args->markdown ? TITR_DESCRIBE_MARKDOWN : TITR_DESCRIBE_TEXT;
    titr_status st = text_of(&s, format, &text, &err);
    if (st == TITR_OK) {
        (void)fputs(text, stdout);
        free(text);
        st = add_namesakes(s.part, format, &err);
    }
    if (st != TITR_OK) {
        return cli_fail(st, &err);
    }
    const titr_model_type *model = s.part != NULL ? titr_model_find(s.part->name) : NULL;
    const titr_metric_type *family = s.part != NULL ? titr_metric_find(s.part->name) : NULL;
    if (model != NULL) {
        describe_model(model);
    } else if (family != NULL && &family->part == s.part) {
        describe_metric(family);
    }
    return CLI_OK;
}

const cli_command cli_cmd_describe = {
    .name = "describe",
    .usage = "NAME",
    .doc = "options of a part, keys of a config section, a metric; `describe config`: all",
    .help = "NAME is anything that `titrate list` shows, a section or key of the config\n"
            "(\"evaluate\", \"policies.observe\", \"split.folds\"), the key of a metric "
            "(\"lbgi\"), or\n"
            "\"config\" for all of it.",
    .options = CLI_OPT_MARKDOWN,
    .min_args = 1,
    .max_args = 1,
    .run = describe,
};
