// SPDX-License-Identifier: GPL-3.0-or-later
/* Therapy settings as a clinic would set them, from what a clinic can see: the child's CGM and the
 * announced meals of its training episodes. The rules are the keys of the section `clinic`.
 *
 *   basal   as the subject comes (it holds fasting glucose)
 *
 *   CF      cf_rule / TDI [walsh2006]
 *
 *   CR      glucose is back at its pre-meal value `return_min` after a meal that stood alone, on
 *           the mean of all such meals; higher (less insulin) if the child is low too often
 *
 *   target  as chosen
 *
 * Whether less insulin is needed is monotone enough in CR for bisection. */
#include "lab.h"

#include "titrate/base/clinical.h"

#include <math.h>

#define CR_LO_G_PER_U 2.0
#define CR_HI_G_PER_U 150.0
#define CR_STEPS 12 /* bisection on a log scale: CR to 0.1 % */

/* What the clinic reads off one period. */
typedef struct visit {
    double rise_mg_dl, meals; /* sum over meals of CGM return_min later minus CGM at it */
    double low, readings;
    int hypo;      /* an episode ended low */
    size_t faults; /* episodes that the solver could not finish */
} visit;

/* One lane's meal under observation. */
typedef struct watched_meal {
    double time_min, cgm_mg_dl; /* time < 0: none */
    double last_min;            /* of any meal */
} watched_meal;

static void watch(const titr_env_view *v, size_t l, double return_min, watched_meal *meal,
                  visit *seen)
{
    const double now = v->time_min[l], cgm = titr_record_cgm_held(&v->record, l);
    if (meal->time_min >= 0.0 && now >= meal->time_min + return_min) {
        seen->rise_mg_dl += cgm - meal->cgm_mg_dl;
        seen->meals += 1.0;
        meal->time_min = -1.0;
    }
    if (v->record.col[TITR_OBS_CARBS_ANNOUNCED][l] > 0.0) {
        const int alone = now - meal->last_min >= return_min;
        meal->time_min = alone ? now : -1.0; /* another meal spoils the one before as well */
        meal->cgm_mg_dl = cgm;
        meal->last_min = now;
    }
    seen->low += cgm < TITR_LOW_MG_DL;
    seen->readings += 1.0;
}

/* Live one period under `therapy`: scheduled basal and carbs/CR at announced meals. */
static titr_status live(titr_env *env, const titr_experiment *e, const titr_lane_start *start,
                        const titr_therapy *therapy, visit *seen, titr_error *err)
{
    const size_t n = (size_t)e->clinic.seeds;
    TITR_TRY(titr_env_reset(env, start, n, err));
    const titr_env_view *v = titr_env_look(env);
    watched_meal meal[TITR_CLINIC_SEEDS_MAX];
    for (size_t l = 0; l < n; l++) {
        meal[l] = (watched_meal){-1.0, 0.0, -HUGE_VAL};
    }
    *seen = (visit){0};
    for (size_t running = n; running > 0;) {
        titr_dose dose[TITR_CLINIC_SEEDS_MAX] = {0};
        for (size_t l = 0; l < n; l++) {
            if (v->end[l] == TITR_END_NONE) {
                watch(v, l, e->clinic.return_min, &meal[l], seen);
                const size_t hour = titr_therapy_hour(v->record.col[TITR_OBS_TIME_OF_DAY][l]);
                dose[l].basal_u_per_h = therapy->basal_u_per_h[hour];
                dose[l].bolus_u =
                    v->record.col[TITR_OBS_CARBS_ANNOUNCED][l] / therapy->cr_g_per_u[hour];
            }
        }
        TITR_TRY(titr_env_step(env, dose, err));
        running = 0;
        for (size_t l = 0; l < n; l++) {
            running += v->end[l] == TITR_END_NONE;
            seen->hypo |= v->end[l] == TITR_END_TERMINATED && v->glucose_mg_dl[l] < 100.0;
        }
    }
    for (size_t l = 0; l < n; l++) {
        seen->faults += v->end[l] == TITR_END_FAULT;
    }
    return TITR_OK;
}

static int too_strong(const visit *seen, double low_share_percent)
{
    return seen->hypo || (seen->meals > 0.0 && seen->rise_mg_dl <= 0.0) ||
           seen->low >= low_share_percent / 100.0 * seen->readings;
}

/* The settings with that CR. */
static void set_therapy(const titr_experiment *e, const titr_child *child, double cr_g_per_u,
                        titr_therapy *therapy)
{
    const titr_therapy *own = &child->published;
    titr_therapy_flat(therapy, own->basal_u_per_h[0], cr_g_per_u,
                      e->clinic.cf_rule_mg_dl / own->tdi_u_per_day, e->clinic.target_mg_dl,
                      own->tdi_u_per_day);
}

/* What the user should know of a child whose ratio could not be found as the rules say. */
static void tell(const titri_lab *lab, const titr_child *child, double lo, double hi, size_t faults)
{
    const char *id = child->patient.id;
    if (lo <= CR_LO_G_PER_U || hi >= CR_HI_G_PER_U) {
        titri_notice(lab->watch, "%s: titrated carbohydrate ratio is at its bound of %g g/U", id,
                     lo <= CR_LO_G_PER_U ? CR_LO_G_PER_U : CR_HI_G_PER_U);
    }
    if (faults > 0) {
        titri_notice(lab->watch, "%s: the solver failed in %zu episodes of the titration", id,
                     faults);
    }
}

/* Bisect CR, one period after the other. */
static titr_status find_cr(const titri_lab *lab, titr_env *env, const titr_lane_start *start,
                           const titr_child *child, titr_therapy *therapy, titr_error *err)
{
    const titr_experiment *e = lab->e;
    double lo = CR_LO_G_PER_U, hi = CR_HI_G_PER_U;
    size_t faults = 0;
    for (int i = 0; i < CR_STEPS; i++) {
        visit seen = {0};
        const double cr = sqrt(lo * hi);
        set_therapy(e, child, cr, therapy);
        TITR_TRY(live(env, e, start, therapy, &seen, err));
        if (i == 0 && seen.meals < 1.0 && !seen.hypo) {
            titri_notice(lab->watch, "%s: no meal to titrate on, its own carbohydrate ratio stands",
                         child->patient.id);
            set_therapy(e, child, child->published.cr_g_per_u[0], therapy);
            return TITR_OK;
        }
        const int strong = too_strong(&seen, e->clinic.low_share_percent);
        lo = strong ? cr : lo;
        hi = strong ? hi : cr;
        faults += seen.faults;
    }
    tell(lab, child, lo, hi, faults);
    return TITR_OK;
}

titr_status titri_titrate(const titri_lab *lab, const titr_child *child, titr_therapy *therapy,
                          titr_error *err)
{
    const titr_experiment *e = lab->e;
    const size_t n = (size_t)e->clinic.seeds;
    titr_env_def def = lab->env;
    if (def.announce == TITR_ANNOUNCE_NONE) {
        def.announce = TITR_ANNOUNCE_BEFORE; /* a clinic asks what was eaten */
    }
    def.announce_delay_min = 0.0; /* and when */
    def.horizon_min = fmin(def.horizon_min, titri_whole_intervals_min(&def, e->clinic.days));
    if (e->train_solver.type != NULL) {
        def.solver = e->train_solver;
    }
    titr_lane_start start[TITR_CLINIC_SEEDS_MAX];
    for (size_t l = 0; l < n; l++) {
        start[l] = (titr_lane_start){l, child, therapy, e->seed,
                                     (uint32_t)(e->split.seeds_train_from + (int64_t)l)};
    }
    titr_env *env = NULL;
    TITR_TRY(titr_env_create(&def, n, &env, err));
    const titr_status st = find_cr(lab, env, start, child, therapy, err);
    titr_env_destroy(env);
    return st;
}
