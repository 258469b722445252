// SPDX-License-Identifier: GPL-3.0-or-later
/* S2008 glucose model: meal, glucose and insulin kinetics of type 1 diabetes, 13 states.
 *
 *   stomach   dQsto1 = -kmax Qsto1 + d                                        (1)  mg/min
 *             dQsto2 = kmax Qsto1 - kgut Qsto2                                (2)
 *             dQgut  = kgut Qsto2 - kabs Qgut                                 (3)
 *   glucose   dGp = g(Gp) [EGP + Ra - Uii - E - k1 Gp + k2 Gt]                (4)  mg/kg/min
 *             dGt = g(Gt) [-Uid + k1 Gp - k2 Gt]                              (5)
 *   insulin   dIp = g(Ip) [-(m2+m4) Ip + m1 Il + ka1 Isc1 + ka2 Isc2]         (6)  pmol/kg/min
 *   action    dX  = p2u (I - Ib - X)                                          (7)  pmol/L/min
 *             dI' = ki (I - I'),  dXL = ki (I' - XL)                      (8, 9)
 *   liver     dIl = g(Il) [-(m1+m30) Il + m2 Ip]                             (10)
 *   skin      dIsc1 = g(Isc1) [u - (ka1+kd) Isc1]                            (11)
 *             dIsc2 = g(Isc2) [kd Isc1 - ka2 Isc2]                           (12)
 *   sensor    dGs = g(Gs) [ksc (Gp - Gs)]                                    (13)  mg/kg/min
 *
 *   I = Ip/Vi;  Ra = f kabs Qgut / BW;  EGP = max(0, kp1 - kp2 Gp - kp3 XL)
 *   E = ke1 max(0, Gp - ke2);  Uid = Vm Gt / (Km0 + Gt);  Vm = Vm0 + Vmx X;  Uii = Fsnc
 *   kgut = kmin + (kmax-kmin)/2 [tanh(A (q/D - b)) - tanh(C (q/D - d)) + 2], q = Qsto1 + Qsto2,
 *          A = 5/(2 (1-b)), C = 5/(2 d); kgut = kmax while D = 0               (14)
 *   D = stomach content when the meal began + everything eaten of it, mg: held until the next meal
 *
 * [dallaman2007] (1-10, 14), [dallaman2014] (11-13), gates g(x) = (x >= 0) and D: [simglucose].
 *
 * Modes: "faithful" is the above. "safe" has no gates, Vm floored at 0 and Uii = Fsnc min(1, Gp /
 * (18 mg/dL Vg)), an assumption of ours: every flux out of a mass vanishes with it, so nothing is
 * absorbing and nothing goes negative. "legacy_dbar" is "faithful" with the peers' historical slip
 * D = stomach content [mg] + eaten [g].
 * Insulin sensitivity times s: s Vmx and s kp3, insulin's two effects, on utilisation and on the
 * liver; Vm0, kp1 and the initial state stay as published, so basal insulin too does more or less.
 * That these two stand for sensitivity, and change together, is assumed.
 * Oracle: trajectories of the peer's own equations, tests/models/test_glucose_s2008.c.
 */
#include "common.h"
#include "titrate/base/lanes.h"
#include "titrate/base/math.h"
#include "titrate/base/units.h"
#include "titrate/models/model.h"

#include <string.h>

enum {
    X_QSTO1,
    X_QSTO2,
    X_QGUT,
    X_GP,
    X_GT,
    X_IP,
    X_X,
    X_I1,
    X_XL,
    X_IL,
    X_ISC1,
    X_ISC2,
    X_GS,
    N_X
};
enum { U_CARBS, U_INSULIN, N_U };
/* H_PER_DBAR = 1/D, 0 before the first meal; it follows from D and saves a division per call */
enum { H_DBAR, H_PER_DBAR, H_START, H_EATEN, H_EATING, N_H };
enum { Y_GLUCOSE, Y_PLASMA, Y_INSULIN, N_Y };
enum {
    P_KABS,
    P_KMAX,
    P_KMIN,
    P_B,
    P_D,
    P_VG,
    P_VI,
    P_VMX,
    P_KM0,
    P_K2,
    P_K1,
    P_P2U,
    P_M1,
    P_M2,
    P_M4,
    P_M30,
    P_KI,
    P_KP1,
    P_KP2,
    P_KP3,
    P_F,
    P_KE1,
    P_KE2,
    P_FSNC,
    P_VM0,
    P_KD,
    P_KSC,
    P_KA1,
    P_KA2,
    P_U2SS,
    P_IB,
    P_GPB,
    N_P
};

static const titr_quantity states[N_X] = {
    [X_QSTO1] = {"qsto1_mg", "mg", 0.0, 0.0, 1e6, "dallaman2007"},
    [X_QSTO2] = {"qsto2_mg", "mg", 0.0, 0.0, 1e6, "dallaman2007"},
    [X_QGUT] = {"qgut_mg", "mg", 0.0, 0.0, 1e6, "dallaman2007"},
    [X_GP] = {"gp_mg_kg", "mg/kg", 271.0, 0.0, 1e4, "dallaman2007"},
    [X_GT] = {"gt_mg_kg", "mg/kg", 138.0, 0.0, 1e4, "dallaman2007"},
    [X_IP] = {"ip_pmol_kg", "pmol/kg", 7.4, 0.0, 1e5, "dallaman2007"},
    /* from basal: -Ib without insulin */
    [X_X] = {"x_pmol_l", "pmol/L", 0.0, -500.0, 1e5, "dallaman2007"},
    [X_I1] = {"i1_pmol_l", "pmol/L", 110.0, 0.0, 1e6, "dallaman2007"},
    [X_XL] = {"xl_pmol_l", "pmol/L", 110.0, 0.0, 1e6, "dallaman2007"},
    [X_IL] = {"il_pmol_kg", "pmol/kg", 1.45, 0.0, 1e5, "dallaman2007"},
    [X_ISC1] = {"isc1_pmol_kg", "pmol/kg", 66.0, 0.0, 1e5, "dallaman2014"},
    [X_ISC2] = {"isc2_pmol_kg", "pmol/kg", 36.0, 0.0, 1e5, "dallaman2014"},
    [X_GS] = {"gs_mg_kg", "mg/kg", 271.0, 0.0, 1e4, "dallaman2014"},
};

static const titr_quantity inputs[N_U] = {
    [U_CARBS] = {"carbs_mg_per_min", "mg/min", 0.0, 0.0, 1e5, "dallaman2007"},
    [U_INSULIN] = {"insulin_u_per_min", "U/min", 0.0, 0.0, 100.0, "dallaman2014"},
};

static const titr_quantity held[N_H] = {
    [H_DBAR] = {"dbar_mg", "mg", 0.0, 0.0, 1e6, "simglucose"},
    [H_PER_DBAR] = {"dbar_inverse_per_mg", "/mg", 0.0, 0.0, 1e6, "derived"},
    [H_START] = {"q_meal_start_mg", "mg", 0.0, 0.0, 1e6, "simglucose"},
    [H_EATEN] = {"eaten_g", "g", 0.0, 0.0, 1e3, "simglucose"},
    [H_EATING] = {"eating", "1", 0.0, 0.0, 1.0, "simglucose"},
};

static const titr_quantity outputs[N_Y] = {
    /* subcutaneous: what the peers report as "BG" */
    [Y_GLUCOSE] = {"glucose_mg_dl", "mg/dL", 141.0, 0.0, 6000.0, "simglucose"},
    [Y_PLASMA] = {"plasma_glucose_mg_dl", "mg/dL", 141.0, 0.0, 6000.0, "dallaman2007"},
    [Y_INSULIN] = {"plasma_insulin_pmol_l", "pmol/L", 110.0, 0.0, 1e6, "dallaman2007"},
};

/* Published column names; default: the published child#001. BW is the patient's weight. */
static const titr_quantity params[N_P] = {
    [P_KABS] = {"kabs", "/min", 0.127494918, 1e-3, 5.0, "simglucose"},
    [P_KMAX] = {"kmax", "/min", 0.068714386, 1e-3, 1.0, "simglucose"},
    [P_KMIN] = {"kmin", "/min", 0.007997018, 1e-4, 1.0, "simglucose"},
    [P_B] = {"b", "1", 0.754915658, 0.01, 0.999, "simglucose"},
    [P_D] = {"d", "1", 0.089529251, 0.001, 0.999, "simglucose"},
    [P_VG] = {"Vg", "dL/kg", 1.919425692, 0.2, 10.0, "simglucose"},
    [P_VI] = {"Vi", "L/kg", 0.067013558, 0.005, 1.0, "simglucose"},
    [P_VMX] = {"Vmx", "mg/kg/min/(pmol/L)", 0.152308243, 0.0, 2.0, "simglucose"},
    [P_KM0] = {"Km0", "mg/kg", 185.8820726, 10.0, 2000.0, "simglucose"},
    [P_K2] = {"k2", "/min", 0.128243663, 1e-3, 2.0, "simglucose"},
    [P_K1] = {"k1", "/min", 0.070852519, 1e-3, 2.0, "simglucose"},
    [P_P2U] = {"p2u", "/min", 0.042802541, 1e-3, 1.0, "simglucose"},
    [P_M1] = {"m1", "/min", 0.314270832, 1e-3, 5.0, "simglucose"},
    [P_M2] = {"m2", "/min", 0.154436596254, 1e-3, 5.0, "simglucose"},
    [P_M4] = {"m4", "/min", 0.0617746385016, 1e-3, 5.0, "simglucose"},
    [P_M30] = {"m30", "/min", 0.471406248, 1e-3, 5.0, "simglucose"},
    [P_KI] = {"ki", "/min", 0.010902381, 1e-4, 1.0, "simglucose"},
    [P_KP1] = {"kp1", "mg/kg/min", 4.1652828427, 0.1, 100.0, "simglucose"},
    [P_KP2] = {"kp2", "/min", 0.002522654, 0.0, 1.0, "simglucose"},
    [P_KP3] = {"kp3", "mg/kg/min/(pmol/L)", 0.008379266, 0.0, 1.0, "simglucose"},
    [P_F] = {"f", "1", 0.9, 0.0, 1.0, "simglucose"},
    [P_KE1] = {"ke1", "/min", 0.0005, 0.0, 0.1, "simglucose"},
    [P_KE2] = {"ke2", "mg/kg", 339, 0.0, 2000.0, "simglucose"},
    [P_FSNC] = {"Fsnc", "mg/kg/min", 1, 0.0, 10.0, "simglucose"},
    [P_VM0] = {"Vm0", "mg/kg/min", 3.65981019497, 0.0, 200.0, "simglucose"},
    [P_KD] = {"kd", "/min", 0.0131, 1e-4, 1.0, "simglucose"},
    [P_KSC] = {"ksc", "/min", 0.0684, 1e-3, 2.0, "simglucose"},
    [P_KA1] = {"ka1", "/min", 0.0041, 0.0, 1.0, "simglucose"},
    [P_KA2] = {"ka2", "/min", 0.0243, 1e-4, 1.0, "simglucose"},
    [P_U2SS] = {"u2ss", "pmol/kg/min", 1.14220356012, 0.01, 50.0, "simglucose"},
    [P_IB] = {"Ib", "pmol/L", 110.3648078, 1.0, 500.0, "simglucose"},
    [P_GPB] = {"Gpb", "mg/kg", 271.031853002, 50.0, 1000.0, "simglucose"},
};

/* kmax and kmin together: their order has to stay. kp3, m1 to m4 and k1, k2 would move the steady
 * state of (4-6) and (10). */
static const titr_response responses[] = {
    {P_KABS, 0}, {P_KMAX, 1}, {P_KMIN, 1}, {P_VMX, 2}, {P_P2U, 3},
    {P_KI, 4},   {P_KD, 5},   {P_KA1, 6},  {P_KA2, 7},
};

/* Individual values: what the right-hand side reads, constants folded. */
enum {
    T_KABS,
    T_KMAX,
    T_KMIN,
    T_KSPAN, /* (kmax - kmin) / 2                    */
    T_B,     /* and d of (14)                        */
    T_D,
    T_A, /* A and C of (14) by TITR_TANH_SCALE   */
    T_C,
    T_RA, /* f kabs / BW                          */
    T_KP1,
    T_KP2,
    T_KP3,
    T_FSNC,
    T_PER_LOW, /* 1 / (18 mg/dL Vg)                    */
    T_KE1,
    T_KE2,
    T_K1,
    T_K2,
    T_VM0,
    T_VMX,
    T_KM0,
    T_M1,
    T_M2,
    T_M24,  /* m2 + m4                              */
    T_M130, /* m1 + m30                             */
    T_PER_VI,
    T_P2U,
    T_IB,
    T_KI,
    T_KA1,
    T_KA2,
    T_KD,
    T_KAD, /* ka1 + kd                             */
    T_KSC,
    T_U, /* U/min -> pmol/kg/min                 */
    T_PER_VG,
    T_BASAL, /* U/min                                */
    T_X0,    /* the N_X initial states               */
    N_T = T_X0 + N_X
};

static const titri_layout layout = {N_X, N_U, N_H, U_INSULIN, T_BASAL, T_X0};

#define UII_FULL_MG_DL 18.0 /* safe mode: Uii falls with Gp below this */

/* Basal insulin, U/min: the rate that keeps the child at Gpb. */
static double basal_u_per_min(const titr_patient *patient)
{
    return patient->params[P_U2SS] * patient->weight_kg / TITR_PMOL_PER_U;
}

/* Steady state of (1-13) under basal insulin and without food: plasma from Ib and Gpb, skin from
 * u2ss, liver and tissue from the balance of (10) and (4). For parameters that belong together (5)
 * and (6) are then in balance too. */
static void steady_state(const titr_patient *patient, double x[N_X])
{
    const double *p = patient->params;
    memset(x, 0, N_X * sizeof *x);
    x[X_ISC1] = p[P_U2SS] / (p[P_KA1] + p[P_KD]);
    x[X_ISC2] = p[P_KD] * x[X_ISC1] / p[P_KA2];
    x[X_IP] = p[P_IB] * p[P_VI];
    x[X_IL] = p[P_M2] * x[X_IP] / (p[P_M1] + p[P_M30]);
    x[X_I1] = x[X_XL] = p[P_IB];
    x[X_GP] = x[X_GS] = p[P_GPB];
    const double egp = p[P_KP1] - p[P_KP2] * x[X_GP] - p[P_KP3] * x[X_XL];
    const double renal = p[P_KE1] * (x[X_GP] > p[P_KE2] ? x[X_GP] - p[P_KE2] : 0.0);
    x[X_GT] = (p[P_K1] * x[X_GP] + renal + p[P_FSNC] - (egp > 0.0 ? egp : 0.0)) / p[P_K2];
}

static titr_status check_patient(const titr_patient *patient, titr_error *err)
{
    TITR_TRY(titri_patient_check(patient, (titr_table)TITR_TABLE(params), err));
    if (patient->params[P_KMAX] < patient->params[P_KMIN]) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: kmax = %g /min, allowed >= kmin = %g /min",
                         patient->id, patient->params[P_KMAX], patient->params[P_KMIN]);
    }
    return TITR_OK;
}

/* Parameters that go into theta as they are. */
static const struct {
    int theta, param;
} copied[] = {
    {T_KABS, P_KABS}, {T_KMAX, P_KMAX}, {T_KMIN, P_KMIN}, {T_B, P_B},       {T_D, P_D},
    {T_KP1, P_KP1},   {T_KP2, P_KP2},   {T_KP3, P_KP3},   {T_FSNC, P_FSNC}, {T_KE1, P_KE1},
    {T_KE2, P_KE2},   {T_K1, P_K1},     {T_K2, P_K2},     {T_VM0, P_VM0},   {T_VMX, P_VMX},
    {T_KM0, P_KM0},   {T_M1, P_M1},     {T_M2, P_M2},     {T_P2U, P_P2U},   {T_IB, P_IB},
    {T_KI, P_KI},     {T_KA1, P_KA1},   {T_KA2, P_KA2},   {T_KD, P_KD},     {T_KSC, P_KSC},
};

static titr_status individualise(const titr_patient *patient, size_t lane, double *theta,
                                 titr_error *err)
{
    TITR_TRY(check_patient(patient, err));
    const double *p = patient->params;
    double own[N_T];
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        own[copied[i].theta] = p[copied[i].param];
    }
    own[T_KSPAN] = 0.5 * (p[P_KMAX] - p[P_KMIN]);
    own[T_A] = TITR_TANH_SCALE * 2.5 / (1.0 - p[P_B]);
    own[T_C] = TITR_TANH_SCALE * 2.5 / p[P_D];
    own[T_RA] = p[P_F] * p[P_KABS] / patient->weight_kg;
    own[T_PER_LOW] = 1.0 / (UII_FULL_MG_DL * p[P_VG]);
    own[T_M24] = p[P_M2] + p[P_M4];
    own[T_M130] = p[P_M1] + p[P_M30];
    own[T_PER_VI] = 1.0 / p[P_VI];
    own[T_KAD] = p[P_KA1] + p[P_KD];
    own[T_U] = TITR_PMOL_PER_U / patient->weight_kg;
    own[T_PER_VG] = 1.0 / p[P_VG];
    own[T_BASAL] = basal_u_per_min(patient);
    steady_state(patient, &own[T_X0]);
    titri_put_column(own, N_T, lane, theta);
    return TITR_OK;
}

static void sensitise(double factor, size_t lane, double *theta)
{
    TITR_AT(theta, T_VMX, lane) *= factor;
    TITR_AT(theta, T_KP3, lane) *= factor;
}

static void initial(const titr_patient *patient, size_t lane, double *x, double *u, double *h)
{
    double x0[N_X];
    steady_state(patient, x0);
    titri_rest(&layout, x0, basal_u_per_min(patient), lane, x, u, h);
}

static void output(const double *x, const double *theta, double *y)
{
    TITR_FOR_LANES(l)
    {
        TITR_AT(y, Y_GLUCOSE, l) = TITR_AT(x, X_GS, l) * TITR_AT(theta, T_PER_VG, l);
        TITR_AT(y, Y_PLASMA, l) = TITR_AT(x, X_GP, l) * TITR_AT(theta, T_PER_VG, l);
        TITR_AT(y, Y_INSULIN, l) = TITR_AT(x, X_IP, l) * TITR_AT(theta, T_PER_VI, l);
    }
}

/* ---- events ---- */

typedef enum bite_unit { BITE_IN_MG, BITE_IN_G_AS_MG } bite_unit;

/* Food enters, or stops. A bite counts in D before it is integrated; a meal begins with the first
 * bite after a time without, so food in the minute after the last bite still extends the meal. */
static void at_food(bite_unit unit, const titr_event *event, size_t lane, const double *x,
                    double *h)
{
    if (!(event->amount > 0.0)) {
        TITR_AT(h, H_EATING, lane) = 0.0;
        return;
    }
    if (TITR_AT(h, H_EATING, lane) == 0.0) {
        TITR_AT(h, H_START, lane) = TITR_AT(x, X_QSTO1, lane) + TITR_AT(x, X_QSTO2, lane);
        TITR_AT(h, H_EATEN, lane) = 0.0;
        TITR_AT(h, H_EATING, lane) = 1.0;
    }
    TITR_AT(h, H_EATEN, lane) += event->amount * event->duration_min / TITR_MG_PER_G;
    const double eaten =
        unit == BITE_IN_MG ? TITR_AT(h, H_EATEN, lane) * TITR_MG_PER_G : TITR_AT(h, H_EATEN, lane);
    const double dbar = TITR_AT(h, H_START, lane) + eaten;
    TITR_AT(h, H_DBAR, lane) = dbar;
    TITR_AT(h, H_PER_DBAR, lane) = dbar > 0.0 ? 1.0 / dbar : 0.0;
}

static void apply(bite_unit unit, const titr_event *event, size_t lane, double *x, double *u,
                  double *h, const double *theta)
{
    titri_at_event(&layout, event, lane, x, u, h, theta);
    if (event->kind == TITR_EVENT_RATE && event->target == U_CARBS) {
        at_food(unit, event, lane, x, h);
    }
}

static void at_event(const titr_event *event, size_t lane, double *x, double *u, double *h,
                     const double *theta)
{
    apply(BITE_IN_MG, event, lane, x, u, h, theta);
}

static void at_event_legacy(const titr_event *event, size_t lane, double *x, double *u, double *h,
                            const double *theta)
{
    apply(BITE_IN_G_AS_MG, event, lane, x, u, h, theta);
}

/* ---- right-hand side and Jacobian: written once, the variant is a compile-time constant ---- */

typedef enum variant { FAITHFUL, SAFE } variant;

#define T(i) TITR_AT(theta, T_##i, l)

/* g(x) of the faithful variant; 1 in the safe one. */
static inline double gate(variant v, double x)
{
    return v == SAFE || x >= 0.0 ? 1.0 : 0.0;
}

/* @param[in] step tanh(A ...) - tanh(C ...) of (14) */
static inline double k_empty(double kmax, double kmin, double kspan, double step, double per_dbar)
{
    const double emptying = kmin + kspan * (step + 2.0);
    return per_dbar > 0.0 ? emptying : kmax;
}

TITR_INLINE void rhs_of(variant v, const double *restrict x, const double *restrict u,
                        const double *restrict h, const double *restrict theta,
                        double *restrict dxdt)
{
    TITR_FOR_LANES(l)
    {
        const double q1 = TITR_AT(x, X_QSTO1, l), q2 = TITR_AT(x, X_QSTO2, l);
        const double qgut = TITR_AT(x, X_QGUT, l);
        const double per_dbar = TITR_AT(h, H_PER_DBAR, l);
        const double fill = (q1 + q2) * per_dbar;
        const double step = titr_tanh_difference(T(A) * (fill - T(B)), T(C) * (fill - T(D)));
        const double kgut = k_empty(T(KMAX), T(KMIN), T(KSPAN), step, per_dbar);
        TITR_AT(dxdt, X_QSTO1, l) = TITR_AT(u, U_CARBS, l) - T(KMAX) * q1; /* (1) */
        TITR_AT(dxdt, X_QSTO2, l) = T(KMAX) * q1 - kgut * q2;              /* (2) */
        TITR_AT(dxdt, X_QGUT, l) = kgut * q2 - T(KABS) * qgut;             /* (3) */

        const double gp = TITR_AT(x, X_GP, l), gt = TITR_AT(x, X_GT, l);
        const double action = TITR_AT(x, X_X, l), xl = TITR_AT(x, X_XL, l);
        const double egp = titri_positive_part(T(KP1) - T(KP2) * gp - T(KP3) * xl);
        const double renal = T(KE1) * titri_positive_part(gp - T(KE2));
        const double vm = T(VM0) + T(VMX) * action;
        const double low = gp * T(PER_LOW);
        const double uii = v == SAFE ? T(FSNC) * (low > 1.0 ? 1.0 : low) : T(FSNC);
        const double uid = (v == SAFE ? titri_positive_part(vm) : vm) * gt / (T(KM0) + gt);
        const double to_tissue = T(K1) * gp - T(K2) * gt;
        TITR_AT(dxdt, X_GP, l) =
            gate(v, gp) * (egp + T(RA) * qgut - uii - renal - to_tissue); /* (4) */
        TITR_AT(dxdt, X_GT, l) = gate(v, gt) * (to_tissue - uid);         /* (5) */

        const double ip = TITR_AT(x, X_IP, l), il = TITR_AT(x, X_IL, l);
        const double i1 = TITR_AT(x, X_I1, l), conc = ip * T(PER_VI);
        const double isc1 = TITR_AT(x, X_ISC1, l), isc2 = TITR_AT(x, X_ISC2, l);
        const double absorbed = T(KA1) * isc1 + T(KA2) * isc2;
        TITR_AT(dxdt, X_IP, l) = gate(v, ip) * (T(M1) * il + absorbed - T(M24) * ip); /* (6) */
        TITR_AT(dxdt, X_X, l) = T(P2U) * (conc - T(IB) - action);                     /* (7) */
        TITR_AT(dxdt, X_I1, l) = T(KI) * (conc - i1);                                 /* (8) */
        TITR_AT(dxdt, X_XL, l) = T(KI) * (i1 - xl);                                   /* (9) */
        TITR_AT(dxdt, X_IL, l) = gate(v, il) * (T(M2) * ip - T(M130) * il);           /* (10) */
        TITR_AT(dxdt, X_ISC1, l) =
            gate(v, isc1) * (T(U) * TITR_AT(u, U_INSULIN, l) - T(KAD) * isc1);     /* (11) */
        TITR_AT(dxdt, X_ISC2, l) = gate(v, isc2) * (T(KD) * isc1 - T(KA2) * isc2); /* (12) */

        const double gs = TITR_AT(x, X_GS, l);
        TITR_AT(dxdt, X_GS, l) = gate(v, gs) * (T(KSC) * (gp - gs)); /* (13) */
    }
}

#define J(row, col) TITR_AT(dfdx, (X_##row) * N_X + (X_##col), l)

/* Rows 1-3, lane l: d kgut / dq = kspan/D [A (1 - tanh^2) - C (1 - tanh^2)]. */
static inline void jacobian_stomach(const double *restrict x, const double *restrict h,
                                    const double *restrict theta, double *restrict dfdx, size_t l)
{
    const double q1 = TITR_AT(x, X_QSTO1, l), q2 = TITR_AT(x, X_QSTO2, l);
    const double per_dbar = TITR_AT(h, H_PER_DBAR, l), fill = (q1 + q2) * per_dbar;
    const double a = T(A) * TITR_TANH_UNIT, c = T(C) * TITR_TANH_UNIT;
    const double ta = titr_tanh(a * (fill - T(B))), tc = titr_tanh(c * (fill - T(D)));
    const double kgut = k_empty(T(KMAX), T(KMIN), T(KSPAN), ta - tc, per_dbar);
    const double slope = T(KSPAN) * per_dbar * (a * (1.0 - ta * ta) - c * (1.0 - tc * tc));
    J(QSTO1, QSTO1) = -T(KMAX);
    J(QSTO2, QSTO1) = T(KMAX) - slope * q2;
    J(QSTO2, QSTO2) = -kgut - slope * q2;
    J(QGUT, QSTO1) = slope * q2;
    J(QGUT, QSTO2) = kgut + slope * q2;
    J(QGUT, QGUT) = -T(KABS);
}

/* Rows 4, 5 and 13, lane l. */
static inline void jacobian_glucose(variant v, const double *restrict x,
                                    const double *restrict theta, double *restrict dfdx, size_t l)
{
    const double gp = TITR_AT(x, X_GP, l), gt = TITR_AT(x, X_GT, l);
    const double egp = T(KP1) - T(KP2) * gp - T(KP3) * TITR_AT(x, X_XL, l);
    const double on_egp = egp > 0.0 ? 1.0 : 0.0, on_renal = gp > T(KE2) ? 1.0 : 0.0;
    const double on_low = v == SAFE && gp * T(PER_LOW) < 1.0 ? 1.0 : 0.0;
    const double vm = T(VM0) + T(VMX) * TITR_AT(x, X_X, l);
    const double on_vm = v == SAFE && vm < 0.0 ? 0.0 : 1.0;
    const double g_gp = gate(v, gp), g_gt = gate(v, gt), g_gs = gate(v, TITR_AT(x, X_GS, l));
    const double per_km = 1.0 / (T(KM0) + gt);
    J(GP, QGUT) = g_gp * T(RA);
    J(GP, GP) =
        -g_gp * (on_egp * T(KP2) + on_renal * T(KE1) + on_low * T(FSNC) * T(PER_LOW) + T(K1));
    J(GP, GT) = g_gp * T(K2);
    J(GP, XL) = -g_gp * on_egp * T(KP3);
    J(GT, GP) = g_gt * T(K1);
    J(GT, GT) = -g_gt * (T(K2) + on_vm * vm * T(KM0) * per_km * per_km);
    J(GT, X) = -g_gt * on_vm * T(VMX) * gt * per_km;
    J(GS, GP) = g_gs * T(KSC);
    J(GS, GS) = -g_gs * T(KSC);
}

/* Rows 6-12, lane l: linear. */
static inline void jacobian_insulin(variant v, const double *restrict x,
                                    const double *restrict theta, double *restrict dfdx, size_t l)
{
    const double g_ip = gate(v, TITR_AT(x, X_IP, l)), g_il = gate(v, TITR_AT(x, X_IL, l));
    const double g_isc1 = gate(v, TITR_AT(x, X_ISC1, l)), g_isc2 = gate(v, TITR_AT(x, X_ISC2, l));
    J(IP, IP) = -g_ip * T(M24);
    J(IP, IL) = g_ip * T(M1);
    J(IP, ISC1) = g_ip * T(KA1);
    J(IP, ISC2) = g_ip * T(KA2);
    J(X, IP) = T(P2U) * T(PER_VI);
    J(X, X) = -T(P2U);
    J(I1, IP) = T(KI) * T(PER_VI);
    J(I1, I1) = -T(KI);
    J(XL, I1) = T(KI);
    J(XL, XL) = -T(KI);
    J(IL, IP) = g_il * T(M2);
    J(IL, IL) = -g_il * T(M130);
    J(ISC1, ISC1) = -g_isc1 * T(KAD);
    J(ISC2, ISC1) = g_isc2 * T(KD);
    J(ISC2, ISC2) = -g_isc2 * T(KA2);
}

static inline void jacobian_of(variant v, const double *x, const double *h, const double *theta,
                               double *dfdx)
{
    memset(dfdx, 0, sizeof *dfdx * N_X * N_X * TITR_LANES);
    TITR_FOR_LANES(l)
    {
        jacobian_stomach(x, h, theta, dfdx, l);
        jacobian_glucose(v, x, theta, dfdx, l);
        jacobian_insulin(v, x, theta, dfdx, l);
    }
}

static void rhs_faithful(const double *t_min, const double *x, const double *u, const double *h,
                         const double *theta, double *dxdt)
{
    (void)t_min;
    rhs_of(FAITHFUL, x, u, h, theta, dxdt);
}

static void rhs_safe(const double *t_min, const double *x, const double *u, const double *h,
                     const double *theta, double *dxdt)
{
    (void)t_min;
    rhs_of(SAFE, x, u, h, theta, dxdt);
}

static void jacobian_faithful(const double *t_min, const double *x, const double *u,
                              const double *h, const double *theta, double *dfdx)
{
    (void)t_min;
    (void)u;
    jacobian_of(FAITHFUL, x, h, theta, dfdx);
}

static void jacobian_safe(const double *t_min, const double *x, const double *u, const double *h,
                          const double *theta, double *dfdx)
{
    (void)t_min;
    (void)u;
    jacobian_of(SAFE, x, h, theta, dfdx);
}

static const titr_model_mode modes[] = {
    {"safe", "utilisation never negative, brain uptake vanishes with glucose, no gates", rhs_safe,
     jacobian_safe, at_event, 1},
    {"faithful", "exactly the published code, for comparison with it and with the literature",
     rhs_faithful, jacobian_faithful, at_event, 0},
    {"legacy_dbar", "faithful with the historical unit slip in D (food counted in g, not mg)",
     rhs_faithful, jacobian_faithful, at_event_legacy, 0},
};

const titr_model_type TITR_SYMBOL(titr_model_glucose_s2008) = {
    .part = {.name = "glucose_s2008",
             .doc = "glucose, insulin and meals in type 1 diabetes, 13 states (UVA/Padova 2008)",
             .source = "dallaman2007"},
    .lanes = TITR_LANES,
    .n_theta = N_T,
    .states = TITR_TABLE(states),
    .inputs = TITR_TABLE(inputs),
    .held = TITR_TABLE(held),
    .params = TITR_TABLE(params),
    .outputs = TITR_TABLE(outputs),
    .modes = modes,
    .n_modes = sizeof modes / sizeof modes[0],
    .responses = responses,
    .n_responses = sizeof responses / sizeof responses[0],
    .restless = H_EATING,
    .individualise = individualise,
    .initial = initial,
    .output = output,
    .sensitise = sensitise,
};
