// SPDX-License-Identifier: GPL-3.0-or-later
/* The clinic record, each observable against its definition. */
#include "support/part.h"
#include "support/world.h"

#include "titrate/base/clinical.h"
#include "titrate/env/pump.h"
#include "titrate/env/sensor.h"

#include <math.h>

/* ---- CGM: a sensor that shows a ramp of 2 mg/dL per minute, sampled every 5 min ---- */

static void ramp_start(const void *def, titr_rng_key key, size_t lane, double *state)
{
    (void)def, (void)key, (void)lane;
    *state = -1.0;
}

/* Also holds that it is asked once a minute, in order. */
static void ramp_read(const void *def, const titr_rng_key *key, const double *time_min,
                      const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    (void)def, (void)glucose_mg_dl;
    cr_assert_eq(key->purpose, TITR_PURPOSE_SENSOR);
    cr_assert_eq(*state + 1.0, *time_min);
    *state = *time_min;
    *reading_mg_dl = 100.0 + 10.0 * floor(*time_min / 5.0);
}

static const titr_sensor_type ramp = {
    .part = {.name = "ramp", .doc = "2 mg/dL per minute", .source = "titrate"},
    .n_state = 1,
    .start = ramp_start,
    .read = ramp_read,
};

static void check_ramp(double interval_min)
{
    world w;
    world_init(&w);
    world_use(&w.def.sensor, &ramp);
    w.def.decision_interval_min = interval_min;
    world_open(&w, 2);
    const titr_record *r = &world_look(&w)->record;
    cr_assert_eq(r->col[TITR_OBS_CGM][1], 100.0);
    cr_assert_eq(r->col[TITR_OBS_CGM_RATE][1], 0.0);
    cr_assert_eq(titr_record_cgm(r, 1, 47), 100.0);
    const size_t steps = (size_t)(720.0 / interval_min);
    for (size_t k = 0; k < steps; k++) {
        world_step(&w, 1.0, 0.0);
    }
    cr_assert_eq(r->col[TITR_OBS_CGM][1], 100.0 + 2.0 * 720.0);
    cr_assert_float_eq(r->col[TITR_OBS_CGM_RATE][1], 2.0, 1e-12);
    cr_assert_float_eq(r->col[TITR_OBS_CGM_MEAN_15][1], 1540.0 - 15.0, 1e-9);
    for (size_t i = 0; i < TITR_CGM_HISTORY; i++) {
        const double at_min = fmax(0.0, 720.0 - interval_min * (double)i);
        cr_assert_eq(titr_record_cgm(r, 1, i), 100.0 + 2.0 * at_min);
    }
    world_fini(&w);
}

Test(clinic, cgm_slope_mean_and_history)
{
    check_ramp(5.0);
    check_ramp(15.0);
    check_ramp(60.0);
}

/* ---- averages of the last days against their sum, reading by reading ---- */

static void saw_read(const void *def, const titr_rng_key *key, const double *time_min,
                     const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    (void)def, (void)key, (void)glucose_mg_dl;
    *state = *time_min;
    *reading_mg_dl = 50.0 + fmod(7.0 * *time_min, 100.0); /* below 70 in every fifth minute */
}

Test(clinic, averages_of_the_last_days_fade_with_time)
{
    const titr_sensor_type saw = {
        .part = {.name = "saw", .doc = "up and down", .source = "titrate"},
        .n_state = 1,
        .start = ramp_start,
        .read = saw_read,
    };
    world w;
    world_init(&w);
    world_use(&w.def.sensor, &saw);
    w.def.horizon_min = 5760.0;
    world_open(&w, 2);
    const titr_record *r = &world_look(&w)->record;
    cr_assert_eq(r->col[TITR_OBS_CGM_MEAN_2D][1], 50.0);
    cr_assert_eq(r->col[TITR_OBS_CGM_LOW_2D][1], 0.0);
    for (size_t k = 0; k < 1152; k++) {
        world_step(&w, 1.0, 0.0);
    }
    /* minute t weighs e^-(5760 - t) / 2880 - e^-(5761 - t) / 2880, the start e^-2 */
    double mean_mg_dl = exp(-2.0) * 50.0, low_percent = 0.0;
    for (int t = 1; t <= 5760; t++) {
        const double weight = exp((t - 5760) / 2880.0) - exp((t - 5761) / 2880.0);
        const double cgm_mg_dl = 50.0 + (7 * t) % 100;
        mean_mg_dl += weight * cgm_mg_dl;
        low_percent += cgm_mg_dl < 70.0 ? 100.0 * weight : 0.0;
    }
    cr_assert_float_eq(r->col[TITR_OBS_CGM_MEAN_2D][1], mean_mg_dl, 1e-9);
    cr_assert_float_eq(r->col[TITR_OBS_CGM_LOW_2D][1], low_percent, 1e-9);
    world_fini(&w);
}

/* ---- insulin on board against the sum over everything given ---- */

Test(clinic, insulin_on_board_is_the_sum_over_what_was_given)
{
    world w;
    world_init(&w);
    w.def.ends_at_limits = 0;
    w.def.iob_duration_min = 180.0;
    w.def.iob_peak_min = 55.0;
    world_open(&w, 2);
    const titr_env_view *view = world_look(&w);
    double extra_u[100] = {0}, bolus_u[100] = {0};
    for (int k = 0; k < 100; k++) {
        const double level = k % 7 < 3 ? 0.0 : 1.8;
        bolus_u[k] = k % 23 == 4 ? 0.6 : 0.0;
        extra_u[k] = (level - 1.0) * world_basal_u_per_h(&w, 1) / 12.0;
        world_step(&w, level, bolus_u[k]);
        double bolus_iob_u = 0.0, basal_iob_u = 0.0;
        for (int i = 0; i <= k; i++) {
            const double age_min = 5.0 * (k + 1 - i);
            bolus_iob_u += bolus_u[i] * titr_iob_fraction(age_min, 55.0, 180.0);
            basal_iob_u += extra_u[i] * titr_iob_fraction(age_min - 2.5, 55.0, 180.0);
        }
        const titr_record *r = &view->record;
        const titr_patient *patient = &w.cohort.child[1].patient;
        cr_assert_float_eq(r->col[TITR_OBS_BOLUS_IOB][1], bolus_iob_u, 1e-12);
        cr_assert_float_eq(r->col[TITR_OBS_IOB][1], bolus_iob_u + basal_iob_u, 1e-12);
        cr_assert_eq(view->iob_u[1], r->col[TITR_OBS_IOB][1]);
        cr_assert_float_eq(r->col[TITR_OBS_IOB_PER_KG][1] * patient->weight_kg, view->iob_u[1],
                           1e-12);
        cr_assert_float_eq(r->col[TITR_OBS_IOB_FRACTION][1] * r->col[TITR_OBS_TDI][1],
                           view->iob_u[1], 1e-12);
        cr_assert_float_eq(r->col[TITR_OBS_BASAL_IOB_FRACTION][1] * r->col[TITR_OBS_TDI][1],
                           basal_iob_u, 1e-12);
    }
    world_fini(&w);
}

/* ---- announcements ---- */

static const double meals_min[] = {30.0, 482.0, 485.0, 720.0, 1435.0};
static const double meals_g[] = {7.0, 20.0, 5.0, 50.0, 9.0};
enum { MEALS = 5 };

/* What a decision at `now_min` is told, from the definition in env.h. */
static void told(const world *w, double now_min, double *now_g, double *recent_g, double *since_min)
{
    const double interval = w->def.decision_interval_min;
    *now_g = *recent_g = 0.0;
    *since_min = 1440.0;
    for (int day = 0; day < 3; day++) {
        for (int i = 0; i < MEALS; i++) {
            const double at_min = 1440.0 * day + meals_min[i] - w->def.clock_start_min;
            double decision_min = interval * floor(at_min / interval);
            decision_min += w->def.announce == TITR_ANNOUNCE_LATE ? interval : 0.0;
            if (at_min < 0.0 || decision_min > now_min) {
                continue;
            }
            *now_g += decision_min == now_min ? meals_g[i] : 0.0;
            *recent_g += now_min - decision_min < 240.0 ? meals_g[i] : 0.0;
            *since_min = fmin(now_min - decision_min, 1440.0);
        }
    }
}

static void check_announcements(double interval_min, double clock_start_min, int late)
{
    world w;
    world_init(&w);
    w.def.decision_interval_min = interval_min;
    w.def.clock_start_min = clock_start_min;
    w.def.announce = late ? TITR_ANNOUNCE_LATE : TITR_ANNOUNCE_BEFORE;
    w.def.ends_at_limits = 0;
    w.def.horizon_min = 2880.0;
    world_meals(&w, meals_min, meals_g, MEALS);
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    double announced_g = 0.0, eaten_g = 0.0;
    while (view->end[0] == TITR_END_NONE) {
        const double now_min = view->time_min[0];
        double now_g = 0.0, recent_g = 0.0, since_min = 0.0;
        told(&w, now_min, &now_g, &recent_g, &since_min);
        const titr_record *r = &view->record;
        cr_assert_eq(r->col[TITR_OBS_CARBS_ANNOUNCED][0], now_g, "at %g min", now_min);
        cr_assert_eq(r->col[TITR_OBS_CARBS_4H][0], recent_g, "at %g min", now_min);
        cr_assert_float_eq(r->col[TITR_OBS_CARBS_4H_FRACTION][0] * r->col[TITR_OBS_TDI][0] *
                               r->col[TITR_OBS_CR][0],
                           recent_g, 1e-12);
        cr_assert_eq(r->col[TITR_OBS_SINCE_MEAL][0], since_min, "at %g min", now_min);
        cr_assert_eq(r->col[TITR_OBS_TIME][0], now_min);
        cr_assert_eq(r->col[TITR_OBS_TIME_OF_DAY][0], fmod(clock_start_min + now_min, 1440.0));
        announced_g += r->col[TITR_OBS_CARBS_ANNOUNCED][0];
        world_step(&w, 1.0, 0.0);
        eaten_g += view->carbs_g[0];
    }
    cr_assert_float_eq(eaten_g, 182.0, 1e-9); /* two whole days, whenever they begin */
    announced_g += late ? view->record.col[TITR_OBS_CARBS_ANNOUNCED][0] : 0.0;
    cr_assert_eq(announced_g, 182.0);
    world_fini(&w);
}

Test(clinic, meals_are_announced_at_the_decision_before_them)
{
    check_announcements(5.0, 0.0, 0);
    check_announcements(60.0, 300.0, 0);
    check_announcements(480.0, 300.0, 0); /* intervals across midnight */
}

Test(clinic, or_at_the_one_after_them_as_the_peer_does)
{
    check_announcements(5.0, 0.0, 1);
    check_announcements(30.0, 361.0, 1);
}

Test(clinic, a_forgotten_meal_is_eaten_and_not_announced)
{
    world w;
    world_init(&w);
    world_random_meals(&w);
    test_set_real(w.def.scenario[0], "missed_bolus_probability", 1.0);
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    double eaten_g = 0.0;
    for (int k = 0; k < 288; k++) {
        cr_assert_eq(view->record.col[TITR_OBS_CARBS_ANNOUNCED][0], 0.0);
        cr_assert_eq(view->record.col[TITR_OBS_SINCE_MEAL][0], 1440.0);
        world_step(&w, 1.0, 0.0);
        eaten_g += view->carbs_g[0];
    }
    cr_assert_gt(eaten_g, 20.0);
    world_fini(&w);
}

Test(clinic, nobody_tells_of_meals_that_are_not_to_be_announced)
{
    world w;
    world_init(&w);
    w.def.announce = TITR_ANNOUNCE_NONE;
    world_meals(&w, meals_min, meals_g, MEALS);
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    double eaten_g = 0.0;
    for (int k = 0; k < 288; k++) {
        cr_assert_eq(view->record.col[TITR_OBS_CARBS_ANNOUNCED][0], 0.0);
        cr_assert_eq(view->record.col[TITR_OBS_CARBS_4H][0], 0.0);
        cr_assert_eq(view->record.col[TITR_OBS_SINCE_MEAL][0], 1440.0);
        cr_assert_eq(view->record.col[TITR_OBS_CORRECTION_RATIO][0], 0.0);
        world_step(&w, 1.0, 0.0);
        eaten_g += view->carbs_g[0];
    }
    cr_assert_float_eq(eaten_g, 91.0, 1e-9);
    world_fini(&w);
}

/* ---- therapy settings by the hour ---- */

Test(clinic, settings_follow_the_clock)
{
    world w;
    titr_error err = {0};
    world_init(&w);
    w.def.clock_start_min = 23.0 * 60.0 + 30.0;
    w.def.decision_interval_min = 20.0;
    w.def.horizon_min = 1440.0;
    w.def.ends_at_limits = 0;
    world_open(&w, 1);
    titr_therapy therapy = w.cohort.child[0].published;
    for (size_t h = 0; h < 24; h++) {
        therapy.basal_u_per_h[h] = 0.1 * (double)(h + 1);
        therapy.cr_g_per_u[h] = 10.0 + (double)h;
        therapy.cf_mg_dl_per_u[h] = 50.0 + (double)h;
        therapy.target_mg_dl[h] = 100.0 + (double)h;
    }
    w.start[0].therapy = &therapy;
    world_restart(&w, 0);
    const titr_env_view *view = world_look(&w);
    const titr_record *r = &view->record;
    for (size_t k = 0; k < 72; k++) {
        const size_t clock_min = (1410 + 20 * k) % 1440, h = clock_min / 60;
        cr_assert_eq(r->col[TITR_OBS_BASAL][0], therapy.basal_u_per_h[h]);
        cr_assert_eq(r->col[TITR_OBS_CR][0], therapy.cr_g_per_u[h]);
        cr_assert_eq(r->col[TITR_OBS_CF][0], therapy.cf_mg_dl_per_u[h]);
        cr_assert_eq(r->col[TITR_OBS_TARGET][0], therapy.target_mg_dl[h]);
        cr_assert_eq(r->col[TITR_OBS_TDI][0], therapy.tdi_u_per_day);
        /* the rate scheduled on the average of the interval leaves nothing on board */
        const size_t after = (clock_min + 19) / 60 % 24;
        const double in_first = after == h ? 20.0 : 60.0 - (double)(clock_min % 60);
        const titr_dose dose = {(therapy.basal_u_per_h[h] * in_first +
                                 therapy.basal_u_per_h[after] * (20.0 - in_first)) /
                                    20.0,
                                0.0};
        cr_assert_eq(titr_env_step(w.env, &dose, &err), TITR_OK);
        cr_assert_float_eq(r->col[TITR_OBS_IOB][0], 0.0, 1e-12);
    }
    cr_assert_eq(r->col[TITR_OBS_AGE][0], w.cohort.child[0].patient.age_years);
    cr_assert_eq(r->col[TITR_OBS_WEIGHT][0], w.cohort.child[0].patient.weight_kg);
    world_fini(&w);
}

/* The mask is the action set's, at each decision. */
Test(clinic, the_mask_follows_the_reading)
{
    world w;
    world_init(&w);
    world_use(&w.def.sensor, &ramp);
    test_set_real(w.def.actions, "mask_above_1_below_mg_dl", 150.0);
    world_open(&w, 1);
    const titr_env_view *view = world_look(&w);
    cr_assert_eq(view->n_levels, 5);
    for (int k = 0; k < 10; k++) {
        const int low = view->record.col[TITR_OBS_CGM][0] < 150.0;
        cr_assert_eq(low, k < 5);
        cr_assert_arr_eq(
            view->mask,
            low ? ((unsigned char[]){1, 1, 1, 0, 0}) : ((unsigned char[]){1, 1, 1, 1, 1}), 5);
        world_step(&w, 1.0, 0.0);
    }
    world_fini(&w);
}
