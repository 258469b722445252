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
#include "titrate/agents/shield.h"
#include "titrate/cohort/sample.h"
#include "titrate/env/env.h"
#include "titrate/env/task.h"
#include "titrate/store/store.h"

#define TITR_POLICIES_MAX 64     /* entries of `policies`     */
#define TITR_SUBJECTS_MAX 8192   /* bytes of the list of ids  */
#define TITR_CLINIC_SEEDS_MAX 64 /* episodes of a titration */
#define TITR_CELLS_MAX 64        /* of a robustness table   */

/** Where a policy's basal, CR, CF and target come from. */
typedef enum titr_settings {
    TITR_SETTINGS_PUBLISHED, /* with the child                              */
    TITR_SETTINGS_TITRATED,  /* as a clinic would, on training seeds        */
    TITR_SETTINGS_TYPED      /* the settings_* keys; 0 = as published       */
} titr_settings;

/** Whom a learner learns from. */
typedef enum titr_scope {
    TITR_SCOPE_POPULATION, /* all children but those it is tested on */
    TITR_SCOPE_PER_CHILD   /* the same child, other seeds            */
} titr_scope;

/** Whether a policy acts behind the shield. */
typedef enum titr_shield_use {
    TITR_SHIELD_DEFAULT, /* as train.shield and evaluate.shield say   */
    TITR_SHIELD_ON,      /* always                                    */
    TITR_SHIELD_OFF      /* never                                     */
} titr_shield_use;

/** How policies with shield = "default" are evaluated. */
typedef enum titr_evaluate_shield {
    TITR_EVALUATE_PLAIN,    /* without a shield                                          */
    TITR_EVALUATE_SHIELDED, /* with it                                                   */
    TITR_EVALUATE_BOTH      /* once without and once with it, as "NAME" and "NAME+shield" */
} titr_evaluate_shield;

/** Which level a learner learns about when the shield has changed its dose. */
typedef enum titr_learn_from {
    TITR_LEARN_GIVEN,   /* the level that stands for the dose given */
    TITR_LEARN_PROPOSED /* the level chosen, shield included        */
} titr_learn_from;

/** Whether options of an agent that does not learn are found by trying, on training seeds. */
typedef enum titr_tuned {
    TITR_TUNED_NO,         /* as configured                                               */
    TITR_TUNED_PER_CHILD,  /* each child its own                                          */
    TITR_TUNED_POPULATION, /* one setting for all children but those it is tested on      */
    TITR_TUNED_TRUE        /* config only: per child, as titr_experiment_resolve makes it */
} titr_tuned;

/** The keys of one entry of a policy's `observe` list, before they become a titr_observe. */
typedef struct titr_observe_keys {
    char name[TITR_TEXT_MAX]; /* of an observable: "cgm_mg_dl", or short: "cgm" */
    int64_t bins;             /* equal parts of the observable's plausible range; 0 = by edges */
    titr_reals edges;         /* inner bin edges, ascending, in the observable's unit */
    int64_t history;          /* CGM only: past readings, latest included */
} titr_observe_keys;

/** One entry of `policies`. The plain keys below are common to all; the agent adds its own. */
typedef struct titr_policy_def {
    char name[TITR_TEXT_MAX];        /* unique, [A-Za-z0-9_.-]+                            */
    titr_slot agent;                 /* a titr_agent_type with its options                 */
    char of[TITR_TEXT_MAX];          /* wrappers: name of an earlier policy                */
    titr_observer observe;           /* what it sees                                       */
    int settings;                    /* titr_settings: whose basal, CR, CF and target      */
    double settings_basal_u_per_h;   /* "typed": the user's own regimen; 0 = as published  */
    double settings_cr_g_per_u;      /* likewise, carbohydrate ratio                       */
    double settings_cf_mg_dl_per_u;  /* likewise, correction factor                        */
    double settings_target_mg_dl;    /* likewise, glucose target                           */
    int scope;                       /* titr_scope: learners only                          */
    double gamma_half_life_min;      /* learners only                                      */
    int64_t train_steps;             /* decisions; 0 = train.steps                         */
    char data_path[TITR_TEXT_MAX];   /* learners: a run file to learn from; "" = by trying */
    char data_policy[TITR_TEXT_MAX]; /* of that file, whose decisions; "" = all            */
    int64_t replicates;              /* learners only; 0 = train.replicates                */
    int tuned;                       /* titr_tuned: how the agent's tuning axes are searched */
    int shield;                      /* titr_shield_use */
} titr_policy_def;

/** What goes to the trajectory file. */
typedef enum titr_record_what {
    TITR_RECORD_DECISIONS, /* a row per decision      */
    TITR_RECORD_MINUTES,   /* and a row per minute    */
    TITR_RECORD_SUMMARY    /* episodes only           */
} titr_record_what;

/** What a validation while training is judged by; more is better. */
typedef enum titr_score_what {
    TITR_SCORE_AUTO,    /* TIR_ITT of patients, RETURN of benchmark tasks */
    TITR_SCORE_TIR_ITT, /* mean of tir_itt_percent                        */
    TITR_SCORE_REWARD,  /* mean reward of a decision                      */
    TITR_SCORE_RETURN   /* mean sum of rewards of an episode              */
} titr_score_what;

/** Which state of an agent a training hands over. */
typedef enum titr_keep {
    TITR_KEEP_LAST, /* as it ended                            */
    TITR_KEEP_BEST  /* as it was at its best validation       */
} titr_keep;

/** One cell of the robustness table: what is otherwise than the experiment says. */
typedef struct titr_cell_def {
    char name[TITR_TEXT_MAX]; /* unique, [A-Za-z0-9_.-]+, not "nominal"                         */
    char set[TITR_TEXT_MAX];  /* "KEY = VALUE; ..": keys of the config, titr_cell_check         */
} titr_cell_def;

/** A whole experiment. Every key's unit, default, range and meaning is in its option table. */
typedef struct titr_experiment {
    char name[TITR_TEXT_MAX];      /* [A-Za-z0-9_.-]+: it names the run's files                  */
    char folder[TITR_TEXT_MAX];    /* the config's own; file names in it start there. "" = none  */
    char seed_text[TITR_TEXT_MAX]; /* decimal, any 64-bit value                                  */
    uint64_t seed;                 /* parsed from seed_text                                      */
    titr_slot task; /* titr_task_type in place of children; empty: children                      */
    struct {
        char model[TITR_TEXT_MAX];  /* registered name                    */
        char mode[TITR_TEXT_MAX];   /* variant of the model's equations   */
        double insulin_sensitivity; /* times the child's own              */
    } body;
    struct {
        char source[TITR_TEXT_MAX];       /* "s2008-published", "file" or "sample"         */
        char path[TITR_TEXT_MAX];         /* CSV of "file"                                 */
        char subjects[TITR_SUBJECTS_MAX]; /* "all", "children", or ids separated by commas */
        char seed_text[TITR_TEXT_MAX];    /* of "sample"; empty = the experiment's         */
        int sex;                          /* 0 both, else a titr_sex                       */
        titr_sample sample; /* of "sample"; its seed and sex are parsed from the two above */
    } cohort;
    struct {
        int64_t folds;            /* population learners: children are left out in `folds` groups */
        int64_t seeds_train_from; /* config: seeds_train = [from, to] */
        int64_t seeds_train_to;   /* the last one, included           */
        int64_t seeds_test_from;  /* config: seeds_test = [from, to]  */
        int64_t seeds_test_to;    /* disjoint from seeds_train        */
        int64_t seeds_validate_from; /* config: seeds_validate = [from, to]              */
        int64_t seeds_validate_to;   /* disjoint from both, if there is any validation   */
    } split;
    struct {
        double horizon_days;          /* a whole number of decision intervals      */
        double decision_interval_min; /* whole minutes                             */
        double clock_start_min;       /* clock time at the episode's start         */
        double limit_lo_mg_dl;        /* config: limits_mg_dl = [lo, hi]           */
        double limit_hi_mg_dl;        /* above lo                                  */
        int ends_at_limits;           /* 0 = run on beyond the limits              */
        int announce;                 /* titr_announce                             */
        double announce_delay_min;    /* whole minutes, on top of it               */
        char events[TITR_TEXT_MAX];   /* CSV of a dosing record; a config that names it gets its
                                         meals (part meals_record) and its doses (agent replay) */
        titr_slot part[TITR_SCENARIO_PARTS_MAX]; /* titr_scenario_type */
        size_t n_parts;                          /* how many there are */
    } scenario;
    titr_slot sensor;        /* titr_sensor_type                                 */
    titr_slot delivery;      /* titr_pump_type                                   */
    titr_slot solver;        /* titr_solver_type                                 */
    titr_slot actions;       /* titr_actions_type                                */
    titr_slot reward;        /* titr_reward_type                                 */
    titr_slot train_solver;  /* empty: as `solver`                               */
    titr_shield_def shield;  /* config: shield.rules; all registered rules when there is none */
    double terminal_penalty; /* NaN = auto                                       */
    size_t vector_bits;      /* as titr_env_def; no config key: it changes no result */
    struct {
        double peak_min;     /* of the insulin-on-board curve    */
        double duration_min; /* more than twice the peak         */
    } iob;
    struct {
        double target_mg_dl;      /* of titrated settings                                     */
        double cf_rule_mg_dl;     /* CF = it / total daily insulin                            */
        double return_min;        /* CR: back at the pre-meal value so long after a meal      */
        double low_share_percent; /* CR: less insulin from this share of time low on          */
        double days;              /* of an episode titrated on, no more than the horizon      */
        int64_t seeds;            /* of them, the first of seeds_train; TITR_CLINIC_SEEDS_MAX */
    } clinic;                     /* how settings = "titrated" are found                      */
    titr_policy_def policy[TITR_POLICIES_MAX]; /* in the config's order */
    size_t n_policies;                         /* how many there are    */
    struct {
        int64_t steps;             /* decisions, over all patients                  */
        int64_t parallel_patients; /* lanes                                         */
        double settings_cv;        /* of the errors of settings in training; 0 = none */
        double body_cv;            /* of the responses of bodies in training; 0 = as they are */
        int64_t curve_every;       /* decisions between points of the curve; 0 = no */
        double checkpoint_every_s; /* 0 = only when stopped                         */
        int64_t replicates;        /* trainings of each learner, seeds of their own */
        int64_t evaluate_every;    /* decisions between validations; 0 = none       */
        int64_t evaluate_episodes; /* of one validation                             */
        int score;                 /* titr_score_what: what a validation is judged by */
        int keep;                  /* titr_keep                                     */
        int64_t patience;          /* validations without improvement; 0 = no limit */
        double min_improvement;    /* less is none; in the score's unit             */
        double stop_at;            /* score that is enough; NaN = none is           */
        int tensorboard;           /* 1 = curves as event files as well             */
        int shield;                /* 1 = learners play behind the shield           */
        int learn_from;            /* titr_learn_from                               */
    } train;
    struct {
        double days; /* simulated days for each setting found; NaN = as a learner gets     */
        double episode_days; /* of an episode tuned on, no more than the horizon */
        int64_t seeds; /* of them per child, the first of seeds_train                        */
    } tune;            /* tuned = "population"                                              */
    struct {
        int64_t episodes_per_child;     /* 0 = every test seed */
        char compare_to[TITR_TEXT_MAX]; /* a policy; "" = none */
        double drop_days;               /* left out of metrics at each episode's start */
        int constant_levels; /* 1 = also evaluate every constant level of the action set */
        int shield;          /* titr_evaluate_shield */
        double basal_factor; /* settings in evaluation are so many times what they should be */
        double cr_factor;    /* likewise, carbohydrate ratio */
        double cf_factor;    /* likewise, correction factor */
    } evaluate;
    struct {
        titr_cell_def cell[TITR_CELLS_MAX]; /* config: robustness.cells; titr_cells_default */
        size_t n_cells;                     /* how many there are */
    } robustness;                           /* titr_robustness */
    struct {
        char data_path[TITR_TEXT_MAX];   /* a run file; "" = the experiment's own           */
        char data_policy[TITR_TEXT_MAX]; /* whose decisions; "" = nothing is judged         */
        titr_reals horizons_h;           /* of the returns                                  */
        double half_life_min;            /* a reward so far ahead counts half; NaN = in full */
        int64_t draws;                   /* of the bootstrap                                */
        titr_reals hidden;               /* fitted Q evaluation: titr_fqe_def               */
        double learning_rate;            /* likewise */
        int64_t batch;                   /* likewise */
        int64_t steps;                   /* likewise */
        int64_t rounds;                  /* likewise; 0 = by the horizon */
        int deterministic;               /* likewise */
    } ope;                               /* off-policy evaluation */
    struct {
        int what;        /* titr_record_what                                     */
        int states;      /* 1 = the whole state of the body                      */
        int learning;    /* 1 = what learning from the file needs                */
        int compression; /* titr_compression                                     */
    } record;
    struct {
        char folder[TITR_TEXT_MAX]; /* of the run's files */
    } output;
} titr_experiment;

/** How a section is written. */
typedef enum titr_section_shape {
    TITR_SECTION_GROUP, /* plain keys                                                      */
    TITR_SECTION_PART,  /* the key `name` chooses a part of `kind`, whose options follow   */
    TITR_SECTION_LIST   /* a list of groups; with a kind, each chooses a part              */
} titr_section_shape;

/** One section of the config: "" is the top level, "train.solver" a group inside `train`.
 *  An option named "limits_mg_dl[0]" is the first element of the array limits_mg_dl. */
typedef struct titr_section {
    const char *name, *doc;     /* as in the config; one line */
    titr_section_shape shape;   /* group, part or list */
    const titr_option *options; /* offsets from the start of titr_experiment; in a list, from the
                                   start of its element */
    size_t n_options;           /* rows of options */
    const char *kind;           /* kind of part, titrate/runner/kind.h; NULL if none              */
    const char *part;           /* the part taken when none is named; NULL if none               */
    size_t slot;                /* PART: offset of the titr_slot in titr_experiment               */
    int of_children;            /* 1 = has no meaning beside a task                               */
} titr_section;

/** @return static table of *n sections, in the order of the docs and of the manifest. */
const titr_section *titr_experiment_sections(size_t *n);
/** Options common to all policies; offsets from the start of titr_policy_def. */
const titr_option *titr_policy_options(size_t *n);
/** Options of an entry of `observe`; offsets from the start of titr_observe_keys. */
const titr_option *titr_observe_options(size_t *n);
/** Observable by its name or its short name (the name without its unit, as in the enum: "cgm",
 *  "iob_per_kg"). @return TITR_OBS_N when there is none. */
titr_observable titr_observe_find(const char *name);
/** Name of the column that an entry of `observe` reads: an observable of the clinic or the task. */
const char *titr_observe_name(const titr_experiment *e, const titr_observe *entry);
/** An entry that reads observable `k` of the task: its range, and the task's own bins. */
titr_observe titr_observe_task(const titr_task_shape *shape, size_t k);
/** 1 if a TEXT option names a file: "path", "events", or a name that ends in "_path". */
int titr_option_is_path(const titr_option *option);

/** Defaults everywhere; parts: glucose_s2008, meals_energy, cgm_breton_2008, pump, cvode,
 *  relative_basal_and_correction, magni_risk. */
titr_status titr_experiment_init(titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** Release the slots; the struct is zero afterwards. */
void titr_experiment_fini(titr_experiment *e);
/** The children that the experiment is about. @return pointers into `e`. */
titr_cohort_request titr_experiment_cohort(const titr_experiment *e);
/** Work out what follows from other fields: `seed` from `seed_text`, the model's first mode where
 *  none is named, an agent's copy of a key that all policies have (gamma_half_life_min), with a
 * task the observables of policies that name none: all. Call it after changing fields and before
 * titr_experiment_check. */
titr_status titr_experiment_resolve(titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** Every option against its range, and what the option tables cannot say: disjoint seeds, names
 *  that refer to each other, a horizon of whole intervals, a terminal penalty that does not make
 *  dying pay. @return TITR_ERR_CONFIG; the text begins with the key, e.g. "split.seeds_test: ...".
 */
titr_status titr_experiment_check(const titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** What only shows when the parts are made: the files that they read, lists that must fit each
 *  other, levels that an action set does not have. Nothing is run. @return the part's error; the
 * text begins with the key. */
titr_status titr_experiment_rehearse(const titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** Whether a run of the experiment will have this policy and this child; NULL is not asked for.
 *  @return TITR_ERR_NOT_FOUND with the nearest name. */
titr_status titr_experiment_find(const titr_experiment *e, const char *policy, const char *patient,
                                 titr_error *err) TITR_NODISCARD;
/** The experiment with every default written out, as JSON in a fixed order; no absolute path.
 *  @param[out] json malloc'ed. */
titr_status titr_experiment_json(const titr_experiment *e, char **json,
                                 titr_error *err) TITR_NODISCARD;

/** How a description is laid out. */
typedef enum titr_describe_format {
    TITR_DESCRIBE_TEXT,    /* for a terminal */
    TITR_DESCRIBE_MARKDOWN /* for docs/      */
} titr_describe_format;

/** Every section and key with unit, default, range and meaning; docs/config.md is its MARKDOWN.
 *  @param[out] text malloc'ed. */
titr_status titr_experiment_describe(titr_describe_format format, char **text,
                                     titr_error *err) TITR_NODISCARD;
/** One section likewise. @param[out] text malloc'ed. */
titr_status titr_section_describe(const titr_section *section, titr_describe_format format,
                                  char **text, titr_error *err) TITR_NODISCARD;
/** The options of one part likewise, for `titrate describe NAME`. @param[out] text malloc'ed. */
titr_status titr_part_describe(const titr_part *part, titr_describe_format format, char **text,
                               titr_error *err) TITR_NODISCARD;

#endif
