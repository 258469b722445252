// SPDX-License-Identifier: GPL-3.0-or-later
/* What an experiment becomes before it runs: whose settings, which environment, which policies, who
 * is trained on whom. */
#include "small.h"

#include "support/part.h"

#include "titrate/env/reward.h"

#include <stdio.h>
#include <string.h>

#define TYPED                                                                                      \
    "{ name = \"mine\"; agent = \"basal_bolus\"; settings = \"typed\"; "                           \
    "settings_cr_g_per_u = 21.0; settings_target_mg_dl = 110.0; }"

Test(lab, settings_in_force_are_published_or_as_typed_where_typed)
{
    titr_experiment *e = small_experiment(SMALL_BB ", " TYPED, NULL);
    titri_lab *lab = small_lab(e);
    cr_assert_eq(lab->n_policies, 2);
    for (size_t c = 0; c < lab->cohort.n; c++) {
        const titr_therapy *own = &lab->cohort.child[c].published;
        cr_assert_eq(titri_lab_therapy(lab, 0, c), own);
        const titr_therapy *typed = titri_lab_therapy(lab, 1, c);
        for (size_t h = 0; h < 24; h++) {
            cr_assert_eq(typed->cr_g_per_u[h], 21.0);
            cr_assert_eq(typed->target_mg_dl[h], 110.0);
            cr_assert_eq(typed->basal_u_per_h[h], own->basal_u_per_h[h]);
            cr_assert_eq(typed->cf_mg_dl_per_u[h], own->cf_mg_dl_per_u[h]);
        }
        cr_assert_eq(typed->tdi_u_per_day, own->tdi_u_per_day);
    }
    titri_lab_destroy(lab);
    titri_lab_destroy(NULL);
    small_free(e);
}

/* Everybody is left out of exactly one fold, and it is that fold's agent that serves him. */
Test(lab, folds_leave_out_whom_they_serve)
{
    titr_experiment *e =
        small_experiment(SMALL_Q, "cohort.subjects=children", "split.folds=3", NULL);
    titri_lab *lab = small_lab(e);
    size_t served[3] = {0};
    for (size_t c = 0; c < lab->cohort.n; c++) {
        const size_t own = titri_lab_job(lab, 0, c);
        cr_assert_lt(own, 3);
        served[own]++;
        for (size_t job = 0; job < 3; job++) {
            cr_assert_eq(titri_lab_in_job(lab, 0, job, c), job != own);
        }
    }
    cr_assert(served[0] == 4 && served[1] == 3 && served[2] == 3, "10 children in 3 folds");
    e->policy[0].scope = TITR_SCOPE_PER_CHILD;
    for (size_t c = 0; c < lab->cohort.n; c++) {
        cr_assert_eq(titri_lab_job(lab, 0, c), c);
        for (size_t job = 0; job < lab->cohort.n; job++) {
            cr_assert_eq(titri_lab_in_job(lab, 0, job, c), job == c);
        }
    }
    titri_lab_destroy(lab);
    small_free(e);
}

Test(lab, test_seeds_are_all_or_as_many_as_wanted)
{
    titr_experiment *e = small_experiment(SMALL_BB, "split.seeds_test=[1001,1007]", NULL);
    titri_lab *lab = small_lab(e);
    cr_assert_eq(titri_lab_test_seeds(lab), 7);
    e->evaluate.episodes_per_child = 3;
    cr_assert_eq(titri_lab_test_seeds(lab), 3);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(lab, training_has_its_own_solver_and_dying_its_price)
{
    titr_experiment *e = small_experiment(SMALL_Q, "train.solver={name=\"cvode\";}", NULL);
    titri_lab *lab = small_lab(e);
    cr_assert_eq(titri_lab_env(lab, 0, 0).solver.type, titr_solver_find("rk4"));
    const titr_env_def def = titri_lab_env(lab, 0, 1);
    cr_assert_eq(def.solver.type, titr_solver_find("cvode"));
    cr_assert_eq(
        def.terminal_penalty,
        titr_terminal_penalty_min(e->reward, 40.0, 600.0, e->policy[0].gamma_half_life_min, 5.0));
    cr_assert_gt(def.terminal_penalty, 0.0);
    e->terminal_penalty = lab->env.terminal_penalty = 1e6;
    cr_assert_eq(titri_lab_env(lab, 0, 1).terminal_penalty, 1e6);
    titr_slot_fini(&e->train_solver);
    cr_assert_eq(titri_lab_env(lab, 0, 1).solver.type, titr_solver_find("rk4"));
    titri_lab_destroy(lab);
    small_free(e);
}

Test(lab, any_solver_may_evaluate_and_train)
{
    size_t n = 0;
    const titr_solver_type *const *solver = titr_solver_all(&n);
    for (size_t i = 0; i < n; i++) {
        char evaluate[64], train[64];
        (void)snprintf(evaluate, sizeof evaluate, "solver.name=%s", solver[i]->part.name);
        (void)snprintf(train, sizeof train, "train.solver={name=\"%s\";}", solver[i]->part.name);
        titr_experiment *e = small_experiment(SMALL_Q, evaluate, train, NULL);
        titri_lab *lab = small_lab(e);
        cr_assert_eq(titri_lab_env(lab, 0, 0).solver.type, solver[i]);
        cr_assert_eq(titri_lab_env(lab, 0, 1).solver.type, solver[i]);
        titri_lab_destroy(lab);
        small_free(e);
    }
}

Test(lab, every_constant_level_is_a_policy)
{
    titr_experiment *e =
        small_experiment(SMALL_BB, "evaluate.constant_levels=true", "clinic.seeds=1",
                         "actions.name=meal_bolus_multiple", "actions.levels=[0.5,1.0,2.0]",
                         "cohort.subjects=child#001", NULL);
    titri_lab *lab = small_lab(e);
    const titr_actions_type *actions = e->actions.type;
    cr_assert_eq(lab->n_policies, 4);
    for (size_t level = 0; level < 3; level++) {
        const titr_policy_def *p = lab->policy[1 + level].def;
        char label[64], name[128];
        actions->label(e->actions.def, level, label, sizeof label);
        (void)snprintf(name, sizeof name, "constant: %s", label);
        cr_assert_str_eq(p->name, name);
        cr_assert_eq(*(int64_t *)test_option(p->agent, "level"), (int64_t)level);
        cr_assert_eq(titri_lab_therapy(lab, 1 + level, 0), &lab->titrated[0]);
    }
    cr_assert_gt(lab->titrated[0].cr_g_per_u[0], 0.0);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(lab, a_wrapper_acts_through_the_policy_it_names)
{
    titr_experiment *e = small_experiment(
        TYPED ", " SMALL_BB ", { name = \"ls\"; agent = \"low_suspend\"; of = \"bb\"; }", NULL);
    titri_lab *lab = small_lab(e);
    titr_agent *agent = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(lab->policy[2].inner, 1);
    cr_assert_eq(titri_lab_agent(lab, 2, 0, 1, &agent, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(agent->type, titr_agent_find("low_suspend"));
    titr_agent_destroy(agent);
    titri_lab_destroy(lab);
    small_free(e);
}

static void refused(titr_experiment *e, titr_status status, const char *words)
{
    titr_error err = {.what = ""};
    titri_lab *lab = NULL;
    small_refused(titri_lab_create(e, NULL, &lab, &err), status, &err, words);
    cr_assert_null(lab);
    small_free(e);
}

Test(lab, what_is_not_there_is_named)
{
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    (void)snprintf(e->body.model, sizeof e->body.model, "glucose_x");
    refused(e, TITR_ERR_NOT_FOUND, "body.model: no model 'glucose_x'");
    e = small_experiment(SMALL_BB, NULL);
    (void)snprintf(e->body.mode, sizeof e->body.mode, "wild");
    refused(e, TITR_ERR_NOT_FOUND, "body.mode: model glucose_s2008 has no mode 'wild'");
    e = small_experiment(SMALL_BB, NULL);
    (void)snprintf(e->cohort.subjects, sizeof e->cohort.subjects, "child#999");
    refused(e, TITR_ERR_CONFIG, "child#999");
    e = small_experiment(SMALL_BB, "scenario.parts.0.carbs_g=[40.0,50.0]", NULL);
    refused(e, TITR_ERR_RANGE, "meals_fixed: 1 values of time_of_day_min and 2 of carbs_g");
}

/* The action set has one level only. */
Test(lab, an_agent_that_cannot_be_made_is_refused_with_what_it_wraps)
{
    titr_experiment *e =
        small_experiment(SMALL_BB ", { name = \"level\"; agent = \"constant_level\"; level = 1; }, "
                                  "{ name = \"ls\"; agent = \"low_suspend\"; of = \"level\"; }",
                         "actions.name=meal_bolus_multiple", "actions.levels=[1.0]", NULL);
    titri_lab *lab = small_lab(e);
    titr_agent *agent = NULL;
    titr_error err = {.what = ""};
    small_refused(titri_lab_agent(lab, 1, 0, 1, &agent, &err), TITR_ERR_RANGE, &err, "level");
    small_refused(titri_lab_agent(lab, 2, 0, 1, &agent, &err), TITR_ERR_RANGE, &err, "level");
    cr_assert_null(agent);
    titri_lab_destroy(lab);
    small_free(e);
}

Test(lab, nobody_need_watch)
{
    small_watch w;
    const titr_watch deaf = {0};
    small_watch_init(&w, 2);
    titri_notice(NULL, "%d", 1);
    titri_notice(&deaf, "%d", 1);
    titri_progress(NULL, "x", 1, 2);
    titri_progress(&deaf, "x", 1, 2);
    cr_assert(!titri_stopped(NULL) && !titri_stopped(&deaf));
    titri_notice(&w.watch, "%s %d", "line", 7);
    titri_progress(&w.watch, "x", 1, 2);
    cr_assert_str_eq(w.line, "line 7");
    cr_assert(w.calls == 1 && w.done == 1);
    cr_assert(!titri_stopped(&w.watch) && titri_stopped(&w.watch));
}

/* A wrapper is there once for each replicate of what it wraps. */
Test(lab, replicates_are_policies_with_wrappers_of_their_own)
{
    titr_experiment *e = small_experiment(
        SMALL_BB ", " SMALL_Q ", { name = \"safe\"; agent = \"low_suspend\"; of = \"q\"; }",
        "train.replicates=2", NULL);
    static const char *const names[] = {"bb", "q#1", "q#2", "safe#1", "safe#2"};
    titri_lab *lab = small_lab(e);
    cr_assert_eq(lab->n_policies, 5);
    for (size_t p = 0; p < 5; p++) {
        cr_assert_str_eq(lab->policy[p].def->name, names[p]);
    }
    cr_assert(lab->policy[3].inner == 1 && lab->policy[4].inner == 2);
    cr_assert(titri_lab_named(lab, 2, "q") && titri_lab_named(lab, 2, "q#2"));
    cr_assert(!titri_lab_named(lab, 2, "q#1") && !titri_lab_named(lab, 2, "bb"));
    cr_assert(titri_lab_jobs(lab, 0) == 0 && titri_lab_jobs(lab, 2) == 2);
    titri_lab_destroy(lab);
    e->policy[1].replicates = 3; /* its own number comes first */
    lab = small_lab(e);
    cr_assert_eq(lab->n_policies, 7);
    titri_lab_destroy(lab);
    small_free(e);
}

/* Who gathers is there once, and has every replicate. */
Test(lab, an_ensemble_has_all_replicates)
{
    titr_experiment *e = small_experiment(
        SMALL_BB ", " SMALL_Q ", { name = \"all\"; agent = \"ensemble\"; of = \"q\"; }",
        "train.replicates=3", NULL);
    titri_lab *lab = small_lab(e);
    titr_agent *agent = NULL;
    titr_error err = {.what = ""};
    cr_assert_eq(lab->n_policies, 5);
    cr_assert_str_eq(lab->policy[4].def->name, "all");
    cr_assert_eq(lab->policy[4].inner, 1);
    cr_assert_eq(titri_lab_agent(lab, 4, 0, 1, &agent, &err), TITR_OK, "%s", err.what);
    titr_agent_destroy(agent);
    titri_lab_destroy(lab);
    small_free(e);
}

/* Levels are multiples of settings: a wrapper that names none keeps those of what it wraps. */
Test(lab, a_wrapper_has_the_settings_of_what_it_wraps)
{
    titr_experiment *e =
        small_experiment("{ name = \"bb\"; agent = \"basal_bolus\"; settings = \"typed\"; "
                         "settings_cr_g_per_u = 33.0; }, "
                         "{ name = \"ls\"; agent = \"low_suspend\"; of = \"bb\"; }",
                         NULL);
    titri_lab *lab = small_lab(e);
    cr_assert_eq(e->policy[1].settings, TITR_SETTINGS_TYPED);
    cr_assert_eq(titri_lab_therapy(lab, 1, 0)->cr_g_per_u[3], 33.0);
    titri_lab_destroy(lab);
    small_free(e);
}

/* Seeds differ by policy, replicate and job. */
Test(lab, every_training_job_has_a_seed_of_its_own)
{
    titr_experiment *e = small_experiment(
        SMALL_Q ", { name = \"r\"; agent = \"q_learning\"; observe = ( { name = \"cgm\"; } ); }",
        "train.replicates=3", NULL);
    titri_lab *lab = small_lab(e);
    uint64_t seed[12];
    for (size_t i = 0; i < 12; i++) {
        seed[i] = titri_lab_seed(lab, i / 2, i % 2);
        for (size_t k = 0; k < i; k++) {
            cr_assert_neq(seed[i], seed[k], "%zu and %zu", i, k);
        }
    }
    titri_lab_destroy(lab);
    small_free(e);
}
