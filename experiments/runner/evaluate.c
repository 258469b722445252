// SPDX-License-Identifier: GPL-3.0-or-later
/* Every policy on the same children and seeds. Wards of children are played in parallel and written
 * in the order of the cohort, so the file does not depend on threads; no more trajectories are in
 * memory than one ward's per thread. The file grows as NAME.partial.h5 and gets its final name when
 * it is complete.
 *
 * The robustness table is the same evaluation, of which the scores are kept as those of the nominal
 * cell, then one more without a file for each cell. */
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

/* Lanes of a ward where the solver takes them in blocks; alone, a child is a ward. */
#define WARD_LANES 64

/* One evaluation under way. */
typedef struct evaluation {
    const titri_lab *lab;
    const char *only; /* NULL or the one policy to run */
    titr_writer *writer;
    titr_reader *partial; /* NULL or the episodes of an interrupted one */
    size_t next_partial;  /* where its next episode is looked for first */
    titr_summary *summary;
    size_t n_seeds, done, total;
    const char *cell;        /* NULL, or the cell of the robustness table    */
    titr_robustness *table;  /* NULL, or where the cell's scores go          */
    titr_robustness *scored; /* NULL, or the scores of an interrupted one    */
} evaluation;

/* How a policy's evaluation stands; shared by the threads. */
typedef struct outcome {
    titr_status status; /* of the first ward in order that could not be played or written */
    int failed, stopped;
} outcome;

/* Take an episode over from an interrupted evaluation. @return 1 if it was there. */
static int take_episode(evaluation *v, const char *policy, const char *id, uint32_t episode,
                        titr_trajectory *t)
{
    const size_t n = titr_reader_episodes(v->partial);
    for (size_t i = 0; i < n; i++) {
        const size_t k = (v->next_partial + i) % n;
        if (titr_reader_episode_header(v->partial, k, t, NULL) == TITR_OK &&
            t->episode == episode && strcmp(t->policy, policy) == 0 &&
            strcmp(t->patient, id) == 0) {
            v->next_partial = k + 1;
            /* of a summary only the row was kept: there is nothing to score */
            return titr_reader_episode(v->partial, k, t, NULL) == TITR_OK && t->n > 0;
        }
    }
    return 0;
}

/* @return 1 if the cell's scores of all episodes of the ward were there: `t` then has no rows. */
static int take_scores(const evaluation *v, const titri_ward *ward, titr_trajectory *t)
{
    const titri_lab *lab = v->lab;
    size_t p = 0, e = 0;
    int all = v->scored != NULL;
    for (size_t l = 0; all && l < ward->n_children * ward->n_seeds; l++) {
        const size_t child = ward->first_child + l / ward->n_seeds;
        titr_trajectory_clear(&t[l]);
        titri_variant_name(lab->e, lab->policy[ward->policy].def, ward->variant, t[l].policy);
        (void)snprintf(t[l].patient, sizeof t[l].patient, "%s",
                       lab->cohort.child[child].patient.id);
        t[l].episode = titri_ward_episode(lab, ward, l);
        all = titr_robustness_find(v->scored, v->cell, &t[l], &p, &e);
    }
    return all;
}

/* @return 1 if all episodes of the ward were there. */
static int take_over(evaluation *v, const titri_ward *ward, titr_trajectory *t)
{
    const titri_lab *lab = v->lab;
    char name[TITR_NAME_MAX];
    titri_variant_name(lab->e, lab->policy[ward->policy].def, ward->variant, name);
    for (size_t l = 0; v->partial != NULL && l < ward->n_children * ward->n_seeds; l++) {
        const size_t child = ward->first_child + l / ward->n_seeds;
        if (!take_episode(v, name, lab->cohort.child[child].patient.id,
                          titri_ward_episode(lab, ward, l), &t[l])) {
            return 0;
        }
    }
    return v->partial != NULL;
}

/* Of the cell: played now, or scored before. */
static titr_status keep_scores(evaluation *v, const titr_trajectory *t, double drop_min,
                               titr_error *err)
{
    size_t p = 0, e = 0;
    if (v->scored != NULL && titr_robustness_find(v->scored, v->cell, t, &p, &e)) {
        return titr_robustness_take(v->table, v->cell, t, v->scored, err);
    }
    return titr_robustness_add(v->table, v->cell, t, drop_min, err);
}

static titr_status append(evaluation *v, titr_trajectory *t, size_t n, titr_error *err)
{
    const titr_experiment *e = v->lab->e;
    const double drop_min = e->evaluate.drop_days * TITR_MIN_PER_DAY;
    for (size_t k = 0; k < n; k++) {
        if (v->table != NULL) {
            TITR_TRY(keep_scores(v, &t[k], drop_min, err));
        }
        if (v->writer == NULL) {
            continue;
        }
        TITR_TRY(titr_summary_add(v->summary, &t[k], drop_min, err));
        if (e->record.what == TITR_RECORD_SUMMARY) {
            t[k].n = t[k].minutes.n = 0; /* scored already: only its row of /episodes is kept */
        }
        TITR_TRY(titr_writer_append(v->writer, &t[k], err));
    }
    return TITR_OK;
}

/* The ward's turn to be written has come. @param[in] played how its episodes went. */
static void finish_ward(evaluation *v, const titri_ward *ward, titr_trajectory *t,
                        titr_status played, const titr_error *own, outcome *out, titr_error *err)
{
    titr_error inner = *own;
    if (out->status != TITR_OK) {
        return;
    }
    if (played == TITR_OK) {
        played = append(v, t, ward->n_children * ward->n_seeds, &inner);
        v->done += ward->n_children;
    }
    if (played == TITR_ERR_STOPPED) {
        out->stopped = 1;
    } else if (played != TITR_OK) {
        out->status = played;
#pragma omp atomic write
        out->failed = 1;
        if (err != NULL) {
            *err = inner;
        }
    }
}

static titr_status play_ward(evaluation *v, const titri_ward *ward, titr_trajectory *t,
                             titr_error *err)
{
    int there = 0;
#pragma omp critical(titri_partial)
    there = v->writer != NULL ? take_over(v, ward, t) : take_scores(v, ward, t);
    return there ? TITR_OK : titri_episodes(v->lab, ward, t, err);
}

static titr_trajectory *make_trajectories(size_t n)
{
    titr_trajectory *t = calloc(n, sizeof *t);
    for (size_t k = 0; t != NULL && k < n; k++) {
        titr_trajectory_init(&t[k]);
    }
    return t;
}

static void free_trajectories(titr_trajectory *t, size_t n)
{
    for (size_t k = 0; t != NULL && k < n; k++) {
        titr_trajectory_fini(&t[k]);
    }
    free(t);
}

/* The ward that begins with child c: as many neighbours as one agent serves, up to `most`. */
static titri_ward ward_from(const evaluation *v, size_t policy, titri_variant variant, size_t c,
                            size_t most)
{
    titri_ward ward = {policy, c, 1, v->n_seeds, variant};
    while (ward.n_children < most && c + ward.n_children < v->lab->cohort.n &&
           titri_lab_same_agent(v->lab, policy, c, c + ward.n_children)) {
        ward.n_children++;
    }
    return ward;
}

/* The cohort cut into wards. @param[out] ward [children]. @return their number. */
static size_t cut(const evaluation *v, size_t policy, titri_variant variant, size_t most,
                  titri_ward *ward)
{
    size_t n = 0;
    for (size_t c = 0; c < v->lab->cohort.n; c += ward[n++].n_children) {
        ward[n] = ward_from(v, policy, variant, c, most);
    }
    return n;
}

static void play_wards(evaluation *v, const titri_ward *ward, size_t n, size_t lanes, outcome *out,
                       titr_error *err)
{
    char what[TITR_TEXT_MAX], name[TITR_NAME_MAX];
    titri_variant_name(v->lab->e, v->lab->policy[ward->policy].def, ward->variant, name);
    (void)snprintf(what, sizeof what, "evaluating %.60s%s%.60s, children", name,
                   v->cell != NULL ? " in " : "", v->cell != NULL ? v->cell : "");
#pragma omp parallel
    {
        titr_trajectory *t = make_trajectories(lanes);
#pragma omp for ordered schedule(dynamic)
        for (size_t w = 0; w < n; w++) {
            titr_error own = {.what = ""};
            titr_status played =
                t != NULL ? TITR_OK : titr_fail(&own, TITR_ERR_NOMEM, "no memory for the episodes");
            int failed = 0;
#pragma omp atomic read
            failed = out->failed;
            if (played == TITR_OK && !failed) {
                played = play_ward(v, &ward[w], t, &own);
            }
#pragma omp ordered
            {
                finish_ward(v, &ward[w], t, played, &own, out, err);
                titri_progress(v->lab->watch, what, v->done, v->total);
            }
        }
        free_trajectories(t, lanes);
    }
}

static titr_status evaluate_policy(evaluation *v, size_t policy, titri_variant variant,
                                   titr_error *err)
{
    const titr_solver_type *solver = v->lab->env.solver.type; /* NULL: a task */
    const int blocks = solver != NULL && titr_solver_variant(solver, TITR_L8) != NULL;
    const size_t most = blocks && v->n_seeds < WARD_LANES ? WARD_LANES / v->n_seeds : 1;
    titri_ward *ward = calloc(v->lab->cohort.n, sizeof *ward);
    if (ward == NULL) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for %zu children", v->lab->cohort.n);
    }
    outcome out = {.status = TITR_OK};
    play_wards(v, ward, cut(v, policy, variant, most, ward), most * v->n_seeds, &out, err);
    free(ward);
    return out.status != TITR_OK ? out.status : out.stopped ? TITR_ERR_STOPPED : TITR_OK;
}

/* The one policy asked for may be named as in the config, or as one of its variants. */
static int wanted(const evaluation *v, size_t policy, titri_variant variant)
{
    const titr_policy_def *def = v->lab->policy[policy].def;
    char name[TITR_NAME_MAX];
    titri_variant_name(v->lab->e, def, variant, name);
    return titri_has_variant(v->lab->e, def, variant) &&
           (v->only == NULL || titri_lab_named(v->lab, policy, v->only) ||
            titr_policy_covers(v->only, name));
}

static titr_status evaluate_policies(evaluation *v, titr_error *err)
{
    const size_t n = TITRI_N_VARIANTS * v->lab->n_policies;
    for (size_t i = 0; i < n; i++) {
        const titri_variant variant = (titri_variant)(i % TITRI_N_VARIANTS);
        v->total += wanted(v, i / TITRI_N_VARIANTS, variant) ? v->lab->cohort.n : 0;
    }
    for (size_t i = 0; i < n; i++) {
        const titri_variant variant = (titri_variant)(i % TITRI_N_VARIANTS);
        if (wanted(v, i / TITRI_N_VARIANTS, variant)) {
            TITR_TRY(evaluate_policy(v, i / TITRI_N_VARIANTS, variant, err));
        }
    }
    return TITR_OK;
}

static titr_status write_rest(evaluation *v, const char *manifest, titr_error *err)
{
    if (v->lab->e->task.type == NULL) {
        TITR_TRY(titr_writer_patients(v->writer, &v->lab->cohort, v->lab->model, err));
        TITR_TRY(titri_write_settings(v->lab, v->writer, err));
    }
    TITR_TRY(titri_write_actions(v->lab, v->writer, err));
    TITR_TRY(titri_write_rules(v->lab, v->writer, err));
    TITR_TRY(titri_write_curves(v->lab, v->writer, err));
    return titr_writer_manifest(v->writer, manifest, err);
}

/* The rest, and the robustness table as far as it is. */
static titr_status write_all(evaluation *v, const char *manifest, titr_error *err)
{
    TITR_TRY(write_rest(v, manifest, err));
    if (v->table == NULL || v->table->n == 0) {
        return TITR_OK;
    }
    TITR_TRY(titr_robustness_finish(v->table, v->lab->e->seed, err));
    return titr_robustness_write(v->table, v->writer, err);
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
    return v->scored != NULL ? titr_robustness_read(v->partial, v->scored, err) : TITR_OK;
}

/* All policies in one cell after the other. */
static titr_status evaluate_cells(const evaluation *nominal, const titr_experiment *cell,
                                  titr_error *err)
{
    const titri_lab *lab = nominal->lab;
    titr_status st = TITR_OK;
    for (size_t i = 0; st == TITR_OK && i < lab->e->robustness.n_cells; i++) {
        titri_lab own;
        evaluation v = {.lab = &own,
                        .n_seeds = nominal->n_seeds,
                        .cell = lab->e->robustness.cell[i].name,
                        .table = nominal->table,
                        .scored = nominal->scored};
        st = titri_lab_enter(lab, &cell[i], &own, err);
        st = st == TITR_OK ? evaluate_policies(&v, err) : st;
        titri_lab_leave(&own);
    }
    return st;
}

/* Play, then commit under the partial name; complete = rename to the final one. */
static titr_status play_and_write(evaluation *v, const titr_experiment *cell, const char *partial,
                                  const char *final, const char *manifest, titr_error *err)
{
    const titr_experiment *e = v->lab->e;
    titri_panels panels;
    titri_panels_name(v->lab, &panels);
    const titr_compression compression = (titr_compression)e->record.compression;
    TITR_TRY(e->task.type != NULL
                 ? titr_writer_open_task(partial, compression, panels.table, &v->writer, err)
                 : titr_writer_open(partial, compression, e->record.what == TITR_RECORD_MINUTES,
                                    panels.table, &v->writer, err));
    titr_status st = evaluate_policies(v, err);
    if (st == TITR_OK && cell != NULL) {
        st = evaluate_cells(v, cell, err);
    }
    const int stopped = st == TITR_ERR_STOPPED;
    if (st == TITR_OK) {
        st = titr_summary_finish(v->summary, e->evaluate.compare_to, e->seed, err);
    }
    if (st == TITR_OK) {
        st = titr_summary_write(v->summary, v->writer, err);
    }
    if (st == TITR_OK || stopped) {
        const titr_status rest = write_all(v, manifest, err);
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

/* @param[in] kind between the experiment's name and the file's suffix. */
static titr_status evaluate(evaluation *v, const titr_experiment *cell, const char *kind,
                            int resume, titr_error *err)
{
    char partial[TITR_TEXT_MAX * 3], final[TITR_TEXT_MAX * 3], suffix[64], *manifest = NULL;
    (void)snprintf(suffix, sizeof suffix, "%s.partial.h5", kind);
    titr_run_path(v->lab->e, suffix, partial, sizeof partial);
    (void)snprintf(suffix, sizeof suffix, "%s.h5", kind);
    titr_run_path(v->lab->e, suffix, final, sizeof final);
    v->n_seeds = titri_lab_test_seeds(v->lab);
    titr_summary_init(v->summary);
    v->summary->of_task = v->lab->e->task.type != NULL;
    titr_status st = titri_manifest(v->lab->e, &manifest, err);
    if (st == TITR_OK && resume) {
        st = open_partial(v, partial, manifest, err);
    }
    if (st == TITR_OK) {
        st = play_and_write(v, cell, partial, final, manifest, err);
    }
    titr_reader_close(v->partial);
    free(manifest);
    if (st != TITR_OK) {
        titr_summary_fini(v->summary);
    }
    return st;
}

titr_status titri_evaluate(titri_lab *lab, const char *only, int resume, titr_summary *out,
                           titr_error *err)
{
    evaluation v = {.lab = lab, .only = only, .summary = out};
    return evaluate(&v, NULL, "", resume, err);
}

titr_status titri_evaluate_cells(titri_lab *lab, const titr_experiment *cell, int resume,
                                 titr_robustness *out, titr_error *err)
{
    titr_summary nominal;
    titr_robustness scored;
    titr_robustness_init(out);
    titr_robustness_init(&scored);
    evaluation v = {.lab = lab,
                    .summary = &nominal,
                    .cell = TITR_CELL_NOMINAL,
                    .table = out,
                    .scored = &scored};
    const titr_status st = evaluate(&v, cell, ".robustness", resume, err);
    if (st == TITR_OK) {
        titr_summary_fini(&nominal);
    } else {
        titr_robustness_fini(out);
    }
    titr_robustness_fini(&scored);
    return st;
}
