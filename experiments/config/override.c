// SPDX-License-Identifier: GPL-3.0-or-later
/* -D key=value: the value is parsed by libconfig on its own and copied into the tree. */
#include "syntax.h"
#include "titrate/runner/experiment.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 100

typedef struct assignment {
    const char *text; /* whole override, borrowed; marks what it makes */
    char key[TITRI_KEY_MAX];
    const char *value;
} assignment;

static titr_status refuse(const assignment *a, titr_error *err, const char *what)
{
    (void)titr_fail(err, TITR_ERR_CONFIG, "-D %.*s: %s", SHOWN_MAX, a->text, what);
    return TITR_ERR_CONFIG;
}

static void copy_scalar(config_setting_t *to, const config_setting_t *from)
{
    switch (config_setting_type(from)) {
    case CONFIG_TYPE_INT:
        (void)config_setting_set_int(to, config_setting_get_int(from));
        break;
    case CONFIG_TYPE_INT64:
        (void)config_setting_set_int64(to, config_setting_get_int64(from));
        break;
    case CONFIG_TYPE_FLOAT:
        (void)config_setting_set_float(to, config_setting_get_float(from));
        break;
    case CONFIG_TYPE_BOOL:
        (void)config_setting_set_bool(to, config_setting_get_bool(from));
        break;
    case CONFIG_TYPE_STRING:
        (void)config_setting_set_string(to, config_setting_get_string(from));
        break;
    default:
        break; /* groups, arrays and lists have no value of their own */
    }
}

static config_setting_t *add_copy(config_setting_t *parent, const char *name,
                                  const config_setting_t *from, const assignment *a)
{
    config_setting_t *copy = config_setting_add(parent, name, config_setting_type(from));
    if (copy != NULL) {
        copy_scalar(copy, from);
        config_setting_set_hook(copy, (void *)a->text);
    }
    return copy;
}

/* Copy `from` with all that is in it, depth first: `at` walks the original, `copy` the copy. */
static int copy_tree(config_setting_t *parent, const char *name, const config_setting_t *from,
                     const assignment *a)
{
    const config_setting_t *at = from;
    config_setting_t *copy = add_copy(parent, name, from, a);
    while (copy != NULL) {
        const unsigned done =
            config_setting_is_aggregate(copy) ? (unsigned)config_setting_length(copy) : 0;
        if (config_setting_is_aggregate(at) && done < (unsigned)config_setting_length(at)) {
            at = config_setting_get_elem(at, done);
            copy = add_copy(copy, config_setting_name(at), at, a);
        } else if (at == from) {
            return 1;
        } else {
            at = config_setting_parent(at);
            copy = config_setting_parent(copy);
        }
    }
    return 0;
}

static titr_status split(const char *text, assignment *a, titr_error *err)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        return refuse(a, err, "expected key=value, e.g. train.steps=1000");
    }
    const size_t n = (size_t)(equals - text);
    if (n >= sizeof a->key) {
        return refuse(a, err, "the key is too long");
    }
    memcpy(a->key, text, n);
    a->key[n] = '\0';
    a->value = equals + 1;
    return TITR_OK;
}

/* The value as setting "v" of `parsed`: libconfig syntax, or else a bare word as text. */
static titr_status parse_value(const assignment *a, config_t *parsed, titr_error *err)
{
    titri_mistake mistake = {0};
    titr_text line = {0};
    char *owned = NULL;
    const char first = a->value[strspn(a->value, " \t")];
    titr_text_printf(&line, "v = %s\n", a->value); /* a comment ends at the \n */
    TITR_TRY(titr_text_take(&line, &owned, err));
    titr_status status = strlen(owned) > TITRI_SOURCE_MAX
                             ? TITR_ERR_CONFIG
                             : titri_syntax_check(owned, strlen(owned), &mistake);
    const int is_one = status == TITR_OK && config_read_string(parsed, owned) == CONFIG_TRUE &&
                       config_setting_length(config_root_setting(parsed)) == 1;
    free(owned);
    if (is_one || status == TITR_ERR_NOMEM) {
        return status == TITR_OK ? TITR_OK : titr_fail(err, status, "no memory for -D");
    }
    if (first != '\0' && strchr("[({\"", first) != NULL) {
        char what[TITRI_KEY_MAX + TITRI_MISTAKE_MAX] = "expected one value";
        if (mistake.what[0] == 'v') { /* the setting's name in `line` */
            (void)snprintf(what, sizeof what, "%s%s", a->key, mistake.what + 1);
        }
        return refuse(a, err, what);
    }
    config_destroy(parsed);
    config_init(parsed);
    config_setting_t *v = config_setting_add(config_root_setting(parsed), "v", CONFIG_TYPE_STRING);
    if (v == NULL || config_setting_set_string(v, a->value) != CONFIG_TRUE) {
        return titr_fail(err, TITR_ERR_NOMEM, "no memory for -D");
    }
    return TITR_OK;
}

/* The section whose group or list is called so; train.solver answers to "solver" as well. */
static const titr_section *section_called(const char *name)
{
    size_t n = 0;
    const titr_section *all = titr_experiment_sections(&n);
    for (size_t i = 0; i < n; i++) {
        const char *dot = strrchr(all[i].name, '.');
        if (strcmp(dot != NULL ? dot + 1 : all[i].name, name) == 0) {
            return &all[i];
        }
    }
    return NULL;
}

/* The section that a group is, or is an entry of. @return NULL when it is none. */
static const titr_section *section_of(const config_setting_t *group)
{
    const config_setting_t *parent = config_setting_parent(group);
    const config_setting_t *named =
        parent != NULL && config_setting_is_list(parent) ? parent : group;
    const char *name = config_setting_name(named);
    return name != NULL ? section_called(name) : NULL;
}

/* 1 if `key` chooses a part in the group: `name`, or `agent` of a policy. */
static int chooses_part(const config_setting_t *group, const char *key)
{
    const titr_section *section = section_of(group);
    if (section == NULL || section->kind == NULL) {
        return 0;
    }
    return strcmp(key, strcmp(section->kind, "agent") == 0 ? "agent" : "name") == 0;
}

/* 1 if a key of the group stays when another part is chosen: it is the section's own. */
static int outlives_part(const titr_section *section, const config_setting_t *member)
{
    const char *name = config_setting_name(member);
    return titri_override_of(member) != NULL || strcmp(name, "observe") == 0 ||
           titr_option_find(section->options, section->n_options, name) != NULL;
}

/* Another part has been chosen: the old one's options in the file mean nothing to it. */
static void forget_options(config_setting_t *group)
{
    const titr_section *section = section_of(group);
    for (unsigned i = (unsigned)config_setting_length(group); i-- > 0;) {
        const config_setting_t *member = config_setting_get_elem(group, i);
        if (!outlives_part(section, member)) {
            (void)config_setting_remove_elem(group, i);
        }
    }
}

static titr_status assign(config_setting_t *group, const char *key, const config_setting_t *value,
                          const assignment *a, titr_error *err)
{
    config_setting_t *old = config_setting_get_member(group, key);
    const char *before = old != NULL ? config_setting_get_string(old) : NULL;
    const char *after = config_setting_get_string(value);
    const int changes =
        chooses_part(group, key) && (before == NULL || after == NULL || strcmp(before, after) != 0);
    if (old != NULL) {
        (void)config_setting_remove(group, key);
    }
    if (changes) {
        forget_options(group);
    }
    return copy_tree(group, key, value, a)
               ? TITR_OK
               : refuse(a, err,
                        "expected a key of letters, digits, _ and dots; an array is given whole");
}

/* A list has no such entry: say which it has. */
static titr_status refuse_entry(const assignment *a, const config_setting_t *list, const char *key,
                                titr_error *err)
{
    char names[TITRI_KEY_MAX] = "", what[TITRI_KEY_MAX + TITRI_KEY_MAX];
    size_t at = 0;
    const unsigned n = (unsigned)config_setting_length(list);
    for (unsigned i = 0; i < n && at < sizeof names; i++) {
        const config_setting_t *entry = config_setting_get_elem(list, i);
        const config_setting_t *name =
            config_setting_is_group(entry) ? config_setting_get_member(entry, "name") : NULL;
        const char *text = name != NULL ? config_setting_get_string(name) : NULL;
        const int added = snprintf(names + at, sizeof names - at, ", %.60s", text ? text : "");
        at += added > 0 ? (size_t)added : 0;
    }
    (void)snprintf(what, sizeof what, "%s has no entry '%.*s', expected a number below %u%s",
                   config_setting_name(list) ? config_setting_name(list) : "the list",
                   (int)strcspn(key, "."), key, n, names);
    return refuse(a, err, what);
}

/* The group that holds the last part of the key, made where it is missing. @return NULL: refused.
 */
static config_setting_t *find_group(titri_tree *tree, const assignment *a, const char **key,
                                    titr_error *err)
{
    config_setting_t *at = config_root_setting(&tree->config);
    *key = a->key;
    while (config_setting_is_list(at) || strchr(*key, '.') != NULL) {
        config_setting_t *next = titri_step(at, key);
        if (next == NULL && config_setting_is_group(at)) {
            char name[TITRI_KEY_MAX];
            const size_t n = strcspn(*key, ".");
            (void)snprintf(name, sizeof name, "%.*s", (int)n, *key);
            next = config_setting_add(at, name, CONFIG_TYPE_GROUP);
            *key += n + 1;
            if (next != NULL) {
                config_setting_set_hook(next, (void *)a->text);
            }
        }
        if (next == NULL) {
            (void)(config_setting_is_list(at)
                       ? refuse_entry(a, at, *key, err)
                       : refuse(a, err,
                                "expected a key of letters, digits, _ and dots that leads to a "
                                "value; an array is given whole"));
            return NULL;
        }
        at = next;
    }
    if (!config_setting_is_group(at) || **key == '\0') {
        (void)refuse(
            a, err,
            "expected a key that leads to one value inside a group; an array is given whole");
        return NULL;
    }
    return at;
}

titr_status titri_override(titri_tree *tree, const char *text, titr_error *err)
{
    assignment a = {.text = text, .value = ""};
    config_t parsed;
    const char *key = NULL;
    TITR_TRY(split(text, &a, err));
    config_init(&parsed);
    titr_status status = parse_value(&a, &parsed, err);
    if (status == TITR_OK) {
        config_setting_t *group = find_group(tree, &a, &key, err);
        status = group != NULL ? assign(group, key, config_lookup(&parsed, "v"), &a, err)
                               : TITR_ERR_CONFIG;
    }
    config_destroy(&parsed);
    return status;
}
