// SPDX-License-Identifier: GPL-3.0-or-later
/* Files and syntax: includes, what is no config at all, and mistakes that libconfig would pass over
 * or call "syntax error". */
#include "titrate/config/config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MINIMAL                                                                                    \
    "experiment = \"t\";\npolicies = ( { name = \"p\"; agent = \"constant_basal\"; } );\n"

static titr_status read_text(const char *text, size_t n, titr_experiment *e, titr_error *err)
{
    memset(err, 0, sizeof *err);
    return titr_config_read_text("t.cfg", text, n, NULL, 0, e, err);
}

static titr_experiment *new_experiment(void)
{
    titr_experiment *e = calloc(1, sizeof *e);
    cr_assert_not_null(e);
    return e;
}

Test(config_syntax, each_mistake_has_its_line_and_key)
{
    static const struct {
        const char *text, *message;
    } c[] = {
        {"", "t.cfg:1: experiment: missing, expected a text"},
        {"experiment = \"t\"\nseed = ;\n", "t.cfg:2: seed: ';', expected a value"},
        {"\nseed \"1\";", "t.cfg:2: seed: \"1\", expected = after the key"},
        {"body = {\n model = \"a\";\n", "t.cfg:1: body: '{' is never closed, expected '}'"},
        {"body = {\n model = \"a\" );\n",
         "t.cfg:2: body.model: ')', expected '}' to close the '{'"},
        {"}\n", "t.cfg:1: '}' closes nothing"},
        {"seed = \"1;\nx = 2;\n", "t.cfg:1: seed: \"1;: a text is not closed on its line"},
        {"/* a\nseed = 1;\n", "t.cfg:1: a comment /* is never closed"},
        {"split = { seeds_train = [1, 2.5]; };", "t.cfg:1: split.seeds_train: 2.5: an array mixes "
                                                 "whole numbers and numbers with a decimal"},
        {"split = {\n seeds_train = [1,\n 2L]; };",
         "t.cfg:3: split.seeds_train: 2L: an array mixes numbers with and without L"},
        {"split = { seeds_train = [1, \"a\"]; };", "an array mixes texts, numbers or flags"},
        {"split = { seeds_train = [1, ]; };", "a comma before ']'"},
        {"policies = ( { name = \"p\"; }, );", "a comma before ')'"},
        {"split = { seeds_train = [ { a = 1; } ]; };", "'{' inside an array"},
        {"policies = ( { name = \"p\" ) );", "t.cfg:1: policies.0.name: ')', expected '}'"},
        {"body = { mode = safe; };", "t.cfg:1: body.mode: safe, expected a value; a text stands in "
                                     "quotes: \"safe\""},
        {"train = { steps = 0x10; };", "train.steps: 0x10: a malformed number"},
        {"train = { steps = 12abc; };", "train.steps: 12abc: a malformed number"},
        {"train = { steps = 1.5.2; };", "train.steps: 1.5.2: a malformed number"},
        {"train = { steps = -; };", "train.steps: -: a malformed number"},
        {"train = { steps = 99999999999999999999L; };", "beyond 64 bits"},
        {"train = { steps = 10000000000; };",
         "10000000000: a whole number beyond 32 bits must end"},
        {"train = { steps = 1; steps = 2; };", "train.steps: given twice"},
        {"train = { steps = 1;; };", "t.cfg:1: train: ;, expected key = value;"},
        {"3 = 4;", "t.cfg:1: 3, expected key = value;"},
        {"a = 1; @include \"x\"", "@include"},
        {"@include x\n", "expected @include \"file\""},
        {"experiment = \"t\"; train = 5;", "t.cfg:1: train: 5, expected a group"},
        {"experiment = \"t\"; policies = { };", "policies: a group, expected a list of groups"},
        {"experiment = \"t\"; policies = ( 1 );", "policies.0: 1, expected a group"},
        {"experiment = \"t\"; $", "t.cfg:1: $: a character out of place"},
        {"experiment = \"t\\x01\";", "without control characters"},
        {"experiment = \"t\\xff\";", "in UTF-8"},
        {"experiment = \"\";", "that is not empty"},
        {"experiment =", "the file ends, expected = and a value"},
    };
    titr_experiment *e = new_experiment();
    titr_error err;
    for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
        cr_assert_eq(read_text(c[i].text, strlen(c[i].text), e, &err), TITR_ERR_CONFIG, "%s",
                     c[i].text);
        cr_assert_not_null(strstr(err.what, c[i].message), "%s\nexpected %s", err.what,
                           c[i].message);
        cr_assert_eq(strncmp(err.what, "t.cfg:", 6), 0, "%s", err.what);
    }
    free(e);
}

Test(config_syntax, what_libconfig_allows_is_allowed)
{
    static const char text[] =
        "\xEF\xBB\xBF# a byte order mark, CRLF, comments, : and missing semicolons\r\n"
        "experiment: \"t\"\r\n/* two\nlines */ train = { steps = 5L, checkpoint_every_s = 1e1 }\n"
        "split = { seeds_train = ( 1, 5L ) } // end\n"
        "iob = { peak_min = 60; duration_min = +3.0E2; };\n"
        "policies = ( { name = \"p\"; agent = \"q_learning\"; observe = ( { name = \"cgm\"; "
        "edges = ( 70, 120.5 ); } ) } )";
    titr_experiment *e = new_experiment();
    titr_error err;
    cr_assert_eq(read_text(text, sizeof text - 1, e, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(e->train.steps, 5);
    cr_assert_float_eq(e->train.checkpoint_every_s, 10.0, 0.0);
    cr_assert_float_eq(e->iob.peak_min, 60.0, 0.0);
    cr_assert_eq(e->split.seeds_train_to, 5);
    cr_assert_eq(e->policy[0].observe.entry[0].edges.n, 2);
    titr_experiment_fini(e);
    free(e);
}

Test(config_syntax, nesting_and_key_counts_are_bounded)
{
    enum { N = 200000 };
    char *text = malloc(N);
    titr_experiment *e = new_experiment();
    titr_error err;
    cr_assert_not_null(text);
    static const char *const open[] = {"a={", "a=("};
    for (size_t k = 0; k < 2; k++) {
        size_t at = 0;
        while (at + 4 < N) {
            const char *piece = k == 1 && at > 0 ? "(" : open[k];
            at += (size_t)snprintf(text + at, N - at, "%s", piece);
        }
        cr_assert_eq(read_text(text, at, e, &err), TITR_ERR_CONFIG);
        cr_assert_not_null(strstr(err.what, "nested more than 15 deep"), "%s", err.what);
    }
    size_t at = 0;
    for (int i = 0; i < 2000; i++) {
        at += (size_t)snprintf(text + at, N - at, "k%d = 1;\n", i);
    }
    cr_assert_eq(read_text(text, at, e, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "t.cfg:1025: "), "%s", err.what);
    free(text);
    free(e);
}

/* --- files --- */

typedef struct folder {
    char path[64];
} folder;

static folder make_folder(void)
{
    folder f = {"/tmp/titrate-config-XXXXXX"};
    cr_assert_not_null(mkdtemp(f.path));
    return f;
}

static void put(const folder *f, const char *name, const char *text, size_t n)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", f->path, name);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "%s: %s", path, strerror(errno));
    cr_assert_eq(fwrite(text, 1, n, file), n);
    cr_assert_eq(fclose(file), 0);
}

static void put_text(const folder *f, const char *name, const char *text)
{
    put(f, name, text, strlen(text));
}

/* The message of reading `name`, with the folder's path cut off; "" when it was read. */
static void message_of(const folder *f, const char *name, char *text, size_t size)
{
    char path[200];
    titr_error err = {.what = ""};
    titr_experiment *e = new_experiment();
    (void)snprintf(path, sizeof path, "%s/%s", f->path, name);
    const titr_status status = titr_config_read(path, NULL, 0, e, &err);
    text[0] = '\0';
    if (status == TITR_OK) {
        titr_experiment_fini(e);
    } else {
        cr_assert_eq(status, TITR_ERR_CONFIG);
        cr_assert_eq(strncmp(err.what, f->path, strlen(f->path)), 0, "%s", err.what);
        (void)snprintf(text, size, "%s", err.what + strlen(f->path) + 1);
    }
    free(e);
}

static void expect_message(const folder *f, const char *name, const char *expected)
{
    char text[600];
    message_of(f, name, text, sizeof text);
    cr_assert_eq(strncmp(text, expected, strlen(expected)), 0, "%s\nexpected %s", text, expected);
}

static void remove_folder(const folder *f, const char *const *names, size_t n)
{
    char path[200];
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        (void)remove(path);
    }
    cr_assert_eq(rmdir(f->path), 0, "%s", strerror(errno));
}

Test(config_files, what_is_no_config_is_refused_in_one_line)
{
    const folder f = make_folder();
    char path[200];
    enum { JUNK = 10 << 20 };
    char *junk = calloc(1, JUNK);
    cr_assert_not_null(junk);
    for (size_t i = 0; i < JUNK; i++) {
        junk[i] = (char)(i * 2654435761u >> 13);
    }
    put(&f, "junk", junk, JUNK);
    put(&f, "small", junk, 4096);
    put_text(&f, "empty", "");
    put(&f, "zero", "seed = \"1\";\n\0\n", 14);
    free(junk);
    (void)snprintf(path, sizeof path, "%s/pipe", f.path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_message(&f, "", ": cannot be read: it is a folder");
    expect_message(&f, "none.cfg", "none.cfg: cannot be read: No such file or directory");
    expect_message(&f, "pipe", "pipe: cannot be read: it is not a regular file");
    expect_message(&f, "junk", "junk: cannot be read: it is larger than 1 MiB");
    expect_message(&f, "small", "small:1: byte 0x");
    expect_message(&f, "zero", "zero:2: byte 0x00 is not text");
    expect_message(&f, "empty", "empty:1: experiment: missing");
    static const char *const names[] = {"junk", "small", "empty", "zero", "pipe"};
    remove_folder(&f, names, 5);
}

Test(config_files, an_unreadable_file_is_refused)
{
    const folder f = make_folder();
    char path[200];
    put_text(&f, "a.cfg", MINIMAL);
    if (geteuid() == 0) {
        /* root reads every file: become nobody in this test's own process */
        (void)snprintf(path, sizeof path, "%s/a.cfg", f.path);
        cr_assert(chown(f.path, 65534, 65534) == 0 && chown(path, 65534, 65534) == 0);
        cr_assert_eq(setuid(65534), 0);
    }
    (void)snprintf(path, sizeof path, "%s/a.cfg", f.path);
    cr_assert_eq(chmod(path, 0), 0);
    expect_message(&f, "a.cfg", "a.cfg: cannot be read: Permission denied");
    static const char *const names[] = {"a.cfg"};
    remove_folder(&f, names, 1);
}

Test(config_files, includes_are_found_beside_their_file_and_keep_their_lines)
{
    const folder f = make_folder();
    char sub[100];
    (void)snprintf(sub, sizeof sub, "%s/sub", f.path);
    cr_assert_eq(mkdir(sub, 0700), 0);
    put_text(&f, "main.cfg",
             MINIMAL "# @include \"nowhere.cfg\"\n/* \n@include \"nowhere\"\n*/\n"
                     "  @include \"sub/inner.cfg\"  iob = { peak_min = 60; };\n"
                     "split = { folds = 3; };\n");
    put_text(&f, "sub/inner.cfg", "\ntrain = {\n@include \"leaf.cfg\"\n};");
    put_text(&f, "sub/leaf.cfg", "steps = 7;");
    expect_message(&f, "main.cfg", "");
    put_text(&f, "sub/leaf.cfg", "# one\n# two\nsteps = 7.5;");
    expect_message(&f, "main.cfg", "sub/leaf.cfg:3: train.steps: 7.5, expected a whole number");
    put_text(&f, "sub/leaf.cfg", "steps = 7;\n");
    put_text(&f, "sub/inner.cfg", "\ntrain = {\n@include \"leaf.cfg\"\nstep = 1;\n};");
    expect_message(&f, "main.cfg",
                   "sub/inner.cfg:4: train.step: unknown key; did you mean 'steps'");
    put_text(&f, "sub/inner.cfg", "");
    put_text(&f, "main.cfg", MINIMAL "@include \"sub/inner.cfg\"\nsplit = { folds = 1; };\n");
    expect_message(&f, "main.cfg", "main.cfg:4: split.folds: 1, expected a whole number from 2");
    put_text(&f, "main.cfg", "seed = \"1\";\n" MINIMAL "@include \"sub/inner.cfg\"\n");
    put_text(&f, "sub/inner.cfg", "\n\nseed = \"2\";\n");
    expect_message(&f, "main.cfg", "sub/inner.cfg:3: seed: given twice");
    static const char *const names[] = {"main.cfg", "sub/inner.cfg", "sub/leaf.cfg", "sub"};
    remove_folder(&f, names, 4);
}

Test(config_files, bad_includes_are_refused_at_their_line)
{
    const folder f = make_folder();
    put_text(&f, "a.cfg", "\n@include \"none.cfg\"\n");
    expect_message(&f, "a.cfg", "a.cfg:2: @include \"none.cfg\" cannot be read: No such file");
    put_text(&f, "a.cfg", "@include \"b.cfg\"\n");
    put_text(&f, "b.cfg", "\n\n@include \"a.cfg\"\n");
    expect_message(&f, "a.cfg", "b.cfg:3: @include \"a.cfg\" cannot be read: it includes itself");
    put_text(&f, "a.cfg", "@include \"./a.cfg\"\n");
    char text[600];
    message_of(&f, "a.cfg", text, sizeof text);
    cr_assert_not_null(strstr(text, "more than 8 deep"), "%s", text);
    put_text(&f, "a.cfg", "@include \".\"\n");
    expect_message(&f, "a.cfg", "a.cfg:1: @include \".\" cannot be read: it is a folder");
    put_text(&f, "b.cfg", "/* open");
    put_text(&f, "a.cfg", "@include \"b.cfg\"\n*/");
    expect_message(&f, "a.cfg", "b.cfg:1: a comment /* is never closed");
    put(&f, "b.cfg", "x\n\x01", 3);
    expect_message(&f, "a.cfg", "b.cfg:2: byte 0x01 is not text");
    static const char *const names[] = {"a.cfg", "b.cfg"};
    remove_folder(&f, names, 2);
}

Test(config_files, includes_are_bounded_in_depth_and_number)
{
    const folder f = make_folder();
    char name[32], text[200];
    char names[12][32];
    const char *list[12];
    for (int i = 0; i < 12; i++) {
        (void)snprintf(name, sizeof name, "f%d.cfg", i);
        (void)snprintf(text, sizeof text, "@include \"f%d.cfg\"\n", i + 1);
        put_text(&f, name, text);
        (void)snprintf(names[i], sizeof names[i], "%s", name);
        list[i] = names[i];
    }
    expect_message(&f, "f0.cfg", "f7.cfg:1: @include \"f8.cfg\" cannot be read: files include");
    put_text(&f, "f1.cfg", "");
    char many[4000] = "";
    size_t at = 0;
    for (int i = 0; i < 100; i++) {
        at += (size_t)snprintf(many + at, sizeof many - at, "@include \"f1.cfg\"\n");
    }
    put_text(&f, "f0.cfg", many);
    expect_message(&f, "f0.cfg", "f0.cfg: more than 63 files are included");
    remove_folder(&f, list, 12);
}

Test(config_files, data_files_are_looked_for_beside_the_config)
{
    const folder f = make_folder();
    char path[200], expected[200];
    titr_experiment *e = new_experiment();
    titr_error err = {.what = ""};
    put_text(&f, "a.cfg", MINIMAL "scenario = { events = \"doses.csv\"; };\n");
    (void)snprintf(path, sizeof path, "%s/a.cfg", f.path);
    (void)snprintf(expected, sizeof expected, "%s/doses.csv", f.path);
    cr_assert_eq(titr_config_read(path, NULL, 0, e, &err), TITR_OK, "%s", err.what);
    cr_assert_str_eq(e->scenario.events, expected);
    cr_assert_str_eq(titr_slot_part(e->scenario.part[0])->name, "meals_record");
    char *json = NULL;
    cr_assert_eq(titr_experiment_json(e, &json, &err), TITR_OK);
    cr_assert_not_null(strstr(json, "\"events\": \"doses.csv\""));
    cr_assert_null(strstr(json, f.path)); /* no absolute path in a manifest */
    free(json);
    titr_experiment_fini(e);
    static const char *const overrides[] = {"scenario.events=here.csv"};
    cr_assert_eq(titr_config_read(path, overrides, 1, e, &err), TITR_OK, "%s", err.what);
    cr_assert_str_eq(e->scenario.events, "here.csv");
    titr_experiment_fini(e);
    free(e);
    static const char *const names[] = {"a.cfg"};
    remove_folder(&f, names, 1);
}
