// SPDX-License-Identifier: GPL-3.0-or-later
/* An experiment on a benchmark task: what its config refuses, and its run from training to file. */
#include "small.h"

#include "titrate/config/config.h"
#include "titrate/report/report.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOP "experiment = \"t\"; split = { seeds_train = [1, 50]; seeds_test = [1001, 1020]; };\n"
#define LAKE "task = { name = \"frozen_lake\"; slippery = false; };\n"
#define RANDOM "{ name = \"r\"; agent = \"random\"; }"
#define Q                                                                                          \
    "{ name = \"q\"; agent = \"q_learning\"; gamma_half_life_min = 69.0; min_visits = 1;\n"        \
    "  epsilon = { from = 1.0; to = 0.3; steps = 4000; }; }"
#define POLICIES(list) "policies = ( " list " );\n"

static titr_experiment *read_text(const char *text, titr_status expected, titr_error *err)
{
    titr_experiment *e = calloc(1, sizeof *e);
    cr_assert_not_null(e);
    *err = (titr_error){.what = ""};
    const titr_status st = titr_config_read_text("t.cfg", text, strlen(text), NULL, 0, e, err);
    cr_assert_eq(st, expected, "%s\n%s", err->what, text);
    return e;
}

static titr_experiment *experiment(const char *text)
{
    titr_error err;
    return read_text(text, TITR_OK, &err);
}

Test(task_config, what_means_nothing_beside_a_task_is_refused)
{
    static const struct {
        const char *text, *expected;
    } wrong[] = {
        {"cohort = { subjects = \"all\"; };\n" LAKE POLICIES(RANDOM), "cohort: not used with task"},
        {LAKE "scenario = { horizon_days = 1.0; };\n" POLICIES(RANDOM), "scenario: not used with"},
        {LAKE "solver = { name = \"rk4\"; };\n" POLICIES(RANDOM), "solver: not used with task"},
        {LAKE "reward = { name = \"magni_risk\"; };\n" POLICIES(RANDOM), "reward: not used with"},
        {LAKE "train = { solver = { name = \"rk4\"; }; };\n" POLICIES(RANDOM),
         "train.solver: not used with task"},
        {LAKE POLICIES("{ name = \"p\"; agent = \"pid\"; }"),
         "policies.p.agent: \"pid\" doses insulin"},
        {LAKE POLICIES("{ name = \"p\"; agent = \"random\"; settings = \"titrated\"; }"),
         "policies.p.settings: a task has no therapy settings"},
        {LAKE POLICIES("{ name = \"p\"; agent = \"random\"; shield = \"on\"; }"),
         "policies.p.shield: a shield limits doses"},
        {LAKE "evaluate = { drop_days = 1.0; };\n" POLICIES(RANDOM), "evaluate.drop_days: 1 d"},
        {LAKE "evaluate = { shield = \"true\"; };\n" POLICIES(RANDOM), "evaluate.shield: a shield"},
        {LAKE "record = { what = \"minutes\"; };\n" POLICIES(RANDOM), "record.what: \"minutes\""},
        {LAKE "train = { score = \"tir_itt\"; };\n" POLICIES(RANDOM), "train.score: \"tir_itt\""},
        {"task = { name = \"frozen_lke\"; };\n" POLICIES(RANDOM), "frozen_lake"},
        {"task = { name = \"frozen_lake\"; mpa = \"4x4\"; };\n" POLICIES(RANDOM),
         "task.mpa: unknown key; did you mean 'map'?"},
        {"task = { name = \"cartpole\"; steps_max = 0; };\n" POLICIES(RANDOM), "task.steps_max"},
        {"task = { slippery = true; };\n" POLICIES(RANDOM), "task.name"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[2048];
        titr_error err;
        (void)snprintf(text, sizeof text, TOP "%s", wrong[i].text);
        free(read_text(text, TITR_ERR_CONFIG, &err));
        cr_assert_not_null(strstr(err.what, wrong[i].expected), "%s\nexpected: %s", err.what,
                           wrong[i].expected);
        cr_assert_eq(strncmp(err.what, "t.cfg:", 6), 0, "%s", err.what);
    }
}

Test(task_config, observe_names_the_tasks_observables)
{
#define SEES(list)                                                                                 \
    TOP "task = { name = \"cartpole\"; };\n" POLICIES(                                             \
        "{ name = \"q\"; agent = \"q_learning\"; observe = ( " list " ); }")
    titr_error err;
    titr_experiment *e = experiment(SEES("{ name = \"angle_rad\"; bins = 4; }, "
                                         "{ name = \"position_m\"; edges = [ 0.0 ]; }"));
    const titr_observer *o = &e->policy[0].observe;
    cr_assert(o->n == 2 && o->entry[0].what == TITR_OBS_N + 2 && o->entry[1].what == TITR_OBS_N);
    cr_assert(o->entry[0].edges.n == 3 && o->entry[0].edges.v[1] == 0.0);
    cr_assert(o->entry[0].hi > 0.2 && o->entry[0].lo == -o->entry[0].hi);
    cr_assert(o->entry[1].edges.n == 1);
    small_free(e);
    free(read_text(SEES("{ name = \"cgm\"; bins = 4; }"), TITR_ERR_CONFIG, &err));
    cr_assert_not_null(strstr(err.what, "\"cgm\" is no observable of task \"cartpole\""), "%s",
                       err.what);
    free(read_text(SEES("{ name = \"angle_rd\"; bins = 4; }"), TITR_ERR_CONFIG, &err));
    cr_assert_not_null(strstr(err.what, "did you mean 'angle_rad'?"), "%s", err.what);
    free(read_text(SEES("{ name = \"angle_rad\"; history = 3; }"), TITR_ERR_CONFIG, &err));
    cr_assert_not_null(strstr(err.what, "history"), "%s", err.what);
    free(read_text(TOP LAKE POLICIES("{ name = \"q\"; agent = \"q_learning\"; observe = ( { name = "
                                     "\"state\"; bins = 4; } ); }"),
                   TITR_ERR_CONFIG, &err));
    cr_assert_not_null(strstr(err.what, "16 values, each a bin of its own"), "%s", err.what);
}

Test(task_config, without_a_list_all_is_seen)
{
    titr_experiment *e = experiment(TOP "task = { name = \"cartpole\"; };\n" POLICIES(Q));
    cr_assert(e->policy[0].observe.n == 4 && titr_observer_cells(&e->policy[0].observe) == 576);
    cr_assert_str_eq(titr_observe_name(e, &e->policy[0].observe.entry[1]), "velocity_m_per_s");
    small_free(e);
    e = experiment(TOP LAKE POLICIES(Q));
    cr_assert(e->policy[0].observe.n == 1 && e->policy[0].observe.entry[0].discrete == 16);
    char *json = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_experiment_json(e, &json, &err), TITR_OK, "%s", err.what);
    cr_assert(strstr(json, "\"task\"") != NULL && strstr(json, "\"slippery\": false") != NULL);
    cr_assert(strstr(json, "\"cohort\"") == NULL && strstr(json, "\"solver\"") == NULL);
    free(json);
    small_free(e);
}

static int is_config(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".cfg") == 0;
}

Test(task_config, the_shipped_ones_are_well_formed)
{
    static const char folder[] = TITR_SOURCE_DIR "/experiments/tasks";
    struct dirent **entry = NULL;
    const int n = scandir(folder, &entry, is_config, alphasort);
    cr_assert_geq(n, 9);
    for (int i = 0; i < n; i++) {
        char path[1024];
        titr_error err = {.what = ""};
        titr_experiment *e = calloc(1, sizeof *e);
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        cr_assert_eq(titr_config_rehearse(path, NULL, 0, e, &err), TITR_OK, "%s", err.what);
        cr_assert_not_null(e->task.type, "%s", path);
        small_free(e);
        free(entry[i]);
    }
    free(entry);
}

static void run_path(const titr_experiment *e, char path[1024])
{
    titr_run_path(e, ".h5", path, 1024);
}

/* Rewards, lengths and ends in the file are those of the comparison. */
static void check_file(const titr_experiment *e, const titr_summary *s)
{
    char path[1024];
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    titr_trajectory t;
    size_t n = 0;
    run_path(e, path);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    cr_assert(titr_reader_of_task(r) && titr_reader_episodes(r) == s->n_episodes);
    const char *const *name = titr_reader_panel(r, TITR_PANEL_OBSERVATIONS, &n);
    cr_assert(n == 1 && strcmp(name[0], "state") == 0);
    cr_assert(!titr_reader_has(r, "/doses") && !titr_reader_has(r, "/steps/glucose_mg_dl") &&
              !titr_reader_has(r, "/patients") && titr_reader_has(r, "/actions/label"));
    titr_trajectory_init(&t);
    for (size_t k = 0; k < s->n_episodes; k++) {
        double sum = 0.0;
        cr_assert_eq(titr_reader_episode(r, k, &t, &err), TITR_OK, "%s", err.what);
        for (size_t i = 0; i < t.n; i++) {
            sum += (double)t.reward[i];
            cr_assert(t.time_min[i] == (float)i && t.elapsed_min[i] == 1.0F);
            cr_assert(isnan(t.glucose_mg_dl[i]) && t.action_level[i] >= 0);
        }
        const float last = *titr_trajectory_panel_row(&t, TITR_PANEL_OBSERVATIONS, t.n);
        const titr_summary_episode *scored = &s->episode[k];
        cr_assert_eq(titr_scores_get(&scored->scores, "return"), sum);
        cr_assert_eq(titr_scores_get(&scored->scores, "steps"), (double)t.n);
        cr_assert(t.end == scored->end && t.end_min == (double)t.n);
        cr_assert_str_eq(t.patient, "frozen_lake");
        cr_assert_eq(sum == 1.0, last == 15.0F, "the goal is cell 15");
    }
    titr_trajectory_fini(&t);
    cr_assert_eq(titr_reader_verify(r, &err), TITR_OK, "%s", err.what);
    titr_summary again;
    cr_assert_eq(titr_summary_of_run(r, 0.0, "", 1, &again, &err), TITR_OK, "%s", err.what);
    cr_assert(again.of_task && again.n_rows == s->n_rows);
    cr_assert_eq(again.row[0].returns.iqm, s->row[0].returns.iqm);
    titr_summary_fini(&again);
    const titr_report_def def = {.patient = NULL};
    cr_assert_eq(titr_report_write(r, &def, "/nowhere/page.html", &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "no glucose to report"), "%s", err.what);
    titr_reader_close(r);
}

Test(task_run, a_learner_finds_the_goal_and_the_file_tells)
{
    titr_experiment *e = experiment(
        TOP LAKE POLICIES(Q ", " RANDOM) "train = { steps = 20000; parallel_patients = 2; };\n"
                                         "evaluate = { compare_to = \"r\"; };\n");
    titr_summary s;
    titr_error err = {.what = ""};
    char *text = NULL;
    small_folder(e);
    cr_assert_eq(titr_run(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    cr_assert(s.of_task && s.n_rows == 2 && s.n_episodes == 40);
    const titr_summary_row *q = titr_summary_find(&s, "q"), *r = titr_summary_find(&s, "r");
    cr_assert(q->tir_itt_percent.estimate == 1.0 && q->returns.min == 1.0 && q->returns.sd == 0.0);
    cr_assert_eq(titr_summary_mean(&s, q, "steps"), 6.0, "the shortest way");
    cr_assert(q->terminated == 20 && r->tir_itt_percent.estimate < 0.5 && q->pairs == 20);
    cr_assert_eq(titr_summary_table(&s, TITR_SUMMARY_POLICIES, &text, &err), TITR_OK);
    cr_assert(strstr(text, "mean return") != NULL && strstr(text, "glucose") == NULL, "%s", text);
    free(text);
    cr_assert_eq(titr_summary_json(&s, &text, &err), TITR_OK);
    cr_assert(strstr(text, "\"return_iqm\": 1") != NULL, "%s", text);
    free(text);
    check_file(e, &s);
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
}

Test(task_run, states_masks_and_constant_levels_are_recorded)
{
    titr_experiment *e = experiment(TOP "task = { name = \"toll_road\"; };\n" POLICIES(
        RANDOM) "record = { states = true; learning = true; };\n"
                "evaluate = { constant_levels = true; episodes_per_child = 3; };\n");
    titr_summary s;
    titr_error err = {.what = ""};
    titr_reader *r = NULL;
    char path[1024];
    size_t n = 0;
    small_folder(e);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(s.n_rows, 4);
    cr_assert_eq(titr_summary_find(&s, "constant: road")->returns.max, -5.0);
    cr_assert_eq(titr_summary_find(&s, "constant: lane")->returns.max, 2.0);
    titr_summary_fini(&s);
    run_path(e, path);
    cr_assert_eq(titr_reader_open(path, &r, &err), TITR_OK, "%s", err.what);
    (void)titr_reader_panel(r, TITR_PANEL_MASK, &n);
    cr_assert_eq(n, 3);
    (void)titr_reader_panel(r, TITR_PANEL_STATES, &n);
    cr_assert_eq(n, 1);
    titr_trajectory t;
    titr_trajectory_init(&t);
    cr_assert_eq(titr_reader_episode(r, 0, &t, &err), TITR_OK);
    cr_assert_eq(titr_trajectory_panel_row(&t, TITR_PANEL_MASK, 0)[2], 0.0F, "masked at the fork");
    titr_trajectory_fini(&t);
    titr_reader_close(r);
    small_folder_remove(e);
    small_free(e);
}

Test(task_run, verify_has_nothing_to_verify)
{
    titr_experiment *e = experiment(TOP LAKE POLICIES(RANDOM));
    titr_verification v = {.row = NULL};
    titr_error err = {.what = ""};
    cr_assert_eq(titr_verify(e, 1.0, 0.1, NULL, &v, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "no solver to verify"), "%s", err.what);
    small_free(e);
}
