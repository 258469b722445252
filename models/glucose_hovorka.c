// SPDX-License-Identifier: GPL-3.0-or-later
/* Hovorka glucose model: meal, insulin absorption, insulin action and glucose of type 1 diabetes,
 * 11 states.
 *
 *   gut      dD1 = AG D - D1/tmaxG,  dD2 = (D1 - D2)/tmaxG               (1, 2)  mmol/min
 *   skin     dS1 = u - S1/tmaxI,  dS2 = (S1 - S2)/tmaxI                  (3, 4)  mU/min
 *   glucose  dQ1 = UG - F01c - FR - x1 Q1 + k12 Q2 + EGP                    (5)  mmol/min
 *            dQ2 = x1 Q1 - (k12 + x2) Q2                                    (6)
 *   insulin  dI  = UI/VI - ke I                                             (7)  mU/L/min
 *   action   dx1 = ka1 (SIT I - x1)  on transport                           (8)
 *            dx2 = ka2 (SID I - x2)  on disposal                            (9)
 *            dx3 = ka3 (SIE I - x3)  on the liver                          (10)
 *   sensor   dC  = kaint (G - C)                                           (11)  mmol/L/min
 *
 *   G = Q1/VG;  UG = D2/tmaxG;  UI = S2/tmaxI
 *   F01c = F01/0.85 G/(G + 1);  FR = Rcl VG max(0, G - Rthr);  EGP = EGP0 max(0, 1 - x3)
 *   D and u are food and insulin given; VI, VG, F01 and EGP0 are per kg of body weight
 *
 * [hovorka2004] (1-10) and all parameters but two: Rthr and kaint are those of [svelte_hovorka],
 * whose trajectories are the oracle; the original's Rthr is 9 mmol/L. F01c and (11) as in
 * [wilinska2010].
 *
 * Mode: "faithful" is the above, and there is no other: every flux out of a mass vanishes with it,
 * brain uptake F01c included, so nothing goes negative.
 * Insulin sensitivity times s: s SIT, s SID, s SIE; the initial state stays.
 * Oracle: trajectories of the peer's own equations, tests/models/test_glucose_hovorka.c.
 */
#include "common.h"
#include "titrate/base/lanes.h"
#include "titrate/base/units.h"
#include "titrate/models/model.h"

#include <math.h>
#include <string.h>

enum { X_D1, X_D2, X_S1, X_S2, X_Q1, X_Q2, X_I, X_X1, X_X2, X_X3, X_C, N_X };
enum { U_CARBS, U_INSULIN, N_U };
enum { N_H }; /* the gut is linear: no meal has to be kept in mind */
enum { Y_GLUCOSE, Y_PLASMA, Y_INSULIN, N_Y };
enum {
    P_TMAXG,
    P_TMAXI,
    P_AG,
    P_K12,
    P_KA1,
    P_KA2,
    P_KA3,
    P_SIT,
    P_SID,
    P_SIE,
    P_KE,
    P_VI,
    P_VG,
    P_F01,
    P_EGP0,
    P_RCL,
    P_RTHR,
    P_KAINT,
    P_GB,
    N_P
};

/* defaults: the basal steady state of 35 kg at 6 mmol/L */
static const titr_quantity states[N_X] = {
    [X_D1] = {"d1_mmol", "mmol", 0.0, 0.0, 1e4, "hovorka2004"},
    [X_D2] = {"d2_mmol", "mmol", 0.0, 0.0, 1e4, "hovorka2004"},
    [X_S1] = {"s1_mu", "mU", 175.0, 0.0, 1e6, "hovorka2004"},
    [X_S2] = {"s2_mu", "mU", 175.0, 0.0, 1e6, "hovorka2004"},
    [X_Q1] = {"q1_mmol", "mmol", 33.6, 0.0, 1e4, "hovorka2004"},
    [X_Q2] = {"q2_mmol", "mmol", 13.4, 0.0, 1e4, "hovorka2004"},
    [X_I] = {"i_mu_l", "mU/L", 5.49, 0.0, 1e5, "hovorka2004"},
    [X_X1] = {"x1_per_min", "/min", 0.0281, 0.0, 1e3, "hovorka2004"},
    [X_X2] = {"x2_per_min", "/min", 0.0045, 0.0, 1e3, "hovorka2004"},
    [X_X3] = {"x3", "1", 0.285, 0.0, 1e4, "hovorka2004"},
    [X_C] = {"c_mmol_l", "mmol/L", 6.0, 0.0, 500.0, "wilinska2010"},
};

static const titr_quantity inputs[N_U] = {
    [U_CARBS] = {"carbs_mg_per_min", "mg/min", 0.0, 0.0, 1e5, "hovorka2004"},
    [U_INSULIN] = {"insulin_u_per_min", "U/min", 0.0, 0.0, 100.0, "hovorka2004"},
};

static const titr_quantity outputs[N_Y] = {
    /* interstitial: what a sensor is in contact with */
    [Y_GLUCOSE] = {"glucose_mg_dl", "mg/dL", 108.0, 0.0, 6000.0, "wilinska2010"},
    [Y_PLASMA] = {"plasma_glucose_mg_dl", "mg/dL", 108.0, 0.0, 6000.0, "hovorka2004"},
    [Y_INSULIN] = {"plasma_insulin_pmol_l", "pmol/L", 33.0, 0.0, 1e6, "hovorka2004"},
};

/* Published names; defaults are the published means. Ranges are ours: AG above 1 as in
 * [wilinska2010], the others wide. */
static const titr_quantity params[N_P] = {
    [P_TMAXG] = {"tmaxG", "min", 40.0, 5.0, 300.0, "hovorka2004"},
    [P_TMAXI] = {"tmaxI", "min", 55.0, 5.0, 300.0, "hovorka2004"},
    [P_AG] = {"AG", "1", 0.8, 0.0, 1.2, "hovorka2004"},
    [P_K12] = {"k12", "/min", 0.066, 1e-3, 1.0, "hovorka2004"},
    [P_KA1] = {"ka1", "/min", 0.006, 1e-4, 1.0, "hovorka2004"},
    [P_KA2] = {"ka2", "/min", 0.06, 1e-4, 1.0, "hovorka2004"},
    [P_KA3] = {"ka3", "/min", 0.03, 1e-4, 1.0, "hovorka2004"},
    [P_SIT] = {"SIT", "/min/(mU/L)", 51.2e-4, 1e-5, 0.1, "hovorka2004"},
    [P_SID] = {"SID", "/min/(mU/L)", 8.2e-4, 1e-6, 0.1, "hovorka2004"},
    [P_SIE] = {"SIE", "/(mU/L)", 520e-4, 1e-4, 1.0, "hovorka2004"},
    [P_KE] = {"ke", "/min", 0.138, 0.01, 1.0, "hovorka2004"},
    [P_VI] = {"VI", "L/kg", 0.12, 0.01, 1.0, "hovorka2004"},
    [P_VG] = {"VG", "L/kg", 0.16, 0.02, 1.0, "hovorka2004"},
    [P_F01] = {"F01", "mmol/kg/min", 0.0097, 0.0, 0.1, "hovorka2004"},
    [P_EGP0] = {"EGP0", "mmol/kg/min", 0.0161, 1e-3, 0.1, "hovorka2004"},
    [P_RCL] = {"Rcl", "/min", 0.003, 0.0, 0.1, "hovorka2004"},
    [P_RTHR] = {"Rthr", "mmol/L", 14.0, 5.0, 30.0, "svelte_hovorka"},
    [P_KAINT] = {"kaint", "/min", 0.073, 1e-3, 2.0, "svelte_hovorka"},
    [P_GB] = {"Gb", "mmol/L", 6.0, 2.0, 20.0, "svelte_hovorka"},
};

/* At rest food is away, x follow I whatever ka is, and insulin's rate in skin is that given: skin
 * holds more or less of it with tmaxI. The others would ask for another basal rate. */
static const titr_response responses[] = {
    {P_TMAXG, 0}, {P_AG, 1}, {P_TMAXI, 2}, {P_KA1, 3}, {P_KA2, 4}, {P_KA3, 5},
};

/* Individual values: what the right-hand side reads, constants folded. */
enum {
    T_EATEN, /* mg/min -> mmol/min that will be absorbed: AG / (mg of 1 mmol) */
    T_KG,    /* 1 / tmaxG          */
    T_KI,    /* 1 / tmaxI          */
    T_KI_VI, /* 1 / (tmaxI VI)     */
    T_KE,
    T_KA1,
    T_KA2,
    T_KA3,
    T_KB1, /* ka1 SIT, and likewise */
    T_KB2,
    T_KB3,
    T_K12,
    T_PER_VG,
    T_F01,   /* F01 / 0.85         */
    T_RENAL, /* Rcl VG             */
    T_RTHR,
    T_EGP0,
    T_KAINT,
    T_BASAL, /* U/min               */
    T_X0,    /* the N_X initial states */
    N_T = T_X0 + N_X
};

static const titri_layout layout = {N_X, N_U, N_H, U_INSULIN, T_BASAL, T_X0};

#define MU_PER_U 1000.0
#define F01_SHARE 0.85 /* of F01c's asymptote: F01c = F01 at 5.7 mmol/L */

/* What leaves plasma at the basal glucose without insulin's help, mmol/kg/min. */
static double basal_loss(const double *p)
{
    const double brain = p[P_F01] / F01_SHARE * p[P_GB] / (p[P_GB] + 1.0);
    return brain + p[P_RCL] * p[P_VG] * titri_positive_part(p[P_GB] - p[P_RTHR]);
}

/* Plasma insulin that holds Gb, mU/L. With q = Gb VG, per kg, (5) and (6) at rest are
 *   x1 x2/(k12 + x2) q + loss = EGP0 (1 - x3),  x1 = SIT I, x2 = SID I, x3 = SIE I
 * or a I^2 + b I - c = 0, where a > 0, and c > 0 as EGP0 > loss: one positive root, at which x3 <
 * 1, for the left side is positive. */
static double basal_insulin_mu_l(const double *p)
{
    const double spare = p[P_EGP0] - basal_loss(p);
    const double a = p[P_SID] * (p[P_SIT] * p[P_GB] * p[P_VG] + p[P_SIE] * p[P_EGP0]);
    const double b = p[P_SIE] * p[P_EGP0] * p[P_K12] - p[P_SID] * spare;
    const double c = spare * p[P_K12];
    const double root = fabs(b) + sqrt(b * b + 4.0 * a * c); /* nothing cancels */
    return b >= 0.0 ? 2.0 * c / root : root / (2.0 * a);
}

/* Basal insulin: what leaves plasma while it holds I, mU/min. */
static double basal_mu_per_min(const titr_patient *patient)
{
    const double *p = patient->params;
    return p[P_KE] * p[P_VI] * patient->weight_kg * basal_insulin_mu_l(p);
}

static void steady_state(const titr_patient *patient, double x[N_X])
{
    const double *p = patient->params;
    memset(x, 0, N_X * sizeof *x);
    x[X_I] = basal_insulin_mu_l(p);
    x[X_S1] = x[X_S2] = basal_mu_per_min(patient) * p[P_TMAXI];
    x[X_X1] = p[P_SIT] * x[X_I];
    x[X_X2] = p[P_SID] * x[X_I];
    x[X_X3] = p[P_SIE] * x[X_I];
    x[X_Q1] = p[P_GB] * p[P_VG] * patient->weight_kg;
    x[X_Q2] = x[X_X1] * x[X_Q1] / (p[P_K12] + x[X_X2]);
    x[X_C] = p[P_GB];
}

static titr_status check_patient(const titr_patient *patient, titr_error *err)
{
    TITR_TRY(titri_patient_check(patient, (titr_table)TITR_TABLE(params), err));
    const double *p = patient->params, loss = basal_loss(p);
    if (!(p[P_EGP0] > loss)) {
        return titr_fail(err, TITR_ERR_RANGE,
                         "%s: EGP0 = %g mmol/kg/min, allowed > %g, which is used at Gb = %g mmol/L "
                         "without any insulin",
                         patient->id, p[P_EGP0], loss, p[P_GB]);
    }
    return TITR_OK;
}

static titr_status individualise(const titr_patient *patient, size_t lane, double *theta,
                                 titr_error *err)
{
    TITR_TRY(check_patient(patient, err));
    const double *p = patient->params, weight_kg = patient->weight_kg;
    double own[N_T] = {
        [T_EATEN] = p[P_AG] / TITR_MG_PER_MMOL,
        [T_KG] = 1.0 / p[P_TMAXG],
        [T_KI] = 1.0 / p[P_TMAXI],
        [T_KI_VI] = 1.0 / (p[P_TMAXI] * p[P_VI] * weight_kg),
        [T_KE] = p[P_KE],
        [T_KA1] = p[P_KA1],
        [T_KA2] = p[P_KA2],
        [T_KA3] = p[P_KA3],
        [T_KB1] = p[P_KA1] * p[P_SIT],
        [T_KB2] = p[P_KA2] * p[P_SID],
        [T_KB3] = p[P_KA3] * p[P_SIE],
        [T_K12] = p[P_K12],
        [T_PER_VG] = 1.0 / (p[P_VG] * weight_kg),
        [T_F01] = p[P_F01] * weight_kg / F01_SHARE,
        [T_RENAL] = p[P_RCL] * p[P_VG] * weight_kg,
        [T_RTHR] = p[P_RTHR],
        [T_EGP0] = p[P_EGP0] * weight_kg,
        [T_KAINT] = p[P_KAINT],
        [T_BASAL] = basal_mu_per_min(patient) / MU_PER_U,
    };
    steady_state(patient, &own[T_X0]);
    titri_put_column(own, N_T, lane, theta);
    return TITR_OK;
}

static void sensitise(double factor, size_t lane, double *theta)
{
    TITR_AT(theta, T_KB1, lane) *= factor;
    TITR_AT(theta, T_KB2, lane) *= factor;
    TITR_AT(theta, T_KB3, lane) *= factor;
}

static void initial(const titr_patient *patient, size_t lane, double *x, double *u, double *h)
{
    double x0[N_X];
    steady_state(patient, x0);
    titri_rest(&layout, x0, basal_mu_per_min(patient) / MU_PER_U, lane, x, u, h);
}

static void output(const double *x, const double *theta, double *y)
{
    TITR_FOR_LANES(l)
    {
        const double g = TITR_AT(x, X_Q1, l) * TITR_AT(theta, T_PER_VG, l);
        TITR_AT(y, Y_GLUCOSE, l) = TITR_AT(x, X_C, l) * TITR_MG_DL_PER_MMOL_L;
        TITR_AT(y, Y_PLASMA, l) = g * TITR_MG_DL_PER_MMOL_L;
        TITR_AT(y, Y_INSULIN, l) = TITR_AT(x, X_I, l) * (TITR_PMOL_PER_U / MU_PER_U);
    }
}

static void at_event(const titr_event *event, size_t lane, double *x, double *u, double *h,
                     const double *theta)
{
    titri_at_event(&layout, event, lane, x, u, h, theta);
}

#define T(i) TITR_AT(theta, T_##i, l)

static void rhs(const double *restrict t_min, const double *restrict x, const double *restrict u,
                const double *restrict h, const double *restrict theta, double *restrict dxdt)
{
    (void)t_min;
    (void)h;
    TITR_FOR_LANES(l)
    {
        const double d1 = TITR_AT(x, X_D1, l), d2 = TITR_AT(x, X_D2, l);
        const double s1 = TITR_AT(x, X_S1, l), s2 = TITR_AT(x, X_S2, l);
        TITR_AT(dxdt, X_D1, l) = T(EATEN) * TITR_AT(u, U_CARBS, l) - T(KG) * d1;   /* (1) */
        TITR_AT(dxdt, X_D2, l) = T(KG) * (d1 - d2);                                /* (2) */
        TITR_AT(dxdt, X_S1, l) = MU_PER_U * TITR_AT(u, U_INSULIN, l) - T(KI) * s1; /* (3) */
        TITR_AT(dxdt, X_S2, l) = T(KI) * (s1 - s2);                                /* (4) */

        const double q1 = TITR_AT(x, X_Q1, l), q2 = TITR_AT(x, X_Q2, l), g = q1 * T(PER_VG);
        const double x1 = TITR_AT(x, X_X1, l), x2 = TITR_AT(x, X_X2, l), x3 = TITR_AT(x, X_X3, l);
        const double brain = T(F01) * g / (g + 1.0);
        const double renal = T(RENAL) * titri_positive_part(g - T(RTHR));
        const double egp = T(EGP0) * titri_positive_part(1.0 - x3);
        const double moved = x1 * q1 - T(K12) * q2;
        TITR_AT(dxdt, X_Q1, l) = T(KG) * d2 - brain - renal - moved + egp; /* (5) */
        TITR_AT(dxdt, X_Q2, l) = moved - x2 * q2;                          /* (6) */

        const double i = TITR_AT(x, X_I, l);
        TITR_AT(dxdt, X_I, l) = T(KI_VI) * s2 - T(KE) * i;           /* (7) */
        TITR_AT(dxdt, X_X1, l) = T(KB1) * i - T(KA1) * x1;           /* (8) */
        TITR_AT(dxdt, X_X2, l) = T(KB2) * i - T(KA2) * x2;           /* (9) */
        TITR_AT(dxdt, X_X3, l) = T(KB3) * i - T(KA3) * x3;           /* (10) */
        TITR_AT(dxdt, X_C, l) = T(KAINT) * (g - TITR_AT(x, X_C, l)); /* (11) */
    }
}

#define J(row, col) TITR_AT(dfdx, (X_##row) * N_X + (X_##col), l)

/* Rows 5, 6 and 11, lane l: d F01c/dG = F01/0.85 / (G + 1)^2. */
static inline void jacobian_glucose(const double *restrict x, const double *restrict theta,
                                    double *restrict dfdx, size_t l)
{
    const double q1 = TITR_AT(x, X_Q1, l), g = q1 * T(PER_VG), per_g1 = 1.0 / (g + 1.0);
    const double x1 = TITR_AT(x, X_X1, l);
    const double on_renal = g > T(RTHR) ? 1.0 : 0.0, on_egp = TITR_AT(x, X_X3, l) < 1.0 ? 1.0 : 0.0;
    J(Q1, D2) = T(KG);
    J(Q1, Q1) = -T(PER_VG) * (T(F01) * per_g1 * per_g1 + on_renal * T(RENAL)) - x1;
    J(Q1, Q2) = T(K12);
    J(Q1, X1) = -q1;
    J(Q1, X3) = -on_egp * T(EGP0);
    J(Q2, Q1) = x1;
    J(Q2, Q2) = -T(K12) - TITR_AT(x, X_X2, l);
    J(Q2, X1) = q1;
    J(Q2, X2) = -TITR_AT(x, X_Q2, l);
    J(C, Q1) = T(KAINT) * T(PER_VG);
    J(C, C) = -T(KAINT);
}

/* The other rows, lane l: linear. */
static inline void jacobian_linear(const double *restrict theta, double *restrict dfdx, size_t l)
{
    J(D1, D1) = J(D2, D2) = -T(KG);
    J(D2, D1) = T(KG);
    J(S1, S1) = J(S2, S2) = -T(KI);
    J(S2, S1) = T(KI);
    J(I, S2) = T(KI_VI);
    J(I, I) = -T(KE);
    J(X1, I) = T(KB1);
    J(X1, X1) = -T(KA1);
    J(X2, I) = T(KB2);
    J(X2, X2) = -T(KA2);
    J(X3, I) = T(KB3);
    J(X3, X3) = -T(KA3);
}

static void jacobian(const double *t_min, const double *x, const double *u, const double *h,
                     const double *theta, double *dfdx)
{
    (void)t_min;
    (void)u;
    (void)h;
    memset(dfdx, 0, sizeof *dfdx * N_X * N_X * TITR_LANES);
    TITR_FOR_LANES(l)
    {
        jacobian_glucose(x, theta, dfdx, l);
        jacobian_linear(theta, dfdx, l);
    }
}

static const titr_model_mode modes[] = {
    {"faithful", "the published equations, whose masses stay positive as they are", rhs, jacobian,
     at_event, 1},
};

const titr_model_type TITR_SYMBOL(titr_model_glucose_hovorka) = {
    .part = {.name = "glucose_hovorka",
             .doc = "glucose, insulin and meals in type 1 diabetes, 11 states (Cambridge 2004)",
             .source = "hovorka2004"},
    .lanes = TITR_LANES,
    .n_theta = N_T,
    .states = TITR_TABLE(states),
    .inputs = TITR_TABLE(inputs),
    .params = TITR_TABLE(params),
    .outputs = TITR_TABLE(outputs),
    .modes = modes,
    .n_modes = sizeof modes / sizeof modes[0],
    .responses = responses,
    .n_responses = sizeof responses / sizeof responses[0],
    .restless = N_H, /* steps of 1 min follow a meal well */
    .individualise = individualise,
    .initial = initial,
    .output = output,
    .sensitise = sensitise,
};
