// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of an experiment: one row each, from which parser, checks, docs and manifest follow. */
#include "titrate/runner/experiment.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define SEED_MAX 4294967295.0 /* an episode's number is 32 bits of the random key */
#define COUNT_MAX 1e12

#define ROWS(table) .options = (table), .n_options = sizeof(table) / sizeof((table)[0])
#define AT(field) .offset = offsetof(titr_experiment, field)
#define OF_POLICY(field) .offset = offsetof(titr_policy_def, field)
#define OF_OBSERVE(field) .offset = offsetof(titr_observe_keys, field)
#define TEXT(key, preset, about)                                                                   \
    .name = (key), .kind = TITR_OPTION_TEXT, .unit = "", .text = (preset), .source = "choice",     \
    .doc = (about)
#define FLAG(key, preset, about)                                                                   \
    .name = (key), .kind = TITR_OPTION_FLAG, .unit = "", .init = (preset), .hi = 1.0,              \
    .source = "choice", .doc = (about)
#define CHOICE(key, names, preset, about)                                                          \
    .name = (key), .kind = TITR_OPTION_CHOICE, .unit = "", .choices = (names), .init = (preset),   \
    .source = "choice", .doc = (about)
#define INT(key, preset, least, most, about)                                                       \
    .name = (key), .kind = TITR_OPTION_INT, .unit = "1", .init = (preset), .lo = (least),          \
    .hi = (most), .source = "choice", .doc = (about)
#define REAL_FROM(origin, key, in, preset, least, most, about)                                     \
    .name = (key), .kind = TITR_OPTION_REAL, .unit = (in), .init = (preset), .lo = (least),        \
    .hi = (most), .source = (origin), .doc = (about)
#define REAL(key, in, preset, least, most, about)                                                  \
    REAL_FROM("choice", key, in, preset, least, most, about)

static const char *const announce_names[] = {"before", "late", "none", NULL};
static const char *const tuned_names[] = {"false", "per_child", "population", "true", NULL};
static const char *const record_names[] = {"decisions", "minutes", "summary", NULL};
static const char *const compression_names[] = {"none", "gzip", NULL};
static const char *const settings_names[] = {"published", "titrated", "typed", NULL};
static const char *const score_names[] = {"auto", "tir_itt", "reward", "return", NULL};
static const char *const keep_names[] = {"last", "best", NULL};
static const char *const use_names[] = {"default", "on", "off", NULL};
static const char *const shielded_names[] = {"false", "true", "both", NULL};
static const char *const learn_names[] = {"given", "proposed", NULL};
static const char *const sex_names[] = {"both", "male", "female", NULL};
static const char *const scope_names[] = {"population", "per_child", NULL};

static const titr_option top[] = {
    {TEXT("experiment", NULL, "name of the experiment and of its files: letters, digits, _ . -"),
     .required = 1, AT(name)},
    {TEXT("seed", "1", "random seed: decimal digits in quotes, any 64-bit value"), AT(seed_text)},
};

static const titr_option body[] = {
    {TEXT("model", "glucose_s2008", "model of the body: `titrate list model`"), AT(body.model)},
    {TEXT("mode", NULL, "variant of its equations; empty = the model's first"), AT(body.mode)},
    {REAL_FROM("assumed", "insulin_sensitivity", "1", 1.0, 0.1, 10.0,
               "insulin acts so many times as strongly in every child as published; glucose_s2008: "
               "Vmx and kp3 times it; glucose_hovorka: SIT, SID and SIE times it; settings do not "
               "know of it unless they are titrated"),
     AT(body.insulin_sensitivity)},
};

static const titr_option cohort[] = {
    {TEXT("source", "s2008-published",
          "\"s2008-published\" (the 30 published subjects), \"file\" (a CSV) or \"sample\" (drawn "
          "by "
          "age, sex and weight)"),
     AT(cohort.source)},
    {TEXT("path", NULL,
          "file: the CSV, with the published column names; sample: CSV of real covariates (Name, "
          "Age, "
          "Sex, BW[, Height]) whose bodies are drawn; empty = drawn too"),
     AT(cohort.path)},
    {TEXT("subjects", "all", "\"all\", \"children\" (ids that begin with child), or a list of ids"),
     AT(cohort.subjects)},
    {INT("n", 200, 1, 1000000, "sample: how many children"), AT(cohort.sample.n)},
    {REAL("age_years[0]", "a", 2.0, 2.0, 18.0, "sample: youngest age"),
     AT(cohort.sample.age_years[0])},
    {REAL("age_years[1]", "a", 18.0, 2.0, 18.0, "sample: oldest age; ages are uniform between"),
     AT(cohort.sample.age_years[1])},
    {CHOICE("sex", sex_names, 0, "sample: of all children; both: each as likely"), AT(cohort.sex)},
    {REAL("weight_percentile[0]", "%", 1.0, 0.7, 99.3, "sample: lightest, of weight for age"),
     AT(cohort.sample.weight_percentile[0])},
    {REAL("weight_percentile[1]", "%", 99.0, 0.7, 99.3, "sample: heaviest, of weight for age"),
     AT(cohort.sample.weight_percentile[1])},
    {FLAG("stratified", 0,
          "sample: sexes and the bands 2-6-9-12-15-18 years in turn, equally many of each"),
     AT(cohort.sample.stratified)},
    {TEXT("seed", NULL,
          "sample: decimal digits in quotes; empty = the experiment's; child i depends on it and i "
          "alone"),
     AT(cohort.seed_text)},
};

static const titr_option split[] = {
    {INT("folds", 5, 2, 1000,
         "population learners: each of so many groups of children is left out once"),
     AT(split.folds)},
    {INT("seeds_train[0]", 1, 1, SEED_MAX, "first episode seed of training and tuning"),
     AT(split.seeds_train_from)},
    {INT("seeds_train[1]", 100, 1, SEED_MAX, "last episode seed of training and tuning"),
     AT(split.seeds_train_to)},
    {INT("seeds_test[0]", 1001, 1, SEED_MAX, "first episode seed of evaluation"),
     AT(split.seeds_test_from)},
    {INT("seeds_test[1]", 1010, 1, SEED_MAX,
         "last episode seed of evaluation; no seed may serve both"),
     AT(split.seeds_test_to)},
    {INT("seeds_validate[0]", 2001, 1, SEED_MAX,
         "first episode seed of validation while training, see train.evaluate_every"),
     AT(split.seeds_validate_from)},
    {INT("seeds_validate[1]", 2010, 1, SEED_MAX,
         "last episode seed of validation; shares none with the other two where there is any"),
     AT(split.seeds_validate_to)},
};

static const titr_option scenario[] = {
    {REAL("horizon_days", "d", 14.0, 0.01, 3650.0,
          "length of an episode, a whole number of decision intervals"),
     AT(scenario.horizon_days)},
    {REAL("decision_interval_min", "min", 5.0, 1.0, 1440.0,
          "time between decisions, whole minutes"),
     AT(scenario.decision_interval_min)},
    {REAL("clock_start_min", "min", 0.0, 0.0, 1439.0,
          "clock time at the episode's start, whole minutes since midnight"),
     AT(scenario.clock_start_min)},
    {REAL("limits_mg_dl[0]", "mg/dL", 40.0, 0.0, 200.0,
          "true glucose below it ends the episode: TERMINATED"),
     AT(scenario.limit_lo_mg_dl)},
    {REAL("limits_mg_dl[1]", "mg/dL", 600.0, 200.0, 2000.0,
          "true glucose above it ends the episode: TERMINATED"),
     AT(scenario.limit_hi_mg_dl)},
    {FLAG("ends_at_limits", 1, "false = run on beyond the limits, as some published protocols do"),
     AT(scenario.ends_at_limits)},
    {CHOICE("announce", announce_names, 0,
            "a meal is announced at the decision before it; late: at the first one after eating "
            "began; none: never (settings are titrated on announced meals all the same)"),
     AT(scenario.announce)},
    {REAL("announce_delay_min", "min", 0.0, 0.0, 240.0,
          "a meal is announced so much later than `announce` says, whole minutes: as if it began "
          "then; what is dosed for it comes later too"),
     AT(scenario.announce_delay_min)},
    {TEXT("events", NULL,
          "CSV of a dosing record, time_min,carbs_g,insulin_u[,basal_u_per_h]: the meals when "
          "`parts` is absent, and the doses of agent \"replay\" when it has no path"),
     AT(scenario.events)},
};

static const titr_option reward[] = {
    {REAL("terminal_penalty", "1", (double)NAN, 0.0, 1e12,
          "taken off the reward when a limit ends the episode; auto = worst reward per step / "
          "(1 - gamma), which is also its lower bound"),
     AT(terminal_penalty)},
};

static const titr_option iob[] = {
    {REAL_FROM("loopkit_exponential", "peak_min", "min", 75.0, 10.0, 300.0,
               "time of peak activity of the insulin-on-board curve"),
     AT(iob.peak_min)},
    {REAL_FROM("loopkit_exponential", "duration_min", "min", 360.0, 60.0, 1440.0,
               "duration of insulin action, more than twice peak_min"),
     AT(iob.duration_min)},
};

static const titr_option clinic[] = {
    {REAL_FROM("assumed", "target_mg_dl", "mg/dL", 120.0, 70.0, 200.0, "glucose target"),
     AT(clinic.target_mg_dl)},
    {REAL_FROM("walsh2006", "cf_rule_mg_dl", "mg/dL", 1800.0, 500.0, 5000.0,
               "correction factor = it / total daily insulin: the 1800 rule"),
     AT(clinic.cf_rule_mg_dl)},
    {REAL("return_min", "min", 240.0, 60.0, 720.0,
          "carbohydrate ratio: with it glucose is back at its pre-meal value so long after a meal "
          "that stood alone, on the mean of all such meals"),
     AT(clinic.return_min)},
    {REAL_FROM("assumed", "low_share_percent", "%", 1.0, 0.1, 100.0,
               "carbohydrate ratio: less insulin when CGM is below 70 mg/dL for this share of the "
               "time; the default is a quarter of what is tolerated"),
     AT(clinic.low_share_percent)},
    {REAL("days", "d", 4.0, 1.0, 365.0,
          "length of each episode titrated on, cut to scenario.horizon_days where that is shorter"),
     AT(clinic.days)},
    {INT("seeds", 4, 1, TITR_CLINIC_SEEDS_MAX,
         "episodes titrated on: the first so many of split.seeds_train"),
     AT(clinic.seeds)},
};

static const titr_option train[] = {
    {INT("steps", 200000, 1, COUNT_MAX, "decisions that a learner learns from, over all patients"),
     AT(train.steps)},
    {INT("parallel_patients", 16, 1, 65536, "episodes that a learner plays side by side"),
     AT(train.parallel_patients)},
    {REAL("settings_cv", "1", 0.0, 0.0, 0.5,
          "in each training episode settings are off by random factors with this coefficient of "
          "variation; 0 = as they are"),
     AT(train.settings_cv)},
    {REAL(
         "body_cv", "1", 0.0, 0.0, 0.5,
         "in each training episode the body answers faster or slower, stronger or weaker by random "
         "factors with this coefficient of variation; 0 = as it is"),
     AT(train.body_cv)},
    {INT("curve_every", 20000, 0, COUNT_MAX,
         "decisions between two points of the learning curve; 0 = none"),
     AT(train.curve_every)},
    {REAL("checkpoint_every_s", "s", 60.0, 0.0, 86400.0,
          "time between checkpoints; 0 = only when stopped"),
     AT(train.checkpoint_every_s)},
    {INT("replicates", 1, 1, 1000,
         "trainings of each learner, each with seeds of its own; all are evaluated on the same "
         "episodes"),
     AT(train.replicates)},
    {INT("evaluate_every", 0, 0, COUNT_MAX,
         "decisions between two validations: greedy episodes of the children learned from on "
         "split.seeds_validate, never of those left out; 0 = none"),
     AT(train.evaluate_every)},
    {INT("evaluate_episodes", 10, 1, 65536, "episodes of a validation, played side by side"),
     AT(train.evaluate_episodes)},
    {CHOICE("score", score_names, TITR_SCORE_AUTO,
            "what validations are judged by: mean tir_itt_percent, mean reward per decision, mean "
            "return per episode; auto = tir_itt of patients, return of benchmark tasks"),
     AT(train.score)},
    {CHOICE("keep", keep_names, TITR_KEEP_LAST,
            "the agent as it ended, or as it was at its best validation"),
     AT(train.keep)},
    {INT("patience", 0, 0, COUNT_MAX,
         "training stops after so many validations in a row without improvement; 0 = never"),
     AT(train.patience)},
    {REAL("min_improvement", "1", 0.0, 0.0, 1e12,
          "patience: a score counts as improved when it is higher by more than this, in the "
          "score's unit"),
     AT(train.min_improvement)},
    {REAL("stop_at", "1", (double)NAN, -1e12, 1e12,
          "training stops when a validation reaches this score; auto = never"),
     AT(train.stop_at)},
    {FLAG("tensorboard", 0,
          "true = learning curves as TensorBoard event files as well, in FOLDER/NAME.tb"),
     AT(train.tensorboard)},
    {FLAG("shield", 0, "true = learners play, and policies are tuned, behind the shield"),
     AT(train.shield)},
    {CHOICE("learn_from", learn_names, 0,
            "what a learner learns about when the shield has changed its dose: the level that "
            "stands for the dose given, or the level it proposed, with what the shield made of it"),
     AT(train.learn_from)},
};

static const titr_option tune[] = {
    {REAL(
         "days", "d", (double)NAN, 1.0, 1e9,
         "simulated days for one tuned = \"population\", of all trials together; auto = as many as "
         "the learner with most decisions gets, train.steps if there is none"),
     AT(tune.days)},
    {REAL("episode_days", "d", 3.0, 0.01, 365.0,
          "length of an episode tuned on, cut to scenario.horizon_days where that is shorter"),
     AT(tune.episode_days)},
    {INT("seeds", 4, 1, 1024,
         "episodes per child in a trial: the first so many of split.seeds_train"),
     AT(tune.seeds)},
};

static const titr_option evaluate[] = {
    {INT("episodes_per_child", 0, 0, SEED_MAX, "episodes per child and policy; 0 = all test seeds"),
     AT(evaluate.episodes_per_child)},
    {TEXT("compare_to", NULL, "policy that the others are compared with; empty = none"),
     AT(evaluate.compare_to)},
    {REAL("drop_days", "d", 0.0, 0.0, 365.0, "left out of the metrics at each episode's start"),
     AT(evaluate.drop_days)},
    {FLAG("constant_levels", 0, "true = also evaluate every constant level of the action set"),
     AT(evaluate.constant_levels)},
    {CHOICE("shield", shielded_names, 0,
            "whether policies are evaluated behind the shield; \"both\": once without and once "
            "with it, as NAME and NAME+shield"),
     AT(evaluate.shield)},
    {REAL("basal_factor", "1", 1.0, 0.1, 10.0,
          "in evaluation every policy's scheduled basal is so many times what `settings` says: an "
          "error that training, tuning and titration do not have"),
     AT(evaluate.basal_factor)},
    {REAL("cr_factor", "1", 1.0, 0.1, 10.0,
          "likewise of the carbohydrate ratio: above 1 gives less insulin for a meal"),
     AT(evaluate.cr_factor)},
    {REAL("cf_factor", "1", 1.0, 0.1, 10.0,
          "likewise of the correction factor: above 1 gives less insulin for high glucose"),
     AT(evaluate.cf_factor)},
};

static const titr_option ope[] = {
    {TEXT("data_path", NULL,
          "run file (record.learning = true) to judge from; empty = the experiment's own"),
     AT(ope.data_path)},
    {TEXT("data_policy", NULL,
          "policy of that file whose decisions are the data: the behaviour; needed"),
     AT(ope.data_policy)},
    {.name = "horizons_h",
     .kind = TITR_OPTION_REALS,
     .unit = "h",
     .lo = 0.01,
     .hi = 87600.0,
     .text = "6, 24",
     .doc = "returns are judged over so much of each episode from its start, up to whole decisions",
     .source = "choice",
     AT(ope.horizons_h)},
    {REAL("half_life_min", "min", (double)NAN, 1.0, 1e9,
          "time after which a reward counts half in the return; auto = every reward in full"),
     AT(ope.half_life_min)},
    {INT("draws", 200, 1, 100000, "bootstrap draws of an interval: episodes within each child"),
     AT(ope.draws)},
    {.name = "hidden",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = 1.0,
     .hi = 4096.0,
     .text = "64, 64",
     .doc = "fitted Q evaluation: units of the network's hidden layers",
     .source = "choice",
     AT(ope.hidden)},
    {REAL("learning_rate", "1", 1e-3, 1e-9, 1.0,
          "fitted Q evaluation: learning rate at the start; it falls linearly to 0"),
     AT(ope.learning_rate)},
    {INT("batch", 128, 1, 65536, "fitted Q evaluation: decisions in a batch"), AT(ope.batch)},
    {INT("steps", 50, 1, COUNT_MAX, "fitted Q evaluation: gradient steps in a round"),
     AT(ope.steps)},
    {INT("rounds", 0, 0, 1e9,
         "fitted Q evaluation: rounds, each of which looks one decision further ahead; 0 = as many "
         "as decisions to the horizon, at least 100"),
     AT(ope.rounds)},
    {FLAG("deterministic", 0, "true = fitted Q evaluation has the same bits on any x86-64"),
     AT(ope.deterministic)},
};

static const titr_option record[] = {
    {CHOICE("what", record_names, 0, "one row per decision, per minute as well, or episodes only"),
     AT(record.what)},
    {FLAG("states", 0, "true = the whole state of the body in each row"), AT(record.states)},
    {FLAG("learning", 0, "true = observation, mask and propensity, for learning from the file"),
     AT(record.learning)},
    {CHOICE("compression", compression_names, 1, "of the trajectories"), AT(record.compression)},
};

static const titr_option output[] = {
    {TEXT("folder", "results/runs", "where a run's files go; relative to the current folder"),
     AT(output.folder)},
};

static const titr_option policy[] = {
    {TEXT("name", NULL, "unique name: letters, digits, _ . -"), .required = 1, OF_POLICY(name)},
    {TEXT("of", NULL, "wrappers: name of the earlier policy that they act through"), OF_POLICY(of)},
    {CHOICE("settings", settings_names, 0,
            "therapy settings in force: as published with the child, titrated on training seeds as "
            "a clinic would, or typed below; a wrapper left at \"published\" has those of what it "
            "acts "
            "through"),
     OF_POLICY(settings)},
    {REAL("settings_basal_u_per_h", "U/h", 0.0, 0.0, 10.0, "typed basal rate; 0 = as published"),
     OF_POLICY(settings_basal_u_per_h)},
    {REAL("settings_cr_g_per_u", "g/U", 0.0, 0.0, 150.0,
          "typed carbohydrate ratio; 0 = as published"),
     OF_POLICY(settings_cr_g_per_u)},
    {REAL("settings_cf_mg_dl_per_u", "mg/dL/U", 0.0, 0.0, 1000.0,
          "typed correction factor; 0 = as published"),
     OF_POLICY(settings_cf_mg_dl_per_u)},
    {REAL("settings_target_mg_dl", "mg/dL", 0.0, 0.0, 200.0,
          "typed glucose target, at least 70; 0 = as published"),
     OF_POLICY(settings_target_mg_dl)},
    {CHOICE("scope", scope_names, 0,
            "learners: one policy for all, evaluated on children left out, or one per child"),
     OF_POLICY(scope)},
    {REAL("gamma_half_life_min", "min", 180.0, 1.0, 100000.0,
          "learners: time after which a reward counts half"),
     OF_POLICY(gamma_half_life_min)},
    {INT("train_steps", 0, 0, COUNT_MAX, "learners: decisions to learn from; 0 = train.steps"),
     OF_POLICY(train_steps)},
    {TEXT(
         "data_path", NULL,
         "learners: run file (record.learning = true) to learn from instead of trying; train_steps "
         "are then gradient steps"),
     OF_POLICY(data_path)},
    {TEXT("data_policy", NULL, "policy of that file whose decisions are learned from; empty = all"),
     OF_POLICY(data_policy)},
    {INT("replicates", 0, 0, 1000,
         "learners: trainings with seeds of their own; 0 = train.replicates"),
     OF_POLICY(replicates)},
    {CHOICE("tuned", tuned_names, 0,
            "options of an agent that does not learn, found by trying on training seeds: per_child "
            "(or true), or population, one setting for all children but those left out"),
     OF_POLICY(tuned)},
    {CHOICE("shield", use_names, 0,
            "whether this policy acts behind the shield: as train.shield and evaluate.shield say, "
            "always, or never"),
     OF_POLICY(shield)},
};

static const titr_option observe[] = {
    {TEXT("name", NULL, "an observable, by full or short name: \"cgm_mg_dl\" or \"cgm\""),
     .required = 1, OF_OBSERVE(name)},
    {INT("bins", 0, 0, TITR_REALS_MAX + 1,
         "equal parts of the observable's plausible range; 0 = by edges"),
     OF_OBSERVE(bins)},
    {.name = "edges",
     .kind = TITR_OPTION_REALS,
     .unit = "1",
     .lo = -1e9,
     .hi = 1e9,
     .doc = "ascending inner edges of the bins, in the observable's unit; may be written with the "
            "unit, e.g. bins_mg_dl",
     .source = "choice",
     OF_OBSERVE(edges)},
    {INT("history", 1, 1, TITR_CGM_HISTORY, "CGM only: number of past readings, latest included"),
     OF_OBSERVE(history)},
};

static const titr_option cell[] = {
    {TEXT("name", NULL, "name of the cell, unique: letters, digits, _ . -"), .required = 1,
     .offset = offsetof(titr_cell_def, name)},
    {TEXT("set", NULL,
          "what is otherwise in it: \"KEY = VALUE; ..\" with keys of body, scenario, sensor, "
          "delivery, solver, iob, shield.rules and evaluate.*_factor, so that nothing has to be "
          "trained again"),
     .required = 1, .offset = offsetof(titr_cell_def, set)},
};

static const titr_section sections[] = {
    {.name = "", .doc = "the experiment", ROWS(top)},
    {.name = "task",
     .doc =
         "a benchmark task in place of children: sections that have to do with children are left "
         "out, and folds are not used",
     .shape = TITR_SECTION_PART,
     .kind = "task",
     .slot = offsetof(titr_experiment, task)},
    {.name = "body", .of_children = 1, .doc = "what reacts to insulin and meals", ROWS(body)},
    {.name = "cohort", .of_children = 1, .doc = "the virtual children", ROWS(cohort)},
    {.name = "split", .doc = "who and what is for training, and for testing", ROWS(split)},
    {.name = "scenario", .of_children = 1, .doc = "what happens, and for how long", ROWS(scenario)},
    {.name = "scenario.parts",
     .of_children = 1,
     .doc = "what a child eats; several parts add up",
     .shape = TITR_SECTION_LIST,
     .kind = "scenario",
     .part = "meals_energy"},
    {.name = "sensor",
     .of_children = 1,
     .doc = "how glucose is seen",
     .shape = TITR_SECTION_PART,
     .kind = "sensor",
     .part = "cgm_breton_2008",
     .slot = offsetof(titr_experiment, sensor)},
    {.name = "delivery",
     .of_children = 1,
     .doc = "how insulin is delivered",
     .shape = TITR_SECTION_PART,
     .kind = "pump",
     .part = "pump",
     .slot = offsetof(titr_experiment, delivery)},
    {.name = "solver",
     .of_children = 1,
     .doc = "how the equations are integrated",
     .shape = TITR_SECTION_PART,
     .kind = "solver",
     .part = "cvode",
     .slot = offsetof(titr_experiment, solver)},
    {.name = "actions",
     .of_children = 1,
     .doc = "what a learner's level means as a dose",
     .shape = TITR_SECTION_PART,
     .kind = "actions",
     .part = "relative_basal_and_correction",
     .slot = offsetof(titr_experiment, actions)},
    {.name = "reward",
     .of_children = 1,
     .doc = "what a learner is rewarded for",
     .shape = TITR_SECTION_PART,
     .kind = "reward",
     .part = "magni_risk",
     .slot = offsetof(titr_experiment, reward),
     ROWS(reward)},
    {.name = "shield",
     .of_children = 1,
     .doc = "what may lower a dose between policy and environment; in use where train.shield, "
            "evaluate.shield or a policy's shield says so"},
    {.name = "shield.rules",
     .of_children = 1,
     .doc = "rules in the order in which they act; when absent, all of them with their defaults",
     .shape = TITR_SECTION_LIST,
     .kind = "shield"},
    {.name = "iob",
     .of_children = 1,
     .doc = "the insulin-on-board curve of the clinic record",
     ROWS(iob)},
    {.name = "clinic",
     .of_children = 1,
     .doc = "how settings = \"titrated\" are found: basal as published with the child, correction "
            "factor by rule, carbohydrate ratio by visits",
     ROWS(clinic)},
    {.name = "policies",
     .doc = "who doses: each is trained where it learns, and evaluated on the same episodes",
     .shape = TITR_SECTION_LIST,
     .kind = "agent",
     ROWS(policy)},
    {.name = "policies.observe",
     .doc = "what a learner sees of the clinic record, or of a task",
     .shape = TITR_SECTION_LIST,
     ROWS(observe)},
    {.name = "train", .doc = "how learners learn", ROWS(train)},
    {.name = "train.solver",
     .of_children = 1,
     .doc = "solver while training; when absent, as `solver`",
     .shape = TITR_SECTION_PART,
     .kind = "solver",
     .slot = offsetof(titr_experiment, train_solver)},
    {.name = "tune", .doc = "how tuned = \"population\" searches", ROWS(tune)},
    {.name = "evaluate", .doc = "how policies are compared", ROWS(evaluate)},
    {.name = "robustness",
     .of_children = 1,
     .doc =
         "what `titrate robustness` changes, one cell after the other, with policies as trained"},
    {.name = "robustness.cells",
     .of_children = 1,
     .doc = "the cells of its table; when absent: carbohydrate ratio 30 % too high and too low, "
            "insulin sensitivity times 0.6 and 1.4, CGM 10 % too high and too low, a CGM loss of "
            "30 min every day, meals announced 20 min late",
     .shape = TITR_SECTION_LIST,
     ROWS(cell)},
    {.name = "ope",
     .doc = "how `titrate ope` judges policies from the decisions of another one",
     ROWS(ope)},
    {.name = "record", .doc = "what is written to the trajectory file", ROWS(record)},
    {.name = "output", .doc = "where it is written", ROWS(output)},
};

const titr_section *titr_experiment_sections(size_t *n)
{
    *n = sizeof sections / sizeof sections[0];
    return sections;
}

const titr_option *titr_policy_options(size_t *n)
{
    *n = sizeof policy / sizeof policy[0];
    return policy;
}

const titr_option *titr_observe_options(size_t *n)
{
    *n = sizeof observe / sizeof observe[0];
    return observe;
}

titr_observable titr_observe_find(const char *name)
{
    static const char *const short_name[] = {
#define X(symbol, text, unit, lo, hi, doc) #symbol,
        TITR_OBSERVABLE_MAP(X)
#undef X
    };
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        if (strcasecmp(short_name[i], name) == 0) {
            return (titr_observable)i;
        }
    }
    return titr_observable_find(name);
}

const char *titr_observe_name(const titr_experiment *e, const titr_observe *entry)
{
    if (entry->what < TITR_OBS_N) {
        return titr_observable_table()[entry->what].name;
    }
    return titr_task_shape_of(e->task).obs[entry->what - TITR_OBS_N].name;
}

titr_observe titr_observe_task(const titr_task_shape *shape, size_t k)
{
    const titr_task_observable *o = &shape->obs[k];
    titr_observe entry = {
        .what = TITR_OBS_N + k, .history = 1, .discrete = o->discrete, .lo = o->lo, .hi = o->hi};
    if (o->discrete == 0) {
        titr_observe_equal_bins(&entry, o->bins);
    }
    return entry;
}

int titr_option_is_path(const titr_option *option)
{
    const size_t n = strlen(option->name);
    return option->kind == TITR_OPTION_TEXT &&
           (strcmp(option->name, "path") == 0 || strcmp(option->name, "events") == 0 ||
            (n > 5 && strcmp(option->name + n - 5, "_path") == 0));
}
