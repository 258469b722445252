// SPDX-License-Identifier: GPL-3.0-or-later
/* The list `observe` of a policy. */
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

/* What an entry can name: the observables of the clinic, or of the task. */
typedef struct menu {
    const titr_experiment *e;
    titr_task_shape task; /* n_obs = 0: the clinic's */
} menu;

static menu menu_of(const titr_experiment *e)
{
    menu m = {.e = e};
    if (e->task.type != NULL) {
        m.task = titr_task_shape_of(e->task);
    }
    return m;
}

static titr_status no_observable(const titri_tree *tree, const config_setting_t *name,
                                 const char *path, const char *text, const menu *m, titr_error *err)
{
    const char *names[TITR_OBS_N + TITR_TASK_OBS_MAX];
    const size_t n = m->task.n_obs > 0 ? m->task.n_obs : TITR_OBS_N;
    for (size_t i = 0; i < n; i++) {
        names[i] = m->task.n_obs > 0 ? m->task.obs[i].name : titr_observable_table()[i].name;
    }
    const char *nearest = titr_nearest(text, names, n);
    nearest = nearest != NULL ? nearest : names[0];
    if (m->task.n_obs > 0) {
        const char *task = titr_slot_part(m->e->task)->name;
        return titri_fail_at(tree, name, err,
                             "%.160s.name: \"%.60s\" is no observable of task \"%s\", see `titrate "
                             "describe %s`; did you mean '%s'?",
                             path, text, task, task, nearest);
    }
    return titri_fail_at(tree, name, err,
                         "%.160s.name: \"%.60s\", expected an observable such as \"cgm\", \"iob\" "
                         "or \"carbs_announced\"; did you mean '%s'?",
                         path, text, nearest);
}

/* What the entry's key `name` names; without the key it is told as missing later. */
static titr_status choose_observable(const titri_tree *tree, const config_setting_t *entry,
                                     const char *path, const menu *m, titr_observe *out,
                                     titr_error *err)
{
    const config_setting_t *name = config_setting_get_member(entry, "name");
    const char *text = name != NULL ? config_setting_get_string(name) : NULL;
    if (text == NULL) {
        return TITR_OK;
    }
    const size_t k = titr_task_observable_find(&m->task, text);
    const size_t what = m->task.n_obs > 0 ? TITR_OBS_N : (size_t)titr_observe_find(text);
    if (k < m->task.n_obs) {
        *out = titr_observe_task(&m->task, k);
    } else if (what < TITR_OBS_N) {
        out->what = what;
    } else {
        return no_observable(tree, name, path, text, m, err);
    }
    return TITR_OK;
}

/* What one key alone cannot say. `edges` is the key's name here: "edges" or "bins_<unit>". */
static titr_status check_entry(const titri_tree *tree, const config_setting_t *entry,
                               const char *path, const titr_observe_keys *keys, const char *edges,
                               const titr_observe *out, titr_error *err)
{
    const config_setting_t *at = config_setting_get_member(entry, edges);
    if (keys->bins > 0 && at != NULL) {
        return titri_fail_at(tree, at, err, "%.160s.%s: beside bins, expected one of them", path,
                             edges);
    }
    if (out->discrete > 0 && (keys->bins > 0 || at != NULL)) {
        return titri_fail_at(tree, at != NULL ? at : config_setting_get_member(entry, "bins"), err,
                             "%.160s.%s: the observable has %zu values, each a bin of its own; "
                             "expected no bins",
                             path, at != NULL ? edges : "bins", out->discrete);
    }
    for (size_t i = 1; i < keys->edges.n; i++) {
        if (!(keys->edges.v[i] > keys->edges.v[i - 1])) {
            return titri_fail_at(tree, at, err,
                                 "%.160s.%s: %.10g after %.10g, expected ascending edges", path,
                                 edges, keys->edges.v[i], keys->edges.v[i - 1]);
        }
    }
    if (keys->history > 1 && out->what != TITR_OBS_CGM) {
        return titri_fail_at(tree, config_setting_get_member(entry, "history"), err,
                             "%.160s.history: %d, expected it with cgm only", path,
                             (int)keys->history);
    }
    return TITR_OK;
}

/* One entry of `observe`. The key bins_<unit> is another name of `edges`. */
static titr_status read_entry(const titri_tree *tree, const config_setting_t *setting,
                              const char *path, const menu *m, titr_observe *out, titr_error *err)
{
    titr_observe_keys keys;
    titr_option options[8];
    char bins[TITR_TEXT_MAX] = BINS_PREFIX;
    size_t n = 0;
    const titr_option *table = titr_observe_options(&n);
    titr_options_default(table, n, &keys);
    memcpy(options, table, n * sizeof *table);
    TITR_TRY(titri_expect_group(tree, setting, path, err));
    TITR_TRY(choose_observable(tree, setting, path, m, out, err));
    const char *unit = out->what < TITR_OBS_N ? unit_of(titr_observe_name(m->e, out)) : NULL;
    if (unit != NULL) {
        (void)snprintf(bins, sizeof bins, BINS_PREFIX "%s", unit);
        options[n] = *titr_option_find(table, n, "edges");
        options[n].name = bins;
        options[n++].unit = titr_observable_table()[out->what].unit;
    }
    const char *edges = config_setting_get_member(setting, bins) != NULL ? bins : "edges";
    titri_group group = {.setting = setting, .n_tables = 1, .table = {{options, n, &keys}}};
    (void)snprintf(group.path, sizeof group.path, "%s", path);
    TITR_TRY(titri_read_group(tree, &group, err));
    if (edges == bins && config_setting_get_member(setting, "edges") != NULL) {
        return titri_fail_at(tree, config_setting_get_member(setting, "edges"), err,
                             "%.160s.edges: beside %s, expected one of them", path, bins);
    }
    TITR_TRY(check_entry(tree, setting, path, &keys, edges, out, err));
    out->history = (unsigned)keys.history;
    if (keys.bins > 0) {
        titr_observe_equal_bins(out, (unsigned)keys.bins);
    } else if (out->what < TITR_OBS_N || keys.edges.n > 0) { /* else a task's own bins */
        out->edges = keys.edges;
    }
    return TITR_OK;
}

titr_status titri_read_observe(const titri_tree *tree, const config_setting_t *policy,
                               const char *path, const titr_experiment *e, titr_observer *observer,
                               titr_error *err)
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
    const menu m = menu_of(e);
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *setting = config_setting_get_elem(list, i);
        titri_entry_path(whole, setting, i, entry);
        TITR_TRY(read_entry(tree, setting, entry, &m, &observer->entry[i], err));
    }
    observer->n = n;
    return TITR_OK;
}
