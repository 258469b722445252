// SPDX-License-Identifier: GPL-3.0-or-later
/* Forecasts worked by hand, and decisions that follow from them for the child of support/record.h:
 * basal 0.4 U/h, CR 20 g/U, CF 80 mg/dL/U, target 120 mg/dL (threshold 80), 20 U a day. */
#include "clinical/oref0_forecast.h"

#include "support/clinic.h"
#include "support/lanes.h"

/* Sensitivity 50 mg/dL/U, 10 g/U: 5 mg/dL per g. Nothing given, nothing eaten. */
static titri_oref0_now at_150(void)
{
    return (titri_oref0_now){.glucose_mg_dl = 150.0,
                             .isf_mg_dl_per_u = 50.0,
                             .cr_g_per_u = 10.0,
                             .target_mg_dl = 110.0,
                             .threshold_mg_dl = 75.0,
                             .time_h = 3.0};
}

static void near(double got, double expected, const char *what)
{
    cr_assert_float_eq(got, expected, 1e-9 * (1.0 + fabs(expected)), "%s: %.15g, expected %.15g",
                       what, got, expected);
}

Test(oref0, a_rise_fades_over_an_hour_or_three)
{
    titri_oref0_now n = at_150();
    titri_oref0_forecast f;
    n.delta = 3.0;
    n.short_delta = 2.0;
    n.long_delta = 1.0;
    titri_oref0_forecast_make(&n, &f);
    near(f.deviation_mg_dl, 12.0, "6 x 2");
    near(f.naive_mg_dl, 150.0, "naive");
    near(f.expected_delta, (110.0 - 162.0) / 24.0, "expected delta");
    near(f.iob[48], 150.0 + 2.0 * 66.0 / 12.0, "2 (11 + 10 + .. + 1) / 12");
    near(f.zero[48], 150.0, "nothing given, nothing changes");
    near(f.uam[48], 150.0 + 2.0 * 630.0 / 36.0, "2 (35 + 34 + .. + 1) / 36");
    near(f.eventual_mg_dl, 185.0, "the highest forecast's end");
    near(f.guard_mg_dl, 150.0 + 2.0 * 35.0 / 36.0, "lowest of the forecast");
    near(f.least_iob_mg_dl, 161.0, "after 90 min");
    near(f.least_mg_dl, (161.0 + 185.0) / 2.0, "no higher than the mean of both ends");
}

Test(oref0, a_fall_is_judged_by_the_longer_deltas)
{
    titri_oref0_now n = at_150();
    titri_oref0_forecast f;
    n.delta = -4.0;
    n.short_delta = -2.0;
    n.long_delta = -1.0;
    titri_oref0_forecast_make(&n, &f);
    near(f.deviation_mg_dl, -6.0, "6 x long");
    near(f.iob[48], 150.0 - 4.0 * 66.0 / 12.0, "the steepest fades");
    n.falls_u[0] = 0.03; /* BGI = -1.5 */
    titri_oref0_forecast_make(&n, &f);
    near(f.deviation_mg_dl, 6.0 * 0.5, "6 (long - BGI)");
}

Test(oref0, insulin_on_its_way_is_foreseen)
{
    titri_oref0_now n = at_150();
    titri_oref0_forecast f;
    for (size_t k = 0; k < TITRI_OREF0_TICKS; k++) {
        n.falls_u[k] = 0.02;
        n.zero_falls_u[k] = 0.01;
    }
    n.iob_u = 0.96;
    n.delta = n.short_delta = n.long_delta = -1.0; /* as foreseen */
    titri_oref0_forecast_make(&n, &f);
    near(f.bgi_mg_dl, -1.0, "BGI");
    near(f.deviation_mg_dl, 0.0, "deviation");
    near(f.naive_mg_dl, 102.0, "150 - 50 x 0.96");
    near(f.iob[48], 102.0, "the same, tick by tick");
    near(f.zero[48], 126.0, "half of it");
    near(f.expected_delta, -1.0 + 8.0 / 24.0, "expected delta");
}

/* T = 3 h + 1.5 x 0.5 h = 3.75 h = 45 ticks; CI = 5 absorbs 22.5 g in a line over 45 ticks, the
 * other 7.5 g are a triangle of 45 ticks, 5/3 mg/dL high. */
Test(oref0, carbohydrate_on_board_is_absorbed)
{
    titri_oref0_now n = at_150();
    titri_oref0_forecast f;
    n.delta = n.short_delta = n.long_delta = 5.0;
    n.on_board_g = 30.0;
    n.eaten_g = 40.0;
    n.meal_age_h = 0.5;
    titri_oref0_forecast_make(&n, &f);
    near(f.carbs[1], 150.0 + 5.0 * 44.0 / 45.0 + 1.0 / 22.5 * 5.0 / 3.0, "first tick");
    near(f.carbs[48], 150.0 + 110.0 + 506.0 / 22.5 * 5.0 / 3.0, "all");
    cr_assert_float_eq(f.carbs[48], 150.0 + 5.0 * 30.0, 3.0); /* grams times mg/dL per gram */
    near(f.uam[48], 150.0 + 5.0 * 630.0 / 36.0, "without knowing of it");
    near(f.guard_mg_dl, 0.75 * f.carbs[1] + 0.25 * f.uam[1], "three quarters are on board");
}

Test(oref0, falling_deviations_end_the_unannounced_rise)
{
    titri_oref0_now n = at_150();
    titri_oref0_forecast f;
    n.delta = n.short_delta = n.long_delta = 6.0;
    n.slope_mg_dl = -1.0;
    titri_oref0_forecast_make(&n, &f);
    near(f.uam[48], 150.0 + 5.0 + 4.0 + 3.0 + 2.0 + 1.0, "6 - k");
}

/* ---- decisions ---- */

static void hire(clinic *c)
{
    clinic_init(c);
    cr_assert_eq(clinic_hire(c, test_slot(titr_agent_find("oref0")), NULL), TITR_OK);
    test_set(&c->r, TITR_OBS_AGE, 9.0);
    test_set(&c->r, TITR_OBS_SINCE_MEAL, 1440.0);
    test_set(&c->r, TITR_OBS_IOB, 0.0);
    test_set(&c->r, TITR_OBS_BOLUS_IOB, 0.0);
}

/* All readings so far. */
static void flat(clinic *c, double cgm)
{
    test_set(&c->r, TITR_OBS_CGM, cgm);
    for (size_t k = 0; k < TITR_CGM_HISTORY; k++) {
        c->r.history[k][TEST_LANE] = cgm;
    }
}

static void expect(clinic *c, double basal, double bolus)
{
    c->first[TEST_LANE] = 1;
    const titr_dose d = clinic_dose(c);
    near(d.basal_u_per_h, basal, "basal");
    near(d.bolus_u, bolus, "bolus");
}

Test(oref0, at_target_the_schedule_stands)
{
    clinic c;
    hire(&c);
    flat(&c, 120.0);
    for (int i = 0; i < 300; i++) {
        const titr_dose d = clinic_dose(&c);
        near(d.basal_u_per_h, 0.4, "basal");
        cr_assert_eq(d.bolus_u, 0.0);
    }
    titr_agent_destroy(c.agent);
}

/* Required (200 - 120) / 80 = 1 U: half of it is more than 30 min of basal, 0.2 U; 0.4 + 2 x 1 U/h
 * is more than three times the schedule. */
Test(oref0, what_is_required_is_given_in_part)
{
    clinic c;
    hire(&c);
    flat(&c, 200.0);
    expect(&c, 1.2, 0.2);
    flat(&c, 132.0); /* required 0.15 U, half of it 0.075: one step of 0.05 */
    expect(&c, 0.7, 0.05);
    flat(&c, 124.0); /* required 0.05 U, half of it less than a step */
    expect(&c, 0.5, 0.0);
    titr_agent_destroy(c.agent);
}

Test(oref0, low_glucose_and_low_forecasts_suspend)
{
    clinic c;
    hire(&c);
    flat(&c, 79.0);
    expect(&c, 0.0, 0.0);
    flat(&c, 118.0); /* eventual 118: required 2 x -2 / 80 = -0.05 U */
    expect(&c, 0.3, 0.0);
    flat(&c, 100.0); /* -0.5 U */
    expect(&c, 0.0, 0.0);
    titr_agent_destroy(c.agent);
}

Test(oref0, insulin_on_board_has_a_limit)
{
    clinic c;
    hire(&c);
    flat(&c, 390.0);
    test_set(&c.r, TITR_OBS_IOB, 2.9); /* of 0.15 x 20 = 3 U; 158 mg/dL above target is left */
    expect(&c, 0.6, 0.05);
    test_set(&c.r, TITR_OBS_IOB, 3.01);
    expect(&c, 0.4, 0.0);
    titr_agent_destroy(c.agent);
}

Test(oref0, a_jump_of_the_sensor_gets_no_bolus)
{
    clinic c;
    hire(&c);
    flat(&c, 150.0);
    test_set(&c.r, TITR_OBS_CGM, 200.0);
    c.r.history[c.r.newest[TEST_LANE]][TEST_LANE] = 200.0;
    expect(&c, 1.2, 0.0);
    titr_agent_destroy(c.agent);
}

Test(oref0, an_announced_meal_gets_its_bolus_and_no_more_at_once)
{
    clinic c;
    hire(&c);
    flat(&c, 150.0);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    test_set(&c.r, TITR_OBS_SINCE_MEAL, 0.0);
    c.first[TEST_LANE] = 1;
    near(clinic_dose(&c).bolus_u, 1.5, "30 g / 20 g/U");
    test_set(&c.r, TITR_OBS_AGE, 9.0);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 140.0);
    near(clinic_dose(&c).bolus_u, 5.0, "a child's largest bolus");
    titr_agent_destroy(c.agent);
}

Test(oref0, unannounced_meals_are_not_looked_at)
{
    clinic c;
    clinic_init(&c);
    const titr_slot slot = test_slot(titr_agent_find("oref0"));
    test_set_flag(slot, "meal_bolus", 0);
    cr_assert_eq(clinic_hire(&c, slot, NULL), TITR_OK);
    test_set(&c.r, TITR_OBS_IOB, 0.0);
    flat(&c, 120.0);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    expect(&c, 0.4, 0.0);
    titr_agent_destroy(c.agent);
}

/* Readings that rise or fall by `slope` per 5 min. */
static void line(clinic *c, double cgm, double slope)
{
    flat(c, cgm);
    for (size_t ago = 0; ago < TITR_CGM_HISTORY; ago++) {
        c->r.history[(c->r.newest[TEST_LANE] + ago) % TITR_CGM_HISTORY][TEST_LANE] =
            cgm - slope * (double)ago;
    }
}

Test(oref0, higher_glucose_never_gets_less_insulin)
{
    clinic c;
    hire(&c);
    for (double slope = -2.0; slope <= 4.0; slope += 0.5) {
        double before = 0.0;
        for (double cgm = 40.0; cgm <= 400.0; cgm += 1.0) {
            line(&c, cgm, slope);
            c.first[TEST_LANE] = 1;
            const titr_dose d = clinic_dose(&c);
            const double u = d.bolus_u + d.basal_u_per_h / 12.0;
            cr_assert_geq(u, before - 1e-12, "%g mg/dL, %g per 5 min: %g U after %g U", cgm, slope,
                          u, before);
            before = u;
        }
    }
    titr_agent_destroy(c.agent);
}

Test(oref0, lanes_that_were_saved_go_on_the_same)
{
    lanes_go_on("oref0");
}

Test(oref0, intervals_that_are_no_ticks_are_refused)
{
    clinic c;
    titr_error err = {.what = ""};
    clinic_init(&c);
    c.context.decision_interval_min = 7.0;
    cr_assert_eq(clinic_hire(&c, test_slot(titr_agent_find("oref0")), &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "every 7 min, expected a multiple of 5 min"), "%s",
                       err.what);
}

Test(oref0, a_peak_beyond_half_of_the_duration_is_refused)
{
    clinic c;
    titr_error err = {.what = ""};
    clinic_init(&c);
    const titr_slot slot = test_slot(titr_agent_find("oref0"));
    test_set_real(slot, "insulin_duration_min", 250.0);
    test_set_real(slot, "insulin_peak_min", 120.0);
    cr_assert_eq(clinic_hire(&c, slot, &err), TITR_OK, "%s", err.what);
    titr_agent_destroy(c.agent);
    const titr_slot worse = test_slot(titr_agent_find("oref0"));
    test_set_real(worse, "insulin_duration_min", 250.0);
    test_set_real(worse, "insulin_peak_min", 125.0);
    cr_assert_eq(clinic_hire(&c, worse, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "insulin_duration_min"), "%s", err.what);
}
