// SPDX-License-Identifier: GPL-3.0-or-later
/* The list `policies`: what is common to all, what the agent adds, and what it observes. */
#include "read.h"

#include <stdio.h>
#include <string.h>

#define BINS_PREFIX "bins_"

/* Units as names end in them, longest first. */
static const char *const unit_suffix[] = {
    "mg_dl_per_min", "mg_dl_per_u", "u_per_day", "u_per_kg", "u_per_h", "g_per_u",
    "mg_dl",         "years",       "min",       "kg",       "u",       "g",
};

/* "mg_dl" of "cgm_mg_dl". @return NULL for a dimensionless name. */
static const char *unit_of(const char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof unit_suffix / sizeof unit_suffix[0]; i++) {
        const size_t m = strlen(unit_suffix[i]);
        if (n > m && name[n - m - 1] == '_' && strcmp(name + n - m, unit_suffix[i]) == 0) {
            return unit_suffix[i];
        }
    }
    return NULL;
}

static titr_status find_observable(const titri_tree *tree, const config_setting_t *entry,
                                   const char *path, const char *name, size_t *what,
                                   titr_error *err)
{
    *what = titr_observe_find(name);
    if (*what != TITR_OBS_N) {
        return TITR_OK;
    }
    const char *names[TITR_OBS_N];
    for (size_t i = 0; i < TITR_OBS_N; i++) {
        names[i] = titr_observable_table()[i].name;
    }
    const char *nearest = titr_nearest(name, names, TITR_OBS_N);
    return titri_fail_at(tree, config_setting_get_member(entry, "name"), err,
                         "%.160s.name: \"%.60s\", expected an observable such as \"cgm\", \"iob\" "
                         "or \"carbs_announced\"; did you mean '%s'?",
                         path, name, nearest != NULL ? nearest : names[0]);
}

/* What one key alone cannot say. `edges` is the key's name here: "edges" or "bins_<unit>". */
static titr_status check_entry(const titri_tree *tree, const config_setting_t *entry,
                               const char *path, const titr_observe_keys *keys, const char *edges,
                               size_t what, titr_error *err)
{
    const config_setting_t *at = config_setting_get_member(entry, edges);
    if (keys->bins > 0 && at != NULL) {
        return titri_fail_at(tree, at, err, "%.160s.%s: beside bins, expected one of them", path,
                             edges);
    }
    for (size_t i = 1; i < keys->edges.n; i++) {
        if (!(keys->edges.v[i] > keys->edges.v[i - 1])) {
            return titri_fail_at(tree, at, err,
                                 "%.160s.%s: %.10g after %.10g, expected ascending edges", path,
                                 edges, keys->edges.v[i], keys->edges.v[i - 1]);
        }
    }
    if (keys->history > 1 && what != TITR_OBS_CGM) {
        return titri_fail_at(tree, config_setting_get_member(entry, "history"), err,
                             "%.160s.history: %d, expected it with cgm only", path,
                             (int)keys->history);
    }
    return TITR_OK;
}

/* One entry of `observe`. The key bins_<unit> is another name of `edges`. */
static titr_status read_entry(const titri_tree *tree, const config_setting_t *setting,
                              const char *path, titr_observe *out, titr_error *err)
{
    titr_observe_keys keys;
    titr_option options[8];
    char bins[TITR_TEXT_MAX] = BINS_PREFIX;
    size_t n = 0;
    const titr_option *table = titr_observe_options(&n);
    titr_options_default(table, n, &keys);
    memcpy(options, table, n * sizeof *table);
    TITR_TRY(titri_expect_group(tree, setting, path, err));
    const config_setting_t *name = config_setting_get_member(setting, "name");
    const char *text = name != NULL ? config_setting_get_string(name) : NULL;
    if (text != NULL) {
        TITR_TRY(find_observable(tree, setting, path, text, &out->what, err));
        const titr_observable_info *info = &titr_observable_table()[out->what];
        const char *unit = unit_of(info->name);
        if (unit != NULL) {
            (void)snprintf(bins, sizeof bins, BINS_PREFIX "%s", unit);
            options[n] = *titr_option_find(table, n, "edges");
            options[n].name = bins;
            options[n++].unit = info->unit;
        }
    }
    const char *edges = config_setting_get_member(setting, bins) != NULL ? bins : "edges";
    titri_group group = {.setting = setting, .n_tables = 1, .table = {{options, n, &keys}}};
    (void)snprintf(group.path, sizeof group.path, "%s", path);
    TITR_TRY(titri_read_group(tree, &group, err));
    if (edges == bins && config_setting_get_member(setting, "edges") != NULL) {
        return titri_fail_at(tree, config_setting_get_member(setting, "edges"), err,
                             "%.160s.edges: beside %s, expected one of them", path, bins);
    }
    TITR_TRY(check_entry(tree, setting, path, &keys, edges, out->what, err));
    out->edges = keys.edges;
    out->history = (unsigned)keys.history;
    if (keys.bins > 0) {
        titr_observe_equal_bins(out, (unsigned)keys.bins);
    }
    return TITR_OK;
}

/* "<path>.<name of the entry, or its number>" */
static void entry_path(const char *path, const config_setting_t *entry, unsigned i,
                       char out[TITRI_KEY_MAX])
{
    const config_setting_t *name =
        config_setting_is_group(entry) ? config_setting_get_member(entry, "name") : NULL;
    const char *text = name != NULL ? config_setting_get_string(name) : NULL;
    if (text != NULL && text[0] != '\0') {
        (void)snprintf(out, TITRI_KEY_MAX, "%.200s.%.60s", path, text);
    } else {
        (void)snprintf(out, TITRI_KEY_MAX, "%.200s.%u", path, i);
    }
}

static titr_status read_observe(const titri_tree *tree, const config_setting_t *policy,
                                const char *path, titr_observer *observer, titr_error *err)
{
    const config_setting_t *list = config_setting_get_member(policy, "observe");
    char whole[TITRI_KEY_MAX], entry[TITRI_KEY_MAX];
    if (list == NULL) {
        return TITR_OK;
    }
    (void)snprintf(whole, sizeof whole, "%.400s.observe", path);
    TITR_TRY(titri_expect_list(tree, list, whole, err));
    const unsigned n = (unsigned)config_setting_length(list);
    if (n > TITR_OBSERVE_MAX) {
        return titri_fail_at(tree, list, err, "%.160s: %u entries, expected at most %d", whole, n,
                             TITR_OBSERVE_MAX);
    }
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *setting = config_setting_get_elem(list, i);
        entry_path(whole, setting, i, entry);
        TITR_TRY(read_entry(tree, setting, entry, &observer->entry[i], err));
    }
    observer->n = n;
    return TITR_OK;
}

static titr_status read_policy(const titri_tree *tree, const config_setting_t *setting,
                               const char *path, const char *events, titr_policy_def *policy,
                               titr_error *err)
{
    static const char *const others[] = {"agent", "observe"};
    size_t n = 0;
    const titr_option *options = titr_policy_options(&n);
    TITR_TRY(titri_expect_group(tree, setting, path, err));
    titr_options_default(options, n, policy);
    TITR_TRY(titri_read_part(tree, setting, path, "agent", "agent", &policy->agent, err));
    titri_default_path(policy->agent, events);
    const titr_part *agent = titr_slot_part(policy->agent);
    titri_group group = {
        .setting = setting,
        .table = {{options, n, policy}, {agent->options, agent->n_options, policy->agent.def}},
        .n_tables = 2,
        .others = others,
        .n_others = 2};
    (void)snprintf(group.path, sizeof group.path, "%s", path);
    TITR_TRY(titri_read_group(tree, &group, err));
    return read_observe(tree, setting, path, &policy->observe, err);
}

titr_status titri_read_policies(const titri_tree *tree, const config_setting_t *list,
                                titr_experiment *e, titr_error *err)
{
    TITR_TRY(titri_expect_list(tree, list, "policies", err));
    const unsigned n = (unsigned)config_setting_length(list);
    if (n > TITR_POLICIES_MAX) {
        return titri_fail_at(tree, list, err, "policies: %u, expected at most %d", n,
                             TITR_POLICIES_MAX);
    }
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *setting = config_setting_get_elem(list, i);
        char path[TITRI_KEY_MAX];
        entry_path("policies", setting, i, path);
        TITR_TRY(read_policy(tree, setting, path, e->scenario.events, &e->policy[i], err));
    }
    e->n_policies = n;
    return TITR_OK;
}
