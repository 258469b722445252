// SPDX-License-Identifier: GPL-3.0-or-later
/* A config: source -> tree -> overrides -> experiment -> check. */
#include "titrate/config/config.h"
#include "read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message of the checks begins with its key: put the place of that key before it. */
static titr_status place(titri_tree *tree, const titr_error *inner, titr_error *err)
{
    char key[TITRI_KEY_MAX];
    const size_t n = strcspn(inner->what, " :");
    (void)snprintf(key, sizeof key, "%.*s", (int)n, inner->what);
    key[strcspn(key, "[")] = '\0'; /* seeds_test[0] is an element of seeds_test */
    return titri_fail_at(tree, titri_nearest_setting(tree, key), err, "%s", inner->what);
}

static int is_everyone(const char *subjects)
{
    return subjects[0] == '\0' || strcmp(subjects, "all") == 0;
}

/* Who takes part: every id must be of the cohort. Who draws everyone needs no list. */
static titr_status load_subjects(const titr_experiment *e, titr_error *err)
{
    const titr_cohort_request who = titr_experiment_cohort(e);
    const titr_model_type *model = titr_model_find(e->body.model);
    if (strcmp(who.source, "sample") == 0 && *who.path == '\0' && is_everyone(who.subjects)) {
        titr_sampler *sampler = NULL;
        TITR_TRY(titr_sampler_create(who.sample, model, &sampler, err));
        titr_sampler_destroy(sampler);
        return TITR_OK;
    }
    titr_cohort cohort;
    TITR_TRY(titr_cohort_load(&who, model, &cohort, err));
    titr_cohort_fini(&cohort);
    return TITR_OK;
}

static titr_status check_subjects(const titr_experiment *e, titr_error *err)
{
    titr_error inner;
    const titr_status status = e->task.type == NULL ? load_subjects(e, &inner) : TITR_OK;
    const char *key = e->cohort.path[0] != '\0'         ? "path"
                      : is_everyone(e->cohort.subjects) ? "source"
                                                        : "subjects";
    return status == TITR_OK ? TITR_OK : titr_fail(err, status, "cohort.%s: %s", key, inner.what);
}

static titr_status check(titri_tree *tree, int rehearse, titr_experiment *e, titr_error *err)
{
    titr_error inner;
    titr_status status = titr_experiment_resolve(e, &inner);
    if (status == TITR_OK) {
        status = titr_experiment_check(e, &inner);
    }
    if (status == TITR_OK) {
        status = check_subjects(e, &inner);
    }
    if (status == TITR_OK && rehearse) {
        status = titr_experiment_rehearse(e, &inner);
    }
    if (status == TITR_ERR_NOMEM) { /* no fault of the config */
        return titr_fail(err, status, "%s", inner.what);
    }
    return status == TITR_OK ? TITR_OK : place(tree, &inner, err);
}

static titr_status set_folder(const titri_tree *tree, titr_experiment *e, titr_error *err)
{
    const char *path = tree->source.file[0];
    const size_t n = titri_folder_length(path);
    if (n >= sizeof e->folder) {
        return titr_fail(err, TITR_ERR_CONFIG, "%.200s: the folder's name is too long", path);
    }
    memcpy(e->folder, path, n);
    e->folder[n] = '\0';
    return TITR_OK;
}

static titr_status read_tree(titri_tree *tree, const char *const *overrides, size_t n, int rehearse,
                             titr_experiment *e, titr_error *err)
{
    TITR_TRY(titri_tree_parse(tree, err));
    for (size_t i = 0; i < n; i++) {
        TITR_TRY(titri_override(tree, overrides[i], err));
    }
    TITR_TRY(titr_experiment_init(e, err));
    e->body.mode[0] = '\0'; /* the default model's: the config may name another */
    titr_status status = set_folder(tree, e, err);
    if (status == TITR_OK) {
        status = titri_read_experiment(tree, e, err);
    }
    if (status == TITR_OK) {
        status = check(tree, rehearse, e, err);
    }
    if (status != TITR_OK) {
        titr_experiment_fini(e);
    }
    return status;
}

/* Names and overrides come from outside: one line stays one line. */
static void one_line(titr_error *err)
{
    for (char *s = err->what; *s != '\0'; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7F) {
            *s = '?';
        }
    }
}

static titr_status finish(titr_status status, titri_tree *tree, titr_error *err)
{
    titri_tree_fini(tree);
    if (status != TITR_OK && err != NULL) {
        one_line(err);
    }
    return status;
}

/* Where a config is read from: a file, or a text in memory with a name. */
typedef struct input {
    const char *name, *text; /* text NULL: the file of that name */
    size_t size;
} input;

/* What comes on top of it. */
typedef struct additions {
    const char *const *override;
    size_t n;
} additions;

/* @param[out] tree to be taken down by the caller, also after a failure. */
static titr_status read_one(const input *in, additions a, int rehearse, titri_tree *tree,
                            titr_experiment *e, titr_error *err)
{
    titri_tree_init(tree);
    TITR_TRY(in->text == NULL
                 ? titri_source_read(&tree->source, in->name, err)
                 : titri_source_take(&tree->source, in->name, in->text, in->size, err));
    return read_tree(tree, a.override, a.n, rehearse, e, err);
}

/* The cell's assignments are overrides like any other. */
static titr_status read_cell(const input *in, additions a, const titr_cell_def *cell, int rehearse,
                             titr_experiment *e, titr_error *err)
{
    titr_error inner = {0};
    titri_tree tree;
    titr_cell_keys keys;
    const char **all = calloc(a.n + TITR_CELL_KEYS_MAX, sizeof *all);
    if (all == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for cell %s", cell->name);
    }
    titr_status status = titr_cell_cut(cell, &keys, &inner);
    for (size_t i = 0; i < a.n; i++) {
        all[i] = a.override[i];
    }
    for (size_t i = 0; status == TITR_OK && i < keys.n; i++) {
        all[a.n + i] = keys.text[i];
    }
    if (status == TITR_OK) {
        status = read_one(in, (additions){all, a.n + keys.n}, rehearse, &tree, e, &inner);
        status = finish(status, &tree, &inner);
    }
    free((void *)all);
    const int marked = strncmp(inner.what, "-D ", 3) == 0; /* it was no override to the user */
    return status == TITR_OK ? TITR_OK
                             : titr_fail(err, status, "robustness.cells.%.60s.set: %s", cell->name,
                                         inner.what + (marked ? 3 : 0));
}

/* Cells that the config lists can be read; those by default always can. */
static titr_status check_cells(const input *in, additions a, titri_tree *tree,
                               const titr_experiment *e, titr_error *err)
{
    titr_error inner = {0};
    titr_status status = TITR_OK;
    titr_experiment *cell = NULL;
    if (config_lookup(&tree->config, "robustness.cells") == NULL) {
        return TITR_OK;
    }
    cell = malloc(sizeof *cell);
    if (cell == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for the cells");
    }
    for (size_t i = 0; status == TITR_OK && i < e->robustness.n_cells; i++) {
        status = read_cell(in, a, &e->robustness.cell[i], 0, cell, &inner);
        if (status == TITR_OK) {
            titr_experiment_fini(cell);
        }
    }
    free(cell);
    if (status == TITR_ERR_NOMEM) { /* no fault of the config */
        return titr_fail(err, status, "%s", inner.what);
    }
    return status == TITR_OK ? TITR_OK : place(tree, &inner, err);
}

static titr_status read_all(const input *in, additions a, int rehearse, titr_experiment *e,
                            titr_error *err)
{
    titri_tree tree;
    titr_status status = read_one(in, a, rehearse, &tree, e, err);
    if (status == TITR_OK && e->task.type == NULL) {
        status = check_cells(in, a, &tree, e, err);
        if (status != TITR_OK) {
            titr_experiment_fini(e);
        }
    }
    return finish(status, &tree, err);
}

titr_status titr_config_read(const char *path, const char *const *overrides, size_t n,
                             titr_experiment *e, titr_error *err)
{
    return read_all(&(input){.name = path}, (additions){overrides, n}, 0, e, err);
}

titr_status titr_config_rehearse(const char *path, const char *const *overrides, size_t n,
                                 titr_experiment *e, titr_error *err)
{
    return read_all(&(input){.name = path}, (additions){overrides, n}, 1, e, err);
}

titr_status titr_config_read_text(const char *name, const char *text, size_t size,
                                  const char *const *overrides, size_t n, titr_experiment *e,
                                  titr_error *err)
{
    return read_all(&(input){name, text, size}, (additions){overrides, n}, 0, e, err);
}

titr_status titr_config_cell(const char *path, const char *const *overrides, size_t n,
                             const titr_cell_def *cell, titr_experiment *out, titr_error *err)
{
    return read_cell(&(input){.name = path}, (additions){overrides, n}, cell, 1, out, err);
}
