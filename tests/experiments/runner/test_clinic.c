// SPDX-License-Identifier: GPL-3.0-or-later
/* Titrated settings against what they are for: the child that was titrated eats one meal under them
 * in an environment of its own, integrated by CVODE, and glucose is where the rule wants it. */
#include "small.h"

#include "support/part.h"
#include "support/rk.h"

#include <math.h>
#include <string.h>

#define TITRATED "{ name = \"bb\"; agent = \"basal_bolus\"; settings = \"titrated\"; }"

/* How one day went. */
typedef struct day {
    double rise_mg_dl; /* glucose `return_min` after the meal minus glucose at the meal */
    double low_share;  /* of the decisions below 70 mg/dL */
} day;

/* The lab's first meal of the day under scheduled basal and carbohydrate / cr. */
static day live(const titri_lab *lab, size_t child, double cr_g_per_u, double return_min)
{
    const titr_child *who = &lab->cohort.child[child];
    titr_env_def def = lab->env;
    titr_env *env = NULL;
    titr_error err = {0};
    day d = {0};
    double steps = 0.0;
    def.solver = test_slot(titr_solver_find("cvode"));
    cr_assert_eq(titr_env_create(&def, 1, &env, &err), TITR_OK, "%s", err.what);
    const titr_lane_start start = {0, who, &who->published, 1, 1};
    cr_assert_eq(titr_env_reset(env, &start, 1, &err), TITR_OK, "%s", err.what);
    const titr_env_view *v = titr_env_look(env);
    for (; v->end[0] == TITR_END_NONE; steps += 1.0) {
        const double now = v->time_min[0];
        d.rise_mg_dl -= now == SMALL_MEAL_MIN ? v->glucose_mg_dl[0] : 0.0;
        d.rise_mg_dl += now == SMALL_MEAL_MIN + return_min ? v->glucose_mg_dl[0] : 0.0;
        d.low_share += v->glucose_mg_dl[0] < 70.0;
        const titr_dose dose = {who->published.basal_u_per_h[0],
                                v->record.col[TITR_OBS_CARBS_ANNOUNCED][0] / cr_g_per_u};
        cr_assert_eq(titr_env_step(env, &dose, &err), TITR_OK, "%s", err.what);
    }
    d.low_share /= steps;
    titr_env_destroy(env);
    titr_slot_fini(&def.solver);
    return d;
}

Test(titration, glucose_is_back_after_a_meal_that_stood_alone)
{
    static const char *const hours[] = {"clinic.return_min=240", "clinic.return_min=180"};
    for (size_t h = 0; h < 2; h++) {
        const double return_min = h == 0 ? 240.0 : 180.0;
        titr_experiment *e = small_experiment(TITRATED, "clinic.seeds=1", hours[h],
                                              "clinic.low_share_percent=100", NULL);
        titri_lab *lab = small_lab(e);
        for (size_t c = 0; c < lab->cohort.n; c++) {
            const double cr = titri_lab_therapy(lab, 0, c)->cr_g_per_u[12];
            const double right = live(lab, c, cr, return_min).rise_mg_dl;
            const double strong = live(lab, c, 0.85 * cr, return_min).rise_mg_dl;
            const double weak = live(lab, c, 1.15 * cr, return_min).rise_mg_dl;
            cr_assert_float_eq(right, 0.0, 1.0, "child %zu: CR %g ends %g mg/dL off", c, cr, right);
            cr_assert(strong < -3.0 && weak > 3.0, "child %zu: %g, %g mg/dL", c, strong, weak);
        }
        titri_lab_destroy(lab);
        small_free(e);
    }
}

Test(titration, a_clinic_asks_what_nobody_announces)
{
    double cr[2];
    for (size_t i = 0; i < 2; i++) {
        titr_experiment *e = small_experiment(
            TITRATED, i == 0 ? "scenario.announce=before" : "scenario.announce=none", NULL);
        titri_lab *lab = small_lab(e);
        cr[i] = titri_lab_therapy(lab, 0, 0)->cr_g_per_u[12];
        titri_lab_destroy(lab);
        small_free(e);
    }
    cr_assert_eq(cr[0], cr[1]);
}

Test(titration, the_rest_follows_from_rules)
{
    titr_experiment *e = small_experiment(TITRATED, "clinic.seeds=1", NULL);
    titr_experiment *other = small_experiment(TITRATED, "clinic.seeds=1", "clinic.target_mg_dl=110",
                                              "clinic.cf_rule_mg_dl=1500", NULL);
    titri_lab *lab = small_lab(e), *its = small_lab(other);
    for (size_t c = 0; c < lab->cohort.n; c++) {
        const titr_therapy *own = &lab->cohort.child[c].published;
        const titr_therapy *t = titri_lab_therapy(lab, 0, c), *o = titri_lab_therapy(its, 0, c);
        for (size_t h = 0; h < 24; h++) {
            cr_assert_float_eq(t->cf_mg_dl_per_u[h], 1800.0 / own->tdi_u_per_day, 1e-12);
            cr_assert_float_eq(o->cf_mg_dl_per_u[h], 1500.0 / own->tdi_u_per_day, 1e-12);
            cr_assert_eq(t->basal_u_per_h[h], own->basal_u_per_h[h]);
            cr_assert_eq(t->target_mg_dl[h], 120.0);
            cr_assert_eq(o->target_mg_dl[h], 110.0);
            cr_assert_eq(o->cr_g_per_u[h], t->cr_g_per_u[0]); /* no correction is titrated */
        }
        cr_assert_eq(t->tdi_u_per_day, own->tdi_u_per_day);
    }
    titri_lab_destroy(lab);
    titri_lab_destroy(its);
    small_free(e);
    small_free(other);
}

/* child#003 still absorbs its meal after 4 h and goes low behind it. */
Test(titration, a_child_that_goes_low_gets_less)
{
    static const double share_percent[] = {1.0, 5.0, 100.0};
    double cr[3];
    for (size_t i = 0; i < 3; i++) {
        titr_experiment *e =
            small_experiment(TITRATED, "clinic.seeds=1", "cohort.subjects=child#003",
                             "scenario.parts.0.carbs_g=[70.0]", NULL);
        e->clinic.low_share_percent = share_percent[i];
        titri_lab *lab = small_lab(e);
        cr[i] = titri_lab_therapy(lab, 0, 0)->cr_g_per_u[0];
        const double more = 100.0 * live(lab, 0, 0.97 * cr[i], 240.0).low_share;
        const double less = 100.0 * live(lab, 0, 1.03 * cr[i], 240.0).low_share;
        cr_assert_leq(less, share_percent[i]);
        cr_assert(i == 2 || more >= share_percent[i], "CR %g: low for %g %%", cr[i], more);
        titri_lab_destroy(lab);
        small_free(e);
    }
    cr_assert(cr[0] > cr[1] && cr[1] > cr[2], "CR %g, %g, %g g/U", cr[0], cr[1], cr[2]);
}

/* CR of the first child. */
static double titrated(titr_experiment *e, const titr_watch *watch)
{
    titri_lab *lab = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(titri_lab_create(e, watch, &lab, &err), TITR_OK, "%s", err.what);
    const double cr = titri_lab_therapy(lab, 0, 0)->cr_g_per_u[0];
    titri_lab_destroy(lab);
    small_free(e);
    return cr;
}

#define NOISY                                                                                      \
    "cohort.subjects=child#001", "sensor.name=cgm_breton_2008", "scenario.parts.0.name=meals_energy"

Test(titration, the_first_training_seeds_are_lived_and_no_others)
{
    const double first = titrated(small_experiment(TITRATED, NOISY, "clinic.seeds=1", NULL), NULL);
    const double fewer = titrated(
        small_experiment(TITRATED, NOISY, "clinic.seeds=1", "split.seeds_train=[1,1]", NULL), NULL);
    const double second = titrated(
        small_experiment(TITRATED, NOISY, "clinic.seeds=1", "split.seeds_train=[2,8]", NULL), NULL);
    const double both = titrated(small_experiment(TITRATED, NOISY, "clinic.seeds=2", NULL), NULL);
    cr_assert_eq(first, fewer);
    cr_assert_neq(first, second);
    cr_assert(both != first && both != second);
}

/* Days that are all alike: a period longer than the episode is cut to it, a second day adds the
 * same meal again. */
Test(titration, a_period_is_so_many_days_of_an_episode)
{
    static const char *const horizon[] = {"scenario.horizon_days=1", "scenario.horizon_days=2"};
    static const char *const days[] = {"clinic.days=4", "clinic.days=1"};
    double cr[2];
    for (size_t i = 0; i < 2; i++) {
        cr[i] = titrated(small_experiment(TITRATED, "cohort.subjects=child#001", "clinic.seeds=1",
                                          horizon[i], days[i], NULL),
                         NULL);
    }
    cr_assert_eq(cr[0], cr[1]);
}

Test(titration, without_a_lone_meal_the_childs_own_ratio_stands_and_the_user_is_told)
{
    small_watch w;
    small_watch_init(&w, 0);
    titr_experiment *e = small_experiment(
        TITRATED, "cohort.subjects=child#001", "clinic.seeds=1",
        "scenario.parts.0.time_of_day_min=[0.0,180.0,360.0,540.0]",
        "scenario.parts.0.carbs_g=[10.0,10.0,10.0,10.0]", "scenario.horizon_days=0.5", NULL);
    titri_lab *lab = small_lab(e);
    const double own = lab->cohort.child[0].published.cr_g_per_u[0];
    titri_lab_destroy(lab);
    cr_assert_eq(titrated(e, &w.watch), own);
    cr_assert_not_null(strstr(w.line, "child#001: no meal to titrate on"), "%s", w.line);
}

/* A child like child#001 with `basal` times its basal rate. */
static titr_status titrate_with_basal(titri_lab *lab, double basal, titr_therapy *t,
                                      titr_error *err)
{
    titr_child child = lab->cohort.child[0];
    for (size_t h = 0; h < 24; h++) {
        child.published.basal_u_per_h[h] *= basal;
    }
    return titri_titrate(lab, &child, t, err);
}

Test(titration, what_could_not_be_done_by_the_rules_is_told)
{
    small_watch w;
    small_watch_init(&w, 0);
    titr_experiment *e =
        small_experiment(TITRATED, "clinic.seeds=1", "clinic.return_min=120", NULL);
    titri_lab *lab = small_lab(e);
    titr_therapy t;
    titr_error err = {.what = ""};
    lab->watch = &w.watch;
    /* low whatever it eats */
    cr_assert_eq(titrate_with_basal(lab, 3.0, &t, &err), TITR_OK, "%s", err.what);
    cr_assert_str_eq(w.line, "child#001: titrated carbohydrate ratio is at its bound of 150 g/U");
    cr_assert_float_eq(t.cr_g_per_u[0], 150.0, 0.2);
    /* the solver gives up on a child without insulin, once the meal has been seen */
    lab->env.solver = (titr_slot){.type = &rk_narrow};
    cr_assert_eq(titrate_with_basal(lab, 0.0, &t, &err), TITR_OK, "%s", err.what);
    cr_assert_not_null(strstr(w.line, "child#001: the solver failed in "), "%s", w.line);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(titration, what_the_environment_refuses_is_passed_on)
{
    titr_experiment *e = small_experiment(TITRATED, "clinic.seeds=1", NULL);
    titri_lab *lab = small_lab(e);
    titr_therapy t;
    titr_error err = {.what = ""};
    small_refused(titrate_with_basal(lab, -1.0, &t, &err), TITR_ERR_RANGE, &err, "child#001");
    lab->env.decision_interval_min = 0.5;
    small_refused(titrate_with_basal(lab, 1.0, &t, &err), TITR_ERR_RANGE, &err,
                  "decision_interval");
    titri_lab_destroy(lab);
    small_free(e);
}
