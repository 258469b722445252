// SPDX-License-Identifier: GPL-3.0-or-later
/* A config text in which one key of any section or part stands on a line of its own. */
#ifndef TESTS_CONFIG_CASE_H
#define TESTS_CONFIG_CASE_H

#include "titrate/config/config.h"
#include "titrate/runner/kind.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASE_NAME "t.cfg"

/* Where an option lives: a section, or a part chosen in one. */
typedef struct config_place {
    const titr_section *section;
    const titr_part *part; /* NULL: the section's own option */
} config_place;

typedef struct config_case {
    char text[4096];
    unsigned line; /* of the key under test */
    char key[256]; /* its whole name in messages */
} config_case;

static inline void case_add(config_case *c, const char *text)
{
    const size_t at = strlen(c->text);
    cr_assert_lt(at + strlen(text), sizeof c->text);
    memcpy(c->text + at, text, strlen(text) + 1);
}

/* What an agent must have beside its own options. */
static inline void case_add_policy(config_case *c, const titr_part *agent)
{
    case_add(c, "{ name = \"p\"; agent = \"");
    case_add(c, agent != NULL ? agent->name : "constant_basal");
    case_add(c, "\";\n");
}

/* A cell of which `body` is a part. */
static inline void case_add_cell(config_case *c, const char *body)
{
    case_add(c, "robustness = { cells = ( {\n");
    case_add(c, strstr(body, "name") == NULL ? "name = \"c\";\n" : "");
    case_add(c, strstr(body, "set") == NULL ? "set = \"sensor.bias_fraction = 0.1\";\n" : "");
}

/* What any config needs, unless the case brings it. */
static inline void case_begin(config_case *c, const char *section, const char *body)
{
    case_add(c, "# a case\n");
    if (section[0] != '\0' || strstr(body, "experiment") == NULL) {
        case_add(c, "experiment = \"t\";\n");
    }
    if (strcmp(section, "policies") != 0 && strcmp(section, "policies.observe") != 0) {
        case_add(c, "policies = ( { name = \"p\"; agent = \"");
        case_add(c, strcmp(section, "task") == 0 ? "random" : "constant_basal");
        case_add(c, "\"; } );\n");
    }
}

/* Lists that want something of their own before the body. @return what ends them, or NULL. */
static inline const char *case_open_list(config_case *c, config_place place, const char *body)
{
    const char *section = place.section->name;
    if (strcmp(section, "policies") == 0) {
        case_add(c, "policies = (\n");
        if (place.part == NULL && strstr(body, "name") != NULL) {
            case_add(c, "{ agent = \"constant_basal\";\n");
        } else {
            case_add_policy(c, place.part);
        }
        return "} );\n";
    }
    if (strcmp(section, "policies.observe") == 0) {
        case_add(c, "policies = ( { name = \"p\"; agent = \"q_learning\"; observe = ( {\n");
        case_add(c, strstr(body, "name") == NULL ? "name = \"cgm\";\n" : "");
        return "} ); } );\n";
    }
    if (strcmp(section, "robustness.cells") == 0) {
        case_add_cell(c, body);
        return "} ); };\n";
    }
    return NULL;
}

/* @return what ends the section. */
static inline const char *case_open(config_case *c, config_place place, const char *body)
{
    const char *section = place.section->name, *dot = strrchr(section, '.');
    const char *close = case_open_list(c, place, body);
    char head[256];
    if (close != NULL || section[0] == '\0') {
        return close != NULL ? close : "";
    }
    if (place.section->shape == TITR_SECTION_LIST && dot != NULL) {
        cr_assert_not_null(place.part);
        (void)snprintf(head, sizeof head, "%.*s = { %s = ( { name = \"%s\";\n",
                       (int)(dot - section), section, dot + 1, place.part->name);
        close = "} ); };\n";
    } else if (dot != NULL) {
        (void)snprintf(head, sizeof head, "%.*s = { %s = {\n", (int)(dot - section), section,
                       dot + 1);
        close = "}; };\n";
    } else {
        (void)snprintf(head, sizeof head, "%s = {\n", section);
        close = "};\n";
    }
    case_add(c, head);
    return close;
}

/* A whole config with `body` (lines of settings) at the place; the line of its first is noted. */
static inline void case_build(config_case *c, config_place place, const char *body)
{
    memset(c, 0, sizeof *c);
    case_begin(c, place.section->name, body);
    const char *close = case_open(c, place, body);
    if (place.section->shape == TITR_SECTION_PART && place.part != NULL) {
        case_add(c, "name = \"");
        case_add(c, place.part->name);
        case_add(c, "\";\n");
    }
    c->line = 1;
    for (const char *s = c->text; *s != '\0'; s++) {
        c->line += *s == '\n';
    }
    case_add(c, body);
    case_add(c, close);
}

/* Read the case. @return status; `err` is filled on failure. */
static inline titr_status case_read(const config_case *c, const char *const *overrides, size_t n,
                                    titr_error *err)
{
    titr_experiment *e = calloc(1, sizeof *e);
    cr_assert_not_null(e);
    memset(err, 0, sizeof *err);
    const titr_status status =
        titr_config_read_text(CASE_NAME, c->text, strlen(c->text), overrides, n, e, err);
    if (status == TITR_OK) {
        titr_experiment_fini(e);
    }
    free(e);
    return status;
}

#endif
