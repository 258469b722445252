// SPDX-License-Identifier: GPL-3.0-or-later
/* The model against its closed form, the estimator on a linear plant that is simulated exactly, and
 * what the agent may and may not give the child of support/record.h: basal 0.4 U/h, CR 20 g/U, CF
 * 80 mg/dL/U, 30 kg, 20 U a day. */
#include "clinical/mpc_model.h"

#include "support/clinic.h"
#include "support/lanes.h"

static const titri_mpc_model_def plain = {.insulin_gain = 0.5,
                                          .settings_share = 0.5,
                                          .meal_rise_mg_dl = 150.0,
                                          .fasting_mg_dl = 130.0,
                                          .insulin_time_min = 70.0,
                                          .meal_time_min = 40.0,
                                          .return_time_min = 250.0,
                                          .drift_time_min = 60.0,
                                          .drift_sd_mg_dl = 0.05,
                                          .glucose_sd_mg_dl = 0.05,
                                          .gain_sd = 0.4,
                                          .sensor_sd_mg_dl = 3.0,
                                          .sensor_time_min = 42.0};

/* Two equal poles a, then b: after n steps sum over j of b^(n-1-j) (1-a)^2 j a^(j-1). */
static double response(double a, double b, int n)
{
    double sum = 0.0;
    for (int j = 1; j < n; j++) {
        sum += pow(b, n - 1 - j) * (1.0 - a) * (1.0 - a) * j * pow(a, j - 1);
    }
    return sum;
}

Test(mpc, insulin_acts_through_two_poles_and_a_return)
{
    enum { STEPS = 100 };
    titri_mpc_model m;
    titri_mpc_model_init(&m, &plain, 5.0);
    double fall[STEPS], most = 0.0, highest = 0.0;
    titri_mpc_unit_response(&m, STEPS, fall);
    const double a = exp(-5.0 / 70.0), b = exp(-5.0 / 250.0);
    for (int n = 1; n < 400; n++) {
        most = fmax(most, response(a, b, n));
    }
    for (int k = 0; k < STEPS; k++) {
        /* what is given at a decision is in the first compartment at the next */
        const double expected = k > 0 ? response(a, b, k) / most : 0.0;
        cr_assert_float_eq(fall[k], expected, 1e-12, "step %d: %.15g, expected %.15g", k, fall[k],
                           expected);
        highest = fmax(highest, fall[k]);
    }
    cr_assert_float_eq(highest, 1.0, 1e-12);
}

Test(mpc, gains_follow_from_ratio_factor_and_weight)
{
    titri_mpc_model m;
    titri_mpc_model_init(&m, &plain, 5.0);
    const titri_mpc_gains g = titri_mpc_gains_of(&m, 20.0, 80.0, 30.0);
    cr_assert_float_eq(g.meal_mg_dl_per_g, 5.0, 1e-12);                  /* 150 / 30       */
    cr_assert_float_eq(g.insulin_mg_dl_per_u, 0.5 * sqrt(8000.0), 1e-9); /* 80, 20 x 5     */
}

/* A child whose gains are i and m times what its settings say. */
typedef struct plant {
    double insulin[2], meal[2], x;
} plant;

static void live(plant *p, const titri_mpc_model *m, titri_mpc_gains g, double i, double c,
                 double insulin_u, double carbs_g)
{
    const double a = exp(-5.0 / 70.0), b = exp(-5.0 / 40.0);
    p->meal[0] += carbs_g;
    p->x = exp(-5.0 / 250.0) * p->x -
           i * g.insulin_mg_dl_per_u / m->insulin_peak * (1 - a) * p->insulin[1] +
           c * g.meal_mg_dl_per_g / m->meal_peak * (1 - b) * p->meal[1];
    p->insulin[1] = a * p->insulin[1] + (1 - a) * p->insulin[0];
    p->insulin[0] = a * p->insulin[0] + insulin_u;
    p->meal[1] = b * p->meal[1] + (1 - b) * p->meal[0];
    p->meal[0] *= b;
}

Test(mpc, the_estimator_finds_the_gains_of_a_linear_plant)
{
    static const titr_rng_key key = {.seed = 8, .purpose = TITR_PURPOSE_TEST};
    titri_mpc_model m;
    titri_mpc_model_init(&m, &plain, 5.0);
    const titri_mpc_gains g = titri_mpc_gains_of(&m, 20.0, 80.0, 30.0);
    const double i = 0.7, c = 1.4;
    titri_mpc_state s;
    plant p = {.x = 0.0};
    double error = 0.0;
    titri_mpc_state_begin(&m, &s);
    for (uint32_t k = 0; k < 14 * 288; k++) {
        const double pole = exp(-5.0 / 42.0);
        error = pole * error + sqrt(1 - pole * pole) * 3.0 * titr_rng_normal(key, k);
        titri_mpc_correct(&m, &s, 130.0 + p.x + error);
        const double carbs = k % 72 == 30 ? 25.0 + (double)(k % 7) : 0.0;
        const double insulin = k % 100 == 10 ? 1.0 + 0.1 * (double)(k % 9) : 0.0;
        titri_mpc_eat(&s, carbs);
        titri_mpc_predict(&m, g, &s, insulin);
        live(&p, &m, g, i, c, insulin, carbs);
    }
    cr_assert_float_eq(titri_mpc_gain(&s, TITRI_MPC_I), i, 0.03, "i: %g", s.mean[TITRI_MPC_I]);
    cr_assert_float_eq(titri_mpc_gain(&s, TITRI_MPC_M), c, 0.05, "m: %g", s.mean[TITRI_MPC_M]);
    cr_assert_float_eq(s.mean[TITRI_MPC_X], p.x, 3.0, "x: %g, is %g", s.mean[TITRI_MPC_X], p.x);
    for (size_t at = 0; at < TITRI_MPC_N; at++) {
        const double variance = s.covariance[(TITRI_MPC_N + 1) * at];
        cr_assert(variance > 0.0 && isfinite(variance), "variance %zu: %g", at, variance);
    }
}

Test(mpc, the_forecast_of_a_known_plant_comes_true)
{
    enum { AHEAD = 60 };
    titri_mpc_model m;
    titri_mpc_model_def def = plain;
    def.gain_sd = 0.0;
    titri_mpc_model_init(&m, &def, 5.0);
    const titri_mpc_gains g = titri_mpc_gains_of(&m, 20.0, 80.0, 30.0);
    titri_mpc_state s;
    plant p = {.x = 0.0};
    titri_mpc_state_begin(&m, &s);
    titri_mpc_eat(&s, 40.0);
    titri_mpc_predict(&m, g, &s, 1.5);
    live(&p, &m, g, 1.0, 1.0, 1.5, 40.0);
    double free[AHEAD];
    titri_mpc_free_response(&m, g, &s, AHEAD, free);
    for (int k = 0; k < AHEAD; k++) {
        live(&p, &m, g, 1.0, 1.0, 0.0, 0.0);
        cr_assert_float_eq(free[k], 130.0 + p.x, 1e-9, "%d: %.12g, is %.12g", k, free[k],
                           130.0 + p.x);
    }
}

/* ---- decisions ---- */

static void hire(clinic *c)
{
    clinic_init(c);
    const titr_slot slot = test_slot(titr_agent_find("mpc"));
    test_set_real(slot, "fasting_mg_dl", 110.0);
    test_set_real(slot, "zone_lo_mg_dl", 90.0);
    test_set_real(slot, "zone_hi_mg_dl", 120.0);
    test_set_real(slot, "iob_factor", 1.0);
    test_set_real(slot, "iob_share", 0.05);
    test_set_real(slot, "meal_share", 0.8);
    test_set_real(slot, "max_basal_factor", 5.0);
    cr_assert_eq(clinic_hire(c, slot, NULL), TITR_OK);
    test_set(&c->r, TITR_OBS_AGE, 9.0);
    test_set(&c->r, TITR_OBS_IOB, 0.0);
    test_set(&c->r, TITR_OBS_CGM, 110.0);
}

static double given_u(titr_dose d)
{
    return d.bolus_u + d.basal_u_per_h / 12.0;
}

Test(mpc, in_the_zone_the_schedule_stands)
{
    clinic c;
    hire(&c);
    for (int i = 0; i < 300; i++) {
        const titr_dose d = clinic_dose(&c);
        cr_assert_float_eq(d.basal_u_per_h, 0.4, 1e-9);
        cr_assert_eq(d.bolus_u, 0.0);
    }
    titr_agent_destroy(c.agent);
}

Test(mpc, low_glucose_suspends)
{
    clinic c;
    hire(&c);
    titr_dose d = {1.0, 1.0};
    test_set(&c.r, TITR_OBS_CGM, 55.0);
    for (int i = 0; i < 6; i++) {
        d = clinic_dose(&c);
    }
    cr_assert_eq(d.basal_u_per_h, 0.0);
    cr_assert_eq(d.bolus_u, 0.0);
    titr_agent_destroy(c.agent);
}

Test(mpc, higher_glucose_never_gets_less_insulin)
{
    clinic c;
    hire(&c);
    for (int decisions = 1; decisions <= 12; decisions += 11) {
        double before = 0.0;
        for (double cgm = 40.0; cgm <= 400.0; cgm += 5.0) {
            titr_dose d = {0.0, 0.0};
            test_set(&c.r, TITR_OBS_CGM, cgm);
            c.first[TEST_LANE] = 1;
            for (int i = 0; i < decisions; i++) {
                d = clinic_dose(&c);
            }
            cr_assert(decisions > 1 || given_u(d) >= before - 1e-9, "%g mg/dL: %g U after %g U",
                      cgm, given_u(d), before);
            before = given_u(d);
        }
    }
    titr_agent_destroy(c.agent);
}

/* (10): the estimate stays below a reading far above fasting; 0.05 x 20 U are allowed besides. */
Test(mpc, insulin_on_board_stays_within_its_limit)
{
    clinic c;
    hire(&c);
    double most = 0.0;
    for (double iob = -0.5; iob <= 8.0; iob += 0.25) {
        c.first[TEST_LANE] = 1;
        for (int i = 0; i < 24; i++) {
            test_set(&c.r, TITR_OBS_CGM, 300.0);
            test_set(&c.r, TITR_OBS_IOB, iob);
            const double beyond = given_u(clinic_dose(&c)) - 0.4 / 12.0;
            const double allowed = (300.0 - 120.0) / 80.0 + 1.0;
            cr_assert_leq(beyond, fmax(0.0, allowed - iob) + 1e-9, "%g U on board: %g U", iob,
                          beyond);
            most = fmax(most, beyond);
        }
    }
    cr_assert_gt(most, 0.5, "at most %g U", most); /* it is not for want of trying */
    titr_agent_destroy(c.agent);
}

Test(mpc, a_meal_gets_its_share_at_once_and_at_most_what_is_allowed)
{
    clinic c;
    hire(&c);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 30.0);
    const double u = given_u(clinic_dose(&c));
    cr_assert_geq(u, 0.8 * 1.5 - 1e-9);                      /* meal_share 30 / 20           */
    cr_assert_leq(u, 0.4 / 12.0 + 30.0 / 20.0 + 1.0 + 1e-9); /* schedule, 30 / 20, 0.05 x 20 */
    test_set(&c.r, TITR_OBS_IOB, 20.0);
    c.first[TEST_LANE] = 1;
    cr_assert_float_eq(given_u(clinic_dose(&c)), 1.2, 1e-9); /* the clinic's share stands */
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 145.0);
    c.first[TEST_LANE] = 1;
    cr_assert_float_eq(given_u(clinic_dose(&c)), 5.0, 1e-9); /* a child's largest bolus */
    test_set(&c.r, TITR_OBS_AGE, 14.0);
    c.first[TEST_LANE] = 1;
    cr_assert_float_eq(given_u(clinic_dose(&c)), 5.8, 1e-9); /* 0.8 x 145 / 20 */
    titr_agent_destroy(c.agent);
}

Test(mpc, without_announcements_meals_are_not_looked_at)
{
    clinic c;
    hire(&c);
    titr_agent_destroy(c.agent);
    clinic_init(&c);
    const titr_slot slot = test_slot(titr_agent_find("mpc"));
    test_set_real(slot, "fasting_mg_dl", 110.0);
    test_set_real(slot, "zone_lo_mg_dl", 90.0);
    test_set_flag(slot, "meal_bolus", 0);
    cr_assert_eq(clinic_hire(&c, slot, NULL), TITR_OK);
    test_set(&c.r, TITR_OBS_CGM, 110.0);
    test_set(&c.r, TITR_OBS_IOB, 0.0);
    test_set(&c.r, TITR_OBS_CARBS_ANNOUNCED, 50.0);
    cr_assert_float_eq(given_u(clinic_dose(&c)), 0.4 / 12.0, 1e-9);
    titr_agent_destroy(c.agent);
}

Test(mpc, lanes_that_were_saved_go_on_the_same)
{
    lanes_go_on("mpc");
}

Test(mpc, a_zone_upside_down_is_refused)
{
    clinic c;
    titr_error err = {.what = ""};
    clinic_init(&c);
    const titr_slot slot = test_slot(titr_agent_find("mpc"));
    test_set_real(slot, "zone_lo_mg_dl", 140.0);
    test_set_real(slot, "zone_hi_mg_dl", 120.0);
    cr_assert_eq(clinic_hire(&c, slot, &err), TITR_ERR_CONFIG);
    cr_assert_not_null(strstr(err.what, "zone_lo_mg_dl: 140 mg/dL, expected below"), "%s",
                       err.what);
}
