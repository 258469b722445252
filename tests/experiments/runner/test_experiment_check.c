// SPDX-License-Identifier: GPL-3.0-or-later
/* What makes an experiment consistent: each rule is broken once, and the message begins with the
 * key that is wrong. */
#include "titrate/env/reward.h"
#include "titrate/runner/experiment.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_policy(titr_experiment *e, const char *name, const char *agent)
{
    titr_policy_def *p = &e->policy[e->n_policies++];
    size_t n = 0;
    const titr_option *options = titr_policy_options(&n);
    titr_options_default(options, n, p);
    (void)snprintf(p->name, sizeof p->name, "%s", name);
    cr_assert_eq(titr_slot_init(&p->agent, titr_agent_find(agent), NULL), TITR_OK);
    if (strcmp(agent, "q_learning") == 0) {
        p->observe.n = 1;
        p->observe.entry[0].what = TITR_OBS_CGM;
    }
}

/* Two policies: "bb" and the learner "q". */
static titr_experiment *valid(void)
{
    titr_experiment *e = calloc(1, sizeof *e);
    titr_error err;
    cr_assert_not_null(e);
    cr_assert_eq(titr_experiment_init(e, &err), TITR_OK, "%s", err.what);
    (void)snprintf(e->name, sizeof e->name, "test");
    add_policy(e, "bb", "basal_bolus");
    add_policy(e, "q", "q_learning");
    cr_assert_eq(titr_experiment_resolve(e, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_experiment_check(e, &err), TITR_OK, "%s", err.what);
    return e;
}

static void done(titr_experiment *e)
{
    titr_experiment_fini(e);
    free(e);
}

/* The check must fail with a message that begins with `key` and contains `words`. */
static void refused(titr_experiment *e, const char *key, const char *words)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titr_experiment_check(e, &err), TITR_ERR_CONFIG, "%s was accepted", key);
    cr_assert_eq(strncmp(err.what, key, strlen(key)), 0, "%s\nexpected %s", err.what, key);
    cr_assert_not_null(strstr(err.what, words), "%s\nexpected %s", err.what, words);
    done(e);
}

Test(experiment, starts_with_the_documented_parts)
{
    titr_experiment *e = valid();
    cr_assert_str_eq(titr_slot_part(e->sensor)->name, "cgm_breton_2008");
    cr_assert_str_eq(titr_slot_part(e->delivery)->name, "pump");
    cr_assert_str_eq(titr_slot_part(e->solver)->name, "cvode");
    cr_assert_str_eq(titr_slot_part(e->actions)->name, "relative_basal_and_correction");
    cr_assert_str_eq(titr_slot_part(e->reward)->name, "magni_risk");
    cr_assert_str_eq(titr_slot_part(e->scenario.part[0])->name, "meals_energy");
    cr_assert_null(titr_slot_part(e->train_solver));
    cr_assert_str_eq(e->body.mode, titr_model_find("glucose_s2008")->modes[0].name);
    cr_assert(isnan(e->terminal_penalty));
    done(e);
}

Test(experiment, seeds_are_any_64_bits)
{
    titr_experiment *e = valid();
    titr_error err;
    static const char *const wrong[] = {"",   "-1", "1.5", "abc", "18446744073709551616",
                                        " 1", "0x1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)snprintf(e->seed_text, sizeof e->seed_text, "%s", wrong[i]);
        cr_assert_eq(titr_experiment_resolve(e, &err), TITR_ERR_CONFIG, "%s", wrong[i]);
        cr_assert_eq(strncmp(err.what, "seed: ", 6), 0, "%s", err.what);
    }
    (void)snprintf(e->seed_text, sizeof e->seed_text, "18446744073709551615");
    cr_assert_eq(titr_experiment_resolve(e, &err), TITR_OK);
    cr_assert_eq(e->seed, UINT64_MAX);
    done(e);
}

Test(experiment, names_are_checked)
{
    titr_experiment *e = valid();
    (void)snprintf(e->name, sizeof e->name, "a/b");
    refused(e, "experiment: ", "letters, digits");
    e = valid();
    (void)snprintf(e->policy[1].name, sizeof e->policy[1].name, ".hidden");
    refused(e, "policies.1.name: ", "letters, digits");
    e = valid();
    (void)snprintf(e->policy[1].name, sizeof e->policy[1].name, "bb");
    refused(e, "policies.1.name: ", "taken by an earlier policy");
    e = valid();
    (void)snprintf(e->evaluate.compare_to, TITR_TEXT_MAX, "bc");
    refused(e, "evaluate.compare_to: ", "did you mean 'bb'?");
}

Test(experiment, options_are_checked_with_their_section)
{
    titr_experiment *e = valid();
    e->train.steps = 0;
    refused(e, "train.steps = 0", "allowed [1, ");
    e = valid();
    e->iob.peak_min = (double)NAN;
    refused(e, "iob.peak_min = ", "allowed");
    e = valid();
    e->policy[1].gamma_half_life_min = -1.0;
    refused(e, "policies.q.gamma_half_life_min = -1 min", "allowed");
    e = valid();
    titr_slot_fini(&e->sensor);
    refused(e, "sensor: ", "no part");
}

Test(experiment, body_and_cohort_are_checked)
{
    titr_experiment *e = valid();
    (void)snprintf(e->body.model, TITR_TEXT_MAX, "glucose_s2009");
    refused(e, "body.model: ", "did you mean 'glucose_s2008'?");
    e = valid();
    (void)snprintf(e->body.mode, TITR_TEXT_MAX, "saef");
    refused(e, "body.mode: ", "did you mean 'safe'?");
    e = valid();
    (void)snprintf(e->cohort.source, TITR_TEXT_MAX, "s2008_published");
    refused(e, "cohort.source: ", "did you mean 's2008-published'?");
    e = valid();
    (void)snprintf(e->cohort.source, TITR_TEXT_MAX, "file");
    refused(e, "cohort.path is missing", "CSV");
    e = valid();
    (void)snprintf(e->cohort.path, TITR_TEXT_MAX, "x.csv");
    refused(e, "cohort.path: ", "\"file\" or \"sample\" only");
}

Test(experiment, seeds_of_training_and_testing_are_disjoint)
{
    titr_experiment *e = valid();
    e->split.seeds_test_from = e->split.seeds_train_to;
    refused(e, "split.seeds_test: ", "disjoint");
    e = valid();
    e->split.seeds_train_from = 5000;
    refused(e, "split.seeds_train: ", "ascending");
    e = valid();
    e->split.seeds_test_from = 5000;
    refused(e, "split.seeds_test: ", "ascending");
    e = valid();
    e->evaluate.episodes_per_child = 11;
    refused(e, "evaluate.episodes_per_child: 11", "at most the 10 seeds");
}

/* The seeds after the last training seed may be those of the comparison. */
Test(experiment, titration_and_tuning_stay_within_the_training_seeds)
{
    titr_experiment *e = valid();
    titr_error err = {.what = ""};
    e->split.seeds_train_from = 5;
    e->split.seeds_train_to = 7;
    cr_assert_eq(titr_experiment_check(e, &err), TITR_OK, "%s", err.what); /* nobody titrates */
    e->policy[0].settings = TITR_SETTINGS_TITRATED;
    refused(e, "split.seeds_train: [5, 7] holds 3, expected at least the 4 ", "clinic.seeds");
    e = valid();
    e->split.seeds_train_to = 3;
    e->evaluate.constant_levels = 1; /* their settings are titrated */
    refused(e, "split.seeds_train: [1, 3] holds 3", "clinic.seeds");
    e = valid();
    e->policy[0].settings = TITR_SETTINGS_TITRATED;
    e->split.seeds_train_to = 3;
    e->clinic.seeds = 3;
    cr_assert_eq(titr_experiment_check(e, &err), TITR_OK, "%s", err.what);
    e->clinic.seeds = TITR_CLINIC_SEEDS_MAX + 1;
    refused(e, "clinic.seeds = 65", "allowed [1, 64]");
    e = valid();
    add_policy(e, "pid", "pid");
    e->policy[2].tuned = 1;
    cr_assert_eq(titr_experiment_check(e, &err), TITR_OK, "%s", err.what);
    e->split.seeds_train_to = 1;
    refused(e, "split.seeds_train: [1, 1] holds 1, expected at least the 2 ", "tuned = true");
}

Test(experiment, times_and_limits_are_consistent)
{
    titr_experiment *e = valid();
    e->scenario.decision_interval_min = 11.0;
    refused(e, "scenario.horizon_days: ", "decision intervals of 11 min");
    e = valid();
    e->scenario.decision_interval_min = 2.5;
    refused(e, "scenario.decision_interval_min: ", "whole minutes");
    e = valid();
    e->scenario.clock_start_min = 0.5;
    refused(e, "scenario.clock_start_min: ", "whole minutes");
    e = valid();
    e->scenario.limit_lo_mg_dl = 200.0;
    e->scenario.limit_hi_mg_dl = 200.0;
    refused(e, "scenario.limits_mg_dl: ", "low < high");
    e = valid();
    e->iob.duration_min = 150.0;
    refused(e, "iob.duration_min: ", "twice peak_min");
    e = valid();
    e->evaluate.drop_days = 14.0;
    refused(e, "evaluate.drop_days: ", "less than scenario.horizon_days");
}

Test(experiment, dying_must_not_pay)
{
    titr_experiment *e = valid();
    e->policy[1].gamma_half_life_min = 600.0;
    const double least = titr_terminal_penalty_min(e->reward, 40.0, 600.0, 600.0, 5.0);
    char words[64];
    (void)snprintf(words, sizeof words, "at least %.10g", least);
    e->terminal_penalty = least * 0.999;
    refused(e, "reward.terminal_penalty: ", words);
    e = valid();
    titr_error err = {.what = ""};
    e->terminal_penalty = least * 1.001;
    cr_assert_eq(titr_experiment_check(e, &err), TITR_OK, "%s", err.what);
    e->terminal_penalty = 0.0;
    e->scenario.ends_at_limits = 0; /* nothing ends, nothing to pay for */
    cr_assert_eq(titr_experiment_check(e, &err), TITR_OK, "%s", err.what);
    done(e);
}

Test(experiment, policies_fit_their_agents)
{
    titr_experiment *e = valid();
    e->n_policies = 0;
    refused(e, "policies: ", "at least one");
    e = valid();
    add_policy(e, "ls", "low_suspend");
    refused(e, "policies.ls.of: ", "missing");
    e = valid();
    add_policy(e, "ls", "low_suspend");
    (void)snprintf(e->policy[2].of, TITR_TEXT_MAX, "ls"); /* itself is not earlier */
    refused(e, "policies.ls.of: ", "no earlier policy");
    e = valid();
    (void)snprintf(e->policy[0].of, TITR_TEXT_MAX, "q");
    refused(e, "policies.bb.of: ", "acts through no other policy");
    e = valid();
    e->policy[1].observe.n = 0;
    refused(e, "policies.q.observe: ", "missing");
    e = valid();
    e->policy[0].scope = TITR_SCOPE_PER_CHILD;
    refused(e, "policies.bb.scope: ", "does not learn");
    e = valid();
    e->policy[0].train_steps = 10;
    refused(e, "policies.bb.train_steps: ", "does not learn");
    e = valid();
    add_policy(e, "random", "random");
    e->policy[2].tuned = 1;
    refused(e, "policies.random.tuned: ", "nothing to tune");
    e = valid();
    add_policy(e, "re", "replay");
    refused(e, "policies.re.path is empty", "CSV");
}

Test(experiment, typed_settings_are_typed)
{
    titr_experiment *e = valid();
    e->policy[0].settings_cr_g_per_u = 10.0;
    refused(e, "policies.bb.settings_cr_g_per_u: ", "\"typed\" only");
    e = valid();
    e->policy[0].settings = TITR_SETTINGS_TYPED;
    refused(e, "policies.bb.settings: ", "none is typed");
    e = valid();
    e->policy[0].settings = TITR_SETTINGS_TYPED;
    e->policy[0].settings_target_mg_dl = 50.0;
    refused(e, "policies.bb.settings_target_mg_dl: ", "at least 70 mg/dL");
}

Test(experiment, a_shared_key_is_the_policys)
{
    titr_experiment *e = valid();
    titr_error err;
    e->policy[1].gamma_half_life_min = 77.0;
    cr_assert_eq(titr_experiment_resolve(e, &err), TITR_OK);
    const titr_part *agent = titr_slot_part(e->policy[1].agent);
    const titr_option *o =
        titr_option_find(agent->options, agent->n_options, "gamma_half_life_min");
    if (o != NULL) { /* an agent may also take it from elsewhere */
        const char *def = e->policy[1].agent.def;
        cr_assert_float_eq(*(const double *)(const void *)(def + o->offset), 77.0, 0.0);
    }
    done(e);
}

Test(experiment, validation_has_seeds_of_its_own_where_it_is_held)
{
    titr_experiment *e = valid();
    e->split.seeds_validate_from = e->split.seeds_train_from;
    e->split.seeds_validate_to = e->split.seeds_train_to; /* not held: nobody minds */
    cr_assert_eq(titr_experiment_check(e, NULL), TITR_OK);
    e->train.evaluate_every = 1000;
    refused(e, "split.seeds_validate: ", "shares seeds with seeds_train");
    e = valid();
    e->train.evaluate_every = 1000;
    cr_assert_eq(titr_experiment_check(e, NULL), TITR_OK);
    e->split.seeds_validate_from = e->split.seeds_validate_to = e->split.seeds_test_to;
    refused(e, "split.seeds_validate: ", "shares seeds with seeds_test");
    e = valid();
    e->train.evaluate_every = 1000;
    e->split.seeds_validate_to = e->split.seeds_validate_from - 1;
    refused(e, "split.seeds_validate: ", "ascending");
}

Test(experiment, what_follows_from_validation_needs_one)
{
    titr_experiment *e = valid();
    e->train.keep = TITR_KEEP_BEST;
    refused(e, "train.keep: ", "train.evaluate_every above 0");
    e = valid();
    e->train.patience = 3;
    refused(e, "train.patience: ", "train.evaluate_every above 0");
    e = valid();
    e->train.stop_at = 90.0;
    refused(e, "train.stop_at: ", "train.evaluate_every above 0");
    e = valid();
    e->policy[0].replicates = 2;
    refused(e, "policies.bb.replicates: ", "does not learn");
}
