// SPDX-License-Identifier: GPL-3.0-or-later
/* Episodes as they are recorded: whole, in order, and with how they ended. */
#include "runner/episodes.h"
#include "small.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { SEEDS = 2, DAY = 288 };

static void init(titr_trajectory *t)
{
    for (size_t k = 0; k < SEEDS; k++) {
        titr_trajectory_init(&t[k]);
    }
}

static void fini(titr_trajectory *t)
{
    for (size_t k = 0; k < SEEDS; k++) {
        titr_trajectory_fini(&t[k]);
    }
}

static void play(const titri_lab *lab, size_t child, titr_trajectory *t)
{
    titr_error err = {.what = ""};
    const titri_ward ward = {0, child, 1, SEEDS, TITRI_PLAIN};
    cr_assert_eq(titri_episodes(lab, &ward, t, &err), TITR_OK, "%s", err.what);
}

static void check_rows(const titr_trajectory *t)
{
    double carbs_g = 0.0, minutes_g = 0.0;
    cr_assert_eq(t->n, DAY);
    for (size_t k = 0; k < t->n; k++) {
        cr_assert_eq((double)t->time_min[k], 5.0 * (double)k);
        cr_assert_eq((double)t->elapsed_min[k], 5.0);
        carbs_g += (double)t->carbs_g[k];
    }
    cr_assert_eq(t->minutes.n, 1440);
    for (size_t k = 0; k < t->minutes.n; k++) {
        cr_assert_eq((double)t->minutes.time_min[k], (double)(k + 1));
        minutes_g += (double)t->minutes.carbs_g[k];
        if ((k + 1) % 5 == 0 && k + 1 < 1440) {
            cr_assert_eq(
                memcmp(&t->minutes.glucose_mg_dl[k], &t->glucose_mg_dl[(k + 1) / 5], sizeof(float)),
                0);
        }
    }
    cr_assert_float_eq(carbs_g, 40.0, 1e-4);
    cr_assert_float_eq(minutes_g, 40.0, 1e-4);
}

Test(episodes, every_decision_and_minute_is_recorded)
{
    titr_experiment *e = small_experiment(SMALL_BB, "record.what=minutes", "record.states=true",
                                          "record.learning=true", NULL);
    titri_lab *lab = small_lab(e);
    titr_trajectory t[SEEDS];
    init(t);
    play(lab, 0, t);
    play(lab, 1, t); /* what was recorded before is forgotten */
    for (size_t k = 0; k < SEEDS; k++) {
        cr_assert_str_eq(t[k].policy, "bb");
        cr_assert_str_eq(t[k].patient, "child#002");
        cr_assert(t[k].seed == 7 && t[k].episode == 1001 + k);
        cr_assert(t[k].end == TITR_END_TRUNCATED && t[k].end_min == 1440.0);
        cr_assert_eq(t[k].horizon_min, 1440.0);
        cr_assert_eq(
            memcmp(&t[k].final_glucose_mg_dl, &t[k].minutes.glucose_mg_dl[1439], sizeof(float)), 0);
        cr_assert_str_empty(t[k].fault);
        check_rows(&t[k]);
        cr_assert_eq(t[k].width[TITR_PANEL_STATES], lab->model->states.n);
        cr_assert_eq(t[k].width[TITR_PANEL_OBSERVATIONS], TITR_OBS_N);
    }
    fini(t);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(episodes, decisions_alone_are_recorded_unless_more_is_asked_for)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titri_lab *lab = small_lab(e);
    titr_trajectory t[SEEDS];
    init(t);
    play(lab, 0, t);
    cr_assert(t[0].n == DAY && t[0].minutes.n == 0);
    cr_assert(t[0].width[TITR_PANEL_STATES] == 0 && t[0].width[TITR_PANEL_MASK] == 0);
    fini(t);
    titri_lab_destroy(lab);
    small_free(e);
}

/* 20 units for a breakfast */
Test(episodes, an_episode_that_left_the_limits_ends_there)
{
    titr_experiment *e = small_experiment("{ name = \"bb\"; agent = \"basal_bolus\"; settings = "
                                          "\"typed\"; settings_cr_g_per_u = 2.0; }",
                                          NULL);
    titri_lab *lab = small_lab(e);
    titr_trajectory t[SEEDS];
    init(t);
    play(lab, 0, t);
    cr_assert_eq(t[1].end, TITR_END_TERMINATED);
    cr_assert(t[1].end_min > SMALL_MEAL_MIN && t[1].end_min < 1440.0, "%g min", t[1].end_min);
    cr_assert_lt((double)t[1].final_glucose_mg_dl, 40.0);
    cr_assert_eq(t[1].n, (size_t)ceil(t[1].end_min / 5.0));
    cr_assert_lt((double)t[1].reward[t[1].n - 1], -1000.0); /* dying has its price */
    fini(t);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(episodes, a_fault_says_what_where_and_when)
{
    titr_experiment *e = small_experiment(SMALL_BB, "record.learning=true", NULL);
    titri_lab *lab = small_lab(e);
    titr_trajectory t[SEEDS];
    init(t);
    lab->env.solver = (titr_slot){.type = &small_broken};
    play(lab, 0, t);
    cr_assert_eq(t[0].end, TITR_END_FAULT);
    cr_assert_str_eq(t[0].fault, "non_finite at 60 min: qsto1_mg = -1.5");
    cr_assert_eq(t[0].end_min, 60.0);
    cr_assert(isnan((double)t[0].final_glucose_mg_dl) && isnan((double)t[0].final_cgm_mg_dl));
    cr_assert(isnan((double)t[0].reward[t[0].n - 1]));
    /* nothing was seen at the end either, but everything at the last decision */
    const titr_panel both[] = {TITR_PANEL_OBSERVATIONS, TITR_PANEL_MASK};
    for (size_t p = 0; p < 2; p++) {
        cr_assert(isnan((double)titr_trajectory_panel_row(&t[0], both[p], t[0].n)[0]));
        cr_assert(!isnan((double)titr_trajectory_panel_row(&t[0], both[p], t[0].n - 1)[0]));
    }
    fini(t);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(episodes, stops_when_asked_and_passes_errors_on)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    titri_lab *lab = small_lab(e);
    titr_trajectory t[SEEDS];
    small_watch w;
    titr_error err = {.what = ""};
    init(t);
    small_watch_init(&w, 10);
    lab->watch = &w.watch;
    const titri_ward ward = {0, 0, 1, SEEDS, TITRI_PLAIN};
    cr_assert_eq(titri_episodes(lab, &ward, t, &err), TITR_ERR_STOPPED);
    cr_assert_eq(t[0].n, 9);
    cr_assert_str_empty(err.what); /* the caller knows what was saved */
    lab->watch = NULL;
    lab->env.decision_interval_min = 0.5;
    small_refused(titri_episodes(lab, &ward, t, &err), TITR_ERR_RANGE, &err, "decision_interval");
    fini(t);
    titri_lab_destroy(lab);
    small_free(e);
}

static void same_trajectory(const titr_trajectory *a, const titr_trajectory *b)
{
    cr_assert_str_eq(a->patient, b->patient);
    cr_assert(a->episode == b->episode && a->end == b->end && a->n == b->n);
#define X(name, type, unit, doc) cr_assert_arr_eq(a->name, b->name, a->n * sizeof *a->name, #name);
    TITR_STEP_COLUMNS(X)
#undef X
    for (size_t p = 0; p < TITR_N_PANELS; p++) {
        cr_assert_eq(a->width[p], b->width[p]);
        if (a->width[p] > 0) { /* a panel that is not recorded has no rows */
            cr_assert_arr_eq(a->panel[p], b->panel[p], (a->n + 1) * a->width[p] * sizeof(float));
        }
    }
}

/* Children side by side in blocks of lanes live as each does alone. */
Test(episodes, a_ward_of_children_is_each_child)
{
    titr_experiment *e =
        small_experiment(SMALL_BB, "record.states=true", "record.learning=true", NULL);
    titri_lab *lab = small_lab(e);
    titr_trajectory alone[SEEDS], together[2 * SEEDS];
    titr_error err = {.what = ""};
    const titri_ward both = {0, 0, 2, SEEDS, TITRI_PLAIN};
    init(alone);
    init(together);
    init(together + SEEDS);
    cr_assert(titri_lab_same_agent(lab, 0, 0, 1));
    cr_assert_eq(titri_episodes(lab, &both, together, &err), TITR_OK, "%s", err.what);
    for (size_t child = 0; child < 2; child++) {
        play(lab, child, alone);
        for (size_t k = 0; k < SEEDS; k++) {
            same_trajectory(&alone[k], &together[child * SEEDS + k]);
        }
    }
    fini(alone);
    fini(together);
    fini(together + SEEDS);
    titri_lab_destroy(lab);
    small_free(e);
}
