// SPDX-License-Identifier: GPL-3.0-or-later
/* The robustness table: its nominal cell is an evaluation, its cells are the worlds they name, and
 * nothing of it depends on threads or interruptions. */
#include "small.h"

#include "titrate/runner/robustness.h"

#include <criterion/criterion.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TWO SMALL_BB ", " SMALL_Q
#define RK4 "solver.name=rk4"
#define CVODE "solver.name=cvode" /* of one lane: children are played one by one */
#define CELLS                                                                                      \
    "robustness.cells=( { name = \"cr\"; set = \"evaluate.cr_factor = 1.3\"; }, "                  \
    "{ name = \"late\"; set = \"scenario.announce_delay_min = 20\"; }, "                           \
    "{ name = \"lost\"; set = \"sensor.losses_per_day = 4; sensor.loss_min = 60\"; } )"

/* The cells by hand, as the config would read them. */
static titr_experiment *cells_of(const titr_experiment *nominal, const char *policies,
                                 const char *solver)
{
    titr_experiment *cell = calloc(3, sizeof *cell);
    titr_experiment *own[] = {
        small_experiment(policies, solver, "evaluate.cr_factor=1.3", NULL),
        small_experiment(policies, solver, "scenario.announce_delay_min=20", NULL),
        small_experiment(policies, solver, "sensor.losses_per_day=4", "sensor.loss_min=60.0", NULL),
    };
    cr_assert_not_null(cell);
    for (size_t i = 0; i < 3; i++) {
        cell[i] = *own[i];
        free(own[i]);
        memcpy(&cell[i].output, &nominal->output, sizeof nominal->output);
    }
    return cell;
}

static void free_cells(titr_experiment *cell)
{
    for (size_t i = 0; i < 3; i++) {
        titr_experiment_fini(&cell[i]);
    }
    free(cell);
}

static void run(const titr_experiment *e, titr_experiment *cell, int resume, titr_robustness *out)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_robustness_run(e, cell, resume, NULL, out, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(access(small_path(e, ".robustness.partial.h5"), F_OK), -1);
}

static void train(const titr_experiment *e)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_train(e, NULL, 0, NULL, NULL, &err), TITR_OK, "%s", err.what);
}

static void hash(const titr_experiment *e, const char *suffix, char hex[TITR_SHA256_HEX])
{
    titr_reader *r = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_reader_open(small_path(e, suffix), &r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_sha256(r, hex, &err), TITR_OK, "%s", err.what);
    titr_reader_close(r);
}

/* Every score of a cell's row against that of a policy in an evaluation. */
static void expect_same(const titr_robustness *r, const char *policy, const char *cell,
                        const titr_summary *s)
{
    const titr_summary_row *own = titr_summary_find(s, policy), *row = NULL;
    const titr_summary *cells = NULL;
    for (size_t p = 0; p < r->n; p++) {
        if (strcmp(r->policy[p].policy, policy) == 0) {
            cells = &r->policy[p].cells;
            row = titr_summary_find(cells, cell);
        }
    }
    cr_assert(row != NULL && own != NULL, "%s in %s", policy, cell);
    cr_assert(row->episodes == own->episodes && row->terminated == own->terminated);
    for (size_t k = 0; k < s->n_keys; k++) {
        cr_assert_eq(memcmp(&row->mean[k], &own->mean[k], sizeof(double)), 0, "%s in %s: %s",
                     policy, cell, s->key[k]);
    }
}

static void evaluate(const titr_experiment *e, titr_summary *s)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_evaluate(e, 0, NULL, s, &err), TITR_OK, "%s", err.what);
}

/* Bit for bit: the trajectories of the nominal cell, and the scores of every cell of a policy that
 * has nothing to learn or to titrate, which `evaluate` in that world gives as well. */
Test(robustness_run, the_nominal_cell_is_an_evaluation_and_the_others_are_in_their_worlds)
{
    static const char *const name[] = {"cr", "late", "lost"};
    titr_experiment *e = small_experiment(TWO, CELLS, NULL);
    char nominal[TITR_SHA256_HEX], alone[TITR_SHA256_HEX];
    titr_robustness r;
    titr_summary s;
    small_folder(e);
    titr_experiment *cell = cells_of(e, TWO, RK4);
    train(e);
    run(e, cell, 0, &r);
    evaluate(e, &s);
    hash(e, ".robustness.h5", nominal);
    hash(e, ".h5", alone);
    cr_assert_str_eq(nominal, alone);
    expect_same(&r, "bb", TITR_CELL_NOMINAL, &s);
    expect_same(&r, "q", TITR_CELL_NOMINAL, &s);
    titr_summary_fini(&s);
    titr_experiment *own = cells_of(e, SMALL_BB, RK4);
    for (size_t i = 0; i < 3; i++) {
        evaluate(&own[i], &s);
        expect_same(&r, "bb", name[i], &s);
        titr_summary_fini(&s);
    }
    /* 30 % more carbohydrate per unit is a bolus smaller by 1 / 1.3 */
    const titr_summary *bb = &r.policy[0].cells;
    const titr_summary_row *full = titr_summary_find(bb, TITR_CELL_NOMINAL);
    const titr_summary_row *less = titr_summary_find(bb, "cr");
    cr_assert_lt(titr_summary_mean(bb, less, "insulin_u_per_day"),
                 titr_summary_mean(bb, full, "insulin_u_per_day"));
    titr_robustness_fini(&r);
    free_cells(own);
    free_cells(cell);
    small_folder_remove(e);
    small_free(e);
}

Test(robustness_run, any_number_of_threads_gives_the_same_file)
{
    titr_experiment *e = small_experiment(TWO, CELLS, NULL);
    char one[TITR_SHA256_HEX], four[TITR_SHA256_HEX];
    titr_robustness a, b;
    char *text[2] = {NULL, NULL};
    small_folder(e);
    titr_experiment *cell = cells_of(e, TWO, RK4);
    train(e);
    run(e, cell, 0, &a);
    hash(e, ".robustness.h5", one);
    omp_set_num_threads(4);
    run(e, cell, 0, &b);
    hash(e, ".robustness.h5", four);
    cr_assert_str_eq(one, four);
    cr_assert_eq(titr_robustness_json(&a, &text[0], NULL), TITR_OK);
    cr_assert_eq(titr_robustness_json(&b, &text[1], NULL), TITR_OK);
    cr_assert_str_eq(text[0], text[1]);
    free(text[0]);
    free(text[1]);
    titr_robustness_fini(&a);
    titr_robustness_fini(&b);
    free_cells(cell);
    small_folder_remove(e);
    small_free(e);
}

/* Stopped in the nominal cell and in two others. */
Test(robustness_run, stopped_and_gone_on_with_it_is_the_whole)
{
    static const size_t stop_at[] = {400, 1000, 2100};
    titr_experiment *e = small_experiment(SMALL_BB, CVODE, CELLS, NULL);
    titr_error err = {.what = ""};
    titr_robustness r;
    small_watch w;
    char *whole = NULL, *resumed = NULL;
    small_folder(e);
    titr_experiment *cell = cells_of(e, SMALL_BB, CVODE);
    run(e, cell, 0, &r);
    cr_assert_eq(titr_robustness_json(&r, &whole, NULL), TITR_OK);
    titr_robustness_fini(&r);
    for (size_t i = 0; i < 3; i++) {
        (void)unlink(small_path(e, ".robustness.h5"));
        small_watch_init(&w, stop_at[i]);
        small_refused(titr_robustness_run(e, cell, 0, &w.watch, &r, &err), TITR_ERR_STOPPED, &err,
                      "--resume");
        cr_assert_eq(access(small_path(e, ".robustness.h5"), F_OK), -1);
        const size_t before = w.asks;
        small_watch_init(&w, 0);
        cr_assert_eq(titr_robustness_run(e, cell, 1, &w.watch, &r, &err), TITR_OK, "%s", err.what);
        /* what was finished is not played again: 4 cells x 2 children x a day, but for the child
         * in whom it was stopped */
        cr_assert_lt(w.asks + before, 4 * 2 * 288 + 288 + 10, "stopped at %zu", stop_at[i]);
        cr_assert_eq(titr_robustness_json(&r, &resumed, NULL), TITR_OK);
        cr_assert_str_eq(whole, resumed);
        free(resumed);
        titr_robustness_fini(&r);
    }
    free(whole);
    free_cells(cell);
    small_folder_remove(e);
    small_free(e);
}

Test(robustness_run, needs_cells_and_children)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titr_error err = {.what = ""};
    titr_robustness r;
    e->robustness.n_cells = 0;
    small_refused(titr_robustness_run(e, NULL, 0, NULL, &r, &err), TITR_ERR_CONFIG, &err,
                  "robustness.cells: none");
    small_free(e);
}

/* ---- cells as text ---- */

static void expect_cut(const char *set, const char *const *expected, size_t n)
{
    titr_cell_def cell = {.name = "c"};
    titr_cell_keys keys;
    titr_error err = {.what = ""};
    (void)snprintf(cell.set, sizeof cell.set, "%s", set);
    cr_assert_eq(titr_cell_cut(&cell, &keys, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(keys.n, n);
    for (size_t i = 0; i < n; i++) {
        cr_assert_str_eq(keys.text[i], expected[i]);
    }
}

static void expect_refused(const char *set, const char *words)
{
    titr_cell_def cell = {.name = "c"};
    titr_cell_keys keys;
    titr_error err = {.what = ""};
    (void)snprintf(cell.set, sizeof cell.set, "%s", set);
    small_refused(titr_cell_cut(&cell, &keys, &err), TITR_ERR_CONFIG, &err, words);
}

Test(cells, assignments_are_cut_at_semicolons)
{
    expect_cut("sensor.bias_fraction = 0.1", (const char *const[]){"sensor.bias_fraction=0.1"}, 1);
    expect_cut(" evaluate.cr_factor=1.3 ; iob.peak_min =55;; ",
               (const char *const[]){"evaluate.cr_factor=1.3", "iob.peak_min=55"}, 2);
    expect_cut("scenario.parts = ( { name = \"meals_fixed\"; } ); scenario.events = \"a;b=c\"",
               (const char *const[]){"scenario.parts=( { name = \"meals_fixed\"; } )",
                                     "scenario.events=\"a;b=c\""},
               2);
    expect_cut("sensor = { name = \"cgm_perfect\"; }",
               (const char *const[]){"sensor={ name = \"cgm_perfect\"; }"}, 1);
}

Test(cells, what_would_need_training_or_unpair_is_refused)
{
    expect_refused("", "nothing is changed");
    expect_refused(" ; ", "nothing is changed");
    expect_refused("sensor.bias_fraction", "expected KEY = VALUE");
    expect_refused("= 3", "expected KEY = VALUE");
    static const char *const bound[] = {"actions.name = absolute_basal",
                                        "policies.q.alpha = 0.1",
                                        "train.steps = 3",
                                        "seed = 2",
                                        "cohort.subjects = all",
                                        "split.seeds_test = [1, 2]",
                                        "reward.name = magni_risk",
                                        "clinic.days = 2",
                                        "scenario.decision_interval_min=10",
                                        "body.model = other",
                                        "evaluate.shield = true",
                                        "record.what = summary",
                                        "output.folder = x",
                                        "robustness.cells = ()",
                                        "tune.days = 3",
                                        "sensors.bias_fraction = 0.1",
                                        "evaluate.drop_days = 0.5"};
    for (size_t i = 0; i < sizeof bound / sizeof bound[0]; i++) {
        expect_refused(bound[i], "");
    }
    expect_refused("evaluate.cr_factr = 1.3", "did you mean 'evaluate.cr_factor'?");
    expect_refused("seed = 2", "trained anew");
}

Test(cells, those_by_default_are_sound_and_the_issues)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    cr_assert_eq(e->robustness.n_cells, 8);
    for (size_t i = 0; i < e->robustness.n_cells; i++) {
        titr_cell_keys keys;
        cr_assert_eq(titr_cell_cut(&e->robustness.cell[i], &keys, NULL), TITR_OK);
    }
    small_free(e);
}
