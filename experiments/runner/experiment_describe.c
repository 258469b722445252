// SPDX-License-Identifier: GPL-3.0-or-later
/* The config in words: every section and key, from the same tables that parse it. */
#include "titrate/base/text.h"
#include "titrate/env/record.h"
#include "titrate/runner/experiment.h"
#include "titrate/runner/kind.h"

#include <stddef.h>
#include <string.h>

#define TASK_DEF_MAX 256 /* bytes of any task's def */

static const char introduction[] =
    "An experiment is one file in libconfig syntax: `section = { key = value; };`. Every key has a "
    "default unless it is required; unknown keys are errors. Texts stand in quotes, a whole number "
    "is accepted where a number is wanted, whole numbers beyond 32 bits end in L, and the numbers "
    "of one array are written all with or all without a decimal point. `@include \"file\"` on a "
    "line of its own reads another file, which is named from the folder of the one that includes "
    "it; so are the files that `path` and `events` name. On the command line `-D "
    "section.key=value` "
    "changes any key, e.g. `-D policies.q.epsilon.from=0.5` or "
    "`-D scenario.parts.meals_energy.count_error_cv=0.2`: entries of a list are named by their "
    "name or number (0 is the first), and an array is given whole: the rows `seeds_test[0]` and "
    "`seeds_test[1]` are `seeds_test = [1001, 1010]`.\n";

/* Text inside a table cell of Markdown. */
static void add_cell(titr_text *text, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '|') {
            titr_text_add(text, "\\", 1);
        }
        titr_text_add(text, s, 1);
    }
}

static void add_option(titr_text *text, titr_describe_format format, const titr_option *o)
{
    char expected[TITR_TEXT_MAX], preset[TITR_TEXT_MAX + 8];
    titr_option_expected(o, expected, sizeof expected);
    titr_option_default_text(o, preset, sizeof preset);
    if (format == TITR_DESCRIBE_TEXT) {
        titr_text_printf(text, "  %s = %s\n      %s\n      expected: %s; source: %s\n", o->name,
                         o->required ? "(required)" : preset, o->doc, expected, o->source);
        return;
    }
    titr_text_printf(text, "| `%s` | %s%s%s | ", o->name, o->required ? "required" : "`",
                     o->required ? "" : preset, o->required ? "" : "`");
    add_cell(text, expected);
    titr_text_printf(text, " | ");
    add_cell(text, o->doc);
    titr_text_printf(text, " | %s |\n", o->source);
}

static void add_options(titr_text *text, titr_describe_format format, const titr_option *options,
                        size_t n)
{
    if (format == TITR_DESCRIBE_MARKDOWN && n > 0) {
        titr_text_printf(text, "\n| key | default | expected | meaning | source |\n"
                               "|---|---|---|---|---|\n");
    }
    for (size_t i = 0; i < n; i++) {
        add_option(text, format, &options[i]);
    }
}

/* What an agent sees of a task with its defaults, and what it chooses from. */
static void add_task(titr_text *text, titr_describe_format format, titr_slot task)
{
    const titr_task_shape shape = titr_task_shape_of(task);
    const int plain = format == TITR_DESCRIBE_TEXT;
    titr_text_printf(text, plain ? "\n  observables:\n"
                                 : "\n| observable | unit | range | values | meaning |\n"
                                   "|---|---|---|---|---|\n");
    for (size_t k = 0; k < shape.n_obs; k++) {
        const titr_task_observable *o = &shape.obs[k];
        titr_text_printf(text,
                         plain ? "  %-20s %-6s [%.4g, %.4g]  " : "| `%s` | %s | %.4g to %.4g | ",
                         o->name, o->unit, o->lo, o->hi);
        if (o->discrete > 0) {
            titr_text_printf(text, "%zu values%s", o->discrete, plain ? "  " : " | ");
        } else {
            titr_text_printf(text, "continuous, %u bins%s", o->bins, plain ? "  " : " | ");
        }
        titr_text_printf(text, plain ? "%s\n" : "%s |\n", o->doc);
    }
    titr_text_printf(text, plain ? "\n  levels:" : "\nLevels:");
    for (size_t a = 0; a < shape.n_levels; a++) {
        titr_text_printf(text, "%s %zu %s", a > 0 ? "," : "", a, shape.label[a]);
    }
    titr_text_printf(text, plain ? "\n" : ".\n");
}

/* A task with its default options. */
static void add_if_task(titr_text *text, titr_describe_format format, const titr_part *part)
{
    union {
        max_align_t align;
        unsigned char bytes[TASK_DEF_MAX];
    } def;
    const titr_task_type *type = titr_task_find(part->name);
    if (type != NULL && &type->part == part && part->def_size <= sizeof def) {
        titr_options_default(part->options, part->n_options, &def);
        add_task(text, format, (titr_slot){type, &def});
    }
}

static void add_part(titr_text *text, titr_describe_format format, const titr_part *part)
{
    if (format == TITR_DESCRIBE_TEXT) {
        titr_text_printf(text, "\n%s: %s (source: %s)\n", part->name, part->doc, part->source);
    } else {
        titr_text_printf(text, "\n### `%s`\n\n%s. Source: %s.\n", part->name, part->doc,
                         part->source);
    }
    add_options(text, format, part->options, part->n_options);
    add_if_task(text, format, part);
}

/* What `observe` can name. */
static void add_observables(titr_text *text, titr_describe_format format)
{
    const titr_observable_info *row = titr_observable_table();
    const int plain = format == TITR_DESCRIBE_TEXT;
    titr_text_printf(text, plain ? "\n  observables:\n"
                                 : "\n| observable | unit | plausible range | meaning |\n"
                                   "|---|---|---|---|\n");
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        titr_text_printf(text, plain ? "  %-26s %-10s [%g, %g]  " : "| `%s` | %s | %g to %g | ",
                         row[i].name, row[i].unit, row[i].lo, row[i].hi);
        titr_text_printf(text, plain ? "%s\n" : "%s |\n", row[i].doc);
    }
}

static void add_section(titr_text *text, titr_describe_format format, const titr_section *s)
{
    const char *name = s->name[0] == '\0' ? "top level" : s->name;
    const char *chooser = strcmp(s->name, "policies") == 0 ? "agent" : "name";
    titr_text_printf(text, format == TITR_DESCRIBE_TEXT ? "\n%s%s: %s\n" : "\n## %s%s\n\n%s.\n",
                     name, s->shape == TITR_SECTION_LIST ? " (a list of groups)" : "", s->doc);
    if (s->kind != NULL) {
        titr_text_printf(text,
                         format == TITR_DESCRIBE_TEXT
                             ? "  %s = %s%s%s\n      chooses a part of kind %s, whose options are "
                               "keys here as well\n"
                             : "\n`%s` = %s%s%s chooses a part of kind [%s](#parts-of-kind-%s), "
                               "whose options are keys here as well.\n",
                         chooser, s->part != NULL ? "\"" : "", s->part != NULL ? s->part : "...",
                         s->part != NULL ? "\"" : "", s->kind, s->kind);
    }
    add_options(text, format, s->options, s->n_options);
    if (strcmp(s->name, "policies.observe") == 0) {
        add_observables(text, format);
    }
}

static void add_kind(titr_text *text, titr_describe_format format, const titr_kind *kind)
{
    const titr_part *part = NULL;
    titr_text_printf(text,
                     format == TITR_DESCRIBE_TEXT ? "\nparts of kind %s: %s\n"
                                                  : "\n## parts of kind %s\n\n%s.\n",
                     kind->name, kind->doc);
    for (size_t i = 0; (part = kind->at(i)) != NULL; i++) {
        add_part(text, format, part);
    }
}

titr_status titr_experiment_describe(titr_describe_format format, char **text, titr_error *err)
{
    titr_text out = {0};
    size_t n = 0, n_kinds = 0;
    const titr_section *section = titr_experiment_sections(&n);
    const titr_kind *kind = titr_kinds(&n_kinds);
    titr_text_printf(&out,
                     format == TITR_DESCRIBE_TEXT
                         ? "%s"
                         : "# The experiment config\n\nGenerated by `titrate describe config "
                           "--markdown`.\n\n%s",
                     introduction);
    for (size_t i = 0; i < n; i++) {
        add_section(&out, format, &section[i]);
    }
    for (size_t i = 0; i < n_kinds; i++) {
        if (strcmp(kind[i].name, "metric") != 0) { /* metrics have no place in a config */
            add_kind(&out, format, &kind[i]);
        }
    }
    return titr_text_take(&out, text, err);
}

titr_status titr_section_describe(const titr_section *section, titr_describe_format format,
                                  char **text, titr_error *err)
{
    titr_text out = {0};
    add_section(&out, format, section);
    return titr_text_take(&out, text, err);
}

titr_status titr_part_describe(const titr_part *part, titr_describe_format format, char **text,
                               titr_error *err)
{
    titr_text out = {0};
    add_part(&out, format, part);
    return titr_text_take(&out, text, err);
}
