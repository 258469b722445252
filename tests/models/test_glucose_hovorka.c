// SPDX-License-Identifier: GPL-3.0-or-later
/* Oracle: trajectories of the peer's own equations (svelte-flask-hovorka-simulator, commit 3b43cda,
 * integrated with dopri5 at rtol 1e-10, restarted every minute), of 20 and 70 kg: 45 g per 35 kg
 * eaten in minutes 60 to 74 with a bolus in minute 60; no insulin at all. The whole folder is
 * compared by `./dev validate glucose-reference`.
 */
#include "support/body.h"
#include "titrate/base/rng.h"
#include "titrate/base/units.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { X_D1, X_D2, X_S1, X_S2, X_Q1, X_Q2, X_I, X_X1, X_X2, X_X3, X_C, N_X };
enum { U_CARBS, U_INSULIN, N_U };
#define STATE_BOUND 1e-6
#define MEAL_FROM_MIN 60
#define MEAL_TO_MIN 75

static const titr_model_type *hovorka(void)
{
    return titr_model_find("glucose_hovorka");
}

static titr_patient mean_patient(double weight_kg)
{
    const titr_table params = hovorka()->params;
    titr_patient p = {.id = "mean", .weight_kg = weight_kg};
    for (size_t i = 0; i < params.n; i++) {
        p.params[i] = params.row[i].init;
    }
    return p;
}

static double *param(titr_patient *p, const char *name)
{
    return &p->params[titr_table_find(hovorka()->params, name)];
}

static body new_body(const titr_patient *patient, const char *solver, const char *option,
                     double value)
{
    body b;
    titr_slot slot;
    titr_error err = {0};
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find(solver), &err), TITR_OK, "%s", err.what);
    cr_assert(slot_set(slot, option, value));
    cr_assert_eq(body_init_of(hovorka(), &b, patient, "faithful", slot, &err), TITR_OK, "%s",
                 err.what);
    titr_slot_fini(&slot);
    return b;
}

/* One minute of the reference's case: `meal_g` evenly over the meal, `bolus_u` in its first minute.
 */
static void minute_of(body *b, int t, double meal_g, double bolus_u, double basal)
{
    titr_error err = {0};
    const int eats = t >= MEAL_FROM_MIN && t < MEAL_TO_MIN;
    const double per_min = meal_g * TITR_MG_PER_G / (MEAL_TO_MIN - MEAL_FROM_MIN);
    body_rate(b, U_CARBS, eats ? per_min : 0.0, 1.0);
    body_rate(b, U_INSULIN, basal + (t == MEAL_FROM_MIN ? bolus_u : 0.0), 1.0);
    cr_assert_eq(body_advance(b, 1.0, NULL, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(b->fault.code, TITR_FAULT_NONE);
}

/* ---- the peer ---- */

typedef struct snapshot {
    int t;
    double x[N_X];
} snapshot;

/* clang-format off */
static const snapshot meal_20_kg[] = {
    {61, {7.52459823898, 0.0936655759113, 915.41754434, 107.386251565, 19.2007771104, 7.65425253492, 5.5075381627, 0.0281061151444, 0.00450156934219, 0.28545838396, 6.00000438699}},
    {75, {95.3023150351, 16.7549688876, 732.166845375, 266.64165301, 21.105960834, 7.86064332613, 11.0289087069, 0.0290788368452, 0.00577194952583, 0.330438065757, 6.14079291657}},
    {240, {1.54041845332, 6.62504496883, 131.469733373, 202.714429485, 28.0315285069, 25.2227960651, 11.6820775106, 0.0655440711544, 0.0107700195747, 0.75249769596, 9.4005621385}},
    {1440, {1.44146551016e-13, 4.94434326016e-12, 99.9957898202, 99.9957900738, 19.2036775119, 7.66913042151, 5.48944829337, 0.0281511769714, 0.00450134760614, 0.285451312448, 6.00111903406}},
};
static const snapshot meal_70_kg[] = {
    {75, {333.558102623, 58.6423911066, 8094.080695, 2391.39708854, 72.7867442462, 27.6996671824, 24.8775597822, 0.0315109910154, 0.0089484543731, 0.442904954171, 6.12187108928}},
    {120, {108.290461024, 140.865165616, 3766.93702264, 4046.41167248, 90.4571498858, 64.5295365177, 62.9057477136, 0.0863474644977, 0.044493386949, 2.2122431833, 8.21653471565}},
    {300, {1.20299835664, 6.97836324207, 479.497694341, 913.949459914, 5.22132376391, 11.2727509733, 15.3223719534, 0.1423455433, 0.0148732857126, 1.13936607258, 0.586873296294}},
    {1440, {5.04512928544e-13, 1.73052014102e-11, 349.985264463, 349.985267569, 62.9212718025, 25.1768336139, 5.48944833487, 0.0282641814572, 0.00450134765411, 0.285451317587, 5.60475104724}},
};
static const snapshot no_insulin_70_kg[] = {
    {60, {0, 0, 117.563893562, 245.815413811, 68.1606687744, 26.7027821141, 4.1183872895, 0.027288340785, 0.00380007018411, 0.255034160443, 6.04415393411}},
    {720, {0, 0, 0.000722337527132, 0.0101783924277, 247.203969865, 3.55543033502, 0.000181891416836, 0.000870058884062, 2.07324262512e-07, 2.13600862063e-05, 21.9279096006}},
};
/* clang-format on */

/* The peer counts 180 g of carbohydrate to the mole, titrate 180.16. */
#define PEER_G(g) ((g)*TITR_MG_PER_MMOL / 180.0)

static void follows(double weight_kg, double meal_g, double bolus_u, double basal_factor,
                    const snapshot *want, size_t n)
{
    const titr_patient patient = mean_patient(weight_kg);
    body b = new_body(&patient, "cvode", "rtol", 1e-11); /* a span each minute adds many errors */
    const double basal = basal_factor * b.u[U_INSULIN];
    for (int t = 0; n > 0; t++) {
        if (t == want->t) {
            for (size_t i = 0; i < N_X; i++) {
                const double ref = want->x[i], off = fabs(b.x[i] - ref) / fmax(fabs(ref), 1e-3);
                cr_assert(off <= STATE_BOUND, "%g kg, t = %d: %s = %.12g, reference %.12g",
                          weight_kg, t, b.model->states.row[i].name, b.x[i], ref);
            }
            want++;
            n--;
        }
        minute_of(&b, t, meal_g, bolus_u, basal);
    }
    body_fini(&b);
}

Test(glucose_hovorka, follows_the_peer_through_a_meal)
{
    follows(20.0, PEER_G(45.0 * 20.0 / 35.0), 0.8 * 20.0 * 45.0 * 20.0 / 35.0 / 500.0, 1.0,
            meal_20_kg, sizeof meal_20_kg / sizeof meal_20_kg[0]);
    follows(70.0, PEER_G(90.0), 0.8 * 70.0 * 90.0 / 500.0, 1.0, meal_70_kg,
            sizeof meal_70_kg / sizeof meal_70_kg[0]);
}

Test(glucose_hovorka, follows_the_peer_without_insulin)
{
    follows(70.0, 0.0, 0.0, 0.0, no_insulin_70_kg,
            sizeof no_insulin_70_kg / sizeof no_insulin_70_kg[0]);
}

/* ---- steady state ---- */

Test(glucose_hovorka, nothing_moves_in_a_day_of_basal_insulin)
{
    const titr_patient patient = mean_patient(35.0);
    body b = new_body(&patient, "cvode", "rtol", 1e-9);
    double start[N_X];
    memcpy(start, b.x, sizeof start);
    cr_assert_float_eq(b.u[U_INSULIN] * TITR_MIN_PER_HOUR, 0.190901053273, 1e-12, "the peer's");
    cr_assert_float_eq(body_output(&b, "glucose_mg_dl"), 108.096, 1e-12);
    cr_assert_float_eq(body_output(&b, "plasma_glucose_mg_dl"), 108.096, 1e-12);
    cr_assert_float_eq(body_output(&b, "plasma_insulin_pmol_l"), 6.0 * 5.48944827677, 1e-10);
    for (int t = 0; t < 1440; t++) {
        minute_of(&b, t, 0.0, 0.0, b.u[U_INSULIN]);
        for (size_t i = 0; i < N_X; i++) {
            cr_assert_float_eq(b.x[i], start[i], 1e-8, "%s at %d min", b.model->states.row[i].name,
                               t);
        }
    }
    body_fini(&b);
}

/* @return the largest |dx/dt| at the body's own rest, over the state (or 1 where it is less). */
static double unrest(const titr_patient *p)
{
    const titr_model_type *m = hovorka();
    double x[N_X], u[N_U], held[1], theta[TITR_THETA_MAX], dxdt[N_X], worst = 0.0;
    const double t = 0.0;
    titr_error err = {0};
    cr_assert_eq(m->individualise(p, 0, theta, &err), TITR_OK, "%s", err.what);
    m->initial(p, 0, x, u, held);
    cr_assert(u[U_INSULIN] > 0.0 && x[X_X3] < 1.0);
    m->modes[0].rhs(&t, x, u, held, theta, dxdt);
    for (size_t i = 0; i < N_X; i++) {
        worst = fmax(worst, fabs(dxdt[i]) / fmax(x[i], 1.0));
    }
    return worst;
}

/* Any body that needs insulin has a basal rate, kidney's threshold passed or not. */
Test(glucose_hovorka, basal_insulin_holds_the_target_of_any_body)
{
    const titr_rng_key key = {5, TITR_PURPOSE_TEST, 0, 0};
    const titr_table params = hovorka()->params;
    uint32_t draw = 0;
    int renal = 0;
    for (int k = 0; k < 2000; k++) {
        titr_patient p = mean_patient(5.0 + 100.0 * titr_rng_uniform(key, draw++));
        for (size_t i = 0; i < params.n; i++) {
            p.params[i] *= 0.5 + titr_rng_uniform(key, draw++);
            p.params[i] = fmin(p.params[i], params.row[i].hi);
        }
        *param(&p, "F01") = 0.3 * *param(&p, "EGP0");
        *param(&p, "SID") *= k % 2 == 0 ? 10.0 : 1.0; /* both signs of b */
        *param(&p, "Rthr") = 8.0;
        renal += *param(&p, "Gb") > 8.0;
        cr_assert_lt(unrest(&p), 1e-12);
    }
    cr_assert_gt(renal, 100);
}

Test(glucose_hovorka, a_body_that_needs_no_insulin_is_refused)
{
    titr_patient p = mean_patient(35.0);
    double theta[TITR_THETA_MAX] = {-7.0};
    titr_error err = {0};
    *param(&p, "EGP0") = 0.009;
    cr_assert_eq(hovorka()->individualise(&p, 0, theta, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "EGP0 = 0.009 mmol/kg/min, allowed > 0.00978"), "%s",
                       err.what);
    cr_assert_eq(theta[0], -7.0);
}

/* What may vary in training leaves glucose, insulin, its action and its rate at rest alone. */
Test(glucose_hovorka, responses_leave_the_basal_steady_state)
{
    const titr_model_type *m = hovorka();
    const titr_patient own = mean_patient(35.0);
    double x0[N_X], u0[N_U], x[N_X], u[N_U], held[1];
    m->initial(&own, 0, x0, u0, held);
    cr_assert_eq(m->n_responses, 6);
    for (size_t k = 0; k < m->n_responses; k++) {
        titr_patient other = own;
        other.params[m->responses[k].param] *= 1.3;
        m->initial(&other, 0, x, u, held);
        cr_assert_lt(unrest(&other), 1e-14);
        cr_assert_eq(u[U_INSULIN], u0[U_INSULIN]);
        for (size_t i = 0; i < N_X; i++) {
            cr_assert(x[i] == x0[i] || i == X_S1 || i == X_S2, "%s", m->states.row[i].name);
        }
    }
    for (size_t i = 0; i < m->params.n; i++) {
        int listed = 0;
        for (size_t k = 0; k < m->n_responses; k++) {
            listed |= m->responses[k].param == i;
        }
        titr_patient other = own;
        other.params[i] *= 1.1;
        m->initial(&other, 0, x, u, held);
        const int idle = i == titr_table_find(m->params, "kaint") || /* the sensor's, no response */
                         i == titr_table_find(m->params, "Rcl") ||   /* kidneys are at rest */
                         i == titr_table_find(m->params, "Rthr");
        cr_assert_eq(u[U_INSULIN] == u0[U_INSULIN] && x[X_Q1] == x0[X_Q1], listed || idle, "%s",
                     m->params.row[i].name);
    }
}

/* ---- equations ---- */

/* What leaves one store enters the next: sums over gut, skin, glucose and insulin, at random
 * states, worked out from the paper's fluxes. */
Test(glucose_hovorka, mass_is_conserved)
{
    const titr_rng_key key = {6, TITR_PURPOSE_TEST, 0, 0};
    const titr_patient p = mean_patient(50.0);
    body b = new_body(&p, "cvode", "rtol", 1e-8);
    const double t = 0.0, vg = 50.0 * 0.16, vi = 50.0 * 0.12;
    uint32_t draw = 0;
    for (int k = 0; k < 1000; k++) {
        double d[N_X];
        for (size_t i = 0; i < N_X; i++) {
            b.x[i] = 5.0 * (b.model->states.row[i].init + 0.1) * titr_rng_uniform(key, draw++);
        }
        b.u[U_CARBS] = 5000.0 * titr_rng_uniform(key, draw++);
        b.u[U_INSULIN] = titr_rng_uniform(key, draw++);
        b.mode->rhs(&t, b.x, b.u, b.held, b.theta, d);
        const double *x = b.x, g = x[X_Q1] / vg, ug = x[X_D2] / 40.0, ui = x[X_S2] / 55.0;
        const double brain = 50.0 * 0.0097 / 0.85 * g / (g + 1.0);
        const double renal = 0.003 * fmax(g - 14.0, 0.0) * vg;
        const double egp = 50.0 * 0.0161 * fmax(1.0 - x[X_X3], 0.0);
        cr_assert_float_eq(d[X_D1] + d[X_D2], 0.8 * b.u[U_CARBS] / 180.16 - ug, 1e-11);
        cr_assert_float_eq(d[X_S1] + d[X_S2], 1000.0 * b.u[U_INSULIN] - ui, 1e-10);
        cr_assert_float_eq(d[X_Q1] + d[X_Q2], ug + egp - brain - renal - x[X_X2] * x[X_Q2], 1e-11);
        cr_assert_float_eq(vi * d[X_I], ui - 0.138 * vi * x[X_I], 1e-10);
    }
    body_fini(&b);
}

/* Every parameter is per kg but times and sensitivities: weight alone makes no other child. */
Test(glucose_hovorka, glucose_does_not_depend_on_weight)
{
    const titr_patient small = mean_patient(20.0), large = mean_patient(70.0);
    body a = new_body(&small, "cvode", "rtol", 1e-11), b = new_body(&large, "cvode", "rtol", 1e-11);
    const double basal = a.u[U_INSULIN];
    for (int t = 0; t < 600; t++) {
        minute_of(&a, t, 20.0, 0.4, basal);
        minute_of(&b, t, 70.0, 1.4, 3.5 * basal);
        cr_assert_float_eq(body_output(&a, "glucose_mg_dl"), body_output(&b, "glucose_mg_dl"),
                           1e-6);
    }
    body_fini(&a);
    body_fini(&b);
}

Test(glucose_hovorka, sensitivity_scales_what_insulin_does)
{
    const titr_model_type *m = hovorka();
    const titr_patient own = mean_patient(35.0);
    titr_patient other = own;
    double published[TITR_THETA_MAX], theta[TITR_THETA_MAX], want[TITR_THETA_MAX];
    size_t differ = 0;
    static const char *const scaled[] = {"SIT", "SID", "SIE"};
    for (size_t k = 0; k < 3; k++) {
        *param(&other, scaled[k]) *= 2.0;
    }
    cr_assert_eq(m->individualise(&own, 0, published, NULL), TITR_OK);
    cr_assert_eq(m->individualise(&own, 0, theta, NULL), TITR_OK);
    cr_assert_eq(m->individualise(&other, 0, want, NULL), TITR_OK);
    m->sensitise(2.0, 0, theta);
    for (size_t i = 0; i < m->n_theta; i++) {
        cr_assert(theta[i] == published[i] || theta[i] == want[i]);
        differ += theta[i] != published[i];
    }
    cr_assert_eq(differ, 3, "the initial state and its basal rate stay");
}

/* Ten times the insulin a meal needs, and none of the meal: glucose falls to nothing and no mass
 * below it; then food raises it again. */
Test(glucose_hovorka, no_mass_goes_below_zero)
{
    const titr_patient p = mean_patient(35.0);
    body b = new_body(&p, "cvode", "rtol", 1e-8);
    double lowest = HUGE_VAL;
    for (int t = 0; t < 720; t++) {
        minute_of(&b, t, 0.0, 20.0, t < 600 ? 0.05 : 0.0);
        lowest = fmin(lowest, body_output(&b, "plasma_glucose_mg_dl"));
        for (size_t i = 0; i < N_X; i++) {
            cr_assert_geq(b.x[i], -1e-9, "%s at %d min", b.model->states.row[i].name, t);
        }
    }
    cr_assert_lt(lowest, 1.0);
    for (int t = 0; t < 120; t++) {
        minute_of(&b, t, 60.0, 0.0, 0.0);
    }
    cr_assert_gt(body_output(&b, "plasma_glucose_mg_dl"), lowest + 10.0);
    body_fini(&b);
}

/* Beside the contract's random states: above x3 = 1 the liver makes nothing, and heeds nothing. */
Test(glucose_hovorka, the_liver_stops_at_full_effect)
{
    const titr_patient p = mean_patient(35.0);
    const double t = 0.0;
    double at_one[N_X], above[N_X], dfdx[N_X * N_X];
    body b = new_body(&p, "cvode", "rtol", 1e-8);
    b.x[X_X3] = 1.0;
    b.mode->rhs(&t, b.x, b.u, b.held, b.theta, at_one);
    b.x[X_X3] = 2.5;
    b.mode->rhs(&t, b.x, b.u, b.held, b.theta, above);
    b.mode->jacobian(&t, b.x, b.u, b.held, b.theta, dfdx);
    cr_assert_eq(above[X_Q1], at_one[X_Q1]);
    cr_assert_eq(dfdx[X_Q1 * N_X + X_X3], 0.0);
    body_fini(&b);
}

/* NaN in any state must come out again: a select that swallows it would hide a fault. */
Test(glucose_hovorka, nan_is_passed_on)
{
    const titr_patient p = mean_patient(35.0);
    const double t = 0.0;
    body b = new_body(&p, "cvode", "rtol", 1e-8);
    for (size_t i = 0; i < N_X; i++) {
        double dxdt[N_X], sum = 0.0;
        const double keep = b.x[i];
        b.x[i] = (double)NAN;
        b.mode->rhs(&t, b.x, b.u, b.held, b.theta, dxdt);
        b.x[i] = keep;
        for (size_t k = 0; k < N_X; k++) {
            sum += dxdt[k];
        }
        cr_assert(isnan(sum), "%s", b.model->states.row[i].name);
    }
    body_fini(&b);
}

Test(glucose_hovorka, a_reset_brings_everything_back)
{
    const titr_patient p = mean_patient(35.0);
    body b = new_body(&p, "cvode", "rtol", 1e-8);
    double start[N_X];
    memcpy(start, b.x, sizeof start);
    const double basal = b.u[U_INSULIN];
    titr_event event = {0.0, TITR_EVENT_BOLUS, X_S1, 500.0, 0.0};
    b.mode->at_event(&event, 0, b.x, b.u, b.held, b.theta);
    cr_assert_eq(b.x[X_S1], start[X_S1] + 500.0);
    body_rate(&b, U_CARBS, 5000.0, 1.0);
    body_rate(&b, U_INSULIN, 0.0, 1.0);
    cr_assert(b.u[U_CARBS] == 5000.0 && b.u[U_INSULIN] == 0.0);
    event.kind = TITR_EVENT_RESET;
    b.mode->at_event(&event, 0, b.x, b.u, b.held, b.theta);
    cr_assert_eq(memcmp(start, b.x, sizeof start), 0);
    cr_assert(b.u[U_CARBS] == 0.0 && b.u[U_INSULIN] == basal);
    body_fini(&b);
}

/* ---- solvers ---- */

/* rk4 with steps of 1 min, in meals too, against cvode: the meal of 45 g and a bolus, a day. */
Test(glucose_hovorka, rk4_by_the_minute_is_near_cvode)
{
    const titr_patient p = mean_patient(35.0);
    body fast = new_body(&p, "rk4", "step_min", 1.0), tight = new_body(&p, "cvode", "rtol", 1e-12);
    const double basal = tight.u[U_INSULIN];
    double worst = 0.0;
    for (int t = 0; t < 1440; t++) {
        minute_of(&fast, t, 45.0, 2.5, basal);
        minute_of(&tight, t, 45.0, 2.5, basal);
        worst = fmax(worst, fabs(body_output(&fast, "plasma_glucose_mg_dl") -
                                 body_output(&tight, "plasma_glucose_mg_dl")));
    }
    cr_assert_leq(worst, 1e-3, "%g mg/dL", worst);
    (void)fprintf(stderr, "glucose_hovorka: rk4 at 1 min within %.1e mg/dL of cvode\n", worst);
    body_fini(&fast);
    body_fini(&tight);
}

/* x1 is the fastest rate; above 2.8 /min a step of 1 min is too long. 2.5 U/kg at once reach 2.3.
 */
Test(glucose_hovorka, rk4_by_the_minute_bears_a_gross_overdose)
{
    const titr_patient p = mean_patient(35.0);
    body b = new_body(&p, "rk4", "step_min", 1.0);
    const double basal = b.u[U_INSULIN];
    double fastest = 0.0;
    for (int t = 0; t < 1440; t++) {
        minute_of(&b, t, 0.0, 2.5 * 35.0, basal);
        fastest = fmax(fastest, b.x[X_X1]);
    }
    cr_assert(fastest > 2.0 && fastest < 2.8, "%g", fastest);
    body_fini(&b);
}
