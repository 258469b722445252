// SPDX-License-Identifier: GPL-3.0-or-later
/* Oracle: trajectories of the peer's own equations (simglucose, commit a6f6777, its T1DPatient
 * alone integrated with dopri5 at rtol 1e-10, restarted every minute), child#001. Cases as in the
 * reference manifest: b = three meals, each with a bolus; e = overlapping meals, meals extended in
 * the minute after the last bite, insulin off and on. The whole folder is compared by
 * `./dev validate glucose-reference`.
 */
#include "support/body.h"
#include "titrate/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define N_X 13
#define CR_G_PER_U 25.0 /* child#001 */
#define STATE_BOUND 1e-6
#define VG_DL_KG 1.919425692
#define KE2_MG_KG 339.0

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
    start_in(&b, mode, 1e-9);
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
