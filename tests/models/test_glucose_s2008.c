// SPDX-License-Identifier: GPL-3.0-or-later
/* Oracle: trajectories of the peer's own equations (simglucose, commit a6f6777, its T1DPatient
 * alone integrated with dopri5 at rtol 1e-10, restarted every minute), child#001. Cases as in the
 * reference manifest: b = three meals, each with a bolus; e = overlapping meals, meals extended in
 * the minute after the last bite, insulin off and on. The whole folder is compared by
 * `./dev validate glucose-reference`.
 */
#include "support/body.h"
#include "support/safe_runs.h"
#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define N_X 13
#define CR_G_PER_U 25.0 /* child#001 */
#define STATE_BOUND 1e-6
#define VG_DL_KG 1.919425692

/* child#001 is the model's default. */
static titr_patient default_patient(void)
{
    const titr_model_type *model = titr_model_find("glucose_s2008");
    titr_patient p = {.id = "child#001", .weight_kg = 34.55648182};
    for (size_t i = 0; i < model->params.n; i++) {
        p.params[i] = model->params.row[i].init;
    }
    return p;
}

static void start_in(body *b, const char *mode, double rtol)
{
    const titr_patient patient = default_patient();
    titr_slot slot;
    titr_error err = {0};
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("cvode"), &err), TITR_OK, "%s", err.what);
    cr_assert(slot_set(slot, "rtol", rtol));
    cr_assert_eq(body_init(b, &patient, mode, slot, &err), TITR_OK, "%s", err.what);
    titr_slot_fini(&slot);
}

typedef struct snapshot {
    int t;
    double x[N_X];
} snapshot;

/* clang-format off */
static const snapshot case_b[] = {
    {421, {4832.08208275, 165.600090975, 2.2753223589, 271.032896457, 137.59929753, 8.00700961946, 0.130165832683, 110.398229014, 110.364899372, 1.480179757, 376.266569467, 37.8187441373, 271.031862094}},
    {480, {1008.93892536, 21656.0269891, 1588.16014098, 373.463023059, 120.809511745, 22.0989249694, 194.351015739, 202.130982774, 132.979128312, 4.36027091054, 178.723439031, 107.201943275, 406.850834495}},
    {725, {21157.6900693, 3528.61978073, 372.167991977, 181.168570439, 85.7284649302, 14.9812205178, 22.8254642255, 155.467406846, 182.799524741, 2.60440363213, 518.024714041, 64.6072129874, 182.883033277}},
    {900, {0.500038060656, 13802.4999208, 934.193435812, 123.6628981, 37.6881950111, 13.2442288293, 125.800894037, 284.551349539, 279.669574387, 2.62501402868, 88.6681699547, 65.4265094319, 131.280929825}},
    {1440, {2.63187165465e-06, 2.67450353792, 3.08270886789, 150.819183345, 73.156028465, 7.778398438, 9.24260184152, 156.689325076, 212.443127984, 1.53058478353, 67.5557078603, 37.754077895, 157.180372868}},
};
static const snapshot case_e[] = {
    {72, {40863.1811028, 14753.6777153, 3042.58887335, 296.122736816, 129.507303977, 20.7698808921, 55.1690196664, 126.633912952, 111.208973508, 3.92088281037, 396.773032372, 91.5054882373, 274.888888339}},
    {200, {45.1605634763, 22868.0854634, 1532.13194762, 172.81619773, 36.2438284734, 22.938580687, 292.614206838, 360.554561104, 255.569233936, 4.55635535968, 140.586193652, 113.714778899, 219.266885431}},
    {310, {36163.4342066, 16825.2794942, 4520.7241227, 171.448747727, 49.1383156926, 25.3808228938, 120.469843188, 262.158885762, 284.479094042, 4.82840901123, 439.483703454, 113.330887443, 130.05692021}},
    {720, {9.51721540991e-06, 15.7036411807, 17.9089301431, 196.380029046, 97.8438060457, 7.50681529665, 2.71386713132, 132.797566874, 175.219343194, 1.4760545458, 66.7301470698, 36.3668710732, 197.31556502}},
};
static const snapshot case_b_legacy[] = {
    {480, {1008.93892537, 3815.78531814, 3136.74778716, 607.485752745, 211.872041889, 22.0989249694, 194.351015739, 202.130982774, 132.979128312, 4.36027091054, 178.723439031, 107.201943275, 591.024114508}},
    {1440, {2.63187165551e-06, 7.2170719767, 1.87004296471, 57.7815060873, 25.4980036677, 7.778398438, 9.24260184152, 156.689325076, 212.443127984, 1.53058478353, 67.5557078603, 37.754077895, 52.0250088609}},
};
/* clang-format on */

/* What happens in one minute: food announced, insulin on top of `basal` times basal. */
typedef struct happening {
    int t;
    double carbs_g, bolus_u;
} happening;

static const happening meals_b[] = {{420, 45.0, 45.0 / CR_G_PER_U},
                                    {720, 70.0, 70.0 / CR_G_PER_U},
                                    {1080, 80.0, 80.0 / CR_G_PER_U},
                                    {-1, 0.0, 0.0}};
static const happening meals_e[] = {
    {58, 0.0, 60.0 / CR_G_PER_U},
    {60, 47.0, 0.0},
    {65, 13.0, 0.0},
    {72, 3.0, 0.0},
    {100, 30.0, 30.0 / CR_G_PER_U},
    {295, 0.0, 62.5 / CR_G_PER_U},
    {300, 62.5, 0.0},
    {301, 10.0, 0.0},
    {420, 8.0, 0.0},
    {-1, 0.0, 0.0},
};

static double basal_factor_b(int t)
{
    (void)t;
    return 1.0;
}

static double basal_factor_e(int t)
{
    if (t >= 200 && t < 260) {
        return 0.0;
    }
    return t >= 260 && t < 300 ? 2.5 : 1.0;
}

static void follows(const char *mode, const happening *events, double (*basal_factor)(int),
                    const snapshot *want, size_t n)
{
    body b;
    start_in(&b, mode, 1e-11); /* bounds one step; a span each minute adds many */
    const double basal = b.u[1];
    size_t k = 0;
    for (int t = 0; k < n; t++) {
        if (t == want[k].t) {
            for (size_t i = 0; i < N_X; i++) {
                const double ref = want[k].x[i];
                const double off = fabs(b.x[i] - ref) / fmax(fabs(ref), 1e-3);
                cr_assert(off <= STATE_BOUND, "%s t = %d: %s = %.12g, reference %.12g, off %.2e",
                          mode, t, b.model->states.row[i].name, b.x[i], ref, off);
            }
            k++;
        }
        double carbs_g = 0.0, bolus_u = 0.0;
        if (events->t == t) {
            carbs_g = events->carbs_g;
            bolus_u = events->bolus_u;
            events++;
        }
        titr_error err = {0};
        cr_assert_eq(body_minute(&b, carbs_g, basal * basal_factor(t) + bolus_u, &err), TITR_OK);
        cr_assert_eq(b.fault.code, TITR_FAULT_NONE);
    }
    body_fini(&b);
}

Test(glucose_s2008, faithful_follows_the_peer_through_three_meals)
{
    follows("faithful", meals_b, basal_factor_b, case_b, sizeof case_b / sizeof case_b[0]);
}

Test(glucose_s2008, faithful_follows_the_peer_through_overlapping_meals)
{
    follows("faithful", meals_e, basal_factor_e, case_e, sizeof case_e / sizeof case_e[0]);
}

Test(glucose_s2008, safe_equals_faithful_where_glucose_stays_moderate)
{
    follows("safe", meals_b, basal_factor_b, case_b, sizeof case_b / sizeof case_b[0]);
    follows("safe", meals_e, basal_factor_e, case_e, sizeof case_e / sizeof case_e[0]);
}

Test(glucose_s2008, legacy_dbar_follows_the_historical_slip)
{
    follows("legacy_dbar", meals_b, basal_factor_b, case_b_legacy,
            sizeof case_b_legacy / sizeof case_b_legacy[0]);
}

/* Under basal insulin and without food nothing moves. */
Test(glucose_s2008, basal_is_a_steady_state)
{
    for (size_t m = 0; m < 3; m++) {
        static const char *const names[] = {"safe", "faithful", "legacy_dbar"};
        body b;
        start_in(&b, names[m], 1e-9);
        const double t = 0.0;
        double dxdt[N_X];
        b.mode->rhs(&t, b.x, b.u, b.held, b.theta, dxdt);
        for (size_t i = 0; i < N_X; i++) {
            cr_assert_float_eq(dxdt[i], 0.0, 1e-9, "%s: d %s/dt = %g", names[m],
                               b.model->states.row[i].name, dxdt[i]);
        }
        cr_assert_float_eq(body_output(&b, "glucose_mg_dl"), 141.2046604, 1e-6);
        cr_assert_float_eq(body_output(&b, "plasma_insulin_pmol_l"), 110.3648078, 1e-6);
        body_fini(&b);
    }
}

/* ---- what the safe variant changes, and what it does not ---- */

enum { X_GP = 3, X_GT = 4, X_X = 6 };

static double vm_of(const titr_patient *p, const titr_model_type *m, double x)
{
    return p->params[titr_table_find(m->params, "Vm0")] +
           p->params[titr_table_find(m->params, "Vmx")] * x;
}

Test(glucose_s2008, safe_differs_above_18_mg_dl_only_where_utilisation_would_be_negative)
{
    const titr_model_type *m = titr_model_find("glucose_s2008");
    const titr_rng_key key = {3, TITR_PURPOSE_TEST, 0, 0};
    const titr_patient p = default_patient();
    const double t = 0.0;
    uint32_t draw = 0;
    int differ = 0;
    body b;
    start_in(&b, "safe", 1e-8);
    for (int k = 0; k < 10000; k++) {
        double safe[N_X], faithful[N_X];
        for (size_t i = 0; i < N_X; i++) {
            b.x[i] = 3.0 * (b.model->states.row[i].init + 10.0) * titr_rng_uniform(key, draw++);
        }
        b.x[X_GP] += 18.0 * VG_DL_KG;
        b.x[X_X] = 400.0 * titr_rng_uniform(key, draw++) - 110.0;
        m->modes[0].rhs(&t, b.x, b.u, b.held, b.theta, safe);
        m->modes[1].rhs(&t, b.x, b.u, b.held, b.theta, faithful);
        const int negative = vm_of(&p, m, b.x[X_X]) < 0.0;
        for (size_t i = 0; i < N_X; i++) {
            cr_assert((safe[i] == faithful[i]) == !(negative && i == X_GT), "%s at X = %g",
                      m->states.row[i].name, b.x[X_X]);
        }
        if (negative) { /* utilisation off: only exchange with plasma is left */
            const double k1 = p.params[titr_table_find(m->params, "k1")];
            const double k2 = p.params[titr_table_find(m->params, "k2")];
            cr_assert_float_eq(safe[X_GT], k1 * b.x[X_GP] - k2 * b.x[X_GT], 1e-9);
            cr_assert_gt(faithful[X_GT], safe[X_GT], "faithful: tissue produces glucose");
        }
        differ += negative;
    }
    cr_assert(differ > 1000 && differ < 9000, "both sides were visited: %d", differ);
    body_fini(&b);
}

/* Below 18 mg/dL brain uptake falls in proportion: Uii = Fsnc Gp / (18 Vg), Fsnc = 1. */
Test(glucose_s2008, safe_brain_uptake_vanishes_with_glucose)
{
    const titr_model_type *m = titr_model_find("glucose_s2008");
    const double t = 0.0;
    body b;
    start_in(&b, "safe", 1e-8);
    for (int k = 1; k < 10; k += 2) {
        const double share = 0.1 * k;
        double safe[N_X], faithful[N_X];
        b.x[X_GP] = share * 18.0 * VG_DL_KG;
        m->modes[0].rhs(&t, b.x, b.u, b.held, b.theta, safe);
        m->modes[1].rhs(&t, b.x, b.u, b.held, b.theta, faithful);
        cr_assert_float_eq(safe[X_GP] - faithful[X_GP], 1.0 - share, 1e-12);
    }
    body_fini(&b);
}

/* Gates: once a mass is below zero the faithful variant holds it there; the safe one recovers. */
Test(glucose_s2008, gates_absorb_in_faithful_and_not_in_safe)
{
    const titr_model_type *m = titr_model_find("glucose_s2008");
    static const size_t gated[] = {3, 4, 5, 9, 10, 11, 12};
    const double t = 0.0;
    body b;
    start_in(&b, "faithful", 1e-8);
    for (size_t k = 0; k < sizeof gated / sizeof gated[0]; k++) {
        const size_t i = gated[k];
        double safe[N_X], faithful[N_X], keep = b.x[i];
        b.x[i] = -1e-3;
        m->modes[0].rhs(&t, b.x, b.u, b.held, b.theta, safe);
        m->modes[1].rhs(&t, b.x, b.u, b.held, b.theta, faithful);
        cr_assert_eq(faithful[i], 0.0, "%s", m->states.row[i].name);
        cr_assert_gt(safe[i], 0.0, "%s", m->states.row[i].name);
        b.x[i] = 0.0;
        m->modes[1].rhs(&t, b.x, b.u, b.held, b.theta, faithful);
        cr_assert_gt(faithful[i], 0.0, "%s at zero is free", m->states.row[i].name);
        b.x[i] = keep;
    }
    body_fini(&b);
}

/* NaN in any state must come out again: a select that swallows it would hide a fault. */
Test(glucose_s2008, nan_is_passed_on)
{
    const titr_model_type *m = titr_model_find("glucose_s2008");
    const double t = 0.0;
    body b;
    start_in(&b, "safe", 1e-8);
    for (size_t mode = 0; mode < m->n_modes; mode++) {
        for (size_t i = 0; i < N_X; i++) {
            double dxdt[N_X], sum = 0.0;
            const double keep = b.x[i];
            b.x[i] = (double)NAN;
            m->modes[mode].rhs(&t, b.x, b.u, b.held, b.theta, dxdt);
            b.x[i] = keep;
            for (size_t k = 0; k < N_X; k++) {
                sum += dxdt[k];
            }
            cr_assert(isnan(sum), "%s: %s", m->modes[mode].name, m->states.row[i].name);
        }
    }
    body_fini(&b);
}

/* ---- events: order of the reference manifest ---- */

enum { H_DBAR, H_PER_DBAR, H_START, H_EATEN, H_EATING };

Test(glucose_s2008, a_meal_counts_its_bites_and_what_was_left)
{
    body b;
    start_in(&b, "safe", 1e-8);
    body_rate(&b, 0, 5000.0, 1.0);
    cr_assert(b.held[H_DBAR] == 5000.0 && b.held[H_START] == 0.0 && b.held[H_EATEN] == 5.0);
    cr_assert_eq(b.held[H_PER_DBAR], 1.0 / 5000.0);
    body_rate(&b, 0, 2500.0, 2.0);
    cr_assert_eq(b.held[H_DBAR], 10000.0, "a bite of 2 min counts twice its rate");
    b.x[0] = 4000.0;
    b.x[1] = 3000.0;
    body_rate(&b, 0, 1000.0, 1.0);
    cr_assert_eq(b.held[H_DBAR], 11000.0, "food straight after food is the same meal");
    body_rate(&b, 0, 0.0, 1.0);
    cr_assert(b.held[H_DBAR] == 11000.0 && b.held[H_EATING] == 0.0, "D stays after the meal");
    body_rate(&b, 1, 0.01, 1.0);
    cr_assert(b.held[H_DBAR] == 11000.0 && b.u[1] == 0.01, "insulin is no food");
    body_rate(&b, 0, 5000.0, 1.0);
    cr_assert(b.held[H_START] == 7000.0 && b.held[H_DBAR] == 12000.0, "a new meal");
    body_fini(&b);
}

Test(glucose_s2008, other_events)
{
    body b;
    start_in(&b, "safe", 1e-8);
    double start[N_X];
    memcpy(start, b.x, sizeof start);
    const double basal = b.u[1];
    titr_event event = {0.0, TITR_EVENT_BOLUS, 10, 50.0, 0.0};
    b.mode->at_event(&event, 0, b.x, b.u, b.held, b.theta);
    cr_assert_eq(b.x[10], start[10] + 50.0);
    body before = b;
    static const titr_event_kind idle[] = {TITR_EVENT_OBSERVE, TITR_EVENT_COVARIATE};
    for (size_t k = 0; k < 2; k++) {
        event.kind = idle[k];
        b.mode->at_event(&event, 0, b.x, b.u, b.held, b.theta);
    }
    cr_assert_eq(memcmp(&before, &b, sizeof b), 0);
    body_rate(&b, 0, 5000.0, 1.0);
    body_rate(&b, 1, 0.0, 1.0);
    event.kind = TITR_EVENT_RESET;
    b.mode->at_event(&event, 0, b.x, b.u, b.held, b.theta);
    cr_assert_eq(memcmp(start, b.x, sizeof start), 0);
    cr_assert(b.u[0] == 0.0 && b.u[1] == basal && b.held[H_DBAR] == 0.0 &&
              b.held[H_PER_DBAR] == 0.0 && b.held[H_EATING] == 0.0);
    body_fini(&b);
}

Test(glucose_s2008, kmax_below_kmin_is_refused)
{
    const titr_model_type *m = titr_model_find("glucose_s2008");
    titr_patient p = default_patient();
    titr_error err = {0};
    double theta[TITR_THETA_MAX];
    p.params[titr_table_find(m->params, "kmax")] = 0.005;
    cr_assert_eq(m->individualise(&p, 0, theta, &err), TITR_ERR_RANGE);
    cr_assert_not_null(strstr(err.what, "kmax = 0.005 /min, allowed >= kmin"), "%s", err.what);
}

/* The long form, 10,000 runs, is `./dev validate safe-mode`. */
Test(glucose_s2008, no_mass_goes_below_zero_in_safe_mode)
{
    titr_slot slot;
    titr_error err = {0};
    safe_result r;
    cr_assert_eq(titr_slot_init(&slot, titr_solver_find("cvode"), &err), TITR_OK);
    cr_assert_eq(safe_runs(slot, 0, 60, &r, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(r.faults, 0, "%s", r.fault);
    cr_assert_geq(r.lowest, -1e-9, "%s = %g in run %zu", r.lowest_state, r.lowest, r.lowest_run);
    cr_assert_lt(r.glucose_lo_mg_dl, 1.0, "the runs go where it is hard");
    titr_slot_fini(&slot);
}
