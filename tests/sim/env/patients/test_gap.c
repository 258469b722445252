// SPDX-License-Identifier: GPL-3.0-or-later
/* A child whose sensor shows nothing for a while, whose sensitivity is another, whose meals are
 * told late: what the clinic knows, and what the body does. */
#include "support/part.h"
#include "support/world.h"
#include "titrate/agents/observe.h"
#include "titrate/agents/shield.h"
#include "titrate/base/units.h"
#include "titrate/env/sensor.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define STEP_MIN 5.0

/* 100 mg/dL + 1 mg/dL per minute, nothing in [gap from, gap to). */
#define GAP_FROM 60.0
#define GAP_TO 90.0

static void start_ramp(const void *def, titr_rng_key key, size_t lane, double *state)
{
    (void)def, (void)key;
    state[lane] = 0.0;
}

static double ramp_at(double time_min)
{
    return time_min >= GAP_FROM && time_min < GAP_TO ? (double)NAN : 100.0 + time_min;
}

static void read_ramp(const void *def, const titr_rng_key *key, const double *time_min,
                      const double *glucose_mg_dl, double *state, double *reading_mg_dl)
{
    (void)def, (void)key, (void)glucose_mg_dl;
    state[0] = time_min[0];
    reading_mg_dl[0] = ramp_at(time_min[0]);
}

static const titr_sensor_type ramp = {
    .part = {.name = "cgm_ramp"}, .n_state = 1, .start = start_ramp, .read = read_ramp};

/* Mean and slope of the readings 0, 5, 10, 15 min ago that are there, from the definition. */
static void expect_trend(const titr_record *r, double now_min, double mean_before)
{
    double n = 0.0, sum = 0.0, st = 0.0, sty = 0.0, stt = 0.0;
    for (int k = 0; k < 4; k++) {
        const double at = now_min - 5.0 * k;
        const double y = at < 0.0 ? 100.0 : ramp_at(at), t = -5.0 * k;
        if (!isnan(y)) {
            n += 1.0;
            sum += y;
            st += t;
            sty += t * y;
            stt += t * t;
        }
    }
    const double slope = n > 1.0 ? (n * sty - st * sum) / (n * stt - st * st) : 0.0;
    cr_assert_float_eq(r->col[TITR_OBS_CGM_RATE][0], slope, 1e-9, "at %g", now_min);
    cr_assert_float_eq(r->col[TITR_OBS_CGM_MEAN_15][0], n > 0.0 ? sum / n : mean_before, 1e-9,
                       "at %g", now_min);
}

/* The last reading before the gap is that of its last minute. */
static void expect_record(const titr_record *r, double now_min)
{
    const int gap = now_min >= GAP_FROM && now_min < GAP_TO;
    const double held = gap ? 100.0 + GAP_FROM - 1.0 : 100.0 + now_min;
    cr_assert_eq(isnan(r->col[TITR_OBS_CGM][0]) != 0, gap, "at %g", now_min);
    cr_assert_eq(titr_record_cgm(r, 0, 0), held, "at %g", now_min);
    cr_assert_eq(titr_record_cgm_held(r, 0), held);
    cr_assert_eq(r->col[TITR_OBS_CGM_AGE][0], gap ? now_min - GAP_FROM + 1.0 : 0.0, "at %g",
                 now_min);
    titr_observer observer = {.n = 2};
    observer.entry[0] = (titr_observe){.what = TITR_OBS_CGM, .history = 1};
    observer.entry[1] = (titr_observe){.what = TITR_OBS_CGM, .history = 4};
    double obs[5];
    titr_observer_fill(&observer, r, obs);
    cr_assert(obs[0] == held && obs[1] == held, "who learns gets the last reading");
    for (size_t i = 0; i < 5; i++) {
        cr_assert(isfinite(obs[i]));
    }
}

Test(gap, the_record_says_that_there_is_none_and_who_doses_gets_the_last)
{
    world w;
    world_init(&w);
    world_use(&w.def.sensor, &ramp);
    world_open(&w, 1);
    const titr_record *r = &world_look(&w)->record;
    double mean = 100.0, weighed_mg_dl = 100.0;
    for (double now = 0.0; now < 180.0; now += STEP_MIN) {
        expect_record(r, now);
        expect_trend(r, now, mean);
        mean = r->col[TITR_OBS_CGM_MEAN_15][0];
        cr_assert_float_eq(r->col[TITR_OBS_CGM_MEAN_2D][0], weighed_mg_dl, 1e-9);
        cr_assert_eq(r->col[TITR_OBS_CGM_LOW_2D][0], 0.0);
        world_step(&w, 1.0, 0.0);
        for (double m = now + 1.0; m <= now + STEP_MIN; m += 1.0) {
            if (!isnan(ramp_at(m))) { /* minutes without a reading count for nothing */
                weighed_mg_dl += -expm1(-1.0 / 2880.0) * (ramp_at(m) - weighed_mg_dl);
            }
        }
    }
    world_fini(&w);
}

/* At 75 min, in the gap, a meal of 30 g: its bolus alone, although the last reading was high. */
Test(gap, a_calculator_without_a_reading_proposes_no_correction)
{
    static const double at_min[] = {55.0, 75.0}, carbs_g[] = {30.0, 30.0};
    world w;
    world_init(&w);
    world_use(&w.def.sensor, &ramp);
    world_meals(&w, at_min, carbs_g, 2);
    world_open(&w, 1);
    titr_therapy therapy;
    titr_therapy_flat(&therapy, 0.4, 20.0, 50.0, 105.0, 18.0);
    w.start[0].therapy = &therapy;
    world_restart(&w, 0);
    const titr_record *r = &world_look(&w)->record;
    for (double now = 0.0; now <= 75.0; now += STEP_MIN) {
        if (now == 55.0) { /* 155 mg/dL */
            cr_assert_float_eq(r->col[TITR_OBS_BOLUS_PROPOSED][0], 1.5 + 1.0, 1e-12);
            cr_assert_float_eq(r->col[TITR_OBS_CORRECTION_RATIO][0], 1.0 / 1.5, 1e-12);
        } else if (now == 75.0) {
            cr_assert_eq(r->col[TITR_OBS_BOLUS_PROPOSED][0], 1.5);
            cr_assert_eq(r->col[TITR_OBS_CORRECTION_RATIO][0], 0.0);
            cr_assert_eq(titr_bolus_calculator_u(r, 0), 1.5);
            cr_assert_eq(titr_correction_bolus_u(r, 0), 0.0);
        }
        world_step(&w, 1.0, 0.0);
    }
    world_fini(&w);
}

/* The guard sees the gap at once: no more than the schedule. */
Test(gap, the_shield_holds_back_what_a_sensor_that_shows_nothing_asked_for)
{
    world w;
    titr_shield *shield = NULL;
    world_init(&w);
    world_use(&w.def.sensor, &ramp);
    world_open(&w, 1);
    titr_shield_def def = {.n = 1};
    def.rule[0] = test_slot(titr_shield_find("sensor_guard"));
    cr_assert_eq(titr_shield_create(&def, 1, STEP_MIN, &shield, NULL), TITR_OK);
    const double basal = world_basal_u_per_h(&w, 0);
    for (double now = 0.0; now < 120.0; now += STEP_MIN) {
        const unsigned char first = now == 0.0, running = 1;
        titr_dose dose = {2.0 * basal, 0.5};
        titr_shield_apply(shield, &world_look(&w)->record, &first, &running, &dose);
        const int gap = now >= GAP_FROM && now < GAP_TO;
        cr_assert_float_eq(dose.basal_u_per_h, gap ? basal : 2.0 * basal, 1e-12, "at %g", now);
        cr_assert_eq(dose.bolus_u, gap ? 0.0 : 0.5);
        world_step(&w, 1.0, 0.0);
    }
    titr_shield_destroy(shield);
    titr_slot_fini(&def.rule[0]);
    world_fini(&w);
}

/* A body at s is one whose published Vmx and kp3 are s times as large, from the same beginning. */
static void expect_sensitivity(double factor)
{
    world a, b;
    titr_error err = {.what = ""};
    world_init(&a);
    world_init(&b);
    a.def.insulin_sensitivity = factor;
    const titr_table params = b.def.model->params;
    titr_child changed = b.cohort.child[0];
    changed.patient.params[titr_table_find(params, "Vmx")] *= factor;
    changed.patient.params[titr_table_find(params, "kp3")] *= factor;
    world_open(&a, 1);
    world_open(&b, 1);
    /* the same derivative in a state in which insulin acts */
    const titr_model_type *model = b.def.model;
    double theta[2][TITR_THETA_MAX], x[32], dxdt[2][32], u[8], held[8], t0 = 0.0;
    cr_assert_eq(model->individualise(&b.cohort.child[0].patient, 0, theta[0], &err), TITR_OK);
    model->sensitise(factor, 0, theta[0]);
    cr_assert_eq(model->individualise(&changed.patient, 0, theta[1], &err), TITR_OK);
    model->initial(&b.cohort.child[0].patient, 0, x, u, held);
    x[6] = 40.0;  /* X  */
    x[8] += 60.0; /* XL */
    b.def.mode->rhs(&t0, x, u, held, theta[0], dxdt[0]);
    b.def.mode->rhs(&t0, x, u, held, theta[1], dxdt[1]);
    cr_assert_eq(memcmp(dxdt[0], dxdt[1], model->states.n * sizeof(double)), 0, "x %g", factor);
    double published[TITR_THETA_MAX];
    cr_assert_eq(model->individualise(&b.cohort.child[0].patient, 0, published, &err), TITR_OK);
    size_t differ = 0;
    for (size_t i = 0; i < model->n_theta; i++) {
        differ += theta[0][i] != published[i];
    }
    cr_assert_eq(differ, factor == 1.0 ? 0 : 2, "Vmx and kp3, nothing else");
    /* both begin at the published steady state; the more sensitive one falls from there */
    cr_assert_eq(world_look(&a)->glucose_mg_dl[0], world_look(&b)->glucose_mg_dl[0]);
    for (int k = 0; k < 60; k++) {
        world_step(&a, 1.0, 0.0);
        world_step(&b, 1.0, 0.0);
    }
    const double change = world_look(&a)->glucose_mg_dl[0] - world_look(&b)->glucose_mg_dl[0];
    cr_assert(factor == 1.0 ? change == 0.0 : (change < 0.0) == (factor > 1.0), "%g", change);
    world_fini(&a);
    world_fini(&b);
}

Test(sensitivity, scales_vmx_and_kp3_and_nothing_else)
{
    expect_sensitivity(1.0);
    expect_sensitivity(0.6);
    expect_sensitivity(1.4);
}

Test(sensitivity, is_of_every_lane_and_refused_out_of_range)
{
    world one, many;
    world_init(&one);
    world_init(&many);
    world_use(&one.def.solver, titr_solver_find("rk4"));
    world_use(&many.def.solver, titr_solver_find("rk4"));
    one.def.insulin_sensitivity = many.def.insulin_sensitivity = 0.6;
    world_open(&one, 1);
    world_open(&many, 11);
    for (int k = 0; k < 100; k++) {
        world_step(&one, 1.0, 0.0);
        world_step(&many, 1.0, 0.0);
    }
    cr_assert_eq(world_look(&one)->glucose_mg_dl[0], world_look(&many)->glucose_mg_dl[0]);
    cr_assert_eq(world_look(&many)->glucose_mg_dl[10], world_look(&many)->glucose_mg_dl[0]);
    one.def.insulin_sensitivity = 11.0;
    titr_env *env = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titr_env_create(&one.def, 1, &env, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "insulin_sensitivity"));
    titr_model_type without = *one.def.model;
    without.sensitise = NULL;
    one.def.model = &without;
    one.def.insulin_sensitivity = 0.6;
    cr_assert_eq(titr_env_create(&one.def, 1, &env, &err), TITR_ERR_ARG);
    cr_assert_not_null(strstr(err.what, "expected 1"));
    one.def.model = many.def.model;
    world_fini(&one);
    world_fini(&many);
}

/* A meal at 8:00 of which the clinic hears `delay` late: the record is that of a meal at 8:00 +
 * delay, and it is eaten at 8:00. */
static void expect_delay(double delay_min, int announce)
{
    static const double at_min[] = {480.0}, carbs_g[] = {40.0};
    const double late_min = announce == TITR_ANNOUNCE_LATE ? STEP_MIN : 0.0;
    const double told_min = STEP_MIN * floor((480.0 + late_min + delay_min) / STEP_MIN);
    world w;
    world_init(&w);
    w.def.announce = (titr_announce)announce;
    w.def.announce_delay_min = delay_min;
    world_meals(&w, at_min, carbs_g, 1);
    world_open(&w, 1);
    const titr_env_view *v = world_look(&w);
    for (double now = 0.0; now < 900.0; now += STEP_MIN) {
        const double *const *col = (const double *const *)v->record.col;
        cr_assert_eq(col[TITR_OBS_CARBS_ANNOUNCED][0], now == told_min ? 40.0 : 0.0, "at %g", now);
        cr_assert_eq(col[TITR_OBS_CARBS_4H][0],
                     now >= told_min && now < told_min + 240.0 ? 40.0 : 0.0, "at %g", now);
        cr_assert_eq(col[TITR_OBS_SINCE_MEAL][0], now >= told_min ? now - told_min : 1440.0,
                     "at %g", now);
        cr_assert_eq(titr_meal_bolus_u(&v->record, 0),
                     now == told_min ? 40.0 / col[TITR_OBS_CR][0] : 0.0,
                     "the bolus comes with it, at %g", now);
        world_step(&w, 1.0, 0.0);
        cr_assert_eq(v->carbs_g[0] > 0.0, now >= 480.0 && now < 490.0, "eaten on time, at %g", now);
    }
    world_fini(&w);
}

Test(announce_delay, moves_what_the_clinic_hears_and_not_what_is_eaten)
{
    expect_delay(0.0, TITR_ANNOUNCE_BEFORE);
    expect_delay(20.0, TITR_ANNOUNCE_BEFORE);
    expect_delay(20.0, TITR_ANNOUNCE_LATE);
    expect_delay(7.0, TITR_ANNOUNCE_BEFORE);
    expect_delay(240.0, TITR_ANNOUNCE_BEFORE);
}

Test(announce_delay, is_refused_unless_in_whole_minutes)
{
    world w;
    titr_error err = {.what = ""};
    titr_env *env = NULL;
    world_init(&w);
    w.def.announce_delay_min = 2.5;
    cr_assert_eq(titr_env_create(&w.def, 1, &env, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "announce_delay_min"));
    world_fini(&w);
}
