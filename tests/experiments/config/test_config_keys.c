// SPDX-License-Identifier: GPL-3.0-or-later
/* Every key of every section and of every registered part, driven by the option tables: misspelt,
 * of the wrong type, out of range, not a number, given twice, missing. Each must be refused by one
 * line that names file, line and key. */
#include "config_case.h"

#include <math.h>

typedef void key_test(config_place place, const titr_option *option);

static unsigned n_cases;

static void for_options(config_place place, const titr_option *options, size_t n, key_test *test)
{
    for (size_t i = 0; i < n; i++) {
        test(place, &options[i]);
        n_cases++;
    }
}

static void for_every_key(key_test *test)
{
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    for (size_t i = 0; i < n; i++) {
        config_place place = {&section[i], NULL};
        for_options(place, section[i].options, section[i].n_options, test);
        const titr_kind *kind = section[i].kind != NULL ? titr_kind_find(section[i].kind) : NULL;
        for (size_t k = 0; kind != NULL && (place.part = kind->at(k)) != NULL; k++) {
            for_options(place, place.part->options, place.part->n_options, test);
        }
    }
    cr_assert_gt(n_cases, 80);
}

/* Name without "[0]"; for "a.b" the name of the group. */
static void base_name(const titr_option *o, char *text, size_t size)
{
    (void)snprintf(text, size, "%.*s", (int)strcspn(o->name, ".["), o->name);
}

/* "name = value;" on one line; a member as "group = { name = value; };", an element in its array.
 */
static void setting(const titr_option *o, const char *name, const char *value, char *text,
                    size_t size)
{
    char base[128];
    base_name(o, base, sizeof base);
    const char mark = o->name[strlen(base)];
    if (mark == '.') {
        (void)snprintf(text, size, "%s = { %s = %s; };\n", base,
                       strcmp(name, o->name) == 0 ? o->name + strlen(base) + 1 : name, value);
    } else if (mark == '[') {
        const int first = strstr(o->name, "[0]") != NULL;
        char low[32]; /* one that the first element may have */
        (void)snprintf(low, sizeof low, "%.10g", o->lo);
        (void)snprintf(text, size, "%s = ( %s, %s );\n", base, first ? value : low,
                       first ? "1000" : value);
    } else {
        (void)snprintf(text, size, "%s = %s;\n", name, value);
    }
}

/* The key as messages call it. */
static void whole_key(config_place place, const titr_option *o, char *text, size_t size)
{
    char prefix[128];
    (void)snprintf(prefix, sizeof prefix, "%s", place.section->name);
    if (strcmp(prefix, "policies") == 0) {
        (void)snprintf(prefix, sizeof prefix, "policies.p");
    } else if (strcmp(prefix, "policies.observe") == 0) {
        (void)snprintf(prefix, sizeof prefix, "policies.p.observe.cgm");
    } else if (strcmp(prefix, "robustness.cells") == 0) {
        (void)snprintf(prefix, sizeof prefix, "robustness.cells.c");
    } else if (place.section->shape == TITR_SECTION_LIST) {
        cr_assert_not_null(place.part);
        (void)snprintf(prefix, sizeof prefix, "%s.%s", place.section->name, place.part->name);
    }
    (void)snprintf(text, size, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".", o->name);
}

/* "t.cfg:LINE: " and the wanted words must be in the one-line message. */
static void expect_refused(const config_case *c, const char *key, const char *words)
{
    titr_error err;
    char where[64];
    cr_assert_eq(case_read(c, NULL, 0, &err), TITR_ERR_CONFIG, "accepted:\n%s", c->text);
    (void)snprintf(where, sizeof where, CASE_NAME ":%u: ", c->line);
    cr_assert_eq(strncmp(err.what, where, strlen(where)), 0, "%s\nexpected at %s in\n%s", err.what,
                 where, c->text);
    cr_assert_not_null(strstr(err.what, key), "%s\nexpected key %s in\n%s", err.what, key, c->text);
    cr_assert_not_null(strstr(err.what, words), "%s\nexpected '%s'", err.what, words);
    cr_assert_null(strchr(err.what, '\n'));
}

static void refused(config_place place, const titr_option *o, const char *value, const char *words)
{
    config_case c;
    char body[512], key[256];
    setting(o, o->name, value, body, sizeof body);
    case_build(&c, place, body);
    whole_key(place, o, key, sizeof key);
    if (strcmp(o->name, "name") == 0) { /* a name that cannot be read is not in the path */
        (void)snprintf(key, sizeof key, "name");
    }
    expect_refused(&c, key, words);
}

static void misspelt(config_place place, const titr_option *o)
{
    config_case c;
    char body[512], base[128], wrong[160], hint[160];
    base_name(o, base, sizeof base);
    const char mark = o->name[strlen(base)];
    const char *good = mark == '.' ? o->name + strlen(base) + 1 : base;
    (void)snprintf(wrong, sizeof wrong, "%c%s", good[0], good);
    (void)snprintf(hint, sizeof hint, "did you mean '%s'?", good);
    if (mark == '.') {
        (void)snprintf(body, sizeof body, "%s = { %s = 1; };\n", base, wrong);
    } else {
        (void)snprintf(body, sizeof body, "%s = 1;\n", wrong);
    }
    case_build(&c, place, body);
    expect_refused(&c, wrong, "unknown key");
    expect_refused(&c, wrong, hint);
}

Test(config_keys, an_unknown_key_is_named_with_the_nearest)
{
    for_every_key(misspelt);
}

static void wrong_type(config_place place, const titr_option *o)
{
    switch (o->kind) {
    case TITR_OPTION_REAL:
        refused(place, o, "\"abc\"", "expected a number");
        refused(place, o, "true", "expected a number");
        break;
    case TITR_OPTION_INT:
        refused(place, o, "\"12\"", "expected a whole number");
        refused(place, o, "2.5", "expected a whole number");
        break;
    case TITR_OPTION_FLAG:
        refused(place, o, "1", "expected true or false");
        refused(place, o, "\"true\"", "expected true or false");
        break;
    case TITR_OPTION_CHOICE:
        refused(place, o, "3", "expected one of");
        refused(place, o, "\"zzz\"", "expected one of");
        break;
    case TITR_OPTION_TEXT:
        refused(place, o, "5", "expected a text");
        refused(place, o, "{ a = 1; }", "expected a text");
        break;
    case TITR_OPTION_REALS:
        refused(place, o, "\"abc\"", "expected a list of numbers");
        refused(place, o, "1", "expected a list of numbers");
        refused(place, o, "[\"a\"]", "expected a list of numbers");
        break;
    }
}

Test(config_keys, a_value_of_the_wrong_type_is_refused)
{
    for_every_key(wrong_type);
}

/* A value a little outside of `bound`, on the side of `sign`, as a config would write it. */
static void outside(const titr_option *o, double bound, double sign, char *text, size_t size)
{
    if (o->kind == TITR_OPTION_INT) {
        (void)snprintf(text, size, "%.0fL", bound + sign);
        return;
    }
    const double step = fmax(1e-9, fabs(bound) * 1e-6);
    (void)snprintf(text, size, o->kind == TITR_OPTION_REALS ? "[%.17e]" : "%.17e",
                   bound + sign * step);
}

static void out_of_range(config_place place, const titr_option *o)
{
    char value[80];
    size_t n = 0;
    const titr_option *common = titr_policy_options(&n);
    const int shared = place.part != NULL && strcmp(place.section->name, "policies") == 0 &&
                       titr_option_find(common, n, o->name) != NULL;
    const char *words = shared ? "allowed" : "expected a"; /* the agent's own range is narrower */
    const int numeric =
        o->kind == TITR_OPTION_REAL || o->kind == TITR_OPTION_INT || o->kind == TITR_OPTION_REALS;
    if (!numeric) {
        return;
    }
    cr_assert(isfinite(o->lo) && isfinite(o->hi) && o->lo < o->hi, "%s has no range", o->name);
    outside(o, o->lo, -1.0, value, sizeof value);
    refused(place, o, value, words);
    outside(o, o->hi, 1.0, value, sizeof value);
    refused(place, o, value, words);
}

Test(config_keys, a_value_out_of_range_is_refused)
{
    for_every_key(out_of_range);
}

static void not_finite(config_place place, const titr_option *o)
{
    static const char *const value[] = {"nan", "inf", "-inf", "1e999", "-nan"};
    if (o->kind != TITR_OPTION_REAL && o->kind != TITR_OPTION_INT && o->kind != TITR_OPTION_REALS) {
        return;
    }
    char base[128];
    base_name(o, base, sizeof base);
    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
        config_case c;
        char body[256], one[64];
        (void)snprintf(one, sizeof one, o->kind == TITR_OPTION_REALS ? "[%s]" : "%s", value[i]);
        setting(o, o->name, one, body, sizeof body);
        case_build(&c, place, body);
        expect_refused(&c, base, "number");
    }
}

Test(config_keys, numbers_that_are_not_finite_are_refused)
{
    for_every_key(not_finite);
}

static void wide_integer(config_place place, const titr_option *o)
{
    char base[128];
    base_name(o, base, sizeof base);
    if (o->kind == TITR_OPTION_INT || o->kind == TITR_OPTION_REAL) {
        config_case c;
        char body[256];
        setting(o, o->name, "10000000000", body, sizeof body);
        case_build(&c, place, body);
        expect_refused(&c, base, "beyond 32 bits must end in L");
    }
}

Test(config_keys, integers_that_libconfig_would_wrap_are_refused)
{
    for_every_key(wide_integer);
}

static void twice(config_place place, const titr_option *o)
{
    config_case c;
    char base[128], body[300];
    base_name(o, base, sizeof base);
    (void)snprintf(body, sizeof body, "%s = 1;\n%s = 1;\n", base, base);
    case_build(&c, place, body);
    c.line++;
    expect_refused(&c, base, "given twice");
}

Test(config_keys, a_key_given_twice_is_refused)
{
    for_every_key(twice);
}

static void missing(config_place place, const titr_option *o)
{
    if (!o->required || strcmp(place.section->name, "policies.observe") == 0) {
        return;
    }
    config_case c;
    titr_error err;
    if (place.section->name[0] == '\0') {
        memset(&c, 0, sizeof c);
        case_add(&c, "seed = \"1\";\n");
    } else {
        char body[64];
        (void)snprintf(body, sizeof body, "# no %.40s\n", o->name);
        case_build(&c, place, body);
    }
    cr_assert_eq(case_read(&c, NULL, 0, &err), TITR_ERR_CONFIG, "accepted:\n%s", c.text);
    cr_assert_not_null(strstr(err.what, o->name), "%s", err.what);
    cr_assert_not_null(strstr(err.what, "missing"), "%s", err.what);
    cr_assert_eq(strncmp(err.what, CASE_NAME ":", strlen(CASE_NAME ":")), 0, "%s", err.what);
}

Test(config_keys, a_required_key_that_is_missing_is_named)
{
    for_every_key(missing);
}

/* As a config would write the default; the text is a copy that may be changed. */
static void default_value(const titr_option *o, char *text, size_t size)
{
    titr_option_default_text(o, text, size);
    if (o->required) {
        (void)snprintf(text, size, "\"x\"");
    }
    if (strcmp(o->name, "set") == 0) {
        (void)snprintf(text, size, "\"sensor.bias_fraction = 0.1\"");
    }
    if (strcmp(o->name, "name") == 0 && o->required) {
        (void)snprintf(text, size, "\"cgm\"");
    }
}

static void accepts_its_default(config_place place, const titr_option *o)
{
    config_case c;
    titr_error err;
    char body[1024], value[TITR_TEXT_MAX + 64];
    if (strchr(o->name, '[') != NULL) {
        return; /* elements stand in their array: test_config_files.c */
    }
    default_value(o, value, sizeof value);
    setting(o, o->name, value, body, sizeof body);
    case_build(&c, place, body);
    const titr_status status = case_read(&c, NULL, 0, &err);
    /* what the tables cannot say may still refuse it, but not for its type or range */
    const char *needs[] = {"observe: missing", "of: missing", "path: missing", "path is missing",
                           "makes dying pay",  "is no model", "is no policy"};
    int excused = 0;
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        excused |= strstr(err.what, needs[i]) != NULL;
    }
    cr_assert(status == TITR_OK || excused, "%s\n%s", err.what, c.text);
}

Test(config_keys, every_default_is_accepted_as_written_in_the_docs)
{
    for_every_key(accepts_its_default);
}

static void override_is_named(config_place place, const titr_option *o)
{
    char key[256], override[300], where[400];
    if (strchr(o->name, '[') != NULL || o->kind == TITR_OPTION_TEXT) {
        return;
    }
    config_case c;
    titr_error err;
    case_build(&c, place, strcmp(place.section->name, "") == 0 ? "experiment = \"t\";\n" : "\n");
    whole_key(place, o, key, sizeof key);
    (void)snprintf(override, sizeof override, "%s=zzz", key);
    (void)snprintf(where, sizeof where, "-D %.100s: %s: ", override, key);
    const char *const overrides[] = {override};
    cr_assert_eq(case_read(&c, overrides, 1, &err), TITR_ERR_CONFIG, "%s", override);
    cr_assert_eq(strncmp(err.what, where, strlen(where)), 0, "%s\nexpected %s", err.what, where);
}

Test(config_keys, overrides_of_the_wrong_type_are_named)
{
    for_every_key(override_is_named);
}

/* Names that a policy and its agent, or a section and its part, both have must mean one thing. */
Test(config_keys, no_option_hides_a_key_of_its_section)
{
    static const char *const reserved[] = {"name", "agent", "observe", "parts", "rules"};
    size_t n = 0;
    const titr_kind *kind = titr_kinds(&n);
    for (size_t i = 0; i < n; i++) {
        const titr_part *part = NULL;
        for (size_t k = 0; (part = kind[i].at(k)) != NULL; k++) {
            for (size_t r = 0; r < sizeof reserved / sizeof reserved[0]; r++) {
                cr_assert_null(titr_option_find(part->options, part->n_options, reserved[r]),
                               "%s has an option %s", part->name, reserved[r]);
            }
            cr_assert_null(titr_option_find(part->options, part->n_options, "terminal_penalty"));
        }
    }
}
