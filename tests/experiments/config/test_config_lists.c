// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists: subjects, scenario parts, policies and what they observe; their bounds, and the keys that
 * exclude each other. */
#include "titrate/config/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 16384

/* The message of a text; "" when it is accepted. */
static void message_of(const char *text, char *message, size_t size)
{
    titr_experiment *e = calloc(1, sizeof *e);
    titr_error err = {.what = ""};
    cr_assert_not_null(e);
    const titr_status status = titr_config_read_text("t.cfg", text, strlen(text), NULL, 0, e, &err);
    if (status == TITR_OK) {
        titr_experiment_fini(e);
    } else {
        cr_assert_eq(status, TITR_ERR_CONFIG);
    }
    (void)snprintf(message, size, "%s", err.what);
    free(e);
}

static void expect(const char *text, const char *expected)
{
    char message[600];
    message_of(text, message, sizeof message);
    cr_assert_eq(strncmp(message, expected, strlen(expected)), 0, "%s\nexpected %s in\n%s", message,
                 expected, text);
    cr_assert(expected[0] != '\0' || message[0] == '\0', "%s", message);
}

/* n copies of `piece` between `head` and `tail`; "%zu" in the piece is the copy's number. */
static void repeat(char text[TEXT_MAX], const char *head, const char *piece, size_t n,
                   const char *tail)
{
    size_t at = (size_t)snprintf(text, TEXT_MAX, "%s", head);
    const char *number = strstr(piece, "%zu");
    const size_t before = number != NULL ? (size_t)(number - piece) : strlen(piece);
    for (size_t i = 0; i < n && at < TEXT_MAX; i++) {
        at += (size_t)snprintf(text + at, TEXT_MAX - at, "%s%.*s", i > 0 ? ",\n" : "", (int)before,
                               piece);
        if (number != NULL && at < TEXT_MAX) {
            at += (size_t)snprintf(text + at, TEXT_MAX - at, "%zu%s", i, number + 3);
        }
    }
    cr_assert_lt(at, TEXT_MAX);
    at += (size_t)snprintf(text + at, TEXT_MAX - at, "%s", tail);
    cr_assert_lt(at, TEXT_MAX);
}

static void expect_observe(const char *observe, const char *expected)
{
    char text[TEXT_MAX + 128];
    (void)snprintf(text, sizeof text,
                   "experiment = \"t\";\npolicies = ( { name = \"p\"; agent = \"q_learning\";\n"
                   "observe = (\n%s ); } );",
                   observe);
    expect(text, expected);
}

Test(config_lists, observables_by_full_and_short_name)
{
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        char observe[200];
        (void)snprintf(observe, sizeof observe, "{ name = \"%s\"; bins = 3; }",
                       titr_observable_table()[i].name);
        expect_observe(observe, "");
        cr_assert_eq((size_t)titr_observe_find(titr_observable_table()[i].name), i);
    }
    static const char *const short_names[] = {
        "cgm",      "cgm_rate",    "iob",   "bolus_iob", "iob_per_kg",   "carbs_announced",
        "carbs_4h", "time_of_day", "basal", "tdi",       "iob_fraction", "since_meal"};
    for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
        cr_assert_neq(titr_observe_find(short_names[i]), TITR_OBS_N, "%s", short_names[i]);
    }
}

Test(config_lists, edges_may_carry_the_unit)
{
    expect_observe("{ name = \"cgm\"; bins_mg_dl = [70, 180]; }", "");
    expect_observe("{ name = \"cgm_rate\"; bins_mg_dl_per_min = [-1.0, 1.0]; }", "");
    expect_observe("{ name = \"iob\"; bins_u = [0.5]; }", "");
    expect_observe("{ name = \"iob_per_kg\"; bins_u_per_kg = [0.05]; }", "");
    expect_observe("{ name = \"cf\"; bins_mg_dl_per_u = [50]; }", "");
    expect_observe("{ name = \"time_of_day\"; bins_min = [360, 720]; }", "");
    expect_observe("{ name = \"iob_fraction\"; edges = [0.05]; }", "");
    expect_observe("{ name = \"iob\"; bins_mg_dl = [1]; }",
                   "t.cfg:4: policies.p.observe.iob.bins_mg_dl: unknown key");
    expect_observe("{ name = \"iob_fraction\"; bins_1 = [1]; }",
                   "t.cfg:4: policies.p.observe.iob_fraction.bins_1: unknown key");
}

Test(config_lists, observe_is_checked_at_the_line)
{
    expect_observe("{ name = \"cgn\"; }",
                   "t.cfg:4: policies.p.observe.cgn.name: \"cgn\", expected");
    expect_observe("{ bins = 4; }", "t.cfg:4: policies.p.observe.0.name: missing");
    expect_observe("{ name = 4; }", "t.cfg:4: policies.p.observe.0.name: 4, expected a text");
    expect_observe("{ name = \"cgm\";\n edges = [5, 5]; }",
                   "t.cfg:5: policies.p.observe.cgm.edges: 5 after 5, expected ascending");
    expect_observe("{ name = \"cgm\";\n\n bins_mg_dl = [7, 5]; }",
                   "t.cfg:6: policies.p.observe.cgm.bins_mg_dl: 5 after 7, expected ascending");
    expect_observe("{ name = \"cgm\"; bins = 3;\n edges = [5]; }",
                   "t.cfg:5: policies.p.observe.cgm.edges: beside bins");
    expect_observe("{ name = \"cgm\"; bins_mg_dl = [3];\n edges = [5]; }",
                   "t.cfg:5: policies.p.observe.cgm.edges: beside bins_mg_dl");
    expect_observe("{ name = \"iob\";\n history = 2; }",
                   "t.cfg:5: policies.p.observe.iob.history: 2, expected it with cgm only");
    expect_observe("5", "t.cfg:4: policies.p.observe.0: 5, expected a group");
    char text[TEXT_MAX];
    repeat(text, "", "{ name = \"iob\"; }", TITR_OBSERVE_MAX, "");
    expect_observe(text, "");
    repeat(text, "", "{ name = \"iob\"; }", TITR_OBSERVE_MAX + 1, "");
    expect_observe(text, "t.cfg:3: policies.p.observe: 17 entries, expected at most 16");
}

Test(config_lists, policies_are_bounded)
{
    char text[TEXT_MAX];
    static const char piece[] = "{ name = \"p%zu\"; agent = \"random\"; }";
    repeat(text, "experiment = \"t\";\npolicies = (\n", piece, TITR_POLICIES_MAX, ");");
    expect(text, "");
    repeat(text, "experiment = \"t\";\npolicies = (\n", piece, TITR_POLICIES_MAX + 1, ");");
    expect(text, "t.cfg:2: policies: 65, expected at most 64");
    expect("experiment = \"t\";\npolicies = ( );", "t.cfg:2: policies: none, expected a list");
    expect("experiment = \"t\";\n", "t.cfg:1: policies: none, expected a list");
    expect("experiment = \"t\";\npolicies = (\n{ name = \"p\"; } );",
           "t.cfg:3: policies.p.agent: missing, expected one of ");
    expect("experiment = \"t\";\npolicies = (\n{ name = \"p\";\nagent = \"q_lerning\"; } );",
           "t.cfg:4: policies.p.agent: \"q_lerning\", expected one of ");
    expect("experiment = \"t\";\npolicies = (\n{ agent = \"random\";\n name = \"a b\"; } );",
           "t.cfg:4: policies.0.name: \"a b\", expected letters");
}

#define POLICY "experiment = \"t\"; policies = ( { name = \"p\"; agent = \"random\"; } );\n"

Test(config_lists, parts_are_bounded)
{
    char text[TEXT_MAX];
    static const char piece[] = "{ name = \"meals_energy\"; }";
    expect(POLICY "scenario = { parts = ( ); };", "");
    repeat(text, POLICY "scenario = { parts = (\n", piece, TITR_SCENARIO_PARTS_MAX, "); };");
    expect(text, "");
    repeat(text, POLICY "scenario = { parts = (\n", piece, TITR_SCENARIO_PARTS_MAX + 1, "); };");
    expect(text, "t.cfg:2: scenario.parts: 9, expected at most 8");
    expect(POLICY "scenario = { parts = { }; };",
           "t.cfg:2: scenario.parts: a group, expected a list of groups");
    expect(POLICY "scenario = { parts = (\n{ activity = 1.5; } ); };",
           "t.cfg:3: scenario.parts.0.name: missing, expected one of ");
    expect(POLICY "scenario = { parts = (\n{ name = \"meals_record\"; } ); };",
           "t.cfg:3: scenario.parts.meals_record.path: missing");
    expect(POLICY "scenario = { events = \"x.csv\"; parts = (\n{ name = \"meals_record\"; } ); };",
           "");
}

Test(config_lists, subjects_are_ids_of_the_cohort)
{
    char text[TEXT_MAX];
    expect(POLICY "cohort = { subjects = \"children\"; };", "");
    expect(POLICY "cohort = { subjects = ( \"child#001\", \"adult#002\" ); };", "");
    expect(POLICY "cohort = {\n subjects = [ \"child#001\",\n \"child#01\" ]; };",
           "t.cfg:3: cohort.subjects: ");
    expect(POLICY "cohort = {\n subjects = [ ]; };", "t.cfg:3: cohort.subjects: empty");
    expect(POLICY "cohort = {\n subjects = [\n 1 ]; };",
           "t.cfg:4: cohort.subjects[0]: 1, expected an id as text");
    expect(POLICY "cohort = {\n subjects = [\n \"a,b\" ]; };",
           "t.cfg:4: cohort.subjects[0]: \"a,b\", expected an id as text, without commas");
    expect(POLICY "cohort = { subjects = 5; };", "t.cfg:2: cohort.subjects: 5, expected a text");
    expect(POLICY "cohort = {\n source = \"file\"; path = \"none.csv\"; };",
           "t.cfg:3: cohort.path: ");
    repeat(text, POLICY "cohort = { subjects = [", "\"a_long_name_of_a_child_that_goes_on_%zu\"",
           300, "]; };");
    char message[600];
    message_of(text, message, sizeof message);
    cr_assert_not_null(strstr(message, "more ids than fit"), "%s", message);
}

Test(config_lists, lists_of_numbers_are_bounded)
{
    char text[TEXT_MAX];
    static const char head[] = POLICY "actions = { name = \"absolute_basal\";\nlevels_u_per_h = [";
    repeat(text, head, "0.%zu", TITR_REALS_MAX, "]; };");
    char message[600];
    message_of(text, message, sizeof message);
    cr_assert_null(strstr(message, "it has more"), "%s", message);
    repeat(text, head, "0.%zu", TITR_REALS_MAX + 1, "]; };");
    expect(text, "t.cfg:3: actions.levels_u_per_h: an array, expected a list of numbers in U/h, at "
                 "most 64");
}

/* What a wrong value is called in messages. */
Test(config_lists, values_are_shown_as_written)
{
    expect(POLICY "train = { steps = [1]; };", "t.cfg:2: train.steps: an array, expected");
    expect(POLICY "train = { steps = (1); };", "t.cfg:2: train.steps: a list, expected");
    expect(POLICY "train = { steps = { a = 1; }; };", "t.cfg:2: train.steps: a group, expected");
    expect(POLICY "train = { steps = true; };", "t.cfg:2: train.steps: true, expected");
    expect(POLICY "train = { steps = 5.0; };", "t.cfg:2: train.steps: 5.0, expected");
    expect(POLICY "train = { steps = -7L; };", "t.cfg:2: train.steps: -7, expected");
}

static void expect_cells(const char *cells, const char *expected)
{
    char text[TEXT_MAX];
    (void)snprintf(text, sizeof text,
                   "experiment = \"t\";\npolicies = ( { name = \"p\"; agent = \"pid\"; } );\n"
                   "robustness = { cells = (\n%s ); };",
                   cells);
    expect(text, expected);
}

#define CELL(name, set) "{ name = \"" name "\";\n set = \"" set "\"; }"

Test(config_lists, cells_are_read_and_checked_at_the_line)
{
    expect_cells(CELL("a", "evaluate.cr_factor = 1.3") "," CELL("b", "sensor.bias_fraction=0.1;"),
                 "");
    expect_cells(CELL("a", "sensor.name = cgm_perfect; sensor.bias_fraction = 0.1"), "");
    expect_cells("", "");
    expect_cells(CELL("a", "evaluate.cr_factor = 13"),
                 "t.cfg:5: robustness.cells.a.set: evaluate.cr_factor=13: evaluate.cr_factor: 13, "
                 "expected a number from 0.1 to 10");
    expect_cells(CELL("a", "sensor.bias_fractio = 0.1"),
                 "t.cfg:5: robustness.cells.a.set: sensor.bias_fractio=0.1: sensor.bias_fractio: "
                 "unknown key; did you mean 'bias_fraction'?");
    expect_cells(CELL("a", "train.steps = 3"), "t.cfg:5: robustness.cells.a.set: train.steps: "
                                               "policies would have to be trained anew");
    expect_cells(CELL("a", "iob.peak_min = 60") ",\n" CELL("a", "iob.peak_min = 70"),
                 "t.cfg:6: robustness.cells.1.name: \"a\", expected a name of its own");
    expect_cells(CELL("nominal", "iob.peak_min = 60"),
                 "t.cfg:4: robustness.cells.0.name: \"nominal\", expected a name of its own");
    expect_cells("{ set = \"iob.peak_min = 60\"; }", "t.cfg:4: robustness.cells.0.name: missing");
    expect_cells("{ name = \"a\"; }", "t.cfg:4: robustness.cells.a.set: missing");
    expect_cells("3", "t.cfg:4: robustness.cells.0: 3, expected a group");
    expect("experiment = \"t\";\npolicies = ( { name = \"p\"; agent = \"random\"; } );\n"
           "task = { name = \"cartpole\"; };\nrobustness = { };",
           "t.cfg:4: robustness: not used with task");
}
