// SPDX-License-Identifier: GPL-3.0-or-later
/* Section by section. */
#include "read.h"

#include <stdio.h>
#include <string.h>

#define OTHERS_MAX 32

/* Keys of a section that are sections themselves: "parts" of "scenario". */
static size_t inner_sections(const char *name, const char **others)
{
    size_t n = 0, n_others = 0;
    const titr_section *all = titr_experiment_sections(&n);
    const size_t skip = strlen(name);
    for (size_t i = 0; i < n && n_others < OTHERS_MAX - 1; i++) {
        const char *candidate = all[i].name;
        const int inside = skip == 0
                               ? strchr(candidate, '.') == NULL
                               : strncmp(candidate, name, skip) == 0 && candidate[skip] == '.';
        if (inside && candidate[0] != '\0') {
            others[n_others++] = candidate + (skip == 0 ? 0 : skip + 1);
        }
    }
    return n_others;
}

/* subjects = "all" | "children" | [ "child#001", ... ] */
static titr_status read_subjects(const titri_tree *tree, const config_setting_t *setting,
                                 titr_experiment *e, titr_error *err)
{
    size_t at = 0;
    e->cohort.subjects[0] = '\0';
    for (unsigned i = 0; i < (unsigned)config_setting_length(setting); i++) {
        const config_setting_t *element = config_setting_get_elem(setting, i);
        const char *id = config_setting_get_string(element);
        char value[TITR_TEXT_MAX];
        titri_show_value(element, value, sizeof value);
        if (id == NULL || id[0] == '\0' || id[strcspn(id, ", \t\n\r")] != '\0') {
            return titri_fail_at(tree, element, err,
                                 "cohort.subjects[%u]: %s, expected an id as text, without commas "
                                 "and blanks",
                                 i, value);
        }
        const int n = snprintf(e->cohort.subjects + at, sizeof e->cohort.subjects - at, "%s%s",
                               i > 0 ? "," : "", id);
        at += n > 0 ? (size_t)n : 0;
        if (at >= sizeof e->cohort.subjects) {
            return titri_fail_at(
                tree, element, err,
                "cohort.subjects: more ids than fit %zu bytes, expected \"all\" or "
                "fewer",
                sizeof e->cohort.subjects - 1);
        }
    }
    return at > 0 ? TITR_OK
                  : titri_fail_at(tree, setting, err,
                                  "cohort.subjects: empty, expected \"all\", \"children\" or ids");
}

/* A section that is a group, with its part where it has one. */
static titr_status read_section(const titri_tree *tree, const config_setting_t *setting,
                                const titr_section *section, titr_experiment *e, titr_error *err)
{
    const char *others[OTHERS_MAX];
    titri_group group = {.setting = setting, .others = others};
    TITR_TRY(titri_expect_group(tree, setting, section->name, err));
    (void)snprintf(group.path, sizeof group.path, "%s", section->name);
    group.n_others = inner_sections(section->name, others);
    group.table[group.n_tables++] = (titri_table){section->options, section->n_options, e};
    if (section->shape == TITR_SECTION_PART) {
        titr_slot *slot = (titr_slot *)(void *)((char *)e + section->slot);
        TITR_TRY(titri_read_part(tree, setting, section->name, "name", section->kind, slot, err));
        const titr_part *part = titr_slot_part(*slot);
        group.table[group.n_tables++] = (titri_table){part->options, part->n_options, slot->def};
        others[group.n_others++] = "name";
    }
    const config_setting_t *subjects = strcmp(section->name, "cohort") == 0
                                           ? config_setting_get_member(setting, "subjects")
                                           : NULL;
    if (subjects == NULL || config_setting_is_scalar(subjects) ||
        config_setting_is_group(subjects)) {
        return titri_read_group(tree, &group, err);
    }
    /* the one key that may be a text or a list of texts */
    titr_option plain[OTHERS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < section->n_options && n < OTHERS_MAX; i++) {
        if (strcmp(section->options[i].name, "subjects") != 0) {
            plain[n++] = section->options[i];
        }
    }
    group.table[0] = (titri_table){plain, n, e};
    others[group.n_others++] = "subjects";
    TITR_TRY(titri_read_group(tree, &group, err));
    return read_subjects(tree, subjects, e, err);
}

/* A list of parts of one kind, in place of those that were there. */
typedef struct part_list {
    const char *path, *kind; /* "scenario.parts", "scenario" */
    titr_slot *slot;         /* [most] */
    size_t *n, most;
    const char *events; /* the path of parts that have one; "" = none */
} part_list;

static titr_status read_part(const titri_tree *tree, const config_setting_t *setting,
                             const part_list *parts, unsigned i, titr_error *err)
{
    static const char *const others[] = {"name"};
    titr_slot *slot = &parts->slot[i];
    titri_group group = {.setting = setting, .n_tables = 1, .others = others, .n_others = 1};
    (void)snprintf(group.path, sizeof group.path, "%s.%u", parts->path, i);
    TITR_TRY(titri_expect_group(tree, setting, group.path, err));
    TITR_TRY(titri_read_part(tree, setting, group.path, "name", parts->kind, slot, err));
    titri_default_path(*slot, parts->events);
    const titr_part *part = titr_slot_part(*slot);
    (void)snprintf(group.path, sizeof group.path, "%s.%s", parts->path, part->name);
    group.table[0] = (titri_table){part->options, part->n_options, slot->def};
    return titri_read_group(tree, &group, err);
}

static titr_status read_parts(const titri_tree *tree, const config_setting_t *list,
                              const part_list *parts, titr_error *err)
{
    TITR_TRY(titri_expect_list(tree, list, parts->path, err));
    const unsigned n = (unsigned)config_setting_length(list);
    if (n > parts->most) {
        return titri_fail_at(tree, list, err, "%s: %u, expected at most %zu", parts->path, n,
                             parts->most);
    }
    for (size_t i = 0; i < *parts->n; i++) {
        titr_slot_fini(&parts->slot[i]);
    }
    *parts->n = n;
    for (unsigned i = 0; i < n; i++) {
        TITR_TRY(read_part(tree, config_setting_get_elem(list, i), parts, i, err));
    }
    return TITR_OK;
}

/* A dosing record without `parts` brings its own meals. */
static titr_status meals_of_events(titr_experiment *e, titr_error *err)
{
    for (size_t i = 0; i < e->scenario.n_parts; i++) {
        titr_slot_fini(&e->scenario.part[i]);
    }
    e->scenario.n_parts = 0;
    TITR_TRY(titr_slot_init(&e->scenario.part[0], titr_scenario_find("meals_record"), err));
    e->scenario.n_parts = 1;
    titri_default_path(e->scenario.part[0], e->scenario.events);
    return TITR_OK;
}

/* In place of those by default. */
static titr_status read_cells(const titri_tree *tree, const config_setting_t *list,
                              const titr_section *section, titr_experiment *e, titr_error *err)
{
    TITR_TRY(titri_expect_list(tree, list, section->name, err));
    const unsigned n = (unsigned)config_setting_length(list);
    if (n > TITR_CELLS_MAX) {
        return titri_fail_at(tree, list, err, "robustness.cells: %u, expected at most %d", n,
                             TITR_CELLS_MAX);
    }
    memset(&e->robustness, 0, sizeof e->robustness);
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *entry = config_setting_get_elem(list, i);
        titr_cell_def *cell = &e->robustness.cell[i];
        titri_group group = {.setting = entry,
                             .table = {{section->options, section->n_options, cell}},
                             .n_tables = 1};
        titri_entry_path(section->name, entry, i, group.path);
        TITR_TRY(titri_expect_group(tree, entry, group.path, err));
        TITR_TRY(titri_read_group(tree, &group, err));
    }
    e->robustness.n_cells = n;
    return TITR_OK;
}

static titr_status read_list(const titri_tree *tree, const config_setting_t *setting,
                             const titr_section *section, titr_experiment *e, titr_error *err)
{
    const char *name = section->name;
    if (strcmp(name, "policies") == 0) {
        return setting != NULL ? titri_read_policies(tree, setting, e, err) : TITR_OK;
    }
    if (strcmp(name, "shield.rules") == 0) {
        const part_list rules = {
            name, "shield", e->shield.rule, &e->shield.n, TITR_SHIELD_RULES_MAX, ""};
        return setting != NULL ? read_parts(tree, setting, &rules, err) : TITR_OK;
    }
    if (strcmp(name, "robustness.cells") == 0) {
        return setting != NULL ? read_cells(tree, setting, section, e, err) : TITR_OK;
    }
    if (strcmp(name, "scenario.parts") != 0) {
        return TITR_OK; /* policies.observe belongs to its policy */
    }
    if (setting != NULL) {
        const part_list parts = {name,
                                 "scenario",
                                 e->scenario.part,
                                 &e->scenario.n_parts,
                                 TITR_SCENARIO_PARTS_MAX,
                                 e->scenario.events};
        return read_parts(tree, setting, &parts, err);
    }
    return e->scenario.events[0] != '\0' ? meals_of_events(e, err) : TITR_OK;
}

/* What has to do with children would have no effect beside a task. */
static titr_status check_place(const titri_tree *tree, const config_setting_t *setting,
                               const titr_section *section, const titr_experiment *e,
                               titr_error *err)
{
    if (setting == NULL || !section->of_children || e->task.type == NULL) {
        return TITR_OK;
    }
    return titri_fail_at(tree, setting, err,
                         "%s: not used with task \"%s\", which has no children; expected no such "
                         "section",
                         section->name, titr_slot_part(e->task)->name);
}

static titr_status read_found(const titri_tree *tree, const titr_section *section,
                              titr_experiment *e, titr_error *err)
{
    const config_setting_t *setting = config_lookup(&tree->config, section->name);
    TITR_TRY(check_place(tree, setting, section, e, err));
    if (section->shape == TITR_SECTION_LIST) {
        return read_list(tree, setting, section, e, err);
    }
    return setting != NULL ? read_section(tree, setting, section, e, err) : TITR_OK;
}

titr_status titri_read_experiment(const titri_tree *tree, titr_experiment *e, titr_error *err)
{
    size_t n = 0;
    const titr_section *section = titr_experiment_sections(&n);
    TITR_TRY(read_section(tree, config_root_setting(&tree->config), &section[0], e, err));
    for (size_t i = 1; i < n; i++) {
        TITR_TRY(read_found(tree, &section[i], e, err));
    }
    return TITR_OK;
}
