// SPDX-License-Identifier: GPL-3.0-or-later
/* Children of the Hovorka body.
 *
 * Drawn
 *   kinetics, lognormal and independent: means of [wilinska2010], tmaxG, tmaxI, VG and kaint those
 * of models/glucose_hovorka.c; CV 0.4 of k12 and ka1 to ka3, 0.2 of ke, tmaxI and F01, 0.05 of
 * volumes, as the sampler of [mcgill_simulator]; 0.25 of tmaxG [wilinska2010], and of kaint
 * (assumed). Rates and F01 go with body weight to the power -1/4, times with +1/4. SIT, SID and SIE
 * have a CV of 0.25 of their own; what they share of the sampler's 0.4 is the sensitivity found
 * (assumed). Needed basal rate and glucose at rest: plasma insulin I = basal / (ke VI W), and EGP0
 * is what then balances (5) and (6) of models/glucose_hovorka.c, EGP0 (1 - SIE I) = SIT I SID I /
 * (k12 + SID I) G VG + F01c + FR Sensitivity times s SIT, SID and SIE times it, as that model's own
 * factor. Not drawn AG = 0.8 [hovorka2004]; Rthr and Rcl as in the reference.
 */
#include "children.h"

#include "titrate/base/math.h"
#include "titrate/base/units.h"

#include <math.h>

enum {
    K_TMAXG,
    K_TMAXI,
    K_K12,
    K_KA1,
    K_KA2,
    K_KA3,
    K_SIT,
    K_SID,
    K_SIE,
    K_KE,
    K_VI,
    K_VG,
    K_F01,
    K_KAINT,
    N_K
};
#define RATE (-0.25)
#define ADULT_KG 74.9 /* mean weight of [wilinska2010]'s subjects */
#define MU_PER_U 1000.0

static const titri_spread_row rows[N_K] = {
    [K_TMAXG] = {"tmaxG", TITRI_SCALE_LOG, -RATE}, [K_TMAXI] = {"tmaxI", TITRI_SCALE_LOG, -RATE},
    [K_K12] = {"k12", TITRI_SCALE_LOG, RATE},      [K_KA1] = {"ka1", TITRI_SCALE_LOG, RATE},
    [K_KA2] = {"ka2", TITRI_SCALE_LOG, RATE},      [K_KA3] = {"ka3", TITRI_SCALE_LOG, RATE},
    [K_SIT] = {"SIT", TITRI_SCALE_LOG, 0.0},       [K_SID] = {"SID", TITRI_SCALE_LOG, 0.0},
    [K_SIE] = {"SIE", TITRI_SCALE_LOG, 0.0},       [K_KE] = {"ke", TITRI_SCALE_LOG, RATE},
    [K_VI] = {"VI", TITRI_SCALE_LOG, 0.0},         [K_VG] = {"VG", TITRI_SCALE_LOG, 0.0},
    [K_F01] = {"F01", TITRI_SCALE_LOG, RATE},      [K_KAINT] = {"kaint", TITRI_SCALE_LOG, RATE},
};

static const struct {
    double mean, cv;
} published[N_K] = {
    [K_TMAXG] = {40.0, 0.25},   [K_TMAXI] = {55.0, 0.2},   [K_K12] = {0.060, 0.4},
    [K_KA1] = {0.0034, 0.4},    [K_KA2] = {0.056, 0.4},    [K_KA3] = {0.024, 0.4},
    [K_SIT] = {18.41e-4, 0.25}, [K_SID] = {5.05e-4, 0.25}, [K_SIE] = {190e-4, 0.25},
    [K_KE] = {0.14, 0.2},       [K_VI] = {0.12, 0.05},     [K_VG] = {0.16, 0.05},
    [K_F01] = {0.0111, 0.2},    [K_KAINT] = {0.073, 0.25},
};

static const struct {
    const char *name;
    double value;
} constant[] = {{"AG", 0.8}, {"Rcl", 0.003}, {"Rthr", 14.0}};

static titr_status open_spread(const titr_model_type *model, titri_spread *spread, titr_error *err)
{
    (void)model, (void)err;
    static const titri_spread empty;
    *spread = empty;
    spread->row = rows;
    spread->n = N_K;
    spread->reference_kg = ADULT_KG;
    for (size_t k = 0; k < N_K; k++) {
        const double log_var = titr_log(1.0 + published[k].cv * published[k].cv);
        spread->mean[k] = titr_log(published[k].mean) - 0.5 * log_var;
        spread->sd[k] = sqrt(log_var);
    }
    titri_spread_apart(spread);
    return TITR_OK;
}

static double *param(titr_patient *patient, const char *name)
{
    return titri_param(titr_model_find("glucose_hovorka"), patient, name);
}

static double get(const titr_patient *patient, const char *name)
{
    return titri_param_of(titr_model_find("glucose_hovorka"), patient, name);
}

static titr_status build(const double *k, const titr_need *need, double sensitivity,
                         titr_patient *p, titr_error *err)
{
    for (size_t i = 0; i < N_K; i++) {
        const int acts = i == K_SIT || i == K_SID || i == K_SIE;
        *param(p, rows[i].name) = k[i] * (acts ? sensitivity : 1.0);
    }
    for (size_t i = 0; i < sizeof constant / sizeof constant[0]; i++) {
        *param(p, constant[i].name) = constant[i].value;
    }
    const double g = need->fasting_mg_dl / TITR_MG_DL_PER_MMOL_L;
    const double basal_mu_per_kg_min =
        need->tdd_u_per_kg * need->basal_share * MU_PER_U / TITR_MIN_PER_DAY;
    const double i = basal_mu_per_kg_min / (k[K_KE] * k[K_VI]);
    const double x1 = get(p, "SIT") * i, x2 = get(p, "SID") * i, x3 = get(p, "SIE") * i;
    const double brain = k[K_F01] / 0.85 * g / (g + 1.0);
    const double renal = get(p, "Rcl") * k[K_VG] * fmax(0.0, g - get(p, "Rthr"));
    if (!(x3 < 1.0)) {
        return titr_fail(err, TITR_ERR_RANGE, "%s: basal insulin would stop the liver", p->id);
    }
    *param(p, "Gb") = g;
    *param(p, "EGP0") = (x1 * x2 / (k[K_K12] + x2) * g * k[K_VG] + brain + renal) / (1.0 - x3);
    return TITR_OK;
}

/* (6) at rest. */
static void raise(const titr_patient *p, double glucose_mg_dl, double *x)
{
    const titr_model_type *model = titr_model_find("glucose_hovorka");
    const double g = glucose_mg_dl / TITR_MG_DL_PER_MMOL_L;
    const double q1 = g * get(p, "VG") * p->weight_kg;
    const double x1 = x[titr_table_find(model->states, "x1_per_min")];
    const double x2 = x[titr_table_find(model->states, "x2_per_min")];
    x[titr_table_find(model->states, "q1_mmol")] = q1;
    x[titr_table_find(model->states, "q2_mmol")] = x1 * q1 / (get(p, "k12") + x2);
    x[titr_table_find(model->states, "c_mmol_l")] = g;
}

const titri_children titri_children_hovorka = {"glucose_hovorka", open_spread, build, raise};
