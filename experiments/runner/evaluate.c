// SPDX-License-Identifier: GPL-3.0-or-later
/* Every policy on the same children and seeds. Episodes of one policy run in parallel over children
 * and are written in the order of children and seeds, so the file does not depend on threads. It
 * grows as NAME.partial.h5 and gets its final name when it is complete. */
#include "evaluate.h"

#include "actions_sheet.h"
#include "episodes.h"
#include "manifest.h"
#include "panels.h"
#include "settings_sheet.h"
#include "train.h"

#include "titrate/base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One evaluation under way. */
typedef struct evaluation {
    const titri_lab *lab;
    const char *only; /* NULL or the one policy to run */
    titr_writer *writer;
    titr_reader *partial; /* NULL or the episodes of an interrupted one */
    titr_summary *summary;
    titr_trajectory *t; /* [children][seeds] of the policy under way */
    size_t n_seeds, done, total;
} evaluation;

static titr_status init(evaluation *v, titr_error *err)
{
    const size_t n = v->lab->cohort.n * v->n_seeds;
    v->t = calloc(n, sizeof *v->t);
    if (v->t == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu episodes", n);
    }
    for (size_t i = 0; i < n; i++) {
        titr_trajectory_init(&v->t[i]);
    }
    return TITR_OK;
}

static void fini(evaluation *v)
{
    for (size_t i = 0; v->t != NULL && i < v->lab->cohort.n * v->n_seeds; i++) {
        titr_trajectory_fini(&v->t[i]);
    }
    free(v->t);
    titr_reader_close(v->partial);
}

/* Take the child's episodes over from an interrupted evaluation. @return 1 if all were there. */
static int take_over(evaluation *v, size_t policy, size_t child)
{
    titr_trajectory *t = &v->t[child * v->n_seeds];
    const char *name = v->lab->policy[policy].def->name;
    const char *id = v->lab->cohort.child[child].patient.id;
    size_t found = 0;
    const size_t n = v->partial ? titr_reader_episodes(v->partial) : 0;
    for (size_t k = 0; k < n && found < v->n_seeds; k++) {
        if (titr_reader_episode_header(v->partial, k, &t[found], NULL) == TITR_OK &&
            strcmp(t[found].policy, name) == 0 && strcmp(t[found].patient, id) == 0) {
            found += titr_reader_episode(v->partial, k, &t[found], NULL) == TITR_OK;
        }
    }
    return found == v->n_seeds;
}

static titr_status append_child(evaluation *v, size_t child, titr_error *err)
{
    const titr_experiment *e = v->lab->e;
    for (size_t k = 0; k < v->n_seeds; k++) {
        titr_trajectory *t = &v->t[child * v->n_seeds + k];
        TITR_TRY(titr_summary_add(v->summary, t, e->evaluate.drop_days * TITR_MIN_PER_DAY, err));
        if (e->record.what == TITR_RECORD_SUMMARY) {
            t->n = t->minutes.n = 0; /* scored already: only its row of /episodes is kept */
        }
        TITR_TRY(titr_writer_append(v->writer, t, err));
    }
    return TITR_OK;
}

/* Play every child that has not been taken over. @param[out] status [children] of each.
 * @param[out] err of the first child that failed. @return its status, else STOPPED or OK. */
static titr_status play_children(evaluation *v, size_t policy, titr_status *status, titr_error *err)
{
    const size_t n = v->lab->cohort.n;
    size_t failed = n;
    int stopped = 0;
    char what[TITR_TEXT_MAX];
    (void)snprintf(what, sizeof what, "evaluating %.60s, children",
                   v->lab->policy[policy].def->name);
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < n; c++) {
        titr_error own = {0};
        if (status[c] != TITR_OK) {
            status[c] = titri_episodes(v->lab, policy, c, &v->t[c * v->n_seeds], v->n_seeds, &own);
        }
#pragma omp critical(titri_error)
        {
            titri_progress(v->lab->watch, what, ++v->done, v->total);
            stopped |= status[c] == TITR_ERR_STOPPED;
            if (status[c] != TITR_OK && status[c] != TITR_ERR_STOPPED && c < failed) {
                failed = c;
                if (err != NULL) {
                    *err = own;
                }
            }
        }
    }
    return failed < n ? status[failed] : stopped ? TITR_ERR_STOPPED : TITR_OK;
}

static titr_status evaluate_policy(evaluation *v, size_t policy, titr_error *err)
{
    const size_t n = v->lab->cohort.n;
    titr_status *status = calloc(n, sizeof *status);
    if (status == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu children", n);
    }
    for (size_t c = 0; c < n; c++) {
        status[c] = take_over(v, policy, c) ? TITR_OK : TITR_ERR_ARG; /* ARG: still to play */
    }
    const titr_status played = play_children(v, policy, status, err);
    titr_status st = played == TITR_ERR_STOPPED ? TITR_OK : played;
    for (size_t c = 0; c < n && st == TITR_OK; c++) {
        st = status[c] == TITR_OK ? append_child(v, c, err) : TITR_OK;
    }
    free(status);
    return st == TITR_OK ? played : st;
}

static int wanted(const evaluation *v, size_t policy)
{
    return v->only == NULL || strcmp(v->lab->policy[policy].def->name, v->only) == 0;
}

static titr_status evaluate_policies(evaluation *v, titr_error *err)
{
    for (size_t p = 0; p < v->lab->n_policies; p++) {
        v->total += wanted(v, p) ? v->lab->cohort.n : 0;
    }
    for (size_t p = 0; p < v->lab->n_policies; p++) {
        if (wanted(v, p)) {
            TITR_TRY(evaluate_policy(v, p, err));
        }
    }
    return TITR_OK;
}

static titr_status write_rest(evaluation *v, const char *manifest, titr_error *err)
{
    TITR_TRY(titr_writer_patients(v->writer, &v->lab->cohort, v->lab->model, err));
    TITR_TRY(titri_write_settings(v->lab, v->writer, err));
    TITR_TRY(titri_write_actions(v->lab, v->writer, err));
    TITR_TRY(titri_write_curves(v->lab, v->writer, err));
    return titr_writer_manifest(v->writer, manifest, err);
}

/* An interrupted evaluation of this very experiment, or nothing. */
static titr_status open_partial(evaluation *v, const char *path, const char *manifest,
                                titr_error *err)
{
    if (access(path, F_OK) != 0) {
        return TITR_OK;
    }
    TITR_TRY(titr_reader_open(path, &v->partial, err));
    if (strcmp(titr_reader_manifest(v->partial), manifest) != 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "%s was made by another experiment; remove it or run without --resume",
                         path);
    }
    return TITR_OK;
}

/* Play, then commit under the partial name; complete = rename to the final one. */
static titr_status play_and_write(evaluation *v, const char *partial, const char *final,
                                  const char *manifest, titr_error *err)
{
    const titr_experiment *e = v->lab->e;
    titri_panels panels;
    titri_panels_name(v->lab, &panels);
    TITR_TRY(titr_writer_open(partial, (titr_compression)e->record.compression,
                              e->record.what == TITR_RECORD_MINUTES, panels.table, &v->writer,
                              err));
    titr_status st = evaluate_policies(v, err);
    const int stopped = st == TITR_ERR_STOPPED;
    if (st == TITR_OK) {
        st = titr_summary_finish(v->summary, e->evaluate.compare_to, e->seed, err);
    }
    if (st == TITR_OK) {
        st = titr_summary_write(v->summary, v->writer, err);
    }
    if (st == TITR_OK || stopped) {
        const titr_status rest = write_rest(v, manifest, err);
        st = rest != TITR_OK ? rest : st;
    }
    if (st != TITR_OK && !(stopped && st == TITR_ERR_STOPPED)) {
        titr_writer_abort(v->writer);
        return st;
    }
    TITR_TRY(titr_writer_commit(v->writer, err));
    if (stopped) {
        return titr_fail(err, TITR_ERR_STOPPED,
                         "evaluation stopped; %s holds what was finished: go on with --resume",
                         partial);
    }
    return titr_file_rename(partial, final, err);
}

titr_status titri_evaluate(titri_lab *lab, const char *only, int resume, titr_summary *out,
                           titr_error *err)
{
    char partial[TITR_TEXT_MAX * 3], final[TITR_TEXT_MAX * 3], *manifest = NULL;
    titr_run_path(lab->e, ".partial.h5", partial, sizeof partial);
    titr_run_path(lab->e, ".h5", final, sizeof final);
    evaluation v = {.lab = lab, .only = only, .summary = out, .n_seeds = titri_lab_test_seeds(lab)};
    titr_summary_init(out);
    titr_status st = titri_manifest(lab->e, &manifest, err);
    if (st == TITR_OK && resume) {
        st = open_partial(&v, partial, manifest, err);
    }
    if (st == TITR_OK) {
        st = init(&v, err);
    }
    if (st == TITR_OK) {
        st = play_and_write(&v, partial, final, manifest, err);
    }
    fini(&v);
    free(manifest);
    if (st != TITR_OK) {
        titr_summary_fini(out);
    }
    return st;
}
