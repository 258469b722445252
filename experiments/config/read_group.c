// SPDX-License-Identifier: GPL-3.0-or-later
/* The members of a group against its option tables. */
#include "read.h"

#include <stdio.h>
#include <string.h>

#define CANDIDATES_MAX 160
#define EXPECTED_MAX 320
#define NAMES_MAX 300

/* What an option is called inside its group: "from" of "epsilon.from" in the group "epsilon",
 * "limits_mg_dl" of "limits_mg_dl[0]". */
typedef struct member_name {
    char text[TITR_TEXT_MAX];
} member_name;

static member_name first_word(const char *name)
{
    member_name m;
    (void)snprintf(m.text, sizeof m.text, "%.*s", (int)strcspn(name, ".["), name);
    return m;
}

/* 1 if the option `name` is element or member of `word`: "word[0]", "word.x". */
static int belongs_to(const char *name, const char *word, char mark)
{
    const size_t n = strlen(word);
    return strncmp(name, word, n) == 0 && name[n] == mark;
}

static void join_key(const char *path, const char *name, char key[TITRI_KEY_MAX])
{
    (void)snprintf(key, TITRI_KEY_MAX, "%.300s%s%.200s", path, path[0] == '\0' ? "" : ".", name);
}

static titr_status unknown(const titri_tree *tree, const titri_group *group, const char *prefix,
                           const config_setting_t *setting, const char *key, titr_error *err)
{
    member_name names[CANDIDATES_MAX];
    const char *candidates[CANDIDATES_MAX] = {NULL};
    const size_t skip = strlen(prefix);
    size_t n = 0;
    for (size_t t = 0; t < group->n_tables; t++) {
        for (size_t i = 0; i < group->table[t].n && n < CANDIDATES_MAX; i++) {
            const char *name = group->table[t].options[i].name;
            if (strncmp(name, prefix, skip) == 0) {
                names[n] = first_word(name + skip);
                candidates[n] = names[n].text;
                n++;
            }
        }
    }
    for (size_t i = 0; skip == 0 && i < group->n_others && n < CANDIDATES_MAX; i++) {
        candidates[n++] = group->others[i];
    }
    const char *name = config_setting_name(setting);
    const char *nearest = name != NULL ? titr_nearest(name, candidates, n) : NULL;
    if (nearest != NULL) {
        return titri_fail_at(tree, setting, err, "%.160s: unknown key; did you mean '%s'?", key,
                             nearest);
    }
    return titri_fail_at(tree, setting, err,
                         "%.160s: unknown key, see `titrate describe config`; expected e.g. '%s'",
                         key, n > 0 ? candidates[0] : "nothing");
}

/* "seeds_train = [1, 100]": element i into the option "seeds_train[i]". */
static titr_status read_elements(const titri_tree *tree, const titri_table *table,
                                 const config_setting_t *setting, const char *name, const char *key,
                                 titr_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++) {
        n += (size_t)belongs_to(table->options[i].name, name, '[');
    }
    if ((!config_setting_is_array(setting) && !config_setting_is_list(setting)) ||
        (size_t)config_setting_length(setting) != n) {
        char value[TITR_TEXT_MAX];
        titri_show_value(setting, value, sizeof value);
        return titri_fail_at(tree, setting, err,
                             "%.160s: %s, expected an array of %zu numbers, e.g. %s = [.., ..]",
                             key, value, n, name);
    }
    unsigned at = 0;
    for (size_t i = 0; i < table->n; i++) {
        if (belongs_to(table->options[i].name, name, '[')) {
            char whole[TITRI_KEY_MAX + 16];
            (void)snprintf(whole, sizeof whole, "%s[%u]", key, at);
            TITR_TRY(titri_read_value(tree, config_setting_get_elem(setting, at++), whole,
                                      &table->options[i], table->def, err));
        }
    }
    return TITR_OK;
}

/* The table's option of that name, or the first of its elements or members. @return NULL: none. */
static const titr_option *find_row(const titri_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        const char *row = table->options[i].name;
        if (strcmp(row, name) == 0 || belongs_to(row, name, '[') || belongs_to(row, name, '.')) {
            return &table->options[i];
        }
    }
    return NULL;
}

/* "epsilon = { from = 1.0; to = 0.02; }": members into the options "epsilon.from", "epsilon.to". */
static titr_status read_subgroup(const titri_tree *tree, const titri_group *group,
                                 const titri_table *table, const config_setting_t *setting,
                                 const char *key, titr_error *err)
{
    TITR_TRY(titri_expect_group(tree, setting, key, err));
    const char *name = config_setting_name(setting);
    for (unsigned i = 0; i < (unsigned)config_setting_length(setting); i++) {
        const config_setting_t *member = config_setting_get_elem(setting, i);
        char whole[TITRI_KEY_MAX], row[TITR_TEXT_MAX];
        join_key(key, config_setting_name(member), whole);
        (void)snprintf(row, sizeof row, "%.120s.%.120s", name, config_setting_name(member));
        const titr_option *option = titr_option_find(table->options, table->n, row);
        if (option == NULL) {
            char prefix[TITR_TEXT_MAX];
            (void)snprintf(prefix, sizeof prefix, "%.200s.", name);
            return unknown(tree, group, prefix, member, whole, err);
        }
        TITR_TRY(titri_read_value(tree, member, whole, option, table->def, err));
    }
    return TITR_OK;
}

static int is_other(const titri_group *group, const char *name)
{
    for (size_t i = 0; i < group->n_others; i++) {
        if (strcmp(group->others[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

static titr_status read_member(const titri_tree *tree, const titri_group *group,
                               const config_setting_t *member, titr_error *err)
{
    const char *name = config_setting_name(member);
    char key[TITRI_KEY_MAX];
    join_key(group->path, name, key);
    for (size_t t = 0; t < group->n_tables; t++) {
        const titri_table *table = &group->table[t];
        const titr_option *row = find_row(table, name);
        if (row == NULL) {
            continue;
        }
        if (strcmp(row->name, name) == 0) {
            return titri_read_value(tree, member, key, row, table->def, err);
        }
        return belongs_to(row->name, name, '[')
                   ? read_elements(tree, table, member, name, key, err)
                   : read_subgroup(tree, group, table, member, key, err);
    }
    return is_other(group, name) ? TITR_OK : unknown(tree, group, "", member, key, err);
}

/* A text may have been filled from elsewhere: scenario.events is the path of parts that need one.
 */
static int is_filled(const titri_table *table, const titr_option *o)
{
    return o->kind == TITR_OPTION_TEXT && ((const char *)table->def)[o->offset] != '\0';
}

/* Required options stand at the top of their groups. */
static titr_status check_required(const titri_tree *tree, const titri_group *group, titr_error *err)
{
    for (size_t t = 0; t < group->n_tables; t++) {
        for (size_t i = 0; i < group->table[t].n; i++) {
            const titr_option *o = &group->table[t].options[i];
            if (o->required && !is_filled(&group->table[t], o) &&
                config_setting_get_member(group->setting, o->name) == NULL) {
                char key[TITRI_KEY_MAX], expected[EXPECTED_MAX];
                join_key(group->path, o->name, key);
                titr_option_expected(o, expected, sizeof expected);
                return titri_fail_at(tree, group->setting, err, "%.160s: missing, expected %s (%s)",
                                     key, expected, o->doc);
            }
        }
    }
    return TITR_OK;
}

titr_status titri_read_group(const titri_tree *tree, const titri_group *group, titr_error *err)
{
    for (unsigned i = 0; i < (unsigned)config_setting_length(group->setting); i++) {
        TITR_TRY(read_member(tree, group, config_setting_get_elem(group->setting, i), err));
    }
    return check_required(tree, group, err);
}

static void list_names(const titr_kind *kind, char *text, size_t size)
{
    const titr_part *part = NULL;
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; (part = kind->at(i)) != NULL && at < size; i++) {
        const int n = snprintf(text + at, size - at, "%s%s", i > 0 ? ", " : "", part->name);
        at += n > 0 ? (size_t)n : 0;
    }
}

titr_status titri_read_part(const titri_tree *tree, const config_setting_t *group, const char *path,
                            const char *chooser, const char *kind_name, titr_slot *slot,
                            titr_error *err)
{
    const titr_kind *kind = titr_kind_find(kind_name);
    const config_setting_t *setting = config_setting_get_member(group, chooser);
    char names[NAMES_MAX], value[TITR_TEXT_MAX];
    if (setting == NULL && slot->type != NULL) {
        return TITR_OK;
    }
    list_names(kind, names, sizeof names);
    if (setting == NULL) {
        return titri_fail_at(tree, group, err, "%.100s.%s: missing, expected one of %s", path,
                             chooser, names);
    }
    const char *name = config_setting_get_string(setting);
    const titr_part *part = name != NULL ? titr_kind_part(kind, name) : NULL;
    if (part == NULL) {
        const char *nearest = name != NULL ? titr_kind_nearest(kind, name) : NULL;
        titri_show_value(setting, value, sizeof value);
        return titri_fail_at(tree, setting, err, "%.100s.%s: %s, expected one of %s%s%s%s", path,
                             chooser, value, names, nearest != NULL ? "; did you mean '" : "",
                             nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    }
    titr_slot_fini(slot);
    return titr_slot_init(slot, part, err);
}

void titri_default_path(titr_slot slot, const char *events)
{
    const titr_part *part = titr_slot_part(slot);
    const titr_option *path = titr_option_find(part->options, part->n_options, "path");
    if (path != NULL && events[0] != '\0') {
        (void)snprintf((char *)slot.def + path->offset, TITR_TEXT_MAX, "%s", events);
    }
}

titr_status titri_expect_group(const titri_tree *tree, const config_setting_t *setting,
                               const char *path, titr_error *err)
{
    char value[TITR_TEXT_MAX];
    if (config_setting_is_group(setting)) {
        return TITR_OK;
    }
    titri_show_value(setting, value, sizeof value);
    return titri_fail_at(tree, setting, err, "%.160s: %s, expected a group { key = value; ... }",
                         path, value);
}

titr_status titri_expect_list(const titri_tree *tree, const config_setting_t *setting,
                              const char *path, titr_error *err)
{
    char value[TITR_TEXT_MAX];
    if (config_setting_is_list(setting)) {
        return TITR_OK;
    }
    titri_show_value(setting, value, sizeof value);
    return titri_fail_at(tree, setting, err,
                         "%.160s: %s, expected a list of groups ( { ... }, { ... } )", path, value);
}
