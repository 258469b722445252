// SPDX-License-Identifier: GPL-3.0-or-later
/* The shield in the runner: doses, rows and levels behind it, training and evaluation apart, both
 * side by side, and what resumes. */
#include "runner/evaluate.h"
#include "runner/guard.h"
#include "runner/job.h"
#include "small.h"

#include "titrate/base/visit_memory.h"
#include "titrate/config/config.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 2 };

#define HALF_DAY "scenario.horizon_days=0.5"
/* Two rules: no more than 0.3 U/h, and nothing below 110 mg/dL: both act within an hour or two. */
#define RULES                                                                                      \
    "shield.rules=( { name = \"max_basal\"; by = \"fixed\"; fixed_u_per_h = 0.3; },"               \
    " { name = \"low_suspend\"; below_mg_dl = 110.0; release_min = 0.0; } )"
#define LEVELS "actions={ name = \"relative_basal\"; levels = [0.25, 0.5, 1.0, 2.0]; }"
#define MAX_BASAL 2
#define PREDICTED_LOW 9
#define LOW_SUSPEND 10

typedef struct rig {
    titr_experiment *e;
    titri_lab *lab;
    titr_agent *agent;
    titri_roller *roller;
    titr_lane_start start[LANES];
} rig;

/* The lab's first policy as it is trained. `first` and `second` may be NULL. */
static void rig_init(rig *r, const char *policy, const char *first, const char *second)
{
    titr_error err = {.what = ""};
    *r = (rig){.e = small_experiment(policy, HALF_DAY, RULES, LEVELS, first, second, NULL)};
    r->lab = small_lab(r->e);
    const titr_env_def def = titri_lab_env(r->lab, 0, 1);
    cr_assert_eq(titri_lab_agent(r->lab, 0, 0, LANES, &r->agent, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(
        titri_roller_create(&def, &r->e->policy[0].observe, r->agent, LANES, &r->roller, &err),
        TITR_OK, "%s", err.what);
    cr_assert_eq(titri_guard_training(r->lab, 0, r->roller, &err), TITR_OK, "%s", err.what);
    for (size_t l = 0; l < LANES; l++) {
        r->start[l] = (titr_lane_start){l, &r->lab->cohort.child[l],
                                        titri_lab_therapy(r->lab, 0, l), 7, 1001};
    }
    cr_assert_eq(titri_roller_start(r->roller, r->start, LANES, &err), TITR_OK, "%s", err.what);
}

static void rig_fini(rig *r)
{
    titri_roller_destroy(r->roller);
    titr_agent_destroy(r->agent);
    titri_lab_destroy(r->lab);
    small_free(r->e);
}

static void step(rig *r, titr_act_mode mode)
{
    titr_error err = {.what = ""};
    cr_assert_eq(titri_roller_step(r->roller, mode, &err), TITR_OK, "%s", err.what);
}

/* basal_bolus asks for the schedule of 0.395 U/h: 0.3 are given, and nothing below 110 mg/dL. */
Test(guard, rows_tell_what_was_proposed_and_given)
{
    rig r;
    size_t capped = 0, suspended = 0;
    rig_init(&r, SMALL_BB, "train.shield=true", NULL);
    while (titri_roller_running(r.roller) > 0) {
        step(&r, TITR_ACT_GREEDY);
        for (size_t l = 0; l < LANES; l++) {
            const titr_step *row = &r.roller->row[l];
            const int low = row->cgm_mg_dl < 110.0F;
            const int meal = row->carbs_announced_g > 0.0F;
            const float most = low ? 0.0F : 0.3F;
            cr_assert_eq(row->dose_given_basal_u_per_h,
                         fminf(row->dose_proposed_basal_u_per_h, most));
            cr_assert(meal || row->dose_given_bolus_u == row->dose_proposed_bolus_u);
            cr_assert_eq(row->shield_rule, low ? LOW_SUSPEND : MAX_BASAL);
            cr_assert_eq((float)r.roller->dose[l].basal_u_per_h, row->dose_given_basal_u_per_h);
            cr_assert_float_eq(row->basal_insulin_u, row->dose_given_basal_u_per_h / 12.0F, 1e-6);
            capped += low ? 0 : 1;
            suspended += low ? 1 : 0;
        }
    }
    cr_assert(capped > 20 && suspended > 20, "%zu, %zu", capped, suspended);
    rig_fini(&r);
}

/* What a level asks for here, U over an interval of 5 min. */
static double level_u(const rig *r, size_t l, size_t level)
{
    const titr_actions_type *actions = r->e->actions.type;
    return titr_dose_insulin_u(actions->dose(r->e->actions.def, &r->roller->view->record, l, level),
                               5.0);
}

/* Levels of 0.25, 0.5, 1 and 2 times basal. 0.3 U/h lie between 0.5 and 1 x 0.395 U/h: the lower
 * stands for them. A suspension is below all: the lowest stands for it. */
static int stands_for(const double asked_u[4], double given_u)
{
    int level = 3;
    while (level > 0 && asked_u[level] > given_u + 1e-9) {
        level--;
    }
    return level;
}

static void check_levels(const char *override, int learns_proposed)
{
    size_t between = 0, below = 0, same = 0;
    rig r;
    rig_init(&r, "{ name = \"r\"; agent = \"random\"; shield = \"on\"; }",
             "shield.rules=( { name = \"max_basal\"; by = \"fixed\"; fixed_u_per_h = 0.3; }, "
             "{ name = \"predicted_low\"; below_mg_dl = 110.0; horizon_min = 120.0; } )",
             override);
    while (titri_roller_running(r.roller) > 0) {
        double asked_u[LANES][4];
        for (size_t l = 0; l < LANES; l++) {
            for (size_t k = 0; k < 4; k++) {
                asked_u[l][k] = level_u(&r, l, k);
            }
        }
        step(&r, TITR_ACT_EXPLORE);
        const titr_transitions t = titri_roller_transitions(r.roller);
        for (size_t l = 0; l < LANES; l++) {
            const int rule = titr_shield_rule(r.roller->shield, l), proposed = t.level_proposed[l];
            const double given_u = titr_dose_insulin_u(r.roller->dose[l], 5.0);
            const int given = rule == 0 ? proposed : stands_for(asked_u[l], given_u);
            cr_assert(t.valid[l] && proposed == r.roller->row[l].action_level);
            cr_assert_eq(t.level[l], learns_proposed ? proposed : given, "%d, %d: %d", proposed,
                         given, t.level[l]);
            cr_assert_eq((float)t.propensity[l], r.roller->row[l].propensity);
            between += rule == MAX_BASAL && given == 1;
            below += rule == PREDICTED_LOW && given == 0;
            same += rule == 0 ? 1 : 0;
        }
    }
    cr_assert(between > 5 && below > 5 && same > 5, "%zu %zu %zu", between, below, same);
    rig_fini(&r);
}

Test(guard, a_level_stands_for_the_dose_given)
{
    check_levels(NULL, 0);
}

Test(guard, the_level_proposed_is_learned_about_on_request)
{
    check_levels("train.learn_from=proposed", 1);
}

/* Only an allowed level stands for a dose: between meals this action set has level 0 alone. */
Test(guard, a_masked_level_stands_for_nothing)
{
    rig r;
    rig_init(&r, "{ name = \"r\"; agent = \"random\"; }", "train.shield=true",
             "actions={ name = \"absolute_bolus\"; levels_u = [1.0, 2.0, 3.0]; }");
    while (titri_roller_running(r.roller) > 0) {
        step(&r, TITR_ACT_EXPLORE);
        const titr_transitions t = titri_roller_transitions(r.roller);
        for (size_t l = 0; l < LANES; l++) {
            cr_assert(t.mask[l * r.roller->n_levels + (size_t)t.level[l]]);
        }
    }
    rig_fini(&r);
}

static void check_same(const titr_step *a, const titr_step *b)
{
#define X(name, type, unit, doc) cr_assert_eq(memcmp(&a->name, &b->name, sizeof a->name), 0, #name);
    TITR_STEP_COLUMNS(X)
#undef X
}

/* Two hours, saved and loaded, and the rest: with all rules, their memory included. */
Test(guard, half_saved_loaded_and_half_is_the_whole)
{
    static const char policy[] = "{ name = \"r\"; agent = \"random\"; }";
    static const char all[] = "shield.rules=( { name = \"max_step\"; times_scheduled = 0.1; }, "
                              "{ name = \"daily_total\"; times_tdi = 0.1; }, "
                              "{ name = \"low_suspend\"; below_mg_dl = 110.0; hysteresis_mg_dl = "
                              "20.0; }, { name = \"max_basal\"; times_highest = 1.0; } )";
    titr_memory_visitor memory;
    titr_error err = {.what = ""};
    rig r, other;
    rig_init(&r, policy, "train.shield=true", all);
    rig_init(&other, policy, "train.shield=true", all);
    for (size_t k = 0; k < 24; k++) {
        step(&r, TITR_ACT_EXPLORE);
    }
    titr_memory_visitor_init(&memory);
    cr_assert_eq(titri_roller_visit(r.roller, &memory.base, r.start, &err), TITR_OK);
    titr_memory_visitor_load(&memory);
    cr_assert_eq(titri_roller_visit(other.roller, &memory.base, other.start, &err), TITR_OK, "%s",
                 err.what);
    titr_memory_visitor_fini(&memory);
    while (titri_roller_running(r.roller) > 0) {
        step(&r, TITR_ACT_EXPLORE);
        step(&other, TITR_ACT_EXPLORE);
        for (size_t l = 0; l < LANES; l++) {
            check_same(&r.roller->row[l], &other.roller->row[l]);
        }
    }
    rig_fini(&r);
    rig_fini(&other);
}

Test(guard, refuses_an_environment_that_takes_levels)
{
    titr_error err = {.what = ""};
    const titr_env_view view = {.takes_levels = 1};
    titri_roller roller = {.view = &view};
    titr_shield_def def = {.n = 0};
    small_refused(titri_guard(&roller, &def, &err), TITR_ERR_CONFIG, &err, "train.shield");
    cr_assert_null(roller.shield);
}

/* --- training and evaluation apart --- */

/* 1 if the policy's training has a shield. */
static int trains_shielded(const char *first, const char *second)
{
    titr_error err = {.what = ""};
    titri_job *job = NULL;
    titr_experiment *e = small_experiment(SMALL_Q, HALF_DAY, RULES, first, second, NULL);
    titri_lab *lab = small_lab(e);
    cr_assert_eq(titri_job_create(lab, 0, 0, &job, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titri_job_begin(job, &err), TITR_OK, "%s", err.what);
    const int shielded = job->roller->shield != NULL;
    titri_job_destroy(job);
    titri_lab_destroy(lab);
    small_free(e);
    return shielded;
}

Test(guard, training)
{
    cr_assert(!trains_shielded(NULL, NULL));
    cr_assert(!trains_shielded("evaluate.shield=true", NULL));
    cr_assert(trains_shielded("train.shield=true", NULL));
    cr_assert(trains_shielded("policies.q.shield=on", NULL));
    cr_assert(!trains_shielded("train.shield=true", "policies.q.shield=off"));
}

/* Names and interventions per day of each row of an evaluation: "name 12.0, ...". */
static char *evaluated(const char *policies, const char *first, const char *second)
{
    static char text[256];
    titr_error err = {.what = ""};
    titr_summary s;
    titr_experiment *e = small_experiment(policies, HALF_DAY, RULES, first, second, NULL);
    small_folder(e);
    cr_assert_eq(titr_experiment_check(e, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    text[0] = '\0';
    for (size_t r = 0; r < s.n_rows; r++) {
        const double n = titr_summary_mean(&s, &s.row[r], "shield_interventions_per_day");
        const size_t at = strlen(text);
        (void)snprintf(text + at, sizeof text - at, "%s %s; ", s.row[r].policy,
                       n > 0.0 ? "shielded" : "plain");
    }
    titr_summary_fini(&s);
    small_folder_remove(e);
    small_free(e);
    return text;
}

Test(guard, evaluation)
{
    static const char two[] = SMALL_BB ", { name = \"cb\"; agent = \"constant_basal\"; }";
    cr_assert_str_eq(evaluated(two, NULL, NULL), "bb plain; cb plain; ");
    cr_assert_str_eq(evaluated(two, "train.shield=true", NULL), "bb plain; cb plain; ");
    cr_assert_str_eq(evaluated(two, "evaluate.shield=true", NULL), "bb shielded; cb shielded; ");
    cr_assert_str_eq(evaluated(two, "evaluate.shield=both", NULL),
                     "bb plain; bb+shield shielded; cb plain; cb+shield shielded; ");
    cr_assert_str_eq(evaluated(two, "evaluate.shield=both", "policies.cb.shield=off"),
                     "bb plain; bb+shield shielded; cb plain; ");
    cr_assert_str_eq(evaluated(two, "policies.cb.shield=on", NULL), "bb plain; cb shielded; ");
}

static void check_name(const char *policy, titri_variant variant, const char *expected)
{
    char name[TITR_NAME_MAX];
    titr_experiment *e = small_experiment(SMALL_BB, "evaluate.shield=both", NULL);
    (void)snprintf(e->policy[0].name, sizeof e->policy[0].name, "%s", policy);
    titri_variant_name(e, &e->policy[0], variant, name);
    cr_assert_str_eq(name, expected);
    small_free(e);
}

/* Names of 63 bytes at most; what tells variants and replicates apart is never cut off. */
Test(guard, names)
{
    static const char seventy[] =
        "a123456789b123456789c123456789d123456789e123456789f123456789g123456789";
    check_name("bb", TITRI_PLAIN, "bb");
    check_name("bb", TITRI_SHIELDED, "bb+shield");
    check_name("q#3", TITRI_PLAIN, "q#3");
    check_name("q#3", TITRI_SHIELDED, "q+shield#3");
    check_name(seventy, TITRI_PLAIN,
               "a123456789b123456789c123456789d123456789e123456789f123456789g12");
    check_name(seventy, TITRI_SHIELDED,
               "a123456789b123456789c123456789d123456789e123456789f12345+shield");
}

/* Both variants play the same episodes, and the file tells what was withheld, rule by rule. */
Test(guard, the_run_file_tells_what_was_withheld)
{
    titr_error err = {.what = ""};
    titr_summary s;
    titr_reader *run = NULL;
    titr_trajectory t;
    size_t n = 0, rows = 0;
    char **rule = NULL;
    titr_experiment *e = small_experiment(SMALL_BB, HALF_DAY, RULES, "evaluate.shield=both",
                                          "evaluate.compare_to=bb", NULL);
    small_folder(e);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    cr_assert(s.n_rows == 2 && s.row[1].pairs == 4);
    titr_summary_fini(&s);
    cr_assert_eq(titr_reader_open(small_path(e, ".h5"), &run, &err), TITR_OK, "%s", err.what);
    cr_assert_str_eq(titr_reader_panel(run, TITR_PANEL_SHIELD, &n)[MAX_BASAL - 1], "max_basal");
    cr_assert_eq(titr_reader_sheet_texts(run, "shield_rules", "rule", &rule, &rows, &err), TITR_OK);
    cr_assert(rows == n && strcmp(rule[LOW_SUSPEND - 1], "low_suspend") == 0);
    free(rule);
    cr_assert(titr_reader_has(run, "settings/bb+shield"));
    titr_trajectory_init(&t);
    for (size_t k = 0; k < titr_reader_episodes(run); k++) {
        cr_assert_eq(titr_reader_episode(run, k, &t, &err), TITR_OK, "%s", err.what);
        const int plain = strcmp(t.policy, "bb") == 0;
        for (size_t i = 0; i < t.n; i++) {
            const float *withheld_u = titr_trajectory_panel_row(&t, TITR_PANEL_SHIELD, i);
            double sum = 0.0;
            for (size_t c = 0; c < n; c++) {
                sum += (double)withheld_u[c];
                cr_assert(withheld_u[c] == 0.0F || c + 1 == MAX_BASAL || c + 1 == LOW_SUSPEND);
            }
            const double lost =
                (double)(t.dose_proposed_basal_u_per_h[i] - t.dose_given_basal_u_per_h[i]) / 12.0 +
                (double)(t.dose_proposed_bolus_u[i] - t.dose_given_bolus_u[i]);
            cr_assert_float_eq(sum, lost, 1e-6);
            cr_assert_eq(t.shield_rule[i] == 0, sum == 0.0);
            cr_assert(!plain || t.shield_rule[i] == 0);
        }
    }
    titr_trajectory_fini(&t);
    titr_reader_close(run);
    small_folder_remove(e);
    small_free(e);
}

/* Without a shield the file is as before: no panel, no rules. */
Test(guard, nothing_is_there_without_a_shield)
{
    titr_error err = {.what = ""};
    titr_summary s;
    titr_reader *run = NULL;
    titr_experiment *e = small_experiment(SMALL_BB, HALF_DAY, NULL);
    small_folder(e);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&s);
    cr_assert_eq(titr_reader_open(small_path(e, ".h5"), &run, &err), TITR_OK, "%s", err.what);
    cr_assert(!titr_reader_has(run, "shield") && !titr_reader_has(run, "shield_rules"));
    titr_reader_close(run);
    small_folder_remove(e);
    small_free(e);
}

/* Stopped in the midst of the second variant, and gone on with: the same trajectories. */
Test(guard, an_evaluation_of_both_goes_on)
{
    char whole[TITR_SHA256_HEX], resumed[TITR_SHA256_HEX];
    titr_error err = {.what = ""};
    titr_summary s;
    titr_reader *run = NULL;
    small_watch w;
    titr_experiment *e = small_experiment(SMALL_BB, HALF_DAY, RULES, "evaluate.shield=both", NULL);
    small_folder(e);
    cr_assert_eq(titr_evaluate(e, 0, NULL, &s, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&s);
    cr_assert_eq(titr_reader_open(small_path(e, ".h5"), &run, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_sha256(run, whole, &err), TITR_OK);
    titr_reader_close(run);
    small_watch_init(&w, 200);
    cr_assert_eq(titr_evaluate(e, 0, &w.watch, &s, &err), TITR_ERR_STOPPED, "%s", err.what);
    cr_assert_eq(titr_evaluate(e, 1, NULL, &s, &err), TITR_OK, "%s", err.what);
    titr_summary_fini(&s);
    cr_assert_eq(titr_reader_open(small_path(e, ".h5"), &run, &err), TITR_OK, "%s", err.what);
    cr_assert_eq(titr_reader_sha256(run, resumed, &err), TITR_OK);
    titr_reader_close(run);
    cr_assert_str_eq(whole, resumed);
    small_folder_remove(e);
    small_free(e);
}

/* --- what is refused --- */

static void refused(const char *first, const char *second, const char *words)
{
    titr_error err = {.what = ""};
    titr_experiment *e = small_experiment(SMALL_BB, NULL);
    small_free(e);
    char text[1024];
    const char *const overrides[] = {first, second};
    const int n =
        snprintf(text, sizeof text, "experiment = \"t\";\npolicies = ( " SMALL_BB " );\n");
    e = calloc(1, sizeof *e);
    cr_assert_not_null(e);
    small_refused(
        titr_config_read_text("t.cfg", text, (size_t)n, overrides, second ? 2 : 1, e, &err),
        TITR_ERR_CONFIG, &err, words);
    free(e);
}

Test(guard, bad_lines)
{
    refused("shield.rules=( )", "evaluate.shield=true", "shield.rules: empty");
    refused("shield.rules=( { name = \"max_iop\"; } )", NULL, "did you mean 'max_iob'?");
    refused("shield.rules=( { by = \"weight\"; } )", NULL, "shield.rules.0.name: missing");
    refused("shield.rules=( { name = \"max_iob\"; by = \"height\"; } )", NULL, "\"age_band\"");
    refused("shield.rules=( { name = \"max_iob\"; child_u = -1.0; } )", NULL, "from 0 to 75");
    refused("shield.rules=( { name = \"max_iob\"; childs_u = 1.0; } )", NULL,
            "did you mean 'child_u'");
    refused(
        "shield.rules=( { name = \"max_iob\"; adult_from_years = 10.0; } )", NULL,
        "shield.rules.max_iob.adult_from_years: 10 a, expected at least teen_from_years = 12 a");
    refused("shield.rules={ name = \"max_iob\"; }", NULL, "expected a list of groups");
    refused("shield={ rule = 1; }", NULL, "did you mean 'rules'?");
    refused("evaluate.shield=maybe", NULL, "\"both\"");
    refused("evaluate.shield=1", NULL, "evaluate.shield: 1, expected one of \"false\"");
    refused("train.shield=both", NULL, "train.shield: \"both\", expected true or false");
    refused("train.learn_from=given_dose", NULL, "did you mean 'given'?");
    refused("policies.bb.shield=true", NULL, "\"default\", \"on\", \"off\"");
    refused("evaluate.compare_to=\"bb+shield\"", NULL, "is no policy");
}

/* Lines that are fine. */
Test(guard, good_lines)
{
    titr_experiment *e =
        small_experiment(SMALL_BB, "evaluate={ shield = true; }", "train.shield=false", NULL);
    cr_assert(e->evaluate.shield == TITR_EVALUATE_SHIELDED && e->train.shield == 0);
    small_free(e);
    e = small_experiment(SMALL_BB, "evaluate.shield=\"both\"", "evaluate.compare_to=bb+shield",
                         NULL);
    cr_assert_eq(e->evaluate.shield, TITR_EVALUATE_BOTH);
    small_free(e);
    e = small_experiment(SMALL_BB, "evaluate.shield=false", "shield.rules=( )", NULL);
    cr_assert_eq(e->shield.n, 0);
    small_free(e);
}
