// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * @file titrate/runner/experiment.h
 * @brief A whole experiment as a struct: what a config file fills in and the runner carries out.
 *
 * The plain keys of every section are described by option tables (titr_experiment_sections), which
 * drive the parser, `titrate describe config`, the manifest and the checks.
 *
 * Ownership  titr_experiment owns its slots; titr_experiment_init, .._fini.
 */
#ifndef TITR_RUNNER_EXPERIMENT_H
#define TITR_RUNNER_EXPERIMENT_H

#include "titrate/agents/agent.h"
#include "titrate/env/env.h"
#include "titrate/store/store.h"

#define TITR_POLICIES_MAX 64

typedef enum titr_settings {
    TITR_SETTINGS_PUBLISHED,
    TITR_SETTINGS_TITRATED,
    TITR_SETTINGS_TYPED
} titr_settings;
typedef enum titr_scope { TITR_SCOPE_POPULATION, TITR_SCOPE_PER_CHILD } titr_scope;

/** One entry of `policies`. The plain keys below are common to all; the agent adds its own. */
typedef struct titr_policy_def {
    char name[TITR_TEXT_MAX]; /* unique, [A-Za-z0-9_.-]+                                  */
    titr_slot agent;
    char of[TITR_TEXT_MAX]; /* wrappers: name of an earlier policy                       */
    titr_observer observe;
    int settings;                  /* titr_settings: whose basal, CR, CF and target are in force */
    double settings_basal_u_per_h; /* "typed": the user's own regimen                           */
    double settings_cr_g_per_u, settings_cf_mg_dl_per_u, settings_target_mg_dl;
    int scope;                  /* titr_scope: learners only                                 */
    double gamma_half_life_min; /* learners only                                             */
    int64_t train_steps;        /* decisions; 0 = train.steps                                */
    int tuned; /* 1 = the agent's tuning grid is searched per child on training seeds */
} titr_policy_def;

typedef enum titr_record_what {
    TITR_RECORD_DECISIONS,
    TITR_RECORD_MINUTES,
    TITR_RECORD_SUMMARY
} titr_record_what;

typedef struct titr_experiment {
    char name[TITR_TEXT_MAX];
    char seed_text[TITR_TEXT_MAX]; /* decimal, any 64-bit value                                  */
    uint64_t seed;                 /* parsed from seed_text                                      */
    struct {
        char model[TITR_TEXT_MAX], mode[TITR_TEXT_MAX];
    } body;
    struct {
        char source[TITR_TEXT_MAX], path[TITR_TEXT_MAX], subjects[TITR_TEXT_MAX];
    } cohort;
    struct {
        int64_t folds; /* population learners: children are left out in `folds` groups */
        int64_t seeds_train_from, seeds_train_to; /* config: seeds_train = [from, to] */
        int64_t seeds_test_from, seeds_test_to;   /* disjoint from seeds_train         */
    } split;
    struct {
        double horizon_days, decision_interval_min, clock_start_min;
        double limit_lo_mg_dl, limit_hi_mg_dl; /* config: limits_mg_dl = [lo, hi] */
        int ends_at_limits, announce_late;
        char events[TITR_TEXT_MAX]; /* CSV of a dosing record: meals for `simulate`, doses for agent
                                       "replay" */
        titr_slot part[TITR_SCENARIO_PARTS_MAX];
        size_t n_parts;
    } scenario;
    titr_slot sensor, delivery, solver, actions, reward;
    titr_slot train_solver;  /* empty: as `solver` */
    double terminal_penalty; /* NaN = auto          */
    struct {
        double peak_min, duration_min;
    } iob;
    titr_policy_def policy[TITR_POLICIES_MAX];
    size_t n_policies;
    struct {
        int64_t steps, parallel_patients, curve_every;
        double checkpoint_every_s;
    } train;
    struct {
        int64_t episodes_per_child; /* 0 = every test seed */
        char compare_to[TITR_TEXT_MAX];
        double drop_days;    /* left out of metrics at each episode's start */
        int constant_levels; /* 1 = also evaluate every constant level of the action set */
    } evaluate;
    struct {
        int what, states, learning, compression;
    } record;
    struct {
        char folder[TITR_TEXT_MAX];
    } output;
} titr_experiment;

/** One section of the config: "" is the top level. Offsets are from the start of titr_experiment.
 */
typedef struct titr_section {
    const char *name, *doc;
    const titr_option *options;
    size_t n_options;
} titr_section;

/** @return static table of *n sections. */
const titr_section *titr_experiment_sections(size_t *n);
/** Options common to all policies; offsets from the start of titr_policy_def. */
const titr_option *titr_policy_options(size_t *n);

/** Defaults everywhere; parts: glucose_s2008, meals_energy, cgm_breton_2008, pump, cvode,
 *  relative_basal_and_correction, magni_risk. */
titr_status titr_experiment_init(titr_experiment *e, titr_error *err) TITR_NODISCARD;
void titr_experiment_fini(titr_experiment *e);
/** Everything that the option tables cannot say: disjoint seeds, names that refer to each other, a
 *  horizon of whole intervals, a terminal penalty that does not make dying pay. */
titr_status titr_experiment_check(const titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** The experiment with every default written out, as JSON. @param[out] json malloc'ed. */
titr_status titr_experiment_json(const titr_experiment *e, char **json,
                                 titr_error *err) TITR_NODISCARD;

#endif
