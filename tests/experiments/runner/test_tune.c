// SPDX-License-Identifier: GPL-3.0-or-later
/* Tuned gains against every point of the grid, each played here on the tuning episodes with an
 * environment and an agent of our own. */
#include "small.h"

#include "support/part.h"
#include "support/rk.h"

#include <math.h>
#include <string.h>

#define PID(more) "{ name = \"pid\"; agent = \"pid\"; " more " }"

/* Total reward of a child's tuning episodes under the agent of `slot`. */
static double play(const titri_lab *lab, size_t child, titr_slot slot)
{
    const titr_env_def def = titri_lab_env(lab, 0, 1);
    const titr_child *who = &lab->cohort.child[child];
    const titr_agent_context context = {.n_lanes = TITRI_TUNE_SEEDS, .decision_interval_min = 5.0};
    titr_lane_start start[TITRI_TUNE_SEEDS];
    unsigned char first[TITRI_TUNE_SEEDS], running[TITRI_TUNE_SEEDS];
    titr_agent *agent = NULL;
    titr_env *env = NULL;
    titr_error err = {0};
    double total = 0.0;
    for (size_t l = 0; l < TITRI_TUNE_SEEDS; l++) {
        start[l] = (titr_lane_start){l, who, &who->published, lab->e->seed, 1 + (uint32_t)l};
        first[l] = running[l] = 1;
    }
    cr_assert_eq(titr_agent_create(slot, &context, &agent, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_env_create(&def, TITRI_TUNE_SEEDS, &env, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_env_reset(env, start, TITRI_TUNE_SEEDS, &err), TITR_OK, "%s", err.what);
    const titr_env_view *v = titr_env_look(env);
    const titr_batch batch = {
        .n = TITRI_TUNE_SEEDS, .record = &v->record, .first = first, .running = running};
    while (running[0] || running[1]) {
        titr_decision decision[TITRI_TUNE_SEEDS] = {0};
        cr_assert_eq(agent->type->act(agent->self, &batch, TITR_ACT_GREEDY, decision, &err),
                     TITR_OK);
        const titr_dose dose[TITRI_TUNE_SEEDS] = {decision[0].dose, decision[1].dose};
        cr_assert_eq(titr_env_step(env, dose, &err), TITR_OK, "%s", err.what);
        for (size_t l = 0; l < TITRI_TUNE_SEEDS; l++) {
            total += running[l] ? v->reward[l] : 0.0;
            running[l] = v->end[l] == TITR_END_NONE;
            first[l] = 0;
        }
    }
    titr_env_destroy(env);
    titr_agent_destroy(agent);
    return total;
}

Test(tuning, the_tuned_gains_are_the_best_of_the_grid)
{
    static const double gain[] = {0.05, 0.1, 0.2, 0.4}, integral[] = {2000.0, 1e6},
                        derivative[] = {60.0, 120.0};
    titr_experiment *e =
        small_experiment(PID("tuned = true;"), "scenario.horizon_days=0.625",
                         "sensor.name=cgm_breton_2008", "cohort.subjects=child#002", NULL);
    titri_lab *lab = small_lab(e);
    const titr_slot tuned = lab->policy[0].tuned[0], untuned = e->policy[0].agent;
    const double score = play(lab, 0, tuned);
    cr_assert_geq(score, play(lab, 0, untuned));
    titr_slot slot = test_slot(titr_agent_find("pid"));
    double best = -HUGE_VAL;
    for (size_t i = 0; i < 16; i++) {
        test_set_real(slot, "gain_per_h", gain[i % 4]);
        test_set_real(slot, "integral_time_min", integral[i / 4 % 2]);
        test_set_real(slot, "derivative_time_min", derivative[i / 8]);
        best = fmax(best, play(lab, 0, slot));
    }
    cr_assert_eq(score, best);
    cr_assert_eq(*(double *)test_option(untuned, "integral_time_min"), 1e4); /* left as it was */
    titr_slot_fini(&slot);
    titri_lab_destroy(lab);
    small_free(e);
}

/* Fasting glucose is in range whatever the gains are. */
Test(tuning, of_equals_the_first_is_taken_and_the_rest_stays)
{
    titr_experiment *e =
        small_experiment(PID("tuned = true; meal_bolus = true; max_basal_factor = 3.0;"),
                         "reward.name=time_in_range", "scenario.parts.0.carbs_g=[0.0]",
                         "scenario.horizon_days=0.125", NULL);
    titri_lab *lab = small_lab(e);
    for (size_t c = 0; c < lab->cohort.n; c++) {
        const titr_slot tuned = lab->policy[0].tuned[c];
        cr_assert_eq(*(double *)test_option(tuned, "gain_per_h"), 0.05);
        cr_assert_eq(*(double *)test_option(tuned, "integral_time_min"), 2000.0);
        cr_assert_eq(*(double *)test_option(tuned, "derivative_time_min"), 60.0);
        cr_assert_eq(*(double *)test_option(tuned, "max_basal_factor"), 3.0);
        cr_assert_eq(*(int *)test_option(tuned, "meal_bolus"), 1);
    }
    titri_lab_destroy(lab);
    small_free(e);
}

/* The solver gives up on children without insulin: there is nothing to choose by. */
Test(tuning, a_child_that_cannot_be_played_is_told)
{
    small_watch w;
    small_watch_init(&w, 0);
    titr_experiment *e =
        small_experiment(PID(""), "cohort.subjects=child#001", "scenario.horizon_days=0.5", NULL);
    titri_lab *lab = small_lab(e);
    titr_error err = {.what = ""};
    lab->watch = &w.watch;
    lab->env.solver = (titr_slot){.type = &rk_narrow};
    for (size_t h = 0; h < 24; h++) {
        lab->cohort.child[0].published.basal_u_per_h[h] = 0.0;
    }
    cr_assert_eq(titri_tune(lab, 0, &err), TITR_OK, "%s", err.what);
    cr_assert_not_null(strstr(w.line, "child#001: the solver failed at every point"), "%s", w.line);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(tuning, what_the_environment_refuses_is_passed_on)
{
    titr_experiment *e = small_experiment(PID(""), NULL);
    titri_lab *lab = small_lab(e);
    titr_error err = {.what = ""};
    lab->env.decision_interval_min = 0.5;
    small_refused(titri_tune(lab, 0, &err), TITR_ERR_RANGE, &err, "decision_interval");
    titri_lab_destroy(lab);
    small_free(e);
}
