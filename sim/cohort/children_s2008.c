// SPDX-License-Identifier: GPL-3.0-or-later
/* Children of the S2008 body, from its 30 published subjects [kovatchev2009] [simglucose].
 *
 * Drawn    19 rates, volumes and gains on log scales, b, d and kmin/kmax on logit scales: means of
 *          the ten children and ten adolescents, SD and correlations within the three groups; rates
 *          of a child's own weight.
 * Needed   basal rate u2ss = TDD share and glucose at rest, Gpb = Vg G.
 * Derived  as in the published table, tests/sim/cohort/test_children.c:
 *            m4 = 0.4 m2, m30 = 1.5 m1                       (hepatic extraction 0.6)
 *            m2 = u2ss / (Ib Vi)                             (6) and (10) at rest
 *            kp1 = EGPb + kp2 Gpb + kp3 Ib
 *            Gtb = (k1 Gpb + E + Fsnc - EGPb) / k2,  Vm0 = (EGPb - Fsnc - E) (Km0 + Gtb) / Gtb
 *          with numbers of equations as in models/glucose_s2008.c. Insulin at rest follows from
 * need and clearance: a child who needs more has more, as in puberty. Sensitivity times s: s Vmx
 * and s kp3, as that model's own factor.
 */
#include "children.h"

#include "titrate/base/math.h"
#include "titrate/base/units.h"
#include "titrate/cohort/source.h"

#include <math.h>
#include <string.h>

enum {
    K_KABS,
    K_KMAX,
    K_VG,
    K_VI,
    K_VMX,
    K_KM0,
    K_K1,
    K_K2,
    K_P2U,
    K_M1,
    K_IB,
    K_KI,
    K_KP2,
    K_KP3,
    K_KD,
    K_KSC,
    K_KA1,
    K_KA2,
    K_EGPB,
    K_KMIN, /* over kmax */
    K_B,
    K_D,
    N_K
};
#define RATE (-0.25)
static const titri_spread_row rows[N_K] = {
    [K_KABS] = {"kabs", TITRI_SCALE_LOG, RATE}, [K_KMAX] = {"kmax", TITRI_SCALE_LOG, RATE},
    [K_VG] = {"Vg", TITRI_SCALE_LOG, 0.0},      [K_VI] = {"Vi", TITRI_SCALE_LOG, 0.0},
    [K_VMX] = {"Vmx", TITRI_SCALE_LOG, 0.0},    [K_KM0] = {"Km0", TITRI_SCALE_LOG, 0.0},
    [K_K1] = {"k1", TITRI_SCALE_LOG, RATE},     [K_K2] = {"k2", TITRI_SCALE_LOG, RATE},
    [K_P2U] = {"p2u", TITRI_SCALE_LOG, RATE},   [K_M1] = {"m1", TITRI_SCALE_LOG, RATE},
    [K_IB] = {"Ib", TITRI_SCALE_LOG, 0.0},      [K_KI] = {"ki", TITRI_SCALE_LOG, RATE},
    [K_KP2] = {"kp2", TITRI_SCALE_LOG, RATE},   [K_KP3] = {"kp3", TITRI_SCALE_LOG, 0.0},
    [K_KD] = {"kd", TITRI_SCALE_LOG, RATE},     [K_KSC] = {"ksc", TITRI_SCALE_LOG, RATE},
    [K_KA1] = {"ka1", TITRI_SCALE_LOG, RATE},   [K_KA2] = {"ka2", TITRI_SCALE_LOG, RATE},
    [K_EGPB] = {"EGPb", TITRI_SCALE_LOG, RATE}, [K_KMIN] = {"kmin", TITRI_SCALE_LOGIT, 0.0},
    [K_B] = {"b", TITRI_SCALE_LOGIT, 0.0},      [K_D] = {"d", TITRI_SCALE_LOGIT, 0.0},
};

/* Parameters that are drawn as they are. */
static const int plain[] = {K_KABS, K_KMAX, K_VG,  K_VI, K_KM0, K_K1,  K_K2,  K_P2U, K_M1,
                            K_IB,   K_KI,   K_KP2, K_KD, K_KSC, K_KA1, K_KA2, K_B,   K_D};
enum { N_PLAIN = sizeof plain / sizeof plain[0] };

/* Of all published subjects alike; not drawn. */
static const struct {
    const char *name;
    double value;
} constant[] = {{"f", 0.9}, {"ke1", 0.0005}, {"ke2", 339.0}, {"Fsnc", 1.0}};

static double *param(titr_patient *patient, const char *name)
{
    return titri_param(titr_model_find("glucose_s2008"), patient, name);
}

static double get(const titr_patient *patient, const char *name)
{
    return titri_param_of(titr_model_find("glucose_s2008"), patient, name);
}

static double renal_loss(const titr_patient *p)
{
    return get(p, "ke1") * fmax(0.0, get(p, "Gpb") - get(p, "ke2"));
}

/* A subject on the scales of `rows`. */
static void describe(const titr_patient *p, double *y)
{
    double value[N_K];
    for (size_t i = 0; i < N_PLAIN; i++) {
        value[plain[i]] = get(p, rows[plain[i]].name);
    }
    value[K_VMX] = get(p, "Vmx");
    value[K_KP3] = get(p, "kp3");
    value[K_EGPB] = get(p, "kp1") - get(p, "kp2") * get(p, "Gpb") - get(p, "kp3") * get(p, "Ib");
    value[K_KMIN] = get(p, "kmin") / get(p, "kmax");
    for (size_t k = 0; k < N_K; k++) {
        y[k] = titri_to_scale(rows[k].scale, value[k]);
    }
}

static int group_of(const char *id)
{
    return strncmp(id, "child", 5) == 0 ? 0 : strncmp(id, "adolescent", 10) == 0 ? 1 : 2;
}

static titr_status open_spread(const titr_model_type *model, titri_spread *spread, titr_error *err)
{
    enum { SUBJECTS = 30, GROUPS = 3 };
    static const titri_spread empty;
    double y[SUBJECTS * N_K], log_kg = 0.0, n_central = 0.0;
    int group[SUBJECTS], central[SUBJECTS];
    titr_cohort cohort = {0};
    TITR_TRY(titr_cohort_load_published(NULL, model, &cohort, err));
    *spread = empty;
    spread->row = rows;
    spread->n = N_K;
    for (size_t i = 0; i < cohort.n && i < SUBJECTS; i++) {
        const titr_patient *p = &cohort.child[i].patient;
        describe(p, &y[i * N_K]);
        group[i] = group_of(p->id);
        central[i] = group[i] < 2;
        log_kg += central[i] ? titr_log(p->weight_kg) : 0.0;
        n_central += central[i];
    }
    spread->reference_kg = titr_exp(log_kg / n_central);
    const titr_status status = titri_spread_of(spread, y, group, central, cohort.n, GROUPS, err);
    titr_cohort_fini(&cohort);
    return status;
}

static titr_status build(const double *k, const titr_need *need, double sensitivity,
                         titr_patient *p, titr_error *err)
{
    for (size_t i = 0; i < N_PLAIN; i++) {
        *param(p, rows[plain[i]].name) = k[plain[i]];
    }
    for (size_t i = 0; i < sizeof constant / sizeof constant[0]; i++) {
        *param(p, constant[i].name) = constant[i].value;
    }
    const double u2ss = need->tdd_u_per_kg * need->basal_share * TITR_PMOL_PER_U / TITR_MIN_PER_DAY;
    const double gpb = need->fasting_mg_dl * k[K_VG], m2 = u2ss / (k[K_IB] * k[K_VI]);
    *param(p, "kmin") = k[K_KMIN] * k[K_KMAX];
    *param(p, "m2") = m2;
    *param(p, "m4") = 0.4 * m2;
    *param(p, "m30") = 1.5 * k[K_M1];
    *param(p, "Vmx") = sensitivity * k[K_VMX];
    *param(p, "kp3") = sensitivity * k[K_KP3];
    *param(p, "u2ss") = u2ss;
    *param(p, "Gpb") = gpb;
    *param(p, "kp1") = k[K_EGPB] + k[K_KP2] * gpb + sensitivity * k[K_KP3] * k[K_IB];
    const double used = k[K_EGPB] - get(p, "Fsnc") - renal_loss(p);
    const double gtb = (k[K_K1] * gpb - used) / k[K_K2];
    if (!(gtb > 0.0 && used > 0.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: no steady state at %g mg/dL", p->id,
                         need->fasting_mg_dl);
    }
    *param(p, "Vm0") = used * (k[K_KM0] + gtb) / gtb;
    return TITR_OK;
}

/* (5) at rest and X = 0: Vm0 Gt / (Km0 + Gt) = k1 Gp - k2 Gt, its positive root. */
static void raise(const titr_patient *p, double glucose_mg_dl, double *x)
{
    const titr_model_type *model = titr_model_find("glucose_s2008");
    const double gp = glucose_mg_dl * get(p, "Vg"), k2 = get(p, "k2"), km0 = get(p, "Km0");
    const double b = k2 * km0 + get(p, "Vm0") - get(p, "k1") * gp, c = get(p, "k1") * gp * km0;
    x[titr_table_find(model->states, "gp_mg_kg")] = gp;
    x[titr_table_find(model->states, "gs_mg_kg")] = gp;
    x[titr_table_find(model->states, "gt_mg_kg")] = (sqrt(b * b + 4.0 * k2 * c) - b) / (2.0 * k2);
}

const titri_children titri_children_s2008 = {"glucose_s2008", open_spread, build, raise};
