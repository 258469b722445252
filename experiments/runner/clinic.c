// SPDX-License-Identifier: GPL-3.0-or-later
/* Therapy settings as a clinic would set them, from what a clinic can see: the child's CGM and the
 * announced meals of its training episodes.
 *
 *   basal   as the subject comes (it holds fasting glucose)
 *   CF      1800 / TDI                                              [davidson2008]
 *   CR      glucose is back at its pre-meal value 4 h after a meal that stood alone, on the mean of
 *           all such meals; higher (less insulin) if the child is otherwise low for 1 % of the time
 *   target  CLINIC_TARGET_MG_DL
 *
 * Whether less insulin is needed is monotone enough in CR for bisection. */
#include "lab.h"

#include <math.h>

#define CLINIC_TARGET_MG_DL 120.0 /* assumed: inside the 100-130 of common pump settings */
#define CLINIC_CF_RULE_MG_DL 1800.0
#define CLINIC_RETURN_MIN 240.0
#define CLINIC_LOW_MG_DL 70.0
#define CLINIC_LOW_SHARE                                                                           \
    0.01                /* assumed: a quarter of the 4 % that is tolerated [battelino2019]         \
                         */
#define CLINIC_DAYS 4.0 /* assumed: length of one period between two visits */
#define CLINIC_SEEDS 4
#define CR_LO_G_PER_U 2.0
#define CR_HI_G_PER_U 150.0
#define CR_STEPS 12 /* bisection on a log scale: CR to 0.1 % */

/* What the clinic reads off one period. */
typedef struct visit {
    double rise_mg_dl, meals; /* sum over meals of CGM 4 h later minus CGM at the meal */
    double low, readings;
    int hypo; /* an episode ended low */
} visit;

/* One lane's meal under observation. */
typedef struct watched_meal {
    double time_min, cgm_mg_dl; /* time < 0: none */
    double last_min;            /* of any meal */
} watched_meal;

static void watch(const titr_env_view *v, size_t l, watched_meal *meal, visit *seen)
{
    const double now = v->time_min[l], cgm = v->record.col[TITR_OBS_CGM][l];
    if (meal->time_min >= 0.0 && now >= meal->time_min + CLINIC_RETURN_MIN) {
        seen->rise_mg_dl += cgm - meal->cgm_mg_dl;
        seen->meals += 1.0;
        meal->time_min = -1.0;
    }
    if (v->record.col[TITR_OBS_CARBS_ANNOUNCED][l] > 0.0) {
        const int alone = now - meal->last_min >= CLINIC_RETURN_MIN;
        meal->time_min = alone ? now : -1.0; /* another meal spoils the one before as well */
        meal->cgm_mg_dl = cgm;
        meal->last_min = now;
    }
    seen->low += cgm < CLINIC_LOW_MG_DL;
    seen->readings += 1.0;
}

/* Live one period under `therapy`: scheduled basal and carbs/CR at announced meals. */
static titr_status live(titr_env *env, const titr_lane_start *start, const titr_therapy *therapy,
                        visit *seen, titr_error *err)
{
    TITR_TRY(titr_env_reset(env, start, CLINIC_SEEDS, err));
    const titr_env_view *v = titr_env_look(env);
    watched_meal meal[CLINIC_SEEDS];
    for (size_t l = 0; l < CLINIC_SEEDS; l++) {
        meal[l] = (watched_meal){-1.0, 0.0, -HUGE_VAL};
    }
    *seen = (visit){0};
    for (size_t running = CLINIC_SEEDS; running > 0;) {
        titr_dose dose[CLINIC_SEEDS] = {0};
        for (size_t l = 0; l < CLINIC_SEEDS; l++) {
            if (v->end[l] == TITR_END_NONE) {
                watch(v, l, &meal[l], seen);
                const size_t hour = titr_therapy_hour(v->record.col[TITR_OBS_TIME_OF_DAY][l]);
                dose[l].basal_u_per_h = therapy->basal_u_per_h[hour];
                dose[l].bolus_u =
                    v->record.col[TITR_OBS_CARBS_ANNOUNCED][l] / therapy->cr_g_per_u[hour];
            }
        }
        TITR_TRY(titr_env_step(env, dose, err));
        running = 0;
        for (size_t l = 0; l < CLINIC_SEEDS; l++) {
            running += v->end[l] == TITR_END_NONE;
            seen->hypo |= v->end[l] == TITR_END_TERMINATED && v->glucose_mg_dl[l] < 100.0;
        }
    }
    return TITR_OK;
}

static int too_strong(const visit *seen)
{
    return seen->hypo || seen->rise_mg_dl <= 0.0 || seen->low >= CLINIC_LOW_SHARE * seen->readings;
}

titr_status titri_titrate(const titri_lab *lab, const titr_child *child, titr_therapy *therapy,
                          titr_error *err)
{
    const titr_therapy *own = &child->published;
    const double cf = CLINIC_CF_RULE_MG_DL / own->tdi_u_per_day;
    titr_therapy_flat(therapy, own->basal_u_per_h[0], own->cr_g_per_u[0], cf, CLINIC_TARGET_MG_DL,
                      own->tdi_u_per_day);
    titr_env_def def = lab->env;
    const double interval = def.decision_interval_min;
    def.horizon_min = fmin(def.horizon_min, ceil(CLINIC_DAYS * 1440.0 / interval) * interval);
    if (lab->e->train_solver.type != NULL) {
        def.solver = lab->e->train_solver;
    }
    titr_lane_start start[CLINIC_SEEDS];
    for (size_t l = 0; l < CLINIC_SEEDS; l++) {
        start[l] = (titr_lane_start){l, child, therapy, lab->e->seed,
                                     (uint32_t)(lab->e->split.seeds_train_from + (int64_t)l)};
    }
    titr_env *env = NULL;
    TITR_TRY(titr_env_create(&def, CLINIC_SEEDS, &env, err));
    titr_status st = TITR_OK;
    double lo = CR_LO_G_PER_U, hi = CR_HI_G_PER_U;
    for (int i = 0; st == TITR_OK && i < CR_STEPS; i++) {
        visit seen = {0};
        const double cr = sqrt(lo * hi);
        titr_therapy_flat(therapy, own->basal_u_per_h[0], cr, cf, CLINIC_TARGET_MG_DL,
                          own->tdi_u_per_day);
        st = live(env, start, therapy, &seen, err);
        if (i == 0 && st == TITR_OK && seen.meals < 1.0 && !seen.hypo) {
            titr_therapy_flat(therapy, own->basal_u_per_h[0], own->cr_g_per_u[0], cf,
                              CLINIC_TARGET_MG_DL, own->tdi_u_per_day);
            break; /* no meal stood alone: nothing to learn from, the child's own ratio stands */
        }
        lo = too_strong(&seen) ? cr : lo;
        hi = too_strong(&seen) ? hi : cr;
    }
    titr_env_destroy(env);
    return st;
}
