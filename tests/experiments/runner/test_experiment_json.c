// SPDX-License-Identifier: GPL-3.0-or-later
/* The manifest's experiment: complete, deterministic, without a path of this machine. */
#include "titrate/config/config.h"
#include "titrate/runner/kind.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "experiment = \"t\";\n"
    "seed = \"18446744073709551615\";\n"
    "cohort = { subjects = [\"child#002\", \"child#001\"]; };\n"
    "train = { solver = { name = \"cvode\"; rtol = 0.1e-5; }; };\n"
    "policies = ( { name = \"q\"; agent = \"q_learning\"; gamma_half_life_min = 90;\n"
    "  observe = ( { name = \"cgm\"; bins_mg_dl = [70.0, 180.1]; history = 3; } );\n"
    "  epsilon = { from = 0.3; }; } );\n";

static char *json_of(const char *const *overrides, size_t n)
{
    titr_experiment *e = calloc(1, sizeof *e);
    titr_error err = {.what = ""};
    char *json = NULL;
    cr_assert_not_null(e);
    cr_assert_eq(titr_config_read_text("t.cfg", text, sizeof text - 1, overrides, n, e, &err),
                 TITR_OK, "%s", err.what);
    cr_assert_eq(titr_experiment_json(e, &json, &err), TITR_OK, "%s", err.what);
    titr_experiment_fini(e);
    free(e);
    return json;
}

/* The value of a member that stands on a line of its own; all lines are unindented first. */
static int has_line(const char *json, const char *line)
{
    const size_t n = strlen(line);
    for (const char *s = json; s != NULL; s = strchr(s, '\n')) {
        s += strspn(s, "\n ");
        if (strncmp(s, line, n) == 0 && strchr(",\n", s[n]) != NULL) {
            return 1;
        }
    }
    return 0;
}

Test(experiment_json, holds_what_was_set)
{
    char *json = json_of(NULL, 0);
    static const char *const lines[] = {
        "\"experiment\": \"t\"",
        "\"seed\": \"18446744073709551615\"",
        "\"subjects\": \"child#002,child#001\"",
        "\"terminal_penalty\": \"auto\"",
        "\"rtol\": 1e-06",
        "\"gamma_half_life_min\": 90",
        "\"name\": \"cgm_mg_dl\"",
        "180.1",
        "\"history\": 3",
        "\"from\": 0.3",
        "\"agent\": \"q_learning\"",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        cr_assert(has_line(json, lines[i]), "%s is not in\n%s", lines[i], json);
    }
    free(json);
}

Test(experiment_json, holds_every_section_and_every_option_once)
{
    static const char *const judged = "ope.data_policy=\"q\""; /* else `ope` is left out */
    char *json = json_of(&judged, 1);
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < section[i].n_options; k++) {
            char key[128];
            const char *name = section[i].options[k].name;
            if (strcmp(name, "bins") == 0) {
                continue; /* resolved into edges */
            }
            (void)snprintf(key, sizeof key, "\"%.*s\": ", (int)strcspn(name, ".["), name);
            cr_assert_not_null(strstr(json, key), "%s", key);
        }
    }
    const char *first = strstr(json, "gamma_half_life_min");
    cr_assert_not_null(first);
    cr_assert_null(strstr(first + 1, "gamma_half_life_min")); /* shared with the agent */
    free(json);
}

Test(experiment_json, is_the_same_twice_and_another_when_a_value_is)
{
    static const char *const overrides[] = {"policies.q.epsilon.from=0.30000000000000004"};
    char *a = json_of(NULL, 0), *b = json_of(NULL, 0), *c = json_of(overrides, 1);
    cr_assert_str_eq(a, b);
    cr_assert_str_neq(a, c);
    cr_assert_not_null(strstr(c, "0.30000000000000004"));
    free(a);
    free(b);
    free(c);
}

Test(experiment_json, absolute_paths_are_reduced_to_the_file)
{
    static const char *const overrides[] = {"scenario.events=/scratch/somebody/doses.csv",
                                            "output.folder=/scratch/somebody/runs"};
    char *json = json_of(overrides, 2);
    cr_assert(has_line(json, "\"events\": \"doses.csv\""));
    cr_assert_null(strstr(json, "somebody"));
    free(json);
}

/* Members of one dotted group stand together, or the JSON would hold the group twice. */
Test(experiment_json, groups_of_options_are_contiguous)
{
    size_t n = 0;
    const titr_kind *kind = titr_kinds(&n);
    for (size_t i = 0; i < n; i++) {
        const titr_part *part = NULL;
        for (size_t p = 0; (part = kind[i].at(p)) != NULL; p++) {
            for (size_t k = 1; k < part->n_options; k++) {
                const char *name = part->options[k].name;
                const size_t length = strcspn(name, ".");
                cr_assert(name[length] == '\0' || strchr(name + length + 1, '.') == NULL,
                          "%s.%s: one dot at most", part->name, name);
                for (size_t before = 0; name[length] == '.' && before + 1 < k; before++) {
                    const int same = strncmp(part->options[before].name, name, length + 1) == 0;
                    const int broken = strncmp(part->options[k - 1].name, name, length + 1) != 0;
                    cr_assert(!(same && broken), "%s.%s stands apart", part->name, name);
                }
            }
        }
    }
}
