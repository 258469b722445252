// SPDX-License-Identifier: GPL-3.0-or-later
/* From the tree to the experiment, by the option tables. */
#ifndef TITRI_CONFIG_READ_H
#define TITRI_CONFIG_READ_H

#include "titrate/runner/experiment.h"
#include "titrate/runner/kind.h"
#include "tree.h"

#define TITRI_TABLES_MAX 2

/** Options that a group may hold, and the struct that they fill. */
typedef struct titri_table {
    const titr_option *options;
    size_t n;
    void *def;
} titri_table;

/** A group to be read: its tables, and the keys that are read elsewhere. */
typedef struct titri_group {
    const config_setting_t *setting;
    char path[TITRI_KEY_MAX]; /* "policies.q"; "" for the top level */
    titri_table table[TITRI_TABLES_MAX];
    size_t n_tables;
    const char *const *others;
    size_t n_others;
} titri_group;

/** One value into the field of its option. @param[in] key whole key for messages. */
titr_status titri_read_value(const titri_tree *tree, const config_setting_t *setting,
                             const char *key, const titr_option *option, void *def,
                             titr_error *err) TITR_NODISCARD;
/** What a setting holds, for messages: "\"abc\"", "12", "a group". */
void titri_show_value(const config_setting_t *setting, char *text, size_t size);

/** Every member of a group: known keys into their fields; an unknown or missing key is an error. */
titr_status titri_read_group(const titri_tree *tree, const titri_group *group,
                             titr_error *err) TITR_NODISCARD;
/** The part that `chooser` ("name", "agent") names into `slot`, with default options. Without the
 *  key the slot stays as it is, unless it is empty. */
titr_status titri_read_part(const titri_tree *tree, const config_setting_t *group, const char *path,
                            const char *chooser, const char *kind, titr_slot *slot,
                            titr_error *err) TITR_NODISCARD;
/** Fails unless the setting is a group, or a list of groups. */
titr_status titri_expect_group(const titri_tree *tree, const config_setting_t *setting,
                               const char *path, titr_error *err) TITR_NODISCARD;
titr_status titri_expect_list(const titri_tree *tree, const config_setting_t *setting,
                              const char *path, titr_error *err) TITR_NODISCARD;

/** Make `events` the part's option "path", where it has one and `events` is not empty. */
void titri_default_path(titr_slot slot, const char *events);
/** "<path>.<name of the entry, or its number>" */
void titri_entry_path(const char *path, const config_setting_t *entry, unsigned i,
                      char out[TITRI_KEY_MAX]);
/** The list `observe` of a policy, where it has one. */
titr_status titri_read_observe(const titri_tree *tree, const config_setting_t *policy,
                               const char *path, const titr_experiment *e, titr_observer *observer,
                               titr_error *err) TITR_NODISCARD;
/** The list `policies`. */
titr_status titri_read_policies(const titri_tree *tree, const config_setting_t *list,
                                titr_experiment *e, titr_error *err) TITR_NODISCARD;
/** The whole tree into `e`, which holds the defaults. */
titr_status titri_read_experiment(const titri_tree *tree, titr_experiment *e,
                                  titr_error *err) TITR_NODISCARD;

#endif
