// SPDX-License-Identifier: GPL-3.0-or-later
/* The shipped experiments read without error, and thousands of mutants of them without a crash. */
#include "titrate/base/rng.h"
#include "titrate/config/config.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER TITR_SOURCE_DIR "/experiments"
#define FILES_MAX 32
#define TEXT_MAX 16384
#define MUTANTS 10000

typedef struct shipped {
    char path[512];
    char text[TEXT_MAX];
    size_t n;
} shipped;

/* The shipped configs in the order of their names. */
static size_t read_shipped(shipped *file)
{
    struct dirent **entry = NULL;
    const int n = scandir(FOLDER, &entry, NULL, alphasort);
    size_t found = 0;
    for (int i = 0; i < n; i++) {
        const char *dot = strrchr(entry[i]->d_name, '.');
        if (dot != NULL && strcmp(dot, ".cfg") == 0) {
            shipped *f = &file[found++];
            cr_assert_leq(found, FILES_MAX);
            (void)snprintf(f->path, sizeof f->path, FOLDER "/%s", entry[i]->d_name);
            FILE *stream = fopen(f->path, "rb");
            cr_assert_not_null(stream);
            f->n = fread(f->text, 1, TEXT_MAX, stream);
            cr_assert_lt(f->n, TEXT_MAX);
            (void)fclose(stream);
        }
        free(entry[i]);
    }
    free(entry);
    return found;
}

Test(config_shipped, every_experiment_is_valid)
{
    shipped *file = calloc(FILES_MAX, sizeof *file);
    titr_experiment *e = calloc(1, sizeof *e);
    cr_assert(file != NULL && e != NULL);
    const size_t n = read_shipped(file);
    cr_assert_geq(n, 5);
    for (size_t i = 0; i < n; i++) {
        titr_error err = {.what = ""};
        cr_assert_eq(titr_config_read(file[i].path, NULL, 0, e, &err), TITR_OK, "%s", err.what);
        const char *base = strrchr(file[i].path, '/') + 1;
        cr_assert_eq(strncmp(base, e->name, strlen(e->name)), 0, "%s is called %s", base, e->name);
        titr_experiment_fini(e);
    }
    free(e);
    free(file);
}

/* A config that names no mode has the first of the model that it names, not of the default one. */
Test(config_shipped, another_body_has_a_first_mode_of_its_own)
{
    titr_experiment *e = calloc(1, sizeof *e);
    titr_error err = {.what = ""};
    cr_assert_not_null(e);
    cr_assert_eq(titr_config_read(FOLDER "/hovorka_mean.cfg", NULL, 0, e, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_str_eq(e->body.model, "glucose_hovorka");
    cr_assert_str_eq(e->body.mode, "faithful");
    titr_experiment_fini(e);
    free(e);
}

Test(config_shipped, the_main_experiment_is_what_it_promises)
{
    titr_experiment *e = calloc(1, sizeof *e);
    titr_error err = {.what = ""};
    cr_assert_not_null(e);
    cr_assert_eq(titr_config_read(FOLDER "/insulin_children.cfg", NULL, 0, e, &err), TITR_OK, "%s",
                 err.what);
    cr_assert_eq(e->split.seeds_test_to - e->split.seeds_test_from + 1, 10);
    cr_assert_float_eq(e->scenario.horizon_days, 14.0, 0.0);
    cr_assert_float_eq(e->scenario.decision_interval_min, 5.0, 0.0);
    cr_assert_str_eq(e->body.mode, "safe");
    static const char *const names[] = {"bb_published",   "bb_clinic", "pid", "low_suspend",
                                        "constant_basal", "random",    "q",   "q_per_child"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t found = 0;
        for (size_t k = 0; k < e->n_policies; k++) {
            found += strcmp(e->policy[k].name, names[i]) == 0;
        }
        cr_assert_eq(found, 1, "%s", names[i]);
    }
    titr_experiment_fini(e);
    free(e);
}

/* --- mutation --- */

static const titr_rng_key key = {.seed = 20261121, .purpose = TITR_PURPOSE_TEST};

static uint32_t below(uint32_t *draw, uint32_t n)
{
    return titr_rng_below(key, (*draw)++, n);
}

/* Words that mean something to the parser, or just do not. */
static const char *const words[] = {"{",
                                    "}",
                                    "(",
                                    ")",
                                    "[",
                                    "]",
                                    ";",
                                    ",",
                                    "=",
                                    "\"",
                                    "\\",
                                    "/*",
                                    "*/",
                                    "#",
                                    "//",
                                    "\n",
                                    "@include \"quick.cfg\"\n",
                                    "@include",
                                    "nan",
                                    "1e999",
                                    "-1",
                                    "0",
                                    "10000000000",
                                    "0x1",
                                    "1.",
                                    "9223372036854775807L",
                                    "true",
                                    "\"auto\"",
                                    "name",
                                    "agent",
                                    "observe = ( );",
                                    "\x01",
                                    "\xff",
                                    "\"\\x00\"",
                                    "policies",
                                    "path = \"\";",
                                    "of = \"q\";",
                                    "scope",
                                    "cgm",
                                    "bins_mg_dl = [1, 1];"};

static size_t insert(char *text, size_t n, size_t at, const char *bytes, size_t m)
{
    if (n + m >= TEXT_MAX) {
        return n;
    }
    memmove(text + at + m, text + at, n - at);
    memcpy(text + at, bytes, m);
    return n + m;
}

static size_t mutate(char *text, size_t n, uint32_t *draw)
{
    char piece[64];
    const size_t at = below(draw, (uint32_t)n + 1), length = below(draw, sizeof piece);
    const size_t room = n - at < length ? n - at : length;
    switch (below(draw, 5)) {
    case 0: { /* a word in */
        const char *word = words[below(draw, sizeof words / sizeof words[0])];
        return insert(text, n, at, word, strlen(word));
    }
    case 1: /* a piece out */
        memmove(text + at, text + at + room, n - at - room);
        return n - room;
    case 2: /* a piece twice */
        memcpy(piece, text + at, room);
        return insert(text, n, below(draw, (uint32_t)n + 1), piece, room);
    case 3: /* one byte changed */
        if (at < n) {
            text[at] = (char)below(draw, 256);
        }
        return n;
    default: /* cut off, now and then */
        return below(draw, 8) == 0 ? at : n;
    }
}

Test(config_shipped, mutants_are_read_or_refused_in_one_line)
{
    shipped *file = calloc(FILES_MAX, sizeof *file);
    titr_experiment *e = calloc(1, sizeof *e);
    char *text = malloc(TEXT_MAX);
    cr_assert(file != NULL && e != NULL && text != NULL);
    const uint32_t n_files = (uint32_t)read_shipped(file);
    uint32_t draw = 0;
    size_t accepted = 0;
    for (size_t i = 0; i < MUTANTS; i++) {
        const shipped *f = &file[below(&draw, n_files)];
        titr_error err = {.what = ""};
        size_t n = f->n;
        memcpy(text, f->text, n);
        for (uint32_t k = 1 + below(&draw, 3); k > 0; k--) {
            n = mutate(text, n, &draw);
        }
        const titr_status status = titr_config_read_text(f->path, text, n, NULL, 0, e, &err);
        if (status == TITR_OK) {
            accepted++;
            titr_experiment_fini(e);
            continue;
        }
        cr_assert_eq(status, TITR_ERR_CONFIG);
        cr_assert_eq(strncmp(err.what, FOLDER, strlen(FOLDER)), 0, "%s", err.what);
        cr_assert_null(strchr(err.what, '\n'));
    }
    cr_assert(accepted > 0 && accepted < MUTANTS, "%zu of %d accepted", accepted, MUTANTS);
    free(text);
    free(e);
    free(file);
}
