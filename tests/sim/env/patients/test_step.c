// SPDX-License-Identifier: GPL-3.0-or-later
/* Decision intervals against what a child does without an environment: steady states, a day driven
 * minute by minute by hand, and how episodes end. */
#include "support/body.h"
#include "support/part.h"
#include "support/world.h"

#include "support/one_lane.h"
#include "titrate/env/sensor.h"

#include <math.h>

/* A published child under its own basal and without food stays where it is. */
Test(env_step, basal_steady_state_stays_flat)
{
    world w;
    world_init(&w);
    world_open(&w, 10);
    const titr_env_view *view = world_look(&w);
    double start_mg_dl[10];
    memcpy(start_mg_dl, view->glucose_mg_dl, sizeof start_mg_dl);
    for (int k = 0; k < 288; k++) {
        world_step(&w, 1.0, 0.0);
    }
    for (size_t lane = 0; lane < 10; lane++) {
        cr_assert_float_eq(view->glucose_mg_dl[lane], start_mg_dl[lane], 1e-6);
        cr_assert_float_eq(view->record.col[TITR_OBS_IOB][lane], 0.0, 1e-9);
        cr_assert_eq(view->record.col[TITR_OBS_CGM][lane], view->glucose_mg_dl[lane]);
    }
    world_fini(&w);
}

/* Meals with boluses, by the environment in spans of constant inputs and by hand minute by
 * minute. */
static void compare_with_hand_driven(const char *mode, double rtol, double tolerance_mg_dl)
{
    static const double at_min[] = {420.0, 433.0, 720.0, 1080.0},
                        carbs_g[] = {45.0, 13.0, 62.5, 40};
    world w;
    titr_error err = {0};
    world_init(&w);
    world_mode(&w, mode);
    world_meals(&w, at_min, carbs_g, 4);
    test_set_real(w.def.solver, "rtol", rtol);
    w.def.keep_minutes = 1;
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    body b;
    cr_assert_eq(body_init(&b, &w.cohort.child[0].patient, mode, w.def.solver, &err), TITR_OK);
    const double basal_u_per_h = world_basal_u_per_h(&w, 0);
    double eaten_g = 0.0, insulin_u = 0.0;
    size_t meal = 0;
    for (int k = 0; k < 288; k++) {
        const double level = k % 36 < 18 ? 0.7 : 1.2;
        const double bolus_u = view->record.col[TITR_OBS_CARBS_ANNOUNCED][0] / 25.0;
        world_step(&w, level, bolus_u);
        cr_assert_eq(view->n_minutes[0], 5);
        for (int m = 0; m < 5; m++) {
            const int now_min = 5 * k + m;
            const int begins = meal < 4 && at_min[meal] == now_min;
            const double bolus_now_u = m == 0 ? bolus_u : 0.0;
            cr_assert_eq(body_minute(&b, begins ? carbs_g[meal] : 0.0,
                                     level * basal_u_per_h / 60.0 + bolus_now_u, &err),
                         TITR_OK);
            meal += (size_t)begins;
            cr_assert_float_eq(view->minute_glucose_mg_dl[m], body_output(&b, "glucose_mg_dl"),
                               tolerance_mg_dl, "%s, minute %d", mode, now_min);
        }
        cr_assert_eq(view->glucose_mg_dl[0], view->minute_glucose_mg_dl[4]);
        eaten_g += view->carbs_g[0];
        insulin_u += view->insulin_u[0] - level * basal_u_per_h / 12.0;
    }
    cr_assert_eq(meal, 4);
    cr_assert_float_eq(eaten_g, 160.5, 1e-9);
    cr_assert_float_eq(insulin_u, 160.5 / 25.0, 1e-9);
    double state[TITR_STATES_MAX];
    titr_env_state(w.env, 0, state);
    for (size_t i = 0; i < view->n_states; i++) {
        cr_assert_float_eq(state[i], b.x[i], 1e-5 * fmax(1.0, fabs(b.x[i])));
    }
    body_fini(&b);
    world_fini(&w);
}

Test(env_step, a_day_equals_one_driven_by_hand)
{
    compare_with_hand_driven("safe", 1e-10, 1e-6);
    compare_with_hand_driven("faithful", 1e-10, 1e-6);
}

/* What the pump delivers enters the child, minute by minute, pulses and remainder included. */
Test(env_step, insulin_is_what_the_pump_delivers)
{
    world w;
    world_init(&w);
    const titr_pump_type *pump = titr_pump_find("pump");
    world_use(&w.def.pump, pump);
    w.def.ends_at_limits = 0;
    w.def.keep_minutes = 1;
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    double state[TITR_PUMP_ROWS] = {0};
    double basal_u = 0.0, delivered_u = 0.0, bolus_u = 0.0;
    for (int k = 0; k < 100; k++) {
        const titr_dose dose = {0.37 + 0.1 * (k % 3), k % 40 == 7 ? 0.83 : 0.0};
        titr_error err = {0};
        cr_assert_eq(titr_env_step(w.env, &dose, &err), TITR_OK);
        pump_request(pump, w.def.pump.def, state, dose.basal_u_per_h, dose.bolus_u);
        cr_assert_eq(view->programmed_u_per_h[0], state[TITR_PUMP_PROGRAMMED]);
        double sum_u = 0.0;
        for (int m = 0; m < 5; m++) {
            const double minute_u = pump_minute(pump, w.def.pump.def, state);
            cr_assert_eq(view->minute_insulin_u[m], minute_u);
            sum_u += minute_u;
        }
        cr_assert_float_eq(view->insulin_u[0], sum_u, 1e-12);
        delivered_u += view->insulin_u[0];
        basal_u += view->basal_u[0];
        bolus_u += dose.bolus_u;
    }
    cr_assert_float_eq(delivered_u, basal_u + bolus_u, 0.05 + 1e-9);
    world_fini(&w);
}

/* ---- ends ---- */

static void overdose(const char *mode)
{
    world w;
    world_init(&w);
    world_mode(&w, mode);
    w.def.keep_minutes = 1;
    w.def.terminal_penalty = 1000.0;
    world_open(&w, 2);
    const titr_env_view *view = world_look(&w);
    titr_error err = {0};
    titr_dose dose[] = {{0.0, 15.0}, {world_basal_u_per_h(&w, 1), 0.0}};
    int k = 0;
    for (; k < 288 && view->end[0] == TITR_END_NONE; k++) {
        cr_assert_eq(titr_env_step(w.env, dose, &err), TITR_OK);
        dose[0].bolus_u = 0.0;
    }
    cr_assert_eq(view->end[0], TITR_END_TERMINATED, "%s: %s", mode, titr_end_name(view->end[0]));
    cr_assert_eq(view->end[1], TITR_END_NONE);
    const size_t lived = view->n_minutes[0];
    cr_assert(lived >= 1 && lived <= 5);
    cr_assert_eq(view->elapsed_min[0], (double)lived);
    cr_assert_eq(view->time_min[0], 5.0 * (k - 1) + (double)lived);
    cr_assert_lt(view->glucose_mg_dl[0], 40.0);
    cr_assert_eq(view->minute_glucose_mg_dl[lived - 1], view->glucose_mg_dl[0]);
    cr_assert(lived == 1 || view->minute_glucose_mg_dl[lived - 2] >= 40.0);
    cr_assert_lt(view->reward[0], -1000.0);
    cr_assert_gt(view->reward[1], -1000.0);
    cr_assert_eq(view->record.col[TITR_OBS_CGM][0], view->glucose_mg_dl[0]);
    world_fini(&w);
}

Test(env_step, leaving_the_limits_terminates_at_that_very_minute)
{
    overdose("safe");
    overdose("faithful");
}

Test(env_step, high_glucose_terminates_too_and_both_can_be_turned_off)
{
    static const double at_min[] = {0.0}, carbs_g[] = {300.0};
    world w;
    world_init(&w);
    world_meals(&w, at_min, carbs_g, 1);
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    for (int k = 0; k < 287; k++) {
        world_step(&w, 0.0, 0.0);
    }
    cr_assert_eq(view->end[0], TITR_END_TERMINATED);
    cr_assert_gt(view->glucose_mg_dl[0], 600.0);
    titr_env_destroy(w.env);
    w.def.ends_at_limits = 0;
    world_open(&w, 1);
    view = world_look(&w);
    for (int k = 0; k < 287; k++) {
        world_step(&w, 0.0, 0.0);
    }
    cr_assert_eq(view->end[0], TITR_END_NONE);
    cr_assert_gt(view->glucose_mg_dl[0], 600.0);
    world_fini(&w);
}

Test(env_step, truncates_exactly_at_the_horizon)
{
    world w;
    world_init(&w);
    w.def.decision_interval_min = 15.0;
    w.def.horizon_min = 90.0;
    world_open(&w, 2);
    const titr_env_view *view = world_look(&w);
    for (int k = 1; k <= 6; k++) {
        cr_assert_eq(view->end[0], TITR_END_NONE);
        cr_assert_eq(view->record.col[TITR_OBS_TIME_LEFT][0], 90.0 - 15.0 * (k - 1));
        world_step(&w, 1.0, 0.0);
        cr_assert_eq(view->time_min[0], 15.0 * k);
        cr_assert_eq(view->elapsed_min[0], 15.0);
    }
    cr_assert_eq(view->end[0], TITR_END_TRUNCATED);
    cr_assert_eq(view->end[1], TITR_END_TRUNCATED);
    world_fini(&w);
}

Test(env_step, an_ended_lane_ignores_decisions_until_it_is_reset)
{
    world w;
    world_init(&w);
    w.def.horizon_min = 60.0;
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    for (int k = 0; k < 12; k++) {
        world_step(&w, 1.5, 0.0);
    }
    cr_assert_eq(view->end[0], TITR_END_TRUNCATED);
    double before[WORLD_SNAPSHOT_MAX], after[WORLD_SNAPSHOT_MAX];
    const size_t n = world_snapshot(&w, 0, before);
    const titr_dose nonsense = {(double)NAN, 1e9};
    titr_error err = {0};
    for (int k = 0; k < 3; k++) {
        cr_assert_eq(titr_env_step(w.env, &nonsense, &err), TITR_OK);
    }
    world_snapshot(&w, 0, after);
    cr_assert_arr_eq(before, after, n * sizeof *before);
    world_restart(&w, 0);
    cr_assert_eq(view->end[0], TITR_END_NONE);
    cr_assert_eq(view->time_min[0], 0.0);
    world_fini(&w);
}

Test(env_step, resetting_a_lane_leaves_the_others_untouched)
{
    world w;
    world_init(&w);
    world_random_meals(&w);
    world_open(&w, 3);
    const titr_env_view *view = world_look(&w);
    for (int k = 0; k < 100; k++) {
        world_step(&w, 1.3, 0.0);
    }
    double before[2][WORLD_SNAPSHOT_MAX], after[2][WORLD_SNAPSHOT_MAX];
    const size_t n = world_snapshot(&w, 0, before[0]);
    world_snapshot(&w, 2, before[1]);
    world_restart(&w, 1);
    world_snapshot(&w, 0, after[0]);
    world_snapshot(&w, 2, after[1]);
    cr_assert_arr_eq(before[0], after[0], n * sizeof(double));
    cr_assert_arr_eq(before[1], after[1], n * sizeof(double));
    cr_assert_eq(view->time_min[1], 0.0);
    cr_assert_eq(view->record.col[TITR_OBS_IOB][1], 0.0);
    world_fini(&w);
}

/* ---- random streams ---- */

static double trace(uint64_t seed, uint32_t episode, double *cgm_mg_dl)
{
    world w;
    world_init(&w);
    world_random_meals(&w);
    world_use(&w.def.sensor, titr_sensor_find("cgm_breton_2008"));
    world_open(&w, 1);
    w.start[0].seed = seed;
    w.start[0].episode = episode;
    world_restart(&w, 0);
    const titr_env_view *view = world_look(&w);
    double carbs_g = 0.0;
    for (int k = 0; k < 288; k++) {
        world_step(&w, 1.0, view->record.col[TITR_OBS_CARBS_ANNOUNCED][0] / 25.0);
        cgm_mg_dl[k] = view->record.col[TITR_OBS_CGM][0];
        carbs_g += view->carbs_g[0];
    }
    world_fini(&w);
    return carbs_g;
}

Test(env_step, the_same_key_gives_the_same_bits_and_another_key_another_day)
{
    static double first[288], again[288], other[288];
    const double carbs_g = trace(1, 1001, first);
    cr_assert_eq(trace(1, 1001, again), carbs_g);
    cr_assert_arr_eq(first, again, sizeof first);
    cr_assert_neq(trace(1, 1002, other), carbs_g);
    cr_assert_neq(first[0], other[0]);
    cr_assert_neq(trace(2, 1001, other), carbs_g);
    cr_assert_neq(first[0], other[0]);
}

/* Decisions of the first day at which a meal is announced. */
static size_t meal_times(size_t n_parts)
{
    world w;
    size_t n = 0;
    world_init(&w);
    for (size_t i = 0; i < n_parts; i++) {
        world_random_meals(&w);
    }
    world_open(&w, 1);
    const titr_env_view *v = world_look(&w);
    while (v->end[0] == TITR_END_NONE) {
        const double carbs_g = v->record.col[TITR_OBS_CARBS_ANNOUNCED][0];
        n += carbs_g > 0.0;
        world_step(&w, 1.0, carbs_g / w.start[0].therapy->cr_g_per_u[0]);
    }
    world_fini(&w);
    return n;
}

/* Two parts of one kind are two appetites, not one of double size. */
Test(env_step, scenario_parts_draw_for_themselves)
{
    const size_t alone = meal_times(1);
    cr_assert_gt(alone, 0);
    cr_assert_gt(meal_times(2), alone);
}
