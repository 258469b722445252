// SPDX-License-Identifier: GPL-3.0-or-later
/* Two children in two folds: each child's setting is found on the other alone. Its trials are
 * played here again, with an environment and an agent of our own. */
#include "small.h"

#include "support/part.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PID "{ name = \"pid\"; agent = \"pid\"; meal_bolus = true; tuned = \"population\"; }"

enum { SEEDS = 2, POINTS = 16 };

static titr_experiment *experiment(const char *days, const char *more)
{
    return small_experiment(PID, "tune.seeds=2", "tune.episode_days=0.75", days,
                            "sensor.name=cgm_breton_2008", more, NULL);
}

/* Score of one child's episodes under a setting, by the formula of tune_population.c. */
static double play(const titri_lab *lab, size_t child, titr_slot slot)
{
    titr_env_def def = titri_lab_env(lab, 0, 1);
    def.horizon_min = 1080.0;
    const titr_agent_context context = {.n_lanes = SEEDS, .decision_interval_min = 5.0};
    titr_lane_start start[SEEDS];
    unsigned char first[SEEDS], running[SEEDS];
    titr_agent *agent = NULL;
    titr_env *env = NULL;
    double in_range = 0.0, low = 0.0, very_low = 0.0, failed = 0.0;
    for (size_t l = 0; l < SEEDS; l++) {
        start[l] =
            (titr_lane_start){l, &lab->cohort.child[child], &lab->cohort.child[child].published,
                              lab->e->seed, 1 + (uint32_t)l};
        first[l] = running[l] = 1;
    }
    cr_assert_eq(titr_agent_create(slot, &context, &agent, NULL), TITR_OK);
    cr_assert_eq(titr_env_create(&def, SEEDS, &env, NULL), TITR_OK);
    cr_assert_eq(titr_env_reset(env, start, SEEDS, NULL), TITR_OK);
    const titr_env_view *v = titr_env_look(env);
    const titr_batch batch = {.n = SEEDS, .record = &v->record, .first = first, .running = running};
    while (running[0] || running[1]) {
        titr_decision decision[SEEDS] = {0};
        for (size_t l = 0; l < SEEDS; l++) {
            const double g = (double)(float)v->glucose_mg_dl[l];
            in_range += running[l] && g >= 70.0 && g <= 180.0;
            low += running[l] && g < 70.0;
            very_low += running[l] && g < 54.0;
        }
        cr_assert_eq(agent->type->act(agent->self, &batch, TITR_ACT_GREEDY, decision, NULL),
                     TITR_OK);
        const titr_dose dose[SEEDS] = {decision[0].dose, decision[1].dose};
        cr_assert_eq(titr_env_step(env, dose, NULL), TITR_OK);
        for (size_t l = 0; l < SEEDS; l++) {
            failed += running[l] && v->end[l] == TITR_END_TERMINATED;
            running[l] = v->end[l] == TITR_END_NONE;
            first[l] = 0;
        }
    }
    titr_env_destroy(env);
    titr_agent_destroy(agent);
    const double percent = 100.0 / (SEEDS * 216.0);
    return percent * (in_range - 0.5 * low - 10.0 * very_low) -
           5.0 * fmax(0.0, percent * low - 1.2) - 60.0 * failed / SEEDS;
}

static double tuned(const titri_lab *lab, size_t child, const char *option)
{
    return *(double *)test_option(lab->policy[0].tuned[child], option);
}

Test(tune_population, a_child_gets_what_is_best_for_the_other)
{
    static const double gain[] = {0.05, 0.1, 0.2, 0.4}, integral[] = {2000.0, 1e6},
                        derivative[] = {60.0, 120.0};
    titr_experiment *e = experiment("tune.days=1000.0", NULL); /* the grid and the start */
    titri_lab *lab = small_lab(e);
    for (size_t child = 0; child < 2; child++) {
        const size_t other = 1 - child;
        const double found = play(lab, other, lab->policy[0].tuned[child]);
        titr_slot slot = test_slot(titr_agent_find("pid"));
        test_set_flag(slot, "meal_bolus", 1);
        double best = play(lab, other, slot);
        for (size_t i = 0; i < POINTS; i++) {
            test_set_real(slot, "gain_per_h", gain[i % 4]);
            test_set_real(slot, "integral_time_min", integral[i / 4 % 2]);
            test_set_real(slot, "derivative_time_min", derivative[i / 8]);
            best = fmax(best, play(lab, other, slot));
        }
        cr_assert_float_eq(found, best, 1e-9, "child %zu: %g, best %g", child, found, best);
        titr_slot_fini(&slot);
    }
    cr_assert_eq(*(double *)test_option(e->policy[0].agent, "integral_time_min"), 1e4);
    titri_lab_destroy(lab);
    small_free(e);
}

/* 2 seeds x 0.75 d x 1 child = 1.5 d a trial. */
Test(tune_population, simulated_days_are_counted_and_told)
{
    small_watch w;
    small_watch_init(&w, 0);
    titr_experiment *e = experiment("tune.days=10.0", NULL);
    titri_lab *lab = NULL;
    titr_error err = {.what = ""};
    small_folder(e);
    cr_assert_eq(titri_lab_create(e, &w.watch, &lab, &err), TITR_OK, "%s", err.what);
    cr_assert_not_null(
        strstr(w.line, "pid, fold 2: 6 trials of 1.5 d = 9 of 10 simulated days, score "), "%s",
        w.line);
    cr_assert_not_null(strstr(w.line, " gain_per_h = "), "%s", w.line);
    cr_assert_eq(w.calls, 12);
    titri_lab_destroy(lab);
    small_folder_remove(e);
    small_free(e);
}

Test(tune_population, without_days_it_gets_what_a_learner_gets)
{
    titr_experiment *e = small_experiment(PID ", " SMALL_Q, NULL);
    cr_assert_float_eq(titri_tune_days(e), 600.0 * 5.0 / 1440.0, 1e-12);
    small_free(e);
    e = small_experiment(PID, "train.steps=2880", NULL);
    cr_assert_float_eq(titri_tune_days(e), 10.0, 1e-12);
    small_free(e);
}

Test(tune_population, threads_change_nothing)
{
    double value[2][2];
    for (int threads = 1; threads <= 2; threads++) {
        titr_experiment *e = experiment("tune.days=12.0", "split.folds=2");
        omp_set_num_threads(threads);
        titri_lab *lab = small_lab(e);
        for (size_t c = 0; c < 2; c++) {
            value[threads - 1][c] = tuned(lab, c, "gain_per_h") +
                                    tuned(lab, c, "integral_time_min") +
                                    tuned(lab, c, "derivative_time_min");
        }
        titri_lab_destroy(lab);
        small_free(e);
    }
    cr_assert_eq(memcmp(value[0], value[1], sizeof value[0]), 0);
}

/* Stopped at every stage, then carried on: nothing is played twice, and the setting is the same. */
Test(tune_population, a_stopped_tuning_goes_on_where_it_was)
{
    titr_experiment *e = experiment("tune.days=9.0", NULL);
    titri_lab *lab = NULL;
    titr_error err = {.what = ""};
    small_folder(e);
    cr_assert_eq(titri_lab_create(e, NULL, &lab, &err), TITR_OK, "%s", err.what);
    const double gain[] = {tuned(lab, 0, "gain_per_h"), tuned(lab, 1, "gain_per_h")};
    titri_lab_destroy(lab);
    size_t stops = 0, asked = 0;
    for (int done = 0; !done;) {
        small_watch w;
        small_watch_init(&w, 700); /* a trial asks 216 times */
        lab = NULL;
        const titr_status st = titri_lab_create(e, &w.watch, &lab, &err);
        done = st == TITR_OK;
        asked += w.asks;
        if (!done) {
            small_refused(st, TITR_ERR_STOPPED, &err, "small.pid.tuning.h5 holds the trials made");
            cr_assert_lt(++stops, 10);
        }
    }
    cr_assert_geq(stops, 3);
    cr_assert_lt(asked, 12 * 216 + (stops + 1) * 216 + 12); /* 12 trials, and those cut short */
    cr_assert_eq(tuned(lab, 0, "gain_per_h"), gain[0]);
    cr_assert_eq(tuned(lab, 1, "gain_per_h"), gain[1]);
    titri_lab_destroy(lab);
    small_folder_remove(e);
    small_free(e);
}

/* A stopped tuning of another experiment is told and forgotten. */
Test(tune_population, what_another_set_up_has_left_is_not_used)
{
    small_watch w;
    titr_error err = {.what = ""};
    titri_lab *lab = NULL;
    titr_experiment *e = experiment("tune.days=9.0", NULL);
    small_folder(e);
    small_watch_init(&w, 700);
    small_refused(titri_lab_create(e, &w.watch, &lab, &err), TITR_ERR_STOPPED, &err, "tuning");
    e->tune.days = 3.0;
    small_watch_init(&w, 0);
    cr_assert_eq(titri_lab_create(e, &w.watch, &lab, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(w.calls, 4); /* two trials a fold, none taken over */
    titri_lab_destroy(lab);
    small_folder_remove(e);
    small_free(e);
}

Test(tune_population, true_still_means_per_child)
{
    titr_experiment *e =
        small_experiment("{ name = \"pid\"; agent = \"pid\"; tuned = true; }", NULL);
    cr_assert_eq(e->policy[0].tuned, TITR_TUNED_PER_CHILD);
    small_free(e);
    e = small_experiment("{ name = \"pid\"; agent = \"pid\"; tuned = false; }", NULL);
    cr_assert_eq(e->policy[0].tuned, TITR_TUNED_NO);
    small_free(e);
    e = small_experiment("{ name = \"pid\"; agent = \"pid\"; tuned = \"per_child\"; }", NULL);
    cr_assert_eq(e->policy[0].tuned, TITR_TUNED_PER_CHILD);
    small_free(e);
}
