// SPDX-License-Identifier: GPL-3.0-or-later
/* What makes a whole experiment consistent. Every message begins with the key that is wrong. */
#include "cells.h"
#include "check_shield.h"
#include "guard.h"
#include "lab.h"
#include "task.h"

#include "titrate/base/clinical.h"
#include "titrate/base/units.h"
#include "titrate/cohort/source.h"
#include "titrate/env/reward.h"
#include "titrate/runner/experiment.h"
#include "titrate/runner/kind.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

/* "; did you mean 'x'?" or nothing. */
typedef struct hint {
    char text[TITR_TEXT_MAX + 24];
} hint;

static hint did_you_mean(const char *nearest)
{
    hint h = {""};
    if (nearest != NULL) {
        (void)snprintf(h.text, sizeof h.text, "; did you mean '%s'?", nearest);
    }
    return h;
}

/* The options of one group or part; the message becomes "section.key = ...". */
static titr_status check_options(const char *section, const titr_option *options, size_t n,
                                 const void *def, titr_error *err)
{
    titr_error inner;
    if (titr_options_check(options, n, def, &inner) != TITR_OK) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s%s%s", section, section[0] == '\0' ? "" : ".",
                         inner.what);
    }
    return TITR_OK;
}

static titr_status check_slot(const char *section, titr_slot slot, titr_error *err)
{
    const titr_part *part = titr_slot_part(slot);
    if (part == NULL) {
        return titr_fail(err, TITR_ERR_CONFIG, "%s: no part is chosen", section);
    }
    return check_options(section, part->options, part->n_options, slot.def, err);
}

static titr_status check_sections(const titr_experiment *e, titr_error *err)
{
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    for (size_t i = 0; i < n; i++) {
        const titr_section *s = &section[i];
        if (s->shape == TITR_SECTION_LIST) {
            continue;
        }
        TITR_TRY(check_options(s->name, s->options, s->n_options, e, err));
        if (s->shape == TITR_SECTION_PART) {
            titr_slot slot;
            memcpy(&slot, (const char *)e + s->slot, sizeof slot);
            if (slot.type != NULL || s->part != NULL) { /* the others may be absent */
                TITR_TRY(check_slot(s->name, slot, err));
            }
        }
    }
    return TITR_OK;
}

static int well_formed(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && name[0] != '-' &&
           name[strspn(name, NAME_CHARACTERS)] == '\0';
}

static titr_status check_names(const titr_experiment *e, titr_error *err)
{
    if (!well_formed(e->name)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "experiment: \"%.60s\", expected letters, digits, _ . - beginning with a "
                         "letter, a digit or _",
                         e->name);
    }
    return TITR_OK;
}

static titr_status check_body(const titr_experiment *e, titr_error *err)
{
    const titr_kind *kind = titr_kind_find("model");
    const titr_model_type *model = titr_model_find(e->body.model);
    if (model == NULL) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "body.model: \"%.60s\" is no model, see `titrate list model`%s",
                         e->body.model, did_you_mean(titr_kind_nearest(kind, e->body.model)).text);
    }
    if (titr_model_mode_find(model, e->body.mode) < model->n_modes) {
        return TITR_OK;
    }
    const char *names[16];
    char list[TITR_TEXT_MAX] = "";
    size_t n = 0;
    for (; n < model->n_modes && n < 16; n++) {
        names[n] = model->modes[n].name;
        const size_t at = strlen(list);
        (void)snprintf(list + at, sizeof list - at, "%s\"%s\"", n > 0 ? ", " : "", names[n]);
    }
    return titr_fail(err, TITR_ERR_CONFIG, "body.mode: \"%.60s\", expected one of %s%s",
                     e->body.mode, list, did_you_mean(titr_nearest(e->body.mode, names, n)).text);
}

static int differ(const double *range, const double *preset)
{
    return range[0] != preset[0] || range[1] != preset[1];
}

/* The keys of source "sample", which belong to no other. */
static titr_status check_sample(const titr_experiment *e, titr_error *err)
{
    const titr_sample *s = &e->cohort.sample, preset = titr_sample_init();
    titr_error inner;
    const int is_sample = strcmp(e->cohort.source, "sample") == 0;
    const int has_file = is_sample && e->cohort.path[0] != '\0';
    if (is_sample && !has_file) {
        const titr_status status = titr_sample_check(s, &inner);
        return status == TITR_OK ? TITR_OK
                                 : titr_fail(err, TITR_ERR_CONFIG, "cohort.%s", inner.what);
    }
    const struct {
        const char *key;
        int given;
    } keys[] = {
        {"n", s->n != preset.n},
        {"age_years", differ(s->age_years, preset.age_years)},
        {"sex", e->cohort.sex != 0},
        {"weight_percentile", differ(s->weight_percentile, preset.weight_percentile)},
        {"stratified", s->stratified},
        {"seed", e->cohort.seed_text[0] != '\0' && !has_file},
    };
    const char *given = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && given == NULL; i++) {
        given = keys[i].given ? keys[i].key : NULL;
    }
    if (given == NULL) {
        return TITR_OK;
    }
    return has_file ? titr_fail(err, TITR_ERR_CONFIG,
                                "cohort.%s: not with a path, whose file says who is drawn", given)
                    : titr_fail(err, TITR_ERR_CONFIG,
                                "cohort.%s: used with source = \"sample\" only, and the source is "
                                "\"%s\"",
                                given, e->cohort.source);
}

static titr_status check_cohort(const titr_experiment *e, titr_error *err)
{
    size_t n = 0;
    const titr_cohort_source *sources = titr_cohort_sources(&n);
    const char *names[8], *source = e->cohort.source;
    int known = 0;
    for (size_t i = 0; i < n && i < 8; i++) {
        names[i] = sources[i].name;
        known |= strcmp(source, names[i]) == 0;
    }
    if (!known) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "cohort.source: \"%.60s\", expected \"s2008-published\", \"file\" or "
                         "\"sample\"%s",
                         source, did_you_mean(titr_nearest(source, names, n)).text);
    }
    const int is_file = strcmp(source, "file") == 0;
    if (is_file && e->cohort.path[0] == '\0') {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "cohort.path is missing, expected the CSV of source \"file\"");
    }
    if (!is_file && strcmp(source, "sample") != 0 && e->cohort.path[0] != '\0') {
        return titr_fail(
            err, TITR_ERR_CONFIG,
            "cohort.path: used with source = \"file\" or \"sample\" only, and the source "
            "is \"%s\"",
            source);
    }
    return check_sample(e, err);
}

static titr_status check_split(const titr_experiment *e, titr_error *err)
{
    const long long train[] = {e->split.seeds_train_from, e->split.seeds_train_to};
    const long long test[] = {e->split.seeds_test_from, e->split.seeds_test_to};
    if (train[0] > train[1]) {
        return titr_fail(
            err, TITR_ERR_CONFIG,
            "split.seeds_train: [%lld, %lld], expected [first, last] in ascending order", train[0],
            train[1]);
    }
    if (test[0] > test[1]) {
        return titr_fail(
            err, TITR_ERR_CONFIG,
            "split.seeds_test: [%lld, %lld], expected [first, last] in ascending order", test[0],
            test[1]);
    }
    if (train[0] <= test[1] && test[0] <= train[1]) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "split.seeds_test: [%lld, %lld] shares seeds with seeds_train = [%lld, "
                         "%lld], expected disjoint ranges",
                         test[0], test[1], train[0], train[1]);
    }
    return TITR_OK;
}

/* Seeds of validation are neither learned from nor those of the comparison. */
static titr_status check_validation(const titr_experiment *e, titr_error *err)
{
    const long long from = e->split.seeds_validate_from, to = e->split.seeds_validate_to;
    const char *key = e->train.keep == TITR_KEEP_BEST ? "keep: \"best\""
                      : e->train.patience > 0         ? "patience: set"
                      : !isnan(e->train.stop_at)      ? "stop_at: set"
                                                      : NULL;
    if (e->train.evaluate_every == 0) {
        return key == NULL ? TITR_OK
                           : titr_fail(err, TITR_ERR_CONFIG,
                                       "train.%s, and there is no validation: expected "
                                       "train.evaluate_every above 0",
                                       key);
    }
    if (from > to) {
        return titr_fail(
            err, TITR_ERR_CONFIG,
            "split.seeds_validate: [%lld, %lld], expected [first, last] in ascending order", from,
            to);
    }
    const long long other[2][2] = {{e->split.seeds_train_from, e->split.seeds_train_to},
                                   {e->split.seeds_test_from, e->split.seeds_test_to}};
    for (size_t i = 0; i < 2; i++) {
        if (from <= other[i][1] && other[i][0] <= to) {
            return titr_fail(err, TITR_ERR_CONFIG,
                             "split.seeds_validate: [%lld, %lld] shares seeds with %s = [%lld, "
                             "%lld], expected disjoint ranges",
                             from, to, i == 0 ? "seeds_train" : "seeds_test", other[i][0],
                             other[i][1]);
        }
    }
    return TITR_OK;
}

static int whole(double value)
{
    return fabs(value - floor(value + 0.5)) < 1e-9;
}

static int reads_file(titr_slot slot)
{
    const titr_part *part = titr_slot_part(slot);
    return part != NULL && titr_option_find(part->options, part->n_options, "path") != NULL;
}

/* A dosing record that nobody reads would have no effect. */
static titr_status check_events(const titr_experiment *e, titr_error *err)
{
    int read = e->scenario.events[0] == '\0';
    for (size_t i = 0; i < e->scenario.n_parts; i++) {
        read |= reads_file(e->scenario.part[i]);
    }
    for (size_t i = 0; i < e->n_policies; i++) {
        read |= reads_file(e->policy[i].agent);
    }
    return read ? TITR_OK
                : titr_fail(err, TITR_ERR_CONFIG,
                            "scenario.events: \"%.100s\", and neither scenario.parts nor a policy "
                            "reads it; expected no parts, the part meals_record or an agent replay",
                            e->scenario.events);
}

static titr_status check_scenario(const titr_experiment *e, titr_error *err)
{
    const double interval_min = e->scenario.decision_interval_min;
    if (!whole(interval_min)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "scenario.decision_interval_min: %.10g min, expected whole minutes",
                         interval_min);
    }
    const int starts_whole = whole(e->scenario.clock_start_min);
    if (!starts_whole || !whole(e->scenario.announce_delay_min)) {
        return titr_fail(err, TITR_ERR_CONFIG, "scenario.%s: %.10g min, expected whole minutes",
                         starts_whole ? "announce_delay_min" : "clock_start_min",
                         starts_whole ? e->scenario.announce_delay_min
                                      : e->scenario.clock_start_min);
    }
    if (!whole(e->scenario.horizon_days * TITR_MIN_PER_DAY / interval_min)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "scenario.horizon_days: %.10g d = %.10g min, expected a whole number of "
                         "decision intervals of %.10g min",
                         e->scenario.horizon_days, e->scenario.horizon_days * TITR_MIN_PER_DAY,
                         interval_min);
    }
    if (!(e->scenario.limit_lo_mg_dl < e->scenario.limit_hi_mg_dl)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "scenario.limits_mg_dl: [%.10g, %.10g] mg/dL, expected low < high",
                         e->scenario.limit_lo_mg_dl, e->scenario.limit_hi_mg_dl);
    }
    for (size_t i = 0; i < e->scenario.n_parts; i++) {
        const titr_part *part = titr_slot_part(e->scenario.part[i]);
        char section[TITR_TEXT_MAX];
        (void)snprintf(section, sizeof section, "scenario.parts.%s",
                       part != NULL ? part->name : "?");
        TITR_TRY(check_slot(section, e->scenario.part[i], err));
    }
    return check_events(e, err);
}

static titr_status check_clock(const titr_experiment *e, titr_error *err)
{
    if (!(e->iob.duration_min > 2.0 * e->iob.peak_min)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "iob.duration_min: %.10g min, expected more than twice peak_min = %.10g "
                         "min",
                         e->iob.duration_min, e->iob.peak_min);
    }
    if (!(e->evaluate.drop_days < e->scenario.horizon_days)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "evaluate.drop_days: %.10g d, expected less than scenario.horizon_days = "
                         "%.10g d",
                         e->evaluate.drop_days, e->scenario.horizon_days);
    }
    return TITR_OK;
}

static titr_status check_rest(const titr_experiment *e, titr_error *err)
{
    if (e->output.folder[0] == '\0') {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "output.folder: \"\", expected the name of a folder, "
                         "e.g. \".\"");
    }
    const long long n_seeds = e->split.seeds_test_to - e->split.seeds_test_from + 1;
    if (e->evaluate.episodes_per_child > n_seeds) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "evaluate.episodes_per_child: %lld, expected at most the %lld seeds of "
                         "split.seeds_test",
                         (long long)e->evaluate.episodes_per_child, n_seeds);
    }
    return TITR_OK;
}

/* Index of a policy. @return n when none of the first n has that name. */
static size_t find_policy(const titr_experiment *e, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && strcmp(e->policy[i].name, name) != 0) {
        i++;
    }
    return i;
}

static hint nearest_policy(const titr_experiment *e, size_t n, const char *name)
{
    const char *names[TITR_POLICIES_MAX];
    for (size_t i = 0; i < n; i++) {
        names[i] = e->policy[i].name;
    }
    return did_you_mean(titr_nearest(name, names, n));
}

/* "policies.<name>.<key>: ..." */
static titr_status policy_fail(titr_error *err, const titr_policy_def *p, const char *key,
                               const char *fmt, ...) TITR_PRINTF(4, 5);
static titr_status policy_fail(titr_error *err, const titr_policy_def *p, const char *key,
                               const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return titr_fail(err, TITR_ERR_CONFIG, "policies.%.60s.%s: %s", p->name, key, text);
}

static titr_status check_reference(const titr_experiment *e, size_t at, titr_error *err)
{
    const titr_policy_def *p = &e->policy[at];
    const titr_agent_type *agent = p->agent.type;
    if (!agent->wraps) {
        return p->of[0] == '\0'
                   ? TITR_OK
                   : policy_fail(err, p, "of", "agent \"%s\" acts through no other policy",
                                 agent->part.name);
    }
    if (p->of[0] == '\0') {
        return policy_fail(err, p, "of",
                           "missing, agent \"%s\" needs the name of an earlier policy to act "
                           "through",
                           agent->part.name);
    }
    if (find_policy(e, at, p->of) == at) {
        return policy_fail(err, p, "of", "\"%.60s\" is no earlier policy%s", p->of,
                           nearest_policy(e, at, p->of).text);
    }
    return TITR_OK;
}

static titr_status check_settings(const titr_policy_def *p, titr_error *err)
{
    const double typed[] = {p->settings_basal_u_per_h, p->settings_cr_g_per_u,
                            p->settings_cf_mg_dl_per_u, p->settings_target_mg_dl};
    static const char *const key[] = {"settings_basal_u_per_h", "settings_cr_g_per_u",
                                      "settings_cf_mg_dl_per_u", "settings_target_mg_dl"};
    int given = 0;
    for (size_t i = 0; i < 4; i++) {
        if (typed[i] > 0.0 && p->settings != TITR_SETTINGS_TYPED) {
            return policy_fail(err, p, key[i], "%.10g is used with settings = \"typed\" only",
                               typed[i]);
        }
        given += typed[i] > 0.0;
    }
    if (p->settings == TITR_SETTINGS_TYPED && given == 0) {
        return policy_fail(err, p, "settings",
                           "\"typed\", and none is typed: expected settings_basal_u_per_h, "
                           "settings_cr_g_per_u, settings_cf_mg_dl_per_u or settings_target_mg_dl");
    }
    if (typed[3] > 0.0 && typed[3] < TITR_LOW_MG_DL) {
        return policy_fail(err, p, key[3], "%.10g mg/dL, expected 0 or at least %g mg/dL", typed[3],
                           TITR_LOW_MG_DL);
    }
    return TITR_OK;
}

/* What only a learner has; for the others it would be ignored without a word. */
static titr_status check_no_learner(const titr_policy_def *p, titr_error *err)
{
    const char *name = titr_slot_part(p->agent)->name;
    if (p->scope != TITR_SCOPE_POPULATION) {
        return policy_fail(err, p, "scope", "agent \"%s\" does not learn", name);
    }
    if (p->train_steps != 0) {
        return policy_fail(err, p, "train_steps", "agent \"%s\" does not learn", name);
    }
    if (p->replicates != 0) {
        return policy_fail(err, p, "replicates", "agent \"%s\" does not learn", name);
    }
    if (p->data_path[0] != '\0') {
        return policy_fail(err, p, "data_path", "agent \"%s\" does not learn", name);
    }
    return TITR_OK;
}

static titr_status check_data(const titr_policy_def *p, titr_error *err)
{
    const titr_agent_type *agent = p->agent.type;
    if (p->data_path[0] != '\0' && agent->learn_offline == NULL) {
        return policy_fail(err, p, "data_path", "agent \"%s\" cannot learn from a file",
                           agent->part.name);
    }
    if (p->data_policy[0] != '\0' && p->data_path[0] == '\0') {
        return policy_fail(err, p, "data_policy", "without data_path");
    }
    return TITR_OK;
}

static titr_status check_learner(const titr_experiment *e, const titr_policy_def *p,
                                 titr_error *err)
{
    if (p->observe.n == 0) {
        return policy_fail(err, p, "observe",
                           "missing, agent \"%s\" learns and needs a list of what it sees, e.g. ( "
                           "{ name = \"cgm\"; bins = 10; } )",
                           titr_slot_part(p->agent)->name);
    }
    TITR_TRY(check_data(p, err));
    if (e->task.type != NULL || isnan(e->terminal_penalty) || !e->scenario.ends_at_limits) {
        return TITR_OK;
    }
    const double least =
        titr_terminal_penalty_min(e->reward, e->scenario.limit_lo_mg_dl, e->scenario.limit_hi_mg_dl,
                                  p->gamma_half_life_min, e->scenario.decision_interval_min);
    if (e->terminal_penalty < least) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "reward.terminal_penalty: %.10g makes dying pay for policy \"%.60s\" "
                         "(gamma_half_life_min = %.10g), expected \"auto\" or at least %.10g",
                         e->terminal_penalty, p->name, p->gamma_half_life_min, least);
    }
    return TITR_OK;
}

static titr_status check_tuned(const titr_policy_def *p, titr_error *err)
{
    const titr_agent_type *agent = p->agent.type;
    if (p->tuned && agent->n_tune == 0) {
        return policy_fail(err, p, "tuned", "agent \"%s\" has nothing to tune", agent->part.name);
    }
    return TITR_OK;
}

static titr_status check_policy(const titr_experiment *e, size_t at, titr_error *err)
{
    const titr_policy_def *p = &e->policy[at];
    char section[TITR_TEXT_MAX + 16];
    size_t n = 0;
    if (!well_formed(p->name)) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "policies.%zu.name: \"%.60s\", expected letters, digits, _ . - beginning "
                         "with a letter, a digit or _",
                         at, p->name);
    }
    if (find_policy(e, at, p->name) < at) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "policies.%zu.name: \"%.60s\" is taken by an earlier policy", at, p->name);
    }
    (void)snprintf(section, sizeof section, "policies.%.100s", p->name);
    const titr_option *options = titr_policy_options(&n);
    TITR_TRY(check_options(section, options, n, p, err));
    TITR_TRY(check_slot(section, p->agent, err));
    if (e->task.type != NULL) {
        TITR_TRY(titri_task_check_policy(p, err));
    }
    TITR_TRY(check_reference(e, at, err));
    TITR_TRY(check_settings(p, err));
    TITR_TRY(check_tuned(p, err));
    return ((const titr_agent_type *)p->agent.type)->learns ? check_learner(e, p, err)
                                                            : check_no_learner(p, err);
}

/* A policy, or one of the two that it is evaluated as. */
static int is_in_run(const titr_experiment *e, const char *name)
{
    char text[TITR_NAME_MAX];
    for (size_t i = 0; i < e->n_policies; i++) {
        titri_variant_name(e, &e->policy[i], TITRI_SHIELDED, text);
        if (strcmp(e->policy[i].name, name) == 0 || strcmp(text, name) == 0) {
            return 1;
        }
    }
    return 0;
}

static titr_status check_policies(const titr_experiment *e, titr_error *err)
{
    if (e->n_policies == 0) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "policies: none, expected a list of at least one, e.g. ( { name = \"bb\"; "
                         "agent = \"basal_bolus\"; } )");
    }
    for (size_t i = 0; i < e->n_policies; i++) {
        TITR_TRY(check_policy(e, i, err));
    }
    const char *reference = e->evaluate.compare_to;
    if (reference[0] != '\0' && !is_in_run(e, reference)) {
        return titr_fail(err, TITR_ERR_CONFIG, "evaluate.compare_to: \"%.60s\" is no policy%s",
                         reference, nearest_policy(e, e->n_policies, reference).text);
    }
    return TITR_OK;
}

/* Rows that are not kept have no states either. */
static titr_status check_record(const titr_experiment *e, titr_error *err)
{
    const char *key = e->record.states ? "states" : e->record.learning ? "learning" : NULL;
    if (key != NULL && e->record.what == TITR_RECORD_SUMMARY) {
        return titr_fail(err, TITR_ERR_CONFIG,
                         "record.%s: true, expected false with record.what = \"summary\", which "
                         "keeps no rows",
                         key);
    }
    return TITR_OK;
}

/* Seeds beyond seeds_train could be those of the comparison. */
static titr_status check_seeds_for(const titr_experiment *e, long long wanted, const char *whom,
                                   titr_error *err)
{
    const long long first = e->split.seeds_train_from, last = e->split.seeds_train_to;
    if (wanted <= last - first + 1) {
        return TITR_OK;
    }
    return titr_fail(err, TITR_ERR_CONFIG,
                     "split.seeds_train: [%lld, %lld] holds %lld, expected at least the %lld that "
                     "%s",
                     first, last, last - first + 1, wanted, whom);
}

/* Enough training seeds for what is found out on them. */
static titr_status check_training(const titr_experiment *e, titr_error *err)
{
    int titrated = e->evaluate.constant_levels, tuned = 0, population = 0;
    for (size_t i = 0; i < e->n_policies; i++) {
        titrated |= e->policy[i].settings == TITR_SETTINGS_TITRATED;
        tuned |= e->policy[i].tuned == TITR_TUNED_PER_CHILD;
        population |= e->policy[i].tuned == TITR_TUNED_POPULATION;
    }
    if (titrated) {
        TITR_TRY(check_seeds_for(e, e->clinic.seeds,
                                 "clinic.seeds wants for settings = \"titrated\"", err));
    }
    if (population) {
        TITR_TRY(
            check_seeds_for(e, e->tune.seeds, "tune.seeds wants for tuned = \"population\"", err));
    }
    return tuned ? check_seeds_for(e, TITRI_TUNE_SEEDS, "tuned = true plays", err) : TITR_OK;
}

typedef titr_status check_fn(const titr_experiment *e, titr_error *err);

/* What an experiment on children has and one on a task has not. */
static titr_status check_children(const titr_experiment *e, titr_error *err)
{
    static check_fn *const checks[] = {check_body,       check_cohort,   check_scenario,
                                       check_clock,      check_training, titri_check_shield,
                                       titri_check_cells};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        TITR_TRY(checks[i](e, err));
    }
    return TITR_OK;
}

titr_status titr_experiment_check(const titr_experiment *e, titr_error *err)
{
    check_fn *const world = e->task.type != NULL ? titri_task_check : check_children;
    check_fn *const checks[] = {check_names, check_sections, check_split,    world,
                                check_rest,  check_record,   check_policies, check_validation};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        TITR_TRY(checks[i](e, err));
    }
    return TITR_OK;
}
