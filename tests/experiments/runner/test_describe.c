// SPDX-License-Identifier: GPL-3.0-or-later
/* The config in words, and docs/config.md, which is generated from the same tables. */
#include "titrate/env/record.h"
#include "titrate/runner/experiment.h"
#include "titrate/runner/kind.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCS TITR_SOURCE_DIR "/docs/config.md"

static char *describe(titr_describe_format format)
{
    char *text = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_experiment_describe(format, &text, &err), TITR_OK, "%s", err.what);
    return text;
}

Test(describe, names_every_section_key_and_part)
{
    char *text = describe(TITR_DESCRIBE_TEXT);
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    for (size_t i = 0; i < n; i++) {
        cr_assert_not_null(strstr(text, section[i].doc), "%s", section[i].name);
        for (size_t k = 0; k < section[i].n_options; k++) {
            cr_assert_not_null(strstr(text, section[i].options[k].name));
            cr_assert_not_null(strstr(text, section[i].options[k].doc));
        }
        const titr_kind *kind = section[i].kind != NULL ? titr_kind_find(section[i].kind) : NULL;
        const titr_part *part = NULL;
        for (size_t p = 0; kind != NULL && (part = kind->at(p)) != NULL; p++) {
            cr_assert_not_null(strstr(text, part->doc), "%s", part->name);
        }
    }
    free(text);
}

Test(describe, one_section_alone_and_what_observe_can_name)
{
    char *text = NULL;
    titr_error err;
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    const titr_observable_info *row = titr_observable_table();
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(titr_section_describe(&section[i], TITR_DESCRIBE_TEXT, &text, &err), TITR_OK);
        const int is_observe = strcmp(section[i].name, "policies.observe") == 0;
        for (size_t k = 0; is_observe && k < TITR_OBS_N; k++) {
            cr_assert_not_null(strstr(text, row[k].name));
            cr_assert_not_null(strstr(text, row[k].doc));
        }
        cr_assert_eq(strstr(text, "observables:") != NULL, is_observe);
        free(text);
    }
}

Test(describe, one_part_alone)
{
    char *text = NULL;
    titr_error err;
    const titr_part *pump = titr_kind_part(titr_kind_find("pump"), "pump");
    cr_assert_eq(titr_part_describe(pump, TITR_DESCRIBE_TEXT, &text, &err), TITR_OK);
    cr_assert_not_null(strstr(text, "pulse_u = 0.05"));
    cr_assert_not_null(strstr(text, "a number in U from 0.001 to 1"));
    free(text);
}

/* A table row of Markdown has as many cells as its head, whatever the texts contain. */
Test(describe, markdown_tables_are_whole)
{
    char *text = describe(TITR_DESCRIBE_MARKDOWN);
    int columns = 0; /* of the table */
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        int bars = 0;
        for (const char *s = line; *s != '\0'; s++) {
            bars += *s == '|' && (s == line || s[-1] != '\\');
        }
        const int head = strstr(line, "| meaning |") != NULL;
        columns = head ? bars : columns;
        cr_assert(line[0] != '|' || bars == columns, "%s", line);
    }
    free(text);
}

Test(describe, docs_are_up_to_date)
{
    char *text = describe(TITR_DESCRIBE_MARKDOWN);
    const size_t n = strlen(text);
    char *docs = calloc(1, n + 2);
    cr_assert_not_null(docs);
    FILE *file = fopen(DOCS, getenv("TITR_WRITE_DOCS") != NULL ? "w" : "r");
    cr_assert_not_null(file, "%s is missing", DOCS);
    if (getenv("TITR_WRITE_DOCS") != NULL) {
        cr_assert_eq(fwrite(text, 1, n, file), n);
        memcpy(docs, text, n);
    } else {
        const size_t got = fread(docs, 1, n + 1, file);
        docs[got] = '\0';
    }
    (void)fclose(file);
    cr_assert(strcmp(text, docs) == 0,
              "docs/config.md is out of date: run this test with TITR_WRITE_DOCS=1, or "
              "titrate describe config --markdown > docs/config.md");
    free(docs);
    free(text);
}

Test(describe, kinds_are_found_by_name)
{
    size_t n = 0;
    const titr_kind *kind = titr_kinds(&n);
    cr_assert_gt(n, 5);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(titr_kind_find(kind[i].name), &kind[i]);
        const titr_part *part = kind[i].at(0);
        cr_assert_not_null(part, "no %s is registered", kind[i].name);
        cr_assert_eq(titr_kind_part(&kind[i], part->name), part);
        cr_assert_null(titr_kind_part(&kind[i], "none"));
    }
    cr_assert_null(titr_kind_find("none"));
    cr_assert_str_eq(titr_kind_nearest(titr_kind_find("solver"), "cvod"), "cvode");
}
